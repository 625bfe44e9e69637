"""One operation as it is played: steps at their times, until it ends or another begins.

Owns what install and update have in common: waiting for components, and the end that ARM is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tui.demo.world import causes, envelopes
from tui.demo.world.agenda import Agenda
from tui.demo.world.causes import Cause, Verb
from tui.demo.world.once import DONE
from tui.demo.world.release import Release
from tui.demo.world.wish import Wish

READY: Final = 150.0
"""World seconds from the request until an install is done at the earliest; real ones take some minutes."""
ROLLED_BACK: Final = 240.0
"""World seconds until what fails is given up and undone; Helm waits a quarter of an hour."""
UNDOING: Final = DONE + 4
"""World seconds that the undoing takes."""
GIVES_UP: Final = ROLLED_BACK - UNDOING
EXPIRES: Final = 48 * 3600.0
"""World seconds until ARM gives up on a cluster that does not call."""
EARLY: Final = {"chart": 20.0, "record": 14.0, "make": 16.0}
"""Seconds until what fails before the health check has failed."""
_LOOKS: Final = 2.0
"""Seconds between two looks of Helm at what it waits for."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is decided elsewhere."""

    ended: Callable[[str, str, dict[str, Any] | None], None]
    """Called with operation id, status and error."""
    relay: Callable[[Wish], str]
    """Why the hybrid connection of a wish cannot be opened."""
    offer: Callable[[bool, float], None]
    """Called when its own device plugin has come or gone."""
    install: str = ""
    """The scenario by which every install fails."""
    update: str = ""
    """The same of updates."""
    offline: bool = False
    """The Arc agents do not hear of anything."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where something is played."""

    release: Release
    agenda: Agenda
    around: Circumstances
    settled: Callable[[Wish], None]
    """Called when a wish has come true."""


class Play:
    """Steps at seconds after the request. `stop` it, and the steps that are left are not taken."""

    verb: Verb = "Create"

    def __init__(self, scene: Scene, begun: float, operation: str, wish: Wish) -> None:
        self._scene, self._begun, self._operation, self._wish = scene, begun, operation, wish
        self._release, self._around = scene.release, scene.around
        self._goes_on = True

    def stop(self) -> None:
        """Something else is played from now on."""
        self._goes_on = False

    def begin(self) -> None:
        """Set the first steps; nothing happens in a cluster that hears of nothing."""
        if self._around.offline:
            text = "The cluster has not connected to Azure within 48 hours: the request was not carried out"
            error = {"code": "ExtensionOperationFailed", "message": text}
            self._after(EXPIRES, lambda _due: self._around.ended(self._operation, "Failed", error))
        else:
            self._start()

    def _start(self) -> None:
        raise NotImplementedError

    def _undo(self, now: float, cause: Cause) -> None:
        raise NotImplementedError

    def _after(self, seconds: float, step: Callable[[float], None]) -> None:
        """Do this so many seconds after the request."""
        self._at(self._begun + seconds, step)

    def _at(self, due: float, step: Callable[[float], None]) -> None:
        self._scene.agenda.at(due, lambda now: step(now) if self._goes_on else None)

    def _wait(self, now: float, late: Cause | None) -> None:
        """Helm looks whether all is ready, until its time is over. `late`: what it will have been then."""
        if self._release.well(now):
            self._finish(now)
        elif now >= self._begun + GIVES_UP:
            self._undo(now, late or Cause("wait", causes.TIMED_OUT))
        else:
            self._at(now + _LOOKS, lambda due: self._wait(due, late))

    def _finish(self, now: float) -> None:
        """It went well."""
        release, wish = self._release, self._wish
        release.config(now, wish, "Succeeded")
        release.record(now, wish, "deployed")
        release.types(now)
        self._scene.settled(wish)
        self._around.offer(release.plugged, now)
        self._around.ended(self._operation, "Succeeded", None)

    def _lose_sight(self, now: float, cause: Cause) -> None:
        """Everything runs, but nobody tells ARM."""
        self._release.config(now, self._wish, "")
        self._release.record(now, self._wish, "deployed")
        self._scene.settled(self._wish)
        self._fail(cause)

    def _fail(self, cause: Cause) -> None:
        self._around.ended(self._operation, "Failed", envelopes.error(cause, self._wish, self.verb))
