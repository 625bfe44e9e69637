"""A collection mirrored: each answer of the server, what it does to the rows, and when the next request goes out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import THINGS, WIDGETS, client, line, page, refusal, running, stream, thing, until
from tests.client.mirror import Mirror
from tui.client import stream as stream_module
from tui.client.transport import USUAL, Limits
from tui.core.facts import Changed, Listed, Phase
from tui.core.kind import Kind
from tui.core.store import Store


class Script:
    """Answers in turn; the last is a watch that stays open."""

    def __init__(self, *answers: Callable[[web.Request], Any]) -> None:
        self._answers = iter(answers)
        self.asked: list[dict[str, str]] = []
        self.hold = asyncio.Event()

    def __call__(self, request: web.Request) -> Any:
        if request.path == "/version":
            return web.json_response({})
        self.asked.append(dict(request.query))
        answer = next(self._answers, None)
        return answer(request) if answer is not None else stream(request, hold=self.hold)


def listed(*names: str, version: int = 5) -> Callable[[web.Request], Any]:
    return lambda request: page([thing(name) for name in names], version)


def watched(*parts: bytes) -> Callable[[web.Request], Any]:
    return lambda request: stream(request, *parts)


def refused(status: int, **headers: str) -> Callable[[web.Request], Any]:
    return lambda request: refusal(status, f"status {status}", **headers)


async def run(
    script: Script, done: Callable[[Mirror], object], kind: Kind = THINGS, limits: Limits = USUAL, **more: Any
) -> Mirror:
    async with running() as api, client(api.url, limits=limits) as kube:
        api.handle = script
        mirror = Mirror(kube, kind, **more)
        await until(lambda: done(mirror))
        script.hold.set()
        await mirror.end()
    return mirror


async def test_a_list_is_shown_page_by_page_and_a_watch_goes_on_from_it() -> None:
    script = Script(
        lambda request: page([thing("x")], 7, "more"),
        lambda request: page([thing("y")], 7),
        watched(line("ADDED", thing("z", version=8)), line("DELETED", thing("x", version=9))),
    )
    mirror = await run(script, lambda mirror: len(script.asked) == 4)
    assert mirror.rows == {"a/y": 0, "a/z": 0}
    assert script.asked[0] == {"limit": "500"}
    assert script.asked[1] == {"limit": "500", "continue": "more"}
    assert script.asked[2]["resourceVersion"] == "7"
    assert script.asked[2]["allowWatchBookmarks"] == "true"
    assert script.asked[2]["timeoutSeconds"] == "300"
    assert script.asked[3]["resourceVersion"] == "9", "an end is resumed, not listed anew"
    names = [type(fact).__name__ for fact in mirror.facts]
    assert names[:6] == ["Relist", "Page", "Page", "Listed", "Alive", "Changed"]


async def test_a_bookmark_moves_the_version_and_says_that_the_source_lives() -> None:
    mark = line("BOOKMARK", {"kind": "Thing", "metadata": {"resourceVersion": "99"}})
    script = Script(listed("x"), watched(mark))
    mirror = await run(script, lambda mirror: len(script.asked) == 3)
    assert script.asked[2]["resourceVersion"] == "99"
    assert not any(isinstance(fact, Changed) for fact in mirror.facts)


async def test_expired_versions_are_listed_anew_but_not_more_often_than_the_window() -> None:
    gone = watched(line("ERROR", {"kind": "Status", "code": 410, "message": "too old"}))
    script = Script(listed("x"), gone, listed("y"), refused(410), listed("z"))
    mirror = await run(script, lambda mirror: len(script.asked) == 6)
    assert mirror.rows == {"a/z": 0}
    assert mirror.phase is Phase.LIVE
    assert mirror.clock.slept == [5.0, 5.0]


async def test_watches_that_end_at_once_are_not_a_busy_loop() -> None:
    script = Script(listed("x"), *[watched() for _ in range(5)])
    mirror = await run(script, lambda mirror: len(script.asked) == 7)
    assert mirror.clock.slept == [1.0] * 5
    assert mirror.phase is Phase.LIVE


async def test_failures_back_off_and_a_success_forgets_them() -> None:
    script = Script(*[refused(503) for _ in range(7)], listed("x"), refused(500), refused(500))
    mirror = await run(script, lambda mirror: len(script.asked) == 11 and mirror.phase is Phase.LIVE)
    assert mirror.clock.slept == [0.75, 1.5, 3.0, 6.0, 12.0, 22.5, 22.5, 1.0, 1.5]
    assert mirror.phase is Phase.LIVE


async def test_a_busy_moment_is_not_told_and_a_second_one_is() -> None:
    script = Script(refused(503), listed("x"))
    mirror = await run(script, lambda mirror: len(script.asked) == 3)
    assert not any(type(fact).__name__ == "Stale" for fact in mirror.facts)
    script = Script(refused(503), refused(503), listed("x"))
    mirror = await run(script, lambda mirror: len(script.asked) == 4)
    assert [fact.reason for fact in mirror.facts if type(fact).__name__ == "Stale"] == ["test: status 503"]  # type: ignore[union-attr]


async def test_retry_after_is_waited_for() -> None:
    script = Script(refused(429, **{"Retry-After": "17"}), listed("x"))
    mirror = await run(script, lambda mirror: len(script.asked) == 3)
    assert mirror.clock.slept == [17.0]


async def test_a_server_that_is_away_is_stale_with_its_name_and_the_next_step() -> None:
    async with client("http://127.0.0.1:1") as kube:
        mirror = Mirror(kube)
        await until(lambda: mirror.phase is Phase.STALE)
        await mirror.end()
    assert mirror.reason == "127.0.0.1:1: cannot connect: Connection refused; is it up, and reachable from here?"


async def test_denied_names_the_permission_and_is_looked_at_again_gently() -> None:
    script = Script(refused(403), listed("x"))
    mirror = await run(script, lambda mirror: len(script.asked) == 3, namespace="team")
    denied = next(fact for fact in mirror.facts if type(fact).__name__ == "Denied")
    assert (denied.permission, denied.reason) == ("list things in team", "status 403")  # type: ignore[union-attr]
    assert mirror.clock.slept == [45.0]
    assert mirror.phase is Phase.LIVE


async def test_a_watch_that_is_denied_names_the_watch() -> None:
    script = Script(listed("x"), refused(403), listed("x"))
    mirror = await run(script, lambda mirror: len(script.asked) == 4)
    denied = next(fact for fact in mirror.facts if type(fact).__name__ == "Denied")
    assert denied.permission == "watch things"  # type: ignore[union-attr]


async def test_a_resource_nobody_installed_is_missing_and_comes_when_it_does() -> None:
    script = Script(refused(404), lambda request: page([{"metadata": {"name": "w"}}], 1))
    states: list[Phase] = []

    def done(mirror: Mirror) -> bool:
        states.append(mirror.phase)
        return len(script.asked) == 3

    mirror = await run(script, done, WIDGETS)
    assert any(type(fact).__name__ == "Missing" for fact in mirror.facts)
    assert mirror.rows == {"w": 0}


async def test_a_server_that_knows_no_core_resource_is_no_kubernetes() -> None:
    script = Script(refused(404))
    mirror = await run(script, lambda mirror: mirror.phase is Phase.STALE or len(script.asked) > 2)
    assert any("no Kubernetes API: it knows no things" in getattr(fact, "reason", "") for fact in mirror.facts)
    assert not any(type(fact).__name__ == "Missing" for fact in mirror.facts)


async def test_a_silent_watch_is_opened_again_from_where_it_was() -> None:
    script = Script(listed("x", version=5))
    async with running() as api, client(api.url) as kube:
        api.handle = script
        mirror = Mirror(kube, silence=0.05)
        await until(lambda: len(script.asked) == 4)
        script.hold.set()
        await mirror.end()
    assert [asked.get("resourceVersion") for asked in script.asked] == [None, "5", "5", "5"]
    assert mirror.phase is Phase.LIVE


async def test_an_expired_sign_in_is_renewed_once_before_anything_is_said() -> None:
    script = Script(listed("x"), refused(401))
    renewed: list[int] = []
    async with running() as api, client(api.url) as kube:
        api.handle = script

        async def renew() -> None:
            renewed.append(1)

        kube.connection.renew = renew  # type: ignore[method-assign]
        mirror = Mirror(kube)
        await until(lambda: len(script.asked) == 3)
        script.hold.set()
        await mirror.end()
    assert renewed == [1]
    assert not any(type(fact).__name__ == "Stale" for fact in mirror.facts)


async def test_a_sign_in_that_stays_expired_is_stale_with_the_reason() -> None:
    script = Script(*[refused(401) for _ in range(4)], listed("x"))
    mirror = await run(script, lambda mirror: len(script.asked) == 6)
    stale = [fact.reason for fact in mirror.facts if type(fact).__name__ == "Stale"]  # type: ignore[union-attr]
    assert stale[0].startswith("not signed in: test: status 401; sign in again")
    assert len(stale) == 3
    assert mirror.phase is Phase.LIVE


async def test_rows_before_an_error_line_are_not_lost() -> None:
    bad = line("ERROR", {"kind": "Status", "code": 500, "message": "etcd"})
    script = Script(listed("x"), watched(line("ADDED", thing("y", version=6)) + bad))
    mirror = await run(script, lambda mirror: len(script.asked) == 3)
    assert mirror.rows == {"a/x": 0, "a/y": 0}
    assert script.asked[2]["resourceVersion"] == "6"


async def test_bytes_that_are_no_text_are_unreadable_and_end_nothing() -> None:
    bad = web.Response(body=b'{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"\xff"}}]}')
    odd = b'{"type":"ADDED","object":{"metadata":{"name":"\xff"}}}\n'
    script = Script(lambda request: bad, listed("x"), watched(odd), listed("y"))
    mirror = await run(script, lambda mirror: len(script.asked) == 5)
    reasons = " ".join(getattr(fact, "reason", "") for fact in mirror.facts)
    assert "unreadable answer" in reasons
    assert "unreadable watch line" in reasons
    assert mirror.rows == {"a/y": 0}


async def test_a_body_whose_framing_breaks_before_its_connection_is_a_break_like_others() -> None:
    seen = asyncio.Event()

    async def broken(request: web.Request) -> web.StreamResponse:
        answer = await stream(request, line("ADDED", thing("y", version=6)))
        await seen.wait()
        assert request.transport is not None
        request.transport.write(b"zz\r\nno chunk\r\n")
        await script.hold.wait()
        return answer

    def done(mirror: Mirror) -> bool:
        if "a/y" in mirror.rows:
            seen.set()
        return len(script.asked) == 3

    script = Script(listed("x"), broken)
    await run(script, done, limits=Limits(quiet=0.02))
    assert script.asked[2]["resourceVersion"] == "6"


async def test_a_list_whose_framing_breaks_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "_LOOK", 0.02)

    async def broken(request: web.Request) -> web.StreamResponse:
        answer = await stream(request, b'{"items":[')
        await asyncio.sleep(0.05)
        assert request.transport is not None
        request.transport.write(b"zz\r\nno chunk\r\n")
        await script.hold.wait()
        return answer

    script = Script(broken, listed("x"))
    mirror = await run(script, lambda mirror: len(script.asked) == 3)
    assert mirror.rows == {"a/x": 0}


async def test_an_unreadable_watch_is_said_and_listed_anew() -> None:
    script = Script(listed("x"), watched(b"nonsense\n"), listed("y"))
    mirror = await run(script, lambda mirror: len(script.asked) == 4)
    assert any("unreadable watch line" in getattr(fact, "reason", "") for fact in mirror.facts)
    assert mirror.rows == {"a/y": 0}


async def test_one_namespace_leaves_the_rows_of_others_alone() -> None:
    script = Script(listed("x"))
    async with running() as api, client(api.url) as kube:
        api.handle = script
        store = Store()
        store.apply(Changed("things", THINGS.decode(THINGS.item()), 0.0))
        mirror = Mirror(kube, namespace="a")
        mirror.store = store
        await until(lambda: any(isinstance(fact, Listed) for fact in mirror.facts))
        script.hold.set()
        await mirror.end()
    assert set(store.rows("things")) == {"", "a/x"}
    assert api.asked[0].path == "/api/v1/namespaces/a/things"


async def test_a_list_that_breaks_takes_nothing_away() -> None:
    gone = watched(line("ERROR", {"kind": "Status", "code": 410, "message": "too old"}))
    half = page([thing("x", 7)], 8, "more")
    script = Script(listed("x", "y"), gone, lambda request: half, refused(500), refused(500))
    mirror = await run(script, lambda mirror: len(script.asked) >= 5 and mirror.phase is Phase.STALE)
    assert mirror.rows == {"a/x": 7, "a/y": 0}


async def test_a_plugin_s_expired_token_is_renewed_by_running_it_again(tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    plugin.write_text(
        f'#!/bin/sh\necho x >> {tmp_path}/runs\nprintf \'{{"status":{{"token":"t%d"}}}}\' $(wc -l < {tmp_path}/runs)\n'
    )
    plugin.chmod(0o755)
    script = Script(listed("x"))

    def handle(request: web.Request) -> Any:
        good = request.headers["Authorization"] == "Bearer t2"
        return script(request) if good else refusal(401, "Unauthorized")

    async with running() as api, client(api.url, {"exec": {"command": str(plugin)}}) as kube:
        api.handle = handle
        mirror = Mirror(kube)
        await until(lambda: len(script.asked) == 2)
        script.hold.set()
        await mirror.end()
    assert mirror.rows == {"a/x": 0}
    assert not any(type(fact).__name__ == "Stale" for fact in mirror.facts)
    assert (tmp_path / "runs").read_text() == "x\nx\n"
