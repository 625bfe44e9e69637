"""A cluster with a job that waits, as rows: nodes, pods that hold something, and a gang of workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.domain.build import NOW, Box, Json, ago, node, pod, waiting
from tests.domain.jobs import JOB, LABELS, SPACE, aml, gpu_type, group, inputs, vc
from tui.domain import compute, job_state, namespace
from tui.domain import pod as pods
from tui.domain.queued.explain import Explanation, explain
from tui.domain.queued.wants import wants

KEY = f"{SPACE}/{JOB}"
Rows = dict[str, dict[str, Any]]


def gpu_node(name: str = "gpu-1", **more: Any) -> Json:
    """16 cores, 64Gi, 4 GPUs of the kind that the type `gpu` selects."""
    return node(name, **{"labels": {"gpu": "v"}, "cpu": "16", "memory": "64Gi", "gpus": "4", **more})


def needs(gpus: int = 1, cpu: str = "4", memory: str = "16Gi") -> Json:
    return {"cpu": cpu, "memory": memory, **({"nvidia.com/gpu": str(gpus)} if gpus else {})}


def unplaced(index: int = 0, asked: Json | None = None, *, message: str = "", **more: Any) -> Json:
    """A worker without a node."""
    state = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    name = f"{SPACE}-{JOB}-worker-{index}"
    labels = {**LABELS, "role": "worker", "volcano.sh/task-index": str(index)}
    box = Box("main", waiting(), requests=needs() if asked is None else asked)
    return pod(box, name=name, namespace=SPACE, labels=labels, node="", phase="Pending", conditions=[state], **more)


def of_job(job_id: str, on: str, gpus: int = 1, *, run: str = "", user: str = "carol", **more: Any) -> Json:
    """A running worker of another job."""
    labels = {**LABELS, "jobId": job_id, "userName": user, "ml.azure.com/run-id": run or f"run-{job_id[:4]}"}
    box = Box("main", requests=needs(gpus))
    return pod(box, name=f"{SPACE}-{job_id}-worker-{on}", namespace=SPACE, labels=labels, node=on, **more)


def world(
    nodes: Sequence[Json], *, workers: Sequence[Json] = (), others: Sequence[Json] = (), types: Sequence[Json] = (),
    phase: str = "Inqueue", size: int = 2, settings: dict[str, str] | None = None, **more: Any,
) -> Rows:  # fmt: skip
    """Rows by kind, jobs among them."""
    gang = group(phase)
    gang["spec"]["minMember"] = size
    given: dict[str, Any] = {
        "amljobs": (aml(AZUREML_NODE_COUNT=str(size)),), "vcjobs": (vc("Pending", replicas=size),),
        "podgroups": (gang,), **more,
    }  # fmt: skip
    found = inputs(
        **given, workers=(*workers, *others), nodes=tuple(nodes), types=tuple(types) or (gpu_type(),), settings=settings
    )
    space = namespace.decode({"metadata": {"name": SPACE, "creationTimestamp": ago(9999)}})
    found["namespaces"] = {SPACE: space}
    found["computes"] = {"c": attached()}
    found["jobs"] = {row.key: row for row in job_state.rows(found, NOW)}
    return found


def attached(state: str = "Succeeded", space: str = SPACE, name: str = "arc1") -> compute.ComputeRow:
    workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/ws"
    return compute.decode({
        "id": f"{workspace}/computes/{name}",
        "name": name, "properties": {"computeType": "Kubernetes", "provisioningState": state,
                                     "properties": {"namespace": space}},
    })  # fmt: skip


def told(rows: Rows, bodies: Sequence[Json] = ()) -> Explanation:
    """The explanation, with the specs of these pods known."""
    known = {pods.decode(body).key: wants(body) for body in bodies}
    found = explain(KEY, rows, NOW, known)
    assert found is not None
    return found
