"""The requests in a stream of bytes from a client: one head after the other, their bodies skipped.

Owns the reading of HTTP/1.1 heads. Must not know where the bytes come from or go to.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Asked(Struct, frozen=True):
    """One request, and when its head was whole."""

    at: float
    method: str
    path: str
    query: dict[str, list[str]]

    @property
    def verb(self) -> str:
        """`list`, `watch`, `log` or the method: a list is counted by its first page."""
        if self.method != "GET" or self.path.endswith("/log"):
            return "log" if self.path.endswith("/log") else self.method.lower()
        if "watch" in self.query:
            return "watch"
        return "list" if "limit" in self.query and "continue" not in self.query else "get"

    @property
    def resource(self) -> str:
        """The last word of a collection's path."""
        return self.path.rpartition("/")[2]


class Heads:
    """Cuts a stream into requests."""

    def __init__(self) -> None:
        self._kept = b""
        self._body = 0

    def feed(self, data: bytes, at: float) -> list[tuple[Asked | None, bytes]]:
        """Whole heads with the request each is, and pieces of bodies with None; in order."""
        found: list[tuple[Asked | None, bytes]] = []
        self._kept += data
        while self._kept:
            if self._body:
                piece, self._kept = self._kept[: self._body], self._kept[self._body :]
                self._body -= len(piece)
                found.append((None, piece))
                continue
            end = self._kept.find(_END)
            if end < 0:
                break
            head, self._kept = self._kept[: end + len(_END)], self._kept[end + len(_END) :]
            length = _LENGTH.search(head)
            self._body = int(length[1]) if length else 0
            found.append((_asked(head, at), head))
        return found


def _asked(head: bytes, at: float) -> Asked:
    method, target, _version = head.split(b"\r\n", 1)[0].decode("ascii", "replace").split(" ", 2)
    parts = urlsplit(target)
    return Asked(at, method, parts.path, parse_qs(parts.query, keep_blank_values=True))
