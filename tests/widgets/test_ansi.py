"""A program's own colours: kept as styles, everything else it tried is gone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from widgets.ansi import last_state, styled, without_escapes


def decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def test_colours_become_styles() -> None:
    raw = b"plain \x1b[1;31mred\x1b[0m \x1b[38;5;200mpink\x1b[39m\x1b[48;2;1;2;3m back\x1b[m end"
    assert styled(raw, decode) == [
        ("plain ", None),
        ("red", Style(color="color(1)", bold=True)),
        (" ", None),
        ("pink", Style(color="color(200)")),
        (" back", Style(color="default", bgcolor="#010203")),
        (" end", None),
    ]


def test_bright_colours_and_attributes() -> None:
    ((_, bright), (_, plain)) = styled(b"\x1b[92;4;7;9;3mx\x1b[22;23;24;27;29;104my", decode)
    assert (bright.color.number, bright.underline, bright.reverse, bright.strike, bright.italic) == (10, *[True] * 4)
    assert (plain.bgcolor.number, plain.underline, plain.reverse, plain.strike) == (12, False, False, False)


@pytest.mark.parametrize("hiding", [b"\x1b[8mx", b"\x1b[5mx", b"\x1b[6mx", b"\x1b[31;41mx"])
def test_nothing_hides_and_nothing_blinks(hiding: bytes) -> None:
    ((text, style),) = styled(hiding, decode)
    assert text == "x"
    assert style is None or (not style.conceal and not style.blink and style.color != style.bgcolor)


@pytest.mark.parametrize(
    "escape",
    [
        b"\x1b[2J", b"\x1b[10;10H", b"\x1b[?1049l", b"\x1b]0;title\x07", b"\x1b]8;;http://x\x1b\\", b"\x1bPq#0\x1b\\",
        b"\x1b]52;c;aGVsbG8=\x07", b"\x1b(0", b"\x1bc", b"\x1b7", b"\x1b[6n", b"\x1b[>4;2m", b"\x1b_G\x1b\\",
        b"\x1b[38;5m", b"\x1b[38;2;1m", b"\x1b[48m", b"\x1b[999m", b"\x1b[;;;m",
    ],
)  # fmt: skip
def test_every_other_escape_is_gone(escape: bytes) -> None:
    assert styled(b"before" + escape + b"after", decode) in (
        [("before", None), ("after", None)],
        [("beforeafter", None)],
    )
    assert without_escapes(b"before" + escape + b"after") == b"beforeafter"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a\x9b2Jb", b"ab"),  # as eight-bit terminals take it
        ("a\x9b31mb\x9d0;t\x07c\x90q\x9cd\x85e".encode(), b"abcde"),
        ("caf\xe9 \u4e16\u754c \u011b \u2588\u2589".encode(), "caf\xe9 \u4e16\u754c \u011b \u2588\u2589".encode()),
        (b"\x1b]52;c;aGk\nnext", b"52;c;aGk\nnext"),
        (b"\x1b]8;;http://x\nlink\x1b]8;;\x07 end", b"8;;http://x\nlink end"),
        (b"\x1bPdevice\nnext\x1b\\", b"device\nnext"),
        (b"a\x1b[3\nb", b"a\nb"),
        (b"a\x1b\nb", b"a\nb"),
    ],
)
def test_controls_of_eight_bits_go_and_an_unfinished_escape_ends_with_its_line(raw: bytes, expected: bytes) -> None:
    assert without_escapes(raw) == expected
    assert without_escapes(expected) == expected


@pytest.mark.parametrize("piece", [b"\x1b]", b"\x1b[1;", b"a\x9d", b"\xc2\x9d", b"\x1bP1", b"\xc2\x9b1", b"\x1b["])
def test_hostile_escapes_cost_no_more_than_their_length(piece: bytes) -> None:
    began = time.process_time()
    without_escapes(piece * 100_000)
    styled(piece * 20_000, decode)
    assert time.process_time() - began < 2.0


@given(st.lists(st.sampled_from([b"\x1b", b"[", b"31", b";", b"m", b"]", b"x", b"\x07", b"\r", b"\xff", b"38;5;"])))
def test_no_line_breaks_it(parts: list[bytes]) -> None:
    raw = b"".join(parts)
    text = "".join(text for text, _style in styled(raw, decode))
    assert len(text) <= len(raw)
    assert all(text for text, _style in styled(raw, decode)) or not raw or raw.count(b"\x1b") == 0


@given(st.binary(max_size=300))
def test_line_feeds_stay_where_they_are(raw: bytes) -> None:
    assert without_escapes(raw).count(b"\n") == raw.count(b"\n")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"10%\r50%\r100%", b"100%"),
        (b"10%\r50%\r", b"50%"),
        (b"windows\r", b"windows"),
        (b"no return", b"no return"),
        (b"\x1b[32m10%\r20%", b"\x1b[32m20%"),
        (b"\r\r", b""),
    ],
)
def test_of_a_progress_bar_the_last_state_is_shown(raw: bytes, expected: bytes) -> None:
    assert last_state(raw) == expected
