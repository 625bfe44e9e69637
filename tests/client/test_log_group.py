"""Many logs followed as one: none lost, none twice, and nothing left behind."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import client, refusal, running, until
from tests.client.kubelet import Kubelet, encode, nothing
from tui.client import log_group, logs
from tui.client.log_group import Batch, LogGroup, LogSource, Said
from tui.client.log_seen import stamp_of
from tui.client.logs import LogOptions

WORKERS = 64


class Kubelets:
    """One kubelet a pod, by name."""

    def __init__(self, **each: Kubelet) -> None:
        self.each = each

    def __call__(self, request: web.Request) -> Any:
        name = request.path.removeprefix("/api/v1/namespaces/ns/pods/").removesuffix("/log")
        return self.each[name](request)


def group_of(kube: Any, *names: str, options: LogOptions = logs.FROM_START, **more: Any) -> LogGroup:
    group = LogGroup(kube, options, **{"sleep": nothing, "hold": 0.05, "settle": 0.2, **more})
    for name in names:
        group.add(LogSource(f"ns/{name}", "main"))
    return group


async def read(group: LogGroup) -> tuple[dict[int, list[bytes]], list[bytes], list[Said]]:
    """The lines of each source, all lines as they came, and what happened."""
    lines: dict[int, list[bytes]] = {}
    every: list[bytes] = []
    said: list[Said] = []
    async with asyncio.timeout(20), aclosing(group.events()) as events:
        async for event in events:
            if isinstance(event, Said):
                said.append(event)
                continue
            batch = event.data.split(b"\n")[:-1]
            every += batch
            for source, line in zip(event.sources or bytes(len(batch)), batch, strict=True):
                lines.setdefault(source, []).append(line)
    return lines, every, said


def handles() -> Counter[str]:
    """What this process holds open, by kind."""
    names: Counter[str] = Counter()
    for each in list(Path("/proc/self/fd").iterdir()):
        with suppress(OSError):  # the listing itself is gone already
            names[str(each.readlink()).partition(":")[0]] += 1
    return names


async def test_sixty_four_workers_each_cut_several_times() -> None:
    chance = random.Random(5)
    texts = {
        f"w{worker}": [(n // 3 * 10**8 + worker % 3, f"line {n} of {worker}") for n in range(60)]
        for worker in range(WORKERS)
    }
    async with running() as api:
        api.handle = Kubelets(
            **{name: Kubelet(lines, [chance.randrange(3000) for _ in range(4)]) for name, lines in texts.items()}
        )
        before, tasks = handles(), len(asyncio.all_tasks())
        async with client(api.url) as kube:
            lines, every, said = await read(group_of(kube, *texts))
        await until(lambda: handles()["socket"] <= before["socket"] and len(asyncio.all_tasks()) <= tasks)
    for worker, wanted in enumerate(texts.values()):
        assert lines[worker] == encode(wanted).splitlines(), worker
    assert len(every) == WORKERS * 60
    ends = Counter(type(event.event).__name__ for event in said)
    assert ends["Ended"] == WORKERS
    assert ends["Broken"] == ends["Resumed"] > WORKERS
    assert "Refused" not in ends


async def test_what_was_written_before_is_given_in_the_order_of_time() -> None:
    texts = [[(n * 10**8 + source, f"{source}") for n in range(200)] for source in range(3)]
    async with running() as api, client(api.url) as kube:
        api.handle = Kubelets(**{f"w{n}": Kubelet(lines, []) for n, lines in enumerate(texts)})
        _lines, every, _said = await read(group_of(kube, "w0", "w1", "w2"))
    stamps = [stamp_of(line) for line in every]
    assert len(stamps) == 600
    assert stamps == sorted(stamps)


async def test_one_alone_passes_as_it_comes() -> None:
    lines = [(n * 10**8, f"line {n}") for n in range(200)]
    async with running() as api, client(api.url) as kube:
        api.handle = Kubelets(w0=Kubelet(lines, [900]))
        async with aclosing(group_of(kube, "w0").events()) as events:
            found = [event async for event in events]
    batches = [event for event in found if isinstance(event, Batch)]
    assert all(batch.sources == b"" for batch in batches)
    assert b"".join(batch.data for batch in batches) == encode(lines)
    assert found[-1] == Said(0, logs.Ended("Error, exit code 3", 3))


def waiting(name: str) -> Any:
    """A container that never begins."""
    body = {"spec": {}, "status": {"containerStatuses": [{"name": "main", "state": {"waiting": {"reason": "Pull"}}}]}}

    def handle(request: web.Request) -> Any:
        is_log = request.path.endswith("/log")
        return (
            refusal(400, f'container "main" in pod "{name}" is waiting to start') if is_log else web.json_response(body)
        )

    return handle


async def test_a_container_that_never_begins_holds_up_nobody() -> None:
    lines = [(n * 10**8, f"line {n}") for n in range(20)]
    async with running() as api, client(api.url) as kube:
        api.handle = Kubelets(w0=waiting("w0"), w1=Kubelet(lines, []))
        group = group_of(kube, "w0", "w1", sleep=lambda _seconds: asyncio.sleep(0.02), settle=60.0)
        found: list[Batch | Said] = []
        async with asyncio.timeout(5), aclosing(group.events()) as events:
            async for event in events:
                found.append(event)
                if isinstance(event, Said) and isinstance(event.event, logs.Ended):
                    break
    assert b"".join(event.data for event in found if isinstance(event, Batch)) == encode(lines)
    assert any(isinstance(event, Said) and "waiting to start" in str(event.event) for event in found)


async def test_more_are_added_while_it_runs() -> None:
    first, second = [(n * 10**8, f"a {n}") for n in range(20)], [(n * 10**8, f"b {n}") for n in range(20)]
    async with running() as api, client(api.url) as kube:
        api.handle = Kubelets(w0=Kubelet(first, []), w1=Kubelet(second, []))
        group = group_of(kube, "w0")
        group.live = True
        found: list[Batch | Said] = []
        async with asyncio.timeout(5), aclosing(group.events()) as events:
            async for event in events:
                found.append(event)
                if event == Said(0, logs.Ended("Error, exit code 3", 3)):
                    assert group.add(LogSource("ns/w1", "main")) == 1
                    group.live = False
    assert found[-1] == Said(1, logs.Ended("Error, exit code 3", 3))
    assert b"".join(event.data for event in found if isinstance(event, Batch)) == encode([*first, *second])


async def test_leaving_in_the_middle_leaves_nothing_behind() -> None:
    hold = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(encode([(0, "hello")]))
        await hold.wait()
        return answer

    def handle(request: web.Request) -> Any:
        is_log = request.path.endswith("/log")
        return endless(request) if is_log else web.json_response({"spec": {}, "status": {}})

    async with running() as api:
        api.handle = handle
        before = len(asyncio.all_tasks())
        async with client(api.url) as kube:
            group = group_of(kube, *(f"w{n}" for n in range(8)))
            reader = asyncio.create_task(read(group))
            await until(lambda: len([one for one in api.asked if one.path.endswith("/log")]) == 8)
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader
            assert not group._tasks
        hold.set()
        await until(lambda: len(asyncio.all_tasks()) <= before)


async def test_who_reads_slowly_is_not_run_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_group, "_AHEAD", 100_000)
    monkeypatch.setattr(log_group, "_LEAST_AHEAD", 1000)
    given = 0

    async def flood(*_args: Any, **_more: Any) -> AsyncGenerator[logs.LogEvent, None]:
        nonlocal given
        for number in range(100):
            given += 1
            yield logs.Lines(encode([(number * 10**8, "x" * 9000)]))
            await asyncio.sleep(0)

    monkeypatch.setattr(log_group, "follow", flood)
    group = group_of(None, "w0", "w1")
    count = 0
    async with asyncio.timeout(10), aclosing(group.events()) as events:
        async for event in events:
            assert isinstance(event, Batch)
            count += len(event.sources)
            assert len(event.data) < 2 * (50_000 + 2 * 9100), "what had come before the first look"
            for _ in range(50):
                await asyncio.sleep(0)
            assert given - count <= 14, "about 50,000 bytes each, and a piece that came meanwhile"
    assert count == given == 200


async def test_a_file_is_tailed_in_the_container(monkeypatch: pytest.MonkeyPatch) -> None:
    from tui.client import exec_tail

    async def tail_file(_kube: Any, *place: str, **_more: Any) -> AsyncGenerator[logs.LogEvent, None]:
        yield logs.Lines(" ".join(place[:3]).encode() + b"\n")

    async def tail(kube: Any, key: str, container: str, path: str, options: LogOptions, **more: Any) -> Any:
        async for event in tail_file(kube, key, container, path, **more):
            yield event

    monkeypatch.setattr(exec_tail, "tail_file", tail)
    group = LogGroup(None, logs.FROM_START)  # type: ignore[arg-type]
    group.add(LogSource("ns/w0", "main", "/logs/std_log.txt"))
    lines, _every, _said = await read(group)
    assert lines == {0: [b"ns/w0 main /logs/std_log.txt"]}


async def test_a_bug_in_one_log_is_not_kept_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_args: Any, **_more: Any) -> AsyncGenerator[logs.LogEvent, None]:
        yield logs.Lines(b"x\n")
        raise ZeroDivisionError

    monkeypatch.setattr(log_group, "follow", broken)
    with pytest.raises(ZeroDivisionError):
        await read(group_of(None, "w0", "w1"))


def test_there_is_a_most() -> None:
    group = group_of(None, *(f"w{n}" for n in range(log_group.MOST)))
    with pytest.raises(ValueError, match="256"):
        group.add(LogSource("ns/one-more", "main"))
