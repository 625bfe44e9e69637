"""What a plan that is running has done so far, in one small file each: enough to go on following after a restart.

Owns the files: `plans/` in the state directory, one for each target, readable by its owner only, of a fixed size, with
no token, no body and no secret in it. Whoever runs a plan holds a lock on its file, so that of two arcdecks on one
machine the second is refused; between machines ARM decides, which refuses a second operation.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tui.client import landing
from tui.core.errors import Problem
from tui.core.operation import Operation
from tui.core.secret import Secret
from tui.core.text import clean
from tui.domain.plans.plan import Method, Plan, Step, shown

DIRECTORY: Final = "plans"
SIZE: Final = 16_384
"""Bytes of a file: it is overwritten in place, in one write, and never grows."""
MOST: Final = 32
"""Records that are kept; the oldest that nobody runs make room."""


class Record(Struct, frozen=True):
    """How far a plan is."""

    verb: str
    target: str
    endpoint: str
    """Of the ARM it runs against."""
    fingerprint: str
    """Of its requests, without their secrets."""
    began: float
    steps: tuple[str, ...]
    """Ids of all its steps, in order."""
    done: tuple[str, ...] = ()
    step: str = ""
    """Id of the step that was sent last, or was about to be."""
    title: str = ""
    method: Method = "GET"
    path: str = ""
    command: str = ""
    before: str = landing.UNSEEN
    """`landing.stamp` of what was there."""
    operation: Operation | None = None
    """What it began; None when its answer is not known."""

    @property
    def asked(self) -> Step:
        """The step that was sent last, without its body."""
        return Step(self.step, self.title, self.method, self.path, follows=True, command=self.command)

    @property
    def is_last(self) -> bool:
        """Whether nothing is left after that step."""
        return bool(self.steps) and self.step == self.steps[-1]


class Claim:
    """The right to run one plan, and the pen that records it. `release` when done, or `drop` when all is known."""

    def __init__(self, descriptor: int, path: Path, record: Record, earlier: Record | None) -> None:
        self._descriptor, self._path, self._record = descriptor, path, record
        self.earlier = earlier
        """What was recorded of the same requests before, and never ended."""

    @property
    def record(self) -> Record:
        """What is on disk."""
        return self._record

    def sending(self, step: Step, before: str) -> Problem | None:
        """A request is about to be sent. One that cannot be recorded is not sent."""
        return self.write(
            replace(
                self._record, step=step.id, title=step.title, method=step.method, path=step.path,
                command=step.command, before=before, operation=None,
            )
        )  # fmt: skip

    def following(self, operation: Operation) -> None:
        """Its operation is known, or has moved to another address."""
        plain = replace(operation, code="", message="")
        known = self._record.operation
        if known is None or (known.url, known.resource) != (plain.url, plain.resource):
            self.write(replace(self._record, operation=plain))

    def done(self, step: Step) -> None:
        """A step is brought about."""
        if step.id not in self._record.done:
            self.write(replace(self._record, done=(*self._record.done, step.id)))

    def drop(self) -> None:
        """Nothing goes on any more."""
        with suppress(OSError):
            self._path.unlink()

    def release(self) -> None:
        """Let others have it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def write(self, record: Record) -> Problem | None:
        """Put it on disk."""
        self._record = record
        data = msgspec.json.encode(record)
        if len(data) > SIZE:
            data = msgspec.json.encode(replace(record, operation=None, command=""))
        try:
            os.pwrite(self._descriptor, data[:SIZE].ljust(SIZE), 0)
        except OSError as error:
            return _unusable(self._path, error)
        return None


