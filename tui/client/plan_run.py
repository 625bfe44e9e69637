"""A plan, run: its requests in order, each looked at before and followed to its end after.

Owns the order of things within a step, and what is carried from one to the next; only here are secrets revealed. What
a lost answer means is `landing`'s, what was done before a restart `plan_record`'s. Whoever calls `run` has decided:
nothing is asked here. Running the same plan again finishes it: what is there is kept, what goes on is followed.
"""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from tui.client import landing
from tui.client.arm_transport import READ_ONLY
from tui.client.arm_writes import ArmWriter, Wait, uncertain
from tui.client.plan_events import Began, Done, End, Event, Failed, PlanDone, PlanFailed, Progress, Reused, Sent
from tui.client.plan_follow import LOST, begun, follow, problem_of
from tui.client.plan_record import Claim, Records, has_secrets
from tui.core.errors import Problem
from tui.core.operation import Answer, Operation
from tui.core.secret import Secret
from tui.domain.plans.plan import Fill, Plan, Step
from tui.domain.wire import dig

Tell = Callable[[Event], None]

_LEFT_OUT: Final = Secret("")
"""What an optional step that failed gives: its places in a body are left out."""


async def run(
    plan: Plan, writer: ArmWriter, tell: Tell, *, records: Records | None = None,
    clock: Callable[[], float] = time.time, wait: Wait = asyncio.sleep,
) -> End:  # fmt: skip
    """Run a plan. Its end is told, and given back."""
    claim: Claim | Problem | None = _refused(plan, writer)
    if claim is None and records is not None and plan.steps:
        claim = records.claim(plan, writer.arm.endpoint)
    if isinstance(claim, Problem):
        end: End = PlanFailed(plan.verb, plan.target, claim)
    else:
        try:
            end = await Run(plan, writer, tell, claim, clock, wait).all()
        finally:
            if claim is not None:
                claim.release()
    tell(end)
    return end


def _refused(plan: Plan, writer: ArmWriter) -> Problem | None:
    """Why nothing of it is sent."""
    if plan.blocked:
        note = plan.blocked[0]
        return Problem(f"not sent: {note.what}", note.evidence, note.remedy, code="Blocked")
    return READ_ONLY if writer.arm.read_only and any(step.writes for step in plan.steps) else None


