"""Whose lines they are: of a container that restarts again and again, and of pods that share a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.client.api import cut, refusal, running
from tests.client.kubelet import Line, collect, encode, text
from tui.client import logs
from tui.client.logs import LogOptions

Step = Callable[["Life"], None]


class Life:
    """A container through its instances. `plan` is what happens around each request: see `at`."""

    def __init__(self, *instances: list[Line], policy: str = "Always") -> None:
        self.instances, self.policy, self.uid, self.count = list(instances), policy, "uid-1", 0
        self.state: dict[str, Any] = {"running": {}}
        self.steps: dict[str, Step] = {}
        """What happens before the nth request of a kind: `log 2`, `pod 1`, `previous 1`."""
        self.asked: dict[str, int] = {}
        self.cuts: dict[str, int] = {}
        """Bytes after which the answer to a request breaks; negative: it ends there cleanly."""
        self.away: set[str] = set()
        """Requests that are refused for a moment."""
        self.queries: list[dict[str, str]] = []

    def __call__(self, request: web.Request) -> Any:
        kind = "pod" if not request.path.endswith("/log") else "previous" if "previous" in request.query else "log"
        self.asked[kind] = self.asked.get(kind, 0) + 1
        name = f"{kind} {self.asked[kind]}"
        self.steps.get(name, lambda _life: None)(self)
        if name in self.away:
            return refusal(503, "away")
        return self.pod() if kind == "pod" else self.log(request, name)

    def pod(self) -> web.Response:
        last = {"terminated": {"exitCode": 1, "reason": "Error"}} if self.count else {}
        status = {"name": "main", "restartCount": self.count, "state": self.state, "lastState": last}
        return web.json_response({
            "metadata": {"uid": self.uid}, "spec": {"restartPolicy": self.policy},
            "status": {"phase": "Running", "containerStatuses": [status]},
        })  # fmt: skip

    async def log(self, request: web.Request, name: str) -> web.StreamResponse:
        query = dict(request.query)
        self.queries.append(query)
        number = self.count - 1 if "previous" in query else self.count
        if number < 0 or not (lines := self.instances[number]):
            return refusal(400, "no such instance")
        if "sinceTime" in query:
            second = int(query["sinceTime"][17:19]) if query["sinceTime"] > "2026-01-02T03:04" else -1
            lines = [line for line in lines if line[0] >= second * 10**9]
        elif "tailLines" in query:
            lines = lines[-int(query["tailLines"]) :]
        body, at = encode(lines), self.cuts.get(name)
        answer = web.StreamResponse()
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        await answer.write(body if at is None else body[: abs(at)])
        if at is not None and at > 0:
            cut(request)
        return answer

    def restart(self, times: int = 1) -> None:
        self.count += times
        self.state = {"running": {}}

    def end(self) -> None:
        self.policy, self.state = "Never", {"terminated": {"exitCode": 0, "reason": "Completed"}}


def lines(name: str, first: int, count: int = 4) -> list[Line]:
    return [(first * 10**9 + n * 10**8, f"{name} {n}") for n in range(count)]


def told(events: list[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, logs.Restarted | logs.Ended | logs.Refused)]


OLD, MIDDLE, LAST = lines("old", 1), lines("middle", 11), lines("last", 21)
END = logs.Ended("Completed, exit code 0", 0)


async def test_a_restart_while_it_waits_to_come_back_is_seen_before_a_line_is_given() -> None:
    """The pod was looked at before the wait; the next stream is another instance's already."""
    life = Life(OLD, MIDDLE)
    life.cuts = {"log 1": len(encode(OLD[:2])) | 1}
    life.steps = {"log 2": Life.restart, "log 3": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD, *MIDDLE])
    assert told(events) == [logs.Restarted("Error", 1), END]


async def test_an_instance_that_could_not_be_looked_up_is_looked_up_with_the_first_lines() -> None:
    life = Life(OLD, MIDDLE)
    life.cuts = {"log 1": len(encode(OLD[:2])) | 1}
    life.away = {"pod 1"}
    life.steps = {"pod 3": Life.restart, "log 2": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD, *MIDDLE])
    assert told(events) == [logs.Restarted("Error", 1), END]


async def test_lines_are_not_given_while_nobody_can_say_whose_they_are() -> None:
    life = Life(OLD, MIDDLE)
    life.cuts = {"log 1": len(encode(OLD[:2])) | 1}
    life.away = {"pod 3"}
    life.steps = {"log 2": Life.restart, "log 3": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD, *MIDDLE])
    assert told(events) == [logs.Restarted("Error", 1), END]


async def test_a_restart_while_the_one_before_is_told_of_is_told_of_too() -> None:
    """To read what the instance before said last takes its time."""
    life = Life(OLD, MIDDLE, LAST)
    life.cuts = {"log 1": len(encode(OLD[:2])) | 1}
    life.steps = {"pod 2": Life.restart, "log 2": Life.restart, "log 3": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD, *MIDDLE, *LAST])
    assert told(events) == [logs.Restarted("Error", 1), logs.Restarted("Error", 1), END]


async def test_several_restarts_at_once_are_counted_and_what_is_left_is_given() -> None:
    life = Life(OLD, lines("a", 4), lines("b", 7), MIDDLE, LAST)
    life.cuts = {"log 1": len(encode(OLD[:2])) | 1}
    life.steps = {"pod 2": lambda life: life.restart(4), "log 2": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD[:2], *MIDDLE, *LAST])
    first, second, end = told(events)
    assert (first.missed, second.missed, end) == (2, 0, END)
    assert first.reason == "4 restarts at once, 2 instances not seen, what it said last is lost"
    assert text(events[: events.index(second)]) == encode([*OLD[:2], *MIDDLE])


