"""A file in a container, followed by exec across every break: no line lost, none twice.

Owns the streams, and when to come back. Which bytes were taken is `tail_bytes`' to know. A file has no timestamps: each
line gets the moment at which it came.
"""

from __future__ import annotations

import asyncio
import random as chance
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Final

from tui.client.exec import NO_PROGRAM, Chunk, Program, started
from tui.client.in_shell import in_shell
from tui.client.kube import KubeClient
from tui.client.log_events import Broken, Ended, Lines, LogEvent, Refused, Restarted, Resumed
from tui.client.log_state import Ends, Standing, judge, standing_of
from tui.client.logs import FROM_START, PATIENCE, WAIT, LogOptions
from tui.client.tail_bytes import Anew, Piece, Taken, last_lines, spelled, window
from tui.client.transport import Delayed
from tui.client.user_logs import find_user_logs
from tui.core.errors import Problem
from tui.core.text import clean_lines
from tui.core.units import rfc3339

__all__ = ["find_user_logs", "tail_file"]

_SIZE: Final = 'stat -L -c %s "$1" 2>/dev/null || wc -c <"$1"'
_TAIL: Final = (
    'command -v tail >/dev/null && exec tail -c +"$2" %s "$1" 2>&1; '
    'command -v busybox >/dev/null && exec busybox tail -c +"$2" %s "$1" 2>&1; '
    'echo "the image has no tail" >&2; exit 127'
)
_FOLLOW, _ONCE = _TAIL % ("-F", "-F"), _TAIL % ("", "")
"""Its remarks go where the file goes, so that they come at their place."""
NO_FILE: Final = "NoFile"
"""The code of a file that cannot be read."""
_FINAL: Final = (NO_PROGRAM, NO_FILE)
_TAIL_ENDED: Final = "TailEnded"
_UNKNOWN: Final = 127
"""The exit code by which a shell tells that there is no such program."""
_SAID: Final = 2000
"""Bytes of a complaint that are kept."""


async def tail_file(
    kube: KubeClient, key: str, container: str, path: str, options: LogOptions = FROM_START, *,
    clock: Callable[[], float] = time.time, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    tick: Callable[[], float] = time.monotonic, random: Callable[[], float] = chance.random,
) -> AsyncGenerator[LogEvent, None]:  # fmt: skip
    """The lines of the file `path` in `container` of the pod `namespace/name`, until the container has ended.

    Of `options` the tail counts: a file does not know when its lines were written. Restarted tells, too, that the file
    was replaced or cut. What is written in the moment in which the container ends can be lost: its files end with it.
    """
    if options.previous:
        yield Refused(Problem("a file is gone with the container that wrote it", f"{key} {path}", code="NoPrevious"))
        return
    tail = _Tailing(_Source(kube, key, container, spelled(path, random), options.follow), options, clock, tick, random)
    while not tail.over:
        async with aclosing(tail.stream()) as events:
            async for event in events:
                yield event
        for event in await tail.judged():
            yield event
        if tail.wait:
            await sleep(tail.wait)


