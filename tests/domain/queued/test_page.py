"""An explanation as lines: the answer first, nothing told twice, readable at 80 columns."""

from __future__ import annotations

from tests.domain.queued.world import gpu_node, needs, of_job, told, unplaced, world
from tui.core.health import ASCII_GLYPHS, Health
from tui.domain.queued.page import lines, steps
from tui.screens.folding import folded

TWO = (unplaced(0, nodeSelector={"gpu": "v"}), unplaced(1, nodeSelector={"gpu": "v"}))


def _text(found: list[list[tuple[str, object]]]) -> list[str]:
    return ["".join(text for text, _tone in line).rstrip() for line in found]


def test_the_answer_then_the_ways_the_chain_the_nodes_and_who_holds() -> None:
    nodes = [gpu_node("gpu-1"), *(gpu_node(f"cpu-{n}", labels={}, gpus="") for n in range(1, 10))]
    found = told(world(nodes, workers=TWO, others=[of_job("a" * 32, "gpu-1", 4, run="resnet")]), TWO)
    assert _text(lines(found)) == [
        "◷ waits for GPUs: 0 of 2 pods would fit now", "",
        "WHAT WOULD HELP",
        "  wait for resnet: its end frees 4 GPUs on gpu-1", "",
        "THE WAY TO A RUNNING POD",
        "● namespace ml-jobs is there, compute arc1 names it",
        "● AmlJob is delivered  2m ago",
        "● Volcano Job is made  10s later",
        "● PodGroup is made  0s later",
        "● passed the enqueue gate  PodGroup Inqueue",
        "● pods are made: 2 of 2",
        "◷ pods have a node: 0 of 2",
        "    the scheduler says: not schedulable",
        "    all at once, 0 of 2 would fit now",
        "○ pods have started: 0 of 2", "",
        "worker-0…1  fits on 0 of 10 nodes",
        "  wants each 1 GPU, 16Gi memory, 4 cpu, gpu=v",
        "  by the pod's own spec",
        "◷ gpu-1                  GPU 0 of 4 free",
        "○ cpu-1…9 (9)            label gpu missing, wants v; has no GPU", "",
        "HELD BY",
        "◷ resnet  4 GPUs on gpu-1, for 60s  carol  ← enough",
    ]  # fmt: skip


def test_many_kinds_of_nodes_become_a_count_by_cause() -> None:
    nodes = [gpu_node(f"gpu-{n}", memory=f"{n + 1}Mi") for n in range(30)]
    found = told(world(nodes, workers=[unplaced(0)], size=1))
    rows = _text(lines(found))
    told_nodes = [row for row in rows if "memory short by" in row]
    assert [row.split()[1] for row in told_nodes if "nearest" not in row] == [f"gpu-{n}" for n in range(29, 21, -1)]
    assert "  and 22 more: 22 memory" in rows


def test_what_the_headline_says_is_not_said_again() -> None:
    found = told(world([gpu_node()], workers=[unplaced(0, needs(8))], size=1))
    rows = _text(lines(found))
    assert sum("larger than any node" in row for row in rows) == 1
    assert "  the nearest is gpu-1: GPU 4 of 4 free, wants 8" in rows


def test_every_line_folds_at_80_columns_and_no_colour_is_needed() -> None:
    taint = {"key": "sku", "value": "gpu", "effect": "NoSchedule"}
    nodes = [gpu_node(f"aks-gpupool-12345678-vmss00000{n}", taints=[taint]) for n in range(9)]
    found = told(world(nodes, workers=TWO))
    shown = folded(lines(found, ASCII_GLYPHS.__getitem__), 80)
    assert max(map(len, _text(shown))) <= 80
    assert all(text.isascii() for text in "".join(_text(shown)).replace("…", "") if text not in "×←")


def test_a_broken_link_says_what_to_do() -> None:
    found = told(world([gpu_node()], podgroups=(), vcjobs=()))
    rows = _text(steps(found.steps))
    at = next(index for index, row in enumerate(rows) if row.startswith("▲"))
    assert rows[at] == "▲ no Volcano Job after 2m"
    assert rows[at + 2] == "    look at its log: kubectl logs -n azureml deployment/aml-operator"
    assert lines(found)[0][0][1] is Health.WARN
