"""A log whose server is busy, begins anew, falls silent or loses its clock."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import cut, refusal, running
from tests.client.kubelet import Kubelet, collect, encode, stamp, text
from tui.client import logs

LINES = [(n * 10**9, f"line {n}") for n in range(4)]


def names(events: list[Any]) -> list[str]:
    return [type(event).__name__ for event in events if not isinstance(event, logs.Lines)]


async def test_retry_after_is_waited_for() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with running() as api:
        kubelet = Kubelet(LINES, [])
        busy = iter([True])

        def handle(request: web.Request) -> Any:
            is_log = request.path.endswith("/log")
            return refusal(429, "busy", **{"Retry-After": "17"}) if is_log and next(busy, False) else kubelet(request)

        events = await collect(api, handle, sleep=sleep)
    assert text(events) == encode(LINES)
    assert slept == [17.0]


async def test_waits_differ_by_chance() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with running() as api:
        failing = iter([True] * 8)
        kubelet = Kubelet(LINES, [])
        chances = iter([0.0, 1.0, 0.5, 0.0])
        await collect(
            api, lambda request: refusal(503, "away") if next(failing, False) else kubelet(request), sleep=sleep,
            random=lambda: next(chances),
        )  # fmt: skip
    assert slept == [0.5, 2.0, 3.0]


@pytest.mark.parametrize(("refusals", "last"), [(logs.PATIENCE, "Ended"), (logs.PATIENCE + 1, "Refused")])
async def test_a_log_that_was_read_may_be_refused_for_a_moment(refusals: int, last: str) -> None:
    """A server that begins does not know yet who may read."""
    async with running() as api:
        kubelet = Kubelet(LINES, [len(encode(LINES[:2])) | 1])
        left = [refusals]

        def handle(request: web.Request) -> Any:
            if request.path.endswith("/log") and not kubelet.cuts and left[0]:
                left[0] -= 1
                return refusal(403, "forbidden")
            return kubelet(request)

        events = await collect(api, handle)
    assert names(events)[-1] == last
    assert last == "Refused" or text(events) == encode(LINES)


async def test_a_silent_stream_is_asked_for_anew_without_a_word() -> None:
    async with running() as api:
        kubelet = Kubelet(LINES[:2], [])
        original, hold, streams = kubelet.log, asyncio.Event(), [0]

        async def log(request: web.Request) -> web.StreamResponse:
            if "follow" not in request.query:
                return await original(request)
            streams[0] += 1
            answer = web.StreamResponse()
            answer.enable_chunked_encoding()
            await answer.prepare(request)
            lines = kubelet.lines if "sinceTime" in request.query else LINES[:1]
            await answer.write(encode(lines))
            if streams[0] < 4:
                await hold.wait()  # it says nothing more, and nobody closes it
            kubelet.state = {"terminated": {"exitCode": 0, "reason": "Completed"}}
            return answer

        kubelet.log = log  # type: ignore[method-assign]
        events = await collect(api, kubelet, silence=0.05)
        hold.set()
    assert streams[0] == 4
    assert text(events) == encode(LINES[:2])
    assert names(events) == ["Ended"]


async def test_the_rest_of_the_instance_before_is_read_though_that_breaks_too() -> None:
    old, new = LINES, [(n * 10**9, f"new {n}") for n in range(10, 12)]
    async with running() as api:
        size = len(encode(old[:2])) | 1
        kubelet = Kubelet(old, [size, size], restart="Always")
        original = kubelet.log

        async def log(request: web.Request) -> web.StreamResponse:
            if request.query.get("previous"):
                kubelet.lines, state = old, kubelet.state
                answer = await original(request)
                kubelet.state = state
                return answer
            kubelet.lines = old if kubelet.restarts == 0 else new
            if kubelet.restarts == 0:
                answer = await original(request)
                kubelet.restarts = 1
                return answer
            kubelet.restart = "Never"
            return await original(request)

        kubelet.log = log  # type: ignore[method-assign]
        events = await collect(api, kubelet)
    assert text(events) == encode([*old, *new])
    assert names(events).count("Restarted") == 1
    previous = [query for query in kubelet.queries if "previous" in query]
    assert len(previous) == 2
    assert encode(new[:1]) not in text(events[: [type(event).__name__ for event in events].index("Restarted")])


async def test_a_clock_that_is_set_back_makes_no_break_of_minus_an_hour() -> None:
    clock = iter([7200.0, 3600.0, 3600.0, 3600.0])
    async with running() as api:
        kubelet = Kubelet(LINES, [len(encode(LINES[:2])) | 1])
        events = await collect(api, kubelet, clock=lambda: next(clock))
    (back,) = [event for event in events if isinstance(event, logs.Resumed)]
    assert 0 <= back.after < 10


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_a_program_writes_comes_once_though_it_is_cut_anywhere(seed: int) -> None:
    """A line of a megabyte, bytes that are no text, progress bars, Windows' line ends, and no end at the end."""
    chance = random.Random(seed)
    bars = b"\r".join(b"%d%%|#####     |" % number for number in range(3000))
    texts = [
        b"x" * 2**20,
        b"\xff\xfe\x00\x80",
        bars,
        b"windows\r",
        b"",
        b" ",
        b"same",
        b"same",
        b"same",
        "größe".encode(),
    ]
    chance.shuffle(texts)
    stamped = [f"{stamp(10**9 + n // 2 * 10**8)} ".encode() + text for n, text in enumerate(texts)]
    body = b"\n".join(stamped)
    cuts = [chance.randrange(len(body)) for _ in range(8)]
    kubelet = Kubelet([], [])

    async def log(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        if cuts:
            at = cuts.pop()
            await answer.write(body[:at])
            if at % 2:
                cut(request)
            return answer
        kubelet.state = {"terminated": {"exitCode": 0, "reason": "Completed"}}
        await answer.write(body)
        return answer

    kubelet.log = log  # type: ignore[method-assign]
    async with running() as api:
        events = await collect(api, kubelet)
    found = text(events)
    assert isinstance(events[-1], logs.Ended)
    assert found.endswith(b"\n")
    # A long progress bar comes in several lines, each with the timestamp of the first.
    begin = next(line for line in stamped if bars in line)[: -len(bars)]
    assert found.replace(b"\r\n" + begin, b"\r") == body + b"\n"


async def test_an_init_container_that_has_ended_is_read_to_its_end() -> None:
    async with running() as api:
        kubelet = Kubelet(LINES, [len(encode(LINES[:2])) | 1])

        def handle(request: web.Request) -> Any:
            if request.path.endswith("/log"):
                return kubelet.log(request)
            state = {"terminated": {"exitCode": 0, "reason": "Completed"}}
            status = {"name": "main", "restartCount": 0, "state": state}
            return web.json_response({
                "spec": {"initContainers": [{"name": "main"}], "containers": [{"name": "other"}]},
                "status": {"phase": "Running", "initContainerStatuses": [status]},
            })  # fmt: skip

        events = await collect(api, handle)
    assert text(events) == encode(LINES)
    assert events[-1] == logs.Ended("Completed, exit code 0", 0)
