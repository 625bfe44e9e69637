"""Each case runs on the demo, and on a real control plane where there is one."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cluster.fixtures import plane, workers
from tests.contract.backends import Backend, ClusterBackend, DemoBackend
from tests.contract.stages import Stage, open_stage
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.demo import tls

__all__ = ["plane", "workers"]
CLUSTER = pytest.param("cluster", marks=[pytest.mark.cluster, pytest.mark.xdist_group("cluster")])


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tls.Certificates:
    """Of the demo's server."""
    return tls.issue(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(params=["demo", CLUSTER])
async def backend(request: pytest.FixtureRequest, certificates: tls.Certificates) -> AsyncIterator[Backend]:
    """The API server to judge, or the one that judges."""
    if request.param == "cluster":
        yield ClusterBackend(request.getfixturevalue("plane"))
        return
    made = DemoBackend(certificates)
    async with made.serving():
        yield made


@pytest.fixture
async def raw(backend: Backend) -> AsyncIterator[Client]:
    """Plain HTTP as the admin."""
    async with backend.raw() as client:
        yield client


@pytest.fixture
async def kube(backend: Backend) -> AsyncIterator[KubeClient]:
    """Our client as the admin."""
    async with backend.client() as client:
        yield client


@pytest.fixture
async def stage(request: pytest.FixtureRequest, backend: Backend, raw: Client, home: str) -> AsyncIterator[Stage]:
    """A node whose pods run, and their logs."""
    async with open_stage(request, backend, raw, home) as made:
        yield made


@pytest.fixture
async def home(raw: Client) -> str:
    """A namespace of its own for a case."""
    name = f"case-{uuid.uuid4().hex[:8]}"
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    status, made = await raw.ask("POST", "/api/v1/namespaces", body)
    assert status == 201, made
    return name
