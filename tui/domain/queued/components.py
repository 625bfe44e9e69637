"""How the components stand that carry a job on, by their pods. Must not know the job."""

from __future__ import annotations

from collections.abc import Mapping

from tui.core.health import Health
from tui.domain.component import NAMESPACE
from tui.domain.pod import PodRow

Told = tuple[Health, str]


def standing(pods: Mapping[str, PodRow], component: str, namespace: str = NAMESPACE) -> Told:
    """`aml-operator 1/1 is ready in azureml`; where the extension has none of that name, one of any other namespace.

    A Volcano of one's own is in a namespace of its own.
    """
    live = [pod for pod in pods.values() if pod.component == component and not pod.over]
    found = [pod for pod in live if pod.namespace == namespace] or live
    if not found:
        seen = any(pod.namespace == namespace for pod in pods.values())
        if not seen:
            return Health.UNKNOWN, f"{component}: no pod of namespace {namespace} is seen"
        return Health.BAD, f"{component}: no pod of it is there"
    ready = sum(pod.phase == "Running" and pod.ready == pod.total > 0 for pod in found)
    where = found[0].namespace
    head = f"{component} {ready}/{len(found)} is ready in {where}"
    worst = max(found, key=lambda pod: (pod.health, pod.key))
    if ready and worst.health <= Health.BUSY:
        return Health.GOOD, head
    why = ": ".join(filter(None, (worst.status, worst.why)))
    return max(worst.health, Health.WARN), f"{head}: {why}"
