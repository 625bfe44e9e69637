"""What every request meets: the token, api-versions, faults, allowances, headers."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from tests.demo.arm.cloud import ARC, BASE, EXT, GROUP, SUB, TOKEN, Clock, Cloud, running
from tui.demo import tls
from tui.demo.arm.quota import Quota

ARC_VERSION = "2024-01-01"


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "AuthenticationFailed"),
        ("Bearer wrong", "InvalidAuthenticationToken"),
        ("Bearer", "InvalidAuthenticationToken"),
        (f"Basic {TOKEN}", "InvalidAuthenticationToken"),
        (f"Bearer {TOKEN}é", "InvalidAuthenticationToken"),
    ],
)
async def test_a_wrong_token_gets_a_challenge(cloud: Cloud, authorization: str, code: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    async with cloud.session.get(cloud.address + ARC, headers=headers) as response:
        body = await response.json()
    assert (response.status, body["error"]["code"]) == (401, code)
    assert response.headers["WWW-Authenticate"].startswith("Bearer authorization_uri=")
    assert "x-ms-request-id" in response.headers


async def test_the_scheme_of_the_token_is_in_any_case(cloud: Cloud) -> None:
    status, _body, _response = await cloud.ask("GET", ARC, ARC_VERSION, headers={"Authorization": f"bearer {TOKEN}"})
    assert status == 200


async def test_only_its_own_ca_vouches_for_it(cloud: Cloud) -> None:
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        await cloud.session.get(cloud.address, ssl=ssl.create_default_context())


@pytest.mark.parametrize(
    ("path", "version", "status", "code", "said"),
    [
        (ARC, "", 400, "MissingApiVersionParameter", "is required for all requests"),
        (ARC, "latest", 400, "InvalidApiVersionParameter", "'latest' is invalid"),
        (ARC, "2019-01-01", 400, "NoRegisteredProviderFound", "The supported api-versions are '2024-01-01, "),
        (EXT, "2019-01-01", 400, "NoRegisteredProviderFound", "2020-07-01-preview"),
        (f"/subscriptions/{SUB}/resources", "2010-01-01", 400, "InvalidApiVersionParameter", "supported versions"),
        ("/subscriptions/nobody/resources", BASE, 404, "SubscriptionNotFound", "'nobody'"),
        (GROUP + "x/resources", BASE, 404, "ResourceGroupNotFound", "'ml-Edgex'"),
        (GROUP + "x/providers/Microsoft.Relay/namespaces", "2021-11-01", 404, "ResourceGroupNotFound", "'ml-Edgex'"),
        (f"{GROUP}/providers/Microsoft.Nothing/things", BASE, 404, "InvalidResourceNamespace", "Microsoft.Nothing"),
        (f"{GROUP}/providers/Microsoft.Relay/things/x", BASE, 404, "InvalidResourceType", "'things'"),
        (f"{GROUP}/providers/Microsoft.Relay/namespaces/no", "2021-11-01", 404, "ResourceNotFound", "namespaces/no'"),
        (ARC + "x", ARC_VERSION, 404, "ResourceNotFound", "'Microsoft.Kubernetes/connectedClusters/edge-01x' under"),
        (
            GROUP + "/providers/Microsoft.KubernetesConfiguration/extensions",
            "2023-05-01",
            404,
            "InvalidResourceType",
            "",
        ),
        (f"/subscriptions/{SUB}/providers/Microsoft.Relay", "2021-04-02", 400, "InvalidApiVersionParameter", "invalid"),
    ],
)
async def test_what_is_not_there_is_refused_in_its_own_words(
    cloud: Cloud, path: str, version: str, status: int, code: str, said: str
) -> None:
    found = await cloud.refused("GET", path, version)
    assert found[:2] == (status, code)
    assert said in found[2]


async def test_a_path_answers_in_any_case(cloud: Cloud) -> None:
    body = await cloud.get(ARC.upper(), "2024-01-01")
    assert body["id"] == ARC
    status, _body, _response = await cloud.ask("GET", ARC, **{"Api-Version": "2023-11-01-PREVIEW"})
    assert status == 200


async def test_a_method_that_is_not_taken(cloud: Cloud) -> None:
    assert (await cloud.refused("DELETE", ARC, ARC_VERSION))[:2] == (405, "MethodNotAllowed")
    assert (await cloud.refused("PUT", GROUP, BASE, {}))[:2] == (405, "MethodNotAllowed")


async def test_a_body_that_is_no_json(cloud: Cloud) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with cloud.session.put(
        f"{cloud.address}{EXT}?api-version=2023-05-01", data=b"{", headers=headers
    ) as response:
        body = await response.json()
    assert (response.status, body["error"]["code"]) == (400, "InvalidRequestContent")


async def test_every_answer_has_ids_and_repeats_the_clients(cloud: Cloud) -> None:
    sent = {
        "x-ms-correlation-request-id": "c-1",
        "x-ms-client-request-id": "r-1",
        "x-ms-return-client-request-id": "true",
    }
    _status, _body, first = await cloud.ask("GET", ARC, ARC_VERSION, headers=sent)
    _status, _body, second = await cloud.ask("GET", ARC, ARC_VERSION)
    assert first.headers["x-ms-correlation-request-id"] == "c-1"
    assert first.headers["x-ms-client-request-id"] == "r-1"
    assert "x-ms-client-request-id" not in second.headers
    assert first.headers["x-ms-request-id"] != second.headers["x-ms-request-id"]
    assert second.headers["x-ms-correlation-request-id"] == second.headers["x-ms-request-id"]


async def test_allowances_count_down_apart_and_refill_with_the_clock(cloud: Cloud) -> None:
    name = "x-ms-ratelimit-remaining-subscription-"
    first = (await cloud.ask("GET", ARC, ARC_VERSION))[2].headers
    second = (await cloud.ask("GET", ARC, ARC_VERSION))[2].headers
    assert int(first[name + "reads"]) - int(second[name + "reads"]) == 1
    deleted = (await cloud.ask("DELETE", EXT, "2023-05-01"))[2].headers
    assert (name + "deletes" in deleted, name + "reads" in deleted) == (True, False)
    cloud.clock.now += 3600
    later = (await cloud.ask("GET", ARC, ARC_VERSION))[2].headers
    assert int(later[name + "reads"]) > int(second[name + "reads"])


async def test_no_allowance_left_is_429_until_the_clock_gives_one_back(certificates: tls.Certificates) -> None:
    def two_an_hour(clock: Clock) -> Quota:
        return Quota(clock, {"reads": 2, "writes": 2, "deletes": 2})

    async with running(certificates, two_an_hour) as cloud:
        for _ in range(2):
            await cloud.get(ARC, ARC_VERSION)
        status, body, response = await cloud.ask("GET", ARC, ARC_VERSION)
        assert (status, body["error"]["code"]) == (429, "SubscriptionRequestsThrottled")
        cloud.clock.now += int(response.headers["Retry-After"])
        await cloud.get(ARC, ARC_VERSION)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("throttle", 429, "SubscriptionRequestsThrottled"),
        ("error-500", 500, "InternalServerError"),
        ("arm-down", 503, "ServiceUnavailable"),
        ("expired-token", 401, "ExpiredAuthenticationToken"),
        ("arm-denied", 403, "AuthorizationFailed"),
    ],
)
async def test_a_fault_strikes_before_anything_is_done(cloud: Cloud, fault: str, status: int, code: str) -> None:
    cloud.state.put({"id": EXT, "properties": {}})
    cloud.faults.name = fault
    found = await cloud.refused("DELETE", EXT, "2023-05-01")
    assert found[:2] == (status, code)
    cloud.faults.name = "gone-410"  # one of the other API's
    assert (await cloud.get(EXT))["id"] == EXT


async def test_throttling_says_how_long_and_denial_says_what(cloud: Cloud) -> None:
    cloud.faults.name = "throttle"
    _status, _body, response = await cloud.ask("GET", ARC, ARC_VERSION)
    assert int(response.headers["Retry-After"]) > 0
    cloud.faults.name = "arm-denied"
    _status, _code, message = await cloud.refused("PUT", EXT, "2023-05-01", {})
    assert f"action 'Microsoft.KubernetesConfiguration/extensions/write' over scope '{EXT}'" in message


async def test_server_errors_take_turns(cloud: Cloud) -> None:
    cloud.faults.name = "error-500"
    assert [(await cloud.ask("GET", ARC, ARC_VERSION))[0] for _ in range(4)] == [500, 503, 502, 500]


async def test_latency_holds_back_the_answer(cloud: Cloud) -> None:
    cloud.faults.delay = 30.0
    asked = asyncio.ensure_future(cloud.ask("GET", ARC, ARC_VERSION))
    done, _pending = await asyncio.wait({asked}, timeout=0.2)
    assert not done
    assert cloud.faults.paths == []
    asked.cancel()
    await asyncio.wait({asked})


async def test_a_write_that_is_refused_is_not_done_and_one_whose_answer_is_lost_is(cloud: Cloud) -> None:
    relay = f"{GROUP}/providers/Microsoft.Relay/namespaces/newrelay"
    content = {"location": "eastus"}
    for fault, statuses, done in (
        ("throttle-writes", {429}, False),
        ("write-500", {500, 502, 503}, False),
        ("write-lost", {500, 502, 503}, True),
    ):
        cloud.faults.name, cloud.faults.only = fault, ("PUT",)
        status, _body, response = await cloud.ask("PUT", relay, "2021-11-01", content)
        assert status in statuses
        assert ("Retry-After" in response.headers) is (fault == "throttle-writes")
        assert (cloud.state.get(relay) is not None) is done
        assert cloud.faults.paths[-1] == relay


async def test_an_answer_is_not_lost_when_there_was_a_refusal(cloud: Cloud) -> None:
    cloud.faults.name = "write-lost"
    status, code, _message = await cloud.refused("PUT", ARC + "x", ARC_VERSION, {})
    assert (status, code) == (405, "MethodNotAllowed")


async def test_an_operation_that_is_forgotten(cloud: Cloud) -> None:
    body = {"properties": {"extensionType": "microsoft.flux"}}
    response = (await cloud.ask("PUT", EXT, "2023-05-01", body))[2]
    cloud.faults.name = "lost-operation"
    assert (await cloud.refused("GET", response.headers["azure-asyncoperation"], ""))[1] == "ResourceNotFound"
