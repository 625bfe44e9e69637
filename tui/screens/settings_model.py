"""The settings form as a table: the release first, then a row for each setting with its value, default and live value.

Owns the rows and what a change of one does to the draft. Judgement is `domain.settings_form`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from tui.core.health import Health
from tui.core.secret import Secret
from tui.core.table import Column, Tone
from tui.domain.extension import INSTALLED, ExtensionRow
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.settings import form as settings_form
from tui.domain.settings.case import Site
from tui.domain.settings.catalogue import Era, is_true, spelled
from tui.domain.settings.form import Field
from tui.screens.deck import Deck

RELEASE: Final = "release"
NAME, TRAIN, UPGRADE, VERSION = "name", "release-train", "auto-upgrade", "version"
_RELEASE: Final = {
    NAME: "what ARM calls it, and the name of the Helm release",
    TRAIN: "stable, or preview",
    UPGRADE: "follow the newest minor version of the train",
    VERSION: "pinned; only without auto-upgrade",
}
_WORDS: Final = {"seed": "", "ga": "", "advanced": "adv", "free": "free", RELEASE: "rel"}


def _mark(field: Field) -> Tone:
    if any(note.blocks for note in field.notes):
        return Health.BAD
    return "strong" if field.given else "dim"


def _value(field: Field, _now: float) -> str:
    if field.protected:
        return "given" if field.given else "give it again" if field.again else "not given"
    return field.value or "-"


def _live(field: Field, _now: float) -> str:
    return field.live or "-"


def _remark(field: Field, _now: float) -> str:
    return field.notes[0].what if field.notes else field.meaning


def _remark_tone(field: Field) -> Tone:
    return field.notes[0].health if field.notes else "dim"


COLUMNS: Final[tuple[Column[Field], ...]] = (
    Column("key", "SETTING", lambda f, _now: f.key, 28, grow=1, most=44, cut="middle", tone=_mark),
    Column("value", "VALUE", _value, 14, grow=1, most=30, cut="middle", tone=_mark),
    Column("default", "DEFAULT", lambda f, _now: f.default or "-", 8, grow=0, most=16, drop=2, tone=lambda _f: "dim"),
    Column("live", "LIVE", _live, 12, grow=0, most=16, drop=1, tone=lambda f: None if f.differs_from_live else "dim"),
    Column("remark", "", _remark, 24, grow=3, drop=3, tone=_remark_tone),
)


class Form:
    """A draft being edited, as a table's model."""

    def __init__(self, deck: Deck, draft: Draft, live: ExtensionRow | None, site: Site) -> None:
        self._deck, self.live, self._site = deck, live, site
        self.era: Era = site.era
        self.only_given, self.text = False, ""
        glyph: Column[Field] = Column("health", "", lambda f, _now: self._glyph(f), 1, tone=_worst)
        shown = COLUMNS if self.updates else tuple(each for each in COLUMNS if each.id != "live")
        self.columns = (glyph, *shown)
        self.take(draft)

    @property
    def updates(self) -> bool:
        """It changes what is installed; else it installs, or replaces what failed."""
        return self.live is not None and self.live.state == INSTALLED

    def take(self, draft: Draft) -> None:
        """Another draft. What is installed keeps its name: another one would be another extension."""
        self.draft = draft if self.live is None else replace(draft, name=self.live.name)
        self.general = settings_form.general(draft, self._site)
        fields = [*self._release(), *settings_form.fields(draft, self.live, self.era, self._site)]
        self._fields = {field.key: field for field in fields}

    @property
    def keys(self) -> list[str]:
        return [key for key, field in self._fields.items() if self._shown(field)]

    def field(self, key: str | None) -> Field | None:
        """One row."""
        return self._fields.get(key) if key is not None else None

    def blocked(self, key: str) -> bool:
        """Something about this row is in the way."""
        return any(note.blocks for note in self._fields[key].notes)

    def cells(self, key: str, columns: Sequence[Column[Any]], now: float) -> list[tuple[str, Tone]]:
        field = self._fields[key]
        return [(column.text(field, now), column.tone(field) if column.tone else None) for column in columns]

    @property
    def notes(self) -> list[Note]:
        """All that is wrong or worth a word, the worst first, each once."""
        found = {(n.code, n.what): n for n in (*self.general, *(n for f in self._fields.values() for n in f.notes))}
        return sorted(found.values(), key=lambda note: -note.health)

    @property
    def changes(self) -> int:
        """Rows that differ from what is live, or that are given for a first install."""
        fields = [field for field in self._fields.values() if field.group != RELEASE]
        return sum(field.differs_from_live if self.updates else field.given for field in fields)

    # -- changes

    def turned(self, field: Field) -> Draft | None:
        """The draft after enter on a switch or a choice; None for what has to be typed."""
        if field.kind == "bool":
            return self.put(field.key, str(not is_true(field.value)))
        if field.kind == "choice" and field.choices:
            lower = [choice.lower() for choice in field.choices]
            place = lower.index(field.value.lower()) + 1 if field.value.lower() in lower else 0
            return self.put(field.key, field.choices[place % len(field.choices)])
        return None

    def put(self, key: str, value: str) -> Draft:
        """With one row set."""
        match key:
            case "name":
                return replace(self.draft, name=value)
            case "release-train":
                return replace(self.draft, train=value)
            case "auto-upgrade":
                return replace(self.draft, auto_upgrade=is_true(value))
            case "version":
                return replace(self.draft, version=value, auto_upgrade=self.draft.auto_upgrade and not value)
        right = spelled(key)
        field = self._fields.get(right)
        if field is not None and field.protected:
            return replace(self.draft, protected={**self.draft.protected, right: Secret(value)})
        rest = {name: old for name, old in self.draft.settings.items() if name.lower() != right.lower()}
        return replace(self.draft, settings={**rest, right: value})

    def unset(self, key: str) -> Draft:
        """With one row as it was: what is live, else the default."""
        if key == VERSION:
            return replace(self.draft, version="")
        folded = key.lower()
        settings = {name: value for name, value in self.draft.settings.items() if name.lower() != folded}
        if self.live is not None and self.live.settings.get(key) is not None:
            settings[key] = self.live.settings[key]
        protected = {name: value for name, value in self.draft.protected.items() if spelled(name).lower() != folded}
        return replace(self.draft, settings=settings, protected=protected)

    def _release(self) -> list[Field]:
        draft, live = self.draft, self.live
        was = {
            NAME: live.name, TRAIN: live.train, UPGRADE: str(live.auto_upgrade), VERSION: live.version,
        } if live is not None else {}  # fmt: skip
        now = {NAME: draft.name, TRAIN: draft.train, UPGRADE: str(draft.auto_upgrade), VERSION: draft.version}
        usual = {NAME: Draft().name, TRAIN: Draft().train, UPGRADE: "True", VERSION: ""}
        return [
            Field(
                key, RELEASE, "bool" if key == UPGRADE else "text", (), value, value != usual[key], usual[key],
                was.get(key), value != usual[key], live is not None and value.lower() != was[key].lower(), False, False,
                _RELEASE[key], (),
            )
            for key, value in now.items()
        ]  # fmt: skip

    def _shown(self, field: Field) -> bool:
        if self.only_given and not (field.given or field.differs_from_live or field.notes or field.again):
            return False
        return self.text.lower() in f"{field.key} {field.value} {field.meaning}".lower()

    def _glyph(self, field: Field) -> str:
        worst = _worst(field)
        return self._deck.glyph(worst) if isinstance(worst, Health) else "+" if field.differs_from_live else " "


def _worst(field: Field) -> Tone:
    return max((note.health for note in field.notes if note.health > Health.GOOD), default=None)
