"""Going on after a restart: what goes on is followed, the rest is told, and no token goes elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from msgspec.structs import replace

from tests.client.api import running
from tests.client.arm import error
from tests.client.arm_demo import EXTENSION, Cloud, cloud, cluster_row
from tests.client.test_plan_cuts import deploy, interrupted, live, operations, run
from tui.client import plan_resume
from tui.client.plan_events import Done, End, Failed, PlanDone, PlanFailed, Progress
from tui.client.plan_record import Record
from tui.demo import tls
from tui.domain.plans import delete as plan_delete


@pytest.fixture
async def arm(certificates: tls.Certificates, tmp_path: Path) -> AsyncIterator[Cloud]:
    async with cloud(certificates, tmp_path) as found:
        yield found


async def resume(arm: Cloud, record: Record) -> End:
    arm.events.clear()
    return await plan_resume.resume(
        record, arm.writer, arm.events.append, records=arm.records, clock=arm.clock, wait=arm.clock.wait
    )


async def stopped(arm: Cloud, method: str, path_end: str, how: str = "killed after") -> Record:
    """A deploy that was killed at its first request of this kind."""
    await run(arm, deploy(arm))
    at = next(n for n, (verb, path) in enumerate(arm.asked) if verb == method and path_end in path)
    arm.begin_anew()
    end, struck = await interrupted(arm, deploy(arm), how, at)
    assert (end, struck) == (None, True)
    (record,) = arm.records.unfinished()
    return record


@pytest.mark.parametrize("kind", ["PUT /amlarc-compute", "GET /operations/"])
async def test_an_install_that_goes_on_is_followed_to_its_end(arm: Cloud, kind: str) -> None:
    record = await stopped(arm, *kind.split())
    assert (record.operation is None) is kind.startswith("PUT")
    found = await resume(arm, record)
    assert found == PlanDone("deploy", record.target)
    kinds = [type(event) for event in arm.events]
    assert kinds[-2:] == [Done, PlanDone]
    assert set(kinds[:-2]) == {Progress}
    row = live(arm)
    assert row is not None
    assert (row.state, operations(arm), arm.records.unfinished()) == ("Installed", 1, [])
    assert [line["stage"] for line in arm.audit if line["key"] == EXTENSION][-1] == "done"


async def test_one_that_failed_meanwhile_tells_why(arm: Cloud) -> None:
    record = await stopped(arm, "GET", "/operations/")
    for each in arm.state.operations(EXTENSION.rsplit("/providers/", 1)[0]):
        arm.state.finish(each.id, "Failed", {"code": "ExtensionOperationFailed", "message": "it did not fit"})
    found = await resume(arm, record)
    assert isinstance(found, PlanFailed)
    assert (found.problem.code, found.problem.what) == ("ExtensionOperationFailed", "it did not fit")
    assert [type(event) for event in arm.events][-2:] == [Failed, PlanFailed]
    assert arm.records.unfinished() == []


async def test_what_stopped_in_the_middle_says_that_more_is_to_do(arm: Cloud) -> None:
    record = await stopped(arm, "PUT", "/hybridConnections/edge-01")
    found = await resume(arm, record)
    assert isinstance(found, PlanFailed)
    assert found.problem.code == "Unfinished"
    assert found.problem.next.startswith("deploy it again")
    assert arm.records.unfinished() == []


async def test_what_was_never_taken_is_told_so(arm: Cloud) -> None:
    record = await stopped(arm, "PUT", "/amlarc-compute", "killed before")
    found = await resume(arm, record)
    assert isinstance(found, PlanFailed)
    assert (found.problem.code, found.problem.what.startswith("not sent:")) == ("Unfinished", True)
    assert arm.records.unfinished() == []


async def test_a_delete_that_goes_on_is_followed_too(arm: Cloud) -> None:
    await run(arm, deploy(arm))
    there = live(arm)
    assert there is not None
    end, struck = await interrupted(arm, plan_delete.plan(there, cluster_row()), "killed after", 1)
    assert (end, struck) == (None, True)
    (record,) = arm.records.unfinished()
    assert (record.verb, record.method, record.operation) == ("delete", "DELETE", None)
    assert isinstance(await resume(arm, record), PlanDone)
    assert live(arm) is None


async def test_nothing_is_asked_at_another_endpoint(arm: Cloud) -> None:
    record = await stopped(arm, "GET", "/operations/")
    assert record.operation is not None
    asked = len(arm.asked)
    async with running() as evil:
        for bad in (
            replace(record, endpoint=evil.url),
            replace(record, operation=replace(record.operation, url=f"{evil.url}/operations/1")),
            replace(record, operation=replace(record.operation, resource=f"{evil.url}/x")),
            replace(record, operation=replace(record.operation, url="https://[odd")),
            replace(record, operation=replace(record.operation, url=record.operation.url.replace("https", "http"))),
        ):
            found = await resume(arm, bad)
            assert isinstance(found, PlanFailed)
            assert found.problem.code == "OtherHost"
        assert evil.asked == []
    assert len(arm.asked) == asked
    assert arm.records.unfinished() == [record]


async def test_who_cannot_see_it_tries_again_later(arm: Cloud) -> None:
    record = await stopped(arm, "GET", "/operations/")

    def away(_number: int, _request: web.Request) -> web.Response:
        return error(503, "ServiceUnavailable")

    arm.before = away
    found = await resume(arm, record)
    assert isinstance(found, PlanFailed)
    assert found.problem.code == "Lost"
    assert [left.step for left in arm.records.unfinished()] == ["extension"]
    arm.before = lambda _n, _r: None
    assert isinstance(await resume(arm, record), PlanDone)


async def test_another_arcdeck_that_follows_it_is_left_alone(arm: Cloud) -> None:
    record = await stopped(arm, "GET", "/operations/")
    claim = arm.records.reclaim(record)
    assert arm.records.unfinished() == []
    found = await resume(arm, record)
    assert isinstance(found, PlanFailed)
    assert found.problem.code == "Busy"
    claim.release()  # type: ignore[union-attr]
