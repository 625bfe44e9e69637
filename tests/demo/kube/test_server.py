"""Who may ask, what goes wrong on purpose, documents, and paths that lead nowhere."""

from __future__ import annotations

import ssl
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.demo.kube import town
from tests.demo.kube.town import Client, NoFaults, Town
from tui.demo import tls
from tui.demo.kube.identities import VIEWER

PODS = "/api/v1/namespaces/azureml/pods"
Served = tuple[Town, Client]


@pytest.mark.parametrize(
    ("header", "path", "code"),
    [
        (None, PODS, 403),
        (None, "/api", 403),
        (None, "/version", 200),
        (None, "/readyz", 200),
        ("Bearer wrong", "/version", 401),
        ("Bearer wrong", PODS, 401),
        ("Basic YTpi", PODS, 403),
        ("bearer admin-token", PODS, 200),
    ],
)
async def test_who_asks(served: Served, header: str | None, path: str, code: int) -> None:
    headers = {"Authorization": header} if header else {}
    async with aiohttp.ClientSession() as session, session.get(served[1].url + path, headers=headers) as response:
        assert response.status == code
        if code == 401:
            body = await response.json()
            assert (body["kind"], body["reason"], body["message"]) == ("Status", "Unauthorized", "Unauthorized")
        if code == 403:
            assert 'User "system:anonymous" cannot' in (await response.json())["message"]


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "/api/v1/namespaces/azureml/secrets", 'secrets is forbidden: User "arcdeck-demo-viewer" cannot list '
         'resource "secrets" in API group "" in the namespace "azureml"'),
        ("DELETE", f"{PODS}/gateway-1", 'pods "gateway-1" is forbidden: User "arcdeck-demo-viewer" cannot delete '
         'resource "pods" in API group "" in the namespace "azureml"'),
        ("PATCH", "/apis/amlarc.azureml.com/v1alpha1/instancetypes/small",
         'instancetypes.amlarc.azureml.com "small" is forbidden: User "arcdeck-demo-viewer" cannot patch resource '
         '"instancetypes" in API group "amlarc.azureml.com" at the cluster scope'),
        ("GET", "/metrics", 'forbidden: User "arcdeck-demo-viewer" cannot get path "/metrics"'),
    ],
)  # fmt: skip
async def test_the_viewer_is_refused(method: str, path: str, message: str) -> None:
    async with town.open_town("viewer-token") as (_made, client):
        status, body = await client.ask(method, path)
        assert (status, body["reason"], body["message"]) == (403, "Forbidden", message)


async def test_the_viewer_looks() -> None:
    async with town.open_town("viewer-token") as (_made, client):
        for path in (PODS, "/api/v1/nodes", "/apis/amlarc.azureml.com/v1alpha1/instancetypes", f"{PODS}/gateway-1/log"):
            assert (await client.ask("GET", path))[0] == 200


async def test_a_client_certificate_is_a_user(tmp_path: Path) -> None:
    made = Town()
    made.fill()
    certificates = tls.issue(tmp_path)
    mine = tls.client_certificate(certificates, tmp_path, VIEWER.user)
    runner = web.AppRunner(made.server.application(), shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server_context(certificates)).start()
    context = ssl.create_default_context(cafile=str(certificates.ca_path))
    context.load_cert_chain(mine.cert_path, mine.key_path)
    url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            async with session.get(url + PODS) as response:
                assert response.status == 200
            async with session.get(url + "/api/v1/secrets") as response:
                assert 'User "arcdeck-demo-viewer" cannot list' in (await response.json())["message"]
    finally:
        await runner.cleanup()


def review(kind: str, **spec: Any) -> tuple[str, dict[str, Any]]:
    group = "authentication.k8s.io" if kind == "SelfSubjectReview" else "authorization.k8s.io"
    body = {"apiVersion": f"{group}/v1", "kind": kind, **({"spec": spec} if spec else {})}
    return f"/apis/{group}/v1/{kind.lower()}s", body


@pytest.mark.parametrize(
    ("spec", "allowed"),
    [
        ({"resourceAttributes": {"verb": "list", "resource": "pods", "namespace": "azureml"}}, True),
        ({"resourceAttributes": {"verb": "get", "resource": "pods", "subresource": "log"}}, True),
        ({"resourceAttributes": {"verb": "delete", "resource": "pods", "namespace": "azureml"}}, False),
        ({"resourceAttributes": {"verb": "get", "resource": "secrets"}}, False),
        ({"resourceAttributes": {"verb": "list", "resource": "jobs", "group": "batch.volcano.sh"}}, True),
        ({"resourceAttributes": {"verb": "*", "resource": "*", "group": "*"}}, False),
        ({"nonResourceAttributes": {"verb": "get", "path": "/version"}}, True),
        ({"nonResourceAttributes": {"verb": "get", "path": "/metrics"}}, False),
        ({"nonResourceAttributes": {"verb": "put", "path": "/version"}}, False),
    ],
)
async def test_may_i(spec: dict[str, Any], allowed: bool) -> None:
    async with town.open_town("viewer-token") as (_made, client):
        status, body = await client.ask("POST", *review("SelfSubjectAccessReview", **spec))
        assert (status, body["kind"], body["status"]) == (201, "SelfSubjectAccessReview", {"allowed": allowed})


