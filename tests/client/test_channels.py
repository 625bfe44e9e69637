"""WebSockets to the API server: signed, encrypted and led as every other request is; and how they end."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import Api, client, cut, running
from tests.client.tunnel import tunnel
from tui.client.channels import V4, V5, Channels, opened
from tui.client.choice import Choice
from tui.client.connection import Connection
from tui.client.exec import Ran, exec_once
from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.demo import tls

Serve = Callable[[web.Request, web.WebSocketResponse], Awaitable[None]]


def serving(serve: Serve, protocols: tuple[str, ...] = (V5, V4)) -> Callable[[web.Request], Awaitable[Any]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=protocols, timeout=0.2)
        await socket.prepare(request)
        await serve(request, socket)
        return socket

    return handle


async def fine(_request: web.Request, socket: web.WebSocketResponse) -> None:
    """One program that said `ok`."""
    await socket.send_bytes(b"\x01ok")
    await socket.send_bytes(b'\x03{"status":"Success"}')
    await socket.close()


async def heard(serve: Serve, *, protocols: tuple[str, ...] = (V5, V4)) -> list[Any]:
    """All that comes, up to the end."""
    async with running() as api, client(api.url) as kube:
        api.handle = serving(serve, protocols)
        async with opened(kube, "/x", [("a", True), ("b", None)]) as channels:
            assert isinstance(channels, Channels)
            found: list[Any] = []
            while isinstance(message := await channels.receive(), tuple):
                found.append(message)
            assert api.asked[0].query_string == "a=true"
            return [*found, message]


async def test_messages_that_hold_nothing_are_left_out_and_text_counts_as_bytes() -> None:
    async def serve(_request: web.Request, socket: web.WebSocketResponse) -> None:
        for message in (b"", b"\x01", b"\x02\xff\x00"):
            await socket.send_bytes(message)
        await socket.send_str("\x01é")
        await socket.close()

    assert await heard(serve) == [(2, b"\xff\x00"), (1, "é".encode()), None]


async def test_a_polite_end_is_told_from_all_others() -> None:
    async def failing(_request: web.Request, socket: web.WebSocketResponse) -> None:
        await socket.close(code=1011, message=b"bad\x1b[31m")

    async def cutting(request: web.Request, socket: web.WebSocketResponse) -> None:
        cut(request)

    (found,) = await heard(failing)
    assert isinstance(found, Problem)
    assert (found.code, found.what) == ("Broken", "the connection broke: code 1011 bad")
    (found,) = await heard(cutting)
    assert isinstance(found, Problem)
    assert found.what == "the connection broke"


async def test_large_data_goes_in_pieces_and_only_v5_can_tell_an_end() -> None:
    for protocol, ends in ((V5, [b"\xff\x00"]), (V4, [])):
        came: list[bytes] = []

        async def serve(_request: web.Request, socket: web.WebSocketResponse, came: list[bytes] = came) -> None:
            came.extend([message.data async for message in socket])

        async with running() as api, client(api.url) as kube:
            api.handle = serving(serve, (protocol,))
            async with opened(kube, "/x", []) as channels:
                assert isinstance(channels, Channels)
                assert await channels.send(0, b"x" * 70_000) is None
                assert await channels.end(0) is None
        assert [len(message) for message in came[:3]] == [32_769, 32_769, 4_465]
        assert came[3:] == ends


async def test_sending_into_a_connection_that_is_gone_is_a_problem() -> None:
    async def cutting(request: web.Request, socket: web.WebSocketResponse) -> None:
        cut(request)

    async with running() as api, client(api.url) as kube:
        api.handle = serving(cutting)
        async with opened(kube, "/x", []) as channels:
            assert isinstance(channels, Channels)
            assert isinstance(await channels.receive(), Problem)
            assert isinstance(await channels.send(0, b"x"), Problem)


async def once(api: Api, choice: Choice) -> Ran | Problem:
    api.handle = serving(fine)
    connection = Connection(choice)
    try:
        return await exec_once(KubeClient(connection), "ns/pod", "main", ["true"])
    finally:
        await connection.close()


async def test_a_client_certificate_and_a_ca_are_used(certificates: tls.Certificates, tmp_path: Path) -> None:
    context = tls.server_context(certificates)
    context.verify_mode = ssl.CERT_REQUIRED
    mine = tls.client_certificate(certificates, tmp_path, "jane")
    async with running(context) as api:
        cluster = {"server": api.url, "certificate-authority": str(certificates.ca_path)}
        user = {"client-certificate": str(mine.cert_path), "client-key": str(mine.key_path)}
        assert await once(api, Choice("test", api.url, cluster, user)) == Ran(b"ok", b"", 0)
        found = await once(api, Choice("test", api.url, {"server": api.url}, user))
        assert isinstance(found, Problem)
        assert found.code == "Certificate"
        found = await once(api, Choice("test", api.url, cluster, {}))
        assert isinstance(found, Problem), "the server wants a certificate"


async def test_a_proxy_and_another_tls_name_are_used(certificates: tls.Certificates) -> None:
    async with running(tls.server_context(certificates)) as api, tunnel(api.port) as (proxy, address):
        url = "https://api.internal:6443"
        cluster = {"server": url, "certificate-authority": str(certificates.ca_path), "tls-server-name": "localhost"}
        choice = Choice("test", url, cluster, {"token": "t", "as": "jane"}, proxy=f"http://{address}")
        assert await once(api, choice) == Ran(b"ok", b"", 0)
        assert proxy.asked == [b"CONNECT api.internal:6443"]
        headers = api.asked[0].headers
        assert (headers["Authorization"], headers["Impersonate-User"]) == ("Bearer t", "jane")


async def test_a_server_that_is_not_there_is_a_problem() -> None:
    async with client("http://127.0.0.1:1") as kube, opened(kube, "/x", []) as found:
        assert isinstance(found, Problem)
        assert found.code == "Connect"


@pytest.mark.parametrize("status", [200, 302, 500])
async def test_an_answer_that_is_no_upgrade_is_a_refusal(status: int) -> None:
    async with running() as api, client(api.url) as kube:
        api.handle = lambda _request: web.Response(status=status, text="not here")
        async with opened(kube, "/x", []) as found:
            assert isinstance(found, Problem)
            assert (found.status, found.what) == (status, f"HTTP {status}: not here")
