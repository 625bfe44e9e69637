"""A deploy interrupted at every request there is, before and after ARM took it: run again, it ends in the same place.

Interrupted by a lost answer (the run goes on), by the end of the run (the same plan is run again, or what is left is
followed and the rest is planned anew), and by the end of the process.
"""

from __future__ import annotations

import asyncio
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tests.client.api import cut
from tests.client.arm_demo import ARC, EXTENSION, TOKEN, Cloud, cloud, cluster_row
from tui.client import plan_resume, plan_run
from tui.client.plan_events import End, PlanDone
from tui.demo import tls
from tui.domain import extension
from tui.domain.extension import ExtensionRow
from tui.domain.plans import delete as plan_delete
from tui.domain.plans import deploy as plan_deploy
from tui.domain.plans import update as plan_update
from tui.domain.plans.draft import Draft
from tui.domain.plans.plan import Plan
from tui.domain.settings.catalogue import Era

DRAFT = Draft(settings={"enableTraining": "True", "logAnalyticsWS": "True"})
_MOVING = ("createdAt", "updatedAt", "lastModifiedAt", "createdDate", "modifiedDate")
HOW: list[tuple[str, Era]] = [
    ("refused", "C"), ("lost", "C"), ("killed before", "C"), ("killed after", "C"), ("killed after", "B"),
]  # fmt: skip


@pytest.fixture
async def arm(certificates: tls.Certificates, tmp_path: Path) -> AsyncIterator[Cloud]:
    async with cloud(certificates, tmp_path) as found:
        yield found


def settled(value: Any) -> Any:
    """A body without its times."""
    if isinstance(value, dict):
        return {key: settled(each) for key, each in value.items() if key not in _MOVING}
    return [settled(each) for each in value] if isinstance(value, list) else value


def live(arm: Cloud) -> ExtensionRow | None:
    body = arm.state.get(EXTENSION)
    return None if body is None else extension.decode(body)


def deploy(arm: Cloud, era: Era = "C") -> Plan:
    return plan_deploy.plan(DRAFT, cluster_row(), live(arm), era=era)


async def run(arm: Cloud, plan: Plan) -> End:
    return await plan_run.run(
        plan, arm.writer, arm.events.append, records=arm.records, clock=arm.clock, wait=arm.clock.wait
    )


def operations(arm: Cloud) -> int:
    """How many operations of the extension were begun."""
    return len([each for each in arm.state.operations(ARC) if each.resource_id == EXTENSION])


def strike(arm: Cloud, how: str, at: int, task: Callable[[], asyncio.Task[End]]) -> list[str]:
    """Interrupt at the request with this number, counted from now; tells whether it came to it."""
    struck: list[str] = []
    first = len(arm.asked)

    def hit(number: int) -> bool:
        if number - first != at or struck:
            return False
        struck.append(how)
        if how.startswith("killed"):
            task().cancel()
        return True

    def before(number: int, request: web.Request) -> web.Response | None:
        if how in ("refused", "killed before") and hit(number):
            cut(request)
            return web.Response()
        return None

    arm.before = before
    arm.lost = lambda number, _request: how in ("lost", "killed after") and hit(number)
    return struck


async def interrupted(arm: Cloud, plan: Plan, how: str, at: int) -> tuple[End | None, bool]:
    """Run with one interruption: the end, None when the run was killed, and whether it was struck at all."""
    tasks: list[asyncio.Task[End]] = []
    struck = strike(arm, how, at, lambda: tasks[0])
    tasks.append(asyncio.create_task(run(arm, plan)))
    (ended,) = await asyncio.gather(*tasks, return_exceptions=True)
    arm.before, arm.lost = (lambda _n, _r: None), (lambda _n, _r: False)
    if isinstance(ended, asyncio.CancelledError):
        return None, bool(struck)
    assert not isinstance(ended, BaseException)
    return ended, bool(struck)


async def finished(arm: Cloud, era: Era = "C") -> dict[str, Any]:
    """What there is after a deploy that nothing disturbed."""
    assert isinstance(await run(arm, deploy(arm, era)), PlanDone)
    assert operations(arm) == 1
    return arm.resources


def as_expected(arm: Cloud, reference: Any) -> None:
    assert settled(arm.resources) == settled(reference)
    assert operations(arm) == 1, "one install, whatever happened on the way"
    assert arm.left == []


