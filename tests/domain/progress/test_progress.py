"""How an operation goes: the phase, each component, time, and after a failure what vanished and why."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.hostile import MEAN, offences, strings
from tests.domain.build import EXTENSION_ID, NOW, Box, ended, extension, pod_row, waiting
from tests.domain.findings.cases import ATOMIC, HOOK, POLICIES, ROLLED, TIMEOUT, check, cluster_row, report
from tui.core.health import Health
from tui.core.operation import Operation
from tui.domain import extension as extensions
from tui.domain.extension import ExtensionRow
from tui.domain.pod import PodRow
from tui.domain.progress.health_check import Verb
from tui.domain.progress.parts import Part
from tui.domain.progress.progress import LIMIT, Progress, Sight, progress
from tui.domain.progress.recording import Recording, Standing
from tui.domain.progress.removal import Removal
from tui.domain.progress.tape import Tape
from tui.domain.workload import WorkloadKind, WorkloadRow
from tui.domain.workload import decode as workload

BEGUN = NOW - 100
RUNNING = Operation("https://arm/x", url="https://arm/x/op", status="Creating")
DONE = replace(RUNNING, url="", status="Succeeded")
FAILED = replace(RUNNING, url="", status="Failed", code="ExtensionOperationFailed", message=ATOMIC.format(TIMEOUT))
CRASH = Box(state=waiting("CrashLoopBackOff"), restarts=3, last=ended(1, "Error", message="no route"))
REFUSED = {"type": "ReplicaFailure", "status": "True", "message": "quota"}
SMALL = {"enableTraining": "False", "installPromOp": "False"}
"""Settings that ask for: gateway, relayserver, metrics-controller-manager, kube-state-metrics, Prometheus."""
WANTED = ("gateway", "relayserver", "metrics-controller-manager", "kube-state-metrics", "prometheus-prom-prometheus")


def row(state: str = "Creating", **more: Any) -> ExtensionRow:
    """The extension, changed last when it is over."""
    body = extension(SMALL, state=state, **more)
    body["systemData"]["lastModifiedAt"] = "2023-11-14T22:13:00Z"  # 80 seconds after it began
    return extensions.decode(body)


def load(name: str, ready: int = 0, desired: int = 1, *, kind: WorkloadKind = "Deployment", **more: Any) -> WorkloadRow:
    made = {"replicas": desired, "updatedReplicas": desired, "readyReplicas": ready, "availableReplicas": ready}
    status = {"observedGeneration": 1, **made, **more.pop("status", {})}
    meta = {"name": name, "namespace": "azureml", "generation": 1, "uid": name, **more}
    return workload({"metadata": meta, "spec": {"replicas": desired}, "status": status}, kind)


def loads(ready: int) -> tuple[WorkloadRow, ...]:
    kinds: dict[str, WorkloadKind] = {"prometheus-prom-prometheus": "StatefulSet"}
    return tuple(load(name, ready, kind=kinds.get(name, "Deployment")) for name in WANTED)


def pod(component: str, *boxes: Box, created: float = 50, **more: Any) -> PodRow:
    owner = more.pop("owner", ("ReplicaSet", f"{component}-7b58dc99cd"))
    return pod_row(*(boxes or (Box(component),)), name=f"{component}-x", owner=owner, created=created, **more)


def hook(*boxes: Box, phase: str = "Running", created: float = 90, uid: str = "u1") -> PodRow:
    return pod_row(*(boxes or (Box("healthcheck"),)), name="healthcheck", phase=phase, created=created, uid=uid)


PASSED = hook(Box("healthcheck", ended()), phase="Succeeded")


def sight(verb: Verb = "deploy", **more: Any) -> Sight:
    defaults = {"extension": row(), "operation": RUNNING, "pods": (), "workloads": (), "cluster": cluster_row()}
    return Sight(verb, BEGUN, **{**defaults, **more})


def at(verb: Verb = "deploy", now: float = NOW, **more: Any) -> Progress:
    return progress(sight(verb, **more), now)


def part(found: Progress, name: str) -> Part:
    (one,) = [each for each in found.parts if each.name == name]
    return one


def taped(*rows: PodRow, gone: bool = True) -> Recording:
    """Pods that were seen, and are gone."""
    tape = Tape()
    tape.pods(rows, NOW - 50)
    if gone:
        tape.pods([], NOW - 10)
    tape.operation(Standing("Failed"), NOW - 5)
    return tape.recording()


@pytest.mark.parametrize(
    ("more", "phase", "health"),
    [
        ({}, "waiting for the agents", Health.BUSY),
        ({"pods": (hook(),)}, "health check", Health.BUSY),
        ({"pods": (PASSED,)}, "components starting", Health.BUSY),
        ({"pods": (PASSED,), "workloads": loads(0)}, "components starting", Health.BUSY),
        ({"pods": (PASSED,), "workloads": loads(1)}, "settling", Health.BUSY),
        ({"workloads": loads(1), "operation": DONE, "extension": row("Succeeded")}, "done", Health.GOOD),
        ({"workloads": loads(0), "operation": DONE, "extension": row("Succeeded")}, "settling", Health.BUSY),
        ({"workloads": (), "operation": DONE, "extension": row("Succeeded")}, "settling", Health.WARN),
        ({"workloads": loads(0), "pods": tuple(pod(name, CRASH) for name in WANTED), "operation": DONE,
          "extension": row("Succeeded")}, "done", Health.WARN),
        ({"workloads": loads(0), "operation": DONE, "extension": replace(row("Succeeded"), modified=NOW - 700),
          "recording": Recording(operations=((NOW - 700, Standing("Succeeded")),))}, "done", Health.WARN),
        ({"operation": FAILED}, "rolled back", Health.BAD),
        ({"operation": replace(FAILED, message="not registered")}, "failed", Health.BAD),
        ({"operation": replace(FAILED, message="x"), "recording": taped(pod("gateway"))}, "rolled back", Health.BAD),
        ({"operation": replace(FAILED, message="x"), "recording": taped(pod("gateway")), "workloads": loads(1)},
         "failed", Health.BAD),
        ({"recording": taped(pod("gateway", CRASH))}, "rolling back", Health.WARN),
        ({"pods": (hook(phase="Failed"),)}, "rolling back", Health.BUSY),
        ({"pods": (hook(),), "recording": taped(hook(phase="Failed", uid="u0"))}, "rolling back", Health.BUSY),
        ({"pods": (hook(),), "recording": taped(hook(phase="Succeeded", uid="u0"))}, "rolling back", Health.BUSY),
        ({"pods": (hook(),), "recording": taped(pod("gateway"))}, "rolling back", Health.BUSY),
        ({"operation": replace(RUNNING, url="", status="Canceled")}, "canceled", Health.BAD),
        ({"operation": replace(RUNNING, url="", status="Lost")}, "not known", Health.UNKNOWN),
        ({"operation": replace(RUNNING, url="", status="Lost"), "extension": row("Succeeded"), "workloads": loads(1)},
         "done", Health.GOOD),
        ({"pods": None, "workloads": None}, "in progress", Health.BUSY),
        ({"pods": None, "workloads": None, "operation": DONE}, "done", Health.UNKNOWN),
        ({"pods": (PASSED, pod("relayserver", CRASH)), "workloads": loads(0)}, "components starting", Health.WARN),
    ],
)  # fmt: skip
def test_the_phase_of_an_install(more: dict[str, Any], phase: str, health: Health) -> None:
    found = at(**more)
    assert (found.phase, found.health) == (phase, health)


@pytest.mark.parametrize(
    ("more", "phase"),
    [
        ({"workloads": loads(1)}, "waiting for the agents"),
        ({"workloads": loads(1), "pods": (hook(created=9000),)}, "waiting for the agents"),
        ({"workloads": loads(1), "pods": (hook(),)}, "health check"),
        ({"workloads": loads(1), "pods": (PASSED,)}, "settling"),
        ({"workloads": loads(0), "pods": (PASSED,)}, "components starting"),
        ({"workloads": loads(0), "pods": (pod("gateway"),)}, "components starting"),
        ({"workloads": loads(1), "operation": replace(FAILED, message=HOOK)}, "failed"),
        ({"workloads": loads(1), "operation": replace(FAILED, message=ROLLED.format(HOOK))}, "rolled back"),
    ],
)  # fmt: skip
def test_the_phase_of_an_update(more: dict[str, Any], phase: str) -> None:
    assert at("update", **more).phase == phase


GOING = Removal("azureml", since=NOW - 10)


@pytest.mark.parametrize(
    ("more", "phase"),
    [
        ({"workloads": loads(1), "removal": Removal("azureml")}, "waiting for the agents"),
        ({"workloads": loads(1), "pods": (hook(),), "removal": Removal("azureml")}, "health check"),
        ({"workloads": loads(1), "pods": (PASSED,), "removal": Removal("azureml")}, "components stopping"),
        ({"removal": Removal("azureml")}, "components stopping"),
        ({"removal": GOING}, "namespace going"),
        ({"removal": GOING, "operation": DONE}, "namespace going"),
        ({"removal": replace(GOING, since=NOW - 9000)}, "hangs"),
        ({"removal": Removal("azureml", there=False)}, "settling"),
        ({"removal": Removal("azureml", there=False), "operation": DONE}, "done"),
        ({"removal": Removal("azureml", there=False), "operation": None, "extension": None}, "done"),
        ({"operation": DONE, "extension": None}, "done"),
        ({"operation": DONE, "removal": Removal("azureml")}, "namespace going"),
        ({"operation": FAILED, "removal": Removal("azureml")}, "failed"),
        ({"pods": None, "workloads": None}, "in progress"),
    ],
)
def test_the_phase_of_a_delete(more: dict[str, Any], phase: str) -> None:
    found = at("delete", **more)
    assert found.phase == phase
    assert (found.health is Health.BAD) == (phase in ("hangs", "failed"))


def test_a_namespace_that_nobody_deletes_is_not_waited_for() -> None:
    more = {
        "operation": DONE,
        "removal": Removal("azureml"),
        "recording": Recording(operations=((NOW, Standing("Succeeded")),)),
    }
    assert at("delete", NOW + 500, **more).phase == "namespace going"
    assert at("delete", NOW + 700, **more).phase == "done"


@pytest.mark.parametrize(
    ("load", "pods", "state", "count", "why"),
    [
        (load("gateway", 1, 2), (), "starting", "1/2", "1 of 2 ready"),
        (load("gateway", 2, 2), (), "ready", "2/2", ""),
        (load("gateway", 0, 0), (), "off", "", "scaled to zero"),
        (load("gateway", 0, 1), (pod("gateway", CRASH),), "failed", "0/1", "exit 1: no route"),
        (load("gateway", 1, 1), (pod("gateway", Box("gateway", restarts=30, last=ended(1))),), "ready", "1/1", ""),
        (load("gateway", 1, 1), (pod("gateway", CRASH),), "ready", "1/1", ""),
        (load("gateway", 0, 1, status={"conditions": [REFUSED]}), (), "failed", "0/1", "its pods are refused: quota"),
        (load("gateway", 1, 1, deletionTimestamp="2023-11-14T22:13:10Z"), (), "stopping", "1/1", "is being deleted"),
    ],
)  # fmt: skip
def test_a_component(load: WorkloadRow, pods: tuple[PodRow, ...], state: str, count: str, why: str) -> None:
    found = part(at(workloads=(load,), pods=pods), "gateway")
    assert (found.state, found.count, found.why) == (state, count, why)
    assert found.kind == "Deployment"
    assert found.restarts == sum(pod.restarts for pod in pods)
    assert found.pods == tuple(pod.key for pod in pods)


@pytest.mark.parametrize(
    ("box", "health"),
    [
        (Box("gateway", ready=False), Health.BUSY),
        (Box("gateway", ready=False, restarts=1, last=ended(1)), Health.WARN),
        (CRASH, Health.BAD),
    ],
)  # fmt: skip
def test_not_ready_yet_is_no_fault(box: Box, health: Health) -> None:
    """Readiness comes after a while; a pod that ended before it was ready is another matter."""
    for workloads in ((load("gateway"),), None):
        found = part(at(workloads=workloads, pods=(pod("gateway", box),)), "gateway")
        assert found.health is health
        assert found.why
        old = part(at(workloads=workloads, pods=(pod("gateway", box, created=400),)), "gateway")
        assert old.health is max(health, Health.WARN)


def test_hooks_that_ran_to_their_end_are_healthy() -> None:
    job = workload(
        {"metadata": {"name": "tls-creator", "namespace": "azureml"}, "status": {"conditions": [
            {"type": "Complete", "status": "True"}], "succeeded": 1}}, "Job",
    )  # fmt: skip
    found = at(pods=(PASSED,), workloads=(*loads(1), job))
    assert (part(found, "healthcheck").state, part(found, "healthcheck").health) == ("done", Health.GOOD)
    assert (part(found, "tls-creator").state, part(found, "tls-creator").count) == ("done", "1/1")
    assert found.parts[0].name == "healthcheck"


def test_what_is_not_there_means_something_else_each_time() -> None:
    assert part(at(), "gateway").state == "not there yet"
    over = at(operation=DONE, extension=row("Succeeded"))
    assert (part(over, "gateway").state, part(over, "gateway").health) == ("missing", Health.BAD)
    assert (part(at(operation=FAILED), "gateway").state, part(at(operation=FAILED), "gateway").why) == (
        "gone",
        "was not seen",
    )
    remembered = part(at(operation=FAILED, recording=taped(pod("gateway", CRASH))), "gateway")
    assert (remembered.state, remembered.why) == ("gone", "last seen CrashLoopBackOff: exit 1: no route")
    assert remembered.health is Health.BAD
    blind = part(at(pods=None, workloads=None), "gateway")
    assert (blind.state, blind.health) == ("not seen", Health.UNKNOWN)
    assert part(at("delete"), "gateway").state == "gone"
    assert part(at("delete"), "gateway").health is Health.OFF


def test_pods_alone_tell_where_workloads_may_not_be_listed() -> None:
    pods = (pod("gateway"), pod("relayserver", CRASH))
    found = at(workloads=None, pods=pods)
    assert (part(found, "gateway").state, part(found, "gateway").count) == ("ready", "1/1")
    assert (part(found, "relayserver").state, part(found, "relayserver").why) == ("failed", "exit 1: no route")
    assert part(found, "kube-state-metrics").state == "not there yet"


def test_what_is_asked_for_and_what_is_there_besides() -> None:
    others = (load("cluster-status-reporter", 1), load("mine", 1), load("theirs", 1))
    marked = replace(others[1], release="amlarc-compute")
    found = at(workloads=(*loads(1), others[0], marked, others[2]))
    assert [one.name for one in found.parts if not one.expected] == ["cluster-status-reporter", "mine"]
    assert (found.settled, found.wanted) == (5, 5)
    assert {one.name for one in found.parts if one.expected} == set(WANTED)
    assert all(one.purpose for one in found.parts if one.expected)


def test_the_words() -> None:
    found = at(workloads=loads(0), pods=(PASSED,))
    assert found.words == "components starting, 0 of 5 ready, 100s; usually 2m to 5m, given up after 15m"
    late = at(now=BEGUN + LIMIT + 1, workloads=loads(1))
    assert late.late
    assert late.words == "settling, 5 of 5 ready, 15m; longer than the 15m that Helm waits"
    over = at(operation=FAILED, extension=row("Failed"))
    assert (over.late, over.elapsed, over.words) == (False, 80, "rolled back, 0 of 5 ready, 80s")
    assert at(now=NOW + 5000, operation=FAILED, recording=taped(pod("gateway"))).elapsed == 95
    unknown = at(now=BEGUN + 1000, operation=FAILED, extension=None)
    assert (unknown.elapsed, unknown.late, unknown.words) == (1000, False, "rolled back, 16m")
    assert at("delete", removal=GOING).words == "namespace going, 100s; usually 1m to 10m"


def test_after_a_failure_it_says_what_vanished_and_why() -> None:
    body = extension(SMALL, state="Failed", errorInfo={"code": "ExtensionOperationFailed",
                     "message": POLICIES.replace("{}", ATOMIC.format(TIMEOUT))})  # fmt: skip
    failed = extensions.decode(body)
    room = pod("gateway", Box("gateway", {}, reported=False), phase="Pending", node="")
    found = at(
        operation=FAILED, extension=failed, recording=taped(room, pod("relayserver", CRASH), PASSED),
        report=report(check("E45003", message="no way out"), date=NOW - 50),
    )  # fmt: skip
    assert found.phase == "rolled back"
    assert (found.vanished[0].row.component, found.vanished[0].row.why) == ("relayserver", "exit 1: no route")
    assert found.error is not None
    assert str(found.error) == f"ExtensionOperationFailed: {TIMEOUT}"
    assert [one.code for one in found.diagnosis] == ["X1"]
    assert "exit 1: no route" in found.diagnosis[0].cause
    assert found.diagnosis[0].checks == ("E45003",)
    assert [one.code for one in found.checks] == ["E45003"]
    assert (found.correlation, found.standing) == ("c0rr", "Failed")


def test_while_it_runs_an_older_error_is_not_its_own() -> None:
    older = row(errorInfo={"code": "x", "message": TIMEOUT}, statuses=[{"level": "Error", "message": TIMEOUT}])
    found = at(extension=older)
    assert (found.error, found.diagnosis, found.vanished) == (None, (), ())


def test_what_went_before_it_was_told_to_go_is_what_counts() -> None:
    """A roll-back deletes pods: their last state is the one before, not `Terminating`."""
    tape = Tape()
    sick = pod("relayserver", CRASH)
    tape.pods([sick], NOW - 50)
    assert tape.pods([replace(sick, deleted=NOW - 20, status="Terminating", why="is being deleted")], NOW - 20) == []
    tape.pods([], NOW - 10)
    found = at(operation=FAILED, recording=tape.recording())
    assert [seen.row.status for seen in found.vanished] == ["CrashLoopBackOff"]
    assert "no route" in found.diagnosis[0].cause


def test_agents_that_are_away_are_said_to_be_while_it_runs() -> None:
    found = at(cluster=cluster_row("Offline"))
    assert [one.code for one in found.diagnosis] == ["X21"]
    assert found.phase == "waiting for the agents"


def test_what_is_well_has_no_diagnosis() -> None:
    found = at(workloads=loads(1), operation=DONE, extension=row("Succeeded"), relay_missing=True)
    assert (found.phase, found.diagnosis) == ("done", ())


def test_a_report_of_an_older_operation_is_not_told() -> None:
    assert at(report=report(check("E40001"), date=NOW - 9999)).checks == ()
    assert [one.code for one in at(report=report(check("E40001"))).checks] == ["E40001"]


def test_a_state_older_than_the_operation_says_nothing() -> None:
    """Without an operation to follow, the extension's own state tells; but not one of before."""
    assert at(operation=None, extension=row("Failed")).outcome == "failed"
    stale = replace(row("Failed"), modified=BEGUN - 3600)
    assert at(operation=None, extension=stale).outcome == "running"
    assert at("delete", operation=None, extension=row("Succeeded")).outcome == "running"
    assert at(operation=None, extension=row("Creating")).outcome == "running"


def test_hostile_text_is_harmless() -> None:
    body = extension({MEAN: MEAN}, state="Failed", errorInfo={"code": MEAN, "message": TIMEOUT + MEAN}, id=MEAN)
    box = Box("gateway", waiting("CrashLoopBackOff", MEAN), last=ended(1, "Error", message=MEAN))
    found = at(
        operation=replace(FAILED, message=MEAN), extension=extensions.decode({**body, "id": EXTENSION_ID + MEAN}),
        recording=taped(pod("gateway", box)), report=report(check("E40001", message=MEAN)),
    )  # fmt: skip
    assert [sign for each in (*strings(found), found.words) for sign in offences(each)] == []
    assert found.diagnosis
