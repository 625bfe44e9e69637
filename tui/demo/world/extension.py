"""The extension's fate: installed long ago, being installed, failing and rolled back, updated, taken away.

Owns the timelines. ARM's side of an operation is ended through `ended`; what is in the cluster is the release's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tui.demo.world.agenda import Agenda
from tui.demo.world.azure import CLUSTER, LOCATION, Estate
from tui.demo.world.bodies import Maker
from tui.demo.world.components import NAME, switches
from tui.demo.world.installed import FAILED, PASSED
from tui.demo.world.nodes import Node
from tui.demo.world.once import DONE
from tui.demo.world.release import OnStage, Release, Troubles
from tui.demo.world.replica import Crash, Unready

Ended = Callable[[str, str, dict[str, Any] | None], None]
"""Called with operation id, status and error."""
Settings = Mapping[str, str]

READY: Final = 150.0
"""World seconds from the request until an install is done; real ones take some minutes."""
ROLLED_BACK: Final = 240.0
"""World seconds until a failing install is given up; Helm waits a quarter of an hour."""
_CHECKED: Final = 10.0
_WORKLOADS: Final = 62.0
"""A minute after the health check began, as seen in a real cluster."""
_UPDATED: Final = 48.0
_DELETED: Final = 90.0
FAILURE: Final[dict[str, Any]] = {
    "code": "ExtensionOperationFailed",
    "message": (
        "The extension operation failed with the following error:  Error: [ InnerError: [Helm installation failed : "
        "Resource status not ready : Recommendation Please ensure that there are no policies blocking the resource "
        f"creation/update of the specified configuration : InnerError [release {NAME} failed, and has been uninstalled "
        "due to atomic being set: timed out waiting for the condition]]] occurred while doing the operation : [Create] "
        "on the config, For general troubleshooting visit: https://aka.ms/k8s-extensions-TSG, For more application "
        "specific troubleshooting visit: https://aka.ms/arcmltsg"
    ),
    "target": None, "details": [], "additionalInfo": [],
}  # fmt: skip
"""errorInfo after Helm's atomic roll-back."""


class Extension:
    """Plays what becomes of it. At most one play at a time: ARM refuses a second."""

    def __init__(
        self, maker: Maker, where: Estate, agenda: Agenda, world: OnStage, nodes: Sequence[Node], ended: Ended,
        *, failing: bool,
    ) -> None:  # fmt: skip
        self._release = Release(maker, where, world, nodes)
        self._agenda, self._ended, self._failing = agenda, ended, failing
        self.working = False
        """Jobs come in: it is installed."""

    def stand(self, created: float, since: float, settings: Settings, troubles: Troubles) -> None:
        """It was installed long ago; logs begin at `since`."""
        release = self._release
        release.ground(created)
        release.config(created, "Succeeded")
        release.check(created + _CHECKED, "pre-install", failing=False)
        release.report(created + _CHECKED + DONE, {"pre-install": PASSED})
        release.arrange(created + _WORKLOADS, since, switches(settings), troubles)
        self.working = True

    def left_over(self, created: float, settings: Settings) -> None:
        """An install failed some time ago: what Helm leaves."""
        made = created + _WORKLOADS
        self._release.ground(created)
        self._release.report(created + ROLLED_BACK, {"pre-install": FAILED, "pre-delete": FAILED})
        self._release.last_words(made, created + ROLLED_BACK, failing_troubles(made), switches(settings))

    def install(self, begun: float, operation: str, settings: Settings) -> None:
        """Play an install from a request on."""
        release, on = self._release, switches(settings)
        found = FAILED if self._failing else PASSED
        self._at(begun + 4, lambda due: release.config(due, "Installing"))
        self._at(begun + 8, release.ground)
        self._at(begun + _CHECKED, lambda due: release.check(due, "pre-install", failing=self._failing))
        self._at(begun + _CHECKED + DONE, lambda due: release.report(due, {"pre-install": found}))
        bad = failing_troubles(begun + _WORKLOADS) if self._failing else {}
        self._at(begun + _WORKLOADS, lambda due: release.arrange(due, due, on, bad))
        if self._failing:
            self._at(begun + ROLLED_BACK, lambda due: self._roll_back(due, operation))
        else:
            self._at(begun + READY, lambda due: self._finish(due, operation))

    def update(self, begun: float, operation: str, settings: Settings) -> None:
        """Play an update: the health check runs again, components come and go by their switches."""
        release, on = self._release, switches(settings)
        self._at(begun + 5, lambda due: release.check(due, "pre-upgrade", failing=False))
        self._at(begun + 5 + DONE, lambda due: release.report(due, {"pre-upgrade": PASSED}))
        self._at(begun + 7 + DONE, lambda due: release.arrange(due, due, on, {}))
        self._at(begun + _UPDATED, lambda due: self._finish(due, operation))

    def delete(self, begun: float, operation: str) -> None:
        """Play a removal; definitions of custom resources survive it."""
        release, self.working = self._release, False
        self._at(begun + 5, lambda due: release.check(due, "pre-delete", failing=False))
        self._at(begun + 12 + DONE, release.take_away)
        self._at(begun + 20 + DONE, lambda _due: release.clear("standing", "report", "config", "namespace"))
        self._at(begun + _DELETED, lambda _due: self._ended(operation, "Succeeded", None))

    def _at(self, due: float, step: Callable[[float], None]) -> None:
        self._agenda.at(due, step)

    def _finish(self, now: float, operation: str) -> None:
        self._release.config(now, "Succeeded")
        self.working = True
        self._ended(operation, "Succeeded", None)

    def _roll_back(self, now: float, operation: str) -> None:
        self._release.take_away(now)
        self._release.clear("standing", "config")
        self._release.report(now, {"pre-delete": FAILED})
        self._ended(operation, "Failed", dict(FAILURE))


def failing_troubles(now: float) -> Troubles:
    """What is wrong with components made at `now` that cannot reach Azure."""
    host = f"{LOCATION}.api.azureml.ms"
    lines = (f"asking {host} for the workspace's region", f"dial tcp: lookup {host}: i/o timeout")
    cut = Crash("gateway", f"cannot reach {host}: i/o timeout", lines, now + 40, lasts=6)
    slow = Unready("aml-operator", now, "Readiness probe failed: HTTP probe failed with statuscode: 503")
    lost = "the name of the Relay namespace does not resolve"
    return {
        "gateway": {0: cut}, "relayserver": {n: relay_crash(now + 45 + 4 * n, lost) for n in (0, 1)},
        "aml-operator": {0: slow},
    }  # fmt: skip


def relay_crash(well: float, cause: str) -> Crash:
    """A relay server that cannot hold its connection."""
    lines = (
        f"[Information] connecting to hybrid connection {CLUSTER}",
        *(f"[Warning] attempt {n} of 3 failed: {cause}" for n in (1, 2, 3)),
        "[Error] no relay connection after 3 attempts, exiting",
    )
    return Crash("relayserver", "no relay connection", lines, well)
