"""The chain from the cloud to running containers, link by link: passed, waiting here, broken here, not come to yet.

Owns which link it is and what that is known from. What would help is told by `ways`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from tui.core.health import Health
from tui.core.units import age
from tui.domain import job, scheduler_said
from tui.domain.compute import ComputeRow
from tui.domain.job_state import DELIVERY
from tui.domain.pod import PodRow
from tui.domain.queued import components
from tui.domain.queued.answer import Step, names
from tui.domain.queued.case import Case
from tui.domain.queued.outlook import Outlook, against

_GOES_ON = (Health.GOOD, Health.UNKNOWN)
_SOON = "usually made within 20s"


def steps(case: Case, view: Outlook) -> tuple[Step, ...]:
    """All links; those after the one where it waits are not come to yet."""
    found: list[Step] = []
    waits = False
    for make in _links(case):
        step = make(case, view)
        found.append(replace(step, health=Health.OFF, evidence=(), remedy="") if waits else step)
        waits = waits or step.health not in _GOES_ON
    return tuple(found)


def waits_at(several: Iterable[Step]) -> Step | None:
    """The link where it waits."""
    return next((step for step in several if step.health not in (*_GOES_ON, Health.OFF)), None)


def _links(case: Case) -> Iterator[Callable[[Case, Outlook], Step]]:
    """A job whose pods somebody else than Volcano made has no such objects."""
    yield from (_namespace, _delivered)
    if case.vc is not None or case.group is not None or not case.job.pods:
        yield from (_vc_job, _pod_group, _gate)
    yield from (_made, _placed, _started)


def _namespace(case: Case, _view: Outlook) -> Step:
    name = case.job.namespace
    row = case.rows("namespaces").get(name)
    if row is not None and row.status == "Terminating":
        return Step("namespace", f"namespace {name} is being deleted", Health.BAD, (row.why,))
    found = [one for one in case.rows("computes").values() if names_it(one, case.job.compute, name)]
    if not found:
        unnamed = "no compute that is seen names it" if case.rows("computes") else "computes are not seen"
        return Step("namespace", f"namespace {name} is there", Health.GOOD, (unnamed,))
    one = min(found, key=lambda each: (each.name != case.job.compute, -each.health))
    told = () if one.health is Health.GOOD else (f"compute {one.name} is {one.state}: {one.why}",)
    return Step("namespace", f"namespace {name} is there, compute {one.name} names it", Health.GOOD, told)


def names_it(row: ComputeRow, compute: str, namespace: str) -> bool:
    """Whether a compute is a cluster whose jobs run in this namespace."""
    return row.is_kubernetes and (row.namespace or "default") == namespace and (not compute or row.name == compute)


def _delivered(case: Case, _view: Outlook) -> Step:
    if case.aml is None:
        told = "its other objects are there; AmlJobs may not be readable, or it was removed"
        return Step("delivered", "no AmlJob is seen", Health.UNKNOWN, (told,))
    if case.aml.deleted is not None:
        return Step("delivered", "its AmlJob is being deleted", Health.BUSY, (_ago(case, case.aml.deleted),))
    return Step("delivered", "AmlJob is delivered", Health.GOOD, (_ago(case, case.aml.created),))


def _ago(case: Case, at: float | None) -> str:
    return f"{age(max(0.0, case.now - at))} ago" if at is not None else "nobody knows when"


def _vc_job(case: Case, _view: Outlook) -> Step:
    if case.vc is not None:
        after = _after(case.vc.created, case.aml.created if case.aml else None)
        return Step("vcjob", "Volcano Job is made", Health.GOOD, after)
    if case.group is not None or case.job.pods:
        return Step("vcjob", "no Volcano Job is seen", Health.UNKNOWN, ("its PodGroup is there",))
    return _missing(case, "vcjob", "no Volcano Job", "aml-operator", case.aml.created if case.aml else None)


def _after(at: float | None, before: float | None) -> tuple[str, ...]:
    return (f"{age(max(0.0, at - before))} later",) if at is not None and before is not None else ()


def _missing(case: Case, id: str, title: str, maker: str, since: float | None) -> Step:
    """Somebody has not made it: who, how that stands, and for how long already."""
    health, told = components.standing(case.rows("pods"), maker)
    waited = case.now - since if since is not None else DELIVERY
    if waited < DELIVERY and health in _GOES_ON:
        return Step(id, f"{title} yet", Health.BUSY, (f"{maker} makes it, {_SOON}",))
    namespace = next((pod.namespace for pod in case.rows("pods").values() if pod.component == maker), "azureml")
    return Step(
        id, f"{title} after {age(max(0.0, waited))}", max(health, Health.WARN),
        (f"{maker} makes it: {told}",),
        f"look at its log: kubectl logs -n {namespace} deployment/{maker}",
    )  # fmt: skip


def _pod_group(case: Case, _view: Outlook) -> Step:
    group, vc = case.group, case.vc
    if group is not None:
        return Step("podgroup", "PodGroup is made", Health.GOOD, _after(group.created, vc.created if vc else None))
    if case.job.pods:
        return Step("podgroup", "no PodGroup is seen", Health.UNKNOWN, ("its pods are there",))
    step = _missing(case, "podgroup", "no PodGroup", "volcano-controllers", vc.created if vc else None)
    if vc is not None and vc.message:
        return replace(step, evidence=(f"Volcano says: {vc.message}", *step.evidence))
    return replace(step, evidence=(*step.evidence, f"is there a queue {vc.queue}?")) if vc and vc.queue else step


def _gate(case: Case, view: Outlook) -> Step:
    group = case.group
    if group is None:
        return Step("gate", "enqueue gate", Health.UNKNOWN)
    if group.phase != "Pending" or case.job.pods:
        return Step("gate", "passed the enqueue gate", Health.GOOD, (f"PodGroup {group.phase}",))
    said = case.told.of_gate(group) or scheduler_said.essence(group.message)
    told = [f"Volcano says: {said}"] if said else []
    if case.nodes:
        told.append(f"it needs {against(view.needs, view.free)}, on nodes that would do")
    if case.job.place > 1:
        told.append(f"{case.job.place - 1} wait before it in queue {case.job.queue}")
    return Step("gate", "waits at the enqueue gate", _mood(case), (*told, *_scheduler(case, view)))


def _mood(case: Case) -> Health:
    """As bad as the job stands: to wait for room that is taken is everyday."""
    return max(Health.BUSY, case.job.health)


def _scheduler(case: Case, view: Outlook) -> tuple[str, ...]:
    """There is room: then it is the scheduler's turn."""
    if not view.fitting:
        return ()
    _health, told = components.standing(case.rows("pods"), "volcano-scheduler")
    return ("all of it would fit now by labels, taints and resources", told)


