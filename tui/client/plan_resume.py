"""What an earlier run left, followed to its end after a restart.

Owns what can be done without the plan, which is not kept because of its secrets: the operation of the step that was
sent last is followed. If that was not the last step, the same plan has to be run again, which keeps what is there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from tui.client import landing
from tui.client.arm_writes import ArmWriter, Wait
from tui.client.plan_events import Done, End, Failed, PlanDone, PlanFailed, Progress
from tui.client.plan_follow import LOST, begun, follow, problem_of
from tui.client.plan_record import Claim, Record, Records
from tui.client.plan_run import Tell
from tui.core.errors import Problem
from tui.core.operation import Answer, Operation


async def resume(
    record: Record, writer: ArmWriter, tell: Tell, *, records: Records,
    clock: Callable[[], float] = time.time, wait: Wait = asyncio.sleep,
) -> End:  # fmt: skip
    """Follow what `records.unfinished` gave. Its end is told, and given back."""
    end = await _resumed(record, writer, tell, records, clock, wait)
    tell(end)
    return end


async def _resumed(
    record: Record, writer: ArmWriter, tell: Tell, records: Records, clock: Callable[[], float], wait: Wait
) -> End:
    elsewhere = _elsewhere(record, writer.arm.endpoint)
    claim = elsewhere or records.reclaim(record)
    if isinstance(claim, Problem):
        return PlanFailed(record.verb, record.target, claim, record.step)
    try:
        return await _followed(claim, writer, tell, clock, wait)
    finally:
        claim.release()


async def _followed(claim: Claim, writer: ArmWriter, tell: Tell, clock: Callable[[], float], wait: Wait) -> End:
    record, asked = claim.record, claim.record.asked
    found = await _operation(record, writer, clock())
    if isinstance(found, Problem):
        return PlanFailed(record.verb, record.target, found, record.step)
    if found is None:
        claim.drop()
        return PlanFailed(record.verb, record.target, _left(record, f"not sent: {record.title}"), record.step)

    def told(now: Operation) -> None:
        if not now.done:
            claim.following(now)
        tell(Progress(asked, now))

    operation = await follow(writer, asked, found, told, clock=clock, wait=wait)
    writer.conclude(record.method, record.path, record.command, operation)
    if operation.status != LOST:
        claim.drop()
    if not operation.succeeded:
        problem = problem_of(operation, writer.arm.where)
        tell(Failed(asked, problem, operation))
        return PlanFailed(record.verb, record.target, problem, record.step, operation)
    tell(Done(asked))
    if record.is_last:
        return PlanDone(record.verb, record.target)
    return PlanFailed(record.verb, record.target, _left(record, f"stopped after: {record.title}"), record.step)


async def _operation(record: Record, writer: ArmWriter, now: float) -> Operation | Problem | None:
    """What goes on, or is over; None when the last request was never taken."""
    if record.operation is not None:
        return record.operation
    there = await writer.look(record.path)
    if isinstance(there, Problem):
        return there
    if not landing.landed(record.method, record.before, there):
        return None
    status = 204 if there is None else 202 if record.method == "DELETE" else 200
    return begun(writer, record.asked, Answer(status, {}, there), now)


def _left(record: Record, what: str) -> Problem:
    return Problem(what, record.target, f"{record.verb} it again: what is there already is kept", code="Unfinished")


def _elsewhere(record: Record, endpoint: str) -> Problem | None:
    """A record of another cloud, or one that names an address there: the token is not meant for it."""
    known = record.operation
    urls = [record.endpoint, *([known.url, known.resource] if known is not None else [])]
    if all(_host(url) == _host(endpoint) for url in urls if url):
        return None
    return Problem("not followed: it was begun at another endpoint", record.endpoint, code="OtherHost")


def _host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc.lower()
