"""A log line that holds a JSON object, spread over rows. Pure: text in, pieces out; nothing of it is changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from widgets.pieces import Piece

_BEFORE: Final = 300
"""Characters that may stand before the object: a time, a level, a logger's name."""
_LONGEST: Final = 200_000
"""Characters of an object that is spread."""
_ROWS: Final = 2_000
"""Rows of one line at most."""
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
Row = Sequence[Piece]


def spread(text: str) -> list[Row] | None:
    """The rows of a line that ends with a JSON object, what stands before it on the first; None for others."""
    start = text.find("{", 0, _BEFORE)
    if start < 0 or len(text) > _LONGEST:
        return None
    import json  # not before the first frame

    try:
        value = json.loads(text[start:])
    except (ValueError, RecursionError):
        return None
    return _rows(text[:start], text[start:]) if isinstance(value, dict) and value else None


def _rows(before: str, text: str) -> list[Row]:
    rows: list[list[Piece]] = [[(before, None)] if before else []]
    tokens = _TOKEN.findall(text)
    depth = 0
    for place, token in enumerate(tokens):
        follower = tokens[place + 1] if place + 1 < len(tokens) else ""
        empty = token + follower in ("{}", "[]") or (place and tokens[place - 1] + token in ("{}", "[]"))
        if token in "}]" and not empty:
            depth -= 1
            rows.append([("  " * depth, None)])
        rows[-1].append(_piece(token, follower))
        if token in "{[" and not empty:
            depth += 1
        if (token in "{[" and not empty) or token == ",":
            rows.append([("  " * depth, None)])
        if len(rows) > _ROWS:
            rows.append([("… and more", "dim")])
            break
    return list(rows)


def _piece(token: str, follower: str) -> Piece:
    if token in "{}[],":
        return token, "dim"
    if token == ":":
        return ": ", "dim"
    if token[0] == '"':
        return token, "busy" if follower == ":" else None
    return token, "good"
