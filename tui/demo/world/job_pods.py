"""The pods of a training job: containers, labels and what they are doing at a moment.

Owns the pod of the common runtime (two init containers, six main ones). Must not know the job's other objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tui.demo.world.azure import COMPUTE, GROUP, TRAINING, WORKSPACE, Estate
from tui.demo.world.bodies import Body, Maker
from tui.demo.world.components import REGISTRY, VERSION
from tui.demo.world.containers import Box, State, ended, running, waiting
from tui.demo.world.job import ENDS, GROUPED, STARTS, Job
from tui.demo.world.pods import Frame, Look
from tui.demo.world.replica import no_image

MAINS: Final = ("lifecycler", "data-capability", "cs-capability", "hosttools-capability", "execution-wrapper")
SIDECAR: Final = "training-identity-sidecar"
WRAPPER: Final = "execution-wrapper"
REFUSED: Final = (
    'rpc error: code = Unknown desc = failed to pull and unpack image "{0}": failed to resolve reference "{0}": '
    "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized"
)
LATE: Final = 2.0
"""Seconds after the first that the programs of the other workers end."""
_STOPPED: Final = 143
"""Exit code of the identity sidecar when a failed pod is torn down: SIGTERM."""
SERVER: Final = "10.20.9.5"
"""The NFS server that does not answer."""


def image(job: Job) -> str:
    """The user's image."""
    stem = job.experiment.rstrip("-") or "train"
    return f"mlwwestacr.azurecr.io/{'eval' if job.story == 'pull' else 'train'}/{stem}:2024.5"


def name(maker: Maker, job: Job, index: int) -> str:
    """`{namespace}-{job id}-worker-{index}`."""
    return f"{TRAINING}-{job.job_id(maker.dice)}-worker-{index}"


def gang(maker: Maker, job: Job) -> str:
    """The name of its Volcano Job: `{namespace}-{job id}`."""
    return f"{TRAINING}-{job.job_id(maker.dice)}"


def group(maker: Maker, job: Job) -> str:
    """The name of its PodGroup: the Volcano Job's, and its uid."""
    name = gang(maker, job)
    return f"{name}-{maker.uid('Job', TRAINING, name, job.submitted + GROUPED)}"


def labels(maker: Maker, job: Job, where: Estate) -> dict[str, str]:
    """Labels that every object of the job has."""
    return {
        "controller": "aml-operator", "type": "job", "jobsource": "aml", "jobId": job.job_id(maker.dice),
        "run": job.job_id(maker.dice), "userName": job.user, "vcName": COMPUTE, "ml.azure.com/compute": COMPUTE,
        "ml.azure.com/workspace": WORKSPACE, "ml.azure.com/resource-group": GROUP,
        "ml.azure.com/subscription-id": where.subscription, "ml.azure.com/run-id": job.run_id,
        "ml.azure.com/billing-category": "azureml-training", "ml.azure.com/scrape-metrics": "true",
    }  # fmt: skip


def env(maker: Maker, job: Job, where: Estate, index: int) -> tuple[tuple[str, str], ...]:
    """What the user's program finds in its environment. Keys and tokens say that they are none."""
    hosts = ",".join(f"{name(maker, job, n)}.{TRAINING}-{job.job_id(maker.dice)}" for n in range(job.workers))
    return (
        ("AML_JOB_ID", job.job_id(maker.dice)), ("AZUREML_RUN_ID", job.run_id),
        *((("AZUREML_PARAMETER_PROCESS_COUNT", str(job.processes)),) if job.processes > 1 else ()),
        ("AZUREML_ROOT_RUN_ID", job.root or job.run_id),
        ("AZUREML_EXPERIMENT_ID", maker.dice.uid("exp", job.experiment)),
        ("AZUREML_ARM_PROJECT_NAME", job.experiment), ("AZUREML_ARM_SUBSCRIPTION", where.subscription),
        ("AZUREML_ARM_RESOURCEGROUP", GROUP), ("AZUREML_ARM_WORKSPACE_NAME", WORKSPACE),
        ("AZUREML_NODE_COUNT", str(job.workers)), ("AMLARC_NUM_WORKER", str(job.workers)), ("AMLARC_NUM_PS", "0"),
        ("AMLARC_NUM_GPU_PER_WORKER", str(job.size.gpus)), ("VK_TASK_INDEX", str(index)), ("HOST_LIST", hosts),
        ("AZUREML_RUN_TOKEN", "demo-not-a-real-token"), ("AZUREML_RUN_TOKEN_EXPIRY", "3600"),
        ("MLFLOW_TRACKING_TOKEN", "demo-not-a-real-token"), ("AZURE_STORAGE_KEY", "demo-not-a-real-key=="),
        ("NCCL_DEBUG", "WARN"), ("PYTHONUNBUFFERED", "1"),
    )  # fmt: skip


