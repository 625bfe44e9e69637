"""Searches: what matches, where to go next, what is marked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.log_buffer import LogBuffer
from widgets.log_line import split, text_of
from widgets.log_search import LogSearch
from widgets.searching import Search, compile_search, is_literal, marked


def test_steps_go_round_and_say_where() -> None:
    search = Search("x")
    search.matches = [3, 7, 20]
    assert search.note == "/x 3"
    assert search.step(1, 7) == 7
    assert search.note == "/x 2 of 3"
    assert [search.step(1, 0) for _ in range(2)] == [20, 3]
    assert search.step(-1, 0) == 20
    assert Search("x").step(1, 0) is None
    assert Search("x").note == "/x not found"


def test_backwards_the_line_itself_counts() -> None:
    search = Search("x")
    search.matches = [3, 7, 20]
    assert search.step(-1, 7) == 7


def test_matches_that_are_gone_are_forgotten() -> None:
    search = Search("x")
    search.matches, search.current = [3, 7, 20], 7
    search.drop_before(10)
    assert search.matches == [20]
    assert search.note == "/x 1"


@pytest.mark.parametrize("text", ["[unclosed", "*", "a(b", "\\"])
def test_what_is_no_pattern_is_text(text: str) -> None:
    assert compile_search(text).search(f"before {text} after")
    assert not is_literal(text)


@given(
    st.lists(st.tuples(st.text("abc", max_size=5), st.sampled_from([None, "dim"]))),
    st.sampled_from(["a", "ab", "b+", "x*", "c.a"]),
)
def test_marks_change_tones_and_no_text(pieces: list, text: str) -> None:
    shown = marked(pieces, compile_search(text))
    whole = "".join(text for text, _tone in pieces)
    assert "".join(text for text, _tone in shown) == whole
    expected = set()
    for found in re.finditer(text, whole):
        expected |= set(range(*found.span()))
    place, got = 0, set()
    for part, tone in shown:
        got |= set(range(place, place + len(part))) if tone == "match" else set()
        place += len(part)
    assert got == expected


def visible(raw: bytes) -> str:
    return text_of(split(raw)[1], lambda part: part.decode("utf-8", "replace"))


STAMP = b"2026-01-02T10:14:03.123456789Z "
WORDS = [
    b"error",
    b"Error",
    b"all well",
    b"10:14 o'clock",
    b"er\x1b[31mror",
    b"error\rgone",
    b"\xff\xfe error",
    b"",
    b"x" * 100,
]


@given(
    st.lists(st.sampled_from(WORDS)),
    st.sampled_from(["error", "10:14", "ERR", "31m", "^e", "r.*r", "gone", "2026", "(?:x)+"]),
    st.integers(1, 30),
)
def test_a_log_is_searched_by_what_it_shows(words: list[bytes], text: str, limit: int) -> None:
    buffer = LogBuffer(limit)
    for place, word in enumerate(words):
        buffer.append((STAMP if place % 3 else b"") + word + b"\n")
        if place % 7 == 3:
            buffer.divide("error of ours")
    search = LogSearch(text, visible, buffer.first, 0)
    for block in buffer.blocks(search.searched):
        search.read(block)
    lines = [(n, *buffer.line(n)) for n in range(buffer.first, buffer.end)]
    assert search.matches == [n for n, raw, ours in lines if not ours and re.search(text, visible(raw), re.IGNORECASE)]
    assert search.searched == buffer.end
