"""What is wrong with a pod, in one line, and what is not wrong at all."""

from __future__ import annotations

import pytest

from tests.domain.build import Box, conditions, ended, pod_row, running, waiting
from tui.core.health import Health
from tui.domain.container import Container
from tui.domain.pod import PodRow
from tui.domain.pod_health import WHY_WIDTH, first_failure, short_image, short_name

RUN = "0123456789abcdef0123456789abcdef"
ALL_READY = conditions(PodScheduled=True, Initialized=True, ContainersReady=True, Ready=True)


@pytest.mark.parametrize(
    "row",
    [
        pod_row(Box(), conditions=ALL_READY),
        pod_row(Box()),
        pod_row(Box(restarts=1, last=ended(1, "Error"))),
        pod_row(Box(restarts=31, last=ended(137, "OOMKilled"))),
        pod_row(Box(state=ended(0, "Completed")), phase="Succeeded"),
        pod_row(Box(), inits=(Box("i", ended(0, "Completed")),), conditions=ALL_READY),
        pod_row(Box(), inits=(Box("s", sidecar=True, started=True),), conditions=ALL_READY),
    ],
    ids=["ready", "no conditions", "restarted once", "restarted often", "ran to its end", "init done", "sidecar"],
)
def test_healthy(row: PodRow) -> None:
    """Running with all containers ready, or run to its end; restarts alone are no fault."""
    assert (row.health, row.why) == (Health.GOOD, "")


def pulling(reason: str, message: str, image: str = "a.io/b") -> PodRow:
    return pod_row(Box(image=image, state=waiting(reason, message)), phase="Pending")