class Records:
    """The records of one state directory."""

    def __init__(self, state_dir: Path, clock: Callable[[], float]) -> None:
        self._directory, self._clock = state_dir / DIRECTORY, clock

    def claim(self, plan: Plan, endpoint: str) -> Claim | Problem:
        """Begin to record a plan; a Problem with the code `Busy` when somebody runs one for the same target."""
        path = self._directory / f"{_key(plan.target)}.json"
        opened = self._open(path)
        if isinstance(opened, Problem):
            return opened
        self._make_room()
        steps = tuple(step.id for step in plan.steps)
        record = Record(plan.verb, plan.target, endpoint, fingerprint(plan), self._clock(), steps)
        found = _read(opened)
        if found is not None and (found.fingerprint, found.endpoint) == (record.fingerprint, endpoint):
            return Claim(opened, path, found, found)  # a crash before its next request must not lose what is known
        claim = Claim(opened, path, record, None)
        unwritten = claim.write(record)
        if unwritten is not None:
            claim.release()
            return unwritten
        return claim

    def reclaim(self, record: Record) -> Claim | Problem:
        """Go on recording what an earlier run left."""
        path = self._directory / f"{_key(record.target)}.json"
        opened = self._open(path)
        if isinstance(opened, Problem):
            return opened
        found = _read(opened)
        if found is None:
            os.close(opened)
            with suppress(OSError):
                path.unlink()
            return Problem("it has ended already", record.target, code="Gone")
        return Claim(opened, path, found, found)

    def unfinished(self) -> list[Record]:
        """What earlier runs left and nobody runs now, oldest first. Unreadable files are left alone."""
        found = []
        for path in self._paths():
            descriptor = _locked(path, os.O_RDONLY)
            if descriptor >= 0:
                record = _read(descriptor)
                os.close(descriptor)
                found += [record] if record is not None and record.step else []
        return sorted(found, key=lambda record: record.began)

    def _open(self, path: Path) -> int | Problem:
        """The file, locked."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            while True:
                descriptor = _locked(path, os.O_RDWR | os.O_CREAT)
                if descriptor < 0:
                    return Problem(
                        "another arcdeck is at it already", clean(str(path)), "wait for it to end", code="Busy"
                    )
                if os.fstat(descriptor).st_nlink:
                    return descriptor
                os.close(descriptor)  # it ended and took its file away between our two calls
        except OSError as error:
            return _unusable(path, error)

    def _paths(self) -> Iterator[Path]:
        with suppress(OSError):
            yield from sorted(self._directory.glob("*.json"), key=_age)

    def _make_room(self) -> None:
        for path in list(self._paths())[:-MOST]:
            descriptor = _locked(path, os.O_RDONLY)
            if descriptor >= 0:
                with suppress(OSError):
                    path.unlink()
                os.close(descriptor)


def fingerprint(plan: Plan) -> str:
    """The same for two plans that send the same, secrets aside."""
    told = [(step.id, step.method, step.path, shown(step.body)) for step in plan.steps]
    return sha256(msgspec.json.encode([plan.verb, plan.target.lower(), told])).hexdigest()


def has_secrets(body: Any) -> bool:
    """Whether a body holds what the operator gave in secret: then two equal fingerprints are not the same wish."""
    match body:
        case Secret():
            return True
        case dict():
            return _any(body.values())
        case list() | tuple():
            return _any(body)
    return False


def _any(values: Iterable[Any]) -> bool:
    return any(has_secrets(value) for value in values)


def _key(target: str) -> str:
    return sha256(target.strip("/").lower().encode()).hexdigest()[:24]


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _locked(path: Path, flags: int) -> int:
    """The open file, locked for us alone; -1 when somebody else has it, or it cannot be opened for reading."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        if flags & os.O_CREAT:
            raise
        return -1
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return -1
    return descriptor


def _read(descriptor: int) -> Record | None:
    """What a file says; None for anything that is no record."""
    try:
        return msgspec.json.decode(os.pread(descriptor, SIZE, 0).rstrip(), type=Record)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _unusable(path: Path, error: OSError) -> Problem:
    what = f"not sent: the record cannot be written: {error.strerror}"
    return Problem(what, clean(str(path)), "mend that, or set state_dir", code="State")
