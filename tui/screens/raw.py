"""The raw object behind a row, fetched when asked for: as a description, as YAML. Nothing is kept.

Owns the errands only; the words are `domain.describe`'s.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tui.core.errors import Problem
from tui.domain import event
from tui.domain.kinds import BY_NAME
from tui.screens.deck import Deck

Load = Callable[[], Awaitable[list[str] | Problem]]
"""Fetches a document: its clean lines, or why there are none."""

_NO_KUBE = Problem("no Kubernetes API to ask", next="see the head line")


def describe_object(deck: Deck, kind: str, key: str) -> Load:
    """What `kubectl describe` tells of one object, with the events known of it."""

    async def load() -> list[str] | Problem:
        from tui.domain.describe import describe

        found = await _fetch(deck, kind, key)
        return found if isinstance(found, Problem) else describe(found, _events(deck, kind, key, found), deck.now())

    return load


def yaml_of_object(deck: Deck, kind: str, key: str) -> Load:
    """One object as YAML, without managedFields, secrets masked."""

    async def load() -> list[str] | Problem:
        from tui.domain.describe import to_yaml

        found = await _fetch(deck, kind, key)
        return found if isinstance(found, Problem) else to_yaml(found)

    return load


async def _fetch(deck: Deck, kind: str, key: str) -> dict[str, Any] | Problem:
    if deck.session is None or deck.session.kube is None:
        return _NO_KUBE
    found: dict[str, Any] | Problem = await deck.session.kube.get(BY_NAME[kind], key)
    return found


def _events(deck: Deck, kind: str, key: str, found: dict[str, Any]) -> list[event.EventRow]:
    namespace, _, name = key.rpartition("/")
    uid = str(found.get("metadata", {}).get("uid", ""))
    rows = deck.store.rows(event.NAME).values()
    about = [row for row in rows if event.concerns(row, BY_NAME[kind].kind, namespace, name, uid)]
    return sorted(about, key=lambda row: row.last or 0.0)


def yaml_of_resource(deck: Deck, resource_id: str) -> Load:
    """One ARM resource as YAML, secrets masked."""

    async def load() -> list[str] | Problem:
        from tui.domain.describe import to_yaml

        if deck.session is None or deck.session.arm is None:
            return Problem("no ARM to ask", next="sign in, or see the head line")
        found = await deck.session.arm.extension(resource_id)
        return found if isinstance(found, Problem) else to_yaml(found)

    return load
