"""The stock kubectl on a town: its own home, a kubeconfig of three users, and TLS as in a real cluster."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.demo.kube.town import Town
from tui.demo import tls
from tui.demo.kube.identities import VIEWER

FOUND = shutil.which("kubectl")
DEADLINE = 30.0


class Kubectl:
    """Runs it. `config` is its kubeconfig."""

    def __init__(self, home: Path, config: Path) -> None:
        self._env = {
            "HOME": str(home), "KUBECONFIG": str(config), "PATH": os.environ["PATH"], "TMPDIR": str(home),
        }  # fmt: skip

    async def _start(self, *arguments: str, stdin: int) -> asyncio.subprocess.Process:
        assert FOUND is not None
        return await asyncio.create_subprocess_exec(
            FOUND, *arguments, env=self._env, stdin=stdin, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    async def start(self, *arguments: str, terminal: int) -> asyncio.subprocess.Process:
        """A run on a terminal."""
        assert FOUND is not None
        return await asyncio.create_subprocess_exec(
            FOUND, *arguments, env=self._env, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
        )  # fmt: skip

    @asynccontextmanager
    async def open(self, *arguments: str) -> AsyncIterator[asyncio.StreamReader]:
        """What a run says that goes on, until it is left; a run that has ended by then must have ended well."""
        process = await self._start(*arguments, stdin=asyncio.subprocess.DEVNULL)
        assert process.stdout is not None
        try:
            async with asyncio.timeout(DEADLINE):
                yield process.stdout
        finally:
            if process.returncode is None and not process.stdout.at_eof():
                process.kill()
            await process.communicate()
        assert process.returncode in (0, -9)

    async def run(self, *arguments: str, body: Any = None, code: int = 0) -> str:
        """What a run says, once it has ended with `code`. `body` is its `-f -`."""
        text = None if body is None else json.dumps(body).encode()
        pipe = asyncio.subprocess.DEVNULL if text is None else asyncio.subprocess.PIPE
        process = await self._start(*arguments, stdin=pipe)
        try:
            async with asyncio.timeout(DEADLINE):
                out = (await process.communicate(text))[0].decode()
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
        assert process.returncode == code, f"kubectl {' '.join(arguments)}: {process.returncode}\n{out}"
        return out

    async def all(self, *runs: str) -> list[str]:
        """What several runs say that do not need each other; each is written as one would type it."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.run(*each.split())) for each in runs]
        return [task.result() for task in tasks]


@asynccontextmanager
async def kubectl(town: Town, home: Path) -> AsyncIterator[Kubectl]:
    """A kubectl of a town that is served over TLS in this loop; its namespace is azureml."""
    certificates = tls.issue(home)
    mine = tls.client_certificate(certificates, home, VIEWER.user)
    runner = web.AppRunner(town.server.application(), shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server_context(certificates)).start()
    cluster = {
        "server": f"https://127.0.0.1:{runner.addresses[0][1]}", "certificate-authority": str(certificates.ca_path),
    }  # fmt: skip
    users = {
        "admin": {"token": "admin-token"}, "viewer": {"token": "viewer-token"},
        "certificate": {"client-certificate": str(mine.cert_path), "client-key": str(mine.key_path)},
    }  # fmt: skip
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "admin",
        "clusters": [{"name": "town", "cluster": cluster}],
        "users": [{"name": name, "user": user} for name, user in users.items()],
        "contexts": [
            {"name": name, "context": {"cluster": "town", "user": name, "namespace": "azureml"}} for name in users
        ],
    }  # fmt: skip
    path = home / "kubeconfig"
    path.write_text(json.dumps(config))
    try:
        yield Kubectl(home, path)
    finally:
        town.server.stop()
        await runner.cleanup()
