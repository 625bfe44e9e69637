"""Whole operations of the demo, recorded as they run: every way an install can fail there is told apart.

The sight is rebuilt from the recording's lines at the end, as after a restart: what is gone by then must still explain
the failure.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.world.stand import ARM_TYPES, Stand
from tui.core.health import Health
from tui.core.operation import Operation
from tui.demo.arm.operations import Event
from tui.domain import cluster
from tui.domain import extension as extensions
from tui.domain.component import NAMESPACE
from tui.domain.findings.diagnosis import Diagnosis
from tui.domain.kinds import EVENTS, PODS, WORKLOADS
from tui.domain.progress import health_check, removal
from tui.domain.progress.health_check import Verb
from tui.domain.progress.progress import Progress, Sight, progress
from tui.domain.progress.recording import Entry, Standing
from tui.domain.progress.recording_wire import entry_of, line_of
from tui.domain.progress.tape import Tape

STEP = 8.0
LONGEST = 420.0
TRAINING = {"enableTraining": "True"}
INFERENCE = {
    "enableInference": "True",
    "allowInsecureConnections": "True",
    "inferenceRouterServiceType": "LoadBalancer",
}


class Played:
    """One operation, from the request until it is over."""

    def __init__(self, stand: Stand, kind: Any = "", settings: dict[str, str] | None = None) -> None:
        """Without a kind: the install that goes on already."""
        self._stand, self._begun, self.verb = stand, stand.now, _VERBS[kind]
        where = stand.world.estate.extension
        running = stand.arm.running(where) if not kind else _asked(stand, where, kind, settings or {})
        assert running is not None
        self._operation, self.tape, self.lines, self.phases = running.id, Tape(), list[bytes](), list[str]()

    def run(self) -> Progress:
        """To its end, a look every few seconds."""
        while True:
            found = progress(self._look(self.tape), self._stand.now)
            self.phases += [found.phase] if found.phase not in self.phases[-1:] else []
            late = self._stand.now > self._begun + LONGEST
            if late or (found.over and found.phase not in ("settling", "namespace going")):
                return progress(self._look(self._again()), self._stand.now)
            self._stand.go(STEP)

    def _again(self) -> Tape:
        """What somebody reads who was not there."""
        tape = Tape()
        for line in self.lines:
            entry = entry_of(line)
            assert entry is not None
            tape.take(entry)
        return tape

    def _look(self, tape: Tape) -> Sight:
        stand, now = self._stand, self._stand.now
        pods, events = (
            tuple(map(kind.decode, stand.objects.list(kind.resource, NAMESPACE))) for kind in (PODS, EVENTS)
        )
        loads = tuple(kind.decode(body) for kind in WORKLOADS for body in stand.objects.list(kind.resource, NAMESPACE))
        report, space = (stand.objects.held(*at) for at in (
            ("configmaps", ("azureml", "arcml-healthcheck")), ("namespaces", ("", "azureml"))))  # fmt: skip
        check = health_check.decode(report[0]) if report else None
        operation, clusters = self._followed(), stand.arm.under("", ARM_TYPES["clusters"])
        known = [extensions.decode(body) for body in stand.arm.under("", ARM_TYPES["extensions"])]
        standing = Standing(operation.status, operation.code, operation.message)
        self._record([
            *tape.pods(pods, now), *tape.workloads(loads, now), *tape.events(events, now),
            *tape.operation(standing, now), *(tape.report(check, now) if check else []),
        ])  # fmt: skip
        return Sight(
            self.verb, self._begun, next((row for row in known if row.is_azureml), None), operation, pods, loads,
            events, check, cluster.decode(clusters[0]), tape.recording(),
            removal.decode(space[0] if space else None),
        )  # fmt: skip

    def _record(self, entries: list[Entry]) -> None:
        self.lines += map(line_of, entries)

    def _followed(self) -> Operation:
        found = self._stand.arm.operation(self._operation)
        assert found is not None
        error = found.error or {}
        url = "" if found.done else "https://arm/operation"
        return Operation("", "PUT", url, found.status, str(error.get("code", "")), str(error.get("message", "")))


_VERBS: dict[str, Verb] = {"": "deploy", "create": "deploy", "update": "update", "delete": "delete"}


def _asked(stand: Stand, where: str, kind: Any, settings: dict[str, str]) -> Any:
    """What ARM's server does with a client's write."""
    if kind == "create":
        stand.arm.put(_body(where))
    resource = stand.arm.edit(where, lambda body: body["properties"]["configurationSettings"].update(settings))
    operation = stand.arm.begin(where, kind)
    stand.arm.announce(Event(kind, where, ARM_TYPES["extensions"], resource, operation.id))
    return operation


def _body(where: str) -> dict[str, Any]:
    inner = {
        "extensionType": "microsoft.azureml.kubernetes", "autoUpgradeMinorVersion": True, "releaseTrain": "stable",
        "scope": {"cluster": {"releaseNamespace": "azureml"}}, "currentVersion": "1.1.39", "statuses": [],
        "configurationSettings": {}, "configurationProtectedSettings": {},
    }  # fmt: skip
    return {"id": where, "name": "amlarc-compute", "properties": inner}


@pytest.mark.parametrize(
    ("scenario", "settings", "codes", "phase", "clue"),
    [
        ("fail-timeout", TRAINING, ["X1"], "rolled back", "too little cpu"),
        ("fail-image-pull", TRAINING, ["X1"], "rolled back", "ImagePullBackOff"),
        ("fail-healthcheck-e40001", INFERENCE, ["X3", "X16"], "rolled back", "E40001"),
        ("fail-healthcheck-pull", TRAINING, ["X3", "X1"], "rolled back", "ImagePullBackOff"),
        ("fail-insufficient-node", INFERENCE, ["X15", "X1"], "rolled back", "three"),
        ("fail-ownership-volcano", TRAINING, ["X4"], "failed", "jobs.batch.volcano.sh"),
        ("fail-ownership-prometheus", TRAINING, ["X4"], "failed", "prometheuses.monitoring.coreos.com"),
        ("fail-chart-not-found", TRAINING, ["X9"], "failed", "stable"),
        ("fail-name-in-use", TRAINING, ["X6"], "failed", "Helm release"),
        ("fail-operation-in-progress", TRAINING, ["X7"], "failed", "holds the release"),
        ("fail-namespace-terminating", TRAINING, ["X8"], "failed", "azureml"),
        ("fail-webhook-nginx", INFERENCE, ["X12"], "rolled back", "ingress-nginx"),
        ("fail-status-not-populated", TRAINING, ["X2"], "failed", "did not report"),
        ("fail-policy", TRAINING, ["X11"], "failed", "Policy"),
    ],
)
def test_an_install_that_fails(
    scenario: str, settings: dict[str, str], codes: list[str], phase: str, clue: str
) -> None:
    found = Played(Stand(1, scenario), "create", settings).run()
    assert (found.outcome, found.phase) == ("failed", phase)
    assert [one.code for one in found.diagnosis] == codes
    assert clue in told(found.diagnosis[0])
    assert found.diagnosis[0].remedy


def told(diagnosis: Diagnosis) -> str:
    return " ".join((diagnosis.title, diagnosis.cause, *diagnosis.remedy))


def test_an_install_that_goes_well() -> None:
    played = Played(Stand(2, "installing"))
    found = played.run()
    assert (found.outcome, found.phase, found.diagnosis) == ("succeeded", "done", ())
    assert (found.health, found.settled) == (Health.GOOD, found.wanted)
    assert played.phases[:4] == ["waiting for the agents", "health check", "components starting", "settling"]


def test_an_install_that_fails_goes_through_all_phases() -> None:
    played = Played(Stand(1, "fail-network"), "create", TRAINING)
    found = played.run()
    assert played.phases == [
        "waiting for the agents", "health check", "components starting", "rolling back", "rolled back",
    ]  # fmt: skip
    assert [seen.row.component for seen in found.vanished][:3] == ["gateway", "relayserver", "relayserver"]
    assert found.checks[0].code == "E45003"
    assert [one.code for one in found.diagnosis] == ["X1"]
    assert "i/o timeout" in found.diagnosis[0].cause


def test_an_update_that_is_rolled_back() -> None:
    played = Played(Stand(2, "update-fails"), "update", {"installDcgmExporter": "False"})
    found = played.run()
    assert (found.phase, found.diagnosis[0].code) == ("rolled back", "X1")
    assert "rolling back" in played.phases
    assert found.vanished[0].row.component == "gateway"


def test_a_delete() -> None:
    played = Played(Stand(1), "delete")
    found = played.run()
    assert found.phase == "done"
    assert played.phases[:3] == ["waiting for the agents", "health check", "components stopping"]
    assert found.removal is not None
    assert not found.removal.there


def test_a_delete_that_hangs() -> None:
    found = Played(Stand(1, "delete-hangs"), "delete").run()
    assert found.phase == "hangs"
    assert found.removal is not None
    assert [one.finalizer for one in found.removal.holders] == ["amlarc.azureml.com/finalizer"]
    assert found.removal.since is not None
