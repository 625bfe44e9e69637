"""The control plane as a fixture: one for all tests of a process, started when the first one asks.

Owns when tests are skipped for want of binaries.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster import assets
from tests.cluster.plane import Plane
from tests.cluster.workers import NEEDED, Workers


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """etcd and kube-apiserver, ready."""
    found = assets.find()
    if isinstance(found, str):
        pytest.skip(found)
    made = Plane(found, tmp_path_factory.mktemp("plane"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def workers(plane: Plane) -> Iterator[Workers]:
    """Controllers, scheduler and kwok beside it."""
    lacking = plane.assets.lacks(*NEEDED)
    if lacking:
        pytest.skip(lacking)
    made = Workers(plane)
    try:
        made.start()
        yield made
    finally:
        made.stop()
