"""A server that hangs is told long before its watch breaks; asking whether it lives is cheap."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from tests.client.api import client, page, refusal, running, stream, thing, until
from tests.client.mirror import Mirror
from tui.client.pulse import GOOD_FOR, Pulse
from tui.client.transport import Limits
from tui.core.errors import Problem
from tui.core.facts import Alive, Phase

SOON = Limits(answer=0.05, quiet=0.02)


class Hanging:
    """Lists one thing, watches in silence, and answers `/version` as it is told."""

    def __init__(self) -> None:
        self.version: Any = web.json_response({"gitVersion": "v1"})
        self.asked = 0
        self.hold = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/version":
            self.asked += 1
            if self.version is None:
                await self.hold.wait()
            return refusal(self.version, "no") if isinstance(self.version, int) else web.Response(text="{}")
        if "watch" in request.query:
            return await stream(request, hold=self.hold)
        return page([thing("x")], 5)


async def test_a_watch_whose_server_hangs_is_stale_and_live_again_with_the_server() -> None:
    async with running() as api, client(api.url, limits=SOON) as kube:
        server = api.handle = Hanging()
        mirror = Mirror(kube)
        await until(lambda: mirror.phase is Phase.LIVE and server.asked)
        server.version = None
        kube._pulse._felt = float("-inf")  # ten seconds later
        await until(lambda: mirror.phase is Phase.STALE)
        assert "no answer in time" in mirror.reason
        assert mirror.rows == {"a/x": 0}
        server.version = "well"
        await until(lambda: mirror.phase is Phase.LIVE)
        server.hold.set()
        await mirror.end()
    assert len([request for request in api.asked if "watch" in request.query]) == 1, "the same watch went on"


async def test_a_refusal_is_a_sign_of_life_and_a_gateway_s_error_is_none() -> None:
    async with running() as api, client(api.url, limits=SOON) as kube:
        server = api.handle = Hanging()
        for status, lives in ((403, True), (404, True), (429, True), (502, False), (503, False)):
            server.version = status
            assert (await kube._lives() is None) is lives, status


async def test_while_it_lives_nothing_is_told_of_it() -> None:
    async with running() as api, client(api.url, limits=SOON) as kube:
        server = api.handle = Hanging()
        mirror = Mirror(kube)
        await until(lambda: server.asked)
        told = [fact for fact in mirror.facts if isinstance(fact, Alive)]
        server.hold.set()
        await mirror.end()
    assert len(told) == 1, "the opening of the watch"


async def test_many_who_want_to_know_ask_once() -> None:
    now, asked = [0.0], [0]
    answer: list[Problem | None] = [None]

    async def ask() -> Problem | None:
        asked[0] += 1
        await asyncio.sleep(0)
        return answer[0]

    pulse = Pulse(ask, lambda: now[0])
    assert await asyncio.gather(*[pulse.feel() for _ in range(8)]) == [None] * 8
    now[0] += GOOD_FOR - 1
    await pulse.feel()
    assert asked == [1]
    now[0] += 1
    answer[0] = Problem("away")
    assert await asyncio.gather(*[pulse.feel() for _ in range(8)]) == [Problem("away")] * 8
    assert asked == [2]
    await pulse.feel()
    assert asked == [3], "a missing answer is asked for anew"
