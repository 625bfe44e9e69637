"""Amounts: the one text of each, and what is none."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.demo.kube.quantities import amount, canonical


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", "0"), (0.5, "500m"), ("1000m", "1"), ("1500m", "1500m"), ("1.5", "1500m"), (".5", "500m"),
        ("1024Mi", "1Gi"), ("0.5Gi", "512Mi"), ("0.3Ki", "307200m"), (1073741824, "1073741824"), ("1000", "1k"),
        ("100n", "100n"), ("1e3", "1e3"), ("12E6", "12e6"), ("1E", "1E"), ("-1", "-1"), ("+1", "1"),
    ],
)  # fmt: skip
def test_every_amount_has_one_text(value: Any, expected: str) -> None:
    assert canonical(value) == expected


@pytest.mark.parametrize("value", ["lots", "", "5Q", "1 Gi", "Gi", "1.2.3", True, None, [], {}])
def test_what_is_no_amount(value: Any) -> None:
    assert canonical(value) is None


NUMBERS = st.decimals(min_value=0, max_value=10**6, places=3).map(str)
SUFFIXES = st.sampled_from(["", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e2", "E-1"])


@given(NUMBERS, SUFFIXES)
def test_the_text_means_the_same_amount_and_is_its_own(number: str, suffix: str) -> None:
    text = canonical(number + suffix)
    assert text is not None
    assert canonical(text) == text
    assert abs(amount(text) - amount(number + suffix)) < Fraction(1, 10**9)  # type: ignore[operator]