def frame(maker: Maker, job: Job, where: Estate, index: int, gang_ref: Body) -> Frame:
    """The fixed part of a worker's pod; `gang_ref` is the reference to its Volcano job."""
    dice, job_id = maker.dice, job.job_id(maker.dice)
    place = job.places[index] if job.places else None
    volcano = gang(maker, job)
    marks = {
        **labels(maker, job, where), "jobRole": "worker", "role": "worker", "jobScale": str(job.workers),
        "gpu-request": str(job.size.gpus * job.workers), "mainContainers": f"{job.uuid(dice)}-lifecycler",
        "volcano.sh/job-name": volcano, "volcano.sh/job-namespace": TRAINING, "volcano.sh/queue-name": "default",
        "volcano.sh/task-spec": "worker", "volcano.sh/task-index": str(index),
    }  # fmt: skip
    notes = {
        "scheduling.k8s.io/group-name": group(maker, job), "volcano.sh/job-name": volcano,
        "volcano.sh/job-version": str(job.retries), "volcano.sh/job-retry-count": str(job.retries),
        "volcano.sh/queue-name": "default",
        "volcano.sh/task-spec": "worker", "volcano.sh/task-index": str(index),
        "volcano.sh/template-uid": f"{volcano}-worker",
        f"container.apparmor.security.beta.kubernetes.io/{job.uuid(dice)}-{WRAPPER}": "unconfined",
    }  # fmt: skip
    created = job.created(index)
    return Frame(
        TRAINING, name(maker, job, index), created, _boxes(maker, job, where, index),
        place.name if place else "", place.ip if place else "",
        place.pod_ip(dice, job.run_id, index, maker.after(created)) if place else "", _inits(job, job.uuid(dice)),
        tuple(marks.items()), tuple(notes.items()), (gang_ref,), account="amljobcontroller",
        tolerations=_TOLERATIONS, selector=job.size.selector, volumes=tuple(_volumes(job, job_id)),
        scheduler="volcano", restarts="Never", pull_secrets=(f"{job_id}-imagepull-0-secrets",),
        by="vc-controller-manager",
    )  # fmt: skip


_TOLERATIONS: Final = (
    *((f"ml.azure.com/{name}", "true", "") for name in ("amlarc", "amlarc-system", "amlarc-workload")),
    ("ml.azure.com/resource-group", GROUP, ""), ("ml.azure.com/workspace", WORKSPACE, ""),
    ("ml.azure.com/compute", COMPUTE, ""),
)  # fmt: skip
_WORK: Final = "/tmp/azureml/cr/j"
_SHARED: Final = (("workdir", _WORK), ("runtime", "/tmp/amlarc"))


def user_logs(uuid: str) -> str:
    """The directory into which the output of the user's program is written."""
    return f"{_WORK}/{uuid}/cap/hosttools-capability/wd/user_logs"


def _volumes(job: Job, job_id: str) -> Iterator[Body]:
    yield {"name": "workdir", "emptyDir": {}}
    yield {"name": "runtime", "emptyDir": {}}
    yield {"name": "lifecycle", "configMap": {"name": f"{job_id}-lifecycle", "defaultMode": 420}}
    yield {"name": "ssh-keys", "secret": {"secretName": f"{job_id}-ssh-keys", "defaultMode": 384}}
    if job.story == "mount":
        yield {"name": "nfs-datasets", "nfs": {"server": SERVER, "path": "/export/datasets"}}


def _inits(job: Job, uuid: str) -> tuple[Box, ...]:
    boxes = (
        Box(f"{uuid}-{WRAPPER}-init", f"{REGISTRY}/cr-execution-wrapper:{VERSION}", mounts=_SHARED),
        Box("init", f"{REGISTRY}/cr-init:{VERSION}", mounts=_SHARED),
    )
    return (
        boxes
        if job.story != "mount"
        else (boxes[0], replace(boxes[1], mounts=(*_SHARED, ("nfs-datasets", "/mnt/data"))))
    )


