"""What the rules judge: a draft on its cluster, over the settings that are live already.

Owns the site and the look-ups every rule needs. An update is judged by what it would leave: the draft over the live
settings, since ARM merges them by key; and it is blamed only for what it touches. The content of protected settings
is never looked at, only their names. Must not know any rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tui.core.health import Health
from tui.core.text import clean, shorten_end
from tui.domain.cluster import ClusterRow
from tui.domain.extension import ExtensionRow, masked
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.settings.catalogue import Era, find, given, in_force, is_true, same, version_era, wire_key


class Site(Struct, frozen=True):
    """What is known of the place a draft is for."""

    connected: bool = True
    """Through Arc; False for AKS."""
    nodes: int = 0
    """0: not known."""
    distribution: str = ""
    """Lower case, empty when it is not known."""
    era: Era = "C"
    """Of what is installed, or would be without a pin."""
    live: Mapping[str, str] | None = None
    """configurationSettings of the installed extension; None: there is none."""
    jobs: int | None = None
    """Running; None: not known."""
    endpoints: int | None = None


class Finding(Struct, frozen=True):
    """A note and the settings it is about."""

    keys: tuple[str, ...]
    note: Note


class Case(Struct, frozen=True):
    """A draft to be judged."""

    draft: Draft
    site: Site
    era: Era
    """Of the version that would run."""
    settings: Mapping[str, str]
    """What would be in ARM afterwards."""
    fresh: Mapping[str, str]
    """What the draft brings or changes."""

    @property
    def update(self) -> bool:
        """Something is installed."""
        return self.site.live is not None

    def value(self, key: str) -> str:
        """What is given, empty when nothing is."""
        return given(self.settings, key) or ""

    def on(self, key: str) -> bool:
        """Whether a switch will be on."""
        return is_true(in_force(self.settings, key, self.era))

    def was_on(self, key: str) -> bool:
        """Whether a switch is on now."""
        return is_true(in_force(self.site.live or {}, key, self.site.era))

    @property
    def tls_in_files(self) -> bool:
        """Protected settings cannot be read: a live front end with TLS and no Secret must have its files there."""
        secret = given(self.site.live or {}, "sslSecret")
        return self.was_on("enableInference") and not self.was_on("allowInsecureConnections") and not secret

    def holds(self, key: str) -> bool:
        """Whether the draft gives a protected setting, by its own key or by the one on the wire."""
        return any(wire_key(name).lower() == wire_key(key).lower() for name in self.draft.protected)

    def touched(self, *keys: str) -> bool:
        """Whether the draft has a say in one of these; a first install has in all."""
        folded = {key.lower() for key in keys}
        return not self.update or any(key.lower() in folded for key in self.fresh)

    def evidence(self, *keys: str) -> str:
        """Where it says so: `configurationSettings inferenceRouterHA=True (live), sslCname unset`."""
        return "configurationSettings " + ", ".join(self._said(key) for key in keys)

    def _said(self, key: str) -> str:
        value = given(self.settings, key)
        if value is None:
            known = find(key)
            default = known.default(self.era) if known else ""
            return f"{key} unset" + (f", default {default}" if default else "")
        live = "" if given(self.fresh, key) is not None else " (live)" if self.update else ""
        return f"{quoted_key(key)}={quoted_value(key, value)}{live}"


def case_of(draft: Draft, site: Site) -> Case:
    """The case of a draft on a site."""
    live = site.live or {}
    fresh = {
        key: value
        for key, value in draft.settings.items()
        if (old := given(live, key)) is None or not same(key, old, value)
    }
    changed = {key.lower() for key in draft.settings}
    kept = {key: value for key, value in live.items() if key.lower() not in changed}
    era = version_era(draft.version) if draft.version and not draft.auto_upgrade else site.era
    return Case(draft, site, era, kept | dict(draft.settings), fresh)


def site_of(
    cluster: ClusterRow, extension: ExtensionRow | None, jobs: int | None = None, endpoints: int | None = None
) -> Site:
    """The site as ARM tells it."""
    here = Site(cluster.connected, cluster.nodes, cluster.distribution, jobs=jobs, endpoints=endpoints)
    return replace(here, era=extension.era, live=extension.settings) if extension else here


def finding(
    code: str, health: Health, what: str, keys: Iterable[str], evidence: str, remedy: str = "",
    implies: Mapping[str, str] | None = None,
) -> Finding:  # fmt: skip
    """A finding from the words of a rule."""
    return Finding(tuple(keys), Note(code, health, what, evidence, remedy, implies or {}))


def quoted_key(key: str) -> str:
    """A key somebody typed, fit to be shown."""
    return shorten_end(clean(key), 80) or '""'


def quoted_value(key: str, value: str) -> str:
    """A value somebody typed, fit to be shown: secrets masked."""
    return shorten_end(clean(masked(key, value)), 60)
