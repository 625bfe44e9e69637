"""One request: its limits, its refusals, and that a read-only session sends no write whatever asks for it."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import THINGS, client, cut, refusal, running, stream
from tui.client.transport import Delayed
from tui.core.errors import Problem


async def test_an_address_where_nobody_listens_names_the_host() -> None:
    async with client("http://127.0.0.1:1") as kube:
        found = await kube.read("GET", "/version")
    assert isinstance(found, Problem)
    assert str(found) == "127.0.0.1:1: cannot connect: Connection refused"
    assert found.next == "is it up, and reachable from here?"
    assert kube.trouble == found


async def test_a_name_that_does_not_resolve_is_told() -> None:
    async with client("https://kube.invalid:6443") as kube:
        found = await kube.read("GET", "/version")
    assert isinstance(found, Problem)
    assert str(found) == "kube.invalid:6443: the name does not resolve"


async def test_a_server_that_accepts_and_says_nothing_is_left() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        async with client(url) as kube, kube.stream("GET", "/x", patience=0.05) as found:
            pass
    assert isinstance(found, Problem)
    assert found.what == "no answer in time"


async def test_a_body_that_stops_is_left() -> None:
    async with running() as api, client(api.url) as kube:
        hold = asyncio.Event()
        api.handle = lambda request: stream(request, b'{"a":', hold=hold)
        found = await kube.request("GET", "/x", silence=0.05)
        hold.set()
    assert isinstance(found, Problem)
    assert found.code == "Timeout"


async def test_a_body_that_breaks_is_told() -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        answer = await stream(request, b'{"a":')
        cut(request)
        return answer

    async with running() as api, client(api.url) as kube:
        api.handle = half
        found = await kube.read("GET", "/x")
    assert isinstance(found, Problem)
    assert found.code == "Broken"


@pytest.mark.parametrize(("header", "after"), [("7", 7.0), ("86400", 600.0)])
async def test_retry_after_is_kept(header: str, after: float) -> None:
    async with running() as api, client(api.url) as kube:
        api.handle = lambda request: refusal(429, "too many", **{"Retry-After": header})
        found = await kube.read("GET", "/x")
    assert isinstance(found, Delayed)
    assert (found.status, found.after, found.what) == (429, after, "too many")


async def test_a_refusal_says_what_the_server_said_with_its_causes() -> None:
    body = {
        "message": "Thing \x1b[31mx is invalid", "reason": "Invalid",
        "details": {"causes": [{"field": "spec.x", "message": "must be\nset"}]},
    }  # fmt: skip
    async with running() as api, client(api.url) as kube:
        api.handle = lambda request: web.json_response(body, status=422)
        found = await kube.read("GET", "/x")
        assert found == Problem("Thing x is invalid (spec.x must be set)", "test", "", 422, "Invalid")
        api.handle = lambda request: web.Response(text="<html>big</html>", status=502)
        assert str(await kube.read("GET", "/x")) == "test: HTTP 502"
        api.handle = lambda request: web.Response(text="404 page not found\n", status=404)
        assert str(await kube.read("GET", "/x")) == "test: HTTP 404: 404 page not found"
        api.handle = lambda request: web.Response(text="[1]")
        assert str(await kube.read("GET", "/x")) == "test: an unreadable answer"


async def test_a_read_only_session_sends_nothing_but_reads_and_questions() -> None:
    async with running() as api, client(api.url, read_only=True) as kube:
        api.handle = lambda request: web.json_response({"status": {"allowed": True}})
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            found = await kube.request(method, "/api/v1/pods", body={})
            assert isinstance(found, Problem)
            assert found.code == "ReadOnly"
        refused: list[Any] = [
            await kube.delete(THINGS, "a/x"),
            await kube.delete(THINGS, "a/x", dry_run=True),
            await kube.request("POST", "/api/v1/namespaces/x/pods/p/eviction", body={}),
        ]
        assert all(isinstance(each, Problem) for each in refused)
        assert api.asked == []
        assert await kube.can_i("get", "pods") is True
        assert len(api.asked) == 1


async def test_a_connection_is_used_again_and_a_stream_s_is_closed() -> None:
    async with running() as api, client(api.url) as kube:
        api.handle = lambda request: web.json_response({})
        for _ in range(4):
            await kube.read("GET", "/x")
        peers = {request.transport and request.transport.get_extra_info("peername") for request in api.asked}
        assert len(peers) == 1
        hold = asyncio.Event()
        api.handle = lambda request: stream(request, b"line\n", hold=hold)
        async with kube.stream("GET", "/log", silence=3600.0) as opened:
            sock = opened.connection.transport.get_extra_info("socket")
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
        assert opened.connection is None
        hold.set()


async def test_a_redirect_does_not_carry_the_token_to_another_host() -> None:
    async with running() as evil, running() as api, client(api.url, {"token": "t"}) as kube:
        evil.handle = lambda request: web.json_response({})

        def away(request: web.Request) -> web.Response:
            raise web.HTTPFound(f"{evil.url}/x")

        api.handle = away
        await kube.read("GET", "/x")
    assert len(evil.asked) == 1
    assert "Authorization" not in evil.asked[0].headers
