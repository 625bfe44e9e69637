"""The ring of lines: numbers stay, old lines go, whatever the sizes of the pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.log_buffer import LogBuffer

line = st.one_of(st.binary(max_size=20), st.binary(min_size=200, max_size=40_000)).map(
    lambda raw: raw.replace(b"\n", b"")
)
appends = st.lists(st.one_of(st.lists(line, min_size=1, max_size=20), st.just("divider")), max_size=25)


@given(appends, st.integers(1, 40))
def test_lines_keep_their_numbers(parts: list, limit: int) -> None:
    buffer, expected = LogBuffer(limit), []
    for part in parts:
        if part == "divider":
            buffer.divide("a divider")
            expected.append((b"a divider", True))
        else:
            buffer.append(b"\n".join(part) + b"\n")
            expected += [(raw, False) for raw in part]
        assert buffer.end == len(expected)
        assert len(buffer) == min(limit, len(expected))
        for number in range(buffer.first, buffer.end):
            assert buffer.line(number) == expected[number]
    assert buffer.dropped == max(0, len(expected) - limit)
    found = [block.line(n) for block in buffer.blocks(buffer.first) for n in range(block.first, block.end)]
    assert found[-len(buffer) :] == [raw for raw, _divider in expected[-limit:]][-len(buffer) :]


def test_lines_that_are_gone_say_so() -> None:
    buffer = LogBuffer(2)
    buffer.append(b"a\nb\nc")
    assert buffer.line(2) == (b"c", False)
    with pytest.raises(IndexError):
        buffer.line(0)
    with pytest.raises(IndexError):
        buffer.line(3)


def test_bytes_are_bounded_too() -> None:
    buffer = LogBuffer(1_000_000, most=1_000_000)
    for _ in range(40):
        buffer.append(b"x" * 100_000 + b"\n")
    assert buffer.size <= 1_200_000
    assert buffer.end == 40
    assert 5 <= len(buffer) <= 12
    assert buffer.line(39)[0] == b"x" * 100_000


def test_one_huge_append_is_cut_into_blocks() -> None:
    buffer = LogBuffer(1_000_000)
    buffer.append(b"0123456789\n" * 100_000)
    assert len(buffer) == 100_000
    sizes = [len(block.data) for block in buffer.blocks()]
    assert max(sizes) <= 2 * 64 * 1024
    assert sum(sizes) == 1_100_000
    buffer.limit = 1_000
    buffer.append(b"last\n")
    assert sum(len(block.data) for block in buffer.blocks(buffer.first)) < 200_000


def test_clearing_begins_anew() -> None:
    buffer = LogBuffer(10)
    buffer.append(b"a\nb\n")
    buffer.divide("x")
    buffer.clear()
    assert (len(buffer), buffer.size, buffer.first, buffer.end) == (0, 0, 0, 0)
    buffer.append(b"new\n")
    assert buffer.line(0) == (b"new", False)
