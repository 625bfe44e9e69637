"""Frames of SPDY: whatever is written is read, in whatever pieces it comes."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.demo.kube.spdy import DICTIONARY, Away, Data, Open, Ping, Reader, Reset, Writer

HEADERS = st.dictionaries(st.text("abcdef-", min_size=1, max_size=8), st.text("0123xyz", max_size=12), max_size=4)
OPEN = st.builds(Open, st.integers(1, 2**31 - 1), HEADERS)
DATA = st.builds(Data, st.integers(1, 2**31 - 1), st.binary(max_size=60), st.booleans())


@settings(max_examples=60)
@given(st.lists(st.one_of(OPEN, DATA), max_size=8), st.integers(1, 40))
def test_frames_in_any_pieces(frames: list[Open | Data], size: int) -> None:
    writer, reader, wire = Writer(), Reader(), b""
    for frame in frames:
        if isinstance(frame, Open):
            wire += writer.open(frame.stream, frame.headers)
        else:
            wire += writer.data(frame.stream, frame.data, final=frame.final)
    pieces = [wire[start : start + size] for start in range(0, len(wire), size)]
    assert [frame for piece in pieces for frame in reader.feed(piece)] == frames


def test_what_else_comes() -> None:
    ping = struct.pack(">HHII", 0x8003, 6, 4, 1)
    reset, away = struct.pack(">HHIII", 0x8003, 3, 8, 5, 1), struct.pack(">HHIII", 0x8003, 7, 8, 0, 0)
    settings_ = struct.pack(">HHII", 0x8003, 4, 4, 0)
    assert list(Reader().feed(settings_ + ping + reset + away)) == [Ping(ping), Reset(5), Away()]
    with pytest.raises(ValueError, match="no frame of SPDY/3"):
        list(Reader().feed(struct.pack(">HHI", 0x8002, 6, 0)))


def test_the_dictionary_is_that_of_the_protocol() -> None:
    assert (len(DICTIONARY), zlib.adler32(DICTIONARY)) == (1423, 0xE3C6A7C2)
