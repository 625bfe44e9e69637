"""Training jobs on a real Volcano: what is asked for, and all that is then said of it, as our own rows.

Owns the job as the product makes it, and the form of a sentence without its names and numbers.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

from tests.contract.kinds import of
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.domain import job_state
from tui.domain.event import EventRow
from tui.domain.job import JobRow
from tui.domain.kinds import EVENTS, NODES, POD_GROUPS, PODS, VC_JOBS
from tui.domain.volcano import PodGroupRow, VcJobRow

PATIENCE: Final = 30.0
"""Seconds until a fact must have come about."""
JOBS: Final = "/apis/batch.volcano.sh/v1alpha1/namespaces/{}/jobs"
GROUPS: Final = "/apis/scheduling.volcano.sh/v1beta1/namespaces/{}/podgroups"
MERGE: Final = "application/merge-patch+json"
_KINDS: Final = (PODS, NODES, EVENTS, VC_JOBS, POD_GROUPS)
_FORMS: Final = (
    (re.compile(r"[a-z0-9-]+-[0-9a-f]{32}(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?-(?=worker)"), ""),
    (re.compile(r"PodGroup \S+ unschedulable"), "PodGroup JOB unschedulable"),
    (re.compile(r"\bworker-\d+"), "POD"),
    (re.compile(r"(Successfully assigned|Pod) [a-z0-9-]+/POD"), r"\1 POD"),
    (re.compile(r"(assigned(?: POD)? to) [\w.-]+"), r"\1 NODE"),
    (re.compile(r"(?<=nodes are unavailable: ).*"), "REASONS"),
    (re.compile(r"\d+"), "N"),
    (re.compile(r"(?:(?<=, )|(?<=: ))N \w+(?:, N \w+)*"), "COUNTS"),
)

_GANG: Final = "N/N tasks in gang unschedulable: "
_WAITS: Final = (
    "pod group is not ready, COUNTS; Pending: COUNTS. Origin reason is POD: N/N nodes are unavailable: REASONS"
)
SAID: Final = frozenset(
    {
        ("PodGroup", "Normal", "Unschedulable", "volcano", "resource in cluster is overused: overused nvidia.com/gpu"),
        ("PodGroup", "Warning", "Unschedulable", "volcano", f"{_GANG}pod group is not ready, COUNTS"),
        ("PodGroup", "Warning", "Unschedulable", "volcano", f"{_GANG}{_WAITS}"),
        ("PodGroup", "Warning", "Unschedulable", "volcano", f"{_GANG}pod group is ready, COUNTS"),
        ("PodGroup", "Normal", "Scheduled", "volcano", "pod group is ready"),
        ("Job", "Warning", "PodGroupPending", "vc-controller-manager",
         f"PodGroup JOB unschedulable, reason: {_GANG}{_WAITS}"),
        ("Job", "Normal", "ExecuteAction", "vc-controller-manager", "Start to execute action CompleteJob"),
        ("Pod", "Warning", "FailedScheduling", "volcano",
         "Pod POD can possibly be assigned to NODE, once minAvailable is satisfied"),
        ("Pod", "Warning", "FailedScheduling", "volcano", "N/N nodes are unavailable: REASONS"),
        ("Pod", "Warning", "FailedScheduling", "volcano", _WAITS),
        ("Pod", "Normal", "Scheduled", "volcano", "Successfully assigned POD to NODE"),
    }
)  # fmt: skip
"""All that a real Volcano says of a gang that waits, one that ends well, and one at the gate."""


def form(message: str) -> str:
    """A sentence with its names, numbers and counts taken out."""
    for pattern, instead in _FORMS:
        message = pattern.sub(instead, message)
    return message


def said(event: EventRow) -> tuple[str, str, str, str, str]:
    """What an event is, whatever job it is of."""
    return event.object_kind, event.type, event.reason, event.source, form(event.message)


class Seen:
    """Everything of a cluster at a moment, read by our client."""

    def __init__(self, rows: dict[str, dict[str, Any]], job_id: str) -> None:
        self._job_id, self.rows = job_id, rows
        found = [row for row in job_state.rows(rows, time.time()) if row.job_id == job_id]
        self.job: JobRow | None = found[0] if found else None

    @property
    def volcano(self) -> VcJobRow:
        """The Volcano Job."""
        return next(row for row in self.rows["vcjobs"].values() if row.name.endswith(self._job_id))

    @property
    def group(self) -> PodGroupRow | None:
        """Its PodGroup."""
        return next((row for row in self.rows["podgroups"].values() if self._job_id in row.name), None)

    @property
    def pods(self) -> list[Any]:
        """Its pods, by name."""
        return sorted((row for row in self.rows["pods"].values() if self._job_id in row.name), key=lambda row: row.key)

    @property
    def events(self) -> list[EventRow]:
        """All that was said of them."""
        return [row for row in self.rows["events"].values() if self._job_id in row.object_name]

    def messages(self, kind: str, reason: str) -> set[str]:
        """Of its events of one kind and reason."""
        return {row.message for row in self.events if (row.object_kind, row.reason) == (kind, reason)}


class Site:
    """A namespace for training jobs, and who makes them and plays their programs."""

    def __init__(self, raw: Client, kube: KubeClient, home: str) -> None:
        self.raw, self.kube, self.home = raw, kube, home

    async def submit(self, workers: int, cpu: str = "1", gpus: int = 0, **spec: Any) -> str:
        """A Volcano Job as the product makes it; its job id."""
        job_id = uuid.uuid4().hex
        task = {key: spec.pop(key) for key in ("policies",) if key in spec}
        labels = {"jobId": job_id, "ml.azure.com/billing-category": "azureml-training", "jobsource": "aml"}
        amounts = {"cpu": cpu, "memory": "1Gi", **({"nvidia.com/gpu": str(gpus)} if gpus else {})}
        container = {"name": "main", "image": "r/app:1", "resources": {"requests": amounts, "limits": amounts}}
        template = {
            "metadata": {"labels": labels},
            "spec": {
                "restartPolicy": "Never", "schedulerName": "volcano", "terminationGracePeriodSeconds": 1,
                "containers": [container],
            },
        }  # fmt: skip
        body = {
            "apiVersion": "batch.volcano.sh/v1alpha1", "kind": "Job",
            "metadata": {"name": f"{self.home}-{job_id}", "labels": labels},
            "spec": {
                "minAvailable": workers, "maxRetry": 3, "queue": "default", "schedulerName": "volcano",
                "plugins": {"env": [], "svc": [], "ssh": []},
                "tasks": [
                    {"name": "worker", "replicas": workers, "minAvailable": workers, "template": template, **task}
                ],
                **spec,
            },
        }  # fmt: skip
        status, answer = await self.raw.ask("POST", JOBS.format(self.home), body)
        assert status == 201, answer
        return job_id

    async def see(self, job_id: str) -> Seen:
        """What there is of it now."""
        rows: dict[str, dict[str, Any]] = {}
        for kind in _KINDS:
            rows[kind.name] = {}
            async for page in self.kube.list_pages(kind, self.home if kind.namespaced else None):
                rows[kind.name] |= {row.key: row for row in page.rows}  # type: ignore[union-attr]
        return Seen(rows, job_id)

    async def until(self, job_id: str, fact: Callable[[Seen], object]) -> Seen:
        """Wait for a fact about a job; fails with what there is instead."""
        ends = time.monotonic() + PATIENCE
        while not fact(seen := await self.see(job_id)):
            assert time.monotonic() < ends, (seen.job, seen.group, sorted(map(said, seen.events)))
            await asyncio.sleep(0.3)
        return seen

    async def end(self, job_id: str, *indices: int, code: int = 0) -> None:
        """The programs of these workers end."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        ended = {
            "exitCode": code, "reason": "Error" if code else "Completed", "startedAt": moment, "finishedAt": moment,
        }  # fmt: skip
        container = {
            "name": "main", "image": "r/app:1", "imageID": "", "ready": False, "restartCount": 0,
            "state": {"terminated": ended},
        }  # fmt: skip
        body = {"status": {"phase": "Failed" if code else "Succeeded", "containerStatuses": [container]}}
        for index in indices:
            path = of(self.home, "pods", f"{self.home}-{job_id}-worker-{index}") + "/status"
            status, answer = await self.raw.ask("PATCH", path, body, MERGE)
            assert status == 200, answer