async def test_what_may_i_and_who_am_i() -> None:
    async with town.open_town("viewer-token") as (_made, client):
        body = (await client.ask("POST", *review("SelfSubjectRulesReview", namespace="azureml")))[1]
        rules = body["status"]["resourceRules"]
        assert {
            "verbs": ["get", "list", "watch"],
            "apiGroups": [""],
            "resources": ["nodes", "persistentvolumes"],
        } in rules
        assert (body["status"]["incomplete"], body["status"]["nonResourceRules"][0]["verbs"]) == (False, ["get"])
        body = (await client.ask("POST", *review("SelfSubjectReview")))[1]
        assert body["status"]["userInfo"] == {
            "username": VIEWER.user, "uid": VIEWER.user, "groups": ["system:authenticated"],
        }  # fmt: skip
        assert (await client.ask("POST", *review("SelfSubjectRulesReview", namespace="")))[0] == 400
        assert (await client.ask("POST", *review("SelfSubjectAccessReview", x=1)))[0] == 422
        assert (await client.ask("GET", review("SelfSubjectReview")[0]))[0] == 403


@pytest.mark.parametrize(
    ("fault", "code", "reason", "after"),
    [
        ("throttle", 429, "TooManyRequests", "1"),
        ("error-500", 500, "InternalError", None),
        ("error-503", 503, "ServiceUnavailable", None),
        ("expired-token", 401, "Unauthorized", None),
        ("kube-denied", 403, "Forbidden", None),
    ],
)
async def test_faults_that_refuse(fault: str, code: int, reason: str, after: str | None) -> None:
    async with town.open_town(faults=NoFaults(fault)) as (_made, client), client.stream("GET", PODS) as response:
        body = await response.json()
        assert (response.status, body["reason"], response.headers.get("Retry-After")) == (code, reason, after)
        if fault == "kube-denied":
            assert body["message"].startswith('pods is forbidden: User "arcdeck-demo-admin" cannot list')


async def test_answers_can_be_late() -> None:
    async with town.open_town(faults=NoFaults(delay=0.1)) as (_made, client):
        began = time.monotonic()
        await client.get("/version")
        assert time.monotonic() - began >= 0.1


@pytest.mark.parametrize(
    ("method", "path", "code", "reason"),
    [
        ("GET", "/apis/apps/v9", 404, "NotFound"),
        ("GET", "/api/v1/things", 404, "NotFound"),
        ("GET", f"{PODS}/gateway-1/nothing", 404, "NotFound"),
        ("PUT", "/api/v1/pods", 405, "MethodNotAllowed"),
        ("POST", "/version", 405, "MethodNotAllowed"),
        ("PATCH", f"{PODS}/gateway-1/log", 405, "MethodNotAllowed"),
        ("GET", "/api/v1/pods/gateway-1", 404, "NotFound"),
        ("DELETE", "/api/v1/pods", 405, "MethodNotAllowed"),
        ("POST", "/api/v1/pods", 405, "MethodNotAllowed"),
        ("PATCH", "/apis/amlarc.azureml.com/v1alpha1/instancetypes", 400, "BadRequest"),
        ("GET", "/apis/amlarc.azureml.com/v1alpha1/instancetypes/small/scale", 404, "NotFound"),
    ],
)
async def test_paths_that_lead_nowhere(served: Served, method: str, path: str, code: int, reason: str) -> None:
    status, body = await served[1].ask(method, path)
    assert (status, body["kind"], body["reason"], body["code"]) == (code, "Status", reason, code)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("POST", "/nowhere"),
        ("GET", "/livez/none"),
        ("GET", "/apis/none.io"),
        ("GET", "/apis/none.io/v1/things"),
        ("GET", "/apis/amlarc.azureml.com/v1alpha1/things"),
        ("POST", "/apis/amlarc.azureml.com/v1alpha1/namespaces/azureml/instancetypes"),
        ("GET", "/openapi/v3/apis/none/v1"),
        ("GET", "/openapi/v4"),
    ],
)
async def test_where_there_is_no_api_the_answer_is_plain(served: Served, method: str, path: str) -> None:
    assert await served[1].ask(method, path) == (404, "404 page not found\n")


async def test_a_head_is_no_request_of_the_api(served: Served) -> None:
    for path in (PODS, "/api/v1"):
        async with served[1].stream("HEAD", path) as answer:
            assert answer.status == 405


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz", "/readyz/ping"])
async def test_health(served: Served, path: str) -> None:
    assert await served[1].ask("GET", path) == (200, "ok")


async def test_an_error_of_ours_is_a_status_too(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served[0].objects, "keys", lambda *_: 1 / 0)
    status, body = await served[1].ask("GET", PODS)
    assert (status, body["kind"], body["reason"]) == (500, "Status", "InternalError")
