"""The forwards of a session: on record, ended with it, and with their pods."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.client.api import client, running, until
from tests.client.node import Node
from tests.client.test_forward import echo
from tui.client.audit import Audit
from tui.core.errors import Problem
from tui.core.store import Delta
from tui.domain.forward import ForwardRow, Ports
from tui.session_forwards import Forwards


@asynccontextmanager
async def forwards(directory: Path, **more: Any) -> AsyncIterator[tuple[Forwards, asyncio.Task[None]]]:
    async with echo() as port, running() as api, client(api.url, **more) as kube, asyncio.timeout(10):
        api.handle = node = Node()
        node.ports = {8080: port}
        made = Forwards(kube, Audit(directory, lambda: 0.0), lambda: 7.0)
        task = asyncio.create_task(made.run())
        await asyncio.sleep(0)
        try:
            yield made, task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def record(directory: Path) -> list[tuple[str, str, str]]:
    lines = [json.loads(line) for line in (directory / "audit.jsonl").read_text().splitlines()]
    return [(line["stage"], line["command"], line["outcome"]) for line in lines]


async def opened(made: Forwards, local: int = 0) -> ForwardRow:
    found = await made.open("ns/pod", Ports(local, 8080), "kubectl port-forward …")
    assert isinstance(found, ForwardRow)
    return found


async def test_what_is_opened_is_on_record_and_ends_with_the_session(tmp_path: Path) -> None:
    async with forwards(tmp_path) as (made, task):
        row = await opened(made)
        assert await _said(row, b"a.") == b"A."
        assert record(tmp_path) == [("intent", "kubectl port-forward …", "")]
        (seen,) = made.rows
        assert (seen.total, seen.sent, seen.received, made.count) == (1, 2, 2, 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        told = f"port {row.local} closed after 0s: 1 connection, 2 bytes to the pod, 2 from it"
        assert record(tmp_path)[1:] == [("done", "kubectl port-forward …", told)]
        assert await _closed(row)


async def _said(row: ForwardRow, words: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", row.local)
    writer.write(words)
    found = await reader.read(-1)
    writer.close()
    return found


async def _closed(row: ForwardRow) -> bool:
    try:
        _reader, writer = await asyncio.open_connection("127.0.0.1", row.local)
    except ConnectionError:
        return True
    writer.close()
    return False


async def test_one_is_stopped_and_the_others_go_on(tmp_path: Path) -> None:
    async with forwards(tmp_path) as (made, _task):
        first, second = await opened(made), await opened(made)
        made.stop(first.key)
        await until(lambda: len(record(tmp_path)) == 3)
        assert [row.key for row in made.rows] == [second.key]
        assert await _closed(first)
        assert await _said(second, b"b.") == b"B."
        made.stop("unknown")


async def test_a_pod_that_is_gone_takes_its_forwards_along_and_they_say_so(tmp_path: Path) -> None:
    async with forwards(tmp_path) as (made, _task):
        row = await opened(made)
        made.note(Delta({}, {"pods": {"ns/other"}}, frozenset()))
        assert made.count == 1
        made.note(Delta({}, {"pods": {"ns/pod"}}, frozenset()))
        await until(lambda: made.count == 0)
        (seen,) = made.rows
        assert (seen.over, seen.why) == (True, "the pod is gone")
        assert record(tmp_path)[-1][2].endswith("; the pod is gone")
        assert await _closed(row)
        made.stop(seen.key)
        assert made.rows == []


async def test_a_port_that_is_taken_and_a_read_only_session_open_nothing(tmp_path: Path) -> None:
    async with forwards(tmp_path) as (made, _task):
        row = await opened(made)
        found = await made.open("ns/pod", Ports(row.local, 8080), "c")
        assert isinstance(found, Problem)
        assert [stage for stage, *_ in record(tmp_path)] == ["intent", "intent", "refused"]
    async with forwards(tmp_path / "other", read_only=True) as (made, _task):
        assert isinstance(await made.open("ns/pod", Ports(0, 8080), "c"), Problem)
        assert not (tmp_path / "other").exists()


async def test_what_cannot_be_recorded_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with forwards(tmp_path / "file") as (made, _task):
        found = await made.open("ns/pod", Ports(0, 8080), "c")
        assert isinstance(found, Problem)
        assert found.code == "Audit"
        assert made.rows == []
