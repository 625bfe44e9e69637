"""Amounts as integers: read as the scheduler reads them, written without loss."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.units import quantity
from tui.domain.amounts import NONE, Amounts, amounts, cpu_text, memory_exact, memory_text, milli, whole

GI = 2**30


@pytest.mark.parametrize(
    ("wire", "found"),
    [
        (None, NONE),
        ({}, NONE),
        ({"cpu": "700m", "memory": "1500Mi", "nvidia.com/gpu": 1}, Amounts(700, 1500 * 2**20, 1)),
        ({"cpu": 2, "memory": 1024, "nvidia.com/gpu": "4", "github.com/fuse": "1k"}, Amounts(2000, 1024, 4, 1000)),
        ({"cpu": 0.5, "memory": "1e9"}, Amounts(500, 10**9)),
        ({"cpu": "1n", "memory": "1m"}, Amounts(1, 1)),
        ({"cpu": "much", "memory": None, "nvidia.com/gpu": ""}, NONE),
        ({"cpu": True, "memory": False}, NONE),
        ({"cpu": [1], "memory": {"x": 1}, "nvidia.com/gpu": 2}, Amounts(0, 0, 2)),
        ({"ephemeral-storage": "1Gi"}, NONE),
    ],
)
def test_reading(wire: Any, found: Amounts) -> None:
    amounts({"cpu": 1, "memory": 1})  # what is remembered of 1 must not be taken for True
    assert amounts(wire) == found


def test_rounding_is_upwards() -> None:
    assert (milli("0.1m"), whole("1.2"), milli("1.0001")) == (1, 2, 1001)
    assert milli(None) is milli([1]) is whole({}) is milli(True) is None


def test_sums() -> None:
    one, other = Amounts(1, 20, 3, 4), Amounts(10, 2, 30, 1)
    assert one + other == Amounts(11, 22, 33, 5)
    assert other - one == Amounts(9, -18, 27, -3)
    assert one.most(other) == Amounts(10, 20, 30, 4)
    assert sum([one, other], NONE) == one + other


@given(st.integers(0, 2**50))
def test_memory_is_written_without_loss(size: int) -> None:
    assert quantity(memory_exact(size)) == Decimal(size)
    assert whole(memory_exact(size)) == size


def test_texts() -> None:
    assert (memory_exact(1536 * 2**20), memory_exact(2 * GI), memory_exact(0), memory_exact(1000)) == (
        "1536Mi", "2Gi", "0", "1000",
    )  # fmt: skip
    assert (memory_text(1536 * 2**20), cpu_text(500), cpu_text(4000)) == ("1.5Gi", "500m", "4")
