"""The OpenAPI v2 document in protocol buffers, the only form in which kubectl takes it.

Owns the field numbers of openapi.v2 (google/gnostic-models) that schemas need, and the encoding. Pure.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, Final

import msgspec

_TEXTS: Final = {"$ref": 1, "format": 2, "title": 3, "description": 4, "pattern": 13}
_NUMBERS: Final = {"multipleOf": 6, "maximum": 7, "minimum": 9}
_FLAGS: Final = {"exclusiveMaximum": 8, "exclusiveMinimum": 10, "uniqueItems": 16}
_COUNTS: Final = {
    "maxLength": 11, "minLength": 12, "maxItems": 14, "minItems": 15, "maxProperties": 17, "minProperties": 18,
}  # fmt: skip
_DEFAULT, _REQUIRED, _ENUM, _ADDITIONAL, _TYPE, _ITEMS, _ALL_OF, _PROPERTIES, _EXTENSION = (
    5,
    19,
    20,
    21,
    22,
    23,
    24,
    25,
    31,
)
_VARINT, _FIXED64, _BYTES = 0, 1, 2


def document(info: Mapping[str, str], definitions: Mapping[str, Any]) -> bytes:
    """A Document of definitions alone."""
    named = b"".join(_bytes(1, _named(name, _schema(node))) for name, node in definitions.items())
    about = _text(1, info["title"]) + _text(2, info["version"])
    return _text(1, "2.0") + _bytes(2, about) + _bytes(8, b"") + _bytes(9, named)


def _schema(node: Mapping[str, Any]) -> bytes:
    return b"".join(_field(name, value) for name, value in node.items())


def _field(name: str, value: Any) -> bytes:
    if name in _TEXTS:
        return _text(_TEXTS[name], str(value))
    if name in _NUMBERS:
        return _key(_NUMBERS[name], _FIXED64) + struct.pack("<d", value)
    if name in _FLAGS or name in _COUNTS:
        return _key(_FLAGS.get(name) or _COUNTS[name], _VARINT) + _varint(int(value))
    if name.startswith("x-"):
        return _bytes(_EXTENSION, _named(name, _any(value)))
    return _inner(name, value)


def _inner(name: str, value: Any) -> bytes:
    match name:
        case "properties":
            return _bytes(_PROPERTIES, b"".join(_bytes(1, _named(key, _schema(each))) for key, each in value.items()))
        case "items":
            return _bytes(_ITEMS, _bytes(1, _schema(value)))
        case "allOf":
            return b"".join(_bytes(_ALL_OF, _schema(each)) for each in value)
        case "additionalProperties" if isinstance(value, Mapping):
            return _bytes(_ADDITIONAL, _bytes(1, _schema(value)))
        case "additionalProperties":
            return _bytes(_ADDITIONAL, _key(2, _VARINT) + _varint(int(value)))
        case "type":
            return _bytes(_TYPE, _text(1, value))
        case "required":
            return b"".join(_text(_REQUIRED, each) for each in value)
        case "enum":
            return b"".join(_bytes(_ENUM, _any(each)) for each in value)
        case "default":
            return _bytes(_DEFAULT, _any(value))
    return b""


def _any(value: Any) -> bytes:
    """A free value, as YAML: JSON is that too."""
    return _text(2, msgspec.json.encode(value).decode())


def _named(name: str, value: bytes) -> bytes:
    return _text(1, name) + _bytes(2, value)


def _text(number: int, text: str) -> bytes:
    return _bytes(number, text.encode())


def _bytes(number: int, data: bytes) -> bytes:
    return _key(number, _BYTES) + _varint(len(data)) + data


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
