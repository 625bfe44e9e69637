"""ARM read through the official clients: pages, eras, refusals, throttling, and a token that goes nowhere else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import cut, running, stream
from tests.client.arm import CLUSTER, TOKEN, WORKSPACES, endpoint, error, settings
from tui.client.arm import ArmClient
from tui.client.arm_transport import _same_host
from tui.client.clouds import cloud_of
from tui.core.errors import Problem
from tui.core.operation import Answer
from tui.demo import tls
from tui.settings import Settings

EXTENSION = f"{CLUSTER}/providers/Microsoft.KubernetesConfiguration/extensions/amlarc-compute"


async def test_a_resource_is_asked_with_its_version_and_the_token(certificates: tls.Certificates) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response({"id": CLUSTER, "extra": {"kept": True}})
        assert await arm.cluster(CLUSTER) == {"id": CLUSTER, "extra": {"kept": True}}
        request = api.asked[0]
        assert request.path == CLUSTER
        assert request.query["api-version"] == "2024-01-01"
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert request.headers["User-Agent"].startswith("arcdeck")
        assert request.headers["x-ms-client-request-id"]
        await arm.workspace(f"{WORKSPACES}/w")
        await arm.provider("s", "Microsoft.Relay")
        await arm.relays("s", "g")
        await arm.buses("s", "g")
        await arm.find("s", "Microsoft.Storage/storageAccounts")
    assert [(request.path, request.query["api-version"]) for request in api.asked[1:]] == [
        (f"{WORKSPACES}/w", "2023-10-01"),
        ("/subscriptions/s/providers/Microsoft.Relay", "2021-04-01"),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.Relay/namespaces", "2021-11-01"),
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces", "2021-11-01"),
        ("/subscriptions/s/resources", "2021-04-01"),
    ]
    assert api.asked[-1].query["$filter"] == "resourceType eq 'Microsoft.Storage/storageAccounts'"


async def test_a_list_is_followed_to_its_end_and_an_endless_one_is_not(certificates: tls.Certificates) -> None:
    async with endpoint(certificates) as (api, arm):

        def handle(request: web.Request) -> web.Response:
            page = int(request.query.get("page", "0"))
            port = api.url.rpartition(":")[2]
            link = f"https://127.0.0.1:{port}{WORKSPACES}?api-version=2023-10-01&page={page + 1}&$skip=a%2Bb"
            return web.json_response({"value": [{"n": page}, None], **({"nextLink": link} if page < 2 else {})})

        api.handle = handle
        assert await arm.workspaces("s") == [{"n": 0}, {"n": 1}, {"n": 2}]
        assert api.asked[1].query["$skip"] == "a+b"
        api.handle = lambda request: web.json_response({"nextLink": f"{api.url}{WORKSPACES}?x=1"})
        found = await arm.workspaces("s")
        assert isinstance(found, Problem)
        assert found.code == "Endless"
        api.handle = lambda request: web.json_response([1])
        assert isinstance(await arm.workspaces("s"), Problem)


async def test_the_token_goes_to_no_other_host(certificates: tls.Certificates) -> None:
    async with running() as evil, endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response({"value": [], "nextLink": f"{evil.url}/next"})
        found = await arm.workspaces("s")
        assert isinstance(found, Problem)
        assert found.code == "OtherHost"
        for url in (evil.url, api.url.replace("https", "http"), "https://127.0.0.1:1", "https://[bad", "nonsense"):
            looked = await arm.operation(url)
            assert isinstance(looked, Problem)

        def away(request: web.Request) -> web.Response:
            raise web.HTTPFound(f"{evil.url}/x")

        api.handle = away
        await arm.cluster(CLUSTER)
    assert evil.asked == []


def test_the_same_host_is_the_same_however_it_is_written() -> None:
    assert _same_host("https://Management.Azure.com:443/x", "https://management.azure.com")
    assert not _same_host("https://management.azure.com.evil.example/x", "https://management.azure.com")
    assert not _same_host("https://management.azure.com@evil.example/x", "https://management.azure.com")


@pytest.mark.parametrize(
    ("status", "body", "what", "step"),
    [
        (401, {"error": {"code": "ExpiredAuthenticationToken", "message": "m"}}, "m", "run `az login`"),
        (403, {"error": {"code": "AuthorizationFailed", "message": "no\nrole"}}, "no role", "ask for the Reader role"),
        (404, {"error": {"code": "ResourceNotFound"}}, "ResourceNotFound", "check the id"),
        (404, {"code": "ResourceNotFound", "message": "flat"}, "flat", "check the id"),
        (500, None, "HTTP 500", ""),
    ],
)
async def test_a_refusal_is_a_problem_with_the_next_step(
    certificates: tls.Certificates, status: int, body: Any, what: str, step: str
) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response(body, status=status)
        found = await arm.cluster(CLUSTER)
        assert isinstance(found, Problem)
        assert (found.status, found.what) == (status, what)
        assert found.next.startswith(step)
        assert found.where == api.url.removeprefix("https://")
        assert (arm.trouble is None) is (status != 401)
        assert len(api.asked) == (2 if status == 401 else 1), "a 401 is tried once more, with a new token"


async def test_an_operation_s_error_statuses_are_answers(certificates: tls.Certificates) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: error(404, "Gone", **{"Retry-After": "7"})
        found = await arm.operation(f"{api.url}/operations/1?api-version=x")
        assert isinstance(found, Answer)
        assert (found.status, found.headers["retry-after"]) == (404, "7")
        assert found.body["error"]["code"] == "Gone"


async def test_throttling_is_kept_for_as_long_as_the_service_says(certificates: tls.Certificates) -> None:
    now = [100.0]
    async with endpoint(certificates, tick=lambda: now[0]) as (api, arm):
        assert arm.delay() == 0.0
        api.handle = lambda request: error(429, "TooManyRequests", "slow down", **{"Retry-After": "17"})
        found = await arm.cluster(CLUSTER)
        assert isinstance(found, Problem)
        assert found.status == 429
        assert arm.delay() == 17.0
        now[0] += 10
        assert arm.delay() == 7.0
        now[0] += 10
        api.handle = lambda request: error(429, "TooManyRequests")
        await arm.cluster(CLUSTER)
        assert arm.delay() == 30.0
        api.handle = lambda request: web.json_response(
            {}, headers={"x-ms-ratelimit-remaining-subscription-reads": "11"}
        )
        await arm.cluster(CLUSTER)
        assert arm.remaining == 11


async def test_an_endpoint_that_is_away_or_breaks_is_named(certificates: tls.Certificates) -> None:
    client = ArmClient(settings("https://127.0.0.1:1", certificates))
    found = await client.cluster(CLUSTER)
    await client.close()
    assert isinstance(found, Problem)
    assert str(found) == "127.0.0.1:1: cannot connect: Connection refused"
    async with endpoint(certificates) as (api, arm):

        def broken(request: web.Request) -> web.Response:
            cut(request)
            return web.Response()

        api.handle = broken
        found = await arm.cluster(CLUSTER)
        assert isinstance(found, Problem)
        assert found.code == "Broken"


async def test_a_wrong_ca_is_told(certificates: tls.Certificates, tmp_path: Any) -> None:
    other = tls.issue(tmp_path)
    async with running(tls.server_context(other)) as api:
        client = ArmClient(settings(api.url, certificates))
        found = await client.cluster(CLUSTER)
        await client.close()
    assert isinstance(found, Problem)
    assert "is not trusted" in found.what
    assert "REQUESTS_CA_BUNDLE" in found.next


async def test_many_requests_at_once_open_one_client_and_a_closed_one_none(certificates: tls.Certificates) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response({})
        opened = await asyncio.gather(*[arm.open() for _ in range(6)])
        assert len({id(each) for each in opened}) == 1
        await asyncio.gather(*[arm.cluster(CLUSTER) for _ in range(6)])
        await arm.close()
        assert isinstance(await arm.cluster(CLUSTER), Problem)


async def test_the_environment_s_netrc_is_left_alone(
    certificates: tls.Certificates, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login me password word\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response({})
        assert await arm.cluster(CLUSTER) == {}


async def test_a_proxy_that_cannot_be_used_is_told(
    certificates: tls.Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://p:1")
    client = ArmClient(settings("https://arm.test", certificates))
    found = await client.cluster(CLUSTER)
    await client.close()
    assert isinstance(found, Problem)
    assert "socks5" in found.what


def test_sovereign_clouds_have_their_own_places() -> None:
    usa, china = (cloud_of(Settings(cloud=name)) for name in ("AzureUSGovernment", "AzureChinaCloud"))
    assert (usa.arm, usa.authority) == ("https://management.usgovcloudapi.net", "login.microsoftonline.us")
    assert (china.arm, china.authority) == ("https://management.chinacloudapi.cn", "login.chinacloudapi.cn")
    assert usa.scope == "https://management.core.usgovcloudapi.net/.default"


async def test_an_answer_whose_framing_breaks_does_not_last_for_ever(
    certificates: tls.Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = asyncio.Event()

    async def broken(request: web.Request) -> web.StreamResponse:
        answer = await stream(request, b'{"value":[')
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.write(b"zz\r\nno chunk\r\n")  # type: ignore[attr-defined]
        await hold.wait()
        return answer

    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response({"id": CLUSTER})
        await arm.cluster(CLUSTER)  # imports what is bounded
        monkeypatch.setattr("tui.client.arm_pipeline.LONGEST", 0.3)
        api.handle = broken
        found = await arm.workspaces("s")
        hold.set()
    assert isinstance(found, Problem)
    assert (found.what, found.code) == ("no answer in time", "Timeout")
