"""Server-side apply: who is in the way, and lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.client.api import client, refusal, running
from tui.client.failure import CONFLICT, reason_of
from tui.core.errors import Problem

DISCOVERY = {"resources": [{"name": "gadgets", "kind": "Gadget", "namespaced": False}]}


class Server:
    """Takes every apply but those that `refuse` answers."""

    def __init__(self, refuse: Callable[[str], web.Response | None] = lambda _name: None) -> None:
        self.applied: list[tuple[str, str]] = []
        self._refuse = refuse

    async def __call__(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response(DISCOVERY) if request.path == "/apis/shop/v1" else refusal(404, "none")
        body = json.loads(await request.read())
        name = request.path.rpartition("/")[2]
        if (refused := self._refuse(name)) is not None:
            return refused
        self.applied.append((name, request.query_string))
        return web.json_response({**body, "stored": True})


def disputed(*fields: tuple[str, str]) -> web.Response:
    """As an API server words it: fields and the manager of each."""
    causes = [{"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": at} for at, who in fields]
    message = f"Apply failed with {len(fields)} conflicts: conflicts with several:\n- .spec.a\n- .spec.b"
    body = {"kind": "Status", "reason": "Conflict", "message": message, "code": 409, "details": {"causes": causes}}
    return web.json_response(body, status=409)


def gadget(name: str = "g", **more: Any) -> dict[str, Any]:
    return {"apiVersion": "shop/v1", "kind": "Gadget", "metadata": {"name": name}, **more}


def of_list(*items: Any, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "shop/v1", "kind": "GadgetList", "items": list(items), **more}


async def apply(server: Server, document: dict[str, Any], **how: Any) -> dict[str, Any] | Problem:
    async with running() as api, client(api.url) as kube:
        api.handle = server
        return await kube.apply(document, **how)


async def test_a_conflict_says_in_one_line_who_has_which_fields() -> None:
    edit = '"kubectl-edit" with subresource "status" using shop/v1'
    server = Server(lambda _name: disputed((".spec.a", edit), (".spec.b", '"helm"'), (".spec.c\x1b[31m", edit)))
    found = await apply(server, gadget())
    assert isinstance(found, Problem)
    assert (found.status, found.code) == (409, CONFLICT)
    assert found.what == "kubectl-edit has .spec.a, .spec.c; helm has .spec.b"
    assert reason_of(found).endswith("helm has .spec.b; take these fields over, or leave them as they are")


async def test_a_conflict_of_versions_is_told_as_the_server_does() -> None:
    message = "the object has been modified; please apply your changes to the latest version"
    found = await apply(Server(lambda _name: refusal(409, message)), gadget())
    assert isinstance(found, Problem)
    assert (found.what, found.code, found.next) == (message, "R", "")


async def test_fields_are_taken_over_only_when_that_is_asked() -> None:
    server = Server()
    await apply(server, gadget())
    await apply(server, gadget(), dry_run=True)
    await apply(server, gadget(), force=True)
    assert [query for _name, query in server.applied] == [
        "fieldManager=arcdeck", "fieldManager=arcdeck&dryRun=All", "fieldManager=arcdeck&force=true",
    ]  # fmt: skip


async def test_the_items_of_a_list_are_applied_in_order_and_need_not_say_what_they_are() -> None:
    server = Server()
    found = await apply(server, of_list({"metadata": {"name": "a"}}, gadget("b")), dry_run=True)
    assert server.applied == [(name, "fieldManager=arcdeck&dryRun=All") for name in ("a", "b")]
    assert isinstance(found, dict)
    assert found["kind"] == "GadgetList"
    assert found["items"][0] == {**gadget("a"), "stored": True}
    assert not isinstance(await apply(server, {"apiVersion": "v1", "kind": "List", "items": [gadget("c")]}), Problem)
    assert server.applied[-1][0] == "c"


async def test_the_first_item_that_is_refused_ends_it_and_tells_what_was_done() -> None:
    server = Server(lambda name: disputed((".spec.a", '"helm"')) if name == "b" else None)
    found = await apply(server, of_list(gadget("a"), gadget("b"), gadget("c")))
    assert isinstance(found, Problem)
    assert (found.what, found.code) == ("b: helm has .spec.a; applied before it: a", CONFLICT)
    assert [name for name, _query in server.applied] == ["a"]
    found = await apply(server, of_list(gadget("a"), gadget("b")), dry_run=True)
    assert isinstance(found, Problem)
    assert found.what == "b: helm has .spec.a"


async def test_a_list_of_nothing_or_of_no_objects_is_refused_before_anything_is_sent() -> None:
    server = Server()
    for document in (of_list(), of_list(gadget(), "text")):
        found = await apply(server, document)
        assert isinstance(found, Problem)
        assert (found.what, found.code) == ("needs items, each of them an object", "Invalid")
    found = await apply(server, of_list({"metadata": "odd"}))
    assert isinstance(found, Problem)
    assert found.what == "items[0]: needs apiVersion, kind and metadata.name"
    assert server.applied == []
