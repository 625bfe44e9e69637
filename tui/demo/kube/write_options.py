"""What a write is asked beside its body: to run dry, how strict to be, who writes.

Owns the rules of CreateOptions, UpdateOptions, PatchOptions and DeleteOptions that they share.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.demo.kube import go
from tui.demo.kube.causes import TOO_LONG, Cause, forbidden, required, unsupported
from tui.demo.kube.context import Context
from tui.demo.kube.status import options_invalid

_NAMES: Final = {"POST": "CreateOptions", "PUT": "UpdateOptions", "PATCH": "PatchOptions", "DELETE": "DeleteOptions"}
_DRY: Final = ("All",)
_VALIDATION: Final = ("", "Ignore", "Strict", "Warn")
_LONGEST: Final = 128


def checked(context: Context, *, applies: bool = False) -> None:
    """Raises StatusError (422) for options that make no sense; `applies` says that it is a server-side apply."""
    causes = [*_causes(context, applies)]
    if causes:
        raise options_invalid(_NAMES.get(context.request.method, "ListOptions"), *causes)


def _causes(context: Context, applies: bool) -> Iterator[Cause]:
    manager, validation = context.query("fieldManager"), context.query("fieldValidation")
    if applies and not manager:
        yield required("fieldManager", "is required for apply patch")
    if context.request.method == "PATCH" and not applies and "force" in context.request.query:
        yield forbidden("force", "may not be specified for non-apply patch")
    if len(manager) > _LONGEST:
        yield TOO_LONG, "fieldManager", f"Too long: may not be more than {_LONGEST} bytes"
    yield from _unprintable(manager)
    dry = context.request.query.getall("dryRun", [])
    if any(word not in _DRY for word in dry):
        yield unsupported("dryRun", dry, _DRY)
    if validation not in _VALIDATION:
        yield unsupported("fieldValidation", validation, _VALIDATION)


def _unprintable(manager: str) -> Iterator[Cause]:
    for place, letter in enumerate(manager):
        if not letter.isprintable():
            said = f"invalid character U+{ord(letter):04X} (at position {place})"
            yield "FieldValueInvalid", "fieldManager", f"Invalid value: {go.quote(manager)}: {said}"
