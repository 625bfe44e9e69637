"""What a log screen reads: one container, all containers of a pod, all workers of a job, a file in a container.

Owns which logs a choice means, and what each is called. Pure: reads rows. Must not know streams.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tui.domain.job import JobPod, JobRow, main_container, role_of
from tui.domain.pod import PodRow
from tui.domain.pod_health import short_name

ALL_WORKERS: Final = "all workers"
ALL_CONTAINERS: Final = "all containers"
USER_LOGS: Final = "user_logs files"


class LogTarget(Struct, frozen=True):
    """One choice of what to read."""

    pod: str = ""
    """Key of the pod; empty: the pods of the job."""
    container: str = ""
    """Empty: the one the user's program runs in."""
    job: str = ""
    """Key of the job the pods are of; empty for any other pod."""
    every: bool = False
    """All containers of the pod, init containers too."""
    path: str = ""
    """A file in the container instead of the container's log."""

    @property
    def nothing(self) -> bool:
        """Nothing was chosen yet."""
        return not (self.pod or self.job)

    @property
    def workers(self) -> bool:
        """All pods of a job."""
        return not self.pod


class LogPart(Struct, frozen=True):
    """One log of a choice."""

    pod: str
    container: str
    path: str = ""
    label: str = ""
    """`worker-0`, `lifecycler`."""


class Choice(Struct, frozen=True):
    """One line of the list to choose from."""

    target: LogTarget
    name: str
    about: str = ""


def parts(target: LogTarget, pods: Mapping[str, PodRow], jobs: Mapping[str, JobRow]) -> list[LogPart]:
    """The logs that a choice means now; of a job more may come later."""
    if target.workers:
        job = jobs.get(target.job)
        return [_of_worker(pod, target) for pod in job.pods] if job is not None else []
    pod = pods.get(target.pod)
    if target.path:
        return [LogPart(target.pod, target.container, target.path, target.path.rpartition("/")[2])]
    if target.every and pod is not None:
        return [LogPart(pod.key, part.name, "", short_name(part.name)) for part in pod.containers]
    container = target.container or (main_container(pod) if pod is not None else "")
    return [LogPart(target.pod, container, "", short_name(container))]


def _of_worker(pod: JobPod, target: LogTarget) -> LogPart:
    """The same container of each: their names begin with an id of the run."""
    wanted = short_name(target.container)
    same = next((name for name in pod.containers if wanted and short_name(name) == wanted), "")
    return LogPart(pod.key, same or pod.container, "", pod.name)


def job_of(pod: str, jobs: Mapping[str, JobRow]) -> JobRow | None:
    """The job a pod is of."""
    namespace = pod.partition("/")[0]
    of_namespace = (job for job in jobs.values() if job.namespace == namespace)
    return next((job for job in of_namespace if any(each.key == pod for each in job.pods)), None)


def choices(target: LogTarget, pods: Mapping[str, PodRow], jobs: Mapping[str, JobRow]) -> list[Choice]:
    """What can be read instead: first the user's container, then all of them together, then each."""
    job = jobs.get(target.job) or (job_of(target.pod, jobs) if target.pod else None)
    key = target.pod or (job.pods[0].key if job is not None and job.pods else "")
    pod = pods.get(key)
    found = _of_job(job, target.container) if job is not None else []
    if pod is None:
        return found
    name, job_key = main_container(pod), job.key if job is not None else ""
    main = [Choice(LogTarget(key, name, job_key), short_name(name), _about(pod, name))]
    rest = [
        Choice(LogTarget(key, part.name, job_key), short_name(part.name), _about(pod, part.name))
        for part in pod.containers
        if part.name != name
    ]
    runs = any(part.name == name and part.state == "running" for part in pod.containers)
    files = [Choice(LogTarget(key, name, job_key, path=USER_LOGS), USER_LOGS, "what the program writes, read by exec")]
    if len(pod.containers) > 1:
        every = Choice(LogTarget(key, "", job_key, every=True), ALL_CONTAINERS, f"{len(pod.containers)} of this pod")
        return [*found, *main, *(files if job is not None and runs else ()), every, *rest]
    return [*found, *main, *(files if job is not None and runs else ())]


def _of_job(job: JobRow, container: str) -> list[Choice]:
    if len(job.pods) < 2:
        return []
    about = f"{len(job.pods)} of {job.name}, by time"
    workers = [
        Choice(LogTarget(pod.key, pod.container, job.key), pod.name, f"{pod.status} on {pod.node or 'no node'}")
        for pod in job.pods
    ]
    return [Choice(LogTarget("", container, job.key), ALL_WORKERS, about), *workers]


def _about(pod: PodRow, container: str) -> str:
    part = next(each for each in pod.containers if each.name == container)
    role = "" if part.role == "main" else f"{part.role}, "
    return f"{role}{part.reason or part.state}"


def title(target: LogTarget, pods: Mapping[str, PodRow], jobs: Mapping[str, JobRow]) -> tuple[str, str]:
    """What is read: `resnet50-dist`, `4 workers`."""
    job = jobs.get(target.job)
    name = target.pod.rpartition("/")[2]
    if target.workers:
        count = len(job.pods) if job is not None else 0
        return (job.name if job is not None else target.job.rpartition("/")[2]), f"{count} workers"
    pod = pods.get(target.pod)
    if job is not None and pod is not None:
        role, index = role_of(pod)
        name = f"{job.name} {role or 'pod'}-{index}" if len(job.pods) > 1 else job.name
    if target.path:
        return name, target.path.rpartition("/")[2]
    return name, ALL_CONTAINERS if target.every else short_name(target.container)
