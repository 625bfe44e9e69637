"""Text in cells: never wider than its place, nothing lost, nothing that acts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from widgets.pieces import first_cell, fit, plain, plain_pieces, skip_pieces, width_of, wrap_pieces

texts = st.text(
    st.one_of(st.sampled_from("ab 世界🙂e\u0301ж●[]/\\"), st.characters(exclude_categories=["Cs"])), max_size=60
)
pieces = st.lists(st.tuples(texts.map(plain), st.sampled_from([None, "good", "dim"])), max_size=6)


@given(texts, st.integers(0, 40), st.booleans(), st.booleans())
def test_fit_is_exactly_as_wide_as_its_place(text: str, width: int, right: bool, middle: bool) -> None:
    shown = fit(text, width, right=right, middle=middle)
    assert cell_len(shown) == width
    assert plain(shown) == shown


def test_fit_keeps_both_ends_of_a_name() -> None:
    assert fit("relayserver-5d9f-t5zrj", 12, middle=True) == "relays…t5zrj"
    assert fit("世界世界世界世界", 9, middle=True) == "世界…世界"
    assert fit("世界世界世界世界", 8, middle=True) == "世界… 界"
    assert fit("12", 5, right=True) == "   12"
    assert fit("long", 2) == "l…"


@given(pieces, st.integers(1, 30))
def test_wrapping_loses_nothing_and_fits(given_pieces: list, width: int) -> None:
    lines = wrap_pieces(given_pieces, width)
    assert "".join(text for line in lines for text, _tone in line) == "".join(text for text, _tone in given_pieces)
    assert all(width_of(line) <= max(2, width) for line in lines)
    assert all(width_of(line) >= width - 1 for line in lines[:-1])


@given(pieces, st.integers(0, 50))
def test_skipping_leaves_what_stands_behind(given_pieces: list, cells: int) -> None:
    left = skip_pieces(given_pieces, cells)
    assert width_of(left) == max(0, width_of(given_pieces) - cells)
    whole = "".join(text for text, _tone in given_pieces)
    assert whole.endswith("".join(text for text, _tone in left).lstrip(" ")) or not left


def test_half_a_wide_character_leaves_a_space() -> None:
    assert skip_pieces([("世界", None), ("x", "dim")], 1) == [(" 界", None), ("x", "dim")]
    assert skip_pieces([("世", None), ("x", "dim")], 1) == [(" ", None), ("x", "dim")]


@given(st.text(max_size=80))
def test_plain_text_cannot_act_and_keeps_its_words(text: str) -> None:
    shown = plain(text)
    assert plain(shown) == shown
    assert not any(
        c < " " or "\x7f" <= c <= "\x9f" or "\u202a" <= c <= "\u202e" or "\ud800" <= c <= "\udfff" for c in shown
    )
    if text.isprintable():
        assert shown == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\nc\r\nd", "a b c  d"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("\x9b2J", "\ufffd2J"),
        ("abc\u202edcba\u2066x", "abcdcbax"),
        ("\ud800", "\ufffd"),
        ("世界 é [b]x[/b]", "世界 é [b]x[/b]"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected
    assert plain_pieces([(text, "dim"), ("", None)]) == [(expected, "dim")]


def test_first_cell_counts_cells() -> None:
    assert first_cell([("世界", None), ("ab", "dim"), ("x", "match")], "match") == 6
    assert first_cell([("abc", None)], "match") is None
