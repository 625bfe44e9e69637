"""A container's log, followed across every break: no line lost, none twice.

Owns the resume rule. Timestamps are always asked for. After a break the log is read again from the second of the
last line (the API knows no finer), and what was shown already is dropped by counting lines per timestamp. A log ends
when its container has ended for good, never because a stream did.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final

from msgspec import Struct

from tui.client.kube import KubeClient
from tui.client.log_state import Ends, judge, object_path, standing_of
from tui.client.stream import chunks
from tui.core.errors import Problem

SILENCE: Final = 3600.0
"""A quiet container may say nothing for long; the connection's own failures end a stream sooner."""
WAIT: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each attempt to come back."""


class LogOptions(Struct, frozen=True):
    """What to read."""

    tail: int | None = None
    """Begin with so many last lines; None: all there is."""
    since: float | None = None
    """Begin so many seconds ago."""
    previous: bool = False
    """The instance before the last restart; it is not followed."""


FROM_START: Final = LogOptions()


class Lines(Struct, frozen=True):
    """Whole lines, each `timestamp SPACE text LF`, as they came: not cleaned."""

    data: bytes


class Broken(Struct, frozen=True):
    """The stream is down; it comes back by itself."""

    reason: str
    at: float


class Resumed(Struct, frozen=True):
    """It is back. `gap` names two instants when lines between them are lost for good (the log was rotated)."""

    after: float
    """Seconds it was down."""
    gap: str = ""


class Restarted(Struct, frozen=True):
    """The container began anew; what follows is its new log."""

    reason: str
    exit_code: int | None = None


class Ended(Struct, frozen=True):
    """The container has ended, and all of its log was given."""

    reason: str
    exit_code: int | None = None


class Refused(Struct, frozen=True):
    """There is no such log for us."""

    problem: Problem


LogEvent = Lines | Broken | Resumed | Restarted | Ended | Refused


class Seen:
    """What was given already, as far back as a resume can reach: the second of the last line."""

    def __init__(self) -> None:
        self.last = b""
        self.first = b""
        self._blocks: deque[bytes] = deque()

    def add(self, block: bytes) -> None:
        """Whole lines were given."""
        begin, end = _stamp(block, 0), _stamp(block, block.rfind(b"\n", 0, -1) + 1)
        self.first = self.first or begin
        self.last = max(self.last, begin, end)
        self._blocks.append(block)
        second = self.last[:19]
        while self._blocks and _stamp(self._blocks[0], self._blocks[0].rfind(b"\n", 0, -1) + 1)[:19] < second:
            self._blocks.popleft()

    @property
    def since(self) -> str:
        """The sinceTime to resume with."""
        return self.last[:19].decode("ascii", "replace") + "Z"

    def filter(self) -> Callable[[bytes], bytes]:
        """Drops, from the lines of a resumed stream, the ones that were given."""
        counts = Counter(
            stamp for block in self._blocks for line in block.splitlines()
            if (stamp := _stamp(line, 0))[:19] >= self.last[:19]
        )  # fmt: skip
        first, last = self.first, self.last

        def fresh(block: bytes) -> bytes:
            if not counts and _stamp(block, 0) > last:
                return block
            kept = []
            for line in block.split(b"\n")[:-1]:
                stamp = _stamp(line, 0)
                if counts.get(stamp, 0) > 0:
                    counts[stamp] -= 1
                    if not counts[stamp]:
                        del counts[stamp]
                elif stamp > first or stamp == last:
                    kept.append(line)
            return b"\n".join(kept) + b"\n" if kept else b""

        return fresh


def _stamp(block: bytes, start: int) -> bytes:
    """The timestamp of the line that begins at `start`, made comparable: fractions differ in length."""
    end = block.find(b" ", start, start + 40)
    stamp = block[start:end] if end >= 0 else block[start : start + 40]
    body, _, fraction = stamp.rstrip(b"Z").partition(b".")
    return body + b"." + fraction.ljust(9, b"0")


async def follow(
    kube: KubeClient, key: str, container: str, options: LogOptions = FROM_START, *,
    clock: Callable[[], float] = time.time, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[LogEvent, None]:  # fmt: skip
    """The log of `container` in the pod `namespace/name`, until the container has ended."""
    seen, failures, broken_at, final, instance = Seen(), 0, 0.0, False, None
    while True:
        if instance is None and not options.previous:
            instance = (await standing_of(kube, key, container)).instance
        ended: Problem | None = None
        fresh, tell = (seen.filter() if seen.last else None), broken_at > 0
        async with aclosing(_read(kube, key, container, options, seen, final)) as blocks:
            async for block in blocks:
                if isinstance(block, Problem):
                    ended = block
                    break
                if tell:
                    yield Resumed(clock() - broken_at, _gap(seen.last, block))
                    broken_at, tell = 0.0, False
                new = fresh(block) if fresh else block
                if new:
                    failures = 0
                    seen.add(new)
                    yield Lines(new)
        standing = await standing_of(kube, key, container)
        verdict = judge(standing, ended, instance, options.previous)
        if isinstance(verdict, Problem):
            yield Refused(verdict)
            return
        if isinstance(verdict, Ends):
            if ended is None and (final or options.previous):
                yield Ended(verdict.reason, verdict.exit_code)
                return
            if verdict.gone:
                yield Ended(verdict.reason, verdict.exit_code)
                return
            final = True
            if ended is None:
                continue
        elif verdict == "restarted":
            async for event in _old_rest(kube, key, container, seen):
                yield event
            yield Restarted(standing.reason or "a new instance", standing.exit_code)
            seen, options, instance, failures, broken_at = Seen(), LogOptions(), standing.instance, 0, 0.0
            continue
        if not broken_at:
            broken_at = clock()
            yield Broken(str(ended) if ended else standing.waiting or "the stream ended", broken_at)
        await sleep(WAIT[min(failures, len(WAIT) - 1)])
        failures += 1


async def _old_rest(kube: KubeClient, key: str, container: str, seen: Seen) -> AsyncGenerator[LogEvent, None]:
    """What the instance before said after the last line that was given."""
    if not seen.last:
        return
    fresh = seen.filter()
    async with aclosing(_read(kube, key, container, LogOptions(previous=True), seen, True)) as blocks:
        async for block in blocks:
            new = b"" if isinstance(block, Problem) else fresh(block)
            if new:
                yield Lines(new)


def _gap(last: bytes, block: bytes) -> str:
    begin = _stamp(block, 0)
    if not last or begin <= last:
        return ""
    return f"{last[11:19].decode('ascii', 'replace')} → {begin[11:19].decode('ascii', 'replace')}, log rotated"


async def _read(
    kube: KubeClient, key: str, container: str, options: LogOptions, seen: Seen, final: bool
) -> AsyncGenerator[bytes | Problem, None]:
    """One stream, as blocks of whole lines. What is after the last line end comes again after a resume."""
    query: dict[str, Any] = {"container": container, "timestamps": "true"}
    if not (final or options.previous):
        query["follow"] = "true"
    if options.previous:
        query["previous"] = "true"
    if seen.last:
        query["sinceTime"] = seen.since
    else:
        query["tailLines"] = options.tail
        query["sinceSeconds"] = int(options.since) if options.since else None
    rest = b""
    async with kube.stream("GET", f"{object_path(key)}/log", query, silence=SILENCE) as opened:
        if isinstance(opened, Problem):
            yield opened
            return
        async with aclosing(chunks(opened, kube.connection.server)) as parts:
            async for part in parts:
                if isinstance(part, Problem):
                    yield part
                    return
                head, newline, tail = part.rpartition(b"\n")
                if newline:
                    yield rest + head + newline
                    rest = tail
                else:
                    rest += part
    if rest and (final or options.previous):
        yield rest + b"\n"
