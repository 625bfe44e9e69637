"""A plan while it runs, and how it ended: one row for each target, a line for each step.

Owns what an event of the runner means for the row. Pure: row and event in, row out.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.core.health import Health
from tui.core.operation import Operation
from tui.domain import arm_id

NAME: Final = "works"
State = Literal["waiting", "running", "kept", "following", "done", "failed"]
_HEALTH: Final[dict[State, Health]] = {
    "waiting": Health.OFF, "running": Health.BUSY, "kept": Health.GOOD, "following": Health.BUSY,
    "done": Health.GOOD, "failed": Health.BAD,
}  # fmt: skip


class StepRow(Struct, frozen=True):
    """One step."""

    id: str
    title: str
    state: State = "waiting"
    at: float | None = None
    """When it came into this state."""
    why: str = ""

    @property
    def health(self) -> Health:
        """How it stands."""
        return _HEALTH[self.state]


class WorkRow(Struct, frozen=True):
    """One plan."""

    key: str
    """The target's ARM id, lower case."""
    verb: str
    target: str
    begun: float
    steps: tuple[StepRow, ...]
    ended: float | None = None
    operation: Operation | None = None
    """What the last step began, which is what the plan is about: as it is now; after the end as it was last."""
    failed: str = ""
    """Why it failed; empty while it runs and after it is done."""
    next: str = ""
    """What to do then."""
    resumed: bool = False
    """Begun by an earlier run of arcdeck."""

    @property
    def name(self) -> str:
        """The target's."""
        return arm_id.name(self.target)

    @property
    def health(self) -> Health:
        """How it stands."""
        if self.ended is None:
            return Health.BUSY
        return Health.BAD if self.failed else Health.GOOD


def begin(verb: str, target: str, steps: tuple[tuple[str, str], ...], now: float, *, resumed: bool = False) -> WorkRow:
    """A plan that is about to run; `steps`: ids and titles."""
    rows = tuple(StepRow(step_id, title) for step_id, title in steps)
    return WorkRow(target.lower(), verb, target, now, rows, resumed=resumed)


def moved(work: WorkRow, step_id: str, state: State, now: float, why: str = "") -> WorkRow:
    """With one step in another state; a state that it is in already keeps its time."""
    steps = tuple(
        replace(step, state=state, why=why, at=step.at if step.state == state else now) if step.id == step_id else step
        for step in work.steps
    )
    return replace(work, steps=steps)


def progressed(work: WorkRow, operation: Operation | None) -> WorkRow:
    """With what ARM says of the operation now."""
    return replace(work, operation=operation or work.operation)


def ended(work: WorkRow, now: float, failed: str = "", step: str = "") -> WorkRow:
    """Over."""
    return replace(work, ended=now, failed=failed, next=step)
