"""GET of a pod's log: which container, which part of it, and following it.

Owns the parameters of PodLogOptions and the sentences of its errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from aiohttp import web

from tui.core.units import epoch, rfc3339
from tui.demo.kube.causes import Cause, forbidden
from tui.demo.kube.causes import invalid as wrong
from tui.demo.kube.cluster import woken
from tui.demo.kube.context import Context
from tui.demo.kube.logs import Bulk, LogSource
from tui.demo.kube.status import StatusError, log_invalid, not_found

Entry = tuple[float, str]

_POLL: Final = 0.1
"""Real seconds between two looks at a followed log."""
_BATCH: Final = 1000
"""Lines that are sent in one piece."""
_CUT: Final = 40
"""Lines after which the fault `drop` cuts a followed log."""
_WINDOW: Final = 64.0
"""Seconds of log that are read first for its last lines; four times as many when that was too little."""
_PULLS: Final = {
    "ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image",
}  # fmt: skip


async def read_log(context: Context) -> web.StreamResponse:
    """Serve the log. Raises StatusError for a pod or container without one."""
    held = context.cluster.objects.held("pods", context.key)
    if held is None:
        raise not_found(context.resource, context.name)
    pod = held[0]
    part = _Part(context)
    container = container_of(pod, context.query("container"))
    previous = context.flag("previous")
    source = context.cluster.logs.get(*context.key, container, previous)
    if source is None and not previous and "terminated" in state_of(pod, container):
        source = _Nothing()
    if source is None and not previous and not pod.get("spec", {}).get("nodeName"):
        return web.Response(status=204)
    if source is None:
        raise _no_log(pod, container, previous)
    follow = context.flag("follow") and not previous
    return await _Stream(context, source, part, pod["metadata"]["uid"]).run(follow=follow)


def container_of(pod: dict[str, Any], asked: str) -> str:
    """The container that is asked for, or the only one. Raises StatusError (400)."""
    spec, name = pod.get("spec", {}), pod["metadata"]["name"]
    inits = [c["name"] for c in spec.get("initContainers", ())]
    mains = [c["name"] for c in spec.get("containers", ())]
    if asked:
        if asked not in (*inits, *mains):
            raise StatusError(400, f"container {asked} is not valid for pod {name}")
        return asked
    if len(mains) == 1:
        return str(mains[0])
    every = " ".join([*inits, *mains])
    raise StatusError(400, f"a container name must be specified for pod {name}, choose one of: [{every}]")


def _no_log(pod: dict[str, Any], container: str, previous: bool) -> StatusError:
    name = pod["metadata"]["name"]
    if previous:
        return StatusError(400, f'previous terminated container "{container}" in pod "{name}" not found')
    reason = state_of(pod, container).get("waiting", {}).get("reason", "ContainerCreating")
    return StatusError(
        400, f'container "{container}" in pod "{name}" is waiting to start: {_PULLS.get(reason, reason)}'
    )


def state_of(pod: dict[str, Any], container: str) -> dict[str, Any]:
    """What the kubelet says of a container; empty when it says nothing."""
    status = pod.get("status", {})
    every = [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]
    return next((c.get("state", {}) for c in every if c["name"] == container), {})


class _Nothing:
    """The log of a container that ran and said nothing."""

    ends = 0.0

    def read(self, after: float, until: float) -> Iterable[tuple[float, str]]:
        """No line."""
        del after, until
        return ()


_NUMBERS: Final = {"tailLines": 0, "sinceSeconds": 1, "limitBytes": 1}
"""Options that are numbers, and the least of each."""


def _check(context: Context) -> None:
    """Raises StatusError (422) for options that make no sense."""
    causes: list[Cause] = []
    for field, least in _NUMBERS.items():
        value = context.number(field)
        if value is not None and value < least:
            causes.append(wrong(field, value, f"must be greater than {'' if least else 'or equal to '}0"))
    if context.query("sinceTime") and context.query("sinceSeconds"):
        causes.append(forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"))
    if context.query("stream"):
        causes.append(forbidden("stream", "may not be specified"))
    if causes:
        raise log_invalid(context.name, *causes)


class _Part:
    """Which part of a log is asked for. Raises StatusError (422) for numbers that make no sense."""

    def __init__(self, context: Context) -> None:
        self.tail, self.seconds, self.limit = (context.number(field) for field in _NUMBERS)
        self.stamps = context.flag("timestamps")
        self.after = 0.0
        text = context.query("sinceTime")
        at = epoch(text) if text else None
        if text and at is None:
            said = f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"'
            raise StatusError(400, said)
        _check(context)
        if at is not None:
            self.after = at - 1e-6
        elif self.seconds is not None:
            self.after = context.now - self.seconds

    def pieces(self, source: LogSource, now: float) -> Iterator[bytes]:
        """What there is of it until now."""
        if isinstance(source, Bulk):
            after = self.after if self.tail is None else max(self.after, source.reach(self.tail, now))
            return source.data(after, now, stamps=self.stamps) if self.tail != 0 else iter(())
        return self._spelt(self._entries(source, now))

    def fresh(self, source: LogSource, before: float, now: float) -> Iterator[bytes]:
        """What came since a moment."""
        if isinstance(source, Bulk):
            return source.data(before, now, stamps=self.stamps)
        return self._spelt(source.read(before, now))

    def _entries(self, source: LogSource, now: float) -> Iterable[Entry]:
        if self.tail is None:
            return source.read(self.after, now)
        span = _WINDOW
        while True:
            found = list(source.read(max(self.after, now - span), now))
            if len(found) >= self.tail or now - span <= self.after:
                return found[-self.tail :] if self.tail else []
            span *= 4

    def _spelt(self, entries: Iterable[Entry]) -> Iterator[bytes]:
        """Entries as they go over the wire, many at a time."""
        lines = self._lines(entries)
        while batch := list(islice(lines, _BATCH)):
            yield "".join(batch).encode("utf-8", "surrogateescape")

    def _lines(self, entries: Iterable[Entry]) -> Iterator[str]:
        if not self.stamps:
            return (f"{text}\n" for _at, text in entries)
        return (f"{rfc3339(at, fraction=6)[:-1]}000Z {text}\n" for at, text in entries)


class _Stream:
    def __init__(self, context: Context, source: LogSource, part: _Part, uid: str) -> None:
        self._context, self._source, self._part, self._uid = context, source, part, uid
        self._left, self._sent = part.limit, 0

    async def run(self, *, follow: bool) -> web.StreamResponse:
        """Send what there is, then what comes until the container ends, the pod is gone or the limit is reached."""
        now = self._context.now
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(self._context.request)
        open_ = await self._write(response, self._part.pieces(self._source, now))
        if follow and open_:
            await self._follow(response, now)
        await response.write_eof()
        return response

    async def _follow(self, response: web.StreamResponse, now: float) -> None:
        streams, transport = self._context.cluster.streams, self._context.request.transport
        open_ = True
        with streams.opened() as wake:
            while open_ and not self._ended(now) and not streams.stopping:
                await woken(wake, _POLL)
                if transport is None or transport.is_closing():
                    return
                if self._context.fault == "drop" and self._sent >= _CUT:
                    transport.abort()
                    return
                before, now = now, self._context.now
                open_ = await self._write(response, self._part.fresh(self._source, before, now))

    def _ended(self, now: float) -> bool:
        held = self._context.cluster.objects.held("pods", self._context.key)
        gone = held is None or held[0]["metadata"]["uid"] != self._uid
        return gone or (self._source.ends is not None and now >= self._source.ends)

    async def _write(self, response: web.StreamResponse, pieces: Iterator[bytes]) -> bool:
        """Send pieces; False when the limit is reached."""
        for data in pieces:
            self._sent += data.count(b"\n")
            if self._left is not None:
                data = data[: self._left]
                self._left -= len(data)
            await response.write(data)
            if self._left == 0:
                return False
        return True
