"""What a reader of text comes upon on its way to a draft: the shape all formats share.

Owns what holds for each of them: keys are spelt as the catalogue does, and a protected value may be `@FILE`. Must not
know any format (`settings_arguments`, `settings_json`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.core.health import Health
from tui.core.redact import MASK
from tui.core.secret import Secret
from tui.domain.extension import TYPE
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.settings.case import quoted_key, quoted_value
from tui.domain.settings.catalogue import find, spelled

PLACEHOLDER: Final = "@FILE"
"""Stands for every protected value that is written."""
_MOST_NOTES: Final = 100
_PEM: Final = "-----BEGIN"
_VARIABLE: Final = re.compile(r"\$(?:[({]|[A-Za-z_]\w*$)|^%\w+%$")


class Imported(Struct, frozen=True):
    """What was read."""

    draft: Draft
    """Without the protected settings that are in files."""
    files: Mapping[str, str] = {}
    """Protected setting → path of the file that holds its value."""
    target: Mapping[str, str] = {}
    """What the text says of the cluster: `cluster-name`, `cluster-type`, `resource-group`, `subscription`."""
    notes: tuple[Note, ...] = ()

    def with_files(self, contents: Mapping[str, str]) -> Draft:
        """The draft once these settings' files are read."""
        return replace(self.draft, protected={**self.draft.protected, **_secrets(contents)})


class Gathered:
    """What was found so far."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        """Of the draft: name, train, version, auto_upgrade."""
        self.settings: dict[str, str] = {}
        self.protected: dict[str, str] = {}
        self.target: dict[str, str] = {}
        self.notes: list[Note] = []

    def note(self, code: str, health: Health, what: str, evidence: str = "", remedy: str = "") -> None:
        """Keep something to be told; of a text that is no settings at all only the beginning."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(Note(code, health, what, evidence, remedy))
        elif len(self.notes) == _MOST_NOTES:
            self.notes.append(Note("text-foreign", Health.BAD, "too much of the text is not understood"))

    def setting(self, key: str, value: str) -> None:
        """One of configurationSettings."""
        right = self._spelt(key, self.settings)
        self.settings[right] = value
        if _VARIABLE.search(value):
            told = f"{quoted_key(right)}={quoted_value(right, value)} looks like a variable; it is not filled in here"
            self.note("variable", Health.WARN, told, quoted_key(right), "write the value itself")

    def protect(self, key: str, value: str) -> None:
        """One of configurationProtectedSettings: its value, or `@` and the path of its file."""
        self.protected[self._spelt(key, self.protected)] = value

    def of_type(self, name: str) -> None:
        """The text says what type of extension it is about."""
        if name.lower() != TYPE:
            told = f"{quoted_key(name)} is another extension"
            self.note("other-type", Health.BAD, told, "extensionType", "import one of Microsoft.AzureML.Kubernetes")

    def of_scope(self, name: str) -> None:
        """The text says what the extension is installed for."""
        if name.lower() != "cluster":
            self.note("scope", Health.BAD, "this extension is installed for a whole cluster only", "scope namespace")

    def _spelt(self, key: str, known: Mapping[str, str]) -> str:
        right = spelled(key)
        if right != key:
            told = f"{quoted_key(key)} is read as {quoted_key(right)}: the cluster minds the case"
            self.note("key-case", Health.WARN, told, quoted_key(key))
        if right in known:
            told = f"{quoted_key(right)} is given twice: the last one counts"
            self.note("given-twice", Health.WARN, told, quoted_key(right), "leave the others out")
        return right

    def imported(self) -> Imported:
        """The outcome, files apart from values."""
        paths = {key: path for key, value in self.protected.items() if (path := _path(key, value)) is not None}
        rest = {key: value for key, value in self.protected.items() if key not in paths}
        values = {key: value[1:] if value.startswith("@@") else value for key, value in rest.items()}
        draft = Draft(**self.fields, settings=self.settings, protected=_secrets(values))
        return Imported(draft, paths, self.target, tuple(self.notes))


def writable(settings: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Plain settings fit to be written: a secret that stands among them by mistake is a mask."""
    for key, value in settings.items():
        known = find(key)
        yield key, MASK if known is not None and known.protected and value else value


def _secrets(values: Mapping[str, str]) -> dict[str, Secret]:
    return {key: Secret(value) for key, value in values.items()}


def _path(key: str, value: str) -> str | None:
    """`@path`; `@@` begins a value with one @. What is a file by its nature needs no @, as with az."""
    if value.startswith("@"):
        return None if value.startswith("@@") else value[1:]
    known = find(key)
    return value if value and known is not None and known.kind == "file" and _PEM not in value else None
