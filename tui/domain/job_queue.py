"""Why a training job waits: for room, for its pods to be made, or for a pod that has its node and does not start.

Owns the sum of what a gang needs, set against what the cluster has. Free room on many nodes may add up and still not
fit on one: then the scheduler's own words are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.core.health import Health
from tui.domain import scheduler_said, scheduling
from tui.domain.amounts import NONE, Amounts, cpu_text, memory_text
from tui.domain.event import EventRow, concerns
from tui.domain.extension import of_product
from tui.domain.instance_type import InstanceTypeRow
from tui.domain.job import Parts
from tui.domain.pod import PodRow
from tui.domain.volcano import PodGroupRow, VcJobRow

Wait = tuple[Health, str]

_OF_SCHEDULING = frozenset({"FailedScheduling", "Unschedulable", "NotTriggerScaleUp"})
"""Reasons of events that are over when a pod has its node."""


class Room:
    """The nodes and what runs on them; summed up only when a job waits."""

    def __init__(self, inputs: Mapping[str, Mapping[str, Any]]) -> None:
        self._nodes = inputs.get("nodes", {}).values()
        self._pods = inputs.get("pods", {}).values()
        self._site = scheduling.site(of_product(inputs.get("extensions", {})))
        self._used: scheduling.Usage | None = None

    @property
    def known(self) -> bool:
        """Nodes could be seen."""
        return bool(self._nodes)

    def free(self, selector: scheduling.Selector) -> Amounts:
        """What is left on the nodes that a workload with this selector may use."""
        if self._used is None:
            self._used = scheduling.usage(self._pods)
        return scheduling.free_total(self._nodes, self._used, selector, self._site)

    def whole(self, selector: scheduling.Selector) -> Amounts:
        """What those nodes would offer, were nothing running."""
        return scheduling.free_total(self._nodes, {}, selector, self._site)


class Told:
    """What events say of what waits: a volume that cannot be mounted or a gate that is shut is told nowhere else."""

    def __init__(self, events: Mapping[str, EventRow]) -> None:
        self._events = events
        self._latest: dict[tuple[str, str, str], EventRow] | None = None

    def of_pod(self, pod: PodRow) -> str:
        """The latest warning about a pod that has its node, empty when there is none."""
        found = self._about("Pod", pod.namespace, pod.name, pod.uid)
        return f"{found.reason}: {found.message}" if found else ""

    def of_gate(self, group: PodGroupRow) -> str:
        """Why a gang may not pass the enqueue gate."""
        found = self._about("PodGroup", group.namespace, group.name, group.uid)
        return scheduler_said.gate(found.message) if found else ""

    def of_refusal(self, job: VcJobRow) -> str:
        """Why the pods of a Volcano Job cannot be made: a quota, a policy."""
        found = self._about("Job", job.namespace, job.name, job.uid)
        return scheduler_said.refusal(found.message) if found else ""

    def _about(self, kind: str, namespace: str, name: str, uid: str) -> EventRow | None:
        if self._latest is None:
            by_age = sorted(filter(_explains, self._events.values()), key=lambda one: one.last or 0.0)
            self._latest = {(one.object_kind, one.object_namespace, one.object_name): one for one in by_age}
        found = self._latest.get((kind, namespace, name))
        return found if found is not None and concerns(found, kind, namespace, name, uid) else None


def _explains(one: EventRow) -> bool:
    """Whether it says more than its object's state does. Volcano warns of each gang, even of one that it places."""
    if one.object_kind == "Pod":
        return one.type == "Warning" and one.reason not in _OF_SCHEDULING
    if one.object_kind == "PodGroup":
        return one.reason == "Unschedulable" and scheduler_said.gang(one.message) is None
    return one.object_kind == "Job" and one.reason == "FailedCreate"


def wait(parts: Parts, kind: InstanceTypeRow | None, room: Room, otherwise: Wait) -> Wait:
    """What the gang lacks, when that can be computed; else what somebody else says.

    To wait for room that is taken is everyday; to wait for more than the cluster has is not.
    """
    if not room.known:
        return otherwise
    selector, needs = kind.selector if kind else {}, _needs(parts, kind)
    whole = room.whole(selector)
    if kind is not None and whole == NONE:
        return Health.WARN, f"no node that is ready may take {kind.name}"
    if never := _short(needs, whole, "the cluster has {}"):
        return Health.WARN, never
    if now := _short(needs, room.free(selector), "{} free"):
        return Health.BUSY, now
    return otherwise


def _short(needs: Amounts, have: Amounts, tail: str) -> str:
    """What lacks most tellingly; empty when there is enough in sum."""
    if needs.gpus > have.gpus:
        return f"needs {needs.gpus} GPU{'s' if needs.gpus > 1 else ''}, {tail.format(have.gpus)}"
    if needs.memory > have.memory:
        return f"needs {memory_text(needs.memory)} memory, {tail.format(memory_text(have.memory))}"
    if needs.cpu > have.cpu:
        return f"needs {cpu_text(needs.cpu)} cpu, {tail.format(cpu_text(have.cpu))}"
    return ""


def _needs(parts: Parts, kind: InstanceTypeRow | None) -> Amounts:
    """What it still has to get: its pods without a node; without pods, the whole gang."""
    waiting = [pod.requests for pod in parts.pods if not pod.node and not pod.over]
    if waiting:
        return sum(waiting, NONE)
    if parts.group is not None and parts.group.needs != NONE:
        return parts.group.needs
    count = parts.group.minimum if parts.group else 1
    one = scheduling.ask(kind) if kind else NONE
    return Amounts(one.cpu * count, one.memory * count, one.gpus * count)
