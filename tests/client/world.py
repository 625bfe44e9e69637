"""Things that change behind a Kubernetes API which misbehaves as a plan says, and is sound after that."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Any

from aiohttp import web

from tests.client.api import cut, line, page, refusal, thing

LIST_FAULTS = ("500", "429", "401", "cut", "garbage", "expired page", "unreadable item")
WATCH_FAULTS = (
    "410",
    "410 line",
    "500 line",
    "503",
    "401",
    "cut",
    "garbage",
    "eof",
    "silence",
    "bookmark",
    "duplicate",
)


class World:
    """Also the handler of the server."""

    def __init__(self, seed: int, faults: list[str]) -> None:
        self._random = random.Random(seed)
        self._faults = list(faults)
        self.version = 10
        self.values = {f"t{n}": n for n in range(self._random.randrange(6))}
        self._history: list[tuple[int, str, dict[str, Any]]] = []
        self._floor = self.version
        self._snapshots: dict[str, tuple[int, list[dict[str, Any]]]] = {}
        self._news = asyncio.Condition()

    @property
    def calm(self) -> bool:
        return not self._faults

    @property
    def truth(self) -> dict[str, int]:
        return {f"a/{name}": value for name, value in self.values.items()}

    async def change(self) -> None:
        """Add, change or delete one thing; sometimes forget the past."""
        self.version += 1
        name = f"t{self._random.randrange(8)}"
        if name in self.values and self._random.random() < 0.5:
            gone = thing(name, self.values.pop(name), version=self.version)
            self._history.append((self.version, "DELETED", gone))
        else:
            what = "MODIFIED" if name in self.values else "ADDED"
            self.values[name] = self._random.randrange(1000)
            self._history.append((self.version, what, thing(name, self.values[name], version=self.version)))
        if not self.calm and self._random.random() < 0.2:
            self._floor = self.version
        async with self._news:
            self._news.notify_all()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        kinds = WATCH_FAULTS if "watch" in request.query else LIST_FAULTS
        fault = self._faults.pop() if self._faults else ""
        if self._faults or self._random.random() < 0.3:
            await self.change()
        fault = fault if fault in kinds else ""
        if fault in ("500", "429", "401", "503"):
            return refusal(int(fault), fault, **({"Retry-After": "1"} if fault == "429" else {}))
        with contextlib.suppress(ConnectionError):
            return await (self._watch(request, fault) if "watch" in request.query else self._list(request, fault))
        return web.Response()

    async def _list(self, request: web.Request, fault: str) -> web.StreamResponse:
        token = request.query.get("continue", "")
        now = self.version, [thing(name, value, version=self.version) for name, value in self.values.items()]
        version, items = self._snapshots.pop(token) if token else now
        if token and fault == "expired page":
            return refusal(410, "the continue token is too old")
        if fault == "garbage":
            return web.Response(text="<html>")
        size = max(1, len(items) // 2)
        rest = items[size:]
        following = f"c{self.version}-{len(self._snapshots)}-{self._random.random()}" if rest else ""
        if rest:
            self._snapshots[following] = (version, rest)
        if fault == "unreadable item" and items:
            items[0] = {**items[0], "value": "not a number"}
            self.values[items[0]["metadata"]["name"]] = 0
            self.version += 1
            self._history.append(
                (self.version, "MODIFIED", thing(items[0]["metadata"]["name"], 0, version=self.version))
            )
        answer = page(items[:size], version, following)
        if fault != "cut":
            return answer
        stream = web.StreamResponse(headers={"Content-Length": str(len(bytes(answer.body)))})  # type: ignore[arg-type]
        await stream.prepare(request)
        await stream.write(bytes(answer.body)[: self._random.randrange(len(bytes(answer.body)))])  # type: ignore[arg-type]
        cut(request)
        return stream

    async def _watch(self, request: web.Request, fault: str) -> web.StreamResponse:
        since = int(request.query["resourceVersion"])
        expired = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
        if since < self._floor and self._random.random() < 0.5:
            return refusal(410, "too old")
        answer = web.StreamResponse()
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        if since < self._floor or fault in ("410", "410 line"):
            await answer.write(line("ERROR", expired))
            return answer
        lines = b"".join(line(what, obj) for at, what, obj in self._history if at > since)
        if fault == "duplicate":
            lines += lines
        if fault == "bookmark":
            lines += line("BOOKMARK", {"kind": "Thing", "metadata": {"resourceVersion": str(self.version)}})
        if fault == "500 line":
            lines += line("ERROR", {"kind": "Status", "code": 500, "message": "etcd is away"})
        if fault == "garbage":
            lines += b"no json\n"
        at = self._random.randrange(len(lines) + 1) if fault == "cut" else len(lines)
        await answer.write(lines[:at])
        if fault == "cut":
            cut(request)
        if fault == "silence":
            await asyncio.sleep(0.04)
        if fault in ("cut", "eof", "garbage", "500 line", "silence"):
            return answer
        return await self._follow(answer, self.version)

    async def _follow(self, answer: web.StreamResponse, sent: int) -> web.StreamResponse:
        for _ in range(self._random.randrange(1, 4)):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.01), self._news:
                    await self._news.wait()
            await answer.write(b"".join(line(what, obj) for at, what, obj in self._history if at > sent))
            sent = self.version
        return answer
