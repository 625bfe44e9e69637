"""Which pods are meant by what somebody typed: with few questions, each for what is needed.

A pod by its name first, then the pods that bear it as a label, and only then those whose name or run begins with it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from msgspec import Struct

from tui.client.kube import PAGE, KubeClient
from tui.client.log_state import object_path
from tui.client.transport import METADATA
from tui.core.errors import Problem, UsageProblem
from tui.core.text import clean
from tui.domain import job, pod
from tui.domain.pod import PodRow

RUN: Final = "ml.azure.com/run-id"
_LABELS: Final = ((RUN, "jobId"), ("volcano.sh/job-name", "batch.kubernetes.io/job-name", "FC_FRAMEWORK_NAME"))
"""Labels that name a run or a job, in the order they are asked for; those of one group at once."""
_VALUE: Final = re.compile(r"[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?")
_PODS: Final = ("pod", "pods", "po")
_MOST: Final = 20
"""Candidates that are named."""
Json = dict[str, Any]


class Found(Struct, frozen=True):
    """One pod."""

    row: PodRow
    raw: Json


class Several(UsageProblem):
    """More than one is meant."""

    def __init__(self, asked: str, candidates: Iterable[str]) -> None:
        names = sorted(candidates)
        more = [f"… and {len(names) - _MOST} more"] if len(names) > _MOST else []
        super().__init__("\n  ".join([f"{asked} may be any of these:", *names[:_MOST], *more]))


class Finder:
    """Asks one API server."""

    def __init__(self, kube: KubeClient, namespace: str, own: str) -> None:
        """`namespace`: the one that was asked for, empty for none; `own`: the kubeconfig's."""
        self._kube, self._namespace, self._own = kube, namespace, namespace or own or "default"

    async def find(self, asked: str) -> list[Found]:
        """The pods of one run or one pod, the first of a job first. Raises UsageProblem."""
        namespace, slash, name = asked.rpartition("/")
        if slash and namespace not in _PODS:
            return [await self._named(namespace, name, asked)]
        if _NAME.fullmatch(name) and (found := await self._pod(self._own, name)) is not None:
            return [found]
        if slash:
            raise UsageProblem(f"no pod {clean(name)} in {self._own}")
        return await self._labelled(name) or await self._begun(name)

    async def workers(self, one: Found) -> list[Found]:
        """All pods of the job that a pod is of; itself when it is of none."""
        labels = one.row.labels
        label = next((each for group in reversed(_LABELS) for each in reversed(group) if labels.get(each)), "")
        if not label:
            return [one]
        found = await self._list(one.row.namespace, f"{label}={labels[label]}")
        return _of_one_job(one.row.name, found if isinstance(found, list) else [one])

    async def _named(self, namespace: str, name: str, asked: str) -> Found:
        found = await self._pod(namespace, name) if _NAME.fullmatch(name) and _NAME.fullmatch(namespace) else None
        if found is None:
            raise UsageProblem(f"no pod {clean(asked)}")
        return found

    async def _pod(self, namespace: str, name: str) -> Found | None:
        raw = await self._kube.read("GET", object_path(f"{namespace}/{name}"))
        if isinstance(raw, Problem):
            if raw.status in (403, 404):
                return None  # who may not read it by name may still find it by its label
            raise UsageProblem(_told(raw))
        return Found(pod.decode(raw), raw)

    async def _labelled(self, name: str) -> list[Found]:
        """The pods that bear it as a label."""
        if not _VALUE.fullmatch(name):
            return []
        for group in _LABELS:
            answers = await asyncio.gather(*(self._list(self._namespace, f"{label}={name}") for label in group))
            if found := next((each for each in answers if not isinstance(each, Problem) and each), None):
                return _of_one_job(name, found)
            _raise_for([each for each in answers if isinstance(each, Problem)], len(group))
        return []

    async def _begun(self, name: str) -> list[Found]:
        """The pods whose name, run or job begins so: of their metadata alone."""
        groups: dict[tuple[str, str], list[Json]] = {}
        for meta in await self._metadata():
            labels = meta.get("labels") or {}
            label = next((each for group in _LABELS for each in group if labels.get(each)), "")
            names = (str(meta.get("name")), *(str(labels.get(each) or "") for group in _LABELS for each in group))
            if name and any(each.startswith(name) for each in names):
                called = f"{label}={labels[label]}" if label else str(meta.get("name"))
                groups.setdefault((str(meta.get("namespace")), called), []).append(meta)
        if not groups:
            where = f" in {self._namespace}" if self._namespace else ""
            raise UsageProblem(
                f"no pod, run or job {clean(name)}{where}; `arcdeck jobs {clean(name)}` tells of a run without pods"
            )
        if len(groups) > 1:
            raise Several(clean(name), (_candidate(*each) for each in groups))
        (namespace, called), metas = groups.popitem()
        exact = [meta for meta in metas if str(meta.get("name")).startswith(name)]
        if len(exact) == 1:
            return [await self._named(namespace, str(exact[0].get("name")), name)]
        found = await self._list(namespace, called) if "=" in called else []
        if isinstance(found, Problem):
            raise UsageProblem(_told(found))
        return _of_one_job(name, found)

    async def _list(self, namespace: str, selector: str) -> list[Found] | Problem:
        """Pods by their labels: everywhere when there is no namespace, else, or where that is denied, in one."""
        query = {"labelSelector": selector, "resourceVersion": "0"}
        answer = await self._kube.read("GET", _path(namespace), query)
        if isinstance(answer, Problem) and answer.status == 403 and not namespace:
            answer = await self._kube.read("GET", _path(self._own), query)
        if isinstance(answer, Problem):
            return answer
        return [Found(pod.decode(raw), raw) for raw in answer.get("items") or []]

    async def _metadata(self) -> list[Json]:
        found: list[Json] = []
        namespace, token = self._namespace, ""
        while True:
            query = {"limit": PAGE, "continue": token or None}
            page = await self._kube.read("GET", _path(namespace), query, accept=METADATA)
            if isinstance(page, Problem) and page.status == 403 and not namespace:
                namespace = self._own
                continue
            if isinstance(page, Problem):
                raise UsageProblem(_told(page))
            found += [item.get("metadata") or {} for item in page.get("items") or []]
            token = str((page.get("metadata") or {}).get("continue") or "")
            if not token:
                return found


def _path(namespace: str) -> str:
    return f"/api/v1/namespaces/{quote(namespace, safe='')}/pods" if namespace else "/api/v1/pods"


def _candidate(namespace: str, called: str) -> str:
    label, equals, value = called.partition("=")
    return clean(f"{value}  (namespace {namespace}, {label})" if equals else f"{namespace}/{called}")


def _raise_for(problems: list[Problem], asked: int) -> None:
    """Raises UsageProblem when no question was answered."""
    if len(problems) == asked:
        raise UsageProblem(_told(problems[0]))


def _told(problem: Problem) -> str:
    return f"{problem}; {problem.next}" if problem.next else str(problem)


def _of_one_job(name: str, found: list[Found]) -> list[Found]:
    """Workers first, by index, of the latest attempt. Raises Several when they are of more than one job."""
    raws = {each.row.key: each for each in found}
    jobs = [parts for parts in job.join({"pods": {each.row.key: each.row for each in found}}).values() if parts.pods]
    if len(jobs) > 1:
        raise Several(clean(name), (f"{parts.namespace}/{parts.job_id}" for parts in jobs))
    if jobs and len(jobs[0].pods) + len(jobs[0].earlier) == len(found):
        return [raws[row.key] for row in jobs[0].pods]
    return sorted(found, key=lambda each: (each.row.over, each.row.key))
