"""What state a joined training job is in, and why, in words.

Rules: the chain AmlJob → Volcano Job → PodGroup → pods is walked from its end; the first link that is missing or broken
is the reason. A failed job is explained by the container that ended badly first, not by the pod's exit code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from tui.core.health import Health
from tui.core.text import shorten_end
from tui.domain import job, scheduler_said, scheduling
from tui.domain.aml_job import RUN_LABEL
from tui.domain.amounts import NONE, Amounts
from tui.domain.container import Container
from tui.domain.instance_type import InstanceTypeRow
from tui.domain.job import CANCELED, COMPLETED, FAILED, QUEUED, RUNNING, STARTING, STOPPING, JobRow, Parts
from tui.domain.job_queue import Room, Told, Wait, wait
from tui.domain.pod import PodRow
from tui.domain.pod_health import first_failure, named
from tui.domain.volcano import NO_WORKERS

DELIVERY: Final = 60.0
"""Seconds an AmlJob may be without a PodGroup: a start takes some 20 s from one to the other."""
_WHY_WIDTH: Final = 160
_DONE: Final = frozenset({"completed", "succeeded", "finished"})
_CANCELED: Final = frozenset({"Aborted", "Terminated"})
_STOPPED: Final = _CANCELED | {"Aborting", "Terminating"}

Verdict = tuple[str, Health, str]


def rows(inputs: Mapping[str, Mapping[str, Any]], now: float) -> Iterable[JobRow]:
    """Every training job. Inputs: amljobs, vcjobs, podgroups, pods, nodes, instancetypes, extensions, events."""
    types: Mapping[str, InstanceTypeRow] = inputs.get("instancetypes", {})
    room, told = Room(inputs), Told(inputs.get("events", {}))
    return _queued([_row(parts, types, room, told, now) for _key, parts in sorted(job.join(inputs).items())])


def _queued(rows: list[JobRow]) -> list[JobRow]:
    """Those that wait in a queue of Volcano with their place in it, the oldest first; priorities are not seen."""
    waiting = [row for row in rows if row.state == QUEUED and row.queue]
    waiting.sort(key=lambda row: (row.created or 0.0, row.key))
    ahead: Counter[str] = Counter()
    places: dict[str, int] = {}
    for row in waiting:
        ahead[row.queue] += 1
        places[row.key] = ahead[row.queue]
    return [replace(row, place=places[row.key]) if row.key in places else row for row in rows]


def _row(parts: Parts, types: Mapping[str, InstanceTypeRow], room: Room, told: Told, now: float) -> JobRow:
    aml, vc, group, pods = parts.aml, parts.vc, parts.group, parts.pods
    labels = pods[0].labels if pods else aml.labels if aml else {}
    kind = _type_name(parts, types)
    state, health, why = _state(parts, types.get(kind), room, told, now)
    run = (aml.run_id if aml else "") or labels.get(RUN_LABEL, "")
    root = aml.root_run_id if aml else ""
    begun, ended = _span(parts)
    ended = ended if ended is not None else vc.changed if vc else None
    return JobRow(
        key=f"{parts.namespace}/{parts.job_id}",
        namespace=parts.namespace,
        job_id=parts.job_id,
        run_id=run,
        name=run or parts.job_id,
        root=root if root != run else "",
        experiment=(aml.experiment if aml else "") or labels.get("ml.azure.com/experiment", ""),
        user=(aml.user if aml else "") or labels.get("userName", ""),
        compute=(aml.compute if aml else "") or labels.get("ml.azure.com/compute", ""),
        workspace=labels.get("ml.azure.com/workspace", ""),
        instance_type=kind,
        nodes=_workers(parts),
        gpus=_gpus(parts, types.get(kind)),
        state=state,
        health=health,
        why=shorten_end(why, _WHY_WIDTH),
        created=_earliest(found.created for found in (aml, vc, group, *pods, *parts.earlier) if found is not None),
        started=begun,
        ended=ended if state in job.ENDED else None,
        placed=tuple(sorted({pod.node for pod in pods if pod.node})),
        pods=tuple(map(job.job_pod, pods)),
        queue=(vc.queue if vc else "") or (group.queue if group else ""),
        place=0,
        retries=max(vc.retries if vc else 0, _again(parts.earlier)),
        restarts=sum(pod.restarts for pod in pods),
        earlier=tuple(pod.key for pod in parts.earlier),
        group=group.key if group else "",
        vc_job=vc.key if vc else "",
        aml_job=aml.key if aml else "",
        labels=labels,
    )


def _workers(parts: Parts) -> int:
    """How many nodes it wants, by the first object that says so."""
    wanted = (
        parts.aml.workers if parts.aml else 0,
        parts.vc.workers if parts.vc else 0,
        parts.group.minimum if parts.group else 0,
        _mains(parts),
    )
    return next(filter(None, wanted), 1)


def _mains(parts: Parts) -> int:
    """Its pods that are workers, whatever they are called."""
    return sum(job.role_of(pod)[0] not in NO_WORKERS for pod in parts.pods)


def _again(earlier: Sequence[PodRow]) -> int:
    """How many attempts there were before: as many as of the pod that was made most often."""
    slots = Counter(map(job.slot_of, earlier))
    return sum(count for (_, index), count in slots.items() if index is None) or max(slots.values(), default=0)


def _earliest(moments: Iterable[float | None]) -> float | None:
    return min((at for at in moments if at is not None), default=None)


def _span(parts: Parts) -> tuple[float | None, float | None]:
    """When the first container ran, of whatever attempt, and the last one ended."""
    boxes = [box for pod in (*parts.pods, *parts.earlier) for box in pod.containers]
    begun = [box.ended.started if box.ended else box.since for box in boxes]
    ended = [box.ended.finished for pod in parts.pods for box in pod.containers if box.ended]
    return _earliest(begun), max((at for at in ended if at is not None), default=None)


def _gpus(parts: Parts, kind: InstanceTypeRow | None) -> int:
    if parts.pods:
        return max(pod.requests.gpus for pod in parts.pods)
    if parts.aml is not None and parts.aml.gpus >= 0:
        return parts.aml.gpus
    if kind is not None:
        return kind.gpus
    if parts.group is not None and parts.group.minimum:
        return parts.group.needs.gpus // parts.group.minimum
    return 0


def _type_name(parts: Parts, types: Mapping[str, InstanceTypeRow]) -> str:
    """As the job says; else the only type whose requests its execution wrapper carries."""
    if parts.aml is not None and parts.aml.instance_type:
        return parts.aml.instance_type
    pod = parts.pods[0] if parts.pods else None
    said = pod.labels.get("ml.azure.com/instance-type", "") if pod else ""
    if said or pod is None:
        return said
    name = job.main_container(pod)
    wants = next((part.requests for part in pod.containers if part.name == name), NONE)
    same = [
        kind.name for kind in types.values() if scheduling.ask(kind) == Amounts(wants.cpu, wants.memory, wants.gpus)
    ]
    return same[0] if len(same) == 1 else ""


def _state(parts: Parts, kind: InstanceTypeRow | None, room: Room, told: Told, now: float) -> Verdict:
    ended = _ended(parts)
    if ended is not None:
        return ended
    if parts.aml is not None and parts.aml.deleted is not None:
        return STOPPING, Health.BUSY, "is being deleted"
    if parts.vc is not None and parts.vc.phase in _STOPPED:
        why = f"{parts.vc.phase.lower()}: {parts.vc.message}".rstrip(": ")
        return (CANCELED, Health.OFF, why) if parts.vc.phase in _CANCELED else (STOPPING, Health.BUSY, why)
    return _pods_state(parts, kind, room, told) if parts.pods else _podless(parts, kind, room, told, now)


def _ended(parts: Parts) -> Verdict | None:
    phase = parts.vc.phase if parts.vc else ""
    said = parts.aml.state.lower() if parts.aml else ""
    live = [pod for pod in parts.pods if pod.deleted is None]
    failed = [pod for pod in live if pod.phase == "Failed"]
    if phase == "Failed" or "fail" in said or (failed and phase not in ("Completed", "Restarting")):
        return FAILED, Health.BAD, _failure(parts, failed)
    mains = [pod for pod in live if job.role_of(pod)[0] != "ps"]  # a parameter server does not end by itself
    done = bool(mains) and all(pod.phase == "Succeeded" for pod in mains)
    if phase == "Completed" or said in _DONE or (done and phase in ("", "Running", "Completing")):
        return COMPLETED, Health.GOOD, ""
    return None


def _failure(parts: Parts, failed: Sequence[PodRow]) -> str:
    """The container that ended badly first, over all pods, and in whose pod."""
    ends = [(part, pod) for pod in failed or parts.pods if (part := first_failure(pod.containers)) is not None]
    if ends:
        part, pod = min(ends, key=lambda end: (_ended_at(end[0]), end[1].name))
        return _ending(parts, part, pod)
    if failed:
        return _named(parts, failed[0], failed[0].why)
    for found in (parts.vc, parts.aml):
        if found is not None and found.message:
            return found.message
    return "no pod is left to say why"


def _ended_at(part: Container) -> float:
    finished = part.ended.finished if part.ended else None
    return float("inf") if finished is None else finished


def _ending(parts: Parts, part: Container, pod: PodRow) -> str:
    """`OOMKilled worker-1 (exit 137)`, `exit 1 worker-0 (lifecycler): no space left`, of a lone worker `exit 1`."""
    end = part.ended
    if end is None:
        return _named(parts, pod, pod.why)
    code = f"signal {end.signal}" if end.signal else f"exit {end.exit_code}"
    where, name = _where(parts, pod), named(pod.containers, part)
    shown = end.reason not in ("", "Error", "Completed")
    inside = ", ".join(filter(None, (name, code if shown else "")))
    said = " ".join(filter(None, (end.reason if shown else code, where, f"({inside})" if inside else "")))
    return f"{said}: {end.message}" if end.message else said


def _pods_state(parts: Parts, kind: InstanceTypeRow | None, room: Room, told: Told) -> Verdict:
    unfinished = [pod for pod in parts.pods if pod.phase != "Succeeded"]
    pods = [pod for pod in unfinished if pod.deleted is None]
    if unfinished and not pods:
        return STOPPING, Health.BUSY, "its pods are being deleted"
    worst = max(pods, key=lambda pod: (pod.health, pod.name), default=parts.pods[0])
    why = _named(parts, worst, worst.why)
    if any(not pod.node for pod in pods):
        return _unplaced(parts, kind, room, told, (max(Health.BUSY, worst.health), why))
    if pods and all(pod.phase == "Running" for pod in pods):
        return RUNNING, worst.health if worst.health >= Health.WARN else Health.GOOD, why
    if worst.health <= Health.BUSY:
        ill = next(((pod, said) for pod in pods if pod.phase == "Pending" and (said := told.of_pod(pod))), None)
        if ill is not None:
            return STARTING, Health.WARN, _named(parts, *ill)
    return STARTING, max(Health.BUSY, worst.health), why


def _unplaced(parts: Parts, kind: InstanceTypeRow | None, room: Room, told: Told, of_pod: Wait) -> Verdict:
    """Some pod has no node. The gang's own word counts those that would fit, where there are several."""
    group = parts.group
    if _mains(parts) < _workers(parts) and (refused := _refused(parts, told)):
        return refused
    if group is not None and group.health is Health.WARN and len(parts.pods) > 1:
        of_pod = (Health.WARN, group.why)
    return (QUEUED, *wait(parts, kind, room, of_pod))


