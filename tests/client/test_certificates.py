"""TLS: what a wrong CA, a wrong name or an old certificate is called; client certificates from files and from data."""

from __future__ import annotations

import base64
import datetime
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization

from tests.client.api import Api, running
from tui.client.choice import Choice
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.core.errors import Problem, UsageProblem
from tui.demo import tls


def who(request: web.Request) -> web.Response:
    """The subject of the client's certificate, as the version."""
    assert request.transport is not None
    peer: Any = request.transport.get_extra_info("peercert") or {"subject": ()}
    return web.json_response({"gitVersion": " ".join(value for pairs in peer["subject"] for _name, value in pairs)})


@pytest.fixture
async def api(certificates: tls.Certificates) -> AsyncIterator[Api]:
    async with running(tls.server_context(certificates)) as api:
        api.handle = who
        yield api


async def asked(url: str, cluster: dict[str, Any], user: dict[str, Any] | None = None) -> str | Problem:
    connection = Connection(Choice("test", url, cluster, user or {}))
    try:
        await connection.open()
        return await KubeClient(connection).version()
    finally:
        await connection.close()


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


async def test_the_ca_is_taken_from_a_file_and_from_data(api: Api, certificates: tls.Certificates) -> None:
    assert await asked(api.url, {"certificate-authority": str(certificates.ca_path)}) == ""
    assert await asked(api.url, {"certificate-authority-data": encoded(certificates.ca_path)}) == ""


async def test_a_wrong_ca_names_the_host_and_the_next_step(api: Api, tmp_path: Path) -> None:
    found = await asked(api.url, {"certificate-authority": str(tls.issue(tmp_path).ca_path)})
    assert isinstance(found, Problem)
    assert str(found).startswith(f"127.0.0.1:{api.port}: its certificate: is not trusted: ")
    assert found.next == "check certificate-authority in the kubeconfig"
    assert found.code == "Certificate"


async def test_a_wrong_name_says_which(api: Api, certificates: tls.Certificates) -> None:
    trust = {"certificate-authority": str(certificates.ca_path)}
    found = await asked(api.url, {**trust, "tls-server-name": "kube.other"})
    assert isinstance(found, Problem)
    assert "Hostname mismatch, certificate is not valid for 'kube.other'" in found.what
    assert "tls-server-name" in found.next
    assert await asked(api.url, {**trust, "tls-server-name": "localhost"}) == ""


async def test_an_expired_certificate_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "VALID", -datetime.timedelta(minutes=30))
    old = tls.issue(tmp_path)
    async with running(tls.server_context(old)) as api:
        found = await asked(api.url, {"certificate-authority": str(old.ca_path)})
    assert isinstance(found, Problem)
    assert str(found) == f"127.0.0.1:{api.port}: its certificate: certificate has expired"
    assert "renew" in found.next


async def test_a_server_without_tls_says_so() -> None:
    async with running() as api:
        found = await asked(api.url.replace("http:", "https:"), {"insecure-skip-tls-verify": True})
    assert isinstance(found, Problem)
    assert str(found) == f"127.0.0.1:{api.port}: TLS failed: it answers, but not in TLS"


async def test_verification_can_be_switched_off(api: Api) -> None:
    assert await asked(api.url, {"insecure-skip-tls-verify": True}) == ""


async def test_a_client_certificate_comes_from_files_and_from_data_and_leaves_no_key_behind(
    api: Api, certificates: tls.Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "tmp").mkdir()
    made = tls.client_certificate(certificates, tmp_path, "alice", ("ops",))
    cluster = {"certificate-authority": str(certificates.ca_path)}
    files = {"client-certificate": str(made.cert_path), "client-key": str(made.key_path)}
    data = {"client-certificate-data": encoded(made.cert_path), "client-key-data": encoded(made.key_path)}
    assert await asked(api.url, cluster, files) == "ops alice"
    assert await asked(api.url, cluster, data) == "ops alice"
    assert list((tmp_path / "tmp").iterdir()) == []


async def test_what_cannot_be_loaded_is_a_usage_problem(certificates: tls.Certificates, tmp_path: Path) -> None:
    made = tls.client_certificate(certificates, tmp_path, "bob")
    other = tls.client_certificate(certificates, tmp_path, "eve")
    junk = tmp_path / "junk"
    junk.write_text("no pem")
    key = serialization.load_pem_private_key(made.key_path.read_bytes(), None)
    locked = tmp_path / "locked"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        )
    )
    pair = {"client-certificate": str(made.cert_path)}
    cases: list[tuple[dict[str, Any], dict[str, Any], str]] = [
        ({"certificate-authority-data": "%%%"}, {}, "certificate-authority-data is not base64"),
        ({"certificate-authority-data": 7}, {}, "certificate-authority-data is not base64"),
        ({"certificate-authority-data": "bm90aGluZw=="}, {}, "is no PEM"),
        ({"certificate-authority": str(junk)}, {}, "is no PEM"),
        ({}, {**pair, "client-key": str(other.key_path)}, "do not belong together"),
        ({}, {**pair, "client-key": str(junk)}, "is no PEM"),
        ({}, {**pair, "client-key": str(locked)}, "is encrypted, and nobody can type its pass phrase here"),
        ({}, {**pair, "client-key": str(tmp_path / "gone")}, "No such file"),
    ]
    for cluster, user, message in cases:
        connection = Connection(Choice("prod", "https://127.0.0.1:1", cluster, user))
        with pytest.raises(UsageProblem) as caught:
            await connection.open()
        assert message in str(caught.value), (cluster, user)
        assert str(caught.value).startswith("context 'prod': ")
        assert "\n" not in str(caught.value)
