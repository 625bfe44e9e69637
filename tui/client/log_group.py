"""Several logs as one: each followed by itself, their lines merged by time.

Owns the tasks that follow, and how far they may run ahead of who reads. One log alone passes through as it comes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Final

from tui.client.kube import KubeClient
from tui.client.log_events import Lines, LogEvent, LogOptions
from tui.client.log_merge import Batch, Merge, Said
from tui.client.log_source import LogSource
from tui.client.log_state import Standing
from tui.client.logs import follow

__all__ = ["HOLD", "MOST", "Batch", "LogGroup", "LogSource", "Said"]

HOLD: Final = 0.3
"""Seconds a line waits for older ones of other logs."""
SETTLE: Final = 1.0
"""Seconds that the first line of each log is waited for."""
MOST: Final = 256
"""Logs in one group: a line carries its source in a byte."""
_AHEAD: Final = 8 << 20
"""Bytes that all together may run ahead; a log that has run ahead by its share is read no further."""
_LEAST_AHEAD: Final = 128 << 10
_GATHER: Final = 0.05
"""Seconds between two looks at what several logs gave: many small pieces make one batch."""


class LogGroup:
    """Add logs, and read `events`; more may be added at any time."""

    def __init__(
        self, kube: KubeClient, options: LogOptions, *, hold: float = HOLD, settle: float = SETTLE,
        tick: Callable[[], float] = time.monotonic, **more: Any,
    ) -> None:  # fmt: skip
        """`more` is given on to `follow`: its clock, sleep and chance."""
        self._kube, self._options, self._tick, self._more = kube, options, tick, more
        self._sources: list[tuple[LogSource, Standing | None]] = []
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._merge = Merge(hold, settle)
        self._came, self._room = asyncio.Event(), asyncio.Event()
        self._running = self._live = False

    @property
    def live(self) -> bool:
        """More logs may be added: `events` goes on though all have ended."""
        return self._live

    @live.setter
    def live(self, live: bool) -> None:
        self._live = live
        self._came.set()

    def add(self, source: LogSource, known: Standing | None = None) -> int:
        """Follow this too; its number. `known` is how its container stands, for who has asked its pod already.

        Raises ValueError for one too many.
        """
        if len(self._sources) >= MOST:
            raise ValueError(f"more than {MOST} logs in one view")
        self._sources.append((source, known))
        number = len(self._sources) - 1
        if self._running:
            self._start(number)
        return number

    async def events(self) -> AsyncGenerator[Batch | Said, None]:
        """Lines and what happened, until every log has ended."""
        self._running = True
        try:
            for number in range(len(self._sources)):
                self._start(number)
            while self._tasks or self._live or self._merge.due(self._tick()) is not None:
                await self._something()
                self._reap()
                while found := self._merge.take(self._tick()):
                    for each in found:
                        yield each
                    self._room.set()
                    if not self._merge.is_alone:
                        await asyncio.sleep(0)
        finally:
            self._running = False
            await self._stop()

    def _start(self, number: int) -> None:
        self._merge.begin(number, self._tick())
        task = asyncio.create_task(self._follow(number))
        task.add_done_callback(lambda _task: self._came.set())
        self._tasks[number] = task

    def _reap(self) -> None:
        """Forget those that have ended; raises what is a bug."""
        for number, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[number]
                self._merge.end(number)
                task.result()

    async def _stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def _something(self) -> None:
        """Wait until something came, or what is held has waited long enough."""
        try:
            async with asyncio.timeout(self._merge.due(self._tick())):
                await self._came.wait()
        except TimeoutError:
            return
        if not self._merge.is_alone:
            await asyncio.sleep(_GATHER)
        self._came.clear()

    async def _follow(self, number: int) -> None:
        async with aclosing(self._opened(*self._sources[number])) as events:
            async for event in events:
                if isinstance(event, Lines):
                    self._merge.lines(number, event.data, self._tick())
                else:
                    self._merge.event(number, event, self._tick())
                self._came.set()
                while self._merge.size(number) >= self._share():
                    self._room.clear()
                    await self._room.wait()

    def _share(self) -> int:
        return max(_LEAST_AHEAD, _AHEAD // len(self._sources))

    def _opened(self, source: LogSource, known: Standing | None) -> AsyncGenerator[LogEvent, None]:
        more = {"tick": self._tick, **self._more}
        if source.path:
            from tui.client.exec_tail import tail_file

            return tail_file(self._kube, source.pod, source.container, source.path, self._options, **more)
        return follow(self._kube, source.pod, source.container, self._options, known=known, **more)