async def test_several_restarts_are_told_once_though_the_log_before_breaks() -> None:
    life = Life(OLD, lines("a", 7), MIDDLE, LAST)
    life.cuts = {"log 1": len(encode(OLD[:2])) | 1, "previous 1": len(encode(MIDDLE[:2])) | 1}
    life.steps = {"pod 2": lambda life: life.restart(3), "log 2": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD[:2], *MIDDLE, *LAST])
    assert [getattr(event, "missed", None) for event in told(events)] == [1, 0, None]


async def test_a_container_that_has_died_is_read_to_its_end_and_then_only_its_pod_is_asked() -> None:
    """Else the next stream might be the next instance's."""
    life = Life([], OLD, MIDDLE)
    life.count = 1

    def die(life: Life) -> None:
        life.state = {"waiting": {"reason": "CrashLoopBackOff"}}

    life.cuts = {"log 1": -len(encode(OLD[:3]))}
    life.steps = {"pod 2": die, "pod 7": Life.restart, "log 3": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD, *MIDDLE])
    assert told(events) == [logs.Restarted("Error", 1), END]
    assert life.asked["log"] == 4, "the first, what came after its end, and the new one to its end"
    assert "previous" not in life.asked, "it was read to its end already"
    broken = [event.reason for event in events if isinstance(event, logs.Broken)]
    assert broken == ["the container is waiting to start: CrashLoopBackOff"]


async def test_nothing_was_given_yet_when_it_restarts() -> None:
    """A tail of three lines whose stream breaks before the first."""
    life = Life(OLD, MIDDLE)
    life.cuts = {"log 1": 11}
    life.steps = {"pod 2": Life.restart, "log 2": Life.end}
    async with running() as api:
        events = await collect(api, life, LogOptions(tail=3))
    assert text(events) == encode([*OLD[1:], *MIDDLE])
    assert told(events) == [logs.Restarted("Error", 1), END]


async def test_another_restart_while_the_instance_before_is_read() -> None:
    life = Life(OLD, MIDDLE, LAST)
    life.cuts = {"log 1": len(encode(OLD[:2])) | 1}
    life.steps = {"pod 2": Life.restart, "previous 1": Life.restart, "log 2": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD[:2], *MIDDLE, *LAST])
    first, _second, end = told(events)
    assert (first.missed, end) == (0, END)
    assert "lost" in first.reason


async def test_a_log_before_without_a_new_line_is_another_s_when_another_began_meanwhile() -> None:
    """The clock was set back: nothing of that one is as late as what was given."""
    life = Life(OLD, lines("early", 0), LAST)
    life.cuts = {"log 1": len(encode(OLD[:2])) | 1}
    life.steps = {"pod 2": Life.restart, "previous 1": Life.restart, "log 2": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD[:2], *lines("early", 0), *LAST])
    assert "lost" in told(events)[0].reason


async def test_a_log_before_that_is_gone_is_called_lost() -> None:
    life = Life(OLD, MIDDLE)
    life.cuts = {"log 1": len(encode(OLD[:2])) | 1}

    def restart(life: Life) -> None:
        life.restart()
        life.instances[0] = []

    life.steps = {"pod 2": restart, "log 2": Life.end}
    async with running() as api:
        events = await collect(api, life)
    assert text(events) == encode([*OLD[:2], *MIDDLE])
    assert told(events) == [logs.Restarted("Error, what it said last is lost", 1), END]


def recreated(life: Life) -> None:
    """Deleted, and made anew with the same name: it counts its restarts from the start."""
    life.uid, life.count, life.instances = "uid-2", 0, [MIDDLE]


async def test_another_pod_of_the_same_name_is_no_restart_of_this_one() -> None:
    for when in ("pod 2", "log 2"):
        life = Life([], [], OLD)
        life.count = 2
        life.cuts = {"log 1": len(encode(OLD[:2])) | 1}
        life.steps = {when: recreated, f"log {2 + (when == 'log 2')}": Life.end}
        if when == "pod 2":
            life.steps["log 2"] = Life.end
        async with running() as api:
            events = await collect(api, life)
        assert text(events) == encode([*OLD[:2], *MIDDLE]), when
        assert told(events) == [
            logs.Restarted("the pod was deleted and made anew, what it said last is lost"), END,
        ]  # fmt: skip
        assert "previous" not in life.asked


async def test_the_instance_before_is_not_mixed_with_the_one_before_the_next() -> None:
    life = Life(OLD, MIDDLE, LAST)
    life.count = 1
    life.cuts = {"previous 1": len(encode(OLD[:2])) | 1}
    life.steps = {"previous 2": Life.restart}
    async with running() as api:
        events = await collect(api, life, LogOptions(previous=True))
    assert text(events) == encode(OLD[:2])
    assert told(events) == [logs.Ended("another instance began: the rest of this one cannot be read")]


async def test_what_there_is_now_is_read_once_to_its_end() -> None:
    life = Life(OLD)
    life.cuts = {"log 1": len(encode(OLD[:2])) + 10 | 1}
    async with running() as api:
        events = await collect(api, life, LogOptions(follow=False))
    assert text(events) == encode(OLD)
    assert told(events) == [logs.Ended("the end of what there is")]
    assert all("follow" not in query for query in life.queries)


async def test_since_counts_from_when_it_was_asked_for() -> None:
    life = Life(OLD)
    life.cuts = {"log 1": 3}
    life.steps = {"log 2": Life.end}
    ticks = iter([100.0] * 3 + [130.0] * 50)
    async with running() as api:
        await collect(api, life, LogOptions(since=60.0), tick=lambda: next(ticks))
    assert [query.get("sinceSeconds") for query in life.queries[:2]] == ["60", "90"]
