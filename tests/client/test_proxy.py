"""Proxies by the rules of kubectl, and requests that really go through one."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import Api, running
from tests.client.arm import CLUSTER, settings
from tests.client.tunnel import tunnel
from tui.client.arm import ArmClient
from tui.client.choice import Choice
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.client.proxy import bypassed, proxy_for
from tui.core.errors import Problem, UsageProblem
from tui.demo import tls


@pytest.mark.parametrize(
    ("url", "no_proxy", "direct"),
    [
        ("https://kube.corp.example:6443", "", False),
        ("https://localhost:6443", "", True),
        ("https://127.0.0.1:6443", "", True),
        ("https://127.8.8.8", "", True),
        ("https://[::1]:6443", "", True),
        ("https://kube.corp.example", "*", True),
        ("https://kube.corp.example", "corp.example", True),
        ("https://kube.corp.example", ".corp.example", True),
        ("https://kube.corp.example", "*.corp.example", True),
        ("https://corp.example", ".corp.example", False),
        ("https://corp.example", "CORP.example", True),
        ("https://notcorp.example", "corp.example", False),
        ("https://kube.corp.example:6443", "other, kube.corp.example:6443", True),
        ("https://kube.corp.example:6443", "kube.corp.example:443", False),
        ("https://kube.corp.example", "kube.corp.example:443", True),
        ("https://10.1.2.3:6443", "10.0.0.0/8", True),
        ("https://11.1.2.3:6443", "10.0.0.0/8", False),
        ("https://10.1.2.3:6443", "10.1.2.3", True),
        ("https://10.1.2.3:6443", "10.1.2.3:6443", True),
        ("https://10.1.2.3:6443", "10.1.2.3:443", False),
        ("https://[fd00::7]:6443", "fd00::/8", True),
        ("https://[fd00::7]:6443", "[fd00::7]:6443", True),
        ("https://[fd00::7]:6443", "[fd00::7]:1", False),
        ("https://kube.corp.example", "10.0.0.0/8, ,", False),
    ],
)
def test_no_proxy_holds_names_suffixes_addresses_networks_and_ports(url: str, no_proxy: str, direct: bool) -> None:
    assert bypassed(url, no_proxy) is direct


def test_the_variable_of_the_scheme_counts_upper_case_first() -> None:
    environ = {"HTTPS_PROXY": "http://upper:1", "https_proxy": "http://lower:1", "http_proxy": "plain:3128"}
    assert proxy_for("https://kube.example", environ) == "http://upper:1"
    assert proxy_for("http://kube.example", environ) == "http://plain:3128"
    assert proxy_for("https://kube.example", {"https_proxy": "http://lower:1", "no_proxy": "kube.example"}) == ""
    assert proxy_for("https://kube.example", {"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}) == ""


@pytest.mark.parametrize("proxy", ["socks5://p:1080", "http://", "http://p:notaport", "ftp://p:1"])
def test_a_proxy_that_cannot_be_used_is_told_with_its_origin(proxy: str) -> None:
    with pytest.raises(UsageProblem, match=r"^HTTPS_PROXY: .* is no http"):
        proxy_for("https://kube.example", {"HTTPS_PROXY": proxy})


def test_a_password_in_a_bad_proxy_is_masked() -> None:
    with pytest.raises(UsageProblem) as caught:
        proxy_for("https://kube.example", {"HTTPS_PROXY": "socks5://user:hunter22@p:1"})
    assert "hunter22" not in str(caught.value)


def version(_request: web.Request) -> web.Response:
    return web.json_response({"gitVersion": "v1.31.2"})


async def asked(server: str, proxy: str, **cluster: Any) -> str | Problem:
    connection = Connection(Choice("test", server, {"server": server, **cluster}, {"token": "t"}, proxy=proxy))
    try:
        return await KubeClient(connection).version()
    finally:
        await connection.close()


@pytest.fixture
async def api(certificates: tls.Certificates) -> AsyncIterator[Api]:
    async with running(tls.server_context(certificates)) as api:
        api.handle = version
        yield api


async def test_tls_goes_through_the_tunnel_and_the_certificate_is_the_server_s(
    api: Api, certificates: tls.Certificates
) -> None:
    trust = {"certificate-authority": str(certificates.ca_path), "tls-server-name": "localhost"}
    async with tunnel(api.port) as (proxy, address):
        assert await asked("https://kube.test:6443", f"http://{address}", **trust) == "v1.31.2"
        found = await asked("https://kube.test:6443", f"http://{address}", **{**trust, "tls-server-name": "kube.test"})
    assert proxy.asked == [b"CONNECT kube.test:6443"] * 2
    assert b"Bearer" not in b"".join(proxy.headers)
    assert isinstance(found, Problem)
    assert "Hostname mismatch" in found.what


async def test_a_proxy_with_a_password_gets_it_and_one_that_refuses_is_told(
    api: Api, certificates: tls.Certificates
) -> None:
    trust = {"certificate-authority": str(certificates.ca_path), "tls-server-name": "localhost"}
    pair = base64.b64encode(b"me:word").decode()
    async with tunnel(api.port, f"Proxy-Authorization: Basic {pair}") as (_proxy, address):
        assert await asked("https://kube.test", f"http://me:word@{address}", **trust) == "v1.31.2"
        found = await asked("https://kube.test", f"http://{address}", **trust)
    assert isinstance(found, Problem)
    assert str(found) == "kube.test:443: the proxy refuses: 407 Proxy Authentication Required"


async def test_plain_http_goes_through_a_proxy_too() -> None:
    async with running() as api, tunnel(api.port) as (proxy, address):
        api.handle = version
        assert await asked("http://kube.test:8080", f"http://{address}") == "v1.31.2"
    assert proxy.asked == [b"GET http://kube.test:8080/version"]


async def test_a_proxy_that_is_away_is_told_by_its_own_name() -> None:
    found = await asked("https://kube.test", "http://127.0.0.1:1")
    assert isinstance(found, Problem)
    assert str(found) == "kube.test:443: its proxy 127.0.0.1:1 cannot be reached: Connection refused"
    assert "HTTPS_PROXY" in found.next


async def test_the_environment_s_netrc_is_left_alone(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login me password word\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with running() as api:
        api.handle = version
        assert await asked(api.url, "") == "v1.31.2"
    assert api.asked[0].headers["Authorization"] == "Bearer t"


async def test_arm_goes_through_the_environment_s_proxy(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "NAMES", ("arm.test",))
    issued = tls.issue(tmp_path)
    async with running(tls.server_context(issued)) as api, tunnel(api.port) as (proxy, address):
        api.handle = lambda request: web.json_response({"through": "the tunnel"})
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        arm = ArmClient(settings("https://arm.test:8443", issued))
        assert await arm.cluster(CLUSTER) == {"through": "the tunnel"}
        await arm.close()
    assert proxy.asked == [b"CONNECT arm.test:8443"]
    assert b"Bearer" not in b"".join(proxy.headers)
