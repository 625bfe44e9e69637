"""Logs from the wire to who shows them: lines a second, and what they cost; and a whole log printed, beside kubectl.

The server is a process of its own. Ratios are taken in one run: of a plain reading of the same bytes, of kubectl.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.budgets.conftest import Judge
from tests.client.kubelet_process import LINES, PIECE, kubelet_process
from tui.client.choice import Choice
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.client.log_group import Batch, LogGroup, LogSource
from tui.client.logs import LogOptions

pytestmark = pytest.mark.budget
ONCE = LogOptions(follow=False)
WORKERS = 64
RATE = 100_000
"""Lines a second of all workers."""
SECONDS = 2.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with kubelet_process(tmp_path_factory.mktemp("kubelet")) as found:
        yield found


def connected(server: dict[str, str]) -> Connection:
    cluster = {"server": server["url"], "certificate-authority": server["ca"]}
    return Connection(Choice("test", server["url"], cluster, {"token": "x"}))


async def plain(kube: KubeClient) -> float:
    """Seconds to read the big log as bytes and to count its lines."""
    began, count = time.perf_counter(), 0
    query = {"container": "main", "timestamps": "true"}
    async with kube.stream("GET", "/api/v1/namespaces/ns/pods/big/log", query) as opened:
        async for part in opened.content.iter_any():
            count += part.count(b"\n")
    assert count == LINES
    return time.perf_counter() - began


async def grouped(kube: KubeClient, *names: str) -> float:
    """Seconds to read it through a group."""
    group, count = LogGroup(kube, ONCE), 0
    for name in names:
        group.add(LogSource(f"ns/{name}", "main"))
    began = time.perf_counter()
    async with aclosing(group.events()) as events:
        async for event in events:
            count += event.data.count(b"\n") if isinstance(event, Batch) else 0
    assert count == LINES * len(names)
    return time.perf_counter() - began


async def test_one_log_passes_as_fast_as_it_comes(judge: Judge, server: dict[str, str]) -> None:
    connection = connected(server)
    kube, ratios, rates = KubeClient(connection), [], []
    try:
        await plain(kube)
        for _ in range(3):
            alone = await plain(kube)
            took = await grouped(kube, "big")
            ratios.append(took / alone)
            rates.append(LINES / took / 1e6)
        both = await grouped(kube, "big", "big")
    finally:
        await connection.close()
    judge("one log: time of a plain reading of the same bytes", statistics.median(ratios), 1.7, "×")
    judge("one log, lines a second from the wire", max(rates), 0.5, "M/s", least=True)
    judge("two logs merged, lines a second", LINES * 2 / both / 1e6, 0.12, "M/s", least=True)


async def test_sixty_four_workers_at_once(judge: Judge, server: dict[str, str]) -> None:
    connection = connected(server)
    group = LogGroup(KubeClient(connection), LogOptions())
    every = round(PIECE / (RATE / WORKERS) * 1000, 3)
    for worker in range(WORKERS):
        group.add(LogSource(f"ns/endless-{every}-{worker}", "main"))
    begun = used = 0.0
    count, sources = 0, set[int]()
    try:
        async with asyncio.timeout(60), aclosing(group.events()) as events:
            async for event in events:
                if not isinstance(event, Batch):
                    continue
                sources.update(event.sources)
                if not begun and len(sources) == WORKERS:
                    begun, used, count = time.perf_counter(), time.process_time(), 0
                elif begun:
                    count += len(event.sources)
                    if time.perf_counter() - begun > SECONDS:
                        break
        passed, used = time.perf_counter() - begun, time.process_time() - used
    finally:
        await connection.close()
    judge("64 logs at 100,000 lines/s, merged", count / passed / 1000, 80, "k/s", least=True)
    judge("  … processor for 100,000 lines/s", used / count * RATE * 100, 80, "%")


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl here")
def test_a_log_is_printed_as_fast_as_by_kubectl(judge: Judge, server: dict[str, str], tmp_path: Path) -> None:
    env = {**os.environ, "KUBECONFIG": server["kubeconfig"], "HOME": str(tmp_path)}
    ours, theirs = [sys.executable, "-m", "tui", "logs", "big"], ["kubectl", "logs", "big"]
    for command in (ours, theirs):  # byte code, discovery
        printed(command, env)
    spans = [(printed(ours, env), printed(theirs, env)) for _ in range(3)]
    whole = statistics.median(our[0] / their[0] for our, their in spans)
    rest = statistics.median((our[0] - our[1]) / (their[0] - their[1]) for our, their in spans)
    judge("arcdeck logs of 200,000 lines, time of kubectl", whole, 4.0, "×")
    judge("  … from the first line to the last", rest, 2.0, "×")
    judge("  … to the first line", min(our[1] for our, _their in spans), 1.2, "s")


def printed(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Seconds to the end and to the first line of a log that is printed into a pipe."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        count = process.stdout.readline().count(b"\n")
        first = time.perf_counter() - began
        while part := process.stdout.read1(1 << 20):
            count += part.count(b"\n")
    assert (process.returncode, count) == (0, LINES)
    return time.perf_counter() - began, first
