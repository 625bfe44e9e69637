"""The shadow's sequences leave on any terminal what was wanted, whatever was there before."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tests.terminal.glass import Glass, difference
from tui.terminal.shadow import Patch, Shadow

WIDTH, HEIGHT = 24, 9
STYLES = [
    None,
    Style.parse("red on blue"),
    Style.parse("bold #a0b0c0 on #101010"),
    Style.parse("underline on #101010"),
    Style.parse("reverse"),
    Style.parse("italic color(200)"),
    Style.parse("default on default"),
]
WORDS = ["a", "bc", "pod-7f9", "   ", "          ", "世界", "é", "x\u0301y", "●", "🙂", "─▲"]

Grid = list[list[tuple[str, Style | None]]]

segments = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(STYLES)), min_size=1, max_size=5)
patch = st.tuples(st.just("patch"), st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), segments)
shift = st.tuples(st.just("shift"), st.integers(0, HEIGHT - 1), st.integers(1, HEIGHT), st.integers(-4, 4))
sign = st.sampled_from([("send",), ("forget",), ("scribble",)])
steps = st.lists(st.one_of(patch, patch, shift, sign), max_size=30)


def blank() -> Grid:
    return [[(" ", None)] * WIDTH for _ in range(HEIGHT)]


def write(grid: Grid, y: int, x: int, text: str, style: Style | None) -> int:
    """The reference: one character after the other, halves of wide ones become blanks."""
    row = grid[y]
    for character in text:
        size = cell_len(character)
        if size == 0:
            if 0 < x <= WIDTH and row[x - 1][0] not in ("", " "):
                row[x - 1] = (row[x - 1][0] + character, row[x - 1][1])
            continue
        if x + size > WIDTH:
            if x < WIDTH:
                _clear(row, x)
                row[x] = (" ", style)
            return WIDTH + 2
        for place in range(x, x + size):
            _clear(row, place)
        row[x] = (character, style)
        if size == 2:
            row[x + 1] = ("", style)
        x += size
    return x


def _clear(row: list[tuple[str, Style | None]], x: int) -> None:
    text, style = row[x]
    if text == "":
        row[x - 1] = (" ", row[x - 1][1])
    elif x + 1 < WIDTH and row[x + 1][0] == "":
        row[x + 1] = (" ", row[x + 1][1])
    row[x] = (" ", style)


def reference(grid: Grid) -> Glass:
    """The grid painted on a fresh terminal, cell by cell, by rich."""
    out = []
    for y, row in enumerate(grid):
        for x, (text, style) in enumerate(row):
            if text:
                styled = style.render(text, color_system=ColorSystem.TRUECOLOR) if style else text
                out.append(f"\x1b[{y + 1};{x + 1}H\x1b[0m{styled}")
    return Glass(WIDTH, HEIGHT).feed("".join(out))


def as_patch(grid: Grid, y: int) -> Patch:
    return y, 0, [Segment(text, style) for text, style in grid[y] if text]


def apply(step: tuple, grid: Grid, shadow: Shadow) -> None:
    if step[0] == "patch":
        _name, y, x, parts = step
        shadow.take([(y, x, [Segment(text, style) for text, style in parts])])
        for text, style in parts:
            x = write(grid, y, x, text, style) if x < WIDTH else x
    if step[0] == "shift":
        _name, top, height, by = step
        rows = grid[top : top + height]
        for place in range(len(rows)):
            source = place + by
            grid[top + place] = list(rows[source]) if 0 <= source < len(rows) else [(" ", None)] * WIDTH
        shadow.take([as_patch(grid, y) for y in range(top, min(HEIGHT, top + height))])


@pytest.mark.parametrize("erases", [True, False])
@given(steps=steps)
@settings(max_examples=60, deadline=None)
def test_a_terminal_shows_what_was_wanted(erases: bool, steps: list[tuple]) -> None:
    shadow = Shadow(WIDTH, HEIGHT, ColorSystem.TRUECOLOR, erases=erases)
    grid, glass = blank(), Glass(WIDTH, HEIGHT)
    shadow.take([as_patch(grid, y) for y in range(HEIGHT)])
    for step in [*steps, ("send",)]:
        apply(step, grid, shadow)
        if step[0] == "scribble":
            glass.feed("\x1b[2;2Hsomething else\x1b[3;1H\x1b[41mwrote here\x1b[0m")
            shadow.forget()
        if step[0] == "forget":
            shadow.forget()
        if step[0] != "patch":
            glass.feed(shadow.frame())
            assert not difference(glass, reference(grid))
    assert shadow.frame() == ""


def lines(*texts: str) -> list[Patch]:
    return [(y, 0, [Segment(text.ljust(WIDTH))]) for y, text in enumerate(texts)]


def shown(first: int) -> list[str]:
    """A window on lines that have no cell in common with their neighbours."""
    return ["title", *(chr(97 + number % 26) * 12 for number in range(first, first + HEIGHT - 2)), "keys"]


def payload(frame: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*[a-zA-Z]", "", frame)


@pytest.mark.parametrize("by", [1, 3, -1, -3])
def test_what_only_moved_is_moved_by_the_terminal(by: int) -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    glass = Glass(WIDTH, HEIGHT)
    shadow.take(lines(*shown(100)))
    glass.feed(shadow.frame())
    for first in (100 + by, 100 + 2 * by, 100 + 3 * by):
        shadow.take(lines(*shown(first)))
        text = shadow.frame()
        assert glass.feed(text).lines == shown(first)
        assert payload(text) == "".join(line for line in shown(first) if line not in shown(first - by))


def test_a_row_that_changed_alone_is_moved_as_it_is_now() -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    texts = shown(0)
    shadow.take(lines(*texts))
    shadow.frame()
    shadow.take(lines(*shown(1)))
    shadow.frame()
    texts = shown(1)
    texts[4] = "0123456789"
    shadow.take(lines(*texts))
    shadow.frame()
    texts = [texts[0], *texts[2:-1], "ABCDEFGH", texts[-1]]
    shadow.take(lines(*texts))
    assert payload(shadow.frame()) == "ABCDEFGH"


def test_rows_that_share_a_text_do_not_share_a_fate() -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    glass = Glass(WIDTH, HEIGHT)
    shadow.take(lines("a", "b", "c", "d", "e", "f", "same", "same", "keys"))
    glass.feed(shadow.frame())
    shadow.take(lines("b", "c", "d", "e", "f", "same", "same", "new", "keys"))
    glass.feed(shadow.frame())
    shadow.forget()
    shadow.take([(5, 0, [Segment("other")])])
    assert glass.feed(shadow.frame()).lines == ["b", "c", "d", "e", "f", "other", "same", "new", "keys"]


def test_one_cell_costs_a_move_and_a_cell() -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    shadow.take(lines("restarts 4", "other"))
    shadow.frame()
    shadow.take(lines("restarts 5", "other"))
    assert shadow.frame() == "\x1b[1;10H5"


def test_what_was_never_known_is_not_invented() -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    shadow.take([(2, 4, [Segment("here")])])
    assert shadow.frame() == "\x1b[3;5Hhere"


def test_blank_tails_are_erased_where_the_terminal_keeps_the_colour() -> None:
    style = Style.parse("on #123456")
    frames = {}
    for erases in (True, False):
        shadow = Shadow(WIDTH, HEIGHT, ColorSystem.TRUECOLOR, erases=erases)
        shadow.take([(0, 0, [Segment("text".ljust(WIDTH), style)])])
        frames[erases] = shadow.frame()
    assert "\x1b[K" in frames[True]
    assert "\x1b[K" not in frames[False]
    for text in frames.values():
        assert {cell.back for cell in Glass(WIDTH, 1).feed(text).cells[0]} == {"123456"}


@pytest.mark.parametrize("stripes", ["underline", "reverse", "strike"])
def test_what_shows_on_blanks_is_not_erased(stripes: str) -> None:
    shadow = Shadow(WIDTH, HEIGHT, ColorSystem.TRUECOLOR)
    shadow.take([(0, 0, [Segment("text".ljust(WIDTH), Style.parse(stripes))])])
    assert "\x1b[K" not in shadow.frame()


def test_half_a_wide_character_is_never_sent_again() -> None:
    shadow = Shadow(WIDTH, 1)
    shadow.take([(0, 0, [Segment("世界 alone".ljust(WIDTH))])])
    glass = Glass(WIDTH, 1).feed(shadow.frame())
    shadow.take([(0, 1, [Segment("xy")])])
    assert glass.feed(shadow.frame()).lines == [" xy  alone"]
    shadow.forget()
    assert Glass(WIDTH, 1).feed(shadow.frame()).lines == [" xy  alone"]


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J", "\x1b]0;owned\x07", "\x9b31m", "a\rb", "\u202eabc", "\ud800", "\x00\x7f"]
)
def test_nothing_that_acts_on_the_terminal_passes(hostile: str) -> None:
    shadow = Shadow(WIDTH, HEIGHT)
    shadow.take([(0, 0, [Segment(hostile + "|".ljust(WIDTH))])])
    text = shadow.frame()
    text.encode()
    sequences = text.replace("\x1b[1;1H", "").replace("\x1b[K", "")
    assert sequences.isprintable(), repr(text)


def test_characters_of_doubtful_width_do_not_move_what_follows() -> None:
    """On a terminal that takes a flag for one cell the columns behind it still stand where they belong."""
    shadow = Shadow(WIDTH, HEIGHT)
    shadow.take([(0, 0, [Segment("🇩🇪 name  | 7 |".ljust(WIDTH))])])
    text = shadow.frame()
    assert "\x1b[3G name" in text
    assert text.endswith("| 7 |")
