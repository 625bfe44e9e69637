"""Ages and quantities read and write as Kubernetes does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.units import age, epoch, format_bytes, format_cpu, quantity, rfc3339, short_age

S, M, H, D, Y = 1, 60, 3600, 86400, 365 * 86400


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-2, "<invalid>"), (-1, "0s"), (-0.5, "0s"), (0, "0s"), (1, "1s"), (119, "119s"),
        (2 * M, "2m"), (2 * M + 1, "2m1s"), (3 * M + 20, "3m20s"), (10 * M - 1, "9m59s"),
        (10 * M, "10m"), (10 * M + 59, "10m"), (3 * H - 1, "179m"),
        (3 * H, "3h"), (3 * H + 59, "3h"), (3 * H + M, "3h1m"), (8 * H - 1, "7h59m"),
        (8 * H, "8h"), (8 * H + 59 * M, "8h"), (2 * D - 1, "47h"),
        (2 * D, "2d"), (2 * D + H - 1, "2d"), (3 * D + 4 * H, "3d4h"), (8 * D - 1, "7d23h"),
        (8 * D, "8d"), (40 * D, "40d"), (2 * Y - 1, "729d"),
        (2 * Y, "2y"), (2 * Y + 10 * D, "2y10d"), (8 * Y - 1, "7y364d"),
        (8 * Y, "8y"), (20 * Y + 300 * D, "20y"),
    ],
)  # fmt: skip
def test_age_at_every_edge(seconds: float, shown: str) -> None:
    assert age(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(-5, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (H, "1h"), (47 * H, "1d"), (3 * Y, "3y")]
)
def test_short_age(seconds: float, shown: str) -> None:
    assert short_age(seconds) == shown


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:10Z", 10.0),
        ("1970-01-01T01:00:10+01:00", 10.0),
        ("1970-01-01T00:00:10", 10.0),
        ("1970-01-01T00:00:10.25Z", 10.25),
        ("1970-01-01T00:00:10.1234567Z", 10.123456),
        ("1970-01-01T00:00:10.123456789Z", 10.123456),
        ("2021-04-02T12:13:06.7534628+00:00", 1617365586.753462),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00", None),
        ("yesterday", None),
        ("2021-13-01T00:00:00Z", None),
        ("", None),
        (None, None),
    ],
)
def test_epoch(text: str | None, seconds: float | None) -> None:
    assert epoch(text) == (None if seconds is None else pytest.approx(seconds, abs=1e-6))


@given(st.floats(0, 7e9), st.integers(0, 6))
def test_instants_survive_writing_and_reading(seconds: float, digits: int) -> None:
    read = epoch(rfc3339(seconds, fraction=digits))
    assert read is not None
    assert 0 <= seconds - read + 1e-5 <= 10.0**-digits + 1e-4


def test_rfc3339() -> None:
    assert rfc3339(0) == "1970-01-01T00:00:00Z"
    assert rfc3339(1.25, fraction=3) == "1970-01-01T00:00:01.250Z"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1", 1), ("500m", "0.5"), ("0.5", "0.5"), (".5", "0.5"), ("5.", 5), ("+2", 2), ("-1", -1), ("0", 0),
        ("1k", 1000), ("1M", 10**6), ("1E", 10**18), ("1e3", 1000), ("1E3", 1000), ("1e-3", "0.001"),
        ("1Ki", 1024), ("1.5Gi", 1610612736), ("1536Mi", 1610612736), ("2Ei", 2 * 2**60),
        ("100n", "1e-7"), ("3u", "3e-6"), (4, 4), (1.5, "1.5"),
    ],
)  # fmt: skip
def test_a_quantity(text: str | int | float, amount: int | str) -> None:
    assert quantity(text) == Decimal(amount)


NO_QUANTITIES = """1K 1ki 1kb 4gb 1e 1e3m 1_000 NaN inf １ 0x10 1,5 --1 m Gi 1e999"""


@pytest.mark.parametrize("text", [*NO_QUANTITIES.split(), "", " 1", "1 ", "9" * 100, None, True, 10**60, float("nan")])
def test_no_quantity(text: str | int | float | None) -> None:
    assert quantity(text) is None


def test_a_number_too_long_to_write_is_no_quantity() -> None:
    assert quantity(1 << 20000) is None


@given(st.integers(0, 10**9))
def test_cpu_survives_writing_and_reading(milli: int) -> None:
    assert quantity(format_cpu(Decimal(milli) / 1000)) == Decimal(milli) / 1000


@given(st.integers(0, 2**60))
def test_bytes_keep_their_size_to_one_decimal(size: int) -> None:
    read = quantity(format_bytes(Decimal(size)))
    assert read is not None
    assert abs(read - size) <= Decimal(size) * Decimal("0.051")


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0"), (1000, "1000"), (1024, "1Ki"), (2**20 - 1, "1Mi"), (1536 * 2**20, "1.5Gi"), (2**34, "16Gi"),
        (3 * 2**50, "3072Ti"), (-(2**30), "-1Gi"),
    ],
)  # fmt: skip
def test_bytes(size: int, shown: str) -> None:
    assert format_bytes(Decimal(size)) == shown


@pytest.mark.parametrize(
    ("cores", "shown"), [("4", "4"), ("0.5", "500m"), ("0.1", "100m"), ("0", "0"), ("1.25", "1250m")]
)
def test_cpu(cores: str, shown: str) -> None:
    assert format_cpu(Decimal(cores)) == shown
