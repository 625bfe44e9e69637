"""Whether a log goes on, by what its pod says."""

from __future__ import annotations

from typing import Any

import pytest

from tui.client.log_state import Ends, Standing, judge, standing
from tui.core.errors import Problem

BREAK = Problem("cut")
REFUSED = Problem("no such container", status=400)


def pod(
    state: dict[str, Any], *, policy: str | None = "Always", where: str = "containerStatuses", restarts: int = 0,
    own: str = "", **status: Any,
) -> dict[str, Any]:  # fmt: skip
    lists = {
        "containerStatuses": "containers", "initContainerStatuses": "initContainers",
        "ephemeralContainerStatuses": "ephemeralContainers",
    }  # fmt: skip
    container = {"name": "main", **({"restartPolicy": own} if own else {})}
    spec: dict[str, Any] = {"containers": [{"name": "other"}], **({"restartPolicy": policy} if policy else {})}
    spec.setdefault(lists[where], [])
    spec[lists[where]] = [*spec[lists[where]], container]
    return {"spec": spec, "status": {where: [{"name": "main", "state": state, "restartCount": restarts}], **status}}


ENDED = {"terminated": {"exitCode": 0, "reason": "Completed"}}
FAILED = {"terminated": {"exitCode": 1, "reason": "Error"}}


@pytest.mark.parametrize(
    ("found", "again"),
    [
        (pod(ENDED), True),
        (pod(ENDED, policy=None), True),
        (pod(ENDED, policy="OnFailure"), False),
        (pod(FAILED, policy="OnFailure"), True),
        (pod(FAILED, policy="Never"), False),
        (pod(ENDED, phase="Succeeded"), False),
        (pod(ENDED, where="initContainerStatuses"), False),
        (pod(FAILED, where="initContainerStatuses"), True),
        (pod(FAILED, where="initContainerStatuses", policy="Never"), False),
        (pod(ENDED, where="initContainerStatuses", own="Always"), True),
        (pod(ENDED, where="ephemeralContainerStatuses"), False),
    ],
)
def test_whether_it_is_started_again(found: dict[str, Any], again: bool) -> None:
    assert standing(found, "main").again is again


def test_how_it_stands_is_read_from_its_own_status() -> None:
    waiting = {"waiting": {"reason": "CrashLoop\nBackOff"}}
    found = pod(waiting, restarts=3)
    found["status"]["containerStatuses"][0]["lastState"] = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
    assert standing(found, "main") == Standing(
        instance=3, state="waiting", waiting="CrashLoop BackOff", reason="OOMKilled", exit_code=137, dead=True
    )
    assert standing({}, "main") == Standing(waiting="not started yet")
    assert standing(pod({}), "nobody").exists is False
    assert standing(pod({}), "other") == Standing(waiting="not started yet")


@pytest.mark.parametrize(
    ("now", "stream", "previous", "verdict"),
    [
        (Standing(instance=1, state="running"), BREAK, False, "again"),
        (Standing(instance=1, state="running"), None, False, "again"),
        (Standing(instance=2, state="running"), None, False, "restarted"),
        (Standing(instance=1, state="terminated", reason="Error", exit_code=3, again=False), None, False,
         Ends("Error, exit code 3", 3)),
        (Standing(instance=1, state="terminated", again=True), None, False, "again"),
        (Standing(instance=1, state="waiting", waiting="CrashLoopBackOff"), REFUSED, False, "again"),
        (Standing(instance=1, state="running"), REFUSED, False, REFUSED),
        (Standing(exists=False), REFUSED, False, REFUSED),
        (Standing(), REFUSED, False, "again"),
        (Standing(), Problem("no", status=403), False, Problem("no", status=403)),
        (Standing(again=False), None, False, Ends("the pod has ended", gone=True)),
        (Standing(Problem("gone", status=404)), BREAK, False, Ends("the pod is gone", gone=True)),
        (Standing(Problem("away", status=503)), BREAK, False, "again"),
        (Standing(instance=1, state="running"), None, True, Ends("the end of the previous instance")),
        (Standing(instance=1, state="waiting"), REFUSED, True, REFUSED),
    ],
)  # fmt: skip
def test_what_the_end_of_a_stream_means(now: Standing, stream: Problem | None, previous: bool, verdict: Any) -> None:
    assert judge(now, stream, 1, previous) == verdict


@pytest.mark.parametrize(
    ("now", "stream", "options", "verdict"),
    [
        (Standing(uid="b", instance=0, state="running"), BREAK, {}, "restarted"),
        (Standing(uid="b", instance=0, state="running"), REFUSED, {}, "restarted"),
        (Standing(uid="b", instance=0, state=""), None, {}, "restarted"),
        (Standing(uid="a", instance=1, state="running"), BREAK, {}, "again"),
        (Standing(uid="b", instance=1, state="running"), BREAK, {"previous": True},
         Ends("another instance began: the rest of this one cannot be read", gone=True)),
        (Standing(uid="a", instance=1, state="running"), BREAK, {"once": True}, "again"),
        (Standing(uid="a", instance=1, state="running"), None, {"once": True}, Ends("the end of what there is")),
        (Standing(uid="a", instance=1, state="waiting"), REFUSED, {"once": True}, REFUSED),
    ],
)  # fmt: skip
def test_another_pod_of_the_name_is_another_log(
    now: Standing, stream: Problem | None, options: dict[str, bool], verdict: Any
) -> None:
    assert judge(now, stream, 1, uid="a", **options) == verdict
