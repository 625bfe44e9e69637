"""Why a training job waits: the chain up to it, every node for every pod without one, and what would let it in.

`explain` is the one door to this package, `page.lines` tells what it found, `absent.absent` is for a run that no
object of this cluster knows. Pure: rows by kind in, values out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tui.core.health import Health
from tui.domain.amounts import NONE
from tui.domain.job import QUEUED, STARTING
from tui.domain.queued.answer import Cause, Explanation, Holder, Lack, NodeFit, PodFit, Step, Way
from tui.domain.queued.case import Case, Inputs, case_of, job_of
from tui.domain.queued.holders import holders
from tui.domain.queued.outlook import Outlook, outlook
from tui.domain.queued.steps import steps, waits_at
from tui.domain.queued.wants import Wants
from tui.domain.queued.ways import ways

__all__ = ["Explanation", "Holder", "Inputs", "Lack", "NodeFit", "PodFit", "Step", "Wants", "Way", "explain"]

_WAITS: Final = (QUEUED, STARTING)
_FOR_ROOM: Final = ("gate", "placed")
_NOUNS: Final[tuple[tuple[Cause, str], ...]] = (
    ("gpu", "GPUs"), ("fuse", "fuse devices"), ("memory", "memory"), ("cpu", "cpu"), ("pods", "room for pods"),
)  # fmt: skip


def explain(job_key: str, inputs: Inputs, now: float, wants: Mapping[str, Wants] = {}) -> Explanation | None:
    """Why the job waits; None when it is not known, runs or is over.

    `inputs` are rows by kind and key, as the store has them; `wants` is what pods want by their own specs, by key of
    the pod: of those that are missing, another pod of the same role speaks, else the instance type.
    """
    row = job_of(job_key, inputs, now)
    if row is None or row.state not in _WAITS:
        return None
    case = case_of(row, inputs, now, wants)
    view = outlook(case)
    chain = steps(case, view)
    held = holders(case, view)
    found = ways(case, view, held)
    health, headline = _headline(case, view, waits_at(chain), found)
    return Explanation(
        row.key, row.name, headline, health, chain, view.fits, held, found, view.needed,
        view.placeable, view.limits, tuple(_notes(case)), now,
    )  # fmt: skip


def _headline(case: Case, view: Outlook, step: Step | None, found: Sequence[Way]) -> tuple[Health, str]:
    if step is None:
        return max(Health.BUSY, case.job.health), case.job.why or "it is about to start"
    if step.id not in _FOR_ROOM or not case.nodes:
        return step.health, ": ".join((step.title, *step.evidence[:1]))
    if view.fitting:
        return step.health, f"{step.title}, though all of it would fit now"
    never = next((way for way in found if way.kind == "never"), None)
    if never is not None:
        return max(Health.WARN, step.health), f"cannot be placed as the cluster is: {never.text}"
    lacking = _listed([noun for cause, noun in _NOUNS if cause in view.limits])
    return step.health, f"waits for {lacking or 'room'}: {view.placeable} of {view.needed} pods would fit now"


def _listed(several: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(several[:-1]), *several[-1:])))


def _notes(case: Case) -> Iterator[str]:
    """What the answer does not rest on."""
    if not case.nodes:
        yield "nodes are not seen: nothing can be said about room"
    elif not case.rows("pods"):
        yield "pods are not seen: nodes are judged as if nothing ran on them"
    if case.kind is None and case.job.instance_type and case.rows("instancetypes"):
        yield f"there is no instance type {case.job.instance_type} on this cluster"
    if any(one.wants.requests == NONE for one in case.asking):
        yield "what its pods want is not known: nodes are judged by labels, taints and state alone"
    unjudged = sorted({one for each in case.asking for one in each.wants.unjudged})
    if unjudged:
        yield f"not looked at: {', '.join(unjudged)}"
