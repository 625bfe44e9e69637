"""Every kind as a table: columns that a sample fills, sorts and fits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.build import NOW, Box, ended, node_row, pod_row, waiting
from tests.domain.jobs import aml, gpu_type, group, inputs, rows, unschedulable, vc, worker
from tests.domain.samples import OBJECTS
from tui.core.table import Column
from tui.domain import cells, type_fit
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.columns import LOOKS
from tui.domain.derived import DERIVED
from tui.domain.kinds import BY_NAME, KINDS

_DECODERS: dict[str, Any] = {**{kind.name: kind.decode for kind in KINDS}, **ARM_KINDS}


def samples(kind: str) -> list[Any]:
    if kind in OBJECTS:
        return [_DECODERS[kind](body) for body in OBJECTS[kind]]
    given: dict[str, Any] = {
        "amljobs": (aml(),), "vcjobs": (vc("Pending"),), "podgroups": (group("Pending", unschedulable()),),
        "workers": (worker(0, phase="Pending"),), "types": (gpu_type(),),
    }  # fmt: skip
    return rows(NOW, **given) if kind == "jobs" else list(type_fit.rows(inputs(types=(gpu_type(),)), NOW))


@pytest.mark.parametrize("kind", LOOKS)
def test_columns(kind: str) -> None:
    columns = LOOKS[kind].columns
    ids = [column.id for column in columns]
    assert len(ids) == len(set(ids))
    assert all(each == each.lower() and each.isidentifier() for each in ids)
    for column in columns:
        assert len(column.title) <= max(column.width, 9)
        assert not column.most or column.most >= column.width
        for row in samples(kind):
            assert isinstance(column.text(row, NOW), str)
            assert column.text(row, NOW) == column.text(row, NOW + 1e9) or column.ages
            if column.tone:
                column.tone(row)
        if column.sort:
            sorted(filter(lambda value: value is not None, map(column.sort, samples(kind))))


@pytest.mark.parametrize("kind", LOOKS)
def test_the_name_and_the_state_stay_when_the_screen_is_narrow(kind: str) -> None:
    """Whatever drops, 80 columns hold the rest: a glyph, the gaps, and every column that never goes."""
    kept = [column for column in LOOKS[kind].columns if not column.drop]
    assert sum(column.width for column in kept) + len(kept) + 2 <= 80
    if kind != "events":
        assert "name" in [column.id for column in kept]


def _cells(kind: str, row: Any) -> dict[str, str]:
    return {column.id: column.text(row, NOW) for column in LOOKS[kind].columns}


def test_a_pod_as_kubectl_lays_it_out() -> None:
    row = pod_row(
        Box(state=waiting("CrashLoopBackOff"), restarts=14, last=ended(1, "Error", seconds=180)), node="gpu-1"
    )
    shown = _cells("pods", row)
    assert [shown[each] for each in ("ready", "status", "restarts", "age", "node", "ip")] == [
        "0/1", "CrashLoopBackOff", "14 (3m ago)", "10m", "gpu-1", "-",
    ]  # fmt: skip
    assert shown["why"] == "exit 1, Error"


def test_a_node() -> None:
    shown = _cells("nodes", node_row("n1", cpu="7820m", memory="57Gi", gpus="4"))
    assert [shown[each] for each in ("cpu", "memory", "gpus", "taints")] == ["7820m", "57Gi", "4", "-"]


def test_what_is_not_known_is_not_a_number() -> None:
    (row, _default) = type_fit.rows(inputs(types=(gpu_type(),)), NOW)
    shown = _cells("types", row)
    assert (shown["fits"], shown["room"]) == ("?", "?")


def _column(kind: str, name: str) -> Column[Any]:
    return next(column for column in LOOKS[kind].columns if column.id == name)


def test_orders() -> None:
    young, old = pod_row(Box(restarts=1), created=60), pod_row(Box(restarts=9), created=600)
    ready, unready = pod_row(Box("a"), Box("b")), pod_row(Box("a"), Box("b", ready=False))
    by = {name: _column("pods", name).sort for name in ("age", "restarts", "ready")}
    assert by["age"] is not None
    assert by["restarts"] is not None
    assert by["ready"] is not None
    assert by["age"](young) < by["age"](old)
    assert by["restarts"](young) < by["restarts"](old)
    assert by["ready"](unready) < by["ready"](ready)
    assert _column("pods", "restarts").descending


def test_an_age_that_nobody_knows() -> None:
    row = _DECODERS["namespaces"]({"metadata": {"name": "x"}})
    assert cells.AGE.text(row, NOW) == "-"
    assert cells.AGE.sort is not None
    assert cells.AGE.sort(row) is None


def test_registers_agree() -> None:
    assert set(BY_NAME) == {kind.name for kind in KINDS}
    known = {*BY_NAME, *ARM_KINDS}
    for each in DERIVED:
        assert set(each.inputs) <= known
        assert set(each.signs) <= set(each.inputs)
    assert BY_NAME["instancetypes"].path() == "/apis/amlarc.azureml.com/v1alpha1/instancetypes"
    assert BY_NAME["vcjobs"].object_path("ns/x") == "/apis/batch.volcano.sh/v1alpha1/namespaces/ns/jobs/x"
    assert BY_NAME["pods"].path("azureml") == "/api/v1/namespaces/azureml/pods"
