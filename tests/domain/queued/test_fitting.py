"""Every constraint that fails, by how much; and against a plain re-telling of the scheduler's rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.domain.build import node_row
from tui.core.health import Health
from tui.domain.amounts import Amounts
from tui.domain.node import NodeRow, TaintRow
from tui.domain.queued.answer import names
from tui.domain.queued.fitting import grouped, limits, places
from tui.domain.queued.wants import Requirement, Wants
from tui.domain.scheduling import Toleration, Used

GI = 2**30
SIZE = Amounts(4000, 16 * GI, 1)
BIG: dict[str, Any] = {"cpu": "16", "memory": "64Gi", "gpus": "4", "labels": {"accelerator": "v100", "zone": "b"}}
WANTS = Wants(SIZE, {"accelerator": "v100"})


def taint(key: str, value: str = "", effect: str = "NoSchedule") -> dict[str, str]:
    return {"key": key, "value": value, "effect": effect}


LACKS: dict[str, tuple[Wants, dict[str, Any], Used, str, Health]] = {
    "it fits": (WANTS, BIG, Used(), "4 fit", Health.GOOD),
    "label": (WANTS, {**BIG, "labels": {"accelerator": "a100"}}, Used(),
              "label accelerator is a100, wants v100", Health.OFF),
    "no label": (WANTS, {**BIG, "labels": {}}, Used(), "label accelerator missing, wants v100", Health.OFF),
    "taints, all of them": (
        WANTS,
        {**BIG, "taints": [taint("sku", "gpu"), taint("x", "", "NoExecute"), taint("y", "", "PreferNoSchedule")]},
        Used(), "taint sku=gpu:NoSchedule not tolerated; taint x:NoExecute not tolerated", Health.OFF,
    ),
    "tolerated": (Wants(SIZE, tolerations=(Toleration("sku", "gpu"),)), {**BIG, "taints": [taint("sku", "gpu")]},
                  Used(), "4 fit", Health.GOOD),
    "not ready": (WANTS, {**BIG, "ready": "False"}, Used(), "not ready", Health.BAD),
    "cordoned": (WANTS, {**BIG, "cordoned": True}, Used(), "cordoned", Health.OFF),
    "cordon tolerated": (Wants(SIZE, tolerations=(Toleration("", exists=True),)), {**BIG, "cordoned": True}, Used(),
                         "4 fit", Health.GOOD),
    "affinity": (Wants(SIZE, terms=((Requirement("zone", "In", ("a", "c")),),)), BIG, Used(),
                 "affinity zone In a|c: is b", Health.OFF),
    "affinity, the nearest term": (
        Wants(SIZE, terms=((Requirement("zone", "In", ("a",)), Requirement("rack", "Exists")),
                           (Requirement("gen", "Gt", ("6",)),))), BIG, Used(),
        "affinity gen > 6: missing", Health.OFF,
    ),
    "affinity, one of two terms is enough": (
        Wants(SIZE, terms=((Requirement("zone", "In", ("a",)),), (Requirement("zone", "In", ("b",)),))), BIG, Used(),
        "4 fit", Health.GOOD,
    ),
    "affinity without a term": (Wants(SIZE, terms=()), BIG, Used(), "affinity is empty: no node can meet it",
                                Health.OFF),
    "affinity with an empty term": (Wants(SIZE, terms=((),)), BIG, Used(), "affinity is empty: no node can meet it",
                                    Health.OFF),
    "GPUs taken": (Wants(Amounts(0, 0, 2)), BIG, Used(gpus=3), "GPU 1 of 4 free, wants 2", Health.BUSY),
    "GPUs too few": (Wants(Amounts(0, 0, 8)), BIG, Used(), "GPU 4 of 4 free, wants 8", Health.BAD),
    "no GPU": (Wants(Amounts(0, 0, 1)), {**BIG, "gpus": ""}, Used(), "has no GPU", Health.BAD),
    "memory": (WANTS, BIG, Used(memory=52 * GI - GI // 2), "memory short by 3.5Gi", Health.BUSY),
    "memory, ever": (Wants(Amounts(0, 80 * GI)), BIG, Used(), "memory short by 16Gi, it has 64Gi", Health.BAD),
    "cpu": (WANTS, BIG, Used(cpu=12500), "cpu short by 500m", Health.BUSY),
    "fuse": (Wants(Amounts(0, 0, 0, 1)), BIG, Used(), "has no fuse device", Health.BAD),
    "pods": (WANTS, {**BIG, "pods": "30"}, Used(pods=30), "full of pods (30)", Health.BUSY),
    "not asked for, not lacking": (Wants(Amounts(0, GI)), BIG, Used(cpu=99_000, gpus=9), "64 fit", Health.GOOD),
    "all at once": (
        WANTS, {**BIG, "labels": {}, "cordoned": True, "ready": "False", "taints": [taint("sku", "gpu")]},
        Used(gpus=4, memory=63 * GI, cpu=15000),
        "not ready; cordoned; label accelerator missing, wants v100; taint sku=gpu:NoSchedule not tolerated; "
        "GPU 0 of 4 free; memory short by 15Gi; cpu short by 3", Health.OFF,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LACKS)
def test_what_fails(case: str) -> None:
    wants, node, used, text, health = LACKS[case]
    (fit,) = grouped(places(wants, [node_row("n1", **node)], {"n1": used}))
    assert (fit.text, fit.health) == (text, health)


def test_equal_nodes_are_told_together_the_nearest_first() -> None:
    nodes = [node_row(f"cpu-{n}", cpu="16", memory="64Gi") for n in range(1, 10)]
    nodes += [node_row("gpu-1", **BIG), node_row("gpu-2", **BIG), node_row("gpu-3", **BIG)]
    fits = grouped(places(WANTS, nodes, {"gpu-2": Used(gpus=4), "gpu-3": Used(gpus=4, memory=60 * GI)}))
    assert [(fit.name, fit.now, fit.empty) for fit in fits] == [
        ("gpu-1", 4, 4), ("gpu-2", 0, 4), ("gpu-3", 0, 4), ("cpu-1…9", 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("several", "told"),
    [
        (["n7"], "n7"),
        (["cpu-2", "cpu-1", "cpu-3"], "cpu-1…3"),
        (["cpu-1", "cpu-3"], "cpu-1,3"),
        (["cpu-1", "cpu-2", "cpu-4", "cpu-5"], "cpu-1…2,4…5"),
        (["vmss000001", "vmss000002"], "vmss000001…000002"),
        (["a", "b"], "a, b"),
        (["a", "b", "c", "d"], "a and 3 more"),
        (["n1", "n3", "n5", "n7"], "n1 and 3 more"),
        (["cpu-1", "gpu-1"], "cpu-1, gpu-1"),
    ],
)
def test_names(several: list[str], told: str) -> None:
    assert names(several) == told


# -- against the rules, told again

VALUES = st.sampled_from(["a", "b", "7", "12"])
KEYS = st.sampled_from(["zone", "gen"])
EFFECTS = ["NoSchedule", "NoExecute", "PreferNoSchedule"]
OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
TAINTS = st.builds(TaintRow, st.sampled_from(["sku", "x"]), st.sampled_from(["", "gpu"]), st.sampled_from(EFFECTS))
TOLERATIONS = st.builds(
    Toleration, st.sampled_from(["sku", "x", ""]), st.sampled_from(["", "gpu"]), st.booleans(),
    st.sampled_from(["", "NoSchedule"]),
)  # fmt: skip
REQUIREMENTS = st.builds(
    Requirement, KEYS, st.sampled_from(OPERATORS), st.lists(VALUES, max_size=2).map(tuple), st.just(False)
)
AMOUNTS = st.builds(
    Amounts, st.integers(0, 4), st.integers(0, 4), st.integers(0, 2), st.integers(0, 1)
)  # fmt: skip
WISHES = st.builds(
    Wants, AMOUNTS, st.dictionaries(KEYS, VALUES, max_size=1),
    st.none() | st.lists(st.lists(REQUIREMENTS, max_size=2).map(tuple), max_size=2).map(tuple),
    st.lists(TOLERATIONS, max_size=2).map(tuple),
)  # fmt: skip


@st.composite
def machines(draw: st.DrawFn) -> tuple[list[NodeRow], dict[str, Used]]:
    nodes, used = [], {}
    for index in range(draw(st.integers(1, 5))):
        name = f"n{index}"
        ready, pods = draw(st.sampled_from(["True", "True", "False"])), draw(st.sampled_from(["2", "0"]))
        labels = draw(st.dictionaries(KEYS, VALUES, max_size=2))
        row = node_row(name, labels=labels, cordoned=draw(st.booleans()), ready=ready, pods=pods)
        taints = tuple(draw(st.lists(TAINTS, max_size=1)))
        nodes.append(replace(row, taints=taints, allocatable=draw(AMOUNTS)))
        if draw(st.booleans()):
            used[name] = Used(*(draw(st.integers(0, 3)) for _ in range(5)))
    return nodes, used


def _term_met(term: tuple[Requirement, ...], labels: dict[str, str]) -> bool:
    def met(one: Requirement) -> bool:
        have, want = labels.get(one.key), list(one.values)
        if one.operator in ("In", "Exists"):
            return have is not None and (one.operator == "Exists" or have in want)
        if one.operator in ("NotIn", "DoesNotExist"):
            return have is None or (one.operator == "NotIn" and have not in want)
        if have is None or len(want) != 1 or not have.isdigit() or not want[0].isdigit():
            return False
        return int(have) > int(want[0]) if one.operator == "Gt" else int(have) < int(want[0])

    return bool(term) and all(map(met, term))


def _tolerated(taint_: TaintRow, several: tuple[Toleration, ...]) -> bool:
    return any(
        (not one.key or one.key == taint_.key) and (not one.effect or one.effect == taint_.effect)
        and (one.exists or one.value == taint_.value)
        for one in several
    )  # fmt: skip


def fits(wants: Wants, node: NodeRow, used: Used) -> bool:
    """By the words of the scheduler's filters, one after the other."""
    cordon = TaintRow("node.kubernetes.io/unschedulable", "", "NoSchedule")
    if not node.ready or (node.cordoned and not _tolerated(cordon, wants.tolerations)):
        return False
    if any(node.labels.get(key) != value for key, value in wants.selector.items()):
        return False
    if wants.terms is not None and not any(_term_met(term, node.labels) for term in wants.terms):
        return False
    hard = [one for one in node.taints if one.effect != "PreferNoSchedule"]
    if not all(_tolerated(one, wants.tolerations) for one in hard):
        return False
    if node.pods and used.pods + 1 > node.pods:
        return False
    have, size = node.allocatable, wants.requests
    pairs = ((size.cpu, have.cpu - used.cpu), (size.memory, have.memory - used.memory),
             (size.gpus, have.gpus - used.gpus), (size.fuse, have.fuse - used.fuse))  # fmt: skip
    return all(not asked or asked <= free for asked, free in pairs)


