"""A long operation, followed to its end by looking at it as often as the service wants.

Owns the loop. What an answer means is decided in `core.operation`; a provider that is being registered is brought into
that form here, since it knows no operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from tui.client.arm_writes import ArmWriter, Wait
from tui.core.errors import Problem
from tui.core.operation import Answer, Operation, begin, step
from tui.core.redact import redact_text
from tui.core.text import clean
from tui.domain.plans.plan import Step

LONGEST: Final = 1800.0
"""Seconds that a provider may take to be registered, and a namespace to be made: nothing else would end the wait."""
_REGISTER: Final = "/register"
LOST: Final = "Lost"
"""Code of the Problem of an operation that cannot be seen any more: it may still go on."""


def begun(writer: ArmWriter, asked: Step, answer: Answer, now: float) -> Operation:
    """The operation that the answer to a step's request began; it is over at once when there is none."""
    path, method = asked.path.partition("?")[0], asked.method
    return begin(method, writer.url(path.removesuffix(_REGISTER)), _plain(asked, answer), now)


async def follow(
    writer: ArmWriter, asked: Step, operation: Operation, told: Callable[[Operation], None], *,
    clock: Callable[[], float], wait: Wait,
) -> Operation:  # fmt: skip
    """The operation at its end. `told` is called with every look."""
    told(operation)
    while not operation.done:
        pause = max(operation.next_at - clock(), writer.arm.delay())
        if pause > 0:
            await wait(pause)
        found = await writer.arm.operation(operation.url)
        answer = None if isinstance(found, Problem) else _plain(asked, found)
        operation = _in_time(asked, step(operation, answer, clock()), clock())
        told(operation)
    return operation


def problem_of(operation: Operation, where: str) -> Problem:
    """Why an operation did not succeed."""
    what = redact_text(operation.message) or operation.code or f"it ended in {operation.status}"
    if operation.status == LOST:
        return Problem(f"nobody knows how it ended: {what}", where, "it may go on: follow it again later", code=LOST)
    return Problem(what, where, code=operation.code or operation.status)


def _plain(asked: Step, answer: Answer) -> Answer:
    """The answer as `core.operation` reads it."""
    if not asked.path.lower().endswith(_REGISTER) or answer.status >= 400:
        return answer
    body: Any = answer.body if isinstance(answer.body, dict) else {}
    state = clean(str(body.get("registrationState") or ""))
    status = "Succeeded" if state.lower() == "registered" else state or "Registering"
    return replace(answer, body={"status": status})


def _in_time(asked: Step, operation: Operation, now: float) -> Operation:
    """What only prepares the rest, and does not end, is given up."""
    prepares = asked.reuse or asked.path.lower().endswith(_REGISTER)
    if operation.done or not prepares or now - operation.begun <= LONGEST:
        return operation
    message = f"it is {operation.status} for {LONGEST / 60:.0f} minutes already"
    return replace(operation, url="", status="Failed", message=message)
