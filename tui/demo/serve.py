"""`python -m tui.demo.serve`: the simulated cloud as a process of its own.

Owns ports, files, signals and the end: it prints one line of JSON, serves on loopback only, and leaves nothing behind.
Must not know what is in the world or how its servers answer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import secrets
import shutil
import signal
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from tui.demo import tls
from tui.demo.arm.server import ArmServer
from tui.demo.arm.state import ArmState
from tui.demo.clock import WorldClock
from tui.demo.faults import NAMES, WIRE, Faults
from tui.demo.kube.identities import ADMIN, OUTSIDER, VIEWER
from tui.demo.kube.logs import LogBook
from tui.demo.kube.objects import ObjectStore
from tui.demo.kube.server import KubeServer
from tui.demo.kubeconfig import User, write_kubeconfig
from tui.demo.world.inside.containers import Containers
from tui.demo.world.world import World

HOST: Final = "127.0.0.1"
STEP: Final = 0.5
"""Real seconds between two looks at what is due in the world."""
HURRY: Final = 10.0
"""From this speed on ARM wants its operations to be looked at often: they would be long over otherwise."""
HURRIED: Final = 1.0
GRACE: Final = 0.5
"""Real seconds that connections have to end."""


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The command line. Ends the process with 2 and one sentence when it makes no sense."""
    parser = argparse.ArgumentParser(prog="arcdeck-demo", description="Serve a simulated cloud until interrupted.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pods", type=int, default=0)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--start", type=float, default=None, help="what the world's clock says at the beginning")
    parser.add_argument("--fault", dest="faults", action="append", default=[], choices=sorted(NAMES), metavar="NAME")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input does")
    found = parser.parse_args(given)
    if found.pods < 0 or not 0 <= found.speed < float("inf"):
        parser.error("--pods and --speed are 0 or more")
    return found


@contextmanager
def private_directory() -> Iterator[Path]:
    """A directory that nobody else can read, gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="arcdeck-demo-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


async def run(asked: argparse.Namespace) -> None:
    """Serve until told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if asked.with_parent:
        _watch_parent(loop, stop)
    with private_directory() as directory:
        began = time.time()
        clock = WorldClock(began if asked.start is None else asked.start, began, asked.speed)
        async with _served(asked, clock, directory) as (world, line):
            print(json.dumps(line), flush=True)  # noqa: T201
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), STEP)
                world.advance(clock())


@asynccontextmanager
async def _served(
    asked: argparse.Namespace, clock: WorldClock, directory: Path
) -> AsyncIterator[tuple[World, dict[str, Any]]]:
    """Both servers, listening, and the line that tells how to reach them."""
    objects, logs, arm = ObjectStore(clock), LogBook(), ArmState(clock)
    world = _fill(asked, objects, logs, arm, clock)
    faults = Faults([name for name in asked.faults if name in WIRE])
    tokens = {name: secrets.token_urlsafe(24) for name in ("admin", "viewer", "arm")}
    admin = OUTSIDER if "no-exec" in asked.faults else ADMIN
    identities = {tokens["admin"]: admin, tokens["viewer"]: VIEWER}
    certificates = tls.issue(directory)
    context = tls.server_context(certificates)
    addresses: dict[str, str] = {}
    kube = KubeServer(objects, logs, identities, clock, faults, programs=Containers(logs, clock))
    pace = HURRIED if clock.speed >= HURRY else 0.0
    azure = ArmServer(arm, tokens["arm"], clock, faults, address=lambda: addresses["arm"], pace=pace)
    async with contextlib.AsyncExitStack() as stack:
        for name, application in (("kube", kube.application()), ("arm", azure.application())):
            addresses[name] = await stack.enter_async_context(_listening(application, context))
        stack.callback(kube.stop)
        users = (User("arcdeck-demo", tokens["admin"]), User("arcdeck-demo-viewer", tokens["viewer"]))
        kubeconfig = write_kubeconfig(directory / "kubeconfig", addresses["kube"], certificates.ca_path, users)
        yield world, {
            "kubeconfig": str(kubeconfig), "arm": addresses["arm"], "ca": str(certificates.ca_path), "tokens": tokens,
            "cluster_id": world.estate.cluster, "extension_id": world.estate.extension,
            "workspace_ids": list(world.estate.workspaces), "began": clock.began, "start": clock.start,
            "speed": clock.speed,
        }  # fmt: skip


def _fill(
    asked: argparse.Namespace, objects: ObjectStore, logs: LogBook, arm: ArmState, clock: WorldClock
) -> World:  # fmt: skip
    """The world, filled. Nothing of it is garbage: the collector need not look at it, then or later."""
    gc.disable()
    world = World(asked.seed, asked.pods, objects, logs, arm, clock, asked.faults)
    world.fill()
    objects.compact()
    gc.freeze()
    gc.enable()
    return world


@asynccontextmanager
async def _listening(application: web.Application, context: ssl.SSLContext) -> AsyncIterator[str]:
    """Serve an application on a free port of the loopback; gives its address."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=GRACE, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0, ssl_context=context).start()
        yield f"https://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Stop when standard input ends: its other end is held by the parent, whose death closes it in any case."""

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(sys.stdin.fileno(), 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, daemon=True, name="parent").start()


def main() -> None:
    """Run the command line."""
    asked = arguments()
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        asyncio.run(run(asked))


if __name__ == "__main__":
    main()
