"""GET of a pod's log: which container, which part of it, and following it.

Owns the parameters of PodLogOptions and the sentences of its errors.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from aiohttp import web

from tui.core.units import epoch, rfc3339
from tui.demo.kube.context import Context
from tui.demo.kube.logs import LogSource
from tui.demo.kube.status import StatusError, not_found

_POLL: Final = 0.1
"""Real seconds between two looks at a followed log."""


async def read_log(context: Context) -> web.StreamResponse:
    """Serve the log. Raises StatusError for a pod or container without one."""
    held = context.objects.held("pods", (context.namespace, context.name))
    if held is None:
        raise not_found(context.resource, context.name)
    container = _container(held[0], context.query("container"))
    previous = context.flag("previous")
    source = context.logs.get(context.namespace, context.name, container, previous)
    if source is None:
        raise _no_log(held[0], container, previous)
    return await _Stream(context, source).run(follow=context.flag("follow") and not previous)


def _container(pod: dict[str, Any], asked: str) -> str:
    spec, name = pod.get("spec", {}), pod["metadata"]["name"]
    inits = [c["name"] for c in spec.get("initContainers", ())]
    mains = [c["name"] for c in spec.get("containers", ())]
    if asked:
        if asked not in (*inits, *mains):
            raise StatusError(400, f"container {asked} is not valid for pod {name}")
        return asked
    if len(mains) == 1:
        return str(mains[0])
    inner = f" or one of the init containers: [{' '.join(inits)}]" if inits else ""
    raise StatusError(
        400, f"a container name must be specified for pod {name}, choose one of: [{' '.join(mains)}]{inner}"
    )


def _no_log(pod: dict[str, Any], container: str, previous: bool) -> StatusError:
    name = pod["metadata"]["name"]
    if previous:
        return StatusError(400, f'previous terminated container "{container}" in pod "{name}" not found')
    status = pod.get("status", {})
    every = [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]
    state = next((c.get("state", {}) for c in every if c["name"] == container), {})
    reason = state.get("waiting", {}).get("reason", "ContainerCreating")
    return StatusError(400, f'container "{container}" in pod "{name}" is waiting to start: {reason}')


class _Stream:
    def __init__(self, context: Context, source: LogSource) -> None:
        self._context, self._source = context, source
        self._stamps = context.flag("timestamps")
        self._left = context.number("limitBytes")

    async def run(self, *, follow: bool) -> web.StreamResponse:
        now = self._context.clock()
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(self._context.request)
        open_ = await self._write(response, self._past(now))
        while follow and open_ and not self._context.stopping():
            if self._source.ends is not None and now >= self._source.ends:
                break
            await asyncio.sleep(_POLL)
            before, now = now, self._context.clock()
            open_ = await self._write(response, self._source.read(before, now))
            if open_ and not self._exists():
                break
        await response.write_eof()
        return response

    def _exists(self) -> bool:
        return self._context.objects.held("pods", (self._context.namespace, self._context.name)) is not None

    def _past(self, now: float) -> Iterable[tuple[float, str]]:
        context = self._context
        after = 0.0
        if (seconds := context.number("sinceSeconds")) is not None:
            after = now - seconds
        if context.query("sinceTime"):
            at = epoch(context.query("sinceTime"))
            if at is None:
                raise StatusError(400, f'invalid sinceTime: "{context.query("sinceTime")}"')
            after = at - 1e-6
        entries = self._source.read(after, now)
        tail = context.number("tailLines")
        return entries if tail is None else deque(entries, maxlen=max(0, tail))

    async def _write(self, response: web.StreamResponse, entries: Iterable[tuple[float, str]]) -> bool:
        """Send entries; False when the limit is reached."""
        lines = [
            f"{rfc3339(at, fraction=6)[:-1]}000Z {text}\n" if self._stamps else f"{text}\n" for at, text in entries
        ]
        data = "".join(lines).encode("utf-8", "surrogateescape")
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        if data:
            await response.write(data)
        return self._left is None or self._left > 0