class _Tailing:
    """One file, as it stands between two streams."""

    def __init__(
        self, source: _Source, options: LogOptions, clock: Callable[[], float], tick: Callable[[], float],
        random: Callable[[], float],
    ) -> None:  # fmt: skip
        self._source, self._clock, self._tick, self._random = source, clock, tick, random
        self._tail, self._once = options.tail, options.once
        self._taken = Taken(source.path)
        self._begun = False
        """It was read from at least once: `_taken` says where to go on."""
        self._instance: int | None = None
        self._uid = ""
        self._failures = self._refusals = 0
        self._broken_at: float | None = None
        self._ended: Problem | None = None
        self.over = False
        self.wait = 0.0
        """Seconds until the next stream."""

    async def stream(self) -> AsyncGenerator[LogEvent, None]:
        """One stream to its end, whatever ended it."""
        self._ended = None
        if self._instance is None:
            self._note(await self._source.standing())
        size = await self._source.size()
        if isinstance(size, Problem):
            self._ended = size
            return
        for event in self._shrunk(size):
            yield event
        place: int | None = self._taken.resume if self._begun else window(size, self._tail)
        while place is not None:
            async with aclosing(self._from(place, size)) as parts:
                place = None
                async for part in parts:
                    if isinstance(part, int):
                        place = part
                        break
                    yield part

    def _note(self, now: Standing) -> None:
        self._instance, self._uid = now.instance, now.uid

    def _shrunk(self, size: int) -> list[LogEvent]:
        if not self._begun or size >= self._taken.offset:
            return []
        return self._events([*self._taken.begin(0), Anew("the file was cut or replaced")])

    async def _from(self, place: int, size: int) -> AsyncGenerator[LogEvent | int, None]:
        """The file from an offset on; a number: the offset at which to begin instead."""
        head, need, waits = bytearray(), self._needed(size - place), True
        async with aclosing(self._source.read(place)) as parts:
            async for part in parts:
                if isinstance(part, Problem):
                    self._ended = part
                    return
                if not waits:
                    for event in self._took(part):
                        yield event
                    continue
                head += part
                if len(head) >= need:
                    waits = False
                    found = self._going_on(bytes(head)) if self._begun else self._beginning(bytes(head), place, size)
                    for begun in found:
                        yield begun

    def _needed(self, left: int) -> int:
        """The bytes by which it is seen how to begin: those that were taken last, or the end of the file."""
        if self._begun:
            return len(self._taken.context)
        return 0 if self._tail is None else left

    def _beginning(self, head: bytes, place: int, size: int) -> list[LogEvent | int]:
        """The end of the file has come: does it hold as many lines as wanted?"""
        start = last_lines(head[: size - place], self._tail) if self._tail is not None else 0
        if start is None and place:
            further = window(size, self._tail, place)
            if further < place:
                return [further]
        self._begun = True
        self._taken.begin(place + (start or 0))
        return self._came(head[start or 0 :])

    def _going_on(self, head: bytes) -> list[LogEvent | int]:
        """What was taken last has come again, if it is the same file."""
        context = self._taken.context
        if head[: len(context)] == context:
            self._taken.again()
            return self._came(head[len(context) :])
        return [*self._events([*self._taken.begin(0), Anew("the file was replaced")]), 0]

    def _came(self, data: bytes) -> list[LogEvent | int]:
        events: list[LogEvent | int] = []
        if self._broken_at is not None:
            events.append(Resumed(self._tick() - self._broken_at))
            self._broken_at = None
        return [*events, *self._took(data)]

    def _took(self, data: bytes) -> list[LogEvent]:
        """What is new. That something is shows that all is well again."""
        if data:
            self._failures = self._refusals = 0
        return self._events(self._taken.take(data)) if data else []

    def _events(self, pieces: Iterable[Piece]) -> list[LogEvent]:
        now = f"{rfc3339(self._clock(), fraction=6)} ".encode()
        return [Restarted(each.reason) if isinstance(each, Anew) else Lines(_stamped(each, now)) for each in pieces]

    async def judged(self) -> list[LogEvent]:
        """What the end of the stream means."""
        self.wait, ended = 0.0, self._ended
        now = Standing() if self._once and ended is None else await self._source.standing()
        verdict = judge(now, ended, self._instance, uid=self._uid, once=self._once)
        if isinstance(verdict, Ends):
            self.over = True
            return [*self._events(self._taken.rest()), Ended(verdict.reason, verdict.exit_code)]
        if verdict == "restarted":
            return self._restarted(now)
        refused = verdict if isinstance(verdict, Problem) else self._hopeless(ended, now)
        if refused is not None and not self._may_pass(refused):
            self.over = True
            return [Refused(refused)]
        return self._again(now, ended)

    def _hopeless(self, ended: Problem | None, now: Standing) -> Problem | None:
        """What will not be better the next time."""
        if ended is None or now.state != "running":
            return None
        always = ended.code == _TAIL_ENDED and self._failures >= PATIENCE
        return ended if always or ended.code in _FINAL else None

    def _may_pass(self, refused: Problem) -> bool:
        """Whether what could be read is refused for a moment only: the file may come back, the server may be young."""
        self._refusals += 1
        return self._begun and (refused.code == NO_FILE or (refused.status == 403 and self._refusals <= PATIENCE))

    def _restarted(self, now: Standing) -> list[LogEvent]:
        rest = self._events(self._taken.begin(0))
        self._note(now)
        self.wait = WAIT[0]
        return [*rest, Restarted(now.reason or "a new instance", now.exit_code)]

    def _again(self, now: Standing, ended: Problem | None) -> list[LogEvent]:
        self.wait = WAIT[min(self._failures, len(WAIT) - 1)] * (0.5 + self._random() / 2)
        if isinstance(ended, Delayed):
            self.wait = max(self.wait, ended.after)
        self._failures += 1
        if self._broken_at is not None:
            return []
        self._broken_at = self._tick()
        return [Broken(str(ended) if ended else now.waiting or "the stream ended", self._clock())]


