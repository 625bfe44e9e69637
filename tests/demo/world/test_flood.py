"""A flood of lines: as text, as wire bytes and as a file it is one and the same, none missing, none twice."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.units import rfc3339
from tui.demo.world.flood import KEPT, LENGTH, RATE, Flood

SINCE = 1_700_000_000.3
FLOOD = Flood(SINCE)
MOMENTS = st.lists(st.integers(0, 5_000), min_size=2, max_size=6, unique=True).map(sorted)
"""In ten-thousandths of a second after the beginning."""


def at(tick: int) -> float:
    return SINCE + tick / RATE


@settings(max_examples=25, deadline=None)
@given(MOMENTS, st.booleans())
def test_the_wire_has_the_lines(ticks: list[int], stamps: bool) -> None:
    first, last = at(ticks[0]), at(ticks[-1])
    wire = b"".join(
        b"".join(FLOOD.data(after, until, stamps=stamps)) for after, until in pairwise(at(tick) for tick in ticks)
    )
    lines = list(FLOOD.read(first, last))
    assert len(lines) == ticks[-1] - ticks[0]
    spelt = [f"{f'{rfc3339(when + 3e-7, fraction=6)[:-1]}000Z ' if stamps else ''}{text}\n" for when, text in lines]
    assert wire == "".join(spelt).encode()


@settings(max_examples=25, deadline=None)
@given(MOMENTS, st.integers(0, 2000))
def test_the_file_has_them_too(ticks: list[int], start: int) -> None:
    now = at(ticks[-1])
    whole = b"".join(FLOOD.data(SINCE - 1, now, stamps=False))
    assert FLOOD.size(now) == len(whole) == (ticks[-1] + 1) * LENGTH
    read = start
    while piece := FLOOD.piece(read, now):
        assert whole[read : read + len(piece)] == piece
        read += len(piece)
    assert read == max(start, len(whole))


def test_a_tail_is_reached_from_the_end() -> None:
    now = at(12_345)
    lines = b"".join(FLOOD.data(FLOOD.reach(7, now), now, stamps=False)).splitlines()
    assert [int(line[:12]) for line in lines] == list(range(12_339, 12_346))


def test_what_is_old_is_rotated_away_and_an_end_is_one() -> None:
    now = SINCE + 100
    oldest, _text = next(FLOOD.read(0, now))
    assert now - 2 * KEPT <= oldest <= now - KEPT
    ended = Flood(SINCE, SINCE + 1)
    assert len(list(ended.read(0, SINCE + 5))) == RATE + 1
    assert ended.size(SINCE + 50) == (RATE + 1) * LENGTH
    assert list(Flood(SINCE).read(0, SINCE - 1)) == []


def test_it_is_a_job_of_the_world() -> None:
    from tests.demo.world.stand import Stand

    stand = Stand(1, "flood")
    job = next(job for job in stand.rows()["jobs"].values() if job.name == "flood-1")
    pod = job.pods[0]
    assert job.state == "Running"
    source = stand.logs.get("ml-train", pod.key.partition("/")[2], pod.container, previous=False)
    assert isinstance(source, Flood)
    assert source.since == pytest.approx(round(source.since, 1))
