"""The plan of an update: a PATCH that carries only what changes.

Settings merge by key, but protected settings are replaced as a set and cannot be read back. So as soon as one of them
must be sent, all are: the connection strings are fetched anew by steps before it, and what only the operator has must
be given again, or the plan is blocked. What a change does to jobs and endpoints is told by `update_notes`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.cluster import ClusterRow
from tui.domain.extension import ExtensionRow, setting
from tui.domain.job import JobRow
from tui.domain.plans import az_command, az_settings, azure_resources, update_notes
from tui.domain.plans.az_names import home_of
from tui.domain.plans.az_settings import Value, on, value_of
from tui.domain.plans.azure_resources import Part
from tui.domain.plans.deploy_notes import same
from tui.domain.plans.draft import Draft
from tui.domain.plans.plan import Body, Plan, Step
from tui.domain.relay import RelayRow
from tui.domain.settings.catalogue import spelled

_DECIDING: Final = (
    "logAnalyticsWS", "relayserver.enabled", "servicebus.enabled", "enableInference", "allowInsecureConnections",
    "sslSecret",
)  # fmt: skip
"""Settings that decide which secrets there are."""


class Change(Struct, frozen=True):
    """What of a draft differs from what is live."""

    given: Mapping[str, str]
    """The operator's settings that differ."""
    settings: Mapping[str, Value]
    """These, and what follows from them."""
    protected: Mapping[str, Value]
    """All that must be sent; empty when none need be."""
    parts: tuple[Part, ...]
    """The Azure resources whose secrets are in `protected`."""
    release: Body
    """releaseTrain, autoUpgradeMinorVersion and version, those that change."""

    @property
    def is_none(self) -> bool:
        """Nothing differs."""
        return not (self.settings or self.protected or self.release)


def as_is(before: ExtensionRow) -> Draft:
    """The draft that changes nothing: put into it what is to change."""
    pinned = "" if before.auto_upgrade else before.version
    return Draft(before.name, before.train or "stable", before.auto_upgrade, pinned)


def plan(
    before: ExtensionRow, draft_changes: Draft, cluster: ClusterRow, *, relays: Sequence[RelayRow] | None = None,
    jobs: Sequence[JobRow] = (), endpoints: Collection[str] | None = None,
) -> Plan:  # fmt: skip
    """The plan that brings a live extension to what the draft says; settings it does not name stay as they are.

    Begin the draft with `as_is`. `relays` are the Relay namespaces of the cluster's group, None when nobody looked;
    `endpoints` the names of the online endpoints on the cluster, None when nobody knows them.
    """
    home, change = home_of(cluster), change_of(before, draft_changes, cluster)
    if change.is_none:
        return Plan("update", before.id, (), (update_notes.nothing(before),))
    notes = update_notes.of_state(before, change.given)
    if change.protected:
        notes += update_notes.of_secrets(before, in_force(before, change.given, cluster), change.protected)
        notes += update_notes.of_relay(change.parts, relays)
    notes += update_notes.of_impact(before, change.given, jobs, endpoints)
    last = Step(
        "extension", f"update the extension {before.name}", "PATCH", before.id, body=body(change), follows=True,
        command=az_command.rest("PATCH", before.id, "extension.json"),
    )  # fmt: skip
    fresh = tuple(part for part in change.parts if part.making)
    return Plan(
        "update", before.id, (*azure_resources.steps_of(change.parts), last),
        tuple(sorted(notes, key=lambda note: -note.health)), costs=tuple(part.cost for part in fresh),
        lasting=tuple(f"{part.stays} stays when it is switched off again" for part in fresh),
        az=az_command.extension_update(home, draft_changes, change.given, bool(change.release)),
    )  # fmt: skip


def body(change: Change) -> Body:
    """What is PATCHed."""
    inner: Body = dict(change.release)
    if change.settings:
        inner["configurationSettings"] = dict(change.settings)
    if change.protected:
        inner["configurationProtectedSettings"] = dict(change.protected)
    return {"properties": inner}


def change_of(before: ExtensionRow, draft: Draft, cluster: ClusterRow) -> Change:
    """What must be sent."""
    right = {spelled(key): value for key, value in draft.settings.items()}
    given = {key: value for key, value in right.items() if not same(value, value_of(before.settings, key))}
    mine: dict[str, Value] = {spelled(key): value for key, value in draft.protected.items()}
    settings: dict[str, Value] = dict(az_settings.with_defaults(given, az_settings.of_scoring_change(given, mine)))
    parts = _parts(before, given, mine, cluster) if mine or _turned(before, given, cluster) else ()
    for part in parts:
        settings |= part.settings if part.making else {}
    protected = az_settings.pem_as_sent(mine, wanted=True) | azure_resources.protected_of(parts)
    return Change(
        given, az_settings.hidden(az_settings.said_twice(settings)), az_settings.said_twice(protected), parts,
        _release(before, draft),
    )  # fmt: skip


def in_force(before: ExtensionRow, given: Mapping[str, str], cluster: ClusterRow) -> dict[str, str]:
    """The settings that decide which secrets there are, once these changes are made."""
    found = {key: setting(before, key) for key in _DECIDING}
    if home_of(cluster).is_managed and value_of(before.settings, "relayserver.enabled") is None:
        found["relayserver.enabled"] = "false"
    changed = {key: value_of(given, key) for key in _DECIDING}
    return found | {key: value for key, value in changed.items() if value is not None}


def _turned(before: ExtensionRow, given: Mapping[str, str], cluster: ClusterRow) -> bool:
    """Whether a switch is turned that a protected setting goes with."""
    then, now = in_force(before, {}, cluster), in_force(before, given, cluster)
    logs = on(then, "logAnalyticsWS") != on(now, "logAnalyticsWS")
    return logs or any(not on(then, key) and on(now, key) for key in ("relayserver.enabled", "servicebus.enabled"))


def _parts(
    before: ExtensionRow, given: Mapping[str, str], mine: Mapping[str, Value], cluster: ClusterRow
) -> tuple[Part, ...]:
    """The Azure resources whose secrets are needed: made where they are new, else only read."""
    home = home_of(cluster)
    then = azure_resources.needed(home, in_force(before, {}, cluster), {}, before.settings)
    had = {part.id for part in then}
    now = azure_resources.needed(home, in_force(before, given, cluster), mine, before.settings)
    return tuple(replace(part, making=()) if part.id in had else part for part in now)


def _release(before: ExtensionRow, draft: Draft) -> Body:
    found: Body = {}
    if draft.train.lower() != (before.train or "stable").lower():
        found["releaseTrain"] = draft.train
    if draft.auto_upgrade != before.auto_upgrade:
        found["autoUpgradeMinorVersion"] = draft.auto_upgrade
    if draft.version and not draft.auto_upgrade and draft.version != before.version:
        found |= {"autoUpgradeMinorVersion": False, "version": draft.version}
    return found
