"""The control plane as a fixture: one for all tests of a process, started when the first one asks.

Owns when tests are skipped for want of binaries, and that what was started ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cluster import assets, volcano
from tests.cluster.plane import Plane
from tests.cluster.volcano import Volcano
from tests.cluster.workers import NEEDED, Workers


@contextmanager
def running_plane(directory: Path) -> Iterator[Plane]:
    """etcd and kube-apiserver, ready; skips where they are not to be had."""
    found = assets.find()
    if isinstance(found, str):
        pytest.skip(found)
    made = Plane(found, directory)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@contextmanager
def running_workers(plane: Plane) -> Iterator[Workers]:
    """Controllers, scheduler and kwok beside it; skips where they are not to be had."""
    lacking = plane.assets.lacks(*NEEDED)
    if lacking:
        pytest.skip(lacking)
    made = Workers(plane)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@contextmanager
def running_volcano(plane: Plane) -> Iterator[Volcano]:
    """Volcano's controllers and scheduler beside it, which has their kinds; skips where they are not to be had."""
    lacking = plane.assets.lacks(*volcano.NEEDED)
    if lacking:
        pytest.skip(f"{lacking}: they are not built here, put them beside the others")
    made = Volcano(plane)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """etcd and kube-apiserver, ready."""
    with running_plane(tmp_path_factory.mktemp("plane")) as made:
        yield made


@pytest.fixture(scope="session")
def workers(plane: Plane) -> Iterator[Workers]:
    """Controllers, scheduler and kwok beside it."""
    with running_workers(plane) as made:
        yield made
