"""The objects of a training job besides its pods: AmlJob, Volcano Job, PodGroup, and the small ones round them.

Owns their bodies at a moment. Names as the product gives them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

import msgspec

from tui.demo.world import job_pods
from tui.demo.world.azure import TRAINING, Estate
from tui.demo.world.bodies import Body, Maker, Shown, owner, stamp
from tui.demo.world.containers import GPU
from tui.demo.world.installed import fake
from tui.demo.world.job import AGAIN_PLACED, ENQUEUED, GROUPED, PODS, SECRETS, STARTS, Job
from tui.demo.world.job_pods import WRAPPER, env, image, labels

AMLJOBS: Final = "amljobs.amlarc.azureml.com"
VCJOBS: Final = "jobs.batch.volcano.sh"
GROUPS: Final = "podgroups.scheduling.volcano.sh"
_PODS_RETRIED: Final = ({"event": "PodEvicted", "action": "RestartJob"},)
OPERATOR: Final = "aml-operator"


def phase(job: Job, now: float) -> str:
    """Volcano's word for it."""
    if now >= job.settled:
        return _end(job)
    return "Running" if job.started is not None and now >= job.started else "Pending"


def aml_job(maker: Maker, job: Job, where: Estate, now: float) -> Body:
    """The job as the cloud delivered it."""
    dice = maker.dice
    shown = {name: value for name, value in env(maker, job, where, 0) if name not in ("VK_TASK_INDEX", "HOST_LIST")}
    spec = {"command": "python train.py", "image": image(job), "nodeCount": job.workers, "capabilities": ["data", "cs"]}
    return maker.make(
        "amlarc.azureml.com/v1alpha1", "AmlJob", job.job_id(dice), TRAINING, created=job.submitted, by="gateway",
        labels=labels(maker, job, where), status_by=OPERATOR,
        spec={
            "job": {
                "jobId": job.job_id(dice), "jobType": "RegularJob",
                "options": {
                    "commonRuntimeJobSpec": base64.b64encode(msgspec.json.encode(spec)).decode(), "envs": shown,
                    "instanceType": job.size.name,
                },
            }
        },
        status=_aml_status(maker, job, now),
    )  # fmt: skip


def _aml_status(maker: Maker, job: Job, now: float) -> Body:
    state = {"Pending": "Queued", "Running": "Running"}.get(phase(job, now), phase(job, now))
    if state == "Queued" and job.placed is not None and now >= job.placed:
        state = "Starting"
    said = {"message": _failure(maker, job)} if state == "Failed" else {}
    return {"state": state, "lastUpdateTime": stamp(_changed(job, now)), **said}


def _failure(maker: Maker, job: Job) -> str:
    if job.story == "evicted":
        return 'Azure Machine Learning Kubernetes job failed. -1:PodPattern matched: {"reason":"Evicted"}'
    code, word = (137, "OOMKilled") if job.story == "oom" else (1, "Error")
    said = {"containers": [{"name": f"{job.uuid(maker.dice)}-{WRAPPER}", "message": word, "code": code}]}
    return (
        f"Azure Machine Learning Kubernetes job failed. {code}:PodPattern matched: {msgspec.json.encode(said).decode()}"
    )


def _changed(job: Job, now: float) -> float:
    moments = [job.submitted, *(at for at in (job.placed, job.started) if at is not None)]
    moments += [job.settled]
    return max(at for at in moments if at <= now)


