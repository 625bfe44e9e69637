"""The colours a program wrote into its own output: SGR sequences become styles, every other escape goes.

Pure. What hides text (conceal, one colour on itself) and what moves (blinking) is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from rich.color import Color
from rich.style import Style

from widgets.pieces import Piece

_SGR: Final = re.compile(rb"\x1b\[([0-9;:]*)m")
_C1: Final = rb"(?:\xc2|(?<![\x80-\xff]))"
"""Before a byte of 0x80-0x9f: it is a control as UTF-8 writes it, or as eight-bit terminals took it."""
_BODY: Final = rb"(?:[^\x07\x1b\n\xc2]|\xc2(?![\x80-\x9f]))*"
"""Ends where another escape begins: else a hostile line would cost the square of its length."""
OTHER: Final = re.compile(
    rb"\x1b\[(?![0-9;:]*m)[0-?]*[ -/]*[@-~]"  # cursor moves, modes, erasing
    # Titles, links, clipboards, device strings. One without an end loses its introducer only: the rest is somebody's
    # words, and so is the next line.
    rb"|(?:\x1b[\]PX^_]|\xc2[\x90\x98\x9d-\x9f])" + _BODY + rb"(?:\x07|\x1b\\|\xc2\x9c)"
    rb"|" + _C1 + rb"\x9b[0-?]*[ -/]*[@-~]"
    rb"|\x1b\[[0-?]*[ -/]*$"  # cut off in the middle
    rb"|\x1b(?!\[[0-9;:]*m)[ -/]*[0-~]?"  # the two-character escapes, or a lone one
    rb"|" + _C1 + rb"[\x80-\x9f]",
    re.MULTILINE,
)
ANY: Final = re.compile(_SGR.pattern + rb"|" + OTHER.pattern, re.MULTILINE)
_HIGH: Final = re.compile(_C1 + rb"[\x80-\x9f]")
_HIGH_UTF8: Final = re.compile(rb"\xc2[\x80-\x9f]")

_ON: Final = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_OFF: Final = {
    22: ("bold", "dim"),
    23: ("italic",),
    24: ("underline",),
    27: ("reverse",),
    29: ("strike",),
}


def last_state(raw: bytes) -> bytes:
    """What a line that was written over with carriage returns shows in the end, in the colours then set."""
    raw = raw.rstrip(b"\r")
    if b"\r" not in raw:
        return raw
    before, _, last = raw.rpartition(b"\r")
    return b"".join(found[0] for found in _SGR.finditer(before)) + last


def without_escapes(raw: bytes) -> bytes:
    """The text alone; line feeds stay where they are."""
    return ANY.sub(b"", raw) if has_escapes(raw) else raw


def has_escapes(raw: bytes) -> bool:
    """Whether anything in it could act on a terminal, carriage returns and tabs left aside."""
    if b"\x1b" in raw:
        return True
    if raw.isascii():
        return False
    try:
        raw.decode()
    except UnicodeDecodeError:
        return _HIGH.search(raw) is not None
    return _HIGH_UTF8.search(raw) is not None


def styled(raw: bytes, decode: Callable[[bytes], str]) -> list[Piece]:
    """One line as pieces, each with the style its program gave it (None for none)."""
    if not has_escapes(raw):
        return [(decode(raw), None)]
    return [(decode(part), style or None) for part, style in _parts(OTHER.sub(b"", raw)) if part]


def _parts(raw: bytes) -> Iterator[tuple[bytes, Style]]:
    style, start = Style.null(), 0
    for found in _SGR.finditer(raw):
        yield raw[start : found.start()], style
        style, start = _apply(style, found[1]), found.end()
    yield raw[start:], style


@lru_cache(maxsize=1024)
def _apply(style: Style, parameters: bytes) -> Style:
    """`style` after one SGR sequence."""
    codes = [int(code) if code else 0 for code in parameters.replace(b":", b";").split(b";")][:32]
    while codes:
        code = codes.pop(0)
        if code == 0:
            style = Style.null()
        elif code in (38, 48):
            style += _extended(codes, background=code == 48)
        elif code in _ON:
            style += Style(**{_ON[code]: True})  # type: ignore[arg-type]
        elif code in _OFF:
            style += Style(**dict.fromkeys(_OFF[code], False))  # type: ignore[arg-type]
        else:
            style += _basic(code)
    if style.color is not None and style.color == style.bgcolor:
        return style + Style(bgcolor="default")
    return style


def _basic(code: int) -> Style:
    """The sixteen colours and the terminal's own."""
    for first, bright in ((30, 0), (90, 8)):
        if first <= code < first + 8:
            return Style(color=Color.from_ansi(code - first + bright))
        if first + 10 <= code < first + 18:
            return Style(bgcolor=Color.from_ansi(code - first - 10 + bright))
    if code == 39:
        return Style(color="default")
    return Style(bgcolor="default") if code == 49 else Style.null()


def _extended(codes: list[int], *, background: bool) -> Style:
    """38 and 48: the rest of their parameters is taken from `codes`; nonsense ends the sequence."""
    kind = codes.pop(0) if codes else 0
    if kind == 5 and codes:
        color = Color.from_ansi(min(codes.pop(0), 255))
    elif kind == 2 and len(codes) >= 3:
        red, green, blue = (min(codes.pop(0), 255) for _ in range(3))
        color = Color.from_rgb(red, green, blue)
    else:
        codes.clear()
        return Style.null()
    return Style(bgcolor=color) if background else Style(color=color)
