"""A container's log, followed across every break: no line lost, none twice.

Owns the resume rule. Timestamps are always asked for. After a break the log is read again from the second of the
last line (the API knows no finer), and what was shown already is dropped by counting lines per timestamp. A log ends
when its container has ended for good, never because a stream did.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final

from msgspec import Struct

from tui.client.kube import KubeClient
from tui.client.log_state import Ends, Standing, judge, object_path, standing_of
from tui.client.stream import chunks
from tui.client.transport import READ
from tui.core.errors import Problem

SILENCE: Final = 3600.0
"""A quiet container may say nothing for long, and its kubelet sends no head before the first line; a connection that
is lost ends a stream sooner."""
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
    log = _Follower(kube, key, container, options, clock)
    while not log.over:
        async with aclosing(log.stream()) as events:
            async for event in events:
                yield event
        async with aclosing(log.judged()) as events:
            async for event in events:
                yield event
        if log.wait:
            await sleep(log.wait)


class _Follower:
    """One log, as it stands between two streams."""

    def __init__(
        self, kube: KubeClient, key: str, container: str, options: LogOptions, clock: Callable[[], float]
    ) -> None:
        self._kube, self._key, self._container, self._clock = kube, key, container, clock
        self._begin(options, None)
        self.over = False
        self.wait = 0.0
        """Seconds until the next stream."""

    def _begin(self, options: LogOptions, instance: int | None) -> None:
        self._options, self._instance = options, instance
        self._seen, self._failures, self._broken_at, self._final = Seen(), 0, 0.0, False
        self._ended: Problem | None = None

    async def stream(self) -> AsyncGenerator[LogEvent, None]:
        """One stream to its end, whatever ended it."""
        options, seen = self._options, self._seen
        if self._instance is None and not options.previous:
            self._instance = (await standing_of(self._kube, self._key, self._container)).instance
        self._ended = None
        fresh = seen.filter() if seen.last else None
        async with aclosing(_read(self._kube, self._key, self._container, options, seen, self._final)) as blocks:
            async for block in blocks:
                if isinstance(block, Problem):
                    self._ended = block
                    return
                if self._broken_at:
                    yield Resumed(self._clock() - self._broken_at, _gap(seen.last, block))
                    self._broken_at = 0.0
                new = fresh(block) if fresh else block
                if new:
                    self._failures = 0
                    seen.add(new)
                    yield Lines(new)

    async def judged(self) -> AsyncGenerator[LogEvent, None]:
        """What the end of the stream means."""
        self.wait = 0.0
        now = await standing_of(self._kube, self._key, self._container)
        verdict = judge(now, self._ended, self._instance, self._options.previous)
        if isinstance(verdict, Problem):
            self.over = True
            yield Refused(verdict)
        elif verdict == "restarted":
            async for event in self._restarted(now):
                yield event
        elif isinstance(verdict, Ends) and self._is_whole(verdict):
            self.over = True
            yield Ended(verdict.reason, verdict.exit_code)
        elif isinstance(verdict, Ends) and self._ended is None:
            self._final = True  # once more, for what came after the stream's end
        else:
            self._final = self._final or isinstance(verdict, Ends)
            for broken in self._again(now):
                yield broken

    def _is_whole(self, verdict: Ends) -> bool:
        return verdict.gone or (self._ended is None and (self._final or self._options.previous))

    def _again(self, now: Standing) -> list[LogEvent]:
        """Come back a little later. A first end without an error is how a container ends: its status comes later."""
        quietly = self._ended is None and not self._failures
        self.wait = WAIT[min(self._failures, len(WAIT) - 1)]
        self._failures += 1
        if self._broken_at or quietly:
            return []
        self._broken_at = self._clock()
        return [Broken(str(self._ended) if self._ended else now.waiting or "the stream ended", self._broken_at)]

    async def _restarted(self, now: Standing) -> AsyncGenerator[LogEvent, None]:
        """What the instance before said after the last line that was given, and the new beginning."""
        seen = self._seen
        if seen.last:
            fresh = seen.filter()
            previous = _read(self._kube, self._key, self._container, LogOptions(previous=True), seen, True)
            async with aclosing(previous) as blocks:
                async for block in blocks:
                    new = b"" if isinstance(block, Problem) else fresh(block)
                    if new:
                        yield Lines(new)
        yield Restarted(now.reason or "a new instance", now.exit_code)
        self._begin(LogOptions(), now.instance)


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
        query["sinceSeconds"] = math.ceil(options.since) if options.since else None
    rest = b""
    path, patience = f"{object_path(key)}/log", SILENCE if "follow" in query else READ
    async with kube.stream("GET", path, query, silence=SILENCE, patience=patience) as opened:
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
