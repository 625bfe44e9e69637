"""Pods: deletion with grace; logs that are followed, cut to a tail or a time, and those of the instance before.

On the control plane kwok is the kubelet: it reads the same kind of log files with the kubelet's own code.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from tests.client.api import until
from tests.contract.backends import Backend
from tests.contract.kinds import of, pod
from tests.contract.mirror import mirrored
from tests.contract.stages import Stage, open_stage
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.client.logs import Lines, LogOptions, Refused, follow
from tui.core.facts import Gone, Phase
from tui.domain.kinds import PODS


@pytest.fixture
async def stage(request: pytest.FixtureRequest, backend: Backend, raw: Client, home: str) -> AsyncIterator[Stage]:
    """A node whose pods run, and their logs."""
    async with open_stage(request, backend, raw, home) as made:
        yield made


async def _texts(kube: KubeClient, key: str, count: int, options: LogOptions) -> list[str]:
    """The first lines of a log, without their timestamps."""
    found: list[str] = []
    async with aclosing(follow(kube, key, "main", options)) as events:
        async for event in events:
            assert not isinstance(event, Refused), event.problem
            if isinstance(event, Lines):
                found += [line.partition(b" ")[2].decode() for line in event.data.splitlines()]
            if len(found) >= count:
                break
    return found


async def test_a_log_is_read_from_its_start_and_followed(stage: Stage, kube: KubeClient) -> None:
    await stage.run("growing")
    stage.write("growing", *(f"line {number}" for number in range(50)))
    key = f"{stage.home}/growing"
    found: list[str] = []
    async with aclosing(follow(kube, key, "main", LogOptions())) as events:
        async for event in events:
            assert isinstance(event, Lines), event
            found += [line.partition(b" ")[2].decode() for line in event.data.splitlines()]
            if len(found) == 50:
                stage.write("growing", "one more")
            if len(found) > 50:
                break
    assert found == [*(f"line {number}" for number in range(50)), "one more"]


async def test_a_tail_is_the_end_of_it(stage: Stage, kube: KubeClient) -> None:
    await stage.run("growing")
    stage.write("growing", *(f"line {number}" for number in range(50)))
    assert await _texts(kube, f"{stage.home}/growing", 3, LogOptions(tail=3)) == ["line 47", "line 48", "line 49"]


async def test_since_leaves_out_what_is_older(stage: Stage, kube: KubeClient) -> None:
    await stage.run("growing")
    stage.write("growing", "old", at=time.time() - 3600)
    stage.write("growing", "new")
    assert await _texts(kube, f"{stage.home}/growing", 1, LogOptions(since=60)) == ["new"]


async def test_the_instance_before_has_a_log_of_its_own(stage: Stage, kube: KubeClient) -> None:
    await stage.run("rotated", restarts=1)
    stage.write("rotated", "Traceback", previous=True)
    stage.write("rotated", "all is well")
    key = f"{stage.home}/rotated"
    assert await _texts(kube, key, 1, LogOptions(previous=True)) == ["Traceback"]
    assert await _texts(kube, key, 1, LogOptions()) == ["all is well"]


async def test_a_container_that_is_not_there_is_refused_in_words(stage: Stage, raw: Client) -> None:
    await stage.run("steady")
    status, said = await raw.ask("GET", of(stage.home, "pods", "steady") + "/log?container=none")
    assert (status, said["reason"]) == (400, "BadRequest")
    assert said["message"] == "container none is not valid for pod steady"
    status, said = await raw.ask("GET", of(stage.home, "pods", "nobody") + "/log")
    assert (status, said["message"]) == (404, 'pods "nobody" not found')


async def test_a_pod_that_is_on_no_node_has_no_log_yet(raw: Client, home: str) -> None:
    body = pod("waiting")
    body["spec"]["nodeSelector"] = {"no": "such-node"}
    await raw.ask("POST", of(home, "pods"), body)
    assert await raw.ask("GET", of(home, "pods", "waiting") + "/log") == (204, "")


@pytest.mark.parametrize("query", ["tailLines=-1", "sinceSeconds=0", "limitBytes=0"])
async def test_log_options_that_make_no_sense_are_invalid(stage: Stage, raw: Client, query: str) -> None:
    await stage.run("steady")
    status, said = await raw.ask("GET", of(stage.home, "pods", "steady") + f"/log?{query}")
    assert (status, said["reason"]) == (422, "Invalid")
    assert said["details"]["causes"][0]["field"] == query.partition("=")[0]


async def test_a_deleted_pod_is_told_to_end_and_then_gone(stage: Stage, kube: KubeClient) -> None:
    await stage.run("steady")
    key = f"{stage.home}/steady"
    async with mirrored(kube, PODS, stage.home) as mirror:
        await until(lambda: mirror.phase is Phase.LIVE and key in mirror.store.rows("pods"))
        assert await kube.delete(PODS, key) is None
        await until(lambda: key not in mirror.store.rows("pods"), 15)
        assert any(isinstance(fact, Gone) and fact.key == key for fact in mirror.facts)


async def test_a_pod_without_a_node_goes_at_once(raw: Client, home: str) -> None:
    body = pod("waiting")
    body["spec"]["nodeSelector"] = {"no": "such-node"}
    await raw.ask("POST", of(home, "pods"), body)
    status, said = await raw.ask("DELETE", of(home, "pods", "waiting"))
    assert (status, said["metadata"]["name"]) == (200, "waiting")
    assert (await raw.ask("GET", of(home, "pods", "waiting")))[0] == 404
