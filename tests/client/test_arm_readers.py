"""What is polled, and how seldom a workspace is asked that has nothing of this cluster."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from tests.client.arm import CLUSTER, WORKSPACES, endpoint, error
from tui.client.arm_readers import AT_ONCE, SELDOM, Computes, Readers, Workspaces
from tui.core.errors import Problem
from tui.demo import tls
from tui.domain.arm_kinds import ARM_KINDS
from tui.settings import Settings


def compute(cluster: str = CLUSTER, kind: str = "Kubernetes") -> dict[str, Any]:
    return {"name": "k", "properties": {"computeType": kind, "resourceId": cluster}}


class Arm:
    """Workspaces and their computes; counts the looks."""

    def __init__(self, **computes: Any) -> None:
        self.has: dict[str, Any] = computes
        self.looks: list[str] = []
        self.at_once = self.most = 0
        self.quiet = 0.0

    def delay(self) -> float:
        return self.quiet

    async def workspaces(self) -> Any:
        return [{"id": f"/ws/{name}"} for name in self.has]

    async def computes(self, workspace_id: str) -> Any:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        name = workspace_id.removeprefix("/ws/")
        self.looks.append(name)
        found = self.has[name]
        self.quiet = 30.0 if isinstance(found, Problem) and found.status == 429 else self.quiet
        return found


def reader(arm: Arm, now: list[float]) -> Computes:
    return Computes(arm, arm.workspaces, CLUSTER, lambda: now[0])  # type: ignore[arg-type]


async def test_only_what_is_this_cluster_is_kept_and_only_those_workspaces_are_asked_often() -> None:
    arm = Arm(
        ours=[compute(), compute(kind="AmlCompute")], mixed=[compute(CLUSTER.upper())], other=[compute("/x")], none=[]
    )
    now = [0.0]
    computes = reader(arm, now)
    assert await computes.read() == [compute(), compute(CLUSTER.upper())]
    assert sorted(arm.looks) == ["mixed", "none", "other", "ours"]
    arm.looks.clear()
    assert len(await computes.read()) == 2  # type: ignore[arg-type]
    assert sorted(arm.looks) == ["mixed", "ours"]
    now[0] = SELDOM
    arm.looks.clear()
    await computes.read()
    assert len(arm.looks) == 4
    computes.forget()
    arm.looks.clear()
    await computes.read()
    assert len(arm.looks) == 4


async def test_few_are_asked_at_once() -> None:
    arm = Arm(**{f"w{n}": [] for n in range(20)})
    assert await reader(arm, [0.0]).read() == []
    assert 1 < arm.most <= 4


async def test_a_workspace_that_refuses_counts_as_empty_unless_all_do_and_goes_on_to() -> None:
    arm = Arm(ours=[compute()], closed=Problem("no", status=403))
    computes = reader(arm, [0.0])
    assert await computes.read() == [compute()]
    arm = Arm(closed=Problem("no", status=403), gone=Problem("no", status=404))
    computes = reader(arm, [0.0])
    for _ in range(2):
        found = await computes.read()
        assert isinstance(found, Problem)
        assert found.status == 403
    assert len(arm.looks) == 2


async def test_another_failure_is_the_answer_and_is_asked_again() -> None:
    arm = Arm(ours=[compute()], away=Problem("away", status=503))
    computes = reader(arm, [0.0])
    found = await computes.read()
    assert isinstance(found, Problem)
    arm.has["away"] = []
    assert await computes.read() == [compute()]
    assert arm.looks.count("away") == 2


async def test_a_workspace_that_goes_away_takes_its_computes_along() -> None:
    arm = Arm(ours=[compute()], more=[compute()])
    computes = reader(arm, [0.0])
    assert len(await computes.read()) == 2  # type: ignore[arg-type]
    del arm.has["more"]
    assert await computes.read() == [compute()]
    assert await Computes(arm, _refused, CLUSTER).read() == Problem("no", status=403)  # type: ignore[arg-type]


async def _refused() -> Problem:
    return Problem("no", status=403)


async def test_a_list_of_workspaces_serves_both_kinds_for_a_while(certificates: tls.Certificates) -> None:
    now = [0.0]
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response({"value": [{"id": "w"}], "id": "one"})
        workspaces = Workspaces(arm, "", "s", lambda: now[0])
        await asyncio.gather(workspaces.read(), workspaces.read())
        assert [request.path for request in api.asked] == [WORKSPACES]
        now[0] = 11.0
        await workspaces.read()
        assert len(api.asked) == 2
        chosen = Workspaces(arm, f"{WORKSPACES}/w", "s")
        assert await chosen.read() == [{"value": [{"id": "w"}], "id": "one"}]
        api.handle = lambda request: error(403, "AuthorizationFailed")
        chosen.forget()
        assert isinstance(await chosen.read(), Problem)


async def test_every_kind_that_is_polled_has_a_reader(certificates: tls.Certificates) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response({"id": CLUSTER} if request.path == CLUSTER else {"value": []})
        readers = Readers(arm, Settings(), CLUSTER)
        assert set(readers.by_kind) == set(ARM_KINDS)
        found = {kind: await read() for kind, read in readers.by_kind.items()}
    assert found.pop("clusters") == [{"id": CLUSTER}]
    assert set(map(str, found.values())) == {"[]"}


async def test_when_one_is_told_to_wait_the_others_are_not_asked() -> None:
    arm = Arm(**{f"w{n}": Problem("throttled", status=429) for n in range(50)})
    found = await reader(arm, [0.0]).read()
    assert isinstance(found, Problem)
    assert found.status == 429
    assert len(arm.looks) <= AT_ONCE
