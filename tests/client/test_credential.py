"""Signing in to Azure: the az CLI through a stand-in on PATH, the device code in a thread, and failures in one line."""

from __future__ import annotations

import asyncio
import datetime
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import azure.identity
import pytest
from aiohttp import web
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CredentialUnavailableError
from azure.identity.aio import ChainedTokenCredential

from tests.client.api import running, until
from tests.client.arm import CLUSTER
from tui.client import clouds, credential
from tui.client.arm import ArmClient
from tui.client.clouds import Cloud
from tui.client.credential import SignedOut, SignIn, make, problem_of
from tui.client.device import Asked, DeviceCode, in_daemon
from tui.core.errors import Problem
from tui.demo import tls
from tui.settings import Demo, Settings

SCOPE = "https://management.azure.com/.default"
GOOD = json.dumps({"accessToken": "from-az", "expires_on": int(time.time()) + 3600, "tokenType": "Bearer"})


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts an `az` with this body on PATH; gives the file that counts its runs."""

    def put(body: str) -> Path:
        script, count = tmp_path / "az", tmp_path / "runs"
        script.write_text(f'#!/bin/sh\necho "$@" >> {count}\n{body}\n')
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return count

    return put


@pytest.fixture
def here(certificates: tls.Certificates, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes AzureCloud the endpoint at a URL."""

    def move(url: str) -> None:
        monkeypatch.setitem(clouds.CLOUDS, "AzureCloud", Cloud(url, "login.microsoftonline.com", SCOPE))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.ca_path))

    return move


async def test_the_az_cli_s_token_is_sent_and_asked_for_once(
    az: Callable[[str], Path], here: Callable[[str], None], certificates: tls.Certificates
) -> None:
    runs = az(f"cat <<'END'\n{GOOD}\nEND")
    async with running(tls.server_context(certificates)) as api:
        api.handle = lambda request: web.json_response({"token": request.headers["Authorization"]})
        here(api.url)
        arm = ArmClient(Settings(sign_in="cli", tenant="my.tenant"))
        found = await asyncio.gather(*[arm.cluster(CLUSTER) for _ in range(4)])
        await arm.close()
    assert found == [{"token": "Bearer from-az"}] * 4
    (run,) = runs.read_text().splitlines()
    assert "--tenant my.tenant" in run
    assert "--resource https://management.azure.com" in run


async def test_a_sign_in_that_failed_answers_for_all_until_the_operator_asks_again(
    az: Callable[[str], Path], here: Callable[[str], None]
) -> None:
    runs = az('echo "ERROR: Please run: az login" >&2; exit 1')
    here("https://127.0.0.1:1")
    arm = ArmClient(Settings(sign_in="cli", tenant="t1"))
    found = await asyncio.gather(*[arm.cluster(CLUSTER) for _ in range(5)])
    assert len(runs.read_text().splitlines()) == 1
    assert all(isinstance(each, Problem) and each.code == "SignedOut" for each in found)
    assert str(found[0]).startswith("Azure sign-in: signed out: Please run 'az login'")
    assert isinstance(found[0], Problem)
    assert found[0].next == "run `az login --tenant t1`, or choose another --sign-in"
    assert arm.trouble == found[0]
    arm.sign_in_again()
    await arm.cluster(CLUSTER)
    assert len(runs.read_text().splitlines()) == 2
    await arm.close()


async def test_a_failure_is_forgotten_after_a_while() -> None:
    now, asked = [0.0], []

    class Failing:
        async def get_token(self, *_scopes: str, **_options: Any) -> Any:
            asked.append(1)
            raise ValueError("password=hunter22222\nmore")

        async def close(self) -> None: ...

    sign_in = SignIn(Failing(), Settings(), lambda: now[0])
    for _ in range(3):
        with pytest.raises(SignedOut) as caught:
            await sign_in.get_token(SCOPE)
    assert len(asked) == 1
    assert "hunter22222" not in caught.value.problem.what
    assert caught.value.problem.what.isprintable()
    now[0] = credential.FAILED_FOR
    with pytest.raises(SignedOut):
        await sign_in.get_token(SCOPE)
    assert len(asked) == 2


def test_the_ways_are_tried_in_order_and_the_one_that_asks_comes_last() -> None:
    assert list(credential._ways(Settings(), lambda _asked: None)) == [
        "cli", "environment", "workload", "managed", "device",
    ]  # fmt: skip
    assert "device" not in credential._ways(Settings(), None)
    assert "device" in credential._ways(Settings(sign_in="device"), None)


async def test_auto_makes_all_that_can_be_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    made = make(Settings(), lambda _asked: None)
    assert isinstance(made, SignIn)
    names = [type(each).__name__ for each in made._credential.credentials]
    assert names == ["AzureCliCredential", "EnvironmentCredential", "ManagedIdentityCredential", "DeviceCode"]
    await made.close()
    monkeypatch.setenv("AZURE_TENANT_ID", "t")
    monkeypatch.setenv("AZURE_CLIENT_ID", "c")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", "/f")
    made = make(Settings(), None)
    assert isinstance(made, SignIn)
    names = [type(each).__name__ for each in made._credential.credentials]
    assert "WorkloadIdentityCredential" in names
    assert "DeviceCode" not in names
    await made.close()


