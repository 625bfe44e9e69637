"""Signing in to a Kubernetes API: tokens, files that rotate, renewal, impersonation, and nothing left open."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import Api, running
from tui.client import connection as module
from tui.client.choice import Choice
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.demo import tls


def choice(url: str, user: dict[str, Any], **cluster: Any) -> Choice:
    return Choice("test", url, {"server": url, **cluster}, user)


def version(_request: web.Request) -> web.Response:
    return web.json_response({"gitVersion": "v1"})


async def sent(user: dict[str, Any]) -> web.Request:
    async with running() as api:
        api.handle = version
        connection = Connection(choice(api.url, user))
        assert await KubeClient(connection).version() == "v1"
        await connection.close()
    return api.asked[0]


async def test_a_token_a_password_and_nobody() -> None:
    assert (await sent({"token": " t\n"})).headers["Authorization"] == "Bearer t"
    pair = base64.b64encode(b"me:word").decode()
    assert (await sent({"username": "me", "password": "word"})).headers["Authorization"] == f"Basic {pair}"
    assert "Authorization" not in (await sent({})).headers


async def test_impersonation_is_sent_with_every_group() -> None:
    user = {
        "token": "t", "as": "jane", "as-uid": "7", "as-groups": ["a", "b"], "as-user-extra": {"acme.com/x": ["1", "2"]},
    }  # fmt: skip
    headers = (await sent(user)).headers
    assert headers["Impersonate-User"] == "jane"
    assert headers["Impersonate-Uid"] == "7"
    assert headers.getall("Impersonate-Group") == ["a", "b"]
    assert headers.getall("Impersonate-Extra-acme.com%2Fx") == ["1", "2"]


async def test_a_token_with_a_line_break_is_no_second_header() -> None:
    async with running() as api:
        connection = Connection(choice(api.url, {"token": "t\r\nX-Evil: 1"}))
        found = await KubeClient(connection).version()
        await connection.close()
    assert isinstance(found, Problem)
    assert "characters that no token has" in found.what
    assert api.asked == []


class Guard:
    """An API that takes one token only."""

    def __init__(self, api: Api, good: str) -> None:
        self.good = good
        api.handle = self

    def __call__(self, request: web.Request) -> web.Response:
        good = request.headers.get("Authorization") == f"Bearer {self.good}"
        return version(request) if good else web.json_response({"message": "Unauthorized"}, status=401)


async def test_a_token_file_is_read_again_each_minute_and_at_once_after_a_refusal(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("one\n")
    now = [0.0]
    async with running() as api:
        guard = Guard(api, "one")
        connection = Connection(choice(api.url, {"tokenFile": str(file), "token": "old"}), clock=lambda: now[0])
        kube = KubeClient(connection)
        assert await kube.version() == "v1"
        file.write_text("two\n")
        guard.good = "two"
        assert isinstance(await kube.version(), Problem)
        now[0] = 61.0
        assert await kube.version() == "v1"
        file.write_text("three")
        guard.good = "three"
        assert await connection.renew() is None
        assert await kube.version() == "v1"
        file.unlink()
        now[0] = 200.0
        assert await kube.version() == "v1", "the token that is kept may still do"
        await connection.close()


async def test_a_token_file_that_never_was_is_told(tmp_path: Path) -> None:
    connection = Connection(choice("http://127.0.0.1:1", {"tokenFile": str(tmp_path / "gone")}))
    found = await KubeClient(connection).version()
    assert isinstance(found, Problem)
    assert str(found) == f"{tmp_path}/gone: is empty or cannot be read"
    await connection.close()


async def test_a_sign_in_made_elsewhere_is_found_in_the_kubeconfig_after_a_refusal() -> None:
    async with running() as api:
        Guard(api, "new")
        tokens = iter(["new"])
        connection = Connection(
            choice(api.url, {"token": "old"}), reload=lambda: choice(api.url, {"token": next(tokens)})
        )
        kube = KubeClient(connection)
        assert isinstance(await kube.version(), Problem)
        assert kube.trouble is not None
        await connection.renew()
        assert await kube.version() == "v1"
        assert kube.trouble is None
        await connection.close()


async def test_one_renewal_serves_all_who_were_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []

    def reload() -> Choice:
        reads.append(1)
        return choice("http://127.0.0.1:1", {"token": str(len(reads))})

    connection = Connection(choice("http://127.0.0.1:1", {"token": "0"}), reload=reload)
    await asyncio.gather(*[connection.renew() for _ in range(6)])
    await connection.renew()
    assert len(reads) == 1
    monkeypatch.setattr(module, "RENEWED_FOR", 0.0)
    await connection.renew()
    assert len(reads) == 2
    await connection.close()


async def test_a_new_certificate_retires_the_old_channel_when_its_last_stream_ends(
    certificates: tls.Certificates, tmp_path: Path
) -> None:
    made = tls.client_certificate(certificates, tmp_path, "alice")
    user = {"client-certificate": str(made.cert_path), "client-key": str(made.key_path)}
    connection = Connection(choice("https://127.0.0.1:1", user, **{"certificate-authority": str(certificates.ca_path)}))
    await connection.open()
    async with connection.borrow() as old:
        assert not isinstance(old, Problem)
        rest = old.api.rest_client
        rest.pool_manager = rest._create_pool_manager()
        await connection.renew()
        async with connection.borrow() as new:
            assert not isinstance(new, Problem)
            assert new.api is not old.api
        assert not rest.pool_manager.closed
    assert rest.pool_manager.closed
    await connection.close()


async def test_everybody_shares_one_channel_and_a_closed_connection_opens_none() -> None:
    connection = Connection(choice("http://127.0.0.1:1", {}))

    async def borrowed() -> Any:
        async with connection.borrow() as found:
            return found if isinstance(found, Problem) else found.api

    found = await asyncio.gather(*[borrowed() for _ in range(8)])
    assert len({id(each) for each in found}) == 1
    await connection.close()
    closed = await borrowed()
    assert isinstance(closed, Problem)
    assert closed.code == "Closed"


async def test_a_mended_kubeconfig_error_while_running_is_a_value(tmp_path: Path) -> None:
    connection = Connection(choice("https://127.0.0.1:1", {}, **{"certificate-authority": str(tmp_path / "gone")}))
    found = await KubeClient(connection).version()
    assert isinstance(found, Problem)
    assert "No such file" in found.what
    await connection.close()


async def test_a_failed_oidc_refresh_is_one_line() -> None:
    provider = {"name": "oidc", "config": {"client-id": "x", "idp-issuer-url": "https://127.0.0.1:1"}}
    connection = Connection(choice("http://127.0.0.1:1", {"auth-provider": provider}))
    found = await KubeClient(connection).version()
    assert isinstance(found, Problem)
    assert str(found).startswith("context 'test': auth-provider oidc: failed: ")
    await connection.close()
