"""A node in this process: what exec starts runs here, in a directory of the test; ports lead to sockets here."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import struct
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from tests.client.api import cut

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
STDIN, STDOUT, STDERR, STATUS, RESIZE, END = 0, 1, 2, 3, 4, 255
Rewrite = Callable[[list[str]], list[str]]


def success() -> dict[str, Any]:
    return {"metadata": {}, "status": "Success"}


def failed(code: int) -> dict[str, Any]:
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return {"status": "Failure", "reason": "NonZeroExitCode", "message": "m", "details": {"causes": causes}}


def missing(program: str) -> dict[str, Any]:
    """As containerd and the API server word it."""
    told = (
        'error executing command in container: failed to exec in container: failed to start exec "e": OCI runtime exec '
        f'failed: exec failed: unable to start container process: exec: "{program}": executable file not found in $PATH'
    )
    message = f"Internal error occurred: Internal error occurred: {told}: unknown"
    return {"status": "Failure", "reason": "InternalError", "message": message, "code": 500}


def _read(master: int) -> bytes:
    try:
        return os.read(master, 4096)
    except OSError:  # the last one that had it open has closed it
        return b""


class Node:
    """One pod with the container `main`, whose programs are this machine's."""

    def __init__(self, protocols: tuple[str, ...] = (V5, V4)) -> None:
        self.protocols = protocols
        self.commands: list[list[str]] = []
        self.spoken: list[str | None] = []
        self.cuts: list[int] = []
        """Bytes of output after which a connection is cut, one a program, the last first; negative: not at all."""
        self.rewrite: Rewrite = lambda command: command
        self.lacks: set[str] = set()
        """Programs that the image does not have."""
        self.state: dict[str, Any] = {"running": {}}
        self.restarts = 0
        self.ports: dict[int, int] = {}
        """Ports of the pod, and the ports of this machine that answer for them."""
        self.sizes: list[dict[str, int]] = []
        self.alive = 0
        """Programs that run."""
        self.sockets: list[web.WebSocketResponse] = []
        self.refuse: Callable[[web.Request], web.Response | None] = lambda _request: None

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if (refused := self.refuse(request)) is not None:
            return refused
        if request.path.endswith("/exec"):
            return await self._exec(request)
        if request.path.endswith("/portforward"):
            return await self._forward(request)
        status = {"name": "main", "restartCount": self.restarts, "state": self.state}
        spec = {"restartPolicy": "Never", "containers": [{"name": "main"}]}
        return web.json_response({"spec": spec, "status": {"phase": "Running", "containerStatuses": [status]}})

    async def _exec(self, request: web.Request) -> web.StreamResponse:
        command = request.query.getall("command")
        self.commands.append(command)
        socket = web.WebSocketResponse(protocols=self.protocols, timeout=0.5)
        await socket.prepare(request)
        self.sockets.append(socket)
        self.spoken.append(socket.ws_protocol)
        if command[0] in self.lacks:
            await self._end(socket, missing(command[0]))
            return socket
        limit = self.cuts.pop() if self.cuts and "tail" in command[2] else -1
        self.alive += 1
        try:
            if request.query.get("tty") == "true":
                await self._run_on_terminal(request, socket)
            else:
                await self._run(request, socket, limit)
        finally:
            self.alive -= 1
        return socket

    async def _run(self, request: web.Request, socket: web.WebSocketResponse, limit: int) -> None:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *self.rewrite(request.query.getall("command")), stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
        assert process.stdin is not None
        if request.query.get("stdin") != "true":
            process.stdin.close()
        listener = asyncio.create_task(self._listen(socket, process))
        try:
            outputs = ((STDOUT, process.stdout), (STDERR, process.stderr))
            async with asyncio.TaskGroup() as pumps:
                for each in outputs:
                    pumps.create_task(self._pump(socket, *each, limit))
            code = await process.wait()
            await self._end(socket, failed(code) if code else success())
        except* ConnectionError:
            cut(request)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            listener.cancel()
            process._transport.close()  # type: ignore[attr-defined] # its pipes may be full: wait() would never end
            await process.wait()

    async def _run_on_terminal(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        master, slave = pty.openpty()
        command = self.rewrite(request.query.getall("command"))
        process = await asyncio.create_subprocess_exec(
            *command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(slave)
        said: asyncio.Queue[bytes] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        loop.add_reader(master, lambda: said.put_nowait(_read(master)))
        listener = asyncio.create_task(self._hear(socket, master, process.pid))
        try:
            while data := await said.get():
                await socket.send_bytes(bytes((STDOUT,)) + data)
            code = await process.wait()
            await self._end(socket, failed(code) if code else success())
        except ConnectionError:
            cut(request)
        finally:
            loop.remove_reader(master)
            listener.cancel()
            os.close(master)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            await process.wait()

    async def _hear(self, socket: web.WebSocketResponse, master: int, pid: int) -> None:
        async for message in socket:
            channel, data = message.data[0], message.data[1:]
            if channel == STDIN:
                os.write(master, data)
            elif channel == RESIZE:
                size = json.loads(data)
                self.sizes.append(size)
                fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", size["Height"], size["Width"], 0, 0))
        with suppress(ProcessLookupError):
            os.killpg(pid, 9)

    async def _pump(self, socket: web.WebSocketResponse, channel: int, source: Any, limit: int) -> None:
        sent = 0
        while part := await source.read(4096):
            if 0 <= limit <= sent + len(part):
                await socket.send_bytes(bytes((channel,)) + part[: limit - sent])
                raise ConnectionResetError
            sent += len(part)
            await socket.send_bytes(bytes((channel,)) + part)

    async def _listen(self, socket: web.WebSocketResponse, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        with suppress(ConnectionError, RuntimeError):
            async for message in socket:
                if message.type is not WSMsgType.BINARY:
                    break
                channel, data = message.data[0], message.data[1:]
                if channel == STDIN:
                    process.stdin.write(data)
                elif channel == RESIZE:
                    self.sizes.append(json.loads(data))
                elif channel == END and data == bytes((STDIN,)):
                    process.stdin.close()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)

    async def _end(self, socket: web.WebSocketResponse, status: dict[str, Any]) -> None:
        await socket.send_bytes(bytes((STATUS,)) + json.dumps(status).encode())
        await socket.close()

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(V4,), timeout=0.5)
        await socket.prepare(request)
        self.sockets.append(socket)
        self.spoken.append(socket.ws_protocol)
        number = int(request.query["ports"])
        for channel in (0, 1):
            await socket.send_bytes(bytes((channel,)) + number.to_bytes(2, "little"))
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.ports.get(number, 1))
        except OSError as error:
            await socket.send_bytes(
                b"\x01" + f"failed to connect to localhost:{number}: connection refused ({error})".encode()
            )
            await socket.close()
            return socket
        self.alive += 1
        answers = asyncio.create_task(self._answers(socket, reader))
        try:
            async for message in socket:
                assert message.data[0] == 0
                writer.write(message.data[1:])
        finally:
            self.alive -= 1
            answers.cancel()
            writer.close()
        return socket

    async def _answers(self, socket: web.WebSocketResponse, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(4096):
            await socket.send_bytes(b"\x00" + data)
        await socket.close()

    def break_all(self) -> None:
        """Reset every connection."""
        for socket in self.sockets:
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
