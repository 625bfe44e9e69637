"""Logs of pods: followed, cut to a tail, to a time or to a size, and those of the instance before.

On the control plane kwok is the kubelet: it reads the same kind of log files with the kubelet's own code.
"""

from __future__ import annotations

import re
import time
from contextlib import aclosing

import pytest

from tests.contract.kinds import of, pod
from tests.contract.stages import Stage
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.client.logs import Lines, LogOptions, Refused, follow
from tui.core.units import rfc3339


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


PARTS = [
    ("", ["one", "two", "three", "four"]),
    ("tailLines=2", ["three", "four"]),
    ("tailLines=0", []),
    ("limitBytes=9", ["one", "two", "t"]),
    ("sinceSeconds=60", ["three", "four"]),
    ("sinceTime={}", ["three", "four"]),
    ("sinceSeconds=60&tailLines=1", ["four"]),
    ("sinceTime={}&limitBytes=7", ["three", "f"]),
    ("tailLines=3&limitBytes=5", ["two", "t"]),
]


@pytest.mark.parametrize(("query", "texts"), PARTS, ids=[query for query, _texts in PARTS])
async def test_which_part_of_a_log_is_read(stage: Stage, raw: Client, query: str, texts: list[str]) -> None:
    await stage.run("steady")
    now = time.time()
    stage.write("steady", "one", "two", at=now - 3600)
    stage.write("steady", "three", "four", at=now - 5)
    path = of(stage.home, "pods", "steady") + "/log?" + query.format(rfc3339(now - 60))
    status, text = await raw.ask("GET", path)
    assert (status, text.splitlines()) == (200, texts)


async def test_a_timestamp_is_in_front_of_every_line_when_asked_for(stage: Stage, raw: Client) -> None:
    await stage.run("steady")
    now = float(int(time.time()))
    stage.write("steady", "one", "two", at=now)
    _status, text = await raw.ask("GET", of(stage.home, "pods", "steady") + "/log?timestamps=true&tailLines=2")
    stamps = [line.partition(" ")[0] for line in text.splitlines()]
    assert [line.partition(" ")[2] for line in text.splitlines()] == ["one", "two"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", stamp) for stamp in stamps)
    assert stamps[0].startswith(rfc3339(now)[:19])


async def test_a_pod_of_several_must_be_asked_for_one(raw: Client, home: str) -> None:
    body = pod("several")
    body["spec"]["nodeSelector"] = {"no": "such-node"}
    body["spec"]["containers"].append({"name": "side", "image": "x:1"})
    body["spec"]["initContainers"] = [{"name": "first", "image": "x:1"}]
    await raw.ask("POST", of(home, "pods"), body)
    status, said = await raw.ask("GET", of(home, "pods", "several") + "/log")
    assert (status, said["message"]) == (
        400, "a container name must be specified for pod several, choose one of: [first main side]",
    )  # fmt: skip
    assert await raw.ask("GET", of(home, "pods", "several") + "/log?container=side") == (204, "")


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


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("tailLines=-1", ["tailLines"]),
        ("sinceSeconds=0", ["sinceSeconds"]),
        ("limitBytes=0", ["limitBytes"]),
        ("tailLines=-1&limitBytes=0", ["tailLines", "limitBytes"]),
        ("sinceSeconds=5&sinceTime=2020-01-01T00:00:00Z", ["[]"]),
        ("stream=Stdout", ["stream"]),
    ],
)
async def test_log_options_that_make_no_sense_are_invalid(
    stage: Stage, raw: Client, query: str, fields: list[str]
) -> None:
    await stage.run("steady")
    status, said = await raw.ask("GET", of(stage.home, "pods", "steady") + f"/log?{query}")
    assert (status, said["reason"]) == (422, "Invalid")
    assert said["message"].startswith('PodLogOptions "steady" is invalid: ')
    assert [cause["field"] for cause in said["details"]["causes"]] == fields


async def test_an_instant_must_be_one(raw: Client, home: str) -> None:
    await raw.ask("POST", of(home, "pods"), pod("p", "node-1"))
    status, said = await raw.ask("GET", of(home, "pods", "p") + "/log?sinceTime=then")
    assert (status, said["message"]) == (
        400, 'parsing time "then" as "2006-01-02T15:04:05Z07:00": cannot parse "then" as "2006"',
    )  # fmt: skip
