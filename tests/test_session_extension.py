"""What a session does to the extension: one plan at a time, on record; what is seen meanwhile is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import structs

from tests.client.api import until
from tui.client.recorder import read_recording, recordings
from tui.core.errors import Problem
from tui.demo.launch import launch
from tui.domain.plans import choice as plan_choice
from tui.domain.plans import work
from tui.domain.plans.plan import Plan
from tui.domain.progress.progress import progress
from tui.domain.progress.recording import Recording
from tui.session import Session
from tui.session_extension import ExtensionWork
from tui.settings import Demo, Settings

pytestmark = pytest.mark.xdist_group("extension-life")
PATIENCE = 30.0


@asynccontextmanager
async def opened(demo: Demo, directory: Path) -> AsyncIterator[tuple[Session, ExtensionWork]]:
    """A session on a cloud, its sources answered."""
    session = Session(structs.replace(Settings(), demo=demo, kubeconfig=demo.kubeconfig, state_dir=directory))
    task = asyncio.create_task(session.run(lambda _delta: None))
    try:
        assert await session.settled(PATIENCE)
        assert session.extension is not None
        yield session, session.extension
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def plan_of(session: Session, make: Callable[[plan_choice.Rows], Plan | Problem]) -> Plan:
    made = make({source.kind: session.store.rows(source.kind) for source in session.store.sources()})
    assert isinstance(made, Plan), made
    return made


def recorded(directory: Path) -> Recording:
    """The newest recording."""
    (path, *_) = recordings(directory)
    found = read_recording(path)
    assert isinstance(found, Recording)
    return found


async def test_a_failed_install_leaves_what_was_seen(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=30.0, faults=("not-installed", "fail-image-pull")) as demo:
        async with opened(demo, tmp_path) as (session, extension):
            wish = plan_choice.draft_of(None)
            plan = plan_of(session, lambda rows: plan_choice.wished(wish, rows, None))
            assert extension.begin(plan) is None
            refused = extension.begin(plan)
            assert isinstance(refused, Problem)
            assert refused.code == "Busy"
            row = lambda: session.store.get(work.NAME, plan.target.lower())  # noqa: E731
            await until(lambda: row() is not None and row().ended is not None, PATIENCE)
            assert row().failed
            found = progress(extension.sight(), session.clock())
            assert found.diagnosis
            await until(lambda: recorded(tmp_path).ended is not None, PATIENCE)
        vanished = {seen.row.component for seen in recorded(tmp_path).vanished}
        assert "gateway" in vanished, "Helm took them away, and they are still told of"
        async with opened(demo, tmp_path) as (session, extension):
            await extension.witness.recall(plan.target)
            again = progress(extension.sight(), session.clock())
            assert {seen.row.component for seen in again.vanished} == vanished, "after a restart too"
            assert again.diagnosis[0].code == found.diagnosis[0].code


async def test_what_somebody_else_does_is_recorded_too(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=30.0, faults=("installing",)) as demo:
        async with opened(demo, tmp_path) as (_session, extension):
            await until(lambda: bool(extension.witness.target), PATIENCE)
            await until(lambda: bool(recordings(tmp_path)) and recorded(tmp_path).ended is not None, PATIENCE)
            began = recorded(tmp_path).began
            assert began is not None
            assert began.verb == "deploy"
            assert any(seen.row.component == "gateway" for seen in recorded(tmp_path).pods)
            assert extension.busy is False


async def test_a_delete_is_over_when_the_namespace_is_gone_and_says_what_holds_it(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=30.0, faults=("delete-hangs",)) as demo:
        async with opened(demo, tmp_path) as (session, extension):
            plan = plan_of(session, lambda rows: plan_choice.removal(rows, force=False))
            assert plan.name_to_type
            assert extension.begin(plan) is None
            removal = lambda: extension.witness.removal  # noqa: E731
            await until(lambda: removal() is not None and bool(removal().holders), PATIENCE)
            known = removal()
            assert known is not None
            assert any(one.kind == "AmlJob" for holder in known.holders for one in holder.objects)
            await until(lambda: progress(extension.sight(), session.clock()).phase == "hangs", PATIENCE)


async def test_a_failure_of_before_is_told_without_any_recording(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=0.0, faults=("install-failed",)) as demo:
        async with opened(demo, tmp_path) as (session, extension):
            await extension.witness.recall(extension.sight().extension.id)  # type: ignore[union-attr]
            found = progress(extension.sight(), session.clock())
            assert found.phase == "rolled back"
            assert found.diagnosis
            assert found.checks, "the health check's report is still there"


async def test_a_forced_delete_is_over_at_once_and_leaves_what_the_cluster_has(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=1.0, faults=()) as demo:
        async with opened(demo, tmp_path) as (session, extension):
            plan = plan_of(session, lambda rows: plan_choice.removal(rows, force=True))
            assert extension.begin(plan) is None
            await until(lambda: not session.store.rows("extensions"), PATIENCE)
            await until(lambda: not extension.busy and not extension.leaving, PATIENCE)
            found = progress(extension.sight(), session.clock())
            assert (found.phase, found.outcome) == ("done", "succeeded")
            assert any(row.namespace == "azureml" for row in session.store.rows("pods").values())
