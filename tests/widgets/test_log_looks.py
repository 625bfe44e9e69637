"""The pure parts of how a log looks: times, letters, colours, JSON, rates."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.log_highlight import Highlight, highlighted, toggled
from widgets.log_hues import HUES, INKS
from widgets.log_json import spread
from widgets.log_line import final, pieces_of, texts
from widgets.log_rate import Rate
from widgets.log_sources import letter_of, marks_of
from widgets.log_time import ago, when


def decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (-5, "0s"), (59, "59s"), (60, "1m"), (3700, "1h"), (90000, "1d")]
)
def test_ages(seconds: float, text: str) -> None:
    assert ago(seconds) == text


@pytest.mark.parametrize("stamp", ["", "nonsense", "2026-13-02T10:00:00Z"])
def test_what_is_no_time_says_nothing(stamp: str) -> None:
    assert when(stamp, "time", 0.0, wide=True) == when(stamp, "age", 0.0, wide=True) == ""
    assert when(stamp, "full", 0.0, wide=True) == stamp


def test_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert when("2026-01-02T20:00:00Z", "time", 1767380400.0, wide=False) == "05:00:00", "today, there"
        assert when("2026-01-02T10:00:00Z", "time", 1767380400.0, wide=False) == "01-02 19:00:00"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_letters_and_colours_of_sources() -> None:
    letters = [letter_of(number) for number in range(256)]
    assert letters[:3] == ["A", "B", "C"]
    assert letters[25:28] == ["Z", "a", "b"]
    assert letters[51:54] == ["z", "AA", "AB"]
    assert len(set(letters)) == 256
    assert len({mark.tone for mark in marks_of([str(n) for n in range(8)])}) == len(HUES) == 8


def test_highlights_take_the_next_free_colour() -> None:
    highlights: list[Highlight] = []
    for text in "abc":
        highlights = toggled(highlights, text)
    assert [each.tone for each in highlights] == list(INKS[:3])
    highlights = toggled(highlights, "a")
    assert toggled(highlights, "d")[-1] == Highlight("d", INKS[0])
    assert highlighted([("abcd", None)], highlights) == [("a", None), ("b", INKS[1]), ("c", INKS[2]), ("d", None)]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(max_size=3), values, min_size=1, max_size=4), st.sampled_from(["", "INFO: ", "10:00 [x] "])
)
def test_spread_json_is_the_same_json(value: dict, before: str) -> None:
    rows = spread(before + json.dumps(value))
    assert rows is not None
    text = "\n".join("".join(part for part, _tone in row) for row in rows)
    assert text.startswith(before)
    assert json.loads(text[len(before) :]) == value
    assert text[len(before) :].replace("{}", "").count("{") <= len(rows)


@pytest.mark.parametrize(
    "text", ["", "plain", "{not json}", "[1]", "{}", '{"a":1} and more', "{" * 5000, '{"a":' * 3000]
)
def test_what_is_no_object_is_not_spread(text: str) -> None:
    assert spread(text) is None


def test_a_huge_object_is_cut() -> None:
    rows = spread(json.dumps({"a": list(range(30_000))}))
    assert rows is not None
    assert len(rows) < 2_100
    assert rows[-1] == [("… and more", "dim")]


def test_a_rate_rises_and_falls() -> None:
    rate = Rate()
    for tick in range(100):
        rate.add(100, 1000 + tick / 10)
    assert 900 < rate.at(1009.9) < 1100
    assert rate.at(1011) < 600
    assert rate.at(1100) == 0


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a\tb", "a       b"), (b"\tb", "        b"), ("世\tb".encode(), "世      b"),
        (b"12345678\tb", "12345678        b"),
        (b"a\x1b[31mb\tc\x1b[0m\td", "ab      c       d"),
    ],
)  # fmt: skip
def test_tabs(raw: bytes, text: str) -> None:
    assert "".join(part for part, _tone in pieces_of(raw, decode)) == text


def test_a_line_is_what_it_shows_in_the_end() -> None:
    stamp = b"2026-01-02T10:14:03Z "
    data = stamp + b"10%\r20%\n" + b"\x1b[1mbold\x1b[0m\r\n" + stamp + b"\n"
    assert final(data) == stamp + b"20%\nbold\n" + stamp + b"\n"
    assert texts(data) == [b"20%", b"bold", b""]
