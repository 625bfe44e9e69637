"""One line of a log taken apart: its timestamp, and its text as a terminal would show it in the end.

Pure. A line begins with an RFC 3339 timestamp and a space, as the Kubernetes API sends it when asked to; one
without is all text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from widgets.ansi import last_state, styled, without_escapes
from widgets.pieces import Piece

_LONGEST: Final = 256 * 1024
"""Bytes of a line that are shown. Longer ones would hold up every paint; saving writes them whole."""
_STAMP: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^ \n]* ")
STAMPS: Final = re.compile(rb"^" + _STAMP.pattern, re.MULTILINE)

Decode = Callable[[bytes], str]
"""Makes text of bytes; never called with a carriage return or an escape in them."""


def split(raw: bytes) -> tuple[str, bytes]:
    """The timestamp as it stands (empty for none) and the rest."""
    found = _STAMP.match(raw)
    return (found[0][:-1].decode(), raw[found.end() :]) if found else ("", raw)


def moment_of(stamp: str) -> datetime | None:
    """The instant a timestamp names, None when it is none."""
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return None


def pieces_of(rest: bytes, decode: Decode) -> Sequence[Piece]:
    """The text of a line in the colours of its program, cut when it is very long."""
    last = last_state(rest)
    pieces = styled(last[:_LONGEST], decode)
    if len(last) > _LONGEST:
        pieces.append((f"… and {len(last) - _LONGEST:,} bytes more", "dim"))
    return pieces


def text_of(rest: bytes, decode: Decode) -> str:
    """The text of a line without colours, whole."""
    return decode(without_escapes(last_state(rest)))


def ago(seconds: float) -> str:
    """An age in its largest unit: `5m`."""
    total = max(0, int(seconds))
    for size, name in ((86400, "d"), (3600, "h"), (60, "m")):
        if total >= size:
            return f"{total // size}{name}"
    return f"{total}s"
