"""The stock azure-mgmt-kubernetesconfiguration client works on the simulated ARM, in every version it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)  # fmt: skip
from azure.mgmt.kubernetesconfiguration import SourceControlConfigurationClient as SyncClient
from azure.mgmt.kubernetesconfiguration.aio import SourceControlConfigurationClient

from tests.demo.arm.cloud import AZUREML, EXT, SUB, TOKEN, Cloud, extension
from tui.demo.arm import progress
from tui.demo.arm.catalogue import EXTENSIONS
from tui.demo.arm.operations import Event

CLUSTER = ("ml-Edge", "Microsoft.Kubernetes", "connectedClusters", "edge-01")
NAME = (*CLUSTER, "amlarc-compute")
FIRST = "2020-07-01-preview"
NO_PATCH = "2021-05-01-preview"
BODY = {
    "properties": {"extensionType": AZUREML, "configurationProtectedSettings": {"a": "secret"}},
    "identity": {"type": "SystemAssigned"},
}


class Token:
    """A credential of both sorts."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken(self.token, 4_000_000_000)


class AsyncToken(Token):
    async def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:  # type: ignore[override]
        return AccessToken(self.token, 4_000_000_000)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client honours Retry-After in real seconds: let it keep to its own interval, which tests make short."""
    monkeypatch.setattr(progress, "RETRY_AFTER", 0)


@asynccontextmanager
async def sdk(cloud: Cloud, version: str | None = None, **more: Any) -> AsyncIterator[Any]:
    client = SourceControlConfigurationClient(
        more.pop("credential", AsyncToken()), SUB, version, cloud.address, connection_verify=str(cloud.ca),
        polling_interval=0.001, retry_total=0, **more,
    )  # fmt: skip
    async with client:
        yield client


@pytest.mark.parametrize("version", EXTENSIONS)
async def test_every_version_of_the_client(cloud: Cloud, version: str) -> None:
    cloud.clock.step = 5.0  # time passes while it polls
    state = "install_state" if version == FIRST else "provisioning_state"
    good = "Installed" if version == FIRST else "Succeeded"
    async with sdk(cloud, version) as client:
        ops = client.extensions
        assert [e async for e in ops.list(*CLUSTER)] == []
        made = (
            await (await ops.begin_create(*NAME, BODY)).result() if version != FIRST else await ops.create(*NAME, BODY)
        )
        if version == FIRST:
            cloud.clock.now += 100
            made = await ops.get(*NAME)
        assert (made.name, made.extension_type, getattr(made, state)) == ("amlarc-compute", AZUREML, good)
        assert made.configuration_protected_settings == {}
        listed = [e async for e in ops.list(*CLUSTER)]
        assert [e.id for e in listed] == [EXT]
        if version == FIRST:
            assert (await ops.update(*NAME, {"properties": {"releaseTrain": "preview"}})).release_train == "preview"
            await ops.delete(*NAME)
        else:
            if version != NO_PATCH:
                patch = {"properties": {"configurationSettings": {"enableTraining": "True"}}}
                changed = await (await ops.begin_update(*NAME, patch)).result()
                assert changed.configuration_settings == {"enableTraining": "True"}
                assert changed.provisioning_state == "Succeeded"
            await (await ops.begin_delete(*NAME)).result()
        with pytest.raises(ResourceNotFoundError) as caught:
            await ops.get(*NAME)
    assert caught.value.error.code == "ExtensionNotFound"


async def test_the_exception_of_a_failed_create_carries_the_error(cloud: Cloud) -> None:
    polled = asyncio.Event()

    def play(event: Event) -> None:
        async def fail() -> None:
            await polled.wait()
            error = {"code": "ExtensionOperationFailed", "message": "Helm installation failed : timed out waiting"}
            cloud.state.finish(event.operation_id, "Failed", error)

        tasks.append(asyncio.ensure_future(fail()))

    tasks: list[asyncio.Future[None]] = []
    cloud.state.subscribe(play)
    async with sdk(cloud) as client:
        poller = await client.extensions.begin_create(*NAME, BODY)
        assert poller.status() == "InProgress"
        polled.set()
        with pytest.raises(HttpResponseError) as caught:
            await poller.result()
        assert caught.value.error.code == "ExtensionOperationFailed"
        assert "timed out waiting" in caught.value.message
        shown = await client.extensions.get(*NAME)
    await asyncio.gather(*tasks)
    assert (shown.provisioning_state, shown.error_info.code) == ("Failed", "ExtensionOperationFailed")


async def test_the_status_of_an_operation(cloud: Cloud) -> None:
    async with sdk(cloud) as client:
        await client.extensions.begin_create(*NAME, BODY, polling=False)
        listed = [o async for o in client.operation_status.list(*CLUSTER)]
        assert [o.status for o in listed] == ["Creating"]
        one = await client.operation_status.get(*NAME, listed[0].name)
        assert (one.id, one.status) == (listed[0].id, "Creating")


async def test_a_forced_delete(cloud: Cloud) -> None:
    cloud.state.put(extension())
    async with sdk(cloud) as client:
        await (await client.extensions.begin_delete(*NAME, force_delete=True)).result()
        assert [e async for e in client.extensions.list(*CLUSTER)] == []


async def test_refusals_are_the_exceptions_the_client_has_for_them(cloud: Cloud) -> None:
    async with sdk(cloud) as client:
        await client.extensions.begin_create(*NAME, BODY, polling=False)
        with pytest.raises(ResourceExistsError) as busy:  # its name for any 409
            await client.extensions.begin_create(*NAME, BODY, polling=False)
        assert busy.value.error.code == "Conflict"
    async with sdk(cloud, credential=AsyncToken("other")) as client:
        with pytest.raises(ClientAuthenticationError) as unauthorized:
            await client.extensions.get(*NAME)
        assert unauthorized.value.status_code == 401


async def test_it_registers_a_provider_by_itself(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's own policy: 409, register, ask until registered, try again. It waits ten seconds between looks."""
    from azure.mgmt.core.policies import _base_async

    class Hurried:
        @staticmethod
        async def sleep(seconds: float) -> None:
            cloud.clock.now += seconds

    monkeypatch.setattr(_base_async, "asyncio", Hurried)
    cloud.state.register(SUB, "Microsoft.KubernetesConfiguration", "NotRegistered")
    async with sdk(cloud) as client:
        await client.extensions.begin_create(*NAME, BODY, polling=False)
    assert cloud.state.registration(SUB, "Microsoft.KubernetesConfiguration") == "Registered"


async def test_the_blocking_client_too(cloud: Cloud) -> None:
    cloud.clock.step = 5.0

    def install() -> Any:
        with SyncClient(
            Token(), SUB, base_url=cloud.address, connection_verify=str(cloud.ca), polling_interval=0.001, retry_total=0
        ) as client:
            made = client.extensions.begin_create(*NAME, BODY).result()
            return made, [e.name for e in client.extensions.list(*CLUSTER)]

    made, listed = await asyncio.to_thread(install)
    assert (made.provisioning_state, made.current_version, listed) == ("Succeeded", "1.1.39", ["amlarc-compute"])
