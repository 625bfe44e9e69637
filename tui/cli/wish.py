"""What is wished of the extension, from the options of a command: files read, mistakes told in one line.

Owns the order: what an import says, then `--set`, then `--set-protected`. Raises UsageProblem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tui.client.small_file import read_file
from tui.core.errors import Problem, UsageProblem
from tui.core.secret import Secret
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.settings import text as settings_text
from tui.domain.settings.catalogue import spelled


def draft_of(wish: Mapping[str, Any], base: Draft) -> tuple[Draft, tuple[Note, ...]]:
    """`base` with what the options say, and the notes of an import."""
    draft, notes = _imported(wish.get("source"), base)
    settings = {**draft.settings, **_pairs(wish.get("settings") or (), "--set")}
    secrets = {
        key: Secret(_content(value)) for key, value in _pairs(wish.get("protected") or (), "--set-protected").items()
    }
    version = wish.get("version")
    return replace(
        draft, name=wish.get("name") or draft.name, train=wish.get("train") or draft.train,
        version=draft.version if version is None else version,
        auto_upgrade=draft.auto_upgrade if version is None else not version,
        settings=settings, protected={**draft.protected, **secrets},
    ), notes  # fmt: skip


def _imported(source: Path | None, base: Draft) -> tuple[Draft, tuple[Note, ...]]:
    if source is None:
        return base, ()
    read = settings_text.parse(_read(str(source)))
    found = read.with_files({key: _read(path) for key, path in read.files.items()})
    bad = next((note for note in read.notes if note.blocks), None)
    if bad is not None:
        raise UsageProblem(f"{source}: {bad.what}")
    return replace(found, settings={**base.settings, **found.settings}), read.notes


def _pairs(words: Sequence[str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not (key and equals):
            raise UsageProblem(f"{option} {key or word}: write KEY=VALUE")
        found[spelled(key)] = value
    return found


def _content(value: str) -> str:
    """A protected value: given on the command line it would be in everybody's process list."""
    if not value.startswith("@"):
        raise UsageProblem("--set-protected takes KEY=@FILE: a value on the command line is seen by others")
    return _read(value[1:])


def _read(name: str) -> str:
    found = read_file(name)
    if isinstance(found, Problem):
        raise UsageProblem(str(found))
    return found
