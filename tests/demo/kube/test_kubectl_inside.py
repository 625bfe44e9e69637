"""The stock kubectl inside containers: exit codes, pipes, a terminal with its size, forwarded ports."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import AsyncIterator

import pytest

from tests.demo.kube.kubectl import Kubectl
from tests.demo.kube.town import Town

STARTED = tuple[Town, Kubectl]
DEADLINE = 10.0
PORT = 6006


async def test_exit_codes_and_pipes(stage: STARTED) -> None:
    run = stage[1]
    assert await run.run("exec", "gateway-1", "--", "ls", "/etc/hostname") == "/etc/hostname\n"
    said = await run.run("exec", "gateway-1", "--", "sh", "-c", "echo out; exit 3", code=3)
    assert said == "out\ncommand terminated with exit code 3\n"
    body = {"a": 1}
    assert await run.run("exec", "-i", "gateway-1", "--", "wc", "-c", body=body) == "8\n"
    refused = await run.run("--context", "viewer", "exec", "gateway-1", "--", "ls", code=1)
    assert 'cannot create resource "pods/exec"' in refused


class Screen:
    """kubectl on a terminal."""

    def __init__(self, run: Kubectl, *arguments: str) -> None:
        self._leader, follower = pty.openpty()
        self._follower, self._run, self._arguments = follower, run, arguments
        self.size(24, 80)
        self.said = b""

    async def __aenter__(self) -> Screen:
        self.process = await self._run.start(*self._arguments, terminal=self._follower)
        os.close(self._follower)
        os.set_blocking(self._leader, False)
        asyncio.get_running_loop().add_reader(self._leader, self._take)
        return self

    async def __aexit__(self, *_error: object) -> None:
        asyncio.get_running_loop().remove_reader(self._leader)
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        os.close(self._leader)

    def size(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self._leader, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _take(self) -> None:
        try:
            self.said += os.read(self._leader, 65536)
        except OSError:
            asyncio.get_running_loop().remove_reader(self._leader)

    async def type(self, data: bytes, until: bytes) -> None:
        """Type, and wait for something to come."""
        before = len(self.said)
        os.write(self._leader, data)
        async with asyncio.timeout(DEADLINE):
            while until not in self.said[before:]:  # noqa: ASYNC110 - only looking tells
                await asyncio.sleep(0.01)


async def test_a_terminal(stage: STARTED) -> None:
    async with Screen(stage[1], "exec", "-it", "gateway-1", "--", "sh") as screen:
        await screen.type(b"stty size\r", b"24 80")
        screen.size(43, 132)
        screen.process.send_signal(signal.SIGWINCH)
        async with asyncio.timeout(DEADLINE):
            while b"43 132" not in screen.said:
                await screen.type(b"stty size\r", b"# ")
        await screen.type(b"sleep 60\r", b"sleep 60\r\n")
        await screen.type(b"\x03", b"# ")
        await screen.type(b"exit 9\r", b"exit 9")
        async with asyncio.timeout(DEADLINE):
            assert await screen.process.wait() == 9


@pytest.fixture
async def forwarded(stage: STARTED) -> AsyncIterator[int]:
    """The local end of a port that answers."""
    made, run = stage
    made.objects.change("pods", "azureml", "gateway-1", lambda pod: pod["spec"]["containers"][0].update(ports=[
        {"containerPort": 8080}]))  # fmt: skip
    async with run.open("port-forward", "gateway-1", ":8080", "--address", "127.0.0.1") as out:
        line = (await out.readline()).decode()
        yield int(line.partition("127.0.0.1:")[2].partition(" ")[0])


async def test_a_forwarded_port_answers_again_and_again(forwarded: int) -> None:
    async def ask() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", forwarded)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(DEADLINE):
            said = await reader.read()
        writer.close()
        await writer.wait_closed()
        return said

    assert all(b'reconcile_total{pod="gateway-1"}' in each for each in await asyncio.gather(*(ask() for _ in range(4))))
