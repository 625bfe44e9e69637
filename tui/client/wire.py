"""Kubernetes list pages and watch lines as rows.

Owns the decoding of payloads with the types of a Kind. Reads no network.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from tui.core.facts import Row
from tui.core.kind import Kind
from tui.domain.wire import fit


class ListMeta(Struct, frozen=True, gc=False):
    """Of a list: where its watch begins, and the token of the next page."""

    resourceVersion: str = ""
    continue_: str = msgspec.field(name="continue", default="")


class PageOfRows(Struct, frozen=True):
    """One page of a list."""

    rows: tuple[Row, ...]
    version: str
    next: str


class WatchRow(Struct, frozen=True, gc=False):
    """One object a watch spoke of."""

    row: Row
    gone: bool


_NO_META: Final = ListMeta()


class _RawPage(Struct):
    metadata: ListMeta | None = None
    items: list[Raw] | None = None


class _Line(Struct):
    type: str = ""
    object: Raw = Raw(b"{}")


class _Versioned(Struct, frozen=True):
    metadata: ListMeta | None = None


_NO_OBJECT: Final = _Versioned()


class _VersionedLine(Struct):
    object: _Versioned = _NO_OBJECT


_raw_page = msgspec.json.Decoder(_RawPage).decode
_line = msgspec.json.Decoder(_Line).decode
_versioned = msgspec.json.Decoder(_Versioned).decode
_versioned_line = msgspec.json.Decoder(_VersionedLine).decode


@lru_cache(maxsize=64)
def _decoders(item: Any) -> tuple[Any, Any]:
    page = msgspec.defstruct("Page", [("metadata", ListMeta | None, None), ("items", list[item] | None, None)])
    return msgspec.json.Decoder(page).decode, msgspec.json.Decoder(item).decode


@lru_cache(maxsize=64)
def _line_decoder(item: Any) -> Any:
    line = msgspec.defstruct("Line", [("object", item), ("type", str, "")], gc=False)
    return msgspec.json.Decoder(line).decode


def decode_page(kind: Kind, body: bytes) -> PageOfRows:
    """The rows of one page. Raises msgspec.DecodeError when it is no JSON list."""
    decode_items, _ = _decoders(kind.item)
    decode = kind.decode
    try:
        page = decode_items(body)
        rows = tuple([decode(item) for item in page.items or ()])
    except msgspec.ValidationError:
        # One object with a field of an odd type must not cost the operator all the others.
        page = _raw_page(body)
        rows = tuple([decode(_item(kind, raw)) for raw in page.items or ()])
    meta = page.metadata or _NO_META
    return PageOfRows(rows, meta.resourceVersion, meta.continue_)


def _item(kind: Kind, raw: Raw) -> Any:
    try:
        return _decoders(kind.item)[1](raw)
    except msgspec.ValidationError:
        return fit(msgspec.json.decode(raw), kind.item)


class WatchBatch(Struct, frozen=True):
    """What some bytes of a watch said."""

    rows: tuple[WatchRow, ...] = ()
    version: str = ""
    """The last resourceVersion in it; empty when there was none."""
    error: dict[str, Any] | None = None
    """The Status of an ERROR line, which ends the watch."""


def decode_watch(kind: Kind, lines: list[bytes]) -> WatchBatch:
    """Whole lines of a watch. Raises msgspec.DecodeError on what is no JSON."""
    try:
        return _swiftly(kind, lines)
    except (msgspec.ValidationError, _NotPlain):
        return _carefully(kind, lines)


class _NotPlain(Exception):
    """A line that is no object."""


def _swiftly(kind: Kind, lines: list[bytes]) -> WatchBatch:
    """Each line in one pass: almost always they are sound objects."""
    decode_line, decode = _line_decoder(kind.item), kind.decode
    rows: list[WatchRow] = []
    for raw in lines:
        line = decode_line(raw)
        word = line.type
        if word == "ERROR":
            raise _NotPlain
        if word != "BOOKMARK":
            rows.append(WatchRow(decode(line.object), word == "DELETED"))
    meta = _versioned_line(lines[-1]).object.metadata if lines else None
    return WatchBatch(tuple(rows), meta.resourceVersion if meta else "")


def _carefully(kind: Kind, lines: list[bytes]) -> WatchBatch:
    """Line by line: one odd object costs nobody else, and an ERROR ends it."""
    rows: list[WatchRow] = []
    last: Raw | None = None
    error: dict[str, Any] | None = None
    for raw in lines:
        line = _line(raw)
        if line.type == "ERROR":
            found = msgspec.json.decode(line.object)
            error = found if isinstance(found, dict) else {}
            break
        last = line.object
        if line.type != "BOOKMARK":
            rows.append(WatchRow(kind.decode(_item(kind, line.object)), line.type == "DELETED"))
    meta = _versioned(last).metadata if last is not None else None
    return WatchBatch(tuple(rows), meta.resourceVersion if meta else "", error)


class LineSplitter:
    """Bytes in any pieces to whole lines; a line may be as long as the server likes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that are now whole, without their line ends; empty lines left out."""
        head, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            self._parts.append(chunk)
            return []
        whole = b"".join((*self._parts, head))
        self._parts = [tail] if tail else []
        return [line for line in whole.split(b"\n") if line]