def small(maker: Maker, job: Job, where: Estate, aml: Body) -> Iterator[Shown]:
    """Secrets and ConfigMaps that come before the pods."""
    job_id, created = job.job_id(maker.dice), job.submitted + SECRETS
    marks = labels(maker, job, where)
    owners = (owner(aml),)
    for name, kind, data in (
        (f"{job_id}-runtoken-secrets", "Opaque", {"token": fake("token")}),
        (f"{job_id}-imagepull-0-secrets", "kubernetes.io/dockerconfigjson", {".dockerconfigjson": fake("login")}),
        (f"{job_id}-ssh-keys", "Opaque", {"id_rsa": fake("key"), "id_rsa.pub": fake("key")}),
    ):
        yield (
            "secrets",
            maker.make(
                "v1",
                "Secret",
                name,
                TRAINING,
                created=created,
                by=OPERATOR,
                labels=marks,
                owners=owners,
                data=data,
                type=kind,
            ),
        )
    for name, text in ((job_id, {"job.json": "{}"}), (f"{job_id}-lifecycle", {"lifecycle.json": "{}"})):
        yield (
            "configmaps",
            maker.make(
                "v1", "ConfigMap", name, TRAINING, created=created, by=OPERATOR, labels=marks, owners=owners, data=text
            ),
        )
    yield "metrics.amlarc.azureml.com", maker.make(
        "amlarc.azureml.com/v1alpha1", "Metric", f"amlarcjob-{job_id}", TRAINING, created=created, by=OPERATOR,
        labels=marks, owners=owners, spec={"selector": {"jobId": job_id}},
    )  # fmt: skip


def volcano_job(maker: Maker, job: Job, where: Estate, aml: Body, now: float) -> Body:
    """The gang as Volcano knows it."""
    task = {
        "name": "worker", "replicas": job.workers, "minAvailable": job.workers, "maxRetry": 3,
        "policies": [{"event": "TaskCompleted", "action": "CompleteJob"}, *_PODS_RETRIED[: job.retries]],
        "template": {
            "metadata": {"labels": labels(maker, job, where)}, "spec": {"containers": [], "restartPolicy": "Never"},
        },
    }  # fmt: skip
    return maker.make(
        "batch.volcano.sh/v1alpha1", "Job", job_pods.gang(maker, job), TRAINING, created=job.submitted + GROUPED,
        by=OPERATOR, labels=labels(maker, job, where), owners=(owner(aml),), status_by="vc-controller-manager",
        spec={
            "minAvailable": job.workers, "maxRetry": 3, "queue": "default", "schedulerName": "volcano",
            "plugins": {"env": [], "svc": [], "ssh": []}, "tasks": [task],
        },
        status=_job_status(job, now),
    )  # fmt: skip


def _job_status(job: Job, now: float) -> Body:
    """Counts and what the plugins made are there from the enqueue gate on, until it is over."""
    state, begun = phase(job, now), job.submitted + GROUPED
    history = [("Pending", begun), ("Running", job.started), *_anew(job), (_end(job), job.settled)]
    over = now >= job.settled
    counts = {"Running": "running"}.get(state, "pending")
    there = {
        counts: job.workers, "taskStatusCount": {"worker": {"phase": {counts.capitalize(): job.workers}}},
        "controlledResources": {f"plugin-{name}": name for name in ("env", "ssh", "svc")},
    }  # fmt: skip
    return {
        "state": {"phase": state, "lastTransitionTime": stamp(max(_changed(job, now), begun))},
        "minAvailable": job.workers,
        "conditions": [
            {"status": name, "lastTransitionTime": stamp(at)}
            for name, at in history if at is not None and at <= now
        ],
        **({"retryCount": job.retries} if job.again is not None and now >= job.again else {}),
        **(there if job.story != "gate" and now >= job.submitted + PODS and not over else {}),
        **({"version": 3 if job.story == "well" else 1, "runningDuration": _go(job.settled - begun)} if over else {}),
    }  # fmt: skip


def _anew(job: Job) -> list[tuple[str, float]]:
    """What the second attempt adds to its history."""
    if job.again is None:
        return []
    placed = job.again + AGAIN_PLACED
    return [("Restarting", job.again - 2), ("Pending", job.again), ("Running", placed + STARTS)]


def _end(job: Job) -> str:
    return "Completed" if job.story == "well" else "Failed"


