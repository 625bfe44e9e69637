"""A town that is served in the test's loop, and one that the stock kubectl is pointed at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.demo.kube import town
from tests.demo.kube.kubectl import FOUND, Kubectl, kubectl
from tests.demo.kube.town import Client, Town


@pytest.fixture
async def served() -> AsyncIterator[tuple[Town, Client]]:
    """A town and a client of it, signed in as the admin."""
    async with town.open_town() as (made, client):
        yield made, client


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[tuple[Town, Kubectl]]:
    """A town and the stock kubectl; the test is skipped where there is none."""
    if FOUND is None:
        pytest.skip("kubectl is not installed")
    made = Town(stops=0.2)
    made.fill()
    async with kubectl(made, tmp_path) as run:
        yield made, run
