"""Forwarded ports: bytes both ways, ports that nobody listens on, refusals. The official client is the judge.

On the control plane kwok is the kubelet: one port of every pod echoes, the others are closed.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import pytest

from tests.cluster.workers import ECHO
from tests.contract.backends import Backend
from tests.contract.kinds import of, pod
from tests.contract.official import PATIENCE, closed, forwarded
from tests.contract.stages import Stage
from tests.contract.test_exec import UPGRADE
from tests.demo.kube.town import Client
from tui.client.forward import Forward
from tui.client.kube import KubeClient

STEADY, CLOSED = "steady", 9
V4 = "v4.channel.k8s.io"


def _echoed(backend: Backend, home: str, data: bytes) -> tuple[bytes, Any, Any]:
    """What comes back for some data, and what is said of an open and of a closed port."""
    forward = forwarded(backend, home, STEADY, ECHO, CLOSED)
    try:
        line = forward.socket(ECHO)
        line.settimeout(PATIENCE)
        line.sendall(data)
        found = b""
        while len(found) < len(data):
            found += line.recv(65536)
        return found, forward.error(ECHO), forward.error(CLOSED)
    finally:
        closed(forward)


async def test_bytes_go_both_ways_and_a_closed_port_says_so(backend: Backend, stage: Stage) -> None:
    await stage.run(STEADY)
    data = os.urandom(100_000)
    found, good, bad = await asyncio.to_thread(_echoed, backend, stage.home, data)
    assert (found == data, good) == (True, None)
    assert bad.startswith(f"error forwarding port {CLOSED} to pod ")


async def test_both_channels_of_a_port_begin_with_its_number(stage: Stage, raw: Client) -> None:
    await stage.run(STEADY)
    path = of(stage.home, "pods", STEADY) + f"/portforward?ports={ECHO}&ports=515"
    async with raw.upgrade(path, V4) as socket, asyncio.timeout(PATIENCE):
        first = [await socket.receive_bytes() for _ in range(4)]
        assert first == [b"\0\7\0", b"\1\7\0", b"\2\3\2", b"\3\3\2"]
        await socket.send_bytes(b"\0hello")
        found = [await socket.receive_bytes() for _ in range(2)]
    assert b"\0hello" in found
    assert any(each.startswith(b"\3error forwarding port 515 to pod ") for each in found)


async def test_our_client(kube: KubeClient, stage: Stage) -> None:
    await stage.run(STEADY)
    forward = Forward(kube, f"{stage.home}/{STEADY}", ECHO)
    assert await forward.listen(0) is None
    data = os.urandom(50_000)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(forward.run())
        reader, writer = await asyncio.open_connection("127.0.0.1", forward.local)
        writer.write(data)
        assert await reader.readexactly(len(data)) == data
        writer.close()
        await writer.wait_closed()
        forward.end()


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("", 400, 'query parameter "port" is required'),
        ("ports=0", 400, 'port "0" must be > 0'),
        ("ports=x", 400, 'cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax'),
        ("ports=70000", 400, 'cannot convert to []int32: strconv.ParseUint: parsing "70000": value out of range'),
    ],
)
async def test_ports_that_are_none(stage: Stage, raw: Client, query: str, code: int, said: str) -> None:
    await stage.run(STEADY)
    assert await _refused(raw, stage.home, STEADY, query) == (code, said)


async def test_where_nothing_can_be_forwarded(backend: Backend, stage: Stage, raw: Client) -> None:
    await stage.run(STEADY)
    body = pod("waiting")
    body["spec"]["nodeSelector"] = {"no": "such-node"}
    await raw.ask("POST", of(stage.home, "pods"), body)
    assert await _refused(raw, stage.home, "nobody", "ports=7") == (404, 'pods "nobody" not found')
    assert await _refused(raw, stage.home, "waiting", "ports=7") == (400, "pod waiting does not have a host assigned")
    plain = await raw.ask("GET", of(stage.home, "pods", STEADY) + "/portforward?ports=7")
    assert (plain[0], plain[1]["message"]) == (400, "Upgrade request required")
    async with backend.raw("viewer-token") as viewer:
        code, said = await _refused(viewer, stage.home, STEADY, "ports=7")
    assert (code, 'cannot get resource "pods/portforward" in API group ""' in said) == (403, True)


async def _refused(raw: Client, home: str, name: str, query: str) -> tuple[int, str]:
    path = of(home, "pods", name) + f"/portforward?{query}"
    async with raw.stream("GET", path, headers={**UPGRADE, "Sec-WebSocket-Protocol": V4}) as response:
        text = await response.text()
        return response.status, json.loads(text)["message"] if text.startswith("{") else text.strip()
