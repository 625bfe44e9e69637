"""A container's log, followed across every break: no line lost, none twice.

Owns the streams, and when to come back. Timestamps are always asked for: `log_seen` tells by them what was given
already. A log ends when its container has ended for good, never because a stream did.
"""

from __future__ import annotations

import asyncio
import math
import random as chance
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final

from msgspec import Struct

from tui.client.failure import TIMEOUT
from tui.client.kube import KubeClient
from tui.client.log_seen import Seen, stamp_of
from tui.client.log_state import Ends, Standing, judge, object_path, standing_of
from tui.client.stream import chunks
from tui.client.transport import Delayed
from tui.core.errors import Problem

SILENCE: Final = 120.0
"""Seconds without a line after which a stream is asked for anew, and nothing is said of it: a container may be quiet
for hours, but so is a link that swallows everything. A kubelet sends no head before the first line."""
WAIT: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each attempt to come back, times 0.5 to 1 by chance."""
PATIENCE: Final = 4
"""So many refusals or breaks in a row may pass: a server that begins refuses everything until it has read its rules."""


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


async def follow(
    kube: KubeClient, key: str, container: str, options: LogOptions = FROM_START, *,
    clock: Callable[[], float] = time.time, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    tick: Callable[[], float] = time.monotonic, random: Callable[[], float] = chance.random, silence: float = SILENCE,
) -> AsyncGenerator[LogEvent, None]:  # fmt: skip
    """The log of `container` in the pod `namespace/name`, until the container has ended.

    `clock` dates what is told, `tick` measures it; `silence` is how long a stream may say nothing.
    """
    log = _Follower(_Source(kube, key, container, silence), options, clock, tick, random)
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
        self, source: _Source, options: LogOptions, clock: Callable[[], float], tick: Callable[[], float],
        random: Callable[[], float],
    ) -> None:  # fmt: skip
        self._source, self._clock, self._tick, self._random = source, clock, tick, random
        self._begin(options, None)
        self.over = False
        self.wait = 0.0
        """Seconds until the next stream."""

    def _begin(self, options: LogOptions, instance: int | None) -> None:
        self._options, self._instance = options, instance
        self._seen, self._failures, self._final = Seen(), 0, False
        self._broken_at: float | None = None
        self._ended: Problem | None = None
        self._opened = False
        """It was let in once."""
        self._refusals = 0
        self._outlived = False
        """There is a newer instance; what this one said last is still to be read."""

    async def stream(self) -> AsyncGenerator[LogEvent, None]:
        """One stream to its end, whatever ended it."""
        options, seen = self._options, self._seen
        self._ended = None
        if self._outlived:
            return
        if self._instance is None and not options.previous:
            self._instance = (await self._source.standing()).instance
        fresh = seen.filter() if seen.last else None
        async with aclosing(self._source.read(options, seen, self._final)) as blocks:
            async for block in blocks:
                if isinstance(block, Problem):
                    self._ended = block
                    return
                self._opened, self._refusals = True, 0
                if self._broken_at is not None:
                    yield Resumed(self._tick() - self._broken_at, _gap(seen.last, block))
                    self._broken_at = None
                new = fresh(block) if fresh else block
                if new:
                    self._failures = 0
                    seen.add(new)
                    yield Lines(new)

    async def judged(self) -> AsyncGenerator[LogEvent, None]:
        """What the end of the stream means."""
        self.wait = 0.0
        now = await self._source.standing()
        verdict = judge(now, self._ended, self._instance, self._options.previous)
        if isinstance(verdict, Problem) and not self._may_pass(verdict):
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

    def _may_pass(self, refused: Problem) -> bool:
        """Whether a log that we were let into is refused for a moment only."""
        self._refusals += 1
        return refused.status == 403 and self._opened and self._refusals <= PATIENCE

    def _is_whole(self, verdict: Ends) -> bool:
        return verdict.gone or (self._ended is None and (self._final or self._options.previous))

    def _again(self, now: Standing) -> list[LogEvent]:
        """Come back a little later. A first end without an error is how a container ends: its status comes later."""
        ended = self._ended
        if ended is not None and ended.code == TIMEOUT and now.problem is None:
            return []  # it only said nothing: the next stream tells whether this one had died
        quietly = ended is None and not self._failures
        self.wait = WAIT[min(self._failures, len(WAIT) - 1)] * (0.5 + self._random() / 2)
        if isinstance(ended, Delayed):
            self.wait = max(self.wait, ended.after)
        self._failures += 1
        if self._broken_at is not None or quietly:
            return []
        self._broken_at = self._tick()
        return [Broken(str(ended) if ended else now.waiting or "the stream ended", self._clock())]

    async def _restarted(self, now: Standing) -> AsyncGenerator[LogEvent, None]:
        """What the instance before said after the last line that was given, and the new beginning."""
        seen, self._ended = self._seen, None
        if seen.last:
            fresh = seen.filter()
            async with aclosing(self._source.read(LogOptions(previous=True), seen, True)) as blocks:
                async for block in blocks:
                    if isinstance(block, Problem):
                        self._ended = block
                    elif new := fresh(block):
                        seen.add(new)
                        yield Lines(new)
        if self._ended is not None and _is_passing(self._ended) and self._failures < PATIENCE:
            self._outlived = True  # the rest of it is asked for again before the new log begins
            for broken in self._again(now):
                yield broken
            return
        yield Restarted(now.reason or "a new instance", now.exit_code)
        self._begin(LogOptions(), now.instance)


def _is_passing(problem: Problem) -> bool:
    """It is about this moment, not about what was asked."""
    return problem.status in (0, 429) or problem.status >= 500


def _gap(last: bytes, block: bytes) -> str:
    begin = stamp_of(block)
    if not last or begin <= last:
        return ""
    return f"{last[11:19].decode()} → {begin[11:19].decode()}, log rotated"


class _Source(Struct, frozen=True):
    """Where one log comes from."""

    kube: KubeClient
    key: str
    container: str
    silence: float

    async def standing(self) -> Standing:
        """How the container stands."""
        return await standing_of(self.kube, self.key, self.container)

    async def read(self, options: LogOptions, seen: Seen, final: bool) -> AsyncGenerator[bytes | Problem, None]:
        """One stream, as blocks of whole lines. What is after the last line end comes again after a resume."""
        query = self._query(options, seen, final)
        kube, patience = self.kube, self.silence if "follow" in query else None
        rest = b""
        path = f"{object_path(self.key)}/log"
        async with kube.stream("GET", path, query, silence=self.silence, patience=patience) as opened:
            if isinstance(opened, Problem):
                yield opened
                return
            async with aclosing(chunks(opened, kube.connection.server)) as parts:
                async for part in parts:
                    if isinstance(part, Problem):
                        yield part
                        return
                    head, newline, tail = part.rpartition(b"\n")  # of QUIET nothing is left
                    if newline:
                        yield rest + head + newline
                        rest = tail
                    else:
                        rest += part
        if rest and (final or options.previous):
            yield rest + b"\n"

    def _query(self, options: LogOptions, seen: Seen, final: bool) -> dict[str, Any]:
        query: dict[str, Any] = {"container": self.container, "timestamps": "true"}
        if not (final or options.previous):
            query["follow"] = "true"
        if options.previous:
            query["previous"] = "true"
        if seen.last:
            query["sinceTime"] = seen.since
        else:
            query["tailLines"] = options.tail
            query["sinceSeconds"] = math.ceil(options.since) if options.since else None
        return query
