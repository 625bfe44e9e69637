"""Programs in containers: streams, ends, terminals, refusals. The official client and kubectl are the judges.

On the control plane kwok is the kubelet: what it starts are programs of this machine. It tells no exit codes and no end
of standard input: these are judged on the demo alone, in `tests/demo/kube`.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.contract import official
from tests.contract.backends import VIEWER, Backend
from tests.contract.kinds import of, pod
from tests.contract.official import KUBECTL, ended, execute
from tests.contract.stages import Stage
from tests.demo.kube.town import Client
from tui.client.exec import Ran, exec_once
from tui.client.exec_tail import tail_file
from tui.client.kube import KubeClient
from tui.client.logs import Lines
from tui.core.errors import Problem

UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Protocol": "v5.channel.k8s.io",
}  # fmt: skip
STEADY = "steady"


async def _ran(backend: Backend, stage: Stage, *command: str, **more: Any) -> Any:
    return await asyncio.to_thread(lambda: ended(execute(backend, stage.home, STEADY, *command, **more)))


def _status(client: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.read_channel(3))
    return found


async def _refused(
    raw: Client, home: str, name: str, query: str, method: str = "GET", **headers: str
) -> tuple[int, Any]:
    path = of(home, "pods", name) + f"/exec?{query}"
    async with raw.stream(method, path, headers={**UPGRADE, **headers}) as response:
        text = await response.text()
        return response.status, json.loads(text) if text.startswith("{") else text


async def test_both_streams_and_a_good_end(backend: Backend, stage: Stage) -> None:
    await stage.run(STEADY)
    client = await _ran(backend, stage, "sh", "-c", "echo out; echo err >&2")
    assert client.subprotocol == "v5.channel.k8s.io"
    assert (client.read_channel(1), client.read_channel(2)) == ("out\n", "err\n")
    assert _status(client) == {"metadata": {}, "status": "Success"}


async def test_a_program_that_is_not_there(backend: Backend, stage: Stage) -> None:
    await stage.run(STEADY)
    status = _status(await _ran(backend, stage, "no-such-program"))
    assert (status["status"], status["reason"], status["code"]) == ("Failure", "InternalError", 500)
    assert status["message"].startswith("Internal error occurred: ")
    assert 'exec: "no-such-program": executable file not found in $PATH' in status["message"]


async def test_standard_input(backend: Backend, stage: Stage) -> None:
    await stage.run(STEADY)
    client = await asyncio.to_thread(execute, backend, stage.home, STEADY, "head", "-c", "40000", stdin=True)
    for _ in range(40):
        client.write_stdin("x" * 1000)
    await asyncio.to_thread(ended, client)
    assert client.read_channel(1) == "x" * 40_000
    assert client.returncode == 0


async def test_a_terminal_echoes_and_has_the_size_that_it_is_told(backend: Backend, stage: Stage) -> None:
    await stage.run(STEADY)
    client = await asyncio.to_thread(
        execute, backend, stage.home, STEADY, "sh", "-c", 'read line; stty size; echo "got $line"',
        stdin=True, tty=True,
    )  # fmt: skip
    client.write_channel(4, json.dumps({"Width": 132, "Height": 43}))
    await asyncio.sleep(0.2)  # the size is set beside what is typed
    client.write_stdin("abc\x7fd\r")
    await asyncio.to_thread(ended, client)
    said = client.read_channel(1)
    assert said.splitlines()[1:] == ["43 132", "got abd"]
    assert said.startswith("abc\b \bd\r\n")


async def test_the_older_subprotocol(backend: Backend, stage: Stage) -> None:
    await stage.run(STEADY)
    path = of(stage.home, "pods", STEADY) + "/exec"
    query = [("command", word) for word in ("sh", "-c", "echo hi")] + [("stdout", "1"), ("stderr", "1")]
    messages: list[bytes] = []
    async with backend.raw() as client, client.upgrade(path, "v4.channel.k8s.io", params=query) as socket:
        assert socket.protocol == "v4.channel.k8s.io"
        async for message in socket:
            assert message.type is aiohttp.WSMsgType.BINARY
            messages.append(message.data)
    by_channel: dict[int, bytes] = {}
    for data in messages:
        by_channel[data[0]] = by_channel.get(data[0], b"") + data[1:]
    assert messages[0] == b"\1", "the first says that it has begun"
    assert by_channel[1] == b"hi\n"
    assert json.loads(by_channel[3])["status"] == "Success"


@pytest.mark.parametrize(
    ("name", "query", "code", "said"),
    [
        (STEADY, "container=none&command=ls&stdout=1", 400, "container none is not valid for pod steady"),
        ("nobody", "command=ls&stdout=1", 404, 'pods "nobody" not found'),
        ("waiting", "command=ls&stdout=1", 400, "pod waiting does not have a host assigned"),
    ],
)
async def test_where_nothing_can_be_started(
    stage: Stage, raw: Client, name: str, query: str, code: int, said: str
) -> None:
    await stage.run(STEADY)
    body = pod("waiting")
    body["spec"]["nodeSelector"] = {"no": "such-node"}
    await raw.ask("POST", of(stage.home, "pods"), body)
    for method in ("GET", "POST"):
        status, answer = await _refused(raw, stage.home, name, query, method)
        assert (status, answer["message"]) == (code, said)


async def test_who_may_not(backend: Backend, stage: Stage) -> None:
    await stage.run(STEADY)
    async with backend.raw("viewer-token") as viewer:
        for method, verb in (("GET", "get"), ("POST", "create")):
            status, answer = await _refused(viewer, stage.home, STEADY, "command=ls&stdout=1", method)
            assert (status, answer["reason"]) == (403, "Forbidden")
            assert f'cannot {verb} resource "pods/exec" in API group ""' in answer["message"]


async def test_what_is_no_websocket_is_told_to_be_one(stage: Stage, raw: Client) -> None:
    await stage.run(STEADY)
    status, answer = await raw.ask("GET", of(stage.home, "pods", STEADY) + "/exec?command=ls&stdout=1")
    assert (status, answer["message"]) == (400, "Upgrade request required")


async def test_what_only_the_kubelet_refuses(stage: Stage, raw: Client) -> None:
    await stage.run(STEADY)
    for protocol, query, code, said in (
        ("v4.channel.k8s.io", "command=ls", 400, "you must specify at least 1 of stdin, stdout, stderr"),
        ("v9.channel.k8s.io", "command=ls&stdout=1", 403, ""),
    ):
        headers = {"Sec-WebSocket-Protocol": protocol}
        assert await _refused(raw, stage.home, STEADY, query, **headers) == (code, said + "\n" if said else "")
    assert await _refused(raw, stage.home, STEADY, "command=ls&stdout=1", "POST") == (405, "bad method")


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
async def test_kubectl(backend: Backend, stage: Stage, tmp_path: Path) -> None:
    await stage.run(STEADY)
    run = ("exec", "-n", stage.home, STEADY, "--")
    found = await official.kubectl(backend, tmp_path, *run, "sh", "-c", 'echo "$1"; echo err >&2', "sh", "a b")
    assert found == (0, b"a b\n", b"err\n")
    code, _out, errors = await official.kubectl(backend, tmp_path, *run, "no-such-program")
    assert errors.startswith(b"error: Internal error occurred: Internal error occurred: error executing command in ")
    assert (code, b'exec: "no-such-program": executable file not found in $PATH' in errors) == (1, True)


async def test_our_client(kube: KubeClient, backend: Backend, stage: Stage) -> None:
    await stage.run(STEADY)
    key = f"{stage.home}/{STEADY}"
    ran = await exec_once(kube, key, "main", ("sh", "-c", "echo out; echo err >&2"))
    assert ran == Ran(b"out\n", b"err\n", 0)
    missing = await exec_once(kube, key, "main", ("no-such-program",))
    assert isinstance(missing, Problem)
    async with backend.client(VIEWER) as viewer:
        denied = await exec_once(viewer, key, "main", ("ls",))
    assert isinstance(denied, Problem)


async def test_our_client_follows_a_file(kube: KubeClient, stage: Stage) -> None:
    await stage.run(STEADY)
    file = f"{stage.home}.log"
    stage.put(STEADY, file, *(f"line {number}" for number in range(50)))
    found: list[str] = []
    async with (
        asyncio.timeout(official.PATIENCE),
        aclosing(tail_file(kube, f"{stage.home}/{STEADY}", "main", f"{stage.inside}/{file}")) as events,
    ):
        async for event in events:
            assert isinstance(event, Lines), event
            found += [line.partition(b" ")[2].decode() for line in event.data.splitlines()]
            if len(found) == 50:
                stage.put(STEADY, file, "one more")
            if len(found) > 50:
                break
    assert found == [*(f"line {number}" for number in range(50)), "one more"]
