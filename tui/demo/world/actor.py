"""What has a part in the world: shown as objects at a moment, with the next moment at which it changes.

Owns the contract and the simplest part, scenery. Must not know who shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Protocol

from tui.demo.world.bodies import Maker, Shown
from tui.demo.world.events import Note, bodies, next_change
from tui.demo.world.logs import Voice


class Actor(Protocol):
    """A part of the world as a pure function of time, save for what clients did to it."""

    def bodies(self, now: float) -> Iterable[Shown]:
        """Every object it consists of at `now`."""

    def voices(self, now: float) -> Iterable[Voice]:
        """The logs of its containers at `now`."""

    def next(self, now: float) -> float:
        """When it changes next; infinity for never."""

    def lost(self, pod: str, now: float) -> bool:
        """A client deleted one of its pods; True when it makes another."""


class Scenery:
    """What stays as it is."""

    def __init__(self, shown: Sequence[Shown], voices: Sequence[Voice] = ()) -> None:
        self._shown, self._voices = shown, voices

    def change(self, shown: Sequence[Shown]) -> None:
        """Be something else from now on."""
        self._shown = shown

    def bodies(self, _now: float) -> Iterable[Shown]:
        """Always the same."""
        return self._shown

    def voices(self, _now: float) -> Iterable[Voice]:
        """Always the same."""
        return self._voices

    def next(self, _now: float) -> float:
        """Never."""
        return inf

    def lost(self, _pod: str, _now: float) -> bool:
        """Nobody makes it again."""
        return False


class Remains(Scenery):
    """What is said about what is no more, until it is forgotten."""

    def __init__(self, maker: Maker, notes: Sequence[Note]) -> None:
        super().__init__(())
        self._maker, self._notes = maker, notes

    def bodies(self, now: float) -> Iterable[Shown]:
        """Events only."""
        return bodies(self._maker, self._notes, now)

    def next(self, now: float) -> float:
        """When one is forgotten."""
        return next_change(self._notes, now)
