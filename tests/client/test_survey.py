"""What a survey asks of the cluster and what it does not, how gently, and that each part fails for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import refusal
from tests.client.survey_town import (
    CRDS,
    LISTS,
    NAMED,
    REMAINS,
    SECRET,
    Slept,
    broken,
    listing,
    look,
    part,
    thing,
    town,
)
from tests.core.hostile import strings
from tui.client.survey import AT_ONCE, PATIENCE
from tui.core.errors import Problem
from tui.core.health import Health
from tui.domain.plans.draft import Draft
from tui.domain.preflight import findings
from tui.domain.surveys.survey import NEEDS


async def test_everything_is_seen_and_little_is_asked() -> None:
    async with town() as (_town, api, kube):
        found = await look(kube)
        asked = [(request.method, request.path, dict(request.query)) for request in api.asked]
    assert found.version == "v1.27.3"
    for name, path in {**LISTS, **NAMED}.items():
        (row,) = part(found, name)
        assert path.rpartition("/")[2] in row.key
    assert [each.kind for each in part(found, "remains")] == ["Service", "ServiceAccount", "ConfigMap"]
    assert [each.name for each in part(found, "definitions")] == ["jobs.batch.volcano.sh"]
    assert dict(found.rights) == dict.fromkeys(NEEDS, True)
    assert {method for method, path, _query in asked if "selfsubject" not in path} == {"GET"}
    assert not any(path.endswith("/pods") for _method, path, _query in asked)
    assert [path for _method, path, _query in asked if path.startswith(CRDS)] == [CRDS + "jobs.batch.volcano.sh"]
    for _method, path, query in asked:
        if path in LISTS.values() or path in REMAINS:
            assert 0 < int(query["limit"]) <= 200
    by_path = {path: query for _method, path, query in asked}
    assert by_path[LISTS["schedulers"]]["fieldSelector"] == "metadata.name=volcano-scheduler-configmap"
    assert by_path[LISTS["releases"]]["labelSelector"] == "owner=helm,status!=superseded"
    assert len(asked) <= 15 + len(REMAINS) + len(NEEDS)


async def test_no_data_of_a_secret_is_kept() -> None:
    async with town() as (_town, _api, kube):
        found = await look(kube)
    held = [text for name in ("releases", "remains") for text in strings(part(found, name))]
    assert held
    assert not any(SECRET in text for text in held)


async def test_pages_are_followed() -> None:
    def pages(request: web.Request) -> web.Response:
        at = int(request.query.get("continue") or 0)
        return listing(thing(f"d{at}", "a"), token=str(at + 1) if at < 3 else "")

    async with town() as (made, _api, kube):
        made.special[LISTS["deployments"]] = pages
        found = await look(kube)
    assert [each.name for each in part(found, "deployments")] == ["d0", "d1", "d2", "d3"]


async def test_no_more_than_a_few_requests_at_once() -> None:
    async with town() as (made, _api, kube):
        await look(kube)
    assert 1 < made.most <= AT_ONCE


@pytest.mark.parametrize("name", [*LISTS, *NAMED, "definitions", "remains", "version"])
async def test_each_part_is_refused_for_itself(name: str) -> None:
    paths = {
        **LISTS,
        **NAMED,
        "definitions": CRDS + "jobs.batch.volcano.sh",
        "remains": REMAINS[1],
        "version": "/version",
    }
    async with town() as (made, _api, kube):
        made.special[paths[name]] = lambda _request: refusal(403, "you may not")
        found = await look(kube)
    refused = part(found, name)
    assert isinstance(refused, Problem)
    assert (refused.status, refused.what) == (403, "you may not")
    others = {*LISTS, *NAMED, "definitions", "remains", "version"} - {name}
    assert not [each for each in others if isinstance(part(found, each), Problem)]


async def test_without_discovery_definitions_are_not_known() -> None:
    async with town() as (made, _api, kube):
        made.special["/apis"] = lambda _request: refusal(403, "you may not")
        found = await look(kube)
    assert isinstance(found.definitions, Problem)


async def test_what_the_server_does_not_know_is_not_there() -> None:
    async with town() as (made, _api, kube):
        for path in (LISTS["ingress_classes"], *NAMED.values(), CRDS + "jobs.batch.volcano.sh"):
            made.special[path] = lambda _request: refusal(404, "not found")
        found = await look(kube)
    assert (found.ingress_classes, found.drivers, found.legacy_roles, found.definitions) == ((), (), (), ())


@pytest.mark.parametrize("garbage", ["<html>", "[]", '{"items": {"a": 1}}', "\x00"])
async def test_unreadable_answers_are_problems(garbage: str) -> None:
    async with town() as (made, _api, kube):
        for path in (LISTS["deployments"], NAMED["drivers"], "/apis"):
            made.special[path] = lambda _request: web.Response(text=garbage)
        found = await look(kube)
    assert isinstance(found.deployments, Problem)
    if garbage.startswith("{"):
        assert found.definitions == ()
    else:
        assert isinstance(found.definitions, Problem)
        assert isinstance(found.drivers, Problem)


async def test_a_list_that_leads_round_in_a_circle_ends() -> None:
    async with town() as (made, api, kube):
        made.special[LISTS["daemon_sets"]] = lambda _request: listing(token="again")
        found = await look(kube)
        assert len(api.asked) < 600
    assert isinstance(found.daemon_sets, Problem)
    assert found.daemon_sets.code == "Endless"


def failing(times: int, answer: Callable[[], web.Response], then: Callable[[], web.Response]) -> Any:
    left = [times]

    def handle(_request: web.Request) -> web.Response:
        left[0] -= 1
        return answer() if left[0] >= 0 else then()

    return handle


async def test_a_busy_server_is_asked_again_when_it_says() -> None:
    slept = Slept()
    async with town() as (made, _api, kube):
        path = LISTS["deployments"]
        busy = lambda: refusal(429, "busy", **{"Retry-After": "3"})  # noqa: E731
        made.special[path] = failing(1, busy, lambda: listing(thing("d")))
        found = await look(kube, sleep=slept)
    assert [each.name for each in part(found, "deployments")] == ["d"]
    assert slept.naps == [3.0]


@pytest.mark.parametrize(
    ("answer", "naps", "asked"),
    [
        (lambda: refusal(429, "busy", **{"Retry-After": str(int(PATIENCE) + 1)}), [], 1),
        (lambda: refusal(429, "busy", **{"Retry-After": "2"}), [2.0, 2.0], 3),
        (lambda: refusal(503, "down"), [], 1),
        (lambda: refusal(410, "too old"), [], 3),
    ],
)
async def test_but_not_for_ever(answer: Any, naps: list[float], asked: int) -> None:
    slept = Slept()
    async with town() as (made, api, kube):
        made.special[LISTS["deployments"]] = lambda _request: answer()
        found = await look(kube, sleep=slept)
        assert sum(request.path == LISTS["deployments"] for request in api.asked) == asked
    assert isinstance(found.deployments, Problem)
    assert slept.naps == naps


async def test_a_list_that_got_too_old_is_begun_again() -> None:
    def pages(request: web.Request) -> web.Response:
        if not request.query.get("continue"):
            return listing(thing("a"), token="t")
        return first(request)  # type: ignore[no-any-return]

    first = failing(1, lambda: refusal(410, "too old"), lambda: listing(thing("b")))
    async with town() as (made, _api, kube):
        made.special[LISTS["daemon_sets"]] = pages
        found = await look(kube)
    assert [each.name for each in part(found, "daemon_sets")] == ["a", "b"]


@pytest.mark.parametrize("status", [401, 0])
async def test_where_nobody_answers_or_knows_us_one_question_is_enough(status: int) -> None:
    async with town() as (made, api, kube):
        made.special["/version"] = lambda request: refusal(401, "who?") if status else broken(request)
        found = await look(kube)
        assert len(api.asked) <= 2
    assert all(isinstance(part(found, name), Problem) for name in (*LISTS, *NAMED, "definitions", "remains", "version"))
    assert found.rights == {}


async def test_without_clients_it_says_so() -> None:
    found = await look()
    assert "kubeconfig" in str(found.nodes)
    assert "ARM" in str(found.cluster)
    assert {note.health for note in findings(found, Draft())} <= {Health.UNKNOWN, Health.OFF}
