"""What LIST and WATCH are asked: which resourceVersion, how exactly, from where on.

Owns the rules of ListOptions (k8s.io/apimachinery `internalversion/validation`) and the reading of versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.demo.kube.causes import Cause, forbidden, unsupported
from tui.demo.kube.context import Context
from tui.demo.kube.status import StatusError, options_invalid, unnamed

_MATCH: Final = "resourceVersionMatch"
_INITIAL: Final = "sendInitialEvents"
_LIST: Final = ("Exact", "NotOlderThan", "")
_WATCH: Final = ("NotOlderThan",)


def checked(context: Context, *, watch: bool = False) -> None:
    """Raises StatusError (400, 422) for options that make no sense together."""
    for name in ("limit", "timeoutSeconds"):
        context.number(name)
    causes = [*(_of_watch(context) if watch else _of_list(context))]
    if causes:
        raise options_invalid("ListOptions", *causes)


def _of_list(context: Context) -> Iterator[Cause]:
    match, version = context.query(_MATCH), context.query("resourceVersion")
    if match and not version:
        yield forbidden(_MATCH, "resourceVersionMatch is forbidden unless resourceVersion is provided")
    if match and context.query("continue"):
        yield forbidden(_MATCH, "resourceVersionMatch is forbidden when continue is provided")
    if match not in _LIST:
        yield unsupported(_MATCH, match, _LIST)
    if match == "Exact" and version == "0":
        yield forbidden(_MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    if _INITIAL in context.request.query:
        yield forbidden(_INITIAL, "sendInitialEvents is forbidden for list")


def _of_watch(context: Context) -> Iterator[Cause]:
    match, initial = context.query(_MATCH), _INITIAL in context.request.query
    if match and not initial:
        yield forbidden(_MATCH, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
    if initial and match != "NotOlderThan":
        yield forbidden(_MATCH, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
    if match and match not in _WATCH:
        yield unsupported(_MATCH, match, _WATCH)
    if context.query("continue"):
        yield forbidden(_MATCH, "resourceVersionMatch is forbidden when continue is provided")


def version_of(text: str) -> int | None:
    """A resourceVersion as a number, None when it is absent. Raises ValueError, which says what is wrong."""
    if not text:
        return None
    if not text.isdecimal():
        raise ValueError(
            f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        )
    return int(text)


def version(context: Context, *, watch: bool = False) -> int | None:
    """The version that is asked for. Raises StatusError: 400 for a list, 500 for a watch."""
    try:
        return version_of(context.query("resourceVersion"))
    except ValueError as error:
        raise unnamed(str(error)) if watch else StatusError(400, f"invalid resource version: {error}") from None
