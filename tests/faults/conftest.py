"""What faults strike: the demo's API server in this process, or a real control plane."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.backends import Backend
from tests.contract.conftest import backend, certificates, home, plane, raw, workers
from tests.demo.kube.town import Client
from tests.faults.site import Site
from tests.faults.table import note, pytest_terminal_summary

__all__ = ["backend", "certificates", "home", "note", "plane", "pytest_terminal_summary", "raw", "workers"]


@pytest.fixture
async def site(backend: Backend, raw: Client, home: str) -> AsyncIterator[Site]:
    """A server, a way round every fault, and a namespace of its own."""
    async with backend.client() as direct:
        yield Site(backend, raw, direct, home)
