"""A container's log, followed across every break: no line lost, none twice.

Owns when to come back, and which instance the lines are of. Timestamps are always asked for: `log_seen` tells by them
what was given already. A log ends when its container has ended for good, never because a stream did.
"""

from __future__ import annotations

import asyncio
import random as chance
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final

from tui.client.failure import TIMEOUT
from tui.client.kube import KubeClient
from tui.client.log_events import (
    FROM_START,
    Broken,
    Ended,
    Lines,
    LogEvent,
    LogOptions,
    Refused,
    Restarted,
    Resumed,
)  # fmt: skip
from tui.client.log_reader import LogReader, Wanted
from tui.client.log_seen import Seen, stamp_of
from tui.client.log_state import Ends, Standing, judge
from tui.client.transport import Delayed
from tui.core.errors import Problem

__all__ = [
    "FROM_START", "Broken", "Ended", "Lines", "LogEvent", "LogOptions", "Refused", "Restarted", "Resumed", "follow",
]  # fmt: skip

SILENCE: Final = 120.0
"""Seconds without a line after which a stream is asked for anew, and nothing is said of it: a container may be quiet
for hours, but so is a link that swallows everything. A kubelet sends no head before the first line."""
WAIT: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each attempt to come back, times 0.5 to 1 by chance."""
PATIENCE: Final = 4
"""So many refusals or breaks in a row may pass: a server that begins refuses everything until it has read its rules."""


async def follow(
    kube: KubeClient, key: str, container: str, options: LogOptions = FROM_START, *,
    clock: Callable[[], float] = time.time, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    tick: Callable[[], float] = time.monotonic, random: Callable[[], float] = chance.random, silence: float = SILENCE,
    known: Standing | None = None,
) -> AsyncGenerator[LogEvent, None]:  # fmt: skip
    """The log of `container` in the pod `namespace/name`, until the container has ended.

    `clock` dates what is told, `tick` measures it; `silence` is how long a stream may say nothing; `known` is how the
    container stood a moment ago, for who has asked already.
    """
    log = _Follower(LogReader(kube, key, container, silence), options, clock, tick, random)
    log.note(known)
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
        self, reader: LogReader, options: LogOptions, clock: Callable[[], float], tick: Callable[[], float],
        random: Callable[[], float],
    ) -> None:  # fmt: skip
        self._reader, self._clock, self._tick, self._random = reader, clock, tick, random
        self._begin(options)
        self.over = False
        self._streams = 0
        self.wait = 0.0
        """Seconds until the next stream."""

    def _begin(self, options: LogOptions, now: Standing | None = None) -> None:
        self._options, self._begun_at = options, self._tick()
        self._seen, self._failures, self._final = Seen(), 0, False
        self._broken_at: float | None = None
        self._ended: Problem | None = None
        self._opened = False
        """It was let in once."""
        self._refusals = 0
        self._read_out = False
        """All that this instance will ever say was given: only another is waited for."""
        self._outlived = False
        """There is a newer instance; what this one said last is still to be read."""
        self._other: Standing | None = None
        """A stream turned out to be of another instance."""
        self._uid = ""
        self._instance: int | None = None
        self.note(now)

    def note(self, now: Standing | None) -> None:
        """How it stood when the stream was opened."""
        if now is not None and now.problem is None:
            self._uid, self._instance = now.uid, now.instance

    async def stream(self) -> AsyncGenerator[LogEvent, None]:
        """One stream to its end, whatever ended it."""
        self._ended = self._other = None
        if self._outlived or self._read_out:
            return
        if self._instance is None and self._options.follow:
            self.note(await self._reader.standing())
        seen = self._seen
        fresh = seen.filter() if seen.last else None
        async with aclosing(self._blocks(self._options, final=self._final)) as blocks:
            async for block in blocks:
                self._opened, self._refusals = True, 0
                if self._broken_at is not None:
                    yield Resumed(self._tick() - self._broken_at, _gap(seen.last, block))
                    self._broken_at = None
                new = fresh(block) if fresh else block
                if new:
                    self._failures = 0
                    seen.add(new)
                    yield Lines(new)

    async def _blocks(self, options: LogOptions, *, final: bool) -> AsyncGenerator[bytes, None]:
        """Whole lines of one stream. Notes why it broke, or that they would be another instance's."""
        # The very first follows a look at its pod; for every other that was a while ago.
        checked = not (self._streams or final) and (self._instance is not None or options.once)
        self._streams += 1
        wanted = Wanted(options, self._seen.since, self._tick() - self._begun_at, final)
        async with aclosing(self._reader.read(wanted)) as blocks:
            async for block in blocks:
                if isinstance(block, Problem):
                    self._ended = block
                    return
                if not checked and await self._is_of_another():
                    return
                checked = True
                yield block
        if options.previous and not checked:  # nothing came: it may be another's that said nothing
            await self._is_of_another()

    async def _is_of_another(self) -> bool:
        """Whether the log has changed hands since its pod was last looked at."""
        now = await self._reader.standing()
        if now.problem is not None and _is_passing(now.problem):
            self._ended = now.problem  # whose lines they are is not known: they come again
            return True
        if not now.is_other_than(self._instance, self._uid):
            if self._instance is None:
                self.note(now)
            return False
        self._other, self._ended = now, _CHANGED
        return True

    async def judged(self) -> AsyncGenerator[LogEvent, None]:
        """What the end of the stream means."""
        self.wait = 0.0
        options = self._options
        is_done = self._ended is None and not options.follow
        now = Standing() if is_done else self._other or await self._reader.standing()
        self._other = None
        verdict = judge(
            now, self._ended, self._instance, options.previous, uid=self._uid, once=options.once
        )  # fmt: skip
        if isinstance(verdict, Problem) and not self._may_pass(verdict):
            self.over = True
            yield Refused(verdict)
        elif verdict == "restarted":
            async with aclosing(self._restarted(now)) as events:
                async for event in events:
                    yield event
        elif isinstance(verdict, Ends) and self._is_whole(verdict):
            self.over = True
            yield Ended(verdict.reason, verdict.exit_code)
        elif (isinstance(verdict, Ends) or now.dead) and self._ended is None and not self._final:
            self._final = True  # once more, for what came after the stream's end
        else:
            self._read_out = self._read_out or (now.dead and self._final and self._ended is None)
            for broken in self._again(now):
                yield broken

    def _may_pass(self, refused: Problem) -> bool:
        """Whether a log that we were let into is refused for a moment only."""
        self._refusals += 1
        return refused.status == 403 and self._opened and self._refusals <= PATIENCE

    def _is_whole(self, verdict: Ends) -> bool:
        return verdict.gone or (self._ended is None and (self._final or self._options.once))

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
        why = now.waiting or "the stream ended"
        if self._read_out or (now.problem is None and now.state in ("", "waiting")):
            why = f"the container is waiting to start: {now.waiting or now.reason or 'it has ended'}"
        return [Broken(str(ended) if ended else why, self._clock())]

    async def _restarted(self, now: Standing) -> AsyncGenerator[LogEvent, None]:
        """What the instance before said after the last line that was given, and the new beginning."""
        self._ended = None
        if now.uid != self._uid:
            yield Restarted(f"the pod was deleted and made anew{'' if self._read_out else _LOST}")
            self._begin(_anew(self._options), now)
            return
        jump = (now.instance or 0) - (self._instance or 0)
        if jump > 1:
            yield _leapt(jump, read_out=self._read_out)
            # Of the one before the newest the whole log is left.
            self._begin(_anew(self._options), Standing(uid=now.uid, instance=(now.instance or 0) - 1))
        if not self._read_out:
            async with aclosing(self._rest_of_previous(now)) as events:
                async for event in events:
                    yield event
        if self._outlived:
            return
        lost = _LOST if self._ended is not None else ""
        yield Restarted(f"{now.reason or 'a new instance'}{lost}", now.exit_code)
        self._begin(_anew(self._options), now)

    async def _rest_of_previous(self, now: Standing) -> AsyncGenerator[LogEvent, None]:
        """What the instance before said that was not given. When it cannot be read now, `_outlived` says so."""
        seen, mine, self._outlived = self._seen, self._instance, False
        fresh = seen.filter() if seen.last else None
        self._instance = now.instance
        before = LogOptions(self._options.tail, self._options.since, previous=True)
        async with aclosing(self._blocks(before, final=True)) as blocks:
            async for block in blocks:
                if new := fresh(block) if fresh else block:
                    seen.add(new)
                    yield Lines(new)
        self._instance = mine
        if self._other is not None:
            self._outlived = True  # yet another instance: which log is whose is to be judged anew
        elif self._ended is not None and _is_passing(self._ended) and self._failures < PATIENCE:
            self._outlived = True  # asked for again before the new log begins
            for broken in self._again(now):
                yield broken


_CHANGED: Final = Problem("the log is another instance's by now")
_LOST: Final = ", what it said last is lost"


def _leapt(jump: int, *, read_out: bool) -> Restarted:
    """Several restarts between two looks: of the instances between only the last has left a log."""
    missed = jump - 2
    words = f"{jump} restarts at once"
    if missed:
        words += f", {missed} {'instance' if missed == 1 else 'instances'} not seen"
    return Restarted(f"{words}{'' if read_out else _LOST}", None, missed)


def _anew(options: LogOptions) -> LogOptions:
    """Another instance is read from its start."""
    return LogOptions(follow=options.follow)


def _is_passing(problem: Problem) -> bool:
    """It is about this moment, not about what was asked."""
    return problem.status in (0, 429) or problem.status >= 500


def _gap(last: bytes, block: bytes) -> str:
    begin = stamp_of(block)
    if not last or begin <= last:
        return ""
    return f"{last[11:19].decode()} → {begin[11:19].decode()}, log rotated"
