"""The parts that every request shares, and the streams that are open.

Owns the end of streams: `Streams.stop` wakes them all. Must not know HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tui.demo.kube.deletion import Deletion
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.kube.programs import Programs
from tui.demo.kube.registry import Registry
from tui.demo.kube.schemas import Schemas


class Streams:
    """Open watches and followed logs."""

    def __init__(self) -> None:
        self.stopping = False
        self._open: set[asyncio.Event] = set()

    @contextmanager
    def opened(self) -> Iterator[asyncio.Event]:
        """What a stream waits on; set by whoever has news for it, and when all end."""
        wake = asyncio.Event()
        self._open.add(wake)
        try:
            yield wake
        finally:
            self._open.discard(wake)

    def stop(self) -> None:
        """End every stream that is open or will be."""
        self.stopping = True
        for wake in self._open:
            wake.set()


async def woken(wake: asyncio.Event, seconds: float) -> None:
    """Wait until woken, `seconds` at most, and be ready to be woken again."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await wake.wait()
    except TimeoutError:
        pass
    wake.clear()


@dataclass(frozen=True, slots=True)
class Cluster:
    """One simulated cluster."""

    objects: ObjectStore
    logs: LogBook
    registry: Registry
    schemas: Schemas
    deletion: Deletion
    streams: Streams
    programs: Programs
    clock: Callable[[], float]
    """Seconds since 1970, in the cluster's time."""
