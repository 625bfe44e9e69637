"""A session that is left: quickly, and nothing of it stays open."""

from __future__ import annotations

import asyncio
import gc
import time
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import web

from tests.client.api import running, until
from tests.client.arm import CLUSTER, TOKEN
from tests.client.sides import KINDS, Cluster, arm_handler, kubeconfig, opened, phases
from tui.core.facts import Phase
from tui.demo import tls
from tui.session import Session
from tui.settings import Demo, Settings


def descriptors() -> set[str]:
    """The sockets and files this process holds."""
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(f"{descriptor} {descriptor.readlink()}")
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
async def test_leaving_with_open_watches_and_polls_is_quick_and_leaves_nothing(
    tmp_path: Path, certificates: tls.Certificates
) -> None:
    context = tls.server_context(certificates)
    async with running(context) as api, running(context) as arm:
        cluster = Cluster(api)
        hold = asyncio.Event()

        async def handle(request: web.Request) -> web.Response:
            if request.path.endswith("/workspaces"):
                await hold.wait()
            return arm_handler(request)

        arm.handle = handle
        demo = Demo(
            kubeconfig(tmp_path, api.url, certificates.ca_path), arm.url, str(certificates.ca_path), TOKEN, CLUSTER
        )
        session = Session(Settings(demo=demo, flush=0.02, state_dir=tmp_path), kinds=KINDS, derived=())
        tasks, files = asyncio.all_tasks(), descriptors()
        run = asyncio.create_task(session.run(lambda _delta: None))
        await until(lambda: cluster.watches == 2 and len(session.store.rows("extensions")) == 1)
        begun = time.monotonic()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert time.monotonic() - begun < 1.0
        await until(lambda: descriptors() - files == set())
        hold.set()
        cluster.hold.set()
        await until(lambda: descriptors() - files == set())
        await until(lambda: asyncio.all_tasks() == tasks)
        gc.collect()  # what was not closed would warn here, and a warning is an error


async def test_leaving_while_a_credential_plugin_runs_is_quick(tmp_path: Path) -> None:
    script = tmp_path / "plugin"
    script.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 60\n")
    script.chmod(0o755)
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(script)}}
    settings = Settings(kubeconfig=kubeconfig(tmp_path, "http://127.0.0.1:1", user=user), sign_in="none", flush=0.02)
    async with opened(settings) as (session, _):
        await until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
        assert phases(session)["things"] is Phase.LOADING
        begun = time.monotonic()
    assert time.monotonic() - begun < 1.0
    pid = int((tmp_path / "pid").read_text())
    await until(lambda: not Path(f"/proc/{pid}").exists())
