"""A training job as its objects: AmlJob, Volcano Job, PodGroup, pods. Any of them may be left out."""

from __future__ import annotations

from typing import Any

from tests.domain.build import Box, Json, ago, ended, extension, pod, running
from tui.domain import aml_job, event, instance_type, job_state, node, volcano
from tui.domain import extension as extensions
from tui.domain import pod as pods
from tui.domain.job import JobRow

JOB = "0123456789abcdef0123456789abcdef"
RUN = "fedcba9876543210fedcba9876543210"
SPACE = "ml-jobs"
LABELS = {
    "controller": "aml-operator", "type": "job", "jobsource": "aml", "jobId": JOB, "userName": "alice",
    "ml.azure.com/run-id": "bert-07", "ml.azure.com/compute": "arc1", "ml.azure.com/workspace": "ws1",
    "ml.azure.com/billing-category": "azureml-training",
}  # fmt: skip


def aml(
    job_id: str = JOB, *, created: float = 120, deleted: bool = False, status: Json | None = None, **envs: str
) -> Json:
    meta: Json = {
        "name": job_id,
        "namespace": SPACE,
        "creationTimestamp": ago(created),
        "labels": {"userName": "alice"},
    }
    if deleted:
        meta["deletionTimestamp"] = ago(5)
    shown = {"AZUREML_RUN_ID": "bert-07", "AZUREML_ARM_PROJECT_NAME": "bert", "AZUREML_NODE_COUNT": "2", **envs}
    options = {
        "commonRuntimeJobSpec": "c2VjcmV0",
        "envs": {**shown, "AZUREML_RUN_TOKEN": "hunter2"},
        "instanceType": "gpu",
    }
    return {"metadata": meta, "spec": {"job": {"jobId": job_id, "options": options}}, "status": status}


def vc(phase: str = "Running", *, message: str = "", job_id: str = JOB, replicas: int = 2) -> Json:
    state = {"phase": phase, "message": message, "lastTransitionTime": ago(20)}
    spec = {"minAvailable": replicas, "queue": "default", "tasks": [{"name": "worker", "replicas": replicas}]}
    meta = {"name": f"{SPACE}-{job_id}", "namespace": SPACE, "creationTimestamp": ago(110)}
    return {"metadata": meta, "spec": spec, "status": {"state": state, "running": replicas}}


def group(
    phase: str = "Running", *conditions: Json, job_id: str = JOB, name: str = "", needs: Json | None = None
) -> Json:
    owner = {"kind": "Job", "name": f"{SPACE}-{job_id}", "controller": True}
    meta = {
        "name": name or f"{SPACE}-{job_id}",
        "namespace": SPACE,
        "ownerReferences": [owner],
        "creationTimestamp": ago(110),
    }
    spec = {"minMember": 2, "queue": "default", "minResources": needs or {}}
    return {"metadata": meta, "spec": spec, "status": {"phase": phase, "conditions": list(conditions)}}


def unschedulable(message: str = "2/2 tasks in gang unschedulable", *, seconds: float = 30, reason: str = "") -> Json:
    return {
        "type": "Unschedulable", "status": "True", "reason": reason or "NotEnoughResources", "message": message,
        "lastTransitionTime": ago(seconds),
    }  # fmt: skip


def wrapper(state: Json | None = None, **more: Any) -> Box:
    return Box(f"{RUN}-execution-wrapper", state, **more)


def worker(index: int = 0, *boxes: Box, role: str = "worker", job_id: str = JOB, **more: Any) -> Json:
    labels = {**LABELS, "jobId": job_id, "role": role, **more.pop("labels", {})}
    name = f"{SPACE}-{job_id}-{role}-{index}"
    several = boxes or (Box(f"{RUN}-lifecycler", running()), wrapper())
    return pod(*several, name=name, namespace=SPACE, labels=labels, **more)


def failed(index: int, *boxes: Box, **more: Any) -> Json:
    return worker(index, *boxes, phase="Failed", **more)


def oom(seconds: float = 30) -> Box:
    return wrapper(ended(137, "OOMKilled", seconds=seconds))


def inputs(
    *, amljobs: tuple[Json, ...] = (), vcjobs: tuple[Json, ...] = (), podgroups: tuple[Json, ...] = (),
    workers: tuple[Json, ...] = (), nodes: tuple[Json, ...] = (), types: tuple[Json, ...] = (), events: tuple[Json,
        ...] = (),
    settings: dict[str, str] | None = None,
) -> dict[str, dict[str, Any]]:  # fmt: skip
    decoded: dict[str, Any] = {
        "amljobs": map(aml_job.decode, amljobs), "vcjobs": map(volcano.decode_job, vcjobs),
        "podgroups": map(volcano.decode_group, podgroups), "pods": map(pods.decode, workers),
            "nodes": map(node.decode, nodes),
        "instancetypes": map(instance_type.decode, types), "events": map(event.decode, events),
        "extensions": [extensions.decode(extension(settings))],
    }  # fmt: skip
    return {kind: {row.key: row for row in rows} for kind, rows in decoded.items()}


def rows(now: float, **given: Any) -> list[JobRow]:
    return list(job_state.rows(inputs(**given), now))


def gpu_type(gpus: int = 1) -> Json:
    sizes = {"cpu": "4", "memory": "16Gi"}
    resources = {"requests": sizes, "limits": {**sizes, "nvidia.com/gpu": gpus}}
    return {"metadata": {"name": "gpu"}, "spec": {"nodeSelector": {"gpu": "v"}, "resources": resources}}


def heard(
    reason: str, message: str, *, kind: str = "Warning", seconds: float = 30, uid: str = "", of: str = "Pod"
) -> Json:
    """An event about the job's first pod, its PodGroup or its Volcano Job."""
    name = f"{SPACE}-{JOB}" + ("-worker-0" if of == "Pod" else "")
    about = {"kind": of, "namespace": SPACE, "name": name, "uid": uid or (f"u-{name}" if of == "Pod" else "")}
    meta = {"name": f"{name}.{reason}{seconds}", "namespace": SPACE}
    return {"metadata": meta, "involvedObject": about, "type": kind, "reason": reason, "message": message,
            "lastTimestamp": ago(seconds)}  # fmt: skip
