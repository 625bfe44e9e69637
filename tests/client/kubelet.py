"""One container whose log is given, and its end; each answer is cut where a plan says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.client.api import Api, client, cut
from tui.client import logs
from tui.client.logs import LogOptions, follow
from tui.client.transport import USUAL, Limits

Line = tuple[int, str]
"""Nanoseconds since an instant, and the text."""
BEGIN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
"""The instant."""


def stamp(nanos: int) -> str:
    seconds, rest = divmod(nanos, 10**9)
    fraction = f".{rest:09d}".rstrip("0").rstrip(".")  # Go trims the zeros: RFC3339Nano
    return f"2026-01-02T03:04:{seconds:02d}{fraction}Z"


def encode(lines: Iterable[Line]) -> bytes:
    return b"".join(f"{stamp(at)} {text}\n".encode() for at, text in lines)


class Kubelet:
    """One container whose log is given; each answer is cut where the plan says."""

    def __init__(self, lines: list[Line], cuts: list[int], *, restart: str = "Never") -> None:
        self.lines, self.cuts = lines, cuts
        self.queries: list[dict[str, str]] = []
        self.restart = restart
        self.state: dict[str, Any] = {"running": {}}
        self.restarts = 0

    def __call__(self, request: web.Request) -> Any:
        if request.path.endswith("/log"):
            return self.log(request)
        status = {"name": "main", "restartCount": self.restarts, "state": self.state}
        return web.json_response(
            {"spec": {"restartPolicy": self.restart}, "status": {"phase": "Running", "containerStatuses": [status]}}
        )

    async def log(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        self.queries.append(query)
        lines = self.lines
        if "sinceTime" in query:
            since = datetime.fromisoformat(query["sinceTime"]) - BEGIN
            lines = [line for line in lines if line[0] >= since.total_seconds() * 10**9]
        if "tailLines" in query:
            lines = lines[-int(query["tailLines"]) :] if int(query["tailLines"]) else []
        body = encode(lines)
        answer = web.StreamResponse()
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        if self.cuts:
            # Half of the cuts are resets, half clean ends in the middle of a line.
            at = self.cuts.pop()
            await answer.write(body[: at % (len(body) + 1)] or b"")
            if at % 2:
                cut(request)
            return answer
        self.state = {"terminated": {"exitCode": 3, "reason": "Error"}}
        for start in range(0, len(body), 37):
            await answer.write(body[start : start + 37])
        return answer


async def nothing(_seconds: float) -> None:
    await asyncio.sleep(0)


async def collect(
    api: Api, kubelet: Any, options: LogOptions = logs.FROM_START, most: int = 200, limits: Limits = USUAL, **more: Any
) -> list[Any]:
    api.handle = kubelet
    events: list[Any] = []
    async with client(api.url, limits=limits) as kube, asyncio.timeout(10):
        async for event in follow(kube, "ns/pod", "main", options, **{"sleep": nothing, **more}):
            events.append(event)
            assert len(events) < most
    return events


def text(events: list[Any]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, logs.Lines))
