"""What is told while a plan runs, as frozen values.

Began → Reused | Sent → Progress* → Done | Failed      for each step
PlanDone | PlanFailed                                  at the end, and nothing after it
"""

from __future__ import annotations

from msgspec import Struct

from tui.core.errors import Problem
from tui.core.operation import Operation
from tui.domain.plans.plan import Step


class Began(Struct, frozen=True):
    """A step has its turn."""

    step: Step


class Reused(Struct, frozen=True):
    """What it would make is there: nothing was sent."""

    step: Step


class Sent(Struct, frozen=True):
    """Its request was taken."""

    step: Step


class Progress(Struct, frozen=True):
    """The operation it began, as it is now."""

    step: Step
    operation: Operation


class Done(Struct, frozen=True):
    """It is brought about."""

    step: Step


class Failed(Struct, frozen=True):
    """It is not. With `operation` it was taken, and ended like this; after an optional step the plan goes on."""

    step: Step
    problem: Problem
    operation: Operation | None = None


class PlanDone(Struct, frozen=True):
    """All of it is brought about."""

    verb: str
    target: str


class PlanFailed(Struct, frozen=True):
    """It is over before its end."""

    verb: str
    target: str
    problem: Problem
    step: str = ""
    """Id of the step it failed at; empty when none had its turn."""
    operation: Operation | None = None
    """What the step's request began, when it began something."""


End = PlanDone | PlanFailed
Event = Began | Reused | Sent | Progress | Done | Failed | End