def _stamped(lines: bytes, stamp: bytes) -> bytes:
    """Whole lines, each with a timestamp before it, as a container's log has them."""
    return stamp + lines[:-1].replace(b"\n", b"\n" + stamp) + b"\n"


class _Source:
    """Where one file comes from."""

    def __init__(self, kube: KubeClient, key: str, container: str, path: str, follow: bool) -> None:
        self._kube, self._key, self._container, self.path = kube, key, container, path
        self._follow = follow
        self._shell: tuple[str, ...] | None = None

    async def standing(self) -> Standing:
        """How the container stands."""
        return await standing_of(self._kube, self._key, self._container)

    async def size(self) -> int | Problem:
        """The bytes that the file has now."""
        found = await in_shell(
            self._kube, self._key, self._container, _SIZE, self.path, shell=self._shell, reads=True
        )  # fmt: skip
        if isinstance(found, Problem):
            return found
        self._shell, ran = found
        words = ran.stdout.split()
        if ran.exit_code == 0 and words and words[0].isdigit():
            return int(words[0])
        return self._failed(ran.stderr, NO_FILE)

    async def read(self, offset: int) -> AsyncGenerator[bytes | Problem, None]:
        """What is in the file from an offset on, and what is added to it; nothing first, as soon as it is open.

        It ends without a Problem only when it is not to be followed.
        """
        command = (
            *(self._shell or ("sh",)),
            "-c",
            _FOLLOW if self._follow else _ONCE,
            "sh",
            self.path,
            str(offset + 1),
        )
        last = b""
        async with started(self._kube, Program(self._key, self._container, command), reads=True) as running:
            if isinstance(running, Problem):
                yield running
                return
            yield b""
            while isinstance(part := await running.receive(), Chunk):
                if part.error:
                    last = (last + part.data)[-_SAID:]
                else:
                    yield part.data
            if isinstance(part, Problem):
                yield part
            elif part.code or self._follow:
                yield self._unfollowed(part.code, last)

    def _unfollowed(self, code: int, said: bytes) -> Problem:
        """`tail` ended by itself."""
        return self._failed(said, NO_PROGRAM if code == _UNKNOWN else _TAIL_ENDED, f"tail ended with exit code {code}")

    def _failed(self, said: bytes, code: str, what: str = "cannot be read") -> Problem:
        lines = [line for line in clean_lines(said.decode("utf-8", "replace").replace(self.path, "it")) if line.strip()]
        told = lines[-1][-200:] if lines else ""
        return Problem(f"{what}: {told}" if told else what, f"{self._key} {self._container}", code=code)
