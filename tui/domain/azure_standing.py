"""How the cluster's Relay and Service Bus stand, and why: they outlive the extension, and computes break with them.

Owns the judgement, by the extension's settings and the naming rule: there, missing, or another one than the pods know.
Must not know how they are asked for. `relay` and `service_bus` judge a namespace by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeVar

from msgspec import Struct

from tui.core.facts import Phase, Source
from tui.core.health import Health
from tui.core.store import Store
from tui.domain import arm_id, extension, relay, service_bus
from tui.domain.cluster import ClusterRow
from tui.domain.extension import INSTALLED, ExtensionRow
from tui.domain.plans.az_names import Home, home_of
from tui.domain.relay import RelayRow
from tui.domain.service_bus import BusRow
from tui.domain.settings.catalogue import is_true

_DEPLOY: Final = "deploy the extension again: that makes it anew; then attach the computes again"
_AGAIN: Final = "delete the extension and deploy it again: that makes it anew; then attach the computes again"
_STRING: Final = (
    "delete the extension and deploy it again: that hands out the new string; then attach the computes again"
)
_MEND: Final = "mend it in the portal"
_ANEW: Final = (
    "made anew after the extension was last modified: its connection string is another one, the pods hold an old key"
)
_MOST: Final = 3
"""Names of computes that are told."""

SpaceRow = RelayRow | BusRow
R = TypeVar("R", RelayRow, BusRow)


class AzureStanding(Struct, frozen=True):
    """One of the two."""

    noun: str
    """`Relay` or `Service Bus`."""
    name: str
    """Of the namespace: as it is, or as it should be."""
    brief: str
    """A word for a narrow line, empty when all is well: `missing`, `changed`."""
    health: Health
    why: str = ""
    remedy: str = ""
    row: SpaceRow | None = None
    """The namespace, if it is there."""


class _Case(Struct, frozen=True):
    """What a judgement rests on."""

    noun: str
    loss: str
    """What does not work without it."""
    space: str
    """Id of the namespace that it should be."""
    named: bool
    """The extension's settings say so."""
    wanted: bool
    """An installed extension works with it."""
    found: SpaceRow | None
    instead: SpaceRow | None
    """One with the name of the rule, where the settings name another."""
    source: Source
    modified: float | None
    """When the extension was."""
    home: Home
    lost: str = ""
    """The hybrid connection that is not in it."""
    born: float | None = None
    """When it, or what is in it, was made."""

    def told(self, brief: str, health: Health, why: str, remedy: str = "") -> AzureStanding:
        """A standing."""
        name = self.found.name if self.found is not None else arm_id.name(self.space)
        return AzureStanding(self.noun, name, brief, health, why, remedy, self.found)


def standings(store: Store) -> list[AzureStanding]:
    """Those of the cluster: what is there, and what should be."""
    row = extension.of_product(store.rows(extension.NAME))
    cases = [case for cluster in store.rows("clusters").values() for case in _cases(store, cluster, row)]
    return [standing for case in cases if (standing := _judge(case)) is not None]


def unused_bus(row: ExtensionRow | None, source: Source) -> str | None:
    """Why Service Bus need not be asked for, empty when it must; None: nobody knows yet."""
    if row is not None:
        return "" if _bus_wanted(row) else "the extension does not use Service Bus (servicebus.enabled)"
    if source.phase in (Phase.LIVE, Phase.MISSING):
        return "no extension is installed that would use Service Bus"
    return None if source.phase is Phase.LOADING else "no extension is seen that would use Service Bus"


def relay_of(rows: Iterable[RelayRow], cluster: ClusterRow, settings: Mapping[str, str]) -> RelayRow | None:
    """The Relay namespace of a cluster whose extension has these settings; None when it is not among them."""
    known = list(rows)
    space = relay.namespace_of(relay.connection_of(home_of(cluster), settings))
    return _own(known, space, bool(relay.named(settings)), lambda: relay.of_cluster(known, cluster.id))


def relay_gone(rows: Iterable[RelayRow], cluster: ClusterRow, settings: Mapping[str, str]) -> bool:
    """It is not among those of the cluster's group, where it should be."""
    space = relay.connection_of(home_of(cluster), settings)
    return relay_of(rows, cluster, settings) is None and not _elsewhere(space, home_of(cluster))


def _elsewhere(resource_id: str, home: Home) -> bool:
    """It is in a resource group that is not looked at."""
    own = arm_id.subscription(resource_id), arm_id.group(resource_id)
    return [each.lower() for each in own] != [home.subscription.lower(), home.group.lower()]