CASES: dict[str, tuple[PodRow, Health, str]] = {
    "crash loop": (
        pod_row(Box(state=waiting("CrashLoopBackOff"), last=ended(1, "Error", message="no relay connection"))),
        Health.BAD, "exit 1: no relay connection",
    ),
    "crash loop by signal": (
        pod_row(Box(state=waiting("CrashLoopBackOff"), last=ended(139, signal=11))), Health.BAD, "signal 11",
    ),
    "crash loop, memory": (
        pod_row(Box(state=waiting("CrashLoopBackOff"), last=ended(137, "OOMKilled"))),
        Health.BAD, "OOMKilled, exit 137",
    ),
    "crash loop without a record": (
        pod_row(Box(state=waiting("CrashLoopBackOff"))), Health.BAD, "keeps ending; the last run left no record",
    ),
    "one of two": (
        pod_row(Box("envoy"), Box("xds", waiting("CrashLoopBackOff"), last=ended(2, "Error"))), Health.BAD,
        "xds: exit 2, Error",
    ),
    "pull, no such tag": (
        pulling("ErrImagePull", "rpc error: manifest unknown: no b:1", "mcr.azure.com/a/b:1"),
        Health.BAD, "b:1: no such image or tag",
    ),
    "pull, unauthorized": (
        pulling("ImagePullBackOff", "rpc error: code = Unknown: 401 Unauthorized"),
        Health.BAD, "b: 401 from the registry",
    ),
    "pull, denied": (
        pulling("ErrImagePull", "failed: 403 Forbidden"),
        Health.BAD, "b: 403 from the registry",
    ),
    "pull, no name": (
        pulling("ErrImagePull", "dial tcp: lookup a.io: no such host"),
        Health.BAD, "b: registry name does not resolve",
    ),
    "pull, backing off only": (
        pulling("ImagePullBackOff", 'Back-off pulling image "a.io/b"'),
        Health.BAD, "b",
    ),
    "config": (
        pod_row(Box(state=waiting("CreateContainerConfigError", 'secret "run-token" not found')), phase="Pending"),
        Health.BAD, 'CreateContainerConfigError: secret "run-token" not found',
    ),
    "init crash": (
        pod_row(Box(state=waiting("PodInitializing")), phase="Pending",
                inits=(Box("init", waiting("CrashLoopBackOff"), last=ended(1)),)),
        Health.BAD, "init: exit 1",
    ),
    "failed": (pod_row(Box(state=ended(3, "Error")), phase="Failed"), Health.BAD, "exit 3, Error"),
    "failed, no container": (pod_row(phase="Failed"), Health.BAD, "failed, no container says why"),
    "the first to end badly is the cause": (
        pod_row(Box(f"{RUN}-lifecycler", ended(143, "Error", seconds=10)),
                Box(f"{RUN}-execution-wrapper", ended(137, "OOMKilled", seconds=20)),
                Box("training-identity-sidecar", ended(0, "Completed", seconds=30)), phase="Failed"),
        Health.BAD, "OOMKilled, exit 137",
    ),
    "the container that its component is called after": (
        pod_row(Box("relayserver", waiting("CrashLoopBackOff"), last=ended(1, message="no relay")), Box("proxy"),
                name="amlarc-relayserver-6676d6c959-x", owner=("ReplicaSet", "amlarc-relayserver-6676d6c959")),
        Health.BAD, "exit 1: no relay",
    ),
    "the container that its workload is called after": (
        pod_row(Box("web", waiting("CrashLoopBackOff"), last=ended(1)), Box("proxy"), namespace="shop", name="web-0",
                owner=("StatefulSet", "web")),
        Health.BAD, "exit 1",
    ),
    "another container of that pod": (
        pod_row(Box("web"), Box("proxy", waiting("CrashLoopBackOff"), last=ended(1)), namespace="shop", name="web-0",
                owner=("StatefulSet", "web")),
        Health.BAD, "proxy: exit 1",
    ),
    "evicted": (
        pod_row(phase="Failed", reason="Evicted", message="The node was low on resource: memory."), Health.WARN,
        "Evicted: The node was low on resource: memory.",
    ),
    "no devices": (
        pod_row(phase="Failed", reason="OutOfnvidia.com/gpu", message="Node didn't have enough"), Health.BAD,
        "OutOfnvidia.com/gpu: Node didn't have enough",
    ),
    "not ready after a bad run": (
        pod_row(Box(state=running(), ready=False, restarts=2, last=ended(1, "Error"))), Health.WARN,
        "main not ready; before: exit 1, Error",
    ),
    "not ready": (pod_row(Box("reloader", ready=False, started=True), Box("b")), Health.WARN, "reloader not ready"),
    "starts": (pod_row(Box(ready=False, started=False)), Health.BUSY, "main starts"),
    "restarting": (pod_row(Box(state=waiting("ContainerCreating"))), Health.BUSY, "main starts"),
    "one ended, the other runs on": (
        pod_row(Box(f"{RUN}-execution-wrapper", ended(0, "Completed")), Box("sidecar")), Health.BUSY,
        "execution-wrapper ended, the others run on",
    ),
    "readiness gate": (
        pod_row(Box(), conditions=conditions(Ready=(False, "ReadinessGatesNotReady", "the gate is shut"))), Health.WARN,
        "ReadinessGatesNotReady: the gate is shut",
    ),
    "marked not ready by the node controller": (
        pod_row(Box(), conditions=conditions(Ready=False)), Health.WARN,
        "marked not ready, its containers are: look at its node",
    ),
    "terminating": (pod_row(Box(), deleted=True), Health.BUSY, "is being deleted"),
    "its node is lost": (pod_row(Box(), deleted=True, reason="NodeLost"), Health.UNKNOWN, "its node does not report"),
    "phase unknown": (pod_row(Box(), phase="Unknown"), Health.UNKNOWN, "its node does not report"),
    "gated": (
        pod_row(phase="Pending", node="", conditions=conditions(PodScheduled=(False, "SchedulingGated"))), Health.BUSY,
        "held back by a scheduling gate",
    ),
    "waits for the scheduler": (pod_row(phase="Pending", node=""), Health.BUSY, "waits for the scheduler"),
    "unschedulable": (
        pod_row(phase="Pending", node="", conditions=conditions(
            PodScheduled=(False, "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."))),
        Health.WARN, "0/3 nodes: 3 too little cpu",
    ),
    "unschedulable without words": (
        pod_row(phase="Pending", node="", conditions=conditions(PodScheduled=(False, "Unschedulable"))), Health.WARN,
        "not schedulable",
    ),
    "init runs": (
        pod_row(Box(state=waiting("PodInitializing")), phase="Pending", inits=(Box("i"),)), Health.BUSY,
        "init container 0/1",
    ),
    "containers start": (
        pod_row(Box(state=waiting("ContainerCreating")), phase="Pending"), Health.BUSY, "containers start",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_judged(case: str) -> None:
    row, health, why = CASES[case]
    assert (row.health, row.why) == (health, why)


def test_a_reason_is_one_short_clean_line_without_secrets() -> None:
    message = "\x1b[31mfailed\x1b[0m with AccountKey=abcdefgh;\n" + "x" * 500
    row = pod_row(Box(state=waiting("CreateContainerError", message)), phase="Pending")
    assert row.why.startswith("CreateContainerError: failed with AccountKey=‹masked›; x")
    assert len(row.why) == WHY_WIDTH
    assert "abcdefgh" not in repr(row)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        (f"{RUN}-execution-wrapper", "execution-wrapper"), (f"{RUN}-", f"{RUN}-"), (RUN, RUN), ("gateway", "gateway"),
        (f"x{RUN}-a", f"x{RUN}-a"),
    ],
)  # fmt: skip
def test_short_name(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("image", "short"),
    [
        ("mcr.microsoft.com/azureml/gateway:1.2", "gateway:1.2"),
        (f"r.io/a/b@sha256:{'ab' * 32}", "b@abababababab"),
        ("nginx", "nginx"),
        ("", ""),
    ],
)
def test_short_image(image: str, short: str) -> None:
    assert short_image(image) == short


def test_no_failure_among_good_ends() -> None:
    parts: tuple[Container, ...] = pod_row(Box("a", ended(0)), Box("b")).containers
    assert first_failure(parts) is None
