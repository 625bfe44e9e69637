"""One frozen cloud for all tests that only look; those that write or break things start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tui.demo.launch import launch
from tui.settings import Demo


@pytest.fixture(scope="session")
def frozen() -> Iterator[Demo]:
    """Seed 1, time stands still. Look, do not touch."""
    with launch(seed=1, pods=0, speed=0.0, faults=()) as demo:
        yield demo
