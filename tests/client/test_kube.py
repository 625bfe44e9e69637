"""What is asked of a Kubernetes API, word for word, and writes that are on record."""

from __future__ import annotations

import datetime
import getpass
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.client.api import THINGS, client, refusal, running
from tui.client.audit import FILE, Audit
from tui.client.kube import KubeClient
from tui.core.errors import Problem

DISCOVERY = {
    "resources": [
        {"name": "things/status", "kind": "Thing", "namespaced": True},
        {"name": "things", "kind": "Thing", "namespaced": True},
        {"name": "gadgets", "kind": "Gadget", "namespaced": False},
    ]
}


async def say(body: Any, ask: Callable[[KubeClient], Any], status: int = 200) -> tuple[web.Request, Any, bytes]:
    sent: list[bytes] = []

    async def handle(request: web.Request) -> web.Response:
        sent.append(await request.read())
        return web.json_response(body, status=status)

    async with running() as api, client(api.url) as kube:
        api.handle = handle
        found = await ask(kube)
    return api.asked[-1], found, sent[-1]


async def test_an_object_its_events_and_the_version() -> None:
    request, found, _ = await say({"kind": "Thing"}, lambda kube: kube.get(THINGS, "a/x"))
    assert (request.path, found) == ("/api/v1/namespaces/a/things/x", {"kind": "Thing"})
    request, found, _ = await say({"items": [{"reason": "Pulled"}]}, lambda kube: kube.events_of("u-1", "a"))
    assert request.path == "/api/v1/namespaces/a/events"
    assert request.query["fieldSelector"] == "involvedObject.uid=u-1"
    assert found == [{"reason": "Pulled"}]
    _, found, _ = await say({"gitVersion": "v1.31.2"}, lambda kube: kube.version())
    assert found == "v1.31.2"


async def test_permissions_are_asked_as_kubectl_names_them() -> None:
    request, found, sent = await say({"status": {"allowed": False}}, lambda kube: kube.can_i("get", "pods/log", "a"))
    assert (request.method, request.path) == ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
    assert json.loads(sent)["spec"]["resourceAttributes"] == {
        "verb": "get", "resource": "pods", "group": "", "subresource": "log", "namespace": "a", "name": "",
    }  # fmt: skip
    assert found is False
    _, _, sent = await say({}, lambda kube: kube.can_i("update", "jobs.batch.volcano.sh/status"))
    attributes = json.loads(sent)["spec"]["resourceAttributes"]
    assert (attributes["resource"], attributes["group"], attributes["subresource"]) == (
        "jobs", "batch.volcano.sh", "status",
    )  # fmt: skip
    _, found, _ = await say({}, lambda kube: kube.can_i("get", "pods"), 500)
    assert found is None
    rules = {"status": {"resourceRules": [{"verbs": ["*"]}]}}
    request, found, _ = await say(rules, lambda kube: kube.rules("a"))
    assert request.path.endswith("/selfsubjectrulesreviews")
    assert found == [{"verbs": ["*"]}]


