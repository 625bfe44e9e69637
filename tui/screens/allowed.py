"""What we have no right to: actions leave the footer and their keys say what is missing, and so do titles of tables.

Owns the words. What an action needs is `domain.rights`'; whether we have it is the session's to find out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, Protocol, TypeVar

from tui.core.facts import Phase
from tui.core.health import Health
from tui.core.table import Tone
from tui.domain import derived
from tui.domain.kinds import BY_NAME
from tui.domain.rights import ACTIONS, Need, of_kind, told
from tui.screens.deck import Deck

_OBJECT: Final = ("describe", "yaml")


S = TypeVar("S", bound="Acting")
R = TypeVar("R")


class Acting(Protocol):
    """A screen whose actions need rights."""

    def lacking(self, action: str) -> str:
        """What we may not do that the action would; empty when it may be tried."""

    @property
    def notify(self) -> Any:
        """Textual's."""


def needs(action: str, kind: str) -> tuple[Need, ...]:
    """The rights of an action on a row that stands for an object of `kind`, empty when for none."""
    if action in _OBJECT and kind:
        return (of_kind("get", BY_NAME[kind]),)
    return ACTIONS.get(action, ())


def lacking(deck: Deck, wanted: tuple[Need, ...], namespace: str) -> str:
    """The rights that are known to be missing, in words."""
    rights = deck.session.rights if deck.session is not None else None
    if rights is None:
        return ""
    return told((need for need in wanted if rights.may(need, namespace) is False), namespace)


def guarded(action: Callable[[S], R]) -> Callable[[S], R | None]:
    """An action that is not begun when we may not: it says so instead."""

    @wraps(action)
    def run(screen: S) -> R | None:
        missing = screen.lacking(action.__name__.removeprefix("action_"))
        if not missing:
            return action(screen)
        screen.notify(f"not allowed here: {missing}", severity="warning", markup=False)
        return None

    return run


def unseen(deck: Deck, kind: str) -> list[tuple[str, Tone]]:
    """`? may not list nodes`; nothing when all is seen, or when the table itself says that it is denied."""
    missing = derived.unseen(kind, deck.store.source)
    if not missing or deck.store.source(kind).phase is Phase.DENIED:
        return []
    return [(f"  {deck.glyph(Health.UNKNOWN)} may not {', '.join(missing)}", Health.UNKNOWN)]
