"""Where lines are cut: at line feeds, and long ones at the same bytes however they come."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tui.client import log_cut
from tui.client.log_cut import WINDOW, Cutter

STAMP = b"2026-01-02T03:04:05.123456789Z "


def cut(data: bytes, sizes: list[int]) -> tuple[bytes, bytes]:
    """The whole lines, and what is left at the end."""
    cutter, found, at = Cutter(), b"", 0
    for size in [*sizes, len(data)]:
        found += cutter.feed(data[at : at + size])
        at += size
    return found, cutter.rest()


short = st.binary(max_size=40).map(lambda text: text.replace(b"\n", b"\0"))
long = st.builds(
    lambda size, every: (b"#" * (every - 1) + b"\r") * (size // every) + b"end",
    st.integers(WINDOW - 60, 4 * WINDOW), st.integers(2, 40_000),
)  # fmt: skip
logs = st.lists(st.one_of(short, short, long).map(lambda text: STAMP + text), max_size=12)


@given(logs, st.lists(st.integers(1, 30_000), max_size=12), st.booleans())
def test_lines_are_the_same_however_they_come(lines: list[bytes], sizes: list[int], ends: bool) -> None:
    data = b"".join(line + b"\n" for line in lines)[: None if ends else -1]
    whole, rest = cut(data, [])
    assert cut(data, sizes) == (whole, rest)
    given_ = (whole + rest).split(b"\n")[:-1]
    assert all(line.startswith(STAMP) for line in given_)
    joined = b"".join(line.removeprefix(STAMP) for line in given_)
    assert joined == b"".join(line.removeprefix(STAMP) for line in lines)


@given(st.lists(short, max_size=20), st.lists(st.integers(1, 50), max_size=12))
def test_short_lines_pass_as_they_are(lines: list[bytes], sizes: list[int]) -> None:
    data = b"".join(line + b"\n" for line in lines)
    assert cut(data + b"no end", sizes) == (data, b"no end\n")


def test_a_progress_bar_is_seen_before_its_line_ends() -> None:
    cutter = Cutter()
    bars = [b"step %6d\r" % number for number in range(4000)]
    found = cutter.feed(STAMP) + b"".join(cutter.feed(bar) for bar in bars)
    pieces = found.splitlines(keepends=True)
    assert found.endswith(b"\r\n")
    assert all(piece.startswith(STAMP) for piece in found.split(b"\n")[:-1])
    assert len(found) > len(b"".join(bars)) - 2 * WINDOW
    assert len(pieces) > 1


def test_a_line_of_a_megabyte_stays_one() -> None:
    line = STAMP + random.Random(1).randbytes(1 << 20).replace(b"\n", b"").replace(b"\r", b"") + b"\r\n"
    assert cut(line * 3, [100_000] * 20) == (line * 3, b"")


def test_a_line_without_any_end_does_not_grow_for_ever() -> None:
    cutter = Cutter()
    cutter.feed(STAMP)
    given_ = 0
    for _ in range(log_cut.LONGEST // 2**20 + 2):
        given_ += len(cutter.feed(b"x" * 2**20))
    assert given_ > log_cut.LONGEST
    assert len(cutter.rest()) < 3 << 20
