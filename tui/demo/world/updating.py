"""An update as it is played: health check, rollout, waiting; and how Helm rolls it back.

Owns the timeline. Must not know why it fails.
"""

from __future__ import annotations

from typing import Final

from tui.demo.world import causes, fate
from tui.demo.world.causes import Cause, Troubles, Verb
from tui.demo.world.once import DONE
from tui.demo.world.play import EARLY, ROLLED_BACK, UNDOING, Play, Scene
from tui.demo.world.release import told
from tui.demo.world.wish import Wish

_DECIDES: Final = 3.0
_CHECKED: Final = 5.0
_ROLLS: Final = 7 + DONE
_LOOKS: Final = 48.0
_LINGERS: Final = 12.0
"""Seconds that a new relay server lives by what the old one left open."""


class Update(Play):
    """One update, from what is there to what is wished."""

    verb: Verb = "Update"

    def __init__(self, scene: Scene, begun: float, operation: str, wish: Wish, before: Wish) -> None:
        super().__init__(scene, begun, operation, wish)
        self._before = before

    def _start(self) -> None:
        self._after(_DECIDES, self._decide)

    def _decide(self, now: float) -> None:
        release, wish = self._release, self._wish
        sight = release.look(now, wish, self._around.relay(wish))
        cause = fate.decide(wish, sight, self.verb, self._around.update)
        if cause is not None and cause.step in EARLY:
            self._after(EARLY[cause.step], lambda _due: self._fail(cause))
            return
        release.config(now, wish, "Upgrading")
        release.record(now, wish, "pending-upgrade", anew=True)
        self._check(cause)
        if cause is not None and cause.step == "check":
            gives_up = ROLLED_BACK - UNDOING if cause.unpulled else _ROLLS
            self._after(gives_up, lambda due: self._undo(due, cause))
        else:
            self._roll(cause)

    def _check(self, cause: Cause | None) -> None:
        release, wish = self._release, self._wish
        found = told(cause)
        self._after(_CHECKED, lambda due: release.check(due, wish, "pre-upgrade", cause))
        if cause is None or not cause.unpulled:
            began = self._begun + _CHECKED
            self._at(began + DONE, lambda due: release.report(due, wish, {"pre-upgrade": found}, began))

    def _roll(self, cause: Cause | None) -> None:
        release, wish = self._release, self._wish
        self._after(_ROLLS, lambda due: release.define(due, wish))
        self._after(_ROLLS, lambda due: release.arrange(due, due, wish, self._sick(due, cause)))
        if cause is not None and cause.step == "webhook":
            self._after(_ROLLS + 4, lambda due: self._undo(due, cause))
        elif cause is not None and cause.step == "status":
            self._after(ROLLED_BACK, lambda due: self._lose_sight(due, cause))
        else:
            self._after(_LOOKS, lambda due: self._wait(due, cause))

    def _sick(self, made: float, cause: Cause | None) -> Troubles:
        """What the cause brings; without a connection, new relay servers end a little later."""
        lost = self._around.relay(self._wish) if self._wish.relay else ""
        deaf = causes.deaf_relays(made, lost, _LINGERS) if lost else {}
        return {**deaf, **(cause.sick(made) if cause is not None else {})}

    def _undo(self, now: float, cause: Cause) -> None:
        """Helm rolls back: what was there comes again, and the check runs once more."""
        release, before = self._release, self._before
        release.stop_check(now)
        release.record(now, before, "failed")
        if cause.step != "check":
            release.arrange(now, now, before, {})
        after = told(cause, again=True)
        release.check(now, before, "pre-rollback", cause, again=True)
        if not cause.unpulled:
            self._at(now + DONE, lambda due: release.report(due, before, {"pre-rollback": after}, now))
        self._at(now + UNDOING, lambda due: self._undone(due, cause))

    def _undone(self, now: float, cause: Cause) -> None:
        self._release.config(now, self._before, "Failed")
        self._release.record(now, self._before, "deployed", anew=True)
        self._fail(cause)
