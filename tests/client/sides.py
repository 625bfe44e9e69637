"""A cluster and an ARM endpoint in this process, and a session on them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from tests.client.api import THINGS, WIDGETS, Api, ThingRow, line, page, refusal, stream, thing
from tests.client.arm import CLUSTER
from tui.core.facts import Phase
from tui.core.store import Delta
from tui.domain.derived import Derivation
from tui.session import Session
from tui.settings import Settings

KINDS = (THINGS, WIDGETS)


def doubled(rows: Mapping[str, Mapping[str, Any]], now: float) -> Iterable[ThingRow]:
    return [ThingRow(key, row.value * 2) for key, row in rows["things"].items()]


DOUBLES = Derivation("doubles", ("things",), doubled)


class Cluster:
    """Lists and watches two kinds; what is denied is denied. Watches stay open."""

    def __init__(self, api: Api) -> None:
        api.handle = self
        self.api = api
        self.denied: set[str] = set()
        self.config_map: Any = 404
        self.hold = asyncio.Event()
        self.watches = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        if path in self.denied:
            return refusal(403, f"may not {path}")
        if path.endswith("azure-clusterconfig"):
            found = self.config_map
            return refusal(found, "none") if isinstance(found, int) else web.json_response({"data": found})
        if path.endswith("/selfsubjectaccessreviews"):
            return web.json_response({"status": {"allowed": not self.denied}}, status=201)
        if path.endswith("/nodes"):
            return page([], 1)
        if "watch" in request.query:
            self.watches += 1
            try:
                return await stream(request, line("ADDED", thing("late", 9, version=8)), hold=self.hold)
            finally:
                self.watches -= 1
        if path.endswith("/widgets"):
            return page([{"metadata": {"name": "w"}}], 5)
        namespace = path.split("/")[4] if "/namespaces/" in path else "a"
        return page([thing("x", 1, namespace)], 5)


def kubeconfig(directory: Path, url: str, ca: Path | None = None, user: dict[str, Any] | None = None) -> str:
    cluster: dict[str, Any] = {"server": url, **({"certificate-authority": str(ca)} if ca else {})}
    document = {
        "current-context": "test",
        "contexts": [{"name": "test", "context": {"cluster": "c", "user": "u", "namespace": "own"}}],
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user or {"token": "t"}}],
    }
    file = directory / "kubeconfig"
    file.write_text(yaml.safe_dump(document))
    return str(file)


@asynccontextmanager
async def opened(settings: Settings, **more: Any) -> AsyncIterator[tuple[Session, list[Delta]]]:
    session, deltas = Session(settings, kinds=KINDS, derived=(DOUBLES,), **more), list[Delta]()
    task = asyncio.create_task(session.run(deltas.append))
    try:
        yield session, deltas
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def phases(session: Session) -> dict[str, Phase]:
    return {source.kind: source.phase for source in session.store.sources()}


def only_kube(tmp_path: Path, url: str, **more: Any) -> Settings:
    return Settings(kubeconfig=kubeconfig(tmp_path, url), sign_in="none", flush=0.02, state_dir=tmp_path, **more)


def arm_handler(request: web.Request) -> web.Response:
    if request.path.lower() == CLUSTER.lower():
        return web.json_response({"id": CLUSTER, "name": "c", "properties": {"connectivityStatus": "Connected"}})
    if request.path.endswith("/extensions"):
        return web.json_response({"value": [{"id": f"{CLUSTER}/x/e", "name": "e", "properties": {}}]})
    return web.json_response({"value": []})
