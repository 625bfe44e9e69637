"""Errors in ARM bodies, and what is left of them when the wrappers are off.

Owns the recursive {code, message, target, details} shape, null-filled ones included (they mean none), and the known
envelopes round the one sentence that matters. Must not know causes or remedies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from tui.domain.wire import mapping, said, sequence, text

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
    code, message = text(wire.get("code")), said(wire.get("message"))
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
        r"^.*due to atomic being set\s{0,4}:(?P<inner>.+)$",
        r"^.*\bInnerError\s{0,4}:?\s{0,4}\[(?P<inner>.+)$",
        r"^.*The extension operation failed with the following error\s{0,4}:(?P<inner>.+)$",
        r"^(?P<inner>.+)\boccurred while doing the operation\s{0,4}:.*$",
        r"^.*no policies blocking the resource creation[^:]{0,80}:(?P<inner>.+)$",
        r"^(?:[\s\[{<]*(?:Helm (?:installation|upgrade) failed|Error)\s{0,4}:)+(?P<inner>.+)$",
    )
)
"""Each names the part that is kept. Applied over and over until none of them matches."""
_OPENED_BY: Final = {"]": "[", "}": "{", ">": "<"}


def essence(message: str) -> str:
    """The sentence inside the envelopes; the message itself when there is none."""
    told, before = message.strip(), ""
    while told != before:
        before = told
        for wrapper in _WRAPPERS:
            found = wrapper.match(told)
            if found and (inner := _unbracket(found["inner"].strip())):
                told = inner
    return told


def _unbracket(message: str) -> str:
    """Without closing brackets that were opened in a part now gone."""
    excess = {closing: message.count(closing) - message.count(opening) for closing, opening in _OPENED_BY.items()}
    end = len(message)
    while end and (message[end - 1].isspace() or excess.get(message[end - 1], 0) > 0):
        if not message[end - 1].isspace():
            excess[message[end - 1]] -= 1
        end -= 1
    return message[:end]
