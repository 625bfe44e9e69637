"""One stream of one container's log, as blocks of whole lines.

Owns the query of a log request. Knows nothing of what came before it or comes after.
"""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from contextlib import aclosing

from msgspec import Struct

from tui.client.kube import KubeClient
from tui.client.log_cut import Cutter
from tui.client.log_events import LogOptions
from tui.client.log_state import Standing, object_path, standing_of
from tui.client.stream import chunks
from tui.core.errors import Problem


class Wanted(Struct, frozen=True):
    """What one stream is asked for."""

    options: LogOptions
    since_time: str = ""
    """Resume here; else it begins as the options say."""
    passed: float = 0.0
    """Seconds since the options were given: `since` counts from then."""
    final: bool = False
    """To the end of what there is, though it is followed."""

    @property
    def follows(self) -> bool:
        """Whether the stream stays open."""
        return not (self.final or self.options.once)

    def query(self, container: str) -> dict[str, str | int | None]:
        """The request's parameters; those that are None are not sent."""
        options = self.options
        query: dict[str, str | int | None] = {"container": container, "timestamps": "true"}
        if self.follows:
            query["follow"] = "true"
        if options.previous:
            query["previous"] = "true"
        if self.since_time:
            query["sinceTime"] = self.since_time
        else:
            query["tailLines"] = options.tail
            query["sinceSeconds"] = math.ceil(options.since + self.passed) if options.since else None
        return query


class LogReader(Struct, frozen=True):
    """Where one log comes from."""

    kube: KubeClient
    key: str
    container: str
    silence: float

    async def standing(self) -> Standing:
        """How the container stands."""
        return await standing_of(self.kube, self.key, self.container)

    async def read(self, wanted: Wanted) -> AsyncGenerator[bytes | Problem, None]:
        """One stream. Of one that is followed, what is after the last line end comes again after a resume."""
        path, query = f"{object_path(self.key)}/log", wanted.query(self.container)
        cutter, patience = Cutter(), self.silence if wanted.follows else None
        async with self.kube.stream("GET", path, query, silence=self.silence, patience=patience) as opened:
            if isinstance(opened, Problem):
                yield opened
                return
            async with aclosing(chunks(opened, self.kube.connection.server)) as parts:
                async for part in parts:
                    if isinstance(part, Problem):
                        yield part
                        return
                    if block := cutter.feed(part):  # of QUIET nothing is left
                        yield block
        if not wanted.follows and (rest := cutter.rest()):
            yield rest
