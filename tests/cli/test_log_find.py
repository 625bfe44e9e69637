"""Which pods are meant, and how little is asked to know it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import Api, client, refusal, running
from tui.cli.log_find import Finder, Several
from tui.core.errors import UsageProblem

JOB, OTHER = "a" * 32, "ab" + "c" * 30


def worker(index: int, job: str = JOB, run: str = "run-1", namespace: str = "train", **more: Any) -> dict[str, Any]:
    labels = {"jobsource": "aml", "jobId": job, "ml.azure.com/run-id": run, "jobRole": "worker", "role": "worker"}
    name = f"{namespace}-{job}-worker-{index}"
    meta = {"name": name, "namespace": namespace, "uid": name, "labels": labels, **more}
    return {"metadata": meta, "spec": {"containers": [{"name": "main"}]}, "status": {"phase": "Running"}}


def plain(name: str, namespace: str = "default") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [{"name": "main"}]},
        "status": {},
    }


class Pods:
    """An API server with pods, and what it was asked."""

    def __init__(self, *pods: dict[str, Any], denied: str = "") -> None:
        self.pods, self.denied = pods, denied
        self.asked: list[str] = []

    def __call__(self, request: web.Request) -> web.Response:
        selector = request.query.get("labelSelector", "")
        self.asked.append(f"{request.path.removeprefix('/api/v1')} {selector}".rstrip())
        if request.path == self.denied:
            return refusal(403, "forbidden")
        _, _, _, *rest = request.path.split("/")
        namespace = rest[1] if rest[0] == "namespaces" else ""
        found = [pod for pod in self.pods if namespace in ("", pod["metadata"]["namespace"])]
        if len(rest) == 4:
            named = [pod for pod in found if pod["metadata"]["name"] == rest[3]]
            return web.json_response(named[0]) if named else refusal(404, "not found")
        if selector:
            key, _, value = selector.partition("=")
            found = [pod for pod in found if (pod["metadata"].get("labels") or {}).get(key) == value]
        return web.json_response({"kind": "PodList", "metadata": {}, "items": found})


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with running() as made:
        yield made


async def find(api: Api, pods: Pods, asked: str, namespace: str = "", own: str = "") -> list[str]:
    api.handle = pods
    async with client(api.url) as kube:
        found = await Finder(kube, namespace, own).find(asked)
    return [each.row.name for each in found]


NAMES = [f"train-{JOB}-worker-{index}" for index in range(11)]


@pytest.mark.parametrize("asked", ["p1", "default/p1", "pod/p1", "po/p1"])
async def test_a_pod_by_its_name_is_one_question(api: Api, asked: str) -> None:
    pods = Pods(plain("p1"), plain("p1", "other"))
    assert await find(api, pods, asked) == ["p1"]
    assert pods.asked == ["/namespaces/default/pods/p1"]


async def test_the_namespace_is_the_one_that_was_given_else_the_kubeconfigs(api: Api) -> None:
    pods = Pods(plain("p1", "own"), plain("p1", "given"))
    assert await find(api, pods, "p1", own="own") == ["p1"]
    assert await find(api, pods, "p1", "given", "own") == ["p1"]
    assert pods.asked == ["/namespaces/own/pods/p1", "/namespaces/given/pods/p1"]


@pytest.mark.parametrize("asked", ["run-1", JOB])
async def test_a_run_is_found_by_its_labels_and_its_workers_are_in_order(api: Api, asked: str) -> None:
    pods = Pods(*(worker(index) for index in (10, 2, 0, 1)), worker(0, OTHER, "run-2"))
    assert await find(api, pods, asked) == [NAMES[index] for index in (0, 1, 2, 10)]
    assert sorted(pods.asked) == sorted(
        [f"/namespaces/default/pods/{asked}", f"/pods ml.azure.com/run-id={asked}", f"/pods jobId={asked}"]
    )


async def test_who_may_not_look_everywhere_is_answered_where_he_may(api: Api) -> None:
    pods = Pods(worker(0), denied="/api/v1/pods")
    assert await find(api, pods, "run-1", own="train") == NAMES[:1]


async def test_the_beginning_of_a_run_or_a_pod_is_the_last_resort(api: Api) -> None:
    pods = Pods(worker(0), worker(1), worker(0, OTHER, "other-9"), plain("web-7f-x"))
    assert await find(api, pods, "run") == NAMES[:2]
    assert await find(api, pods, "web-7f") == ["web-7f-x"]
    assert await find(api, pods, OTHER[:5]) == [f"train-{OTHER}-worker-0"]


async def test_several_are_named_and_none_is_guessed(api: Api) -> None:
    pods = Pods(worker(0), worker(0, OTHER, "run-2"), plain("runner"))
    with pytest.raises(Several) as several:
        await find(api, pods, "run")
    assert str(several.value).splitlines() == [
        "run may be any of these:",
        "  default/runner",
        "  run-1  (namespace train, ml.azure.com/run-id)",
        "  run-2  (namespace train, ml.azure.com/run-id)",
    ]
    with pytest.raises(Several):
        await find(api, Pods(worker(0), worker(0, OTHER)), "run-1")


@pytest.mark.parametrize("asked", ["nobody", "train/nobody", "pod/nobody", "Bad Name", "", "a/b/c", "-"])
async def test_nothing_by_that_name(api: Api, asked: str) -> None:
    with pytest.raises(UsageProblem, match="no pod"):
        await find(api, Pods(worker(0)), asked)


async def test_a_server_that_cannot_be_asked_is_no_missing_pod(api: Api) -> None:
    api.handle = lambda request: refusal(503, "away")
    async with client(api.url) as kube:
        with pytest.raises(UsageProblem, match="away"):
            await Finder(kube, "", "").find("run-1")
    api.handle = lambda request: refusal(403, "not for you")
    async with client(api.url) as kube:
        with pytest.raises(UsageProblem, match="not for you"):
            await Finder(kube, "", "").find("run-1")


async def test_the_workers_of_a_pods_job(api: Api) -> None:
    pods = Pods(worker(1), worker(0), worker(0, OTHER, "run-2"), plain("alone"))
    api.handle = pods
    async with client(api.url) as kube:
        finder = Finder(kube, "", "")
        (one,) = await finder.find(f"train/{NAMES[1]}")
        assert [each.row.name for each in await finder.workers(one)] == NAMES[:2]
        (alone,) = await finder.find("alone")
        assert [each.row.name for each in await finder.workers(alone)] == ["alone"]