class Run:
    """One run of one plan."""

    def __init__(
        self, plan: Plan, writer: ArmWriter, tell: Tell, claim: Claim | None, clock: Callable[[], float], wait: Wait
    ) -> None:
        self._plan, self._writer, self._tell, self._claim = plan, writer, tell, claim
        self._clock, self._wait = clock, wait
        self._values: dict[str, Secret] = {}

    async def all(self) -> End:
        """Every step, up to the first that fails."""
        for step in self._plan.steps:
            self._tell(Began(step))
            fault = await self._step(step)
            if fault is None:
                self._record(partial(Claim.done, step=step))
                continue
            self._tell(fault)
            if not step.optional:
                return self._failed(fault)
            self._values |= dict.fromkeys(step.gives, _LEFT_OUT)
        self._record(Claim.drop)
        return PlanDone(self._plan.verb, self._plan.target)

    def _failed(self, fault: Failed) -> PlanFailed:
        """The record is kept as long as something may go on."""
        unknown = uncertain(fault.problem) or fault.problem.code == LOST
        if self._claim is not None and not (unknown and self._claim.record.step):
            self._claim.drop()
        return PlanFailed(self._plan.verb, self._plan.target, fault.problem, fault.step.id, fault.operation)

    def _record(self, note: Callable[[Claim], Any]) -> None:
        if self._claim is not None:
            note(self._claim)

    async def _step(self, step: Step) -> Failed | None:
        if step.method in ("GET", "POST"):
            return await self._send(step, landing.UNSEEN)
        there = await self._writer.look(step.path, step.api_version)
        if isinstance(there, Problem):
            return Failed(step, there)
        if step.method == "DELETE" and there is None:
            return await self._kept(step, None)
        operation = self._going_on(step, there)
        if operation is not None:
            operation = await self._follow(step, operation)
            if operation.status == LOST:
                return Failed(step, problem_of(operation, self._writer.arm.where), operation)
            there = await self._writer.look(step.path, step.api_version)
            if isinstance(there, Problem):
                return Failed(step, there)
            # what the operator gives in secret cannot be compared: it is sent again
            if operation.succeeded and (step.reuse or not has_secrets(step.body)):
                return await self._kept(step, there)
        return await self._send(step, landing.stamp(there))

    def _going_on(self, step: Step, there: Any) -> Operation | None:
        """The operation after whose good end nothing is left to be sent; it may be over already. None: there is none.

        Of a step that keeps what is there: whatever made it. Of the others: what an earlier run of this plan sent.
        """
        if step.reuse:
            return None if there is None else self._begun(step, there)
        earlier = self._claim.earlier if self._claim is not None else None
        if earlier is None or earlier.step != step.id:
            return None
        if earlier.operation is None and landing.landed(step.method, earlier.before, there, step.body):
            return self._begun(step, there)
        return earlier.operation

    def _begun(self, step: Step, there: Any) -> Operation:
        """The operation that a resource's own state tells of."""
        return begun(self._writer, step, Answer(202 if step.method == "DELETE" else 200, {}, there), self._clock())

    async def _kept(self, step: Step, there: Any) -> Failed | None:
        missing = await self._take(step, there)
        if missing is not None:
            return Failed(step, missing)
        self._tell(Reused(step))
        return None

    async def _send(self, step: Step, before: str) -> Failed | None:
        body = self._filled(step.body)
        if isinstance(body, Problem):
            return Failed(step, body)
        unwritten = self._claim.sending(step, before) if self._claim is not None and step.writes else None
        if unwritten is not None:
            return Failed(step, unwritten)
        answer = await self._writer.send(
            step.method, step.path, step.api_version, body, command=step.command, before=before
        )
        if isinstance(answer, Problem):
            return Failed(step, answer)
        self._tell(Sent(step))
        operation = begun(self._writer, step, answer, self._clock())
        if step.follows:
            going_on, operation = not operation.done, await self._follow(step, operation)
            if going_on:
                self._writer.conclude(step.method, step.path, step.command, operation)
            if not operation.succeeded:
                return Failed(step, problem_of(operation, self._writer.arm.where), operation)
        missing = await self._take(step, answer.body)
        if missing is not None:
            return Failed(step, missing)
        self._tell(Done(step))
        return None

    async def _follow(self, step: Step, operation: Operation) -> Operation:
        """The operation at its end, on record and told while it goes on."""

        def told(now: Operation) -> None:
            if not now.done:
                self._record(lambda claim: claim.following(now))
            self._tell(Progress(step, now))

        if operation.done:
            return operation
        return await follow(self._writer, step, operation, told, clock=self._clock, wait=self._wait)

    async def _take(self, step: Step, body: Any) -> Problem | None:
        """Keep what a step gives; the resource is asked when the answer does not tell."""
        found = {name: dig(body, *path.split(".")) for name, path in step.gives.items()}
        if not all(found.values()) and step.method != "POST":
            again = await self._writer.look(step.path, step.api_version)
            if isinstance(again, Problem):
                return again
            found = {name: dig(again, *path.split(".")) for name, path in step.gives.items()}
        lacking = [step.gives[name] for name, value in found.items() if not value or not isinstance(value, str)]
        if lacking:
            return Problem(f"the answer lacks {', '.join(lacking)}", self._writer.arm.where, code="Unreadable")
        self._values |= {name: Secret(value) for name, value in found.items()}
        return None

    def _filled(self, body: Any) -> Any | Problem:
        """A body as it is sent."""
        lacking = [fill.name for fill in _fills(body) if fill.name not in self._values]
        if lacking:
            return Problem(f"no step gave {', '.join(lacking)}", self._plan.target, code="Unfilled")
        return _revealed(body, self._values)


def _fills(body: Any) -> list[Fill]:
    """The places in a body that are filled in."""
    match body:
        case Fill():
            return [body]
        case dict():
            return [fill for value in body.values() for fill in _fills(value)]
        case list() | tuple():
            return [fill for value in body for fill in _fills(value)]
    return []


def _revealed(body: Any, values: dict[str, Secret]) -> Any:
    match body:
        case Secret():
            return body.reveal()
        case Fill():
            text = values[body.name].reveal()
            return b64encode(text.encode()).decode() if body.encoded else text
        case dict():
            return {key: _revealed(value, values) for key, value in body.items() if not _is_left_out(value, values)}
        case list() | tuple():
            return [_revealed(value, values) for value in body]
    return body


def _is_left_out(value: Any, values: dict[str, Secret]) -> bool:
    return isinstance(value, Fill) and values[value.name] is _LEFT_OUT