def _made(case: Case, _view: Outlook) -> Step:
    made = len(case.job.pods)
    title = f"pods are made: {made} of {case.total}"
    if made >= case.total:
        return Step("pods", title, Health.GOOD)
    refused = case.told.of_refusal(case.vc) if case.vc is not None else ""
    if refused:
        quota = "quota" in refused.lower()
        remedy = f"kubectl describe resourcequota -n {case.job.namespace}" if quota else ""
        return Step("pods", title, Health.WARN, (f"the API server refuses them: {refused}",), remedy)
    health, told = components.standing(case.rows("pods"), "volcano-controllers")
    return Step(
        "pods", title, health if health >= Health.WARN else Health.BUSY, (f"volcano-controllers make them: {told}",)
    )


def _placed(case: Case, view: Outlook) -> Step:
    placed = case.placed
    title = f"pods have a node: {placed} of {case.total}"
    if not view.needed and placed >= len(case.job.pods):
        return Step("placed", title, Health.GOOD, (", ".join(case.job.placed),) if case.job.placed else ())
    told = [f"the scheduler says: {said}"] if (said := _said(case)) else []
    if case.nodes and not view.fitting:
        told.append(f"all at once, {view.placeable} of {view.needed} would fit now")
    if case.job.place > 1:
        told.append(f"{case.job.place - 1} wait before it in queue {case.job.queue}")
    return Step("placed", title, _mood(case), (*told, *_scheduler(case, view)))


def _said(case: Case) -> str:
    group = case.group
    if group is not None and group.health is Health.WARN:
        return group.why
    return next((pod.why for pod in case.pods if not pod.node and pod.why), "")


def _started(case: Case, _view: Outlook) -> Step:
    idle = [pod for pod in case.pods if pod.phase == "Pending" and pod.deleted is None]
    title = f"pods have started: {len(case.job.pods) - len(idle)} of {case.total}"
    if not idle:
        return Step("started", title, Health.GOOD)
    whys: dict[str, list[PodRow]] = {}
    for pod in idle:
        own = pod.why if pod.health >= Health.WARN else ""
        whys.setdefault(own or case.told.of_pod(pod) or pod.why or pod.status, []).append(pod)
    told = (f"{names([job.job_pod(pod).name for pod in pods])}: {why}" for why, pods in whys.items())
    return Step("started", title, _mood(case), tuple(told))
