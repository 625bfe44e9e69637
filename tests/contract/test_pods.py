"""Deletion: with grace, with conditions, with finalizers, of owners before and after what is theirs; eviction."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.client.api import until
from tests.contract.backends import Backend
from tests.contract.kinds import CONFIG_MAPS, causes, config_map, deployment, deployments, of, pod
from tests.contract.mirror import mirrored
from tests.contract.stages import Stage
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.core.facts import Gone, Phase
from tui.domain.kinds import PODS

MERGE = "application/merge-patch+json"


async def _gone(raw: Client, path: str, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while (await raw.ask("GET", path))[0] != 404:  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.05)


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


@pytest.mark.parametrize(
    ("options", "grace"),
    [({}, 20), ({"gracePeriodSeconds": 7}, 7), ({"gracePeriodSeconds": -1}, 1)],
)
async def test_a_pod_on_a_node_is_told_how_long_it_has(
    raw: Client, home: str, options: dict[str, Any], grace: int
) -> None:
    _status, made = await raw.ask("POST", of(home, "pods"), pod("p", "no-kubelet-here", grace=20))
    status, left = await raw.ask("DELETE", of(home, "pods", "p"), options)
    meta = left["metadata"]
    assert (status, meta["deletionGracePeriodSeconds"], meta["generation"]) == (200, grace, 2)
    assert meta["uid"] == made["metadata"]["uid"]
    await raw.ask("DELETE", of(home, "pods", "p") + "?gracePeriodSeconds=0")
    await _gone(raw, of(home, "pods", "p"))


async def test_the_grace_can_be_shortened_and_not_prolonged(raw: Client, home: str) -> None:
    path = of(home, "pods", "p")
    body = pod("p", "no-kubelet-here", grace=20)
    body["metadata"]["finalizers"] = ["test.example/hold"]
    await raw.ask("POST", of(home, "pods"), body)
    seen = []
    for seconds in (7, 15, 3, 0):
        _status, left = await raw.ask("DELETE", f"{path}?gracePeriodSeconds={seconds}")
        seen.append(left["metadata"]["deletionGracePeriodSeconds"])
    assert seen == [7, 7, 3, 0]
    await raw.ask("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
    await _gone(raw, path)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"preconditions": {"uid": "x"}}, 409,
         'Operation cannot be fulfilled on Pod "p": the UID in the precondition (x) does not match the UID in '),
        ({"preconditions": {"resourceVersion": "1"}}, 409,
         "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ("),
        ({"propagationPolicy": "Sideways"}, 422, 'supported values: "Foreground", "Background", "Orphan", "nil"'),
        ({"propagationPolicy": "Orphan", "orphanDependents": True}, 422, "cannot be both set"),
        ({"gracePeriodSeconds": "x"}, 400, "string into Go struct field DeleteOptions.gracePeriodSeconds of type"),
        ({"kind": "Pod", "apiVersion": "v1"}, 400, 'no kind "Pod" is registered for version "v1"'),
    ],
)  # fmt: skip
async def test_deletions_that_are_refused(
    raw: Client, home: str, options: dict[str, Any], code: int, words: str
) -> None:
    await raw.ask("POST", of(home, "pods"), pod("p", "no-kubelet-here"))
    status, said = await raw.ask("DELETE", of(home, "pods", "p"), options)
    assert (status, words in said["message"]) == (code, True), said
    assert "deletionTimestamp" not in (await raw.get(of(home, "pods", "p")))["metadata"]


async def test_the_right_uid_is_deleted_and_no_other(raw: Client, kube: KubeClient, home: str) -> None:
    _status, made = await raw.ask("POST", of(home), config_map("a"))
    uid = made["metadata"]["uid"]
    status, said = await raw.ask("DELETE", of(home, name="a"), {"preconditions": {"uid": uid}})
    assert (status, said["status"], said["details"]) == (
        200, "Success", {"name": "a", "kind": "configmaps", "uid": uid},
    )  # fmt: skip
    await raw.ask("POST", of(home), config_map("a"))
    status, said = await raw.ask("DELETE", of(home, name="a"), {"preconditions": {"uid": uid}})
    assert (status, said["reason"]) == (409, "Conflict")


async def test_a_finalizer_holds_and_lets_go(raw: Client, kube: KubeClient, home: str) -> None:
    body = config_map("a")
    body["metadata"]["finalizers"] = ["test.example/hold"]
    await raw.ask("POST", of(home), body)
    path = of(home, name="a")
    async with mirrored(kube, CONFIG_MAPS, home) as mirror:
        await until(lambda: mirror.phase is Phase.LIVE)
        status, left = await raw.ask("DELETE", path)
        assert (status, left["kind"], bool(left["metadata"]["deletionTimestamp"])) == (200, "ConfigMap", True)
        status, said = await raw.ask("PATCH", path, {"metadata": {"finalizers": ["test.example/hold", "b.c/d"]}}, MERGE)
        assert (status, causes(said)) == (422, {("FieldValueForbidden", "metadata.finalizers")})
        assert 'found new finalizers []string{"b.c/d"}' in said["message"]
        assert f"{home}/a" in mirror.store.rows("configmaps")
        await raw.ask("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
        await until(lambda: f"{home}/a" not in mirror.store.rows("configmaps"))


async def _owned(raw: Client, home: str) -> str:
    """A config map that belongs to another, which is held until somebody lets it go."""
    _status, owner = await raw.ask("POST", of(home), config_map("owner"))
    uid = owner["metadata"]["uid"]
    body = config_map("owned")
    body["metadata"]["ownerReferences"] = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid, "blockOwnerDeletion": True}
    ]
    body["metadata"]["finalizers"] = ["test.example/hold"]
    await raw.ask("POST", of(home), body)
    return str(uid)


async def test_in_the_foreground_the_owner_waits_for_what_is_its_own(
    backend: Backend, stage: Stage, raw: Client, home: str
) -> None:
    await _owned(raw, home)
    owner, owned = of(home, name="owner"), of(home, name="owned")
    status, left = await raw.ask("DELETE", f"{owner}?propagationPolicy=Foreground")
    assert (status, left["metadata"]["finalizers"]) == (200, ["foregroundDeletion"])
    async with asyncio.timeout(20):
        while "deletionTimestamp" not in (await raw.get(owned))["metadata"]:  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.05)
    assert "deletionTimestamp" in (await raw.get(owner))["metadata"]
    await raw.ask("PATCH", owned, {"metadata": {"finalizers": None}}, MERGE)
    await _gone(raw, owned)
    await _gone(raw, owner)


async def test_orphans_stay(backend: Backend, stage: Stage, raw: Client, home: str) -> None:
    await _owned(raw, home)
    owner, owned = of(home, name="owner"), of(home, name="owned")
    status, left = await raw.ask("DELETE", f"{owner}?propagationPolicy=Orphan")
    assert (status, left["metadata"]["finalizers"]) == (200, ["orphan"])
    await _gone(raw, owner)
    meta = (await raw.get(owned))["metadata"]
    assert (meta.get("ownerReferences") or [], "deletionTimestamp" in meta) == ([], False)
    await raw.ask("PATCH", owned, {"metadata": {"finalizers": None}}, MERGE)


async def test_a_deployment_in_the_foreground_is_answered_as_it_goes(raw: Client, home: str) -> None:
    await raw.ask("POST", deployments(home), deployment("d"))
    status, left = await raw.ask("DELETE", deployments(home, "d") + "?propagationPolicy=Foreground")
    meta = left["metadata"]
    assert (status, meta["generation"], meta["deletionGracePeriodSeconds"]) == (200, 2, 0)


async def test_many_are_deleted_as_selected(raw: Client, home: str) -> None:
    for name in "abc":
        await raw.ask("POST", of(home), config_map(name, {"go": str(name != "c").lower()}))
    status, left = await raw.ask("DELETE", f"{of(home)}?labelSelector=go%3Dtrue")
    assert (status, left["kind"], [item["metadata"]["name"] for item in left["items"]]) == (
        200, "ConfigMapList", ["a", "b"],
    )  # fmt: skip
    assert all("kind" not in item for item in left["items"])
    names = {item["metadata"]["name"] for item in (await raw.get(of(home)))["items"]}
    assert "c" in names
    assert not names & {"a", "b"}


async def test_an_eviction_names_its_pod(raw: Client, home: str) -> None:
    await raw.ask("POST", of(home, "pods"), pod("p", "no-kubelet-here"))
    path = of(home, "pods", "p") + "/eviction"
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "other"}}
    status, said = await raw.ask("POST", path, body)
    assert (status, said["message"]) == (400, "name in URL does not match name in Eviction object")
    body["metadata"] = {"name": "p"}
    status, said = await raw.ask("POST", path, {**body, "deleteOptions": {"gracePeriodSeconds": 0}})
    assert (status, said["status"]) == (201, "Success")
    await _gone(raw, of(home, "pods", "p"))
