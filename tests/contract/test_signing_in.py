"""Ways to sign in: tokens that expire and are rotated, client certificates, credential plugins."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.client.api import until
from tests.contract.backends import Backend
from tests.contract.kinds import CONFIG_MAPS, config_map, of
from tests.contract.mirror import hasty, mirrored
from tests.demo.kube.town import Client
from tui.client import connection, reflector
from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.core.facts import Phase
from tui.demo import tls
from tui.demo.kube.access import MASTERS

REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


async def _who(kube: KubeClient) -> tuple[str, set[str]]:
    found = await kube.read("POST", REVIEWS, body=REVIEW)
    assert isinstance(found, dict), found
    user = found["status"]["userInfo"]
    return user["username"], set(user["groups"])


async def test_a_token_is_its_user(kube: KubeClient) -> None:
    assert await _who(kube) == ("arcdeck-demo-admin", {MASTERS, "system:authenticated"})


async def test_a_client_certificate_is_its_user(backend: Backend, tmp_path: Path) -> None:
    made = tls.client_certificate(backend.certificates, tmp_path, "carol", (MASTERS, "ops"))
    user = {"client-certificate": str(made.cert_path), "client-key": str(made.key_path)}
    async with backend.client(user) as kube:
        assert await _who(kube) == ("carol", {MASTERS, "ops", "system:authenticated"})
        assert await kube.can_i("delete", "nodes") is True


async def test_a_certificate_of_somebody_unknown_may_nothing(backend: Backend, tmp_path: Path) -> None:
    made = tls.client_certificate(backend.certificates, tmp_path, "mallory")
    user = {"client-certificate": str(made.cert_path), "client-key": str(made.key_path)}
    async with backend.client(user) as kube:
        found = await kube.read("GET", "/api/v1/nodes")
    assert isinstance(found, Problem)
    assert found.status == 403
    assert 'User "mallory" cannot list resource "nodes"' in found.what


@pytest.mark.parametrize("user", [{"token": "nobodys"}, None])
async def test_who_is_not_known_gets_nowhere(backend: Backend, user: dict[str, Any] | None) -> None:
    async with backend.client(user or {"token": backend.expired_token()}) as kube:
        found = await kube.read("GET", "/api/v1/nodes")
    assert isinstance(found, Problem)
    assert (found.status, found.code) == (401, "Unauthorized")


async def test_who_does_not_sign_in_is_anonymous_and_may_nothing(backend: Backend) -> None:
    async with backend.client({}) as kube:
        found = await kube.read("GET", "/api/v1/nodes")
        assert isinstance(found, Problem)
        assert (found.status, found.code) == (403, "Forbidden")
        assert 'nodes is forbidden: User "system:anonymous" cannot list resource "nodes"' in found.what
        assert isinstance(await kube.read("GET", "/version"), dict)


async def test_a_token_rotated_in_time_is_never_missed(
    backend: Backend, raw: Client, home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reflector, "WATCH", (1.0, 1.0))
    file, token = tmp_path / "token", await backend.brief_token(home)
    file.write_text(token)
    async with (
        backend.client({"tokenFile": str(file)}) as kube,
        mirrored(kube, CONFIG_MAPS, home, sleep=hasty) as mirror,
    ):
        await until(lambda: mirror.phase is Phase.LIVE)
        file.write_text("admin-token")
        await backend.expired(token)
        await raw.ask("POST", of(home), config_map("later"))
        await until(lambda: f"{home}/later" in mirror.store.rows("configmaps"), 20)
        await until(lambda: mirror.phase is Phase.LIVE, 20)


async def test_a_rotated_token_file_is_read_again(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(backend.expired_token())
    async with backend.client({"tokenFile": str(file)}) as kube:
        found = await kube.read("GET", "/api/v1/nodes")
        assert isinstance(found, Problem)
        assert found.status == 401
        file.write_text("admin-token")
        assert await kube.connection.renew() is None
        assert (await _who(kube))[0] == "arcdeck-demo-admin"


async def test_a_pane_comes_back_by_itself_once_the_token_is_good(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RENEWED_FOR", 0.2)
    file = tmp_path / "token"
    file.write_text(backend.expired_token())
    async with backend.client({"tokenFile": str(file)}) as kube, mirrored(kube, CONFIG_MAPS, sleep=hasty) as mirror:
        await until(lambda: mirror.phase in (Phase.STALE, Phase.DENIED), 10)
        assert "sign in" in mirror.source.reason or "Unauthorized" in mirror.source.reason
        file.write_text("admin-token")
        await until(lambda: mirror.phase is Phase.LIVE, 20)


@asynccontextmanager
async def _plugged(backend: Backend, directory: Path, *tokens: str) -> AsyncIterator[tuple[KubeClient, Path]]:
    """A client whose credential plugin gives these tokens in turn; and where the plugin counts."""
    count, script = directory / "count", directory / "plugin.py"
    script.write_text(
        f"import json, pathlib\n"
        f"count = pathlib.Path({str(count)!r})\n"
        f"turn = int(count.read_text()) if count.exists() else 0\n"
        f"count.write_text(str(turn + 1))\n"
        f"tokens = {json.dumps(tokens)}\n"
        "status = {'token': tokens[min(turn, len(tokens) - 1)]}\n"
        "head = {'apiVersion': 'client.authentication.k8s.io/v1', 'kind': 'ExecCredential'}\n"
        "print(json.dumps({**head, 'status': status}))\n"
    )
    spec = {
        "apiVersion": "client.authentication.k8s.io/v1", "command": sys.executable, "args": [str(script)],
        "interactiveMode": "Never",
    }  # fmt: skip
    async with backend.client({"exec": spec}) as kube:
        yield kube, count


async def test_a_credential_plugin_signs_in_once(backend: Backend, tmp_path: Path) -> None:
    async with _plugged(backend, tmp_path, "admin-token") as (kube, count):
        assert (await _who(kube))[0] == "arcdeck-demo-admin"
        assert (await _who(kube))[0] == "arcdeck-demo-admin"
        assert count.read_text() == "1"


async def test_a_plugin_is_run_again_when_its_credential_has_expired(
    backend: Backend, raw: Client, home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reflector, "WATCH", (1.0, 1.0))
    token = await backend.brief_token(home)
    async with _plugged(backend, tmp_path, token, "admin-token") as (kube, count):
        async with mirrored(kube, CONFIG_MAPS, home, sleep=hasty) as mirror:
            await until(lambda: mirror.phase is Phase.LIVE)
            assert count.read_text() == "1"
            await backend.expired(token)
            await until(lambda: count.read_text() == "2", 20)
            await raw.ask("POST", of(home), config_map("later"))
            await until(lambda: f"{home}/later" in mirror.store.rows("configmaps"), 20)
        assert count.read_text() == "2"
        assert (await _who(kube))[0] == "arcdeck-demo-admin"


async def test_a_credential_that_is_refused_is_asked_for_anew(backend: Backend, tmp_path: Path) -> None:
    async with _plugged(backend, tmp_path, backend.expired_token(), "admin-token") as (kube, count):
        found = await kube.read("GET", "/api/v1/nodes")
        assert isinstance(found, Problem)
        assert found.status == 401
        assert await kube.connection.renew() is None
        assert (await _who(kube))[0] == "arcdeck-demo-admin"
        assert count.read_text() == "2"
