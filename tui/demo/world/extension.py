"""The extension's fate: installed long ago, being installed, failing and rolled back, updated, taken away.

Owns which play goes on, and the removal. The timelines of the others are `installing` and `updating`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.demo.world import causes
from tui.demo.world.agenda import Agenda, Step
from tui.demo.world.causes import Troubles
from tui.demo.world.components import PROMETHEUS
from tui.demo.world.installing import CHECKED, WORKLOADS, Install
from tui.demo.world.once import DONE
from tui.demo.world.play import GIVES_UP, Circumstances, Play, Scene
from tui.demo.world.release import Release
from tui.demo.world.replica import Trouble, Unready
from tui.demo.world.report import PASSED, UNREACHABLE
from tui.demo.world.updating import Update
from tui.demo.world.wish import Wish

_CHECK: Final = 5.0
_TAKEN: Final = 12 + DONE
_CLEARED: Final = 20 + DONE
_DELETED: Final = 90.0
_APART: Final = 0.4
"""Seconds between two components that Helm takes away."""


class Delete(Play):
    """One removal. Definitions of custom resources survive it."""

    def _start(self) -> None:
        release, wish, began = self._release, self._wish, self._begun + _CHECK
        self._after(_CHECK, lambda due: release.check(due, wish, "pre-delete"))
        self._at(began + DONE, lambda due: release.report(due, wish, {"pre-delete": PASSED}, began))
        for number, name in enumerate(release.names()):
            self._after(_TAKEN - 6 + _APART * number, self._taking(name))
        self._after(_TAKEN, self._take)
        self._after(_CLEARED, self._clear)
        self._after(_DELETED, lambda _due: self._around.ended(self._operation, "Succeeded", None))

    def _taking(self, name: str) -> Step:
        return lambda due: self._release.take_away(due, name)

    def _take(self, now: float) -> None:
        self._release.take_away(now)
        self._around.offer(False, now)

    def _clear(self, now: float) -> None:
        self._release.stop_check(now)
        self._release.clear("standing", "report", "record", "config")
        self._release.end_namespace(now)


class Extension:
    """Plays what becomes of one. At most one play at a time: a new one ends the old."""

    def __init__(self, release: Release, agenda: Agenda, around: Circumstances) -> None:
        self._release, self._around = release, around
        self._scene = Scene(release, agenda, around, self._settle)
        self._play: Play | None = None
        self._wish: Wish | None = None
        self.working = False
        """Jobs come in: it is installed."""

    def stand(self, created: float, since: float, wish: Wish, troubles: Troubles) -> None:
        """It was installed long ago; logs begin at `since`."""
        release, checked = self._release, created + CHECKED
        release.open(created)
        release.define(created, wish)
        release.config(created, wish, "Succeeded")
        release.record(created + WORKLOADS, wish, "deployed")
        release.check(checked, wish, "pre-install")
        release.report(checked + DONE, wish, {"pre-install": PASSED}, checked)
        release.arrange(created + WORKLOADS, since, wish, troubles)
        self._settle(wish)

    def left_over(self, created: float, wish: Wish) -> None:
        """An install failed some time ago: what Helm leaves."""
        release, made, gone = self._release, created + WORKLOADS, created + GIVES_UP
        release.open(created)
        release.define(created, wish)
        release.report(created + CHECKED + DONE, wish, {"pre-install": UNREACHABLE}, created + CHECKED)
        release.report(gone + DONE, wish, {"pre-delete": UNREACHABLE}, gone)
        release.last_words(made, gone, wish, causes.no_network().sick(made))

    def install(self, begun: float, operation: str, wish: Wish) -> None:
        """Play an install from a request on."""
        self._begin(Install(self._scene, begun, operation, wish))

    def update(self, begun: float, operation: str, wish: Wish) -> None:
        """Play an update; an install where nothing works yet."""
        if self._wish is None or not self.working:
            self.install(begun, operation, wish)
        else:
            self._begin(Update(self._scene, begun, operation, wish, self._wish))

    def delete(self, begun: float, operation: str, wish: Wish) -> None:
        """Play a removal."""
        self.working = False
        self._begin(Delete(self._scene, begun, operation, wish))

    def forget(self) -> None:
        """ARM dropped it: whatever is in the cluster stays as it is."""
        if self._play is not None:
            self._play.stop()

    def relay_changed(self, now: float) -> None:
        """Somebody did something to what it talks through."""
        cause = self._around.relay(self._wish) if self._wish is not None and self.working else ""
        if cause:
            found = {number: causes.relay_crash(now + 20 + 7 * number, cause) for number in (0, 1)}
            self._release.afflict(now, {"relayserver": found})

    def _begin(self, play: Play) -> None:
        self.forget()
        self._play = play
        play.begin()

    def _settle(self, wish: Wish) -> None:
        self._wish, self.working = wish, True


def ailing(seed: int, start: float, *, relay_down: bool) -> Troubles:
    """What is wrong with components that stand for long: one relay server always, Prometheus with odd seeds."""
    full = "40300: the quota of 25 listeners of hybrid connection arc-west is used up"
    refused = "40103: invalid authorization token signature"
    found: dict[str, Mapping[int, Trouble]] = {"relayserver": {1: causes.relay_crash(start - 3180, full)}}
    if relay_down:
        found["relayserver"] = {n: causes.relay_crash(start - 1290 - 7 * n, refused) for n in (0, 1)}
    if seed % 2:
        said = "Readiness probe failed: HTTP probe failed with statuscode: 500"
        found[PROMETHEUS] = {0: Unready("config-reloader", start - 540, said)}
    return found
