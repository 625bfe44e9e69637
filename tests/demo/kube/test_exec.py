"""Exec over a WebSocket: what no other cluster here can judge. Exit codes, ends of input and of containers, faults."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from tests.demo.kube import town
from tests.demo.kube.town import START, Client, Lines, NoFaults, Town

V4, V5 = "v4.channel.k8s.io", "v5.channel.k8s.io"
PATH = "/api/v1/namespaces/azureml/pods/{}/exec"
DEADLINE = 5.0
Served = tuple[Town, Client]


def query(*command: str, **more: str) -> list[tuple[str, str]]:
    flags = {"stdout": "1", "stderr": "1", **more}
    return [("command", word) for word in command] + list(flags.items())


async def heard(socket: Any) -> dict[int, bytes]:
    """Everything that comes until the end, by channel."""
    found: dict[int, bytes] = {}
    async with asyncio.timeout(DEADLINE):
        async for message in socket:
            found[message.data[0]] = found.get(message.data[0], b"") + message.data[1:]
    return found


async def ran(client: Client, *command: str, pod: str = "gateway-1", protocol: str = V5, **more: str) -> dict[int, Any]:
    """The same of a program without input; the Status as JSON."""
    async with client.upgrade(PATH.format(pod), protocol, params=query(*command, **more)) as socket:
        found: dict[int, Any] = await heard(socket)
    return {**found, 3: json.loads(found[3])} if 3 in found else found


@pytest.mark.parametrize(
    ("protocol", "said"),
    [(V5, "command terminated with exit code 3"),
     (V4, "error executing command [sh -c echo a; exit 3], exit code 3")],
)  # fmt: skip
async def test_an_exit_code(served: Served, protocol: str, said: str) -> None:
    found = await ran(served[1], "sh", "-c", "echo a; exit 3", protocol=protocol)
    assert found[1] == b"a\n"
    assert found[3] == {
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": f"command terminated with non-zero exit code: {said}",
        "details": {"causes": [{"reason": "ExitCode", "message": "3"}]},
    }  # fmt: skip


@pytest.mark.parametrize(("protocol", "times"), [(V5, 2), (V4, 1)])
async def test_what_cannot_be_started_is_wrapped_by_all_who_pass_it_on(
    served: Served, protocol: str, times: int
) -> None:
    status = (await ran(served[1], "no-such-program", protocol=protocol))[3]
    assert status["message"].startswith("Internal error occurred: " * times + "error executing command in container: ")
    assert (status["reason"], status["code"]) == ("InternalError", 500)


async def test_the_end_of_the_input_is_told_in_v5_only(served: Served) -> None:
    for protocol, ends in ((V5, True), (V4, False)):
        path = PATH.format("gateway-1")
        async with served[1].upgrade(path, protocol, params=query("sh", "-c", "wc -c", stdin="1")) as socket:
            await socket.send_bytes(b"\0hello")
            await socket.send_bytes(b"\xff\0")
            if ends:
                assert (await heard(socket))[1] == b"5\n"
            else:
                assert (await socket.receive_bytes()) == b"\1"
                with pytest.raises(TimeoutError):
                    await socket.receive_bytes(timeout=0.05)


async def test_text_messages_are_taken_as_well(served: Served) -> None:
    async with served[1].upgrade(PATH.format("gateway-1"), V5, params=query("head", "-n", "1", stdin="1")) as socket:
        await socket.send_str("\0häl")
        await socket.send_str("\0lo\n")
        assert (await heard(socket))[1] == "hällo\n".encode()


async def test_streams_that_are_not_asked_for_do_not_come(served: Served) -> None:
    found = await ran(served[1], "sh", "-c", "echo out; echo err >&2", stderr="0")
    assert (found[1], 2 in found) == (b"out\n", False)
    found = await ran(served[1], "sh", "-c", "echo out; echo err >&2", stdout="0")
    assert (1 in found, found[2]) == (False, b"err\n")
    found = await ran(served[1], "sh", "-c", "echo out; echo err >&2", tty="1")
    assert (found[1], 2 in found) == (b"out\r\nerr\r\n", False), "a terminal has one stream"


async def test_a_container_that_does_not_run(served: Served) -> None:
    body = town.pod("ended")
    body["status"]["containerStatuses"][0]["state"] = {"terminated": {"exitCode": 0}}
    served[0].objects.create("pods", body)
    status = (await ran(served[1], "ls", pod="ended"))[3]
    said = 'unable to upgrade connection: container not found ("main")'
    assert status["message"] == f"Internal error occurred: {said}"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await ran(served[1], "ls", pod="ended", protocol=V4)
    assert refusal.value.status == 500


async def test_a_program_ends_with_its_container_or_its_pod(served: Served) -> None:
    made, client = served
    made.logs.put("azureml", "gateway-1", "/x/y.log", Lines(START - 5))
    for end in ("container", "pod"):
        async with client.upgrade(PATH.format("gateway-1"), V5, params=query("sleep", "60")) as socket:
            assert await socket.receive_bytes() == b"\1"
            if end == "container":
                made.objects.change("pods", "azureml", "gateway-1", _restart)
            else:
                made.objects.delete("pods", "azureml", "gateway-1")
            status = json.loads((await heard(socket))[3])
            assert status["details"]["causes"] == [{"reason": "ExitCode", "message": "137"}]


def _restart(pod: dict[str, Any]) -> None:
    pod["status"]["containerStatuses"][0]["state"] = {"running": {"startedAt": "2023-11-14T22:13:19Z"}}


async def test_programs_end_with_the_server(served: Served) -> None:
    async with served[1].upgrade(PATH.format("gateway-1"), V5, params=query("sleep", "60")) as socket:
        assert await socket.receive_bytes() == b"\1"
        served[0].server.stop()
        assert await heard(socket) == {}


async def test_the_fault_that_cuts_streams() -> None:
    async with (
        town.open_town(faults=NoFaults("drop")) as (_made, client),
        client.upgrade(PATH.format("gateway-1"), V5, params=query("sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 "
                       "14 15; do echo $i; done; sleep 60")) as socket,
    ):  # fmt: skip
        found = await heard(socket)
    assert found[1].split() == [str(number).encode() for number in range(1, 13)]
    assert 3 not in found, "without a word"
    assert socket.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE
