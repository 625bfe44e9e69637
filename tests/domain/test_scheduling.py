"""Does it fit, how often, and why not: by table, and against a plain re-telling of the scheduler's rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.domain.build import Box, extension, node_row, pod_row
from tui.core.health import Health
from tui.domain import extension as extensions
from tui.domain import scheduling
from tui.domain.amounts import Amounts
from tui.domain.node import NodeRow, TaintRow
from tui.domain.scheduling import (
    WORKLOAD_TOLERATIONS,
    Site,
    Toleration,
    Used,
    blocking_taints,
    capacity,
    fit,
    free_total,
    left,
    site,
    times,
    usage,
)

GI = 2**30
SIZE = Amounts(4000, 16 * GI, 1)
BIG = {"cpu": "16", "memory": "64Gi", "gpus": "4"}


def _taint(key: str, value: str = "", effect: str = "NoSchedule") -> dict[str, str]:
    return {"key": key, "value": value, "effect": effect}


VERDICTS: dict[str, tuple[dict[str, Any], Used, str, str, Health]] = {
    "fits often": (BIG, Used(), "", "4 fit", Health.GOOD),
    "fits once": (BIG, Used(gpus=3, pods=3), "", "1 fits", Health.GOOD),
    "label is missing": ({**BIG, "labels": {}}, Used(), "label", "label gpu missing", Health.OFF),
    "label is another": ({**BIG, "labels": {"gpu": "k"}}, Used(), "label", "label gpu is k", Health.OFF),
    "label is empty": ({**BIG, "labels": {"gpu": ""}}, Used(), "label", "label gpu is empty", Health.OFF),
    "taint": ({**BIG, "taints": [_taint("sku", "gpu")]}, Used(), "taint", "taint sku=gpu:NoSchedule", Health.OFF),
    "taint NoExecute": ({**BIG, "taints": [_taint("x", "", "NoExecute")]}, Used(), "taint", "taint x:NoExecute",
        Health.OFF),
    "taint by preference only": ({**BIG, "taints": [_taint("x", "", "PreferNoSchedule")]}, Used(), "", "4 fit",
        Health.GOOD),
    "taint of the product": ({**BIG, "taints": [_taint("ml.azure.com/amlarc", "true")]}, Used(), "", "4 fit",
        Health.GOOD),
    "taint of the product, other value": (
        {**BIG, "taints": [_taint("ml.azure.com/amlarc", "no")]}, Used(), "taint",
            "taint ml.azure.com/amlarc=no:NoSchedule",
        Health.OFF,
    ),
    "taint of a workspace": ({**BIG, "taints": [_taint("ml.azure.com/workspace", "w")]}, Used(), "", "4 fit",
        Health.GOOD),
    "not ready": ({**BIG, "ready": "False", "taints": [_taint("node.kubernetes.io/unreachable", "", "NoExecute")]},
        Used(),
                  "not ready", "not ready", Health.BAD),
    "cordoned": ({**BIG, "cordoned": True, "taints": [_taint("node.kubernetes.io/unschedulable")]}, Used(), "cordoned",
                 "cordoned", Health.OFF),
    "too few GPUs now": (BIG, Used(gpus=4), "gpu", "short of 1 GPU", Health.BUSY),
    "too few GPUs ever": ({**BIG, "gpus": "0"}, Used(), "gpu", "short of 1 GPU", Health.BAD),
    "memory now": (BIG, Used(memory=52 * GI + GI // 2), "memory", "memory short by 4.5Gi", Health.BUSY),
    "cpu now": (BIG, Used(cpu=12500), "cpu", "cpu short by 500m", Health.BUSY),
    "cpu ever": ({**BIG, "cpu": "3"}, Used(), "cpu", "cpu short by 1", Health.BAD),
    "full of pods": ({**BIG, "pods": "30"}, Used(pods=30), "pods", "full of pods", Health.BUSY),
    "over-full of pods": ({**BIG, "pods": "30"}, Used(pods=31), "pods", "full of pods", Health.BUSY),
    "few pods left": ({**BIG, "pods": "30"}, Used(pods=28), "", "2 fit", Health.GOOD),
    "pod limit not known": ({**BIG, "pods": "0"}, Used(pods=500), "", "4 fit", Health.GOOD),
}  # fmt: skip


@pytest.mark.parametrize("case", VERDICTS)
def test_one_node(case: str) -> None:
    given_, used, cause, text, health = VERDICTS[case]
    node = node_row("n1", **{"labels": {"gpu": "v"}, **given_})
    (verdict,) = fit(SIZE, {"gpu": "v"}, [node], {"n1": used})
    assert (verdict.cause, verdict.text, verdict.health) == (cause, text, health)
    assert (verdict.now > 0) == (cause == "")


def test_a_size_without_gpus_does_not_mind_that_they_are_gone() -> None:
    (verdict,) = fit(Amounts(4000, GI), {}, [node_row(cpu="2", gpus="0")], {"n1": Used(gpus=1)})
    assert verdict.text == "cpu short by 2"


def test_a_size_that_asks_for_nothing() -> None:
    assert fit(Amounts(), {}, [node_row(pods="30")], {})[0].now == 30
    assert capacity(Amounts(), {}, [node_row(pods="0")], {}).now > 0


@pytest.mark.parametrize(
    ("toleration", "taint", "tolerated"),
    [
        (Toleration("a", "b"), TaintRow("a", "b", "NoSchedule"), True),
        (Toleration("a", "b"), TaintRow("a", "c", "NoSchedule"), False),
        (Toleration("a", "b"), TaintRow("b", "b", "NoSchedule"), False),
        (Toleration("a", exists=True), TaintRow("a", "c", "NoExecute"), True),
        (Toleration("a", exists=True, effect="NoSchedule"), TaintRow("a", "c", "NoExecute"), False),
        (Toleration("", exists=True), TaintRow("x", "y", "NoExecute"), True),
        (Toleration("", exists=True, effect="NoSchedule"), TaintRow("x", "y", "NoSchedule"), True),
        (Toleration("a"), TaintRow("a", "", "NoSchedule"), True),
        (Toleration("a"), TaintRow("a", "x", "NoSchedule"), False),
    ],
)
def test_tolerations(toleration: Toleration, taint: TaintRow, tolerated: bool) -> None:
    assert toleration.tolerates(taint) is tolerated


def test_what_the_extension_adds() -> None:
    row = extensions.decode(
        extension(
            {
                "nodeSelector.kubernetes\\.io/os": "linux",
                "nodeSelector.pool": "ml",
                "workLoadToleration[1].key": "spot",
                "workLoadToleration[1].operator": "Exists",
                "workLoadToleration[0].key": "sku",
                "workLoadToleration[0].value": "gpu",
                "workLoadToleration[0].effect": "NoSchedule",
                "enableTraining": "True",
            }
        )
    )
    at = site(row)
    assert at.selector == {"kubernetes.io/os": "linux", "pool": "ml"}
    assert at.tolerations[: len(WORKLOAD_TOLERATIONS)] == WORKLOAD_TOLERATIONS
    assert at.tolerations[len(WORKLOAD_TOLERATIONS) :] == (
        Toleration("sku", "gpu", False, "NoSchedule"),
        Toleration("spot", "", True, ""),
    )
    assert site(None) == Site()


def test_one_label_wanted_with_two_values_is_met_nowhere() -> None:
    at = Site({"pool": "ml"})
    nodes = [node_row("a", labels={"pool": "ml"}), node_row("b", labels={"pool": "gpu"})]
    assert capacity(Amounts(1000), {"pool": "gpu"}, nodes, {}, at).matching == 0
    assert [verdict.cause for verdict in fit(Amounts(1000), {"pool": "gpu"}, nodes, {}, at)] == ["label", "label"]
    assert free_total(nodes, {}, {"pool": "gpu"}, at) == Amounts()


def test_what_pods_take() -> None:
    def pod(name: str, **more: Any) -> Any:
        return pod_row(Box(requests={"cpu": "1", "memory": "1Gi"}, limits={"nvidia.com/gpu": "1"}), name=name, **more)

    used = usage(
        [
            pod("a", node="n1"),
            pod("b", node="n1", deleted=True),
            pod("c", node="n2"),
            pod("d", node="n1", phase="Succeeded"),
            pod("e", node="n1", phase="Failed"),
            pod("f", node="", phase="Pending"),
        ]
    )
    assert used == {"n1": Used(2000, 2 * GI, 2, 2), "n2": Used(1000, GI, 1, 1)}


LABELS = st.dictionaries(st.sampled_from(["gpu", "zone"]), st.sampled_from(["v", "k"]), max_size=2)
TAINTS = st.lists(
    st.builds(
        _taint,
        st.sampled_from(["sku", "ml.azure.com/amlarc", "ml.azure.com/compute", "node.kubernetes.io/unschedulable"]),
        st.sampled_from(["", "true", "gpu"]),
        st.sampled_from(["NoSchedule", "NoExecute", "PreferNoSchedule"]),
    ),
    max_size=2,
)
NODES = st.lists(
    st.fixed_dictionaries(
        {
            "labels": LABELS,
            "taints": TAINTS,
            "cordoned": st.booleans(),
            "ready": st.sampled_from(["True", "True", "False", "Unknown"]),
            "cpu": st.integers(0, 16).map(str),
            "memory": st.integers(0, 64).map("{}Gi".format),
            "gpus": st.integers(0, 4).map(str),
            "pods": st.sampled_from(["0", "2", "110"]),
        }
    ),
    min_size=1,
    max_size=5,
)
USED = st.lists(
    st.builds(Used, st.integers(0, 20000), st.integers(0, 70).map(GI.__mul__), st.integers(0, 5), st.integers(0, 4))
)
SIZES = st.builds(Amounts, st.integers(0, 9000), st.integers(0, 40).map(GI.__mul__), st.integers(0, 3))


def _by_hand(size: Amounts, wanted: list[tuple[str, str]], node: NodeRow, used: Used) -> int:
    """One by one, as a scheduler would place them."""
    if not node.ready or node.cordoned or any(node.labels.get(key) != value for key, value in wanted):
        return 0
    for taint in node.taints:
        said_otherwise = taint.key == "node.kubernetes.io/unschedulable"
        if taint.effect == "PreferNoSchedule" or said_otherwise:
            continue
        own = (taint.key, taint.value) == ("ml.azure.com/amlarc", "true") or taint.key == "ml.azure.com/compute"
        if not own:
            return 0
    have, count = node.allocatable, 0
    while count < scheduling._UNLIMITED:
        more = count + 1
        fits = all(
            not one or taken + one * more <= there
            for one, taken, there in (
                (size.cpu, used.cpu, have.cpu), (size.memory, used.memory, have.memory), (size.gpus, used.gpus,
                    have.gpus),
            )
        )  # fmt: skip
        if not fits or (node.pods and used.pods + more > node.pods):
            break
        count = more
    return count


@settings(max_examples=100, deadline=None)
@given(SIZES.filter(lambda size: size.cpu or size.memory or size.gpus), LABELS, LABELS, NODES, USED)
def test_it_agrees_with_placing_one_by_one(
    size: Amounts, selector: dict[str, str], extra: dict[str, str], made: list[dict[str, Any]], used: list[Used]
) -> None:
    nodes = [node_row(f"n{index}", **one) for index, one in enumerate(made)]
    taken = {f"n{index}": one for index, one in enumerate(used[: len(nodes)])}
    at = Site(extra)
    wanted = [*selector.items(), *extra.items()]
    verdicts = fit(size, selector, nodes, taken, at)
    assert [verdict.now for verdict in verdicts] == [
        _by_hand(size, wanted, n, taken.get(n.name, Used())) for n in nodes
    ]
    assert [verdict.empty for verdict in verdicts] == [_by_hand(size, wanted, n, Used()) for n in nodes]
    assert all((verdict.now > 0) == (verdict.cause == "") for verdict in verdicts)
    room = capacity(size, selector, nodes, taken, at)
    assert (room.nodes, room.now, room.empty) == (
        len(nodes),
        sum(v.now for v in verdicts),
        sum(v.empty for v in verdicts),
    )
    assert room.fitting == sum(verdict.now > 0 for verdict in verdicts)
    assert room.matching == sum(verdict.cause not in ("label", "taint") for verdict in verdicts)
    assert room.usable == sum(verdict.cause not in ("label", "taint", "not ready", "cordoned") for verdict in verdicts)


def test_fuse_devices_are_counted_where_they_are_asked_for() -> None:
    row = replace(node_row(), allocatable=Amounts(4000, 16 * GI, 0, 2))
    assert times(Amounts(0, 0, 0, 1), *left(row, Used(fuse=1))) == 1
    assert times(Amounts(0, 0, 0, 1), *left(row, Used(fuse=2))) == 0
    assert times(Amounts(0, GI), *left(row, Used(fuse=9))) == 16
    pods = [pod_row(Box(requests={"github.com/fuse": "1"})), pod_row(Box(requests={"github.com/fuse": "1"}))]
    assert usage(pods)["n1"].fuse == 2


def test_every_taint_in_the_way_is_named() -> None:
    taints = [_taint("a"), _taint("b", "", "PreferNoSchedule"), _taint("c", "x", "NoExecute")]
    cordon = _taint("node.kubernetes.io/unschedulable")
    row = node_row(taints=[*taints, cordon])
    assert [str(one) for one in blocking_taints(row, ())] == ["a:NoSchedule", "c=x:NoExecute"]
    assert [str(one) for one in blocking_taints(row, [Toleration("a", exists=True)])] == ["c=x:NoExecute"]
