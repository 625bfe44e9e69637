"""Files and directories as functions of time.

Owns paths, and files that grow as a log does. Must not know which files a container has.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final, Protocol

from tui.demo.kube.logs import Bulk, LogSource


class File(Protocol):
    """What a file holds."""

    @property
    def changed(self) -> float:
        """When it was last written to, in seconds since 1970."""

    def size(self, now: float) -> int:
        """Its bytes at a moment."""

    def read(self, start: int, now: float) -> bytes:
        """What is in it from an offset on, or a good piece of that; empty at its end."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file that stays as it is."""

    data: bytes
    changed: float = 0.0
    program: bool = False

    def size(self, _now: float) -> int:
        """Always the same."""
        return len(self.data)

    def read(self, start: int, _now: float) -> bytes:
        """The rest of it."""
        return self.data[start:]


class Logged:
    """What a program writes into a file: the lines of a source, each as it comes. It only ever grows."""

    def __init__(self, source: LogSource) -> None:
        self._source, self._until = source, 0.0
        self._data = bytearray()
        self.changed = 0.0

    def size(self, now: float) -> int:
        """What was written by then."""
        self._grow(now)
        return len(self._data)

    def read(self, start: int, now: float) -> bytes:
        """What was written by then, from an offset on."""
        self._grow(now)
        return bytes(self._data[start:])

    def _grow(self, now: float) -> None:
        if now <= self._until:
            return
        for at, text in self._source.read(self._until, now):
            self._data += text.encode("utf-8", "surrogateescape") + b"\n"
            self.changed = at
        self._until = now


class Bulky:
    """A file of so many lines that it is not kept: each piece is made when it is read."""

    def __init__(self, source: Bulk) -> None:
        self._source = source
        self.changed = 0.0

    def size(self, now: float) -> int:
        """What was written by then."""
        self.changed = now
        return self._source.size(now)

    def read(self, start: int, now: float) -> bytes:
        """A piece of it."""
        return self._source.piece(start, now)


Tree = dict[str, "File | Tree"]
"""A directory: names and what they are."""
Node = File | Tree
_MAGIC: Final = frozenset("*?[")


def tree_of(files: Mapping[str, File], directories: tuple[str, ...] = ()) -> Tree:
    """The root directory with files at their paths, and some directories beside."""
    root: Tree = {}
    for path in directories:
        _directory(root, path)
    for path, file in files.items():
        parent, name = posixpath.split(path)
        _directory(root, parent)[name] = file
    return root


def _directory(root: Tree, path: str) -> Tree:
    here = root
    for name in filter(None, path.split("/")):
        found = here.setdefault(name, {})
        assert isinstance(found, dict), path
        here = found
    return here


@dataclass(slots=True)
class View:
    """The files of a container as a process sees them: from its working directory, at the time of a clock."""

    root: Tree
    clock: Callable[[], float]
    cwd: str = field(default="/")

    def full(self, path: str) -> str:
        """An absolute path, without `.` and `..`."""
        return posixpath.normpath(posixpath.join(self.cwd, path)).replace("//", "/")

    def find(self, path: str) -> Node | None:
        """What is at a path; None for nothing."""
        here: Node = self.root
        for name in filter(None, self.full(path).split("/")):
            if not isinstance(here, dict) or name not in here:
                return None
            here = here[name]
        return here if path and (isinstance(here, dict) or not path.endswith("/")) else None

    def matching(self, pattern: str) -> list[str]:
        """The paths that a pattern names, sorted; empty when there are none."""
        if not _MAGIC & set(pattern):
            return []
        start = "/" if pattern.startswith("/") else ""
        steps = [step for step in pattern.split("/") if step]
        return sorted(self._matching(start, steps))

    def _matching(self, before: str, steps: list[str]) -> Iterator[str]:
        if not steps:
            yield before
            return
        here = self.find(before or ".")
        if not isinstance(here, dict):
            return
        first, rest = steps[0], steps[1:]
        for name in here if _MAGIC & set(first) else [first] if first in here else []:
            if fnmatchcase(name, first) and (not name.startswith(".") or first.startswith(".")):
                path = f"{before}{name}" if before in ("", "/") else f"{before}/{name}"
                yield from self._matching(path, rest)
