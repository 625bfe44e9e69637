"""The recording of an operation on the extension: an append-only file, written in batches beside the event loop.

Owns the files: where they are, how large one gets, how many are kept. Of a long recording the talk goes first: log
lines and events stop at `TALK` bytes, states of pods and workloads at `MOST`; the operation's own states and the end
always have room. What is left out is said in the file. A disk that cannot be written is told once and ends nothing.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from tui.core.errors import Problem
from tui.core.text import clean
from tui.core.units import rfc3339
from tui.domain import arm_id
from tui.domain.progress.recording import Began, Entry, Recording
from tui.domain.progress.recording_wire import entry_of, line_of
from tui.domain.progress.tape import Tape

FOLDER: Final = "recordings"
MOST: Final = 8 << 20
"""Bytes of one recording."""
TALK: Final = 6 << 20
"""Bytes after which log lines and events are left out."""
_ROOM: Final = 64 << 10
"""Bytes kept free for the end."""
KEEP: Final = 10
"""Recordings that are kept, the newest ones."""
EVERY: Final = 1.0
"""Seconds between two batches."""
MOST_WAITING: Final = 20_000
"""Entries that wait for a batch; talk beyond them is left out."""
_TALK: Final = frozenset({"log", "event"})
_LAST: Final = frozenset({"began", "operation", "extension", "ended", "remark"})
_NAME: Final = re.compile(r"\d{8}T\d{6}Z-(?:deploy|update|delete)-[\w.-]{0,60}-[0-9a-f]{12}\.jsonl")
_TALK_STOPS: Final = "log lines and events are left out from here on: the recording is large"
_ALL_STOPS: Final = "states are left out from here on: the recording is as large as it gets"

Tell = Callable[[Problem], None]


def recording_path(directory: Path, began: Began) -> Path:
    """The file of an operation: the same for whoever follows it, before a restart and after."""
    stamp = re.sub(r"[-:]", "", rfc3339(began.begun))
    name = re.sub(r"[^A-Za-z0-9._-]", "_", arm_id.name(began.target))[:60]
    return directory / FOLDER / f"{stamp}-{began.verb}-{name}-{_digest(began.target)}.jsonl"


def recordings(directory: Path, target: str = "") -> list[Path]:
    """The files there are, the newest first; of one extension when `target` is given."""
    end = f"-{_digest(target)}.jsonl" if target else ""
    try:
        found = [path for path in (directory / FOLDER).iterdir() if _NAME.fullmatch(path.name)]
    except OSError:
        return []
    return sorted((path for path in found if path.name.endswith(end)), key=lambda path: path.name, reverse=True)


def _digest(target: str) -> str:
    return sha256(target.strip("/").lower().encode(errors="replace")).hexdigest()[:12]


def read_recording(path: Path) -> Recording | Problem:
    """What a file holds; lines that cannot be read are passed over."""
    try:
        tape = _played(path)
    except OSError as error:
        return Problem(f"the recording cannot be read: {error.strerror}", clean(str(path)), code="Recording")
    return tape.recording()


def _played(path: Path) -> Tape:
    tape, unreadable = Tape(), 0
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        for line in file.read(2 * MOST).split(b"\n"):
            entry = entry_of(line) if line else None
            if entry is not None:
                tape.take(entry)
            unreadable += entry is None and bool(line)
    if unreadable:
        tape.remark(f"{unreadable} lines of it cannot be read", 0.0)
    return tape


class Recorder:
    """Records one operation. `run` it beside the rest, and note what is seen on `tape`."""

    def __init__(
        self, directory: Path, began: Began, clock: Callable[[], float], *, most: int = MOST, talk: int = TALK,
        keep: int = KEEP, every: float = EVERY, tell: Tell = lambda _problem: None,
    ) -> None:  # fmt: skip
        self.path = recording_path(directory, began)
        self.tape = Tape()
        """What was seen: of before a restart too, once `run` has begun."""
        self.problem: Problem | None = None
        """Why nothing is written; told once."""
        self._directory, self._began, self._clock = directory, began, clock
        self._most, self._talk, self._keep, self._every, self._tell = most, talk, keep, every, tell
        self._waiting: list[Entry] = []
        self._lock = threading.Lock()
        self._stopped: set[str] = set()

    @classmethod
    async def open(
        cls, directory: Path, began: Began, clock: Callable[[], float], *, most: int = MOST, talk: int = TALK,
        keep: int = KEEP, every: float = EVERY, tell: Tell = lambda _problem: None,
    ) -> Recorder:  # fmt: skip
        """A recorder that goes on where the file of the same operation, if there is one, ends."""
        recorder = cls(directory, began, clock, most=most, talk=talk, keep=keep, every=every, tell=tell)
        await asyncio.to_thread(recorder._begin)
        recorder.note(recorder.tape.begin(began))
        return recorder

    def note(self, entries: Iterable[Entry]) -> None:
        """Have these written with the next batch: what the methods of `tape` give. Costs next to nothing."""
        for entry in entries:
            if len(self._waiting) < MOST_WAITING or entry.what not in _TALK:
                self._waiting.append(entry)

    async def run(self) -> None:
        """Write until cancelled; what waits then is still written."""
        try:
            while True:
                await asyncio.sleep(self._every)
                await self.flush()
        finally:
            batch = self._taken()
            self._settle(batch, self._write(batch))

    async def flush(self) -> None:
        """Write what waits."""
        batch = self._taken()
        if batch:
            self._settle(batch, await asyncio.to_thread(self._write, batch))

    def finish(self) -> None:
        """Mark the end: the operation is over."""
        self.note(self.tape.end(self._clock()))

    def _taken(self) -> list[Entry]:
        batch, self._waiting = self._waiting, []
        return batch

    def _begin(self) -> None:
        """Read what is there of this operation, and drop old recordings."""
        try:
            self.tape = _played(self.path)
        except OSError:
            self.tape = Tape()
        for old in [path for path in recordings(self._directory) if path != self.path][max(self._keep - 1, 0) :]:
            try:
                old.unlink()
            except OSError:
                continue

    def _write(self, batch: list[Entry]) -> OSError | None:
        """Append a batch. Runs beside the event loop, one at a time."""
        with self._lock:
            try:
                if batch:
                    self._append(batch)
            except OSError as error:
                return error
        return None

    def _settle(self, batch: list[Entry], error: OSError | None) -> None:
        """What could not be written is tried again with the next batch, its talk left out; it is told once."""
        if error is None:
            return
        self._waiting = [*(entry for entry in batch if entry.what not in _TALK), *self._waiting][-MOST_WAITING:]
        if self.problem is None:
            what = f"the operation is not recorded: {error.strerror}"
            self.problem = Problem(what, clean(str(self.path)), "make room, or set state_dir", code="Recording")
            self._tell(self.problem)

    def _append(self, batch: list[Entry]) -> None:
        folder = self.path.parent
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.path, flags, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            whole = size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
            data = (b"" if whole else b"\n") + b"".join(self._lines(batch, size))
            while data:
                data = data[os.write(descriptor, data) :]
        finally:
            os.close(descriptor)

    def _lines(self, batch: list[Entry], size: int) -> Iterable[bytes]:
        """The lines that still have room."""
        for entry in batch:
            line = line_of(entry)
            stop = self._stop(entry, size + len(line))
            if stop:
                line = b"" if stop in self._stopped or entry.what in _LAST else line_of(Entry(entry.at, "remark", stop))
                self._stopped.add(stop)
            size += len(line)
            yield line

    def _stop(self, entry: Entry, size: int) -> str:
        """Why an entry that would make the file so large is left out; empty when it is not."""
        room = 0 if entry.what in _LAST else min(_ROOM, self._most // 8)
        if size > self._most - room:
            return _ALL_STOPS
        return _TALK_STOPS if entry.what in _TALK and size > self._talk else ""
