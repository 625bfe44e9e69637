"""READY, STATUS and RESTARTS of pods as kubectl shows them."""

from __future__ import annotations

from typing import Any

import pytest

from tui.demo.kube.objects import timestamp
from tui.demo.kube.pod_print import printed

NOW = 1_700_000_000.0


def status(name: str = "main", ready: bool = False, restarts: int = 0, **state: Any) -> dict[str, Any]:
    return {"name": name, "ready": ready, "restartCount": restarts, "state": state}


def ended(code: int = 0, reason: str = "", **more: Any) -> dict[str, Any]:
    return {"exitCode": code, **({"reason": reason} if reason else {}), **more}


RUNS = status(ready=True, running={})
CRASHES = status(restarts=3, waiting={"reason": "CrashLoopBackOff"}) | {
    "lastState": {"terminated": ended(1, "Error", finishedAt=timestamp(NOW - 90))}
}
READY = {"type": "Ready", "status": "True"}


def pod(*containers: dict[str, Any], inits: Any = (), init_spec: Any = None, **more: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {"containers": [{"name": c["name"]} for c in containers] or [{"name": "main"}]}
    if init_spec is not None or inits:
        spec["initContainers"] = init_spec or [{"name": c["name"]} for c in inits]
    inner = {"phase": "Running", "containerStatuses": list(containers), "initContainerStatuses": list(inits), **more}
    return {"metadata": {"name": "p"}, "spec": spec, "status": inner}


SIDECAR = [{"name": "side", "restartPolicy": "Always"}, {"name": "prepare"}]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(pod(phase="Pending"), ("0/1", "Pending", "0"), id="pending"),
        pytest.param(pod(RUNS), ("1/1", "Running", "0"), id="running"),
        pytest.param(pod(RUNS, CRASHES | {"name": "b"}), ("1/2", "CrashLoopBackOff", "3 (90s ago)"), id="crashing"),
        pytest.param(pod(status(waiting={"reason": "ImagePullBackOff"})), ("0/1", "ImagePullBackOff", "0"), id="pull"),
        pytest.param(pod(status(terminated=ended(137, "OOMKilled"))), ("0/1", "OOMKilled", "0"), id="out of memory"),
        pytest.param(pod(status(terminated=ended(3))), ("0/1", "ExitCode:3", "0"), id="exit code"),
        pytest.param(pod(status(terminated=ended(1, signal=9))), ("0/1", "Signal:9", "0"), id="signal"),
        pytest.param(pod(status(terminated=ended(0, "Completed")), phase="Succeeded"),
                     ("0/1", "Completed", "0"), id="done"),
        pytest.param(pod(status("a", terminated=ended(0, "Completed")), RUNS, conditions=[READY]),
                     ("1/2", "Running", "0"), id="one done, ready"),
        pytest.param(pod(status("a", terminated=ended(0, "Completed")), RUNS), ("1/2", "NotReady", "0"), id="one done"),
        pytest.param(pod(phase="Failed", reason="Evicted"), ("0/1", "Evicted", "0"), id="evicted"),
        pytest.param(pod(phase="Pending", conditions=[{"type": "PodScheduled", "reason": "SchedulingGated"}]),
                     ("0/1", "SchedulingGated", "0"), id="gated"),
        pytest.param(pod(inits=[status("i", running={})], phase="Pending"), ("0/1", "Init:0/1", "0"), id="init"),
        pytest.param(pod(inits=[status("i", terminated=ended(0)), status("j", waiting={"reason": "PodInitializing"})],
                         phase="Pending"), ("0/1", "Init:1/2", "0"), id="second init"),
        pytest.param(pod(inits=[status("i", waiting={"reason": "CrashLoopBackOff"}, restarts=2)], phase="Pending"),
                     ("0/1", "Init:CrashLoopBackOff", "2"), id="init crashes"),
        pytest.param(pod(inits=[status("i", terminated=ended(1, "Error"))], phase="Pending"),
                     ("0/1", "Init:Error", "0"), id="init failed"),
        pytest.param(pod(inits=[status("i", terminated=ended(2))], phase="Pending"),
                     ("0/1", "Init:ExitCode:2", "0"), id="init exit code"),
        pytest.param(pod(status(waiting={"reason": "PodInitializing"}), phase="Pending",
                         inits=[status("i", terminated=ended(0), restarts=4)]),
                     ("0/1", "PodInitializing", "0"), id="init restarts are forgotten"),
        pytest.param(pod(RUNS, inits=[status("side", True, 1, running={}) | {"started": True},
                                      status("prepare", terminated=ended(0))], init_spec=SIDECAR),
                     ("2/2", "Running", "1"), id="sidecar"),
    ],
)  # fmt: skip
def test_pods(body: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert printed(body, NOW) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [({}, "Terminating"), ({"reason": "NodeLost"}, "Unknown"), ({"phase": "Succeeded"}, "Succeeded")],
)
def test_pods_that_go(more: dict[str, Any], expected: str) -> None:
    body = pod(**more)
    body["metadata"]["deletionTimestamp"] = timestamp(NOW)
    assert printed(body, NOW)[1] == expected
