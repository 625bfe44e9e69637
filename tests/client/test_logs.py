"""The log of a container, cut at any byte: every line once, in order, and an end that is one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client.api import refusal, running
from tests.client.kubelet import Kubelet, collect, encode, text
from tui.client import logs
from tui.client.logs import LogOptions
from tui.client.transport import Limits

# Few distinct instants, so that many lines share one, some with and some without a fraction.
instants = st.lists(st.sampled_from([0, 5 * 10**8, 10**9, 10**9 + 1, 2 * 10**9, 3 * 10**9 + 120]), max_size=14)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(instants, st.lists(st.integers(0, 2000), max_size=6), st.booleans())
def test_no_line_is_lost_or_doubled_wherever_the_stream_is_cut(
    times: list[int], cuts: list[int], same_text: bool
) -> None:
    lines = [(at, "same" if same_text else f"line {n}") for n, at in enumerate(sorted(times))]

    async def case() -> None:
        async with running() as api:
            kubelet = Kubelet(lines, list(cuts))
            events = await collect(api, kubelet)
            assert text(events) == encode(lines)
            assert isinstance(events[-1], logs.Ended)
            assert events[-1].exit_code == 3
            assert all(query["timestamps"] == "true" for query in kubelet.queries)

    asyncio.run(case())


async def test_a_tail_is_asked_for_once_and_what_it_left_out_stays_out() -> None:
    lines = [(n * 10**8, f"line {n}") for n in range(30)]
    async with running() as api:
        kubelet = Kubelet(lines, [len(encode(lines[25:])) - 3])
        events = await collect(api, kubelet, LogOptions(tail=5))
    assert text(events) == encode(lines[25:])
    assert kubelet.queries[0]["tailLines"] == "5"
    assert len(kubelet.queries) > 1
    assert all("tailLines" not in query for query in kubelet.queries[1:])


async def test_a_break_and_a_return_are_told_and_a_rotated_log_shows_as_a_gap() -> None:
    lines = [(n * 10**9, f"line {n}") for n in range(6)]
    async with running() as api:
        kubelet = Kubelet(lines, [len(encode(lines[:2])) | 1])
        original = kubelet.log

        async def rotating(request: web.Request) -> web.StreamResponse:
            if kubelet.queries:
                kubelet.lines = lines[4:]
            return await original(request)

        kubelet.log = rotating  # type: ignore[method-assign]
        events = await collect(api, kubelet)
    assert [type(event).__name__ for event in events][1:3] == ["Broken", "Resumed"]
    resumed = next(event for event in events if isinstance(event, logs.Resumed))
    assert resumed.gap == "03:04:01 → 03:04:04, log rotated"
    assert text(events) == encode([*lines[:2], *lines[4:]])


async def test_a_restarted_container_gives_the_rest_of_its_old_log_first() -> None:
    old, new = [(n * 10**9, f"old {n}") for n in range(4)], [(n * 10**9, f"new {n}") for n in range(10, 12)]
    async with running() as api:
        kubelet = Kubelet(old, [len(encode(old[:2])) | 1], restart="Always")
        original = kubelet.log

        async def log(request: web.Request) -> web.StreamResponse:
            if request.query.get("previous"):
                kubelet.lines = old
                answer = await original(request)
                kubelet.lines, kubelet.restart = new, "Never"
                return answer
            if kubelet.cuts:
                answer = await original(request)
                kubelet.restarts = 1
                return answer
            return await original(request)

        kubelet.log = log  # type: ignore[method-assign]
        events = await collect(api, kubelet)
    assert text(events) == encode([*old, *new])
    kinds = [type(event).__name__ for event in events]
    assert kinds.count("Restarted") == 1
    assert encode(new[:1]) not in text(events[: kinds.index("Restarted")])


@pytest.mark.parametrize(
    ("status", "message"), [(403, "no log for you"), (400, "container nope is not valid for pod pod")]
)
async def test_a_refusal_ends_it(status: int, message: str) -> None:
    def handle(request: web.Request) -> web.Response:
        if request.path.endswith("/log"):
            return refusal(status, message)
        state = {"name": "main", "restartCount": 0, "state": {"running": {}}}
        return web.json_response({"spec": {}, "status": {"containerStatuses": [state]}})

    async with running() as api:
        events = await collect(api, handle)
    assert len(events) == 1
    assert message in events[0].problem.what


async def test_a_pod_that_goes_away_ends_it() -> None:
    async with running() as api:
        events = await collect(api, lambda request: refusal(404, 'pods "pod" not found'))
    assert isinstance(events[-1], logs.Ended)
    assert events[-1].reason == "the pod is gone"


async def test_a_server_that_is_down_is_waited_for() -> None:
    lines = [(n * 10**9, f"line {n}") for n in range(3)]
    async with running() as api:
        kubelet = Kubelet(lines, [])
        failing = iter([True] * 12)

        def handle(request: web.Request) -> Any:
            return refusal(503, "away") if next(failing, False) else kubelet(request)

        events = await collect(api, handle)
    assert text(events) == encode(lines)
    assert sum(isinstance(event, logs.Broken) for event in events) == 1


async def test_a_container_that_just_ends_is_not_called_broken() -> None:
    lines = [(n * 10**9, f"line {n}") for n in range(3)]
    async with running() as api:
        kubelet = Kubelet(lines, [])
        kubelet.state = {"running": {}}
        original, late = kubelet.log, iter([True])

        async def log(request: web.Request) -> web.StreamResponse:
            answer = await original(request)
            if next(late, False):
                kubelet.state = {"running": {}}  # the status comes a moment after the end of the stream
            return answer

        kubelet.log = log  # type: ignore[method-assign]
        events = await collect(api, kubelet)
    assert text(events) == encode(lines)
    assert [type(event).__name__ for event in events if not isinstance(event, logs.Lines)] == ["Ended"]
    assert events[-1] == logs.Ended("Error, exit code 3", 3)


async def test_the_instance_before_is_read_once_to_its_end() -> None:
    lines = [(n * 10**9, f"line {n}") for n in range(3)]
    async with running() as api:
        kubelet = Kubelet(lines, [], restart="Always")
        events = await collect(api, kubelet, LogOptions(previous=True, tail=2))
    assert text(events) == encode(lines[1:])
    assert [type(event).__name__ for event in events][-1] == "Ended"
    assert kubelet.queries == [
        {"container": "main", "timestamps": "true", "previous": "true", "tailLines": "2"}
    ]  # fmt: skip


async def test_a_previous_instance_that_never_was_is_refused_with_the_server_s_words() -> None:
    def handle(request: web.Request) -> web.Response:
        if request.path.endswith("/log"):
            return refusal(400, 'previous terminated container "main" not found')
        return web.json_response({"status": {"containerStatuses": [{"name": "main", "state": {"running": {}}}]}})

    async with running() as api:
        (event,) = await collect(api, handle, LogOptions(previous=True))
    assert "not found" in event.problem.what


async def test_since_is_asked_for_in_whole_seconds_and_once() -> None:
    lines = [(n * 10**9, f"line {n}") for n in range(3)]
    async with running() as api:
        kubelet = Kubelet(lines, [len(encode(lines[:1])) | 1])
        await collect(api, kubelet, LogOptions(since=0.4))
    assert kubelet.queries[0]["sinceSeconds"] == "1"
    assert all("sinceSeconds" not in query for query in kubelet.queries[1:] if "sinceTime" in query)


async def test_a_container_that_waits_is_waited_for_and_its_reason_is_told() -> None:
    lines = [(0, "hello")]
    async with running() as api:
        kubelet = Kubelet(lines, [])
        waits = iter([True] * 3)

        def handle(request: web.Request) -> Any:
            if next(waits, False) and request.path.endswith("/log"):
                return refusal(400, 'container "main" in pod "pod" is waiting to start: ContainerCreating')
            return kubelet(request)

        kubelet.state = {"waiting": {"reason": "ContainerCreating"}}
        events = await collect(api, handle)
    assert text(events) == encode(lines)
    broken = [event.reason for event in events if isinstance(event, logs.Broken)]
    assert len(broken) == 1
    assert "ContainerCreating" in broken[0]


async def test_a_pod_without_a_node_is_waited_for_and_not_called_broken() -> None:
    """Its log is no error: it is an answer without a body."""
    lines = [(0, "hello")]
    async with running() as api:
        kubelet, waits = Kubelet(lines, []), iter([True] * 6)

        def handle(request: web.Request) -> Any:
            if not next(waits, False):
                return kubelet(request)
            is_log = request.path.endswith("/log")
            return web.Response(status=204) if is_log else web.json_response({"status": {"phase": "Pending"}})

        events = await collect(api, handle)
    assert text(events) == encode(lines)
    broken = [event.reason for event in events if isinstance(event, logs.Broken)]
    assert broken == ["the container is waiting to start: not started yet"]


async def test_a_quiet_log_is_not_left_before_its_first_line() -> None:
    lines = [(0, "at last")]
    async with running() as api:
        kubelet = Kubelet(lines, [])
        original = kubelet.log

        async def log(request: web.Request) -> web.StreamResponse:
            if "follow" in request.query:
                await asyncio.sleep(0.1)  # no head before the first line
            return await original(request)

        kubelet.log = log  # type: ignore[method-assign]
        events = await collect(api, kubelet, limits=Limits(read=0.02))
    assert text(events) == encode(lines)
    assert not any(isinstance(event, logs.Broken) for event in events)
