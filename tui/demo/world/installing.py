"""An install as it is played: decision, health check, components, waiting; and how Helm takes it back.

Owns the timeline. Must not know why it fails.
"""

from __future__ import annotations

from typing import Final

from tui.demo.world import fate
from tui.demo.world.causes import Cause
from tui.demo.world.once import DONE
from tui.demo.world.play import EARLY, GIVES_UP, READY, ROLLED_BACK, UNDOING, Play
from tui.demo.world.release import told

DECIDES: Final = 8.0
CHECKED: Final = 10.0
WORKLOADS: Final = 62.0
"""A minute after the health check began, as seen in a real cluster."""
_PROBED: Final = 16.0
_REMOVED: Final = 6.0
"""Seconds that a failed check stays before Helm takes everything back."""
_ADMITTED: Final = 4.0
"""Seconds from the first component until an admission webhook is asked."""


class Install(Play):
    """One install."""

    def _start(self) -> None:
        self._after(4, lambda due: self._release.config(due, self._wish, "Installing"))
        self._after(DECIDES, self._decide)

    def _decide(self, now: float) -> None:
        release, wish = self._release, self._wish
        sight = release.look(now, wish, self._around.relay(wish))
        cause = fate.decide(wish, sight, self.verb, self._around.install)
        if cause is not None and cause.step in EARLY:
            self._stumble(now, cause)
            return
        release.open(now)
        release.define(now, wish)
        release.record(now, wish, "pending-install", anew=True)
        self._check(cause)
        if cause is not None and cause.step == "check":
            gives_up = ROLLED_BACK - 4 if cause.unpulled else CHECKED + DONE + _REMOVED
            self._after(gives_up, lambda due: self._undo(due, cause))
        else:
            self._make(cause)

    def _stumble(self, now: float, cause: Cause) -> None:
        """It fails before the health check; where it fails at making things, the namespace is there already."""
        if cause.step == "make":
            self._release.open(now)
        self._after(EARLY[cause.step], lambda _due: self._give_up(cause))

    def _check(self, cause: Cause | None) -> None:
        release, wish = self._release, self._wish
        found = told(cause)
        self._after(CHECKED, lambda due: release.check(due, wish, "pre-install", cause))
        if any(code == "E40001" for _name, code, _text in found):
            self._after(_PROBED, lambda due: release.probe(due, wish))
        if cause is None or not cause.unpulled:
            began = self._begun + CHECKED
            self._at(began + DONE, lambda due: release.report(due, wish, {"pre-install": found}, began))

    def _make(self, cause: Cause | None) -> None:
        """Components come, and Helm waits for them."""
        release, wish = self._release, self._wish
        self._after(WORKLOADS, lambda due: release.arrange(due, due, wish, cause.sick(due) if cause else {}))
        if cause is not None and cause.step == "webhook":
            self._after(WORKLOADS + _ADMITTED, lambda due: self._undo(due, cause))
        elif cause is not None and cause.step == "status":
            self._after(ROLLED_BACK, lambda due: self._lose_sight(due, cause))
        else:
            self._after(READY if cause is None else GIVES_UP, lambda due: self._wait(due, cause))

    def _undo(self, now: float, cause: Cause) -> None:
        """Helm takes it back: components go, the check runs once more, and its report is what stays."""
        release, wish = self._release, self._wish
        release.stop_check(now)
        release.take_away(now)
        if cause.unpulled:
            self._at(now + 4, lambda due: self._undone(due, cause))
            return
        after = told(cause, again=True)
        release.check(now, wish, "pre-delete", cause, again=True)
        self._at(now + DONE, lambda due: release.report(due, wish, {"pre-delete": after}, now))
        self._at(now + UNDOING, lambda due: self._undone(due, cause))

    def _undone(self, now: float, cause: Cause) -> None:
        self._release.stop_check(now)
        self._release.clear("standing", "record", "probe")
        self._give_up(cause)

    def _give_up(self, cause: Cause) -> None:
        self._release.clear("config")
        self._fail(cause)
