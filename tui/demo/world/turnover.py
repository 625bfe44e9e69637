"""The coming and going in the crowd: one pod at a time.

Owns when. Which pods there are is the crowd's.
"""

from __future__ import annotations

from typing import Final

from tui.demo.world.actor import Scenery
from tui.demo.world.agenda import Agenda
from tui.demo.world.bodies import Body
from tui.demo.world.crowd import EVERY, Crowd
from tui.demo.world.stage import Stage

_GROWS: Final = 11.0
"""Seconds until a new pod runs."""


class Turnover:
    """Puts the crowd on, and keeps it moving."""

    def __init__(self, crowd: Crowd, stage: Stage, agenda: Agenda, start: float) -> None:
        self._crowd, self._stage, self._agenda = crowd, stage, agenda
        stage.show(Scenery(list(crowd.ground())), start)
        with stage.own() as objects:
            objects.adopt("pods", crowd.bodies())
        agenda.at(start + EVERY, lambda due: self._turn(0, due))

    def _turn(self, turn: int, due: float) -> None:
        """One pod of the crowd goes and another comes."""
        number = self._crowd.chosen(turn)
        with self._stage.own() as objects:
            objects.delete("pods", *self._crowd.name(number))
            made = self._crowd.born(number, due)
            objects.adopt("pods", [made])
        self._agenda.at(due + _GROWS, lambda _then: self._grow(number, made))
        self._agenda.at(due + EVERY, lambda then: self._turn(turn + 1, then))

    def _grow(self, number: int, made: Body) -> None:
        meta, grown = made["metadata"], self._crowd.grown(number)
        if grown["metadata"]["uid"] == meta["uid"]:
            with self._stage.own() as objects:
                objects.change("pods", meta["namespace"], meta["name"], lambda pod: pod.update(status=grown["status"]))
