"""What a form over the settings shows, as values: one field for each setting, with its marks and notes.

Owns which settings are shown, in which order, and what is changed against the live extension. Must not know how a
field is drawn, nor any rule.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.core.redact import MASK
from tui.domain.extension import ExtensionRow, masked
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.settings.case import Case, Finding, Site, case_of
from tui.domain.settings.catalogue import (
    CATALOGUE,
    Era,
    Group,
    Kind,
    behind,
    find,
    given,
    in_force,
    same,
    spelled,
    wire_key,
)
from tui.domain.settings.rules import findings

_GROUPS: Final = ("seed", "ga", "advanced", "free")
_FILES: Final = ("sslCertPemFile", "sslKeyPemFile")
_LOGS: Final = "logAnalyticsWS"
_CATALOGUED: Final = frozenset(setting.key for setting in CATALOGUE)


class Field(Struct, frozen=True):
    """One line of the form."""

    key: str
    group: Group | Literal["free", "release"]
    kind: Kind
    choices: tuple[str, ...]
    value: str
    """What will be in force: given, else live, else the default; empty for protected settings."""
    given: bool
    """The draft says it; of a protected setting: it is set."""
    default: str
    """Of the era, empty when there is none."""
    live: str | None
    """None: not set on the installed extension, not installed, or protected."""
    differs_from_default: bool
    differs_from_live: bool
    """The update would send it."""
    protected: bool
    again: bool
    """It is set on the installed extension as far as can be told, and the update loses it unless it is given again."""
    meaning: str
    """Empty for a free key."""
    notes: tuple[Note, ...]


def fields(draft: Draft, live: ExtensionRow | None, era: Era, site: Site | None = None) -> list[Field]:
    """The form of a draft, group by group. With a site the notes know the cluster as well."""
    case = case_of(draft, site or Site(era=era, live=live.settings if live else None))
    found = findings(draft, case.site)
    names = {name.lower() for name in live.protected} if live else set()
    shown = [_field(case, key, era, names, found) for key in _keys(case, era)]
    return sorted(shown, key=lambda field: _GROUPS.index(field.group))


def general(draft: Draft, site: Site) -> list[Note]:
    """The notes that belong to no field: on name, train and version."""
    return [one.note for one in findings(draft, site) if not one.keys]


def seeded(live: ExtensionRow) -> Draft:
    """The draft an editor opens on: what is live, without what az fills in and what is only known as a mask."""
    settings = {key: value for key, value in live.settings.items() if MASK not in value and not _by_az(key)}
    version = "" if live.auto_upgrade else live.version
    return Draft(live.name, live.train, live.auto_upgrade, version, settings)


def changed(draft: Draft, live: ExtensionRow) -> Draft:
    """The draft with those settings only that differ from the live ones, which is what a PATCH sends.

    What the draft leaves out stays as it is: an update cannot take a setting away. Protected settings cannot be
    compared, so all that are given stay.
    """
    return replace(draft, settings=case_of(draft, Site(era=live.era, live=live.settings)).fresh)


def _by_az(key: str) -> bool:
    known = find(key)
    return known is not None and known.kind == "set by az"


def _keys(case: Case, era: Era) -> list[str]:
    """Settings the era knows and those that are set; wire names and what az fills in when the draft names them."""
    drafted = [*case.draft.settings, *case.draft.protected]
    live = [key for key in case.site.live or {} if not _by_az(key)]
    named = {key.lower(): spelled(key) for key in (*live, *drafted)}.values()
    usual = [s.key for s in CATALOGUE if s.default(era) is not None and s.kind != "set by az" and not behind(s.key)]
    shown = {*usual, *named}
    return [*(s.key for s in CATALOGUE if s.key in shown), *(key for key in named if key not in _CATALOGUED)]


def _field(case: Case, key: str, era: Era, live_names: set[str], found: list[Finding]) -> Field:
    known, live = find(key), given(case.site.live or {}, key)
    held = any(spelled(name) == key for name in case.draft.protected)
    protected = held or (known is not None and known.protected)
    drafted = held or given(case.draft.settings, key) is not None
    value = "" if protected else masked(key, in_force(case.settings, key, era))
    others = {name: other for name, other in case.settings.items() if name.lower() != key.lower()}
    default = in_force(others, key, era)
    return Field(
        key, known.group if known else "free", known.kind if known else "secret" if held else "text",
        known.choices if known else (), value, drafted, default, None if protected else live,
        drafted if protected else not same(key, value, default),
        case.update and (held or given(case.fresh, key) is not None),
        protected, protected and not held and _again(case, key, live_names), known.meaning if known else "",
        tuple(one.note for one in found if key in map(spelled, one.keys)),
    )  # fmt: skip


def _again(case: Case, key: str, live_names: set[str]) -> bool:
    """ARM shows no protected setting, and mostly not even its name: that files hold the TLS material is inferred."""
    replaced = bool(case.draft.protected) or given(case.fresh, _LOGS) is not None
    known = find(key)
    if not replaced or (known is not None and known.refetched) or case.holds(key):
        return False
    return not live_names.isdisjoint((key.lower(), wire_key(key).lower())) or (key in _FILES and case.tls_in_files)
