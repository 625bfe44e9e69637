"""Foreign text is harmless after `clean`, and only what is harmful is lost."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hostile import CORPUS, offences
from tui.core.text import clean, clean_lines, shorten_end, shorten_middle

ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\x1b[]PX^_\\;?0123mhJ\x07\x9b\x9c\x9d\x90\u0301\u200b")))


@pytest.mark.parametrize("text", CORPUS)
def test_the_corpus_is_harmless(text: str) -> None:
    assert offences(clean(text)) == []
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT)
def test_any_text_is_harmless_and_cleaning_again_changes_nothing(text: str) -> None:
    once = clean(text)
    assert offences(once) == []
    assert clean(once) == once


def test_every_character_there_is() -> None:
    for start in range(0, sys.maxunicode + 1, 65536):
        assert offences(clean("".join(map(chr, range(start, start + 65536))))) == []


@pytest.mark.parametrize("text", ["", "plain", "naïve café", "日本語", "emoji 🚀", "[red]not markup[/]", "a\u0301"])
def test_harmless_text_is_the_same_object(text: str) -> None:
    assert clean(text) is text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\tb\nc", "a b c"),
        ("\x00\x07", "\ufffd\ufffd"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 3),
    ],
)
def test_what_is_left(text: str, left: str) -> None:
    assert clean(text) == left


@pytest.mark.parametrize("start", ["\x1b]0;", "\x1bP", "\x9d", "\x90", "\x1b_"])
def test_a_sequence_without_an_end_hides_nothing(start: str) -> None:
    """Else one character, or a badly decoded quotation mark, would swallow the rest of a message."""
    assert clean(f"{start}disk is full").endswith("disk is full")


def test_lines_are_cleaned_one_by_one() -> None:
    assert clean_lines("a\r\nb\x1b[31m\nc\rd") == ["a", "b", "c d"]


@given(st.text(), st.integers(0, 40))
def test_shortened_text_fits(text: str, width: int) -> None:
    for shorten in (shorten_end, shorten_middle):
        short = shorten(text, width)
        assert len(short) <= width
        if len(text) <= width:
            assert short is text


def test_the_middle_goes_and_both_ends_stay() -> None:
    assert shorten_middle("relayserver-6995b6594d-t5zrj", 15) == "relayse…d-t5zrj"
    assert shorten_end("relayserver-6995b6594d", 8) == "relayse…"
    assert shorten_middle("abc", 1) == "…"
    assert shorten_middle("abc", 0) == shorten_end("abc", 0) == ""


@pytest.mark.parametrize("piece", ["\x1b]", "\x9d", "\x1b[", "\x9b0", "\x1b[0;", "\u0301", "\x1b "])
def test_hostile_length_costs_no_more_than_its_length(piece: str) -> None:
    """With a quadratic pattern this takes minutes; the bound is far above what is needed."""
    began = time.process_time()
    clean(piece * 50_000)
    assert time.process_time() - began < 5