def _cases(store: Store, cluster: ClusterRow, row: ExtensionRow | None) -> Iterator[_Case]:
    home, settings = home_of(cluster), row.settings if row is not None else {}
    installed = row is not None and row.state == INSTALLED
    modified = row.modified if row is not None else None
    victims = _victims(store, cluster)
    relays: list[RelayRow] = list(store.rows(relay.NAME).values())
    connection, door = relay.connection_of(home, settings), relay_of(relays, cluster, settings)
    yield _Case(
        "Relay", f"no job comes in, {victims}", relay.namespace_of(connection), bool(relay.named(settings)),
        installed and row is not None and _relay_wanted(row, cluster), door,
        _with_name(relays, relay.expected_name(home.cluster, home.subscription, home.group)),
        store.source(relay.NAME), modified, home, _lost(door, connection), _born(door),
    )  # fmt: skip
    buses: list[BusRow] = list(store.rows(service_bus.NAME).values())
    space, named = service_bus.namespace_of(home, settings), bool(service_bus.named(settings))
    bus = _own(buses, space, named, lambda: [each for each in buses if each.of_product])
    yield _Case(
        "Service Bus", f"no status goes out, {victims}", space, named,
        installed and row is not None and _bus_wanted(row), bus,
        _with_name(buses, service_bus.expected_name(home.cluster, home.subscription, home.group)),
        store.source(service_bus.NAME), modified, home, "", bus.created if bus is not None else None,
    )  # fmt: skip


def _relay_wanted(row: ExtensionRow, cluster: ClusterRow) -> bool:
    """A managed cluster has one only where the settings say so."""
    given = next((value for key, value in row.settings.items() if key.lower() == "relayserver.enabled"), "")
    return extension.enabled(row, "relayserver.enabled") if cluster.connected else is_true(given)


def _bus_wanted(row: ExtensionRow) -> bool:
    """In the preview era by default, later only where the settings say so."""
    return extension.enabled(row, "servicebus.enabled")


def _victims(store: Store, cluster: ClusterRow) -> str:
    """The attached computes, by name where they are known."""
    rows = store.rows("computes").values()
    names = sorted(row.name for row in rows if row.is_kubernetes and arm_id.same(row.resource_id, cluster.id))
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return "attached computes are broken by it" + (f": {', '.join(names[:_MOST])}{more}" if names else "")


def _own(rows: Iterable[R], space: str, named: bool, marked: Callable[[], list[R]]) -> R | None:
    """The one with the id; where no settings name one, else the worst of those that look like it."""
    exact = next((row for row in rows if arm_id.same(row.id, space)), None)
    if exact is not None or named:
        return exact
    return max(marked(), key=lambda row: row.health, default=None)


def _lost(row: RelayRow | None, connection: str) -> str:
    """The hybrid connection, when it was looked for and is not there."""
    if row is None or row.there or not arm_id.same(row.looked_for, connection):
        return ""
    return arm_id.name(connection)


def _born(row: RelayRow | None) -> float | None:
    """A hybrid connection that was made anew has new keys, too."""
    times = [at for at in (row.created, row.connection_created) if at is not None] if row is not None else []
    return max(times, default=None)


def _with_name(rows: Iterable[SpaceRow], name: str) -> SpaceRow | None:
    return next((row for row in rows if row.name.lower() == name.lower()), None)


def _judge(case: _Case) -> AzureStanding | None:
    """None: it is not there, and nobody needs it."""
    if case.found is not None:
        return _present(case, case.found)
    if not case.wanted or case.source.phase in (Phase.LOADING, Phase.OFF):
        return None
    if case.source.phase not in (Phase.LIVE, Phase.MISSING):
        why = case.source.permission and f"denied: you may not {case.source.permission}"
        return case.told("not seen", Health.UNKNOWN, why or f"not seen: {case.source.reason}")
    if _elsewhere(case.space, case.home):
        why = f"it is in the resource group {arm_id.group(case.space)}, which is not looked at"
        return case.told("not seen", Health.UNKNOWN, why)
    if case.named and case.instead is not None:
        why = f"changed: the one in the extension's settings is gone, {case.instead.name} is there instead; {case.loss}"
        return case.told("changed", Health.WARN, why, _AGAIN)
    remedy = _DEPLOY if case.noun == "Relay" and not case.home.is_managed else _AGAIN
    return case.told("missing", Health.BAD, f"missing, and the extension is installed: {case.loss}", remedy)


def _present(case: _Case, row: SpaceRow) -> AzureStanding:
    if row.health is not Health.GOOD:
        return case.told(row.state, row.health, row.why, _MEND if row.health is Health.BAD else "")
    if case.wanted and case.lost:
        why = f"changed: the hybrid connection {case.lost} is missing in it; {case.loss}"
        return case.told("changed", Health.WARN, why, _AGAIN)
    if case.wanted and case.born is not None and case.modified is not None and case.born > case.modified:
        return case.told("changed", Health.WARN, f"changed: {_ANEW}", _STRING)
    return case.told("", Health.GOOD, "")