def _refused(parts: Parts, told: Told) -> Verdict | None:
    """The API server does not take its pods."""
    why = told.of_refusal(parts.vc) if parts.vc is not None else ""
    return (QUEUED, Health.WARN, f"its pods are refused: {why}") if why else None


def _where(parts: Parts, pod: PodRow) -> str:
    """Which pod it is, where there are several or were to be."""
    return job.job_pod(pod).name if len(parts.pods) > 1 or _workers(parts) > 1 else ""


def _named(parts: Parts, pod: PodRow, why: str) -> str:
    """The reason, with the pod it is of."""
    return ": ".join(filter(None, (_where(parts, pod), why))) if why else ""


def _podless(parts: Parts, kind: InstanceTypeRow | None, room: Room, told: Told, now: float) -> Verdict:
    group, vc = parts.group, parts.vc
    if "Running" in (group.phase if group else "", vc.phase if vc else ""):
        return RUNNING, Health.BUSY, "by the word of Volcano; its pods are not seen"
    if group is None:
        return _groupless(parts, now)
    if group.phase == "Pending":
        why = told.of_gate(group) or scheduler_said.essence(group.message)
        health = Health.WARN if why else Health.BUSY
        return (QUEUED, *wait(parts, kind, room, (health, f"at the enqueue gate: {why or 'no room yet'}")))
    return _refused(parts, told) or (QUEUED, Health.BUSY, "admitted, its pods are being made")


def _groupless(parts: Parts, now: float) -> Verdict:
    """Nobody has made its PodGroup: neither aml-operator nor Volcano may be behind for long."""
    vc, made = parts.vc, _earliest([part.created for part in (parts.vc, parts.aml) if part is not None])
    late = made is None or now - made >= DELIVERY
    if vc is None and late:
        return QUEUED, Health.WARN, "no PodGroup seen: look at aml-operator and volcano-controllers"
    if vc is None:
        return QUEUED, Health.BUSY, "just delivered"
    if vc.message or vc.phase or not late:
        return QUEUED, Health.BUSY, vc.message or "its PodGroup is not made yet"
    return QUEUED, Health.WARN, f"Volcano does not take it up: is there a queue {vc.queue}? are its controllers well?"