def _go(seconds: float) -> str:
    """A duration as Go prints it: `1m15s`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "") + f"{rest}s"


def pod_group(maker: Maker, job: Job, where: Estate, volcano: Body, now: float, said: str) -> Body:
    """What the scheduler places; `said` is why it does not."""
    return maker.make(
        "scheduling.volcano.sh/v1beta1", "PodGroup", job_pods.group(maker, job), TRAINING,
        created=job.submitted + GROUPED, by="vc-controller-manager", labels=labels(maker, job, where),
        owners=(owner(volcano),), status_by="vc-scheduler",
        spec={
            "minMember": job.workers, "minTaskMember": {"worker": job.workers}, "queue": "default",
            "minResources": _needs(job),
        },
        status=_group_status(maker, job, now, said),
    )  # fmt: skip


def _needs(job: Job) -> Body:
    """What the gang asks for: plain, as a quota counts it, and its limits."""
    size = job.size
    asked = {
        "cpu": f"{(int(size.cpu) * 1000 + 50) * job.workers}m",
        "memory": f"{(size.memory * 1024 + 160) * job.workers}Mi",
        **({GPU: str(size.gpus * job.workers)} if size.gpus else {}),
    }  # fmt: skip
    limits = {"cpu": f"{(int(size.cpu_limit) * 1000 + 100) * job.workers}m", "memory": f"{size.memory * job.workers}Gi"}
    count = str(job.workers)
    return {
        **asked, "count/pods": count, "pods": count, **{f"requests.{name}": amount for name, amount in asked.items()},
        **{f"limits.{name}": amount for name, amount in limits.items()},
    }  # fmt: skip


def _group_status(maker: Maker, job: Job, now: float, said: str) -> Body:
    """At the gate no condition is written: only events say why."""
    if job.placed is not None and now >= job.placed:
        up = {"running": job.workers} if phase(job, now) == "Running" else {}
        return {"phase": "Running", **up, "conditions": [_scheduled(maker, job)]}
    if job.story == "gate" or now < job.submitted + ENQUEUED:
        return {"phase": "Pending"}
    waits = [_unschedulable(maker, job, said)] if job.refusals else []
    return {"phase": "Inqueue", **({"conditions": waits} if waits else {})}


def _scheduled(maker: Maker, job: Job) -> Body:
    return {
        "type": "Scheduled", "status": "True", "reason": "tasks in gang are ready to be scheduled",
        "lastTransitionTime": stamp(job.placed or 0), "transitionID": maker.dice.uid("placed", job.run_id),
    }  # fmt: skip


def _unschedulable(maker: Maker, job: Job, said: str) -> Body:
    return {
        "type": "Unschedulable", "status": "True", "reason": "NotEnoughResources", "message": said,
        "lastTransitionTime": stamp(job.refusals[-1].at), "transitionID": maker.dice.uid("waits", job.run_id),
    }  # fmt: skip


def beside_pods(maker: Maker, job: Job, where: Estate, volcano: Body) -> Iterator[Shown]:
    """What Volcano's plugins make: names and keys for the workers to find each other."""
    name, created, by = volcano["metadata"]["name"], job.submitted + ENQUEUED, "vc-controller-manager"
    owners = (owner(volcano),)
    yield "services", maker.make(
        "v1", "Service", name, TRAINING, created=created, by=by, owners=owners, labels=labels(maker, job, where),
        spec={"clusterIP": "None", "clusterIPs": ["None"], "type": "ClusterIP", "sessionAffinity": "None",
              "selector": {"volcano.sh/job-name": name, "volcano.sh/job-namespace": TRAINING}},
        status={"loadBalancer": {}},
    )  # fmt: skip
    yield "networkpolicies.networking.k8s.io", maker.make(
        "networking.k8s.io/v1", "NetworkPolicy", name, TRAINING, created=created, by=by, owners=owners,
        spec={"podSelector": {"matchLabels": {"volcano.sh/job-name": name}}, "policyTypes": ["Ingress"],
              "ingress": [{"from": [{"podSelector": {"matchLabels": {"volcano.sh/job-name": name}}}]}]},
    )  # fmt: skip
    hosts = "\n".join(f"{name}-worker-{n}.{name}" for n in range(job.workers))
    yield "configmaps", maker.make(
        "v1", "ConfigMap", f"{name}-svc", TRAINING, created=created, by=by, owners=owners,
        data={"worker.host": hosts, "VC_WORKER_NUM": str(job.workers)},
    )  # fmt: skip
    yield "secrets", maker.make(
        "v1", "Secret", f"{name}-ssh", TRAINING, created=created, by=by, owners=owners, type="Opaque",
        data={"id_rsa": fake("key"), "authorized_keys": fake("key")},
    )  # fmt: skip
