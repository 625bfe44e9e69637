"""The row of a pod: what it takes of its node, what it belongs to, and what is not kept."""

from __future__ import annotations

import msgspec
import pytest

from tests.domain.build import NOW, Box, ended, pod, pod_row, waiting
from tui.domain.amounts import Amounts
from tui.domain.columns import LOOKS
from tui.domain.pod import PodItem, PodRow, decode, haystack

GI = 2**30


def _box(name: str, cpu: str, memory: str = "1Gi", **more: object) -> Box:
    return Box(name, requests={"cpu": cpu, "memory": memory}, **more)  # type: ignore[arg-type]


def test_main_containers_add_up() -> None:
    assert pod_row(_box("a", "500m"), _box("b", "1", "2Gi")).requests == Amounts(1500, 3 * GI)


def test_a_big_init_container_needs_only_its_turn() -> None:
    row = pod_row(_box("a", "500m"), inits=(_box("i", "2", "256Mi"), _box("j", "1", "4Gi")))
    assert row.requests == Amounts(2000, 4 * GI)


def test_sidecars_add_up_with_the_main_ones_and_beside_later_inits() -> None:
    row = pod_row(_box("a", "1"), inits=(_box("i", "1"), _box("s", "500m", sidecar=True, started=True), _box("j", "2")))
    assert row.requests == Amounts(2500, 2 * GI)


def test_an_init_before_a_sidecar_does_not_stand_beside_it() -> None:
    row = pod_row(_box("a", "100m"), inits=(_box("i", "2"), _box("s", "500m", sidecar=True, started=True)))
    assert row.requests.cpu == 2000


def test_overhead_and_limits_without_requests_count() -> None:
    box = Box(limits={"cpu": "2", "memory": "1Gi", "nvidia.com/gpu": "1"}, requests={"cpu": "1"})
    row = pod_row(box, overhead={"cpu": "250m", "memory": "1Gi"})
    assert row.requests == Amounts(1250, 2 * GI, 1)
    assert pod_row(Box(limits={"cpu": "2"})).requests == Amounts(2000)
    assert pod_row(Box()).requests == Amounts()


def test_containers_in_the_order_of_their_statuses_then_the_rest() -> None:
    body = pod(Box("a"), Box("b"), Box("c", reported=False), inits=(Box("i", ended()), Box("s", sidecar=True)))
    body["status"]["containerStatuses"].reverse()
    row = decode(body)
    assert [(part.name, part.role, part.reported) for part in row.containers] == [
        ("i", "init", True), ("s", "sidecar", True), ("b", "main", True), ("a", "main", True), ("c", "main", False),
    ]  # fmt: skip


def test_what_a_container_says() -> None:
    row = pod_row(
        Box("a", waiting("CrashLoopBackOff", "back-off 5m"), restarts=4, last=ended(137, "OOMKilled", seconds=90))
    )
    (part,) = row.containers
    assert (part.state, part.reason, part.message, part.restarts, part.ready) == (
        "waiting", "CrashLoopBackOff", "back-off 5m", 4, False,
    )  # fmt: skip
    assert part.last is not None
    assert (part.last.exit_code, part.last.finished, str(part.last)) == (137, NOW - 90, "OOMKilled, exit 137")


def test_a_container_that_is_over() -> None:
    (part,) = pod_row(Box("a", ended(1, "Error", message="no relay")), phase="Failed").containers
    assert part.ended is not None
    assert (part.state, part.reason, str(part.ended)) == ("terminated", "Error", "exit 1: no relay")
    assert part.since is None


def test_ends_as_text() -> None:
    def end(**given: object) -> str:
        (part,) = pod_row(Box(state=ended(**given))).containers  # type: ignore[arg-type]
        return str(part.ended)

    assert end(code=1) == "exit 1"
    assert end(code=1, reason="Error") == "exit 1, Error"
    assert end(code=0, reason="Completed") == "exit 0"
    assert end(code=137, signal=9) == "signal 9"
    assert end(code=128, reason="StartError", message="no such file") == "StartError, exit 128: no such file"


def test_identity_and_belonging() -> None:
    body = pod(
        Box(), name="gateway-7b58dc99cd-c6c4s", owner=("ReplicaSet", "gateway-7b58dc99cd"), labels={"app": "gateway"}
    )
    row = decode(body)
    assert (row.key, row.component, row.owner_kind, row.owner) == (
        "azureml/gateway-7b58dc99cd-c6c4s", "gateway", "ReplicaSet", "gateway-7b58dc99cd",
    )  # fmt: skip
    assert (row.labels, row.created, row.over) == ({"app": "gateway"}, NOW - 600, False)


def test_what_replicas_have_in_common_is_kept_once() -> None:
    def replica(number: int) -> PodRow:
        body = pod(
            _box("a", "1"), _box("b", "2"), name=f"web-6676d6c959-{number}", owner=("ReplicaSet", "web-6676d6c959"),
            labels={"app": "web", "tier": "front"},
        )  # fmt: skip
        return decode(msgspec.json.decode(msgspec.json.encode(body), type=PodItem))

    one, other = replica(1), replica(2)
    assert one.labels == {"app": "web", "tier": "front"}
    for field in ("namespace", "status", "phase", "created", "node", "owner", "component", "requests", "labels"):
        assert getattr(one, field) is getattr(other, field), field
    for mine, theirs in zip(one.containers, other.containers, strict=True):
        assert mine.since is one.containers[0].since
        assert (mine.name, mine.image) == (theirs.name, theirs.image)
        assert mine.image is theirs.image
        assert mine.requests is theirs.requests


@pytest.mark.parametrize(("namespace", "name"), [("a", "x"), ("", "x"), ("a", "b/c"), ("a", ""), ("", "")])
def test_a_name_is_what_the_key_ends_in(namespace: str, name: str) -> None:
    row = decode({"metadata": {"name": name, "namespace": namespace}})
    assert (row.namespace, row.name) == (namespace, name)


def test_ended_pods_take_nothing() -> None:
    assert pod_row(phase="Succeeded").over
    assert pod_row(phase="Failed").over


def test_secrets_and_noise_are_never_decoded() -> None:
    body = pod(Box())
    body["metadata"]["annotations"] = {"token": "hunter2"}
    body["metadata"]["managedFields"] = [{"manager": "hunter2"}]
    body["spec"]["containers"][0] |= {"env": [{"name": "TOKEN", "value": "hunter2"}], "command": ["hunter2"]}
    body["spec"]["volumes"] = [{"name": "hunter2"}]
    assert "hunter2" not in repr(decode(body))


def test_typed_and_untyped_decoding_agree() -> None:
    body = pod(_box("a", "1"), inits=(Box("i", ended()),), labels={"a": "b"})
    assert decode(msgspec.json.decode(msgspec.json.encode(body), type=PodItem)) == decode(body)


def test_the_filter_finds_what_is_shown() -> None:
    row = pod_row(Box(state=waiting("CrashLoopBackOff"), last=ended(1, message="no relay")), node="gpu-1")
    hay = haystack(row)
    for shown in ("azureml", row.name, "0/1", "CrashLoopBackOff", "gpu-1", "no relay", row.component):
        assert shown in hay
    cells = [column.text(row, NOW) for column in LOOKS["pods"].columns if column.id not in ("age", "restarts", "why")]
    assert all(cell in hay or cell == "-" for cell in cells)
