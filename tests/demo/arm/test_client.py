"""arcdeck's own ARM client on the simulated ARM: they know each other over HTTPS only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from tests.demo.arm.cloud import AKS, ARC, EXT, GROUP, RELAY, SUB, TOKEN, WORKSPACE, Cloud, extension
from tui.client.arm import ArmClient
from tui.core import operation
from tui.core.errors import Problem
from tui.core.operation import Answer
from tui.demo.arm.outcomes import EXTENSION
from tui.domain import cluster, compute
from tui.domain import extension as extensions
from tui.settings import Demo, Settings


def settings(cloud: Cloud, token: str = TOKEN, ca: str = "") -> Settings:
    return Settings(demo=Demo("", cloud.address, ca or str(cloud.ca), token, ARC))


@pytest.fixture
async def client(cloud: Cloud) -> AsyncIterator[ArmClient]:
    made = ArmClient(settings(cloud), tick=lambda: 0.0)
    yield made
    await made.close()


def good(found: Any) -> Any:
    assert not isinstance(found, Problem), found
    return found


def problem(found: Any) -> Problem:
    assert isinstance(found, Problem), found
    return found


def names(found: Sequence[dict[str, Any]] | Problem) -> list[str]:
    return [item["name"] for item in good(found)]


async def test_clusters_of_both_sorts(client: ArmClient) -> None:
    arc = cluster.decode(good(await client.cluster(ARC)))
    assert (arc.connected, arc.connectivity, arc.distribution, arc.kubernetes_version) == (
        True,
        "Connected",
        "aks",
        "1.27.3",
    )
    assert cluster.decode(good(await client.cluster(AKS))).connected is False
    assert problem(await client.cluster(ARC + "x")).code == "ResourceNotFound"


async def test_pages_are_joined(client: ArmClient) -> None:
    assert names(await client.workspaces(SUB)) == ["speech", "text", "vision"]
    assert names(await client.computes(WORKSPACE)) == ["box", "edge", "pool"]
    assert good(await client.workspace(WORKSPACE))["name"] == "vision"


async def test_relays_providers_and_finding(client: ArmClient) -> None:
    assert names(await client.relays(SUB, "ml-edge")) == ["edge01relay"]
    assert good(await client.provider(SUB, "Microsoft.KubernetesConfiguration"))["registrationState"] == "Registered"
    found = good(await client.find(SUB, "Microsoft.Relay/namespaces"))
    assert [(item["id"], item["location"]) for item in found] == [(RELAY, "East US")]
    assert names(await client.find(SUB, "Microsoft.MachineLearningServices/workspaces")) == ["speech", "text", "vision"]


async def test_the_extension_in_its_newest_body(cloud: Cloud, client: ArmClient) -> None:
    assert good(await client.extensions(ARC)) == []
    assert problem(await client.extension(EXT)).code == "ExtensionNotFound"
    cloud.state.put(extension())
    assert names(await client.extensions(ARC)) == ["amlarc-compute"]
    row = extensions.decode(good(await client.extension(EXT)))
    assert (row.state, row.current, row.install_state, row.is_azureml) == ("Installed", "1.1.39", "", True)


@pytest.mark.parametrize("known", ["2022-11-01", "2022-03-01", "2021-09-01", "2020-07-01-preview"])
async def test_an_older_cloud_is_understood(cloud: Cloud, client: ArmClient, known: str) -> None:
    cloud.state.versions[EXTENSION] = (known,)
    cloud.state.put(extension("Creating"))
    row = extensions.decode(good(await client.extension(EXT)))
    assert (row.state, row.shown_version, row.train) == ("Pending", "1.1.39", "Stable")
    asked = len(cloud.faults.paths)
    assert names(await client.extensions(ARC)) == ["amlarc-compute"]
    assert len(cloud.faults.paths) == asked + 1  # it remembers what the service takes


async def test_a_cloud_of_no_known_version(cloud: Cloud, client: ArmClient) -> None:
    cloud.state.versions[EXTENSION] = ("2018-01-01",)
    assert problem(await client.extensions(ARC)).code == "NoRegisteredProviderFound"


async def test_throttling_is_noted(cloud: Cloud, client: ArmClient) -> None:
    good(await client.cluster(ARC))
    assert client.remaining == 11_999
    cloud.faults.name = "throttle"
    for found in (await client.cluster(ARC), await client.extensions(ARC)):
        assert (problem(found).status, problem(found).code) == (429, "SubscriptionRequestsThrottled")
    assert client.delay() == 5.0


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        ("error-500", [500, 503, 502, 500]),
        ("arm-down", [503] * 4),
        ("expired-token", [401] * 4),
        ("arm-denied", [403] * 4),
    ],
)
async def test_trouble_is_a_problem_that_names_the_host(
    cloud: Cloud, client: ArmClient, fault: str, statuses: list[int]
) -> None:
    cloud.faults.name = fault
    asked = [client.cluster(ARC), client.extensions(ARC), client.extension(EXT), client.workspaces(SUB)]
    found = [problem(await one) for one in asked]
    assert [one.status for one in found] == statuses
    assert {one.where for one in found} == {cloud.address.removeprefix("https://")}
    cloud.faults.name = ""
    good(await client.extensions(ARC))


async def test_a_link_to_another_host_is_not_followed(cloud: Cloud, client: ArmClient) -> None:
    cloud.moved.append("https://elsewhere.example")
    found = problem(await client.workspaces(SUB))
    assert (found.code, found.where) == ("OtherHost", "elsewhere.example:443")


async def test_a_wrong_token(cloud: Cloud) -> None:
    client = ArmClient(settings(cloud, token="wrong"))
    for found in (await client.cluster(ARC), await client.extensions(ARC)):
        assert (problem(found).status, problem(found).code) == (401, "InvalidAuthenticationToken")
    await client.close()


async def test_a_ca_that_did_not_sign_it(cloud: Cloud, tmp_path: Any) -> None:
    from tui.demo import tls

    client = ArmClient(settings(cloud, ca=str(tls.issue(tmp_path).ca_path)))
    found = problem(await client.cluster(ARC))
    assert found.where == cloud.address.removeprefix("https://")
    assert "CERTIFICATE_VERIFY_FAILED" in found.what or "certificate" in found.what
    await client.close()


async def test_nobody_listens(cloud: Cloud) -> None:
    client = ArmClient(Settings(demo=Demo("", "https://127.0.0.1:1", str(cloud.ca), TOKEN, ARC)))
    found = problem(await client.cluster(ARC))
    assert (found.where, found.code) == ("127.0.0.1:1", "Connect")
    await client.close()


async def followed(cloud: Cloud, client: ArmClient, begun: operation.Operation) -> list[str]:
    """The states an operation goes through, the clock turned to its next look each time."""
    seen = [begun.status]
    while not begun.done:
        cloud.clock.now = max(cloud.clock.now, begun.next_at)
        answer = good(await client.operation(begun.url))
        begun = operation.step(begun, answer, cloud.clock.now)
        seen.append(begun.status)
        assert len(seen) < 100
    assert begun.succeeded, begun
    return list(dict.fromkeys(seen))


async def begun(
    cloud: Cloud, method: str, path: str, version: str, body: Any = None, **query: str
) -> operation.Operation:
    status, answer, response = await cloud.ask(method, path, version, body, **query)
    headers = {name.lower(): value for name, value in response.headers.items()}
    url = f"{cloud.address}{path}?api-version={version}"
    return operation.begin(method, url, Answer(status, headers, answer), cloud.clock.now)


async def test_operations_are_followed_to_their_end(cloud: Cloud, client: ArmClient) -> None:
    body = {"properties": {"extensionType": "microsoft.azureml.kubernetes"}}
    install = await begun(cloud, "PUT", EXT, "2023-05-01", body)
    assert install.url.startswith(cloud.address)
    assert await followed(cloud, client, install) == ["InProgress", "Creating", "Succeeded"]
    attach = {"properties": {"computeType": "Kubernetes", "resourceId": ARC}}
    begun_attach = await begun(cloud, "PUT", f"{WORKSPACE}/computes/new", "2023-10-01", attach)
    assert await followed(cloud, client, begun_attach) == ["InProgress", "Succeeded"]
    assert compute.decode(good(await client.computes(WORKSPACE))[2]).health.name == "GOOD"
    removal = await begun(cloud, "DELETE", EXT, "2023-05-01")
    assert await followed(cloud, client, removal) == ["InProgress", "Deleting", "Succeeded"]


async def test_the_first_era_is_followed_at_the_resource(cloud: Cloud, client: ArmClient) -> None:
    body = {"properties": {"extensionType": "microsoft.azureml.kubernetes"}}
    install = await begun(cloud, "PUT", EXT, "2020-07-01-preview", body)
    assert await followed(cloud, client, install) == ["Pending", "Succeeded"]


async def test_a_group_is_named_in_any_case(client: ArmClient) -> None:
    assert good(await client.get(GROUP.lower(), "2021-04-01"))["name"] == "ml-Edge"