async def test_what_cannot_be_made_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    found = make(Settings(sign_in="workload"))
    assert isinstance(found, Problem)
    assert "webhook" in found.next
    found = make(Settings(sign_in="cli", tenant="no good!"))
    assert isinstance(found, Problem)
    assert "signed out" in found.what
    found = make(Settings(sign_in="none"))
    assert isinstance(found, Problem)
    assert found.code == "Off"


async def test_the_demo_has_its_own_token() -> None:
    made = make(Settings(demo=Demo("", "https://127.0.0.1:1", "", "demo-token", "")))
    assert isinstance(made, SignIn)
    assert (await made.get_token(SCOPE)).token == "demo-token"
    await made.close()


class Fails:
    def __init__(self, error: Exception) -> None:
        self._error = error

    async def get_token(self, *_scopes: str, **_options: Any) -> Any:
        raise self._error

    async def close(self) -> None: ...


class AzureCliCredential(Fails):
    """Has the name that the chain reports."""


class ManagedIdentityCredential(Fails):
    """The same."""


async def test_of_a_chain_the_line_that_counts_is_told() -> None:
    chain = ChainedTokenCredential(
        AzureCliCredential(CredentialUnavailableError("Please run 'az login' to set up an account")),
        ManagedIdentityCredential(CredentialUnavailableError("no endpoint")),
    )
    with pytest.raises(ClientAuthenticationError) as caught:
        await chain.get_token(SCOPE)
    found = problem_of(caught.value, Settings())
    assert found.what == "signed out: Please run 'az login' to set up an account"
    assert found.next.startswith("run `az login`")


# -- the device code


class Device:
    """Stands in for azure-identity's blocking credential."""

    waiting: threading.Event
    answer: Any = "token"

    def __init__(self, *, authority: str, prompt_callback: Any, timeout: int, **more: Any) -> None:
        self.made = {"authority": authority, "timeout": timeout, **more}
        self._prompt = prompt_callback
        self.closed = False

    def get_token(self, *_scopes: str, **_options: Any) -> Any:
        until = datetime.datetime.fromtimestamp(2e9, datetime.UTC)
        self._prompt("https://microsoft.com/device\x1b[0mlogin", "ABC\n123", until)
        assert Device.waiting.wait(10)
        if isinstance(Device.answer, Exception):
            raise Device.answer
        return Device.answer

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> type[Device]:
    Device.waiting, Device.answer = threading.Event(), "token"
    monkeypatch.setattr(azure.identity, "DeviceCodeCredential", Device)
    return Device


async def test_a_code_is_shown_while_the_loop_goes_on_and_taken_away_when_it_was_typed(device: type[Device]) -> None:
    asked: list[Asked | None] = []
    threads: list[threading.Thread] = []

    def prompt(each: Asked | None) -> None:
        asked.append(each)
        threads.append(threading.current_thread())

    code = DeviceCode("login.microsoftonline.us", "my-tenant", prompt)
    task = asyncio.create_task(code.get_token(SCOPE))
    await until(lambda: asked)
    assert asked == [Asked("https://microsoft.com/devicelogin", "ABC 123", 2e9)]
    assert not task.done()
    device.waiting.set()
    assert await task == "token"
    assert asked[1:] == [None]
    assert set(threads) == {threading.main_thread()}
    assert code._credential.made == {
        "authority": "login.microsoftonline.us", "timeout": 900, "tenant_id": "my-tenant",
    }  # fmt: skip
    await code.close()
    assert code._credential.closed


async def test_a_code_nobody_typed_is_not_followed_by_another_until_it_is_asked_for(device: type[Device]) -> None:
    asked: list[Asked | None] = []
    sign_in = SignIn(DeviceCode("host", None, asked.append), Settings(sign_in="device"), lambda: 0.0)
    device.answer = ClientAuthenticationError("Timed out waiting for user to authenticate")
    device.waiting.set()
    with pytest.raises(SignedOut, match="Timed out"):
        await sign_in.get_token(SCOPE)
    sign_in._failed = None
    with pytest.raises(SignedOut, match="the code was not used in time") as caught:
        await sign_in.get_token(SCOPE)
    assert caught.value.problem.next == "refresh to get another code"
    assert len([each for each in asked if each]) == 1
    device.answer = "token"
    sign_in.again()
    assert await sign_in.get_token(SCOPE) == "token"
    assert len([each for each in asked if each]) == 2


async def test_leaving_does_not_wait_for_the_code(device: type[Device]) -> None:
    asked: list[Asked | None] = []
    code = DeviceCode("host", None, asked.append)
    task = asyncio.create_task(code.get_token(SCOPE))
    await until(lambda: asked)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asked[-1] is None
    (thread,) = [each for each in threading.enumerate() if each.name == "device-code"]
    assert thread.daemon
    device.waiting.set()
    await until(lambda: not thread.is_alive())


async def test_what_the_thread_raises_comes_out() -> None:
    def work() -> int:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await in_daemon(work)
    assert await in_daemon(lambda: 7) == 7
