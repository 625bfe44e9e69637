"""READY, STATUS and RESTARTS, case by case as kubectl's printPod has them."""

from __future__ import annotations

from functools import partial

import pytest

from tests.domain.build import NOW, Box, Json, conditions, ended, pod, running, waiting
from tui.domain.pod import decode
from tui.domain.pod_status import restarts_text

CREATING, INITIALIZING = waiting("ContainerCreating"), waiting("PodInitializing")
UP = conditions(Initialized=True, Ready=True)

UNSCHEDULABLE = conditions(PodScheduled=(False, "Unschedulable"))
GATED = conditions(PodScheduled=(False, "SchedulingGated"))
UNPLACED = partial(pod, Box(reported=False), phase="Pending", node="")
PENDING = partial(pod, phase="Pending")
INIT = partial(PENDING, Box(state=INITIALIZING))

CASES: dict[str, tuple[Json, str]] = {
    "running": (pod(Box()), "Running 1/1 0"),
    "running, one of two ready": (pod(Box("a"), Box("b", ready=False)), "Running 1/2 0"),
    "pending, not scheduled": (UNPLACED(), "Pending 0/1 0"),
    "unschedulable is just pending": (UNPLACED(conditions=UNSCHEDULABLE), "Pending 0/1 0"),
    "scheduling gated": (UNPLACED(conditions=GATED), "SchedulingGated 0/1 0"),
    "creating": (PENDING(Box(state=CREATING)), "ContainerCreating 0/1 0"),
    "waiting without a reason": (PENDING(Box(state=waiting())), "Pending 0/1 0"),
    "no state at all": (PENDING(Box(state={"x": 1})), "Pending 0/1 0"),
    "crash loop": (pod(Box(state=waiting("CrashLoopBackOff"), restarts=14)), "CrashLoopBackOff 0/1 14"),
    "pull": (PENDING(Box(state=waiting("ImagePullBackOff"))), "ImagePullBackOff 0/1 0"),
    "the first container has the last word": (
        pod(Box("a", waiting("ErrImagePull")), Box("b", waiting("CrashLoopBackOff"), restarts=2)), "ErrImagePull 0/2 2",
    ),
    "completed": (pod(Box(state=ended(0, "Completed")), phase="Succeeded"), "Completed 0/1 0"),
    "error": (pod(Box(state=ended(1, "Error")), phase="Failed"), "Error 0/1 0"),
    "out of memory": (pod(Box(state=ended(137, "OOMKilled")), phase="Failed"), "OOMKilled 0/1 0"),
    "exit code only": (pod(Box(state=ended(2)), phase="Failed"), "ExitCode:2 0/1 0"),
    "exit code 0 only": (pod(Box(state=ended(0)), phase="Succeeded"), "ExitCode:0 0/1 0"),
    "signal only": (pod(Box(state=ended(137, signal=9)), phase="Failed"), "Signal:9 0/1 0"),
    "completed and running, ready": (
        pod(Box("a", ended(0, "Completed")), Box("b"), conditions=conditions(Ready=True)), "Running 1/2 0",
    ),
    "completed and running, not ready": (
        pod(Box("a", ended(0, "Completed")), Box("b"), conditions=conditions(Ready=False)), "NotReady 1/2 0",
    ),
    "running and completed after it": (
        pod(Box("a"), Box("b", ended(0, "Completed")), conditions=conditions(Ready=False)), "NotReady 1/2 0",
    ),
    "completed, and running but not ready itself": (
        pod(Box("a", ended(0, "Completed")), Box("b", ready=False)), "Completed 0/2 0",
    ),
    "error beside running": (pod(Box("a", ended(1, "Error")), Box("b")), "Error 1/2 0"),
    "evicted": (pod(phase="Failed", reason="Evicted", message="low on memory"), "Evicted 0/0 0"),
    "evicted, with a status": (pod(Box(state=ended(137, "Error")), phase="Failed", reason="Evicted"), "Error 0/1 0"),
    "node lost": (pod(Box(), reason="NodeLost", deleted=True), "Unknown 1/1 0"),
    "node lost, not deleted": (pod(Box(), reason="NodeLost"), "NodeLost 1/1 0"),
    "terminating": (pod(Box(), deleted=True), "Terminating 1/1 0"),
    "terminating while pulling": (PENDING(Box(state=waiting("ErrImagePull")), deleted=True), "Terminating 0/1 0"),
    "deleted after success": (
        pod(Box(state=ended(0, "Completed")), phase="Succeeded", deleted=True), "Completed 0/1 0",
    ),
    "deleted after failure": (pod(Box(state=ended(1, "Error")), phase="Failed", deleted=True), "Error 0/1 0"),
    "init running": (INIT(inits=(Box("i"), Box("j", INITIALIZING))), "Init:0/2 0/1 0"),
    "second init running": (INIT(inits=(Box("i", ended(0, "Completed")), Box("j"))), "Init:1/2 0/1 0"),
    "init not reported yet": (
        INIT(inits=(Box("i", reported=False), Box("j", reported=False))), "PodInitializing 0/1 0",
    ),
    "init failed": (INIT(inits=(Box("i", ended(1, "Error"), restarts=3),)), "Init:Error 0/1 3"),
    "init exit code": (INIT(inits=(Box("i", ended(3)),)), "Init:ExitCode:3 0/1 0"),
    "init signal": (INIT(inits=(Box("i", ended(137, signal=9)),)), "Init:Signal:9 0/1 0"),
    "init crash loop": (
        INIT(inits=(Box("i", waiting("CrashLoopBackOff"), restarts=5),)), "Init:CrashLoopBackOff 0/1 5",
    ),
    "init pull": (INIT(inits=(Box("i", waiting("ErrImagePull")),)), "Init:ErrImagePull 0/1 0"),
    "inits done": (pod(Box(restarts=1), inits=(Box("i", ended(), restarts=4),), conditions=UP), "Running 1/1 1"),
    "init runs again though initialized": (pod(Box(), inits=(Box("i"),), conditions=UP), "Init:0/1 1/1 0"),
    "sidecar started and ready": (
        pod(Box(), inits=(Box("s", sidecar=True, started=True, restarts=2),), conditions=UP), "Running 2/2 2",
    ),
    "sidecar started, not ready": (
        pod(Box(), inits=(Box("s", sidecar=True, started=True, ready=False),), conditions=UP), "Running 1/2 0",
    ),
    "sidecar not started holds the pod": (
        INIT(inits=(Box("s", sidecar=True, started=False, ready=False),)), "Init:0/1 0/2 0",
    ),
    "init after a sidecar": (INIT(inits=(Box("s", sidecar=True, started=True), Box("i"))), "Init:1/2 1/2 0"),
    "sidecar crashing before the rest": (
        INIT(inits=(Box("s", waiting("CrashLoopBackOff"), sidecar=True, restarts=7),)), "Init:CrashLoopBackOff 0/2 7",
    ),
    "restarts of sidecars count, of inits no more": (
        pod(Box(restarts=1), inits=(Box("s", sidecar=True, started=True, restarts=2), Box("i", ended(), restarts=9)),
            conditions=UP),
        "Running 2/2 3",
    ),
    "restarts of all main containers add up": (pod(Box("a", restarts=2), Box("b", restarts=3)), "Running 2/2 5"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_as_kubectl_prints_it(case: str) -> None:
    body, shown = CASES[case]
    row = decode(body)
    assert f"{row.status} {row.ready}/{row.total} {row.restarts}" == shown


def test_when_it_last_restarted() -> None:
    last = {"a": ended(1, seconds=500), "b": ended(1, seconds=90)}
    row = decode(pod(Box("a", running(), restarts=1, last=last["a"]), Box("b", running(), restarts=2, last=last["b"])))
    assert row.restarted == NOW - 90
    assert restarts_text(row.restarts, row.restarted, NOW) == "3 (90s ago)"


def test_an_init_containers_restart_is_forgotten_when_it_is_done() -> None:
    row = decode(pod(Box(), inits=(Box("i", ended(), restarts=2, last=ended(1, seconds=70)),), conditions=UP))
    assert (row.restarts, row.restarted) == (0, None)


@pytest.mark.parametrize(
    ("restarts", "restarted", "shown"),
    [(0, None, "0"), (0, NOW, "0"), (3, None, "3"), (1, NOW - 133, "1 (2m13s ago)"), (2, NOW + 1, "2 (0s ago)")],
)
def test_restarts_as_text(restarts: int, restarted: float | None, shown: str) -> None:
    assert restarts_text(restarts, restarted, NOW) == shown
