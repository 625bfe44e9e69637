"""Errors in ARM bodies, and what is left of them when the wrappers are off.

Owns the recursive {code, message, target, details} shape, null-filled ones included (they mean none),
and the known
envelopes round the one sentence that matters. Must not know causes or remedies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from tui.domain.wire import mapping, sequence, text

_DEEPEST: Final = 8
"""Levels of `details` that are followed; ARM nests three."""


class ArmError(Struct, frozen=True, gc=False):
    """One error with those inside it."""

    code: str
    message: str
    target: str = ""
    details: tuple[ArmError, ...] = ()
    info: tuple[str, ...] = ()
    """The types of additionalInfo entries, `PolicyViolation`."""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.code, self.message) if part)


def decode(body: object, depth: int = 0) -> ArmError | None:
    """The error in `body` (an error object, or one wrapped in {"error": …}); None when there is none."""
    wire = mapping(body)
    if isinstance(wire.get("error"), dict):
        wire = wire["error"]
    inside = sequence(wire.get("details")) if depth < _DEEPEST else []
    details = tuple(error for error in (decode(item, depth + 1) for item in inside) if error is not None)
    code, message = text(wire.get("code")), text(wire.get("message")).strip()
    if not (code or message or details):
        return None
    info = tuple(text(mapping(item).get("type")) for item in sequence(wire.get("additionalInfo")))
    return ArmError(code, message, text(wire.get("target")), details, tuple(filter(None, info)))


def lines(error: ArmError, indent: int = 0) -> Iterator[str]:
    """The whole error, one line each, details indented by two."""
    target = f" ({error.target})" if error.target else ""
    info = f" [{', '.join(error.info)}]" if error.info else ""
    yield f"{' ' * indent}{error}{target}{info}"
    for inside in error.details:
        yield from lines(inside, indent + 2)


def innermost(error: ArmError) -> ArmError:
    """The error that caused the others, its message without wrappers."""
    while error.details:
        error = next((inside for inside in error.details if inside.message), error.details[0])
    return ArmError(error.code, essence(error.message), error.target, (), error.info)


_WRAPPERS: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"^.*?due to atomic being set\s*:\s*(?P<inner>.+)$",
        r"^.*\bInnerError\s*:?\s*\[\s*(?P<inner>.+)$",
        r"^.*?The extension operation failed with the following error\s*:\s*(?P<inner>.+)$",
        r"^(?P<inner>.+?)[\s\]}>.,]*occurred while doing the operation\s*:.*$",
        r"^.*?no policies blocking the resource creation[^:]*:\s*(?P<inner>.+)$",
        r"^[\s\[{<]*(?:Helm (?:installation|upgrade) failed|Error)\s*:\s*(?P<inner>.+)$",
    )
)
"""Each names the part that is kept. Applied over and over until none of them matches."""


def essence(message: str) -> str:
    """The sentence inside the envelopes; the message itself when there is none."""
    told, before = message.strip(), ""
    while told != before:
        before = told
        for wrapper in _WRAPPERS:
            found = wrapper.match(told)
            if found and found["inner"].strip():
                told = _unbracket(found["inner"].strip())
    return told


def _unbracket(message: str) -> str:
    """Without closing brackets that were opened in a part now gone."""
    for opening, closing in ("[]", "{}", "<>"):
        while message.endswith(closing) and message.count(closing) > message.count(opening):
            message = message[:-1].rstrip()
    return message
