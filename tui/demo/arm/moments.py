"""Instants as ARM writes them. Owns the two spellings; must not know which field wants which."""

from __future__ import annotations

import datetime

_TICK = 0.000_000_1
"""ARM's clocks count in 100 ns: seven digits behind the point."""


def zulu(now: float) -> str:
    """`2024-02-03T04:05:06.1234560Z`."""
    return _stamp(now) + "Z"


def offset(now: float) -> str:
    """`2024-02-03T04:05:06.1234560+00:00`, as the first era's bodies have it."""
    return _stamp(now) + "+00:00"


def _stamp(now: float) -> str:
    ticks = round(now / _TICK)
    whole = datetime.datetime.fromtimestamp(ticks // 10_000_000, datetime.UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{ticks % 10_000_000:07d}"