class Writable:
    """Knows two kinds, takes every write."""

    def __init__(self, answer: Callable[[], web.Response] = lambda: web.json_response({"kind": "Thing"})) -> None:
        self.writes: list[tuple[str, str, str, str, bytes]] = []
        self._answer = answer

    async def __call__(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response(DISCOVERY) if request.path == "/apis/shop/v1" else refusal(404, "none")
        body = await request.read()
        self.writes.append((request.method, request.path, request.query_string, request.content_type, body))
        return self._answer()


def records(directory: Path) -> list[dict[str, Any]]:
    file = directory / FILE
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def gadget(**meta: Any) -> dict[str, Any]:
    return {
        "apiVersion": "shop/v1", "kind": "Gadget", "status": {"x": 1}, "when": datetime.date(2026, 1, 2),
        "metadata": {
            "name": "g", "managedFields": [{}], "uid": "u", "resourceVersion": "3", "labels": {"a": "b"}, **meta,
        },
    }  # fmt: skip


async def test_apply_sends_what_is_ours_to_the_place_discovery_tells(tmp_path: Path) -> None:
    server = Writable()
    audit = Audit(tmp_path / "state", lambda: 1.5)
    async with running() as api, client(api.url, audit=audit) as kube:
        api.handle = server
        assert await kube.apply(gadget(), dry_run=True, force=True) == {"kind": "Thing"}
        await kube.apply({**gadget(), "kind": "Thing", "metadata": {"name": "t", "namespace": "n"}})
        await kube.apply({**gadget(), "kind": "Thing", "metadata": {"name": "t"}})
    method, path, query, kind, body = server.writes[0]
    assert (method, path) == ("PATCH", "/apis/shop/v1/gadgets/g")
    assert query == "fieldManager=arcdeck&force=true&dryRun=All"
    assert kind == "application/apply-patch+yaml"
    assert json.loads(body) == {
        "apiVersion": "shop/v1", "kind": "Gadget", "when": "2026-01-02",
        "metadata": {"name": "g", "labels": {"a": "b"}},
    }  # fmt: skip
    assert [write[1] for write in server.writes[1:]] == [
        "/apis/shop/v1/namespaces/n/things/t",
        "/apis/shop/v1/namespaces/default/things/t",
    ]
    intent, done, *_ = records(tmp_path / "state")
    assert intent == {
        "at": "1970-01-01T00:00:01.500Z", "stage": "intent", "context": "test", "verb": "apply",
        "resource": "gadgets.shop", "key": "g", "dry_run": True, "outcome": "",
        "request": "", "who": getpass.getuser(),
        "command": "kubectl --context test apply --server-side --field-manager=arcdeck --force-conflicts "
                   "--dry-run=server -f -",
    }  # fmt: skip
    assert {**done, "stage": "intent"} == intent
    assert done["stage"] == "done"
    assert (tmp_path / "state" / FILE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


async def test_delete_is_on_record_before_and_after_and_a_refusal_holds_no_secret(tmp_path: Path) -> None:
    server = Writable(lambda: refusal(409, "conflict, password=hunter2222 in field"))
    async with running() as api, client(api.url, audit=Audit(tmp_path, lambda: 0.0)) as kube:
        api.handle = server
        found = await kube.delete(THINGS, "a/x", dry_run=True)
    assert isinstance(found, Problem)
    assert found.status == 409
    assert server.writes[0][:3] == ("DELETE", "/api/v1/namespaces/a/things/x", "dryRun=All")
    intent, refused = records(tmp_path)
    assert intent["command"] == "kubectl --context test delete things x -n a --dry-run=server"
    assert (intent["stage"], refused["stage"]) == ("intent", "refused")
    assert "conflict" in refused["outcome"]
    assert "hunter2222" not in (tmp_path / FILE).read_text()


async def test_a_write_that_cannot_be_recorded_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    server = Writable()
    async with running() as api, client(api.url, audit=Audit(tmp_path / "state", lambda: 0.0)) as kube:
        api.handle = server
        found = await kube.delete(THINGS, "a/x")
    assert isinstance(found, Problem)
    assert found.what.startswith("not sent: the audit file cannot be written")
    assert server.writes == []


async def test_a_read_only_session_records_nothing_because_nothing_is_sent(tmp_path: Path) -> None:
    server = Writable()
    async with running() as api, client(api.url, read_only=True, audit=Audit(tmp_path, lambda: 0.0)) as kube:
        api.handle = server
        found = [await kube.delete(THINGS, "a/x"), await kube.apply(gadget()), await kube.apply(gadget(), dry_run=True)]
    assert all(isinstance(each, Problem) and each.code == "ReadOnly" for each in found)
    assert server.writes == []
    assert records(tmp_path) == []


async def test_a_write_nobody_waited_for_is_on_record_as_interrupted(tmp_path: Path) -> None:
    import asyncio

    arrived, hold = asyncio.Event(), asyncio.Event()

    async def handle(_request: web.Request) -> web.Response:
        arrived.set()
        await hold.wait()
        return web.json_response({})

    async with running() as api, client(api.url, audit=Audit(tmp_path, lambda: 0.0)) as kube:
        api.handle = handle
        task = asyncio.create_task(kube.delete(THINGS, "a/x"))
        await arrived.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        hold.set()
    assert [record["stage"] for record in records(tmp_path)] == ["intent", "interrupted"]


async def test_what_cannot_be_applied_is_told() -> None:
    async with running() as api, client(api.url) as kube:
        api.handle = Writable()
        cases: list[tuple[dict[str, Any], str]] = [
            ({}, "needs apiVersion, kind and metadata.name"),
            ({**gadget(), "metadata": None}, "needs apiVersion, kind and metadata.name"),
            ({**gadget(), "kind": "Other"}, "the server knows no Other in shop/v1"),
            ({**gadget(), "apiVersion": "nope/v1"}, "none"),
            ({**gadget(), "x": object()}, "not JSON"),
        ]
        for obj, message in cases:
            found = await kube.apply(obj)
            assert isinstance(found, Problem)
            assert message in found.what
