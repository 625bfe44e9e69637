"""Pages folded at words: nothing lost, nothing too wide, what goes on under what it belongs to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.screens.folding import Line, folded

TEXTS = st.text(st.sampled_from("ab/ .:=é漢-"), max_size=60)
LINES = st.lists(st.tuples(TEXTS, st.sampled_from([None, "dim", "strong"])), min_size=1, max_size=5)


def text(line: Line) -> str:
    return "".join(piece for piece, _tone in line)


def squeezed(lines: list[Line]) -> str:
    return "".join("".join(text(line).split()) for line in lines)


@given(LINES, st.integers(24, 90))
def test_no_row_is_too_wide_and_no_letter_is_lost(line: Line, width: int) -> None:
    rows = folded([line], width)
    assert all(cell_len(text(row)) <= width for row in rows)
    assert squeezed(rows) == squeezed([line])


def test_what_goes_on_stands_under_the_text_after_its_label() -> None:
    rows = folded([[("    do   ", "dim"), ("let the nodes pull images from the registry", None)]], 30)
    assert [text(row).rstrip() for row in rows] == [
        "    do   let the nodes pull",
        "         images from the",
        "         registry",
    ]


def test_an_id_breaks_after_a_slash_and_a_word_that_fits_is_whole() -> None:
    rows = folded([[("  id  ", "dim"), ("/subscriptions/0123456789/resourceGroups/rg-ml/providers", None)]], 32)
    assert [text(row) for row in rows] == [
        "  id  /subscriptions/0123456789/",
        "      resourceGroups/rg-ml/",
        "      providers",
    ]
    assert folded([[("short", None)]], 32) == [[("short", None)]]


def test_a_terminal_too_narrow_is_left_to_the_page() -> None:
    line: Line = [("a long line that does not fit in here", None)]
    assert folded([line], 10) == [line]
