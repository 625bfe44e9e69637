"""One line of a log taken apart: its timestamp, and its text as a terminal would show it in the end.

Pure. A line begins with an RFC 3339 timestamp and a space, as the Kubernetes API sends it when asked to; one
without is all text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from rich.cells import cell_len

from widgets.ansi import last_state, styled, without_escapes
from widgets.pieces import Piece

LONGEST: Final = 32 * 1024
"""Bytes of a line that are shown. Longer ones would hold up every paint; saving writes them whole."""
_TAB: Final = 8
"""Cells from one tab stop to the next, as in a terminal."""
_STAMP: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^ \n]{0,20} ")

Decode = Callable[[bytes], str]
"""Makes text of bytes; never called with a carriage return or an escape in them."""


def split(raw: bytes) -> tuple[str, bytes]:
    """The timestamp as it stands (empty for none) and the rest."""
    end = text_start(raw)
    return raw[: end - 1].decode() if end else "", raw[end:]


def text_start(raw: bytes) -> int:
    """Where the text of a line begins, after its timestamp."""
    found = _STAMP.match(raw)
    return found.end() if found else 0


def final(data: bytes) -> bytes:
    """Whole lines as bytes without colours: of each its timestamp and what it shows in the end."""
    if b"\r" in data:
        data = b"\n".join([_final(raw) if b"\r" in raw else raw for raw in data.split(b"\n")])
    return without_escapes(data)


def _final(raw: bytes) -> bytes:
    end = text_start(raw)
    return raw[:end] + last_state(raw[end:])


def texts(data: bytes) -> list[bytes]:
    """The texts of whole lines: without timestamps, escapes and what was written over."""
    return [raw[text_start(raw) :] for raw in final(data).split(b"\n")[:-1]]


def pieces_of(rest: bytes, decode: Decode) -> Sequence[Piece]:
    """The text of a line in the colours of its program, cut when it is very long."""
    last = last_state(rest)
    pieces = styled(last[:LONGEST], _expanding(decode) if b"\t" in last else decode)
    if len(last) > LONGEST:
        pieces.append((f"… and {len(last) - LONGEST:,} bytes more", "dim"))
    return pieces


def text_of(rest: bytes, decode: Decode) -> str:
    """The text of a line without colours, whole."""
    return decode(without_escapes(last_state(rest)))


def _expanding(decode: Decode) -> Decode:
    """`decode` that puts spaces up to the next stop for each tab, one part of a line after the other."""
    cell = 0

    def expand(raw: bytes) -> str:
        nonlocal cell
        shown = ""
        for place, part in enumerate(raw.split(b"\t")):
            pad = " " * (_TAB - cell % _TAB) if place else ""
            text = decode(part) if part else ""
            cell += len(pad) + cell_len(text)
            shown += pad + text
        return shown

    return expand
