"""What is wrong with one field: the reasons that a Status gives, and the sentences that many rules share.

Pure. Owns the words of k8s.io/apimachinery `validation/field`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

Cause = tuple[str, str, str]
"""Reason, field, sentence."""

REQUIRED: Final = "FieldValueRequired"
INVALID: Final = "FieldValueInvalid"
UNSUPPORTED: Final = "FieldValueNotSupported"
DUPLICATE: Final = "FieldValueDuplicate"
FORBIDDEN: Final = "FieldValueForbidden"
TYPE: Final = "FieldValueTypeInvalid"
TOO_LONG: Final = "FieldValueTooLong"
TOO_MANY: Final = "FieldValueTooMany"


def quoted(value: Any) -> str:
    """A value as it stands in a sentence: strings in quotes, maps and lists as JSON."""
    return msgspec.json.encode(value).decode()


def invalid(field: str, value: Any, said: str) -> Cause:
    """`Invalid value: "x": must be …`."""
    return INVALID, field, f"Invalid value: {quoted(value)}: {said}"


def forbidden(field: str, said: str) -> Cause:
    """`Forbidden: …`."""
    return FORBIDDEN, field, f"Forbidden: {said}"


def required(field: str, said: str = "") -> Cause:
    """`Required value`, and why."""
    return REQUIRED, field, f"Required value: {said}" if said else "Required value"


def unsupported(field: str, value: Any, supported: Sequence[Any]) -> Cause:
    """The cause for a value that is none of a few."""
    listed = ", ".join(quoted(each) for each in supported)
    return UNSUPPORTED, field, f"Unsupported value: {quoted(value)}: supported values: {listed}"


def duplicate(field: str, value: Any) -> Cause:
    """`Duplicate value: "x"`."""
    return DUPLICATE, field, f"Duplicate value: {quoted(value)}"
