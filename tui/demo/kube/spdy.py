"""SPDY/3.1 frames: what kubectl speaks inside a WebSocket to forward ports.

Owns frames and compressed headers. Must not know what streams carry. Flow control is left out: kubectl has none.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_WORDS: Final = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow "
    "authorization cache-control connection content-base content-encoding content-language content-length "
    "content-location content-md5 content-range content-type date etag expect expires from host if-match "
    "if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma "
    "proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade "
    "user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie "
    "keep-alive origin"
)
_TAIL: Final = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative "
    "Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 "
    "Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec "
    "00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,"
    "application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset="
    "iso-8859-1,utf-,*,enq=0."
)
DICTIONARY: Final = (
    b"".join(struct.pack(">I", len(word)) + word.replace("_", " ").encode() for word in _WORDS.split()) + _TAIL.encode()
)
"""What both sides' compression begins with."""
_VERSION: Final = 0x8003
_OPEN, _OPENED, _RESET, _PING, _AWAY = 1, 2, 3, 6, 7
_FINAL: Final = 1
_HEAD: Final = 8
_STREAM: Final = 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class Open:
    """A stream begins."""

    stream: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Data:
    """Bytes of a stream; `final`: the last."""

    stream: int
    data: bytes
    final: bool


@dataclass(frozen=True, slots=True)
class Reset:
    """A stream is given up."""

    stream: int


@dataclass(frozen=True, slots=True)
class Ping:
    """It is to be sent back as it is."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Away:
    """No more streams come."""


Frame = Open | Data | Reset | Ping | Away


class Reader:
    """Frames out of bytes as they come."""

    def __init__(self) -> None:
        self._kept = b""
        self._headers = zlib.decompressobj(zdict=DICTIONARY)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole now. Raises ValueError, zlib.error and struct.error for what is none."""
        self._kept += data
        while len(self._kept) >= _HEAD:
            first, rest = struct.unpack_from(">II", self._kept)
            size = _HEAD + (rest & 0xFFFFFF)
            if len(self._kept) < size:
                return
            whole, self._kept = self._kept[:size], self._kept[size:]
            frame = self._frame(first, rest >> 24, whole)
            if frame is not None:
                yield frame

    def _frame(self, first: int, flags: int, whole: bytes) -> Frame | None:
        body = whole[_HEAD:]
        if not first >> 31:
            return Data(first, body, bool(flags & _FINAL))
        if first >> 16 != _VERSION:
            raise ValueError(f"no frame of SPDY/3: {first:08x}")
        match first & 0xFFFF:
            case code if code == _OPEN:
                return Open(struct.unpack_from(">I", body)[0] & _STREAM, self._read(body[10:]))
            case code if code == _RESET:
                return Reset(struct.unpack_from(">I", body)[0] & _STREAM)
            case code if code == _PING:
                return Ping(whole)
            case code if code == _AWAY:
                return Away()
        return None

    def _read(self, block: bytes) -> dict[str, str]:
        data = self._headers.decompress(block)
        texts, at = [], 4
        for _ in range(2 * struct.unpack_from(">I", data)[0]):
            size = struct.unpack_from(">I", data, at)[0]
            texts.append(data[at + 4 : at + 4 + size].decode("latin-1"))
            at += 4 + size
        return dict(zip(texts[::2], texts[1::2], strict=True))


class Writer:
    """Bytes of frames."""

    def __init__(self) -> None:
        self._headers = zlib.compressobj(zdict=DICTIONARY)

    def opened(self, stream: int) -> bytes:
        """The answer to the opening of a stream, without headers."""
        return self._control(_OPENED, struct.pack(">I", stream) + self._block({}))

    def open(self, stream: int, headers: Mapping[str, str]) -> bytes:
        """The opening of a stream."""
        return self._control(_OPEN, struct.pack(">IIH", stream, 0, 0) + self._block(headers))

    @staticmethod
    def data(stream: int, data: bytes, *, final: bool = False) -> bytes:
        """Bytes of a stream."""
        return struct.pack(">II", stream, (_FINAL if final else 0) << 24 | len(data)) + data

    def _block(self, headers: Mapping[str, str]) -> bytes:
        texts = [text.encode("latin-1") for pair in headers.items() for text in pair]
        plain = struct.pack(">I", len(headers)) + b"".join(struct.pack(">I", len(text)) + text for text in texts)
        return self._headers.compress(plain) + self._headers.flush(zlib.Z_SYNC_FLUSH)

    @staticmethod
    def _control(code: int, body: bytes) -> bytes:
        return struct.pack(">HHI", _VERSION, code, len(body)) + body
