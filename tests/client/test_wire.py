"""Payloads to rows: split anywhere, odd fields and all."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.api import THINGS, ThingRow, line, thing
from tui.client.wire import LineSplitter, decode_page, decode_watch


@given(st.lists(st.binary(max_size=8).map(lambda raw: raw.replace(b"\n", b"")), max_size=8), st.data())
def test_lines_come_whole_however_the_bytes_are_cut(lines: list[bytes], data: st.DataObject) -> None:
    body = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=5)))
    splitter, found = LineSplitter(), []
    for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        found += splitter.feed(body[start:end])
    assert found == [line for line in lines if line]


def test_a_page_has_its_version_and_the_token_of_the_next() -> None:
    body = msgspec.json.encode({"metadata": {"resourceVersion": "7", "continue": "c"}, "items": [thing("x", 3)]})
    page = decode_page(THINGS, body)
    assert (page.rows, page.version, page.next) == ((ThingRow("a/x", 3),), "7", "c")


@pytest.mark.parametrize("body", [b"{}", b'{"metadata":null,"items":null}', b'{"items":[]}'])
def test_an_empty_list_is_one(body: bytes) -> None:
    page = decode_page(THINGS, body)
    assert (page.rows, page.version, page.next) == ((), "", "")


def test_one_odd_object_does_not_cost_the_others() -> None:
    items = [thing("x", 3), {**thing("y"), "value": "seven"}, {**thing("z", 5), "more": {"deep": [1]}}]
    page = decode_page(THINGS, msgspec.json.encode({"metadata": {"resourceVersion": "7"}, "items": items}))
    assert page.rows == (ThingRow("a/x", 3), ThingRow("a/y", 0), ThingRow("a/z", 5))
    assert page.version == "7"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"items": 7}', b'{"items":[{"metadata":'])
def test_what_is_no_list_raises(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_page(THINGS, body)


def test_a_watch_gives_rows_the_last_version_and_the_error() -> None:
    batch = decode_watch(
        THINGS,
        [
            line("ADDED", thing("x", 1, version=3)),
            line("DELETED", thing("x", 1, version=4)),
            line("MODIFIED", {**thing("y", version=5), "value": []}),
            line("BOOKMARK", {"metadata": {"resourceVersion": "9"}}),
            line("ERROR", {"code": 410}),
            line("ADDED", thing("z", 1, version=11)),
        ],
    )
    assert [(row.row.key, row.gone) for row in batch.rows] == [("a/x", False), ("a/x", True), ("a/y", False)]
    assert (batch.version, batch.error) == ("9", {"code": 410})