@given(WISHES, machines())
@settings(max_examples=250, deadline=None)
def test_a_node_fits_if_and_only_if_the_rules_say_so(
    wants: Wants, given_: tuple[list[NodeRow], dict[str, Used]]
) -> None:
    nodes, used = given_
    groups = grouped(places(wants, nodes, used))
    told = [name for fit in groups for name in fit.nodes]
    assert sorted(told) == sorted(node.name for node in nodes), "every node exactly once"
    by_name = {name: fit for fit in groups for name in fit.nodes}
    for node in nodes:
        fit = by_name[node.name]
        can = fits(wants, node, used.get(node.name, Used()))
        assert bool(fit.now) is can is not bool(fit.lacks)
        assert bool(fit.empty) is fits(wants, node, Used())
        lasting = any(lack.lasting for lack in fit.lacks)
        assert lasting is not bool(fit.empty), "what lasts is what even an empty node does not meet"


def test_what_limits_a_node_that_takes_some() -> None:
    (place,) = places(Wants(Amounts(1000, 0, 1)), [node_row("n1", **BIG)], {"n1": Used(gpus=2, cpu=13000)})
    assert place.now == 2
    assert limits(Amounts(1000, 0, 1), place, Used(gpus=2, cpu=13000)) == {"gpu"}
    assert limits(Amounts(1000, 0, 1), place, Used(gpus=2, cpu=14000)) == {"gpu", "cpu"}