@pytest.mark.parametrize(("how", "era"), HOW)
async def test_it_ends_the_same_wherever_it_was_cut(arm: Cloud, how: str, era: Era) -> None:
    reference = await finished(arm, era)
    for at in range(0, 99, 3 if era == "B" else 1):  # most of a B is a C
        arm.begin_anew()
        plan = deploy(arm, era)
        end, struck = await interrupted(arm, plan, how, at)
        if not struck:
            break
        if how.startswith("killed"):
            assert end is None
            end = await run(arm, plan)
        assert isinstance(end, PlanDone), (at, arm.asked[-1])
        as_expected(arm, reference)
    assert at > 12


@pytest.mark.parametrize("how", ["killed before", "killed after"])
async def test_what_is_left_is_followed_and_the_rest_is_planned_anew(arm: Cloud, how: str) -> None:
    reference, followed = await finished(arm), 0
    for at in range(99):
        arm.begin_anew()
        _end, struck = await interrupted(arm, deploy(arm), how, at)
        if not struck:
            break
        for record in arm.records.unfinished():
            found = await plan_resume.resume(
                record, arm.writer, arm.events.append, records=arm.records, clock=arm.clock, wait=arm.clock.wait
            )
            followed += isinstance(found, PlanDone)
        assert isinstance(await run(arm, deploy(arm)), PlanDone), at
        as_expected(arm, reference)
    assert followed > 1


@pytest.mark.parametrize("how", ["refused", "lost", "killed before", "killed after"])
async def test_an_update_and_a_delete_end_the_same_too(arm: Cloud, how: str) -> None:
    installed = await finished(arm)
    for at in range(99):
        arm.begin_anew(installed)
        there = live(arm)
        assert there is not None
        update = plan_update.plan(there, Draft(settings={"installDcgmExporter": "True"}), cluster_row())
        end, struck = await interrupted(arm, update, how, at)
        assert isinstance(end or await run(arm, update), PlanDone)
        there = live(arm)
        assert there is not None
        assert (there.state, there.settings["installDcgmExporter"]) == ("Installed", "True")
        assert operations(arm) == 1
        delete = plan_delete.plan(there, cluster_row())
        end, struck_too = await interrupted(arm, delete, how, at)
        assert isinstance(end or await run(arm, delete), PlanDone)
        assert live(arm) is None
        assert operations(arm) == 2
        if not (struck or struck_too):
            break
    assert at > 3


CHILD = """
    import asyncio, sys
    from pathlib import Path
    import msgspec
    from tests.client.arm_demo import cluster_row
    from tests.client.test_plan_cuts import DRAFT
    from tui.client import plan_run
    from tui.client.arm import ArmClient
    from tui.client.arm_writes import ArmWriter
    from tui.client.plan_record import Records
    from tui.domain.plans import deploy as plan_deploy
    from tui.settings import Settings

    async def main():
        settings = msgspec.json.decode(sys.argv[1], type=Settings)
        arm = ArmClient(settings)
        plan = plan_deploy.plan(DRAFT, cluster_row(), None)
        records = Records(Path(sys.argv[2]), lambda: 0.0)
        await plan_run.run(plan, ArmWriter(arm), lambda event: None, records=records, wait=lambda _s: asyncio.sleep(0))

    asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
async def test_a_killed_process_leaves_what_is_needed(arm: Cloud, after: bool) -> None:
    """SIGKILL while the PUT of the extension is under way: no cleaning up of any kind."""
    child: list[asyncio.subprocess.Process] = []
    killed: list[str] = []

    def kill(request: web.Request) -> bool:
        arm.clock.now += 5.0  # the child's own waits are none
        if (request.method, request.path) != ("PUT", EXTENSION) or killed:
            return False
        child[0].kill()
        killed.append(request.path)
        cut(request)
        return True

    arm.before = lambda _n, request: web.Response() if not after and kill(request) else None
    arm.lost = lambda _n, request: after and kill(request)
    given = [msgspec.json.encode(arm.settings).decode(), str(arm.directory)]
    command = [sys.executable, "-c", textwrap.dedent(CHILD), *given]
    child.append(await asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[2]))
    async with asyncio.timeout(60):
        assert await child[0].wait() == -9
    assert killed
    arm.before, arm.lost = (lambda _n, _r: None), (lambda _n, _r: False)
    (record,) = arm.records.unfinished()
    assert (record.step, record.operation) == ("extension", None)
    assert TOKEN not in str(record)
    found = await plan_resume.resume(
        record, arm.writer, arm.events.append, records=arm.records, clock=arm.clock, wait=arm.clock.wait
    )
    assert isinstance(found, PlanDone) is after
    assert isinstance(await run(arm, deploy(arm)), PlanDone)
    assert operations(arm) == 1