def _boxes(maker: Maker, job: Job, where: Estate, index: int) -> tuple[Box, ...]:
    uuid, job_id = job.uuid(maker.dice), job.job_id(maker.dice)
    found = [
        Box(SIDECAR, f"{REGISTRY}/training-identity-sidecar:{VERSION}", "10m", "32Mi", "100m", "128Mi",
            env=(("MSI_ENDPOINT", "http://127.0.0.1:12342"), ("MSI_SECRET", "demo-not-a-real-secret"))),
        *(Box(f"{uuid}-{short}", f"{REGISTRY}/cr-{short}:{VERSION}", "10m", "32Mi", mounts=_SHARED,
              secret_env=(("RUN_TOKEN", f"{job_id}-runtoken-secrets", "token"),)) for short in MAINS[:-1]),
    ]  # fmt: skip
    size, size_bytes = job.size, str(job.size.memory * 1024**3)
    data = (("nfs-datasets", "/mnt/data"),) if job.story == "mount" else ()
    wrapper = Box(
        f"{uuid}-{WRAPPER}", image(job), size.cpu, size_bytes, size.cpu_limit, size_bytes, size.gpus,
        ("/tmp/amlarc/execution-wrapper",), ("--", "python", "train.py"), env(maker, job, where, index),
        mounts=(*_SHARED, ("ssh-keys", "/root/.ssh"), *data),
    )  # fmt: skip
    return (*found, wrapper)


def look(job: Job, index: int, now: float, unplaced: tuple[str, str]) -> Look:
    """A worker's pod at a moment; `unplaced` is reason and message of the scheduler while there is no room."""
    placed = job.placed_at(index)
    if placed is None or job.placed is None or now < job.placed:
        reason, message = unplaced
        return Look(_all(waiting("")), (waiting(""), waiting("")), unplaced=message, unplaced_for=reason)
    if job.story == "mount" or now < placed + 2:
        return Look(_all(waiting("PodInitializing")), (waiting("PodInitializing"),) * 2, placed, unready=placed)
    if now < placed + 14:
        first = ended(placed + 2, placed + 9) if now >= placed + 9 else running(placed + 2, ready=False)
        second = running(placed + 9, ready=False) if now >= placed + 9 else waiting("PodInitializing")
        return Look(_all(waiting("PodInitializing")), (first, second), placed, unready=placed)
    inits = tuple(replace(end, ready=True) for end in (ended(placed + 2, placed + 9), ended(placed + 9, placed + 14)))
    if now < placed + 18:
        return Look(_all(waiting("PodInitializing")), inits, placed, initialized=placed + 14, unready=placed)
    side = running(placed + 18)
    if job.story == "pull" or now < placed + STARTS:
        why = waiting("ImagePullBackOff", no_image(image(job), REFUSED.format(image(job))))
        last = why if job.story == "pull" and now >= placed + STARTS else waiting()
        return Look((*_all(side)[:-1], last), inits, placed, initialized=placed + 14, unready=placed)
    if job.ended is None or now < job.ended:
        return Look((*_all(side)[:-1], running(placed + STARTS)), inits, placed, initialized=placed + 14,
                    ready=placed + STARTS)  # fmt: skip
    return _over(job, index, now, inits, placed)


def _all(state: State) -> tuple[State, ...]:
    return (state,) * (len(MAINS) + 1)


def _over(job: Job, index: int, now: float, inits: tuple[State, ...], placed: float) -> Look:
    """The program ends first, then the lifecycler, then the rest."""
    at = job.ended or now
    if job.story == "evicted":
        said = (
            "The node was low on resource: ephemeral-storage. Threshold quantity: 12988612Ki, available: 9412204Ki. "
            f"Container {WRAPPER} was using 38941772Ki, request is 0, has larger consumption of ephemeral-storage. "
        )
        return Look(_all(waiting()), inits, placed, initialized=placed + 14, unready=at, reason="Evicted", message=said,
                    failed=True)  # fmt: skip
    side, program = placed + 18, placed + STARTS
    code, reason, late = _ending(job, index)
    wrapper = ended(program, at + late, code, reason) if now >= at + late else running(program)
    bad = 1 if code else 0
    lifecycler = ended(side, at + 2 + late, bad) if now >= at + 2 + late else running(side)
    rest = ended(side, at + ENDS) if now >= at + ENDS else running(side)
    identity = replace(rest, code=_STOPPED, reason="Error") if bad and rest.kind == "ended" else rest
    mains = (identity, lifecycler, rest, rest, rest, wrapper)
    ready = None if now >= at + late else program
    return Look(mains, inits, placed, initialized=placed + 14, ready=ready, unready=at if ready is None else None)


def _ending(job: Job, index: int) -> tuple[int, str, float]:
    """Exit code, reason, and how much later than the job's end, of a worker's program."""
    if job.story == "well":
        return 0, "", 0.0
    if job.story == "oom":
        return (137, "OOMKilled", 0.0) if index == job.culprit else (1, "", LATE)
    return (1, "", 0.0 if index == job.culprit else LATE)
