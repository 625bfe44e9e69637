"""What would let a gang in: each way is tried on the nodes as they are before it is told."""

from __future__ import annotations

from typing import Any

from tests.domain.build import Json
from tests.domain.queued.world import gpu_node, needs, of_job, told, unplaced, world
from tui.core.health import Health
from tui.domain.queued.answer import Way
from tui.domain.queued.explain import Explanation


def kind(name: str, gpus: int, cpu: str = "4", memory: str = "16Gi", **selector: str) -> Json:
    sizes = {"cpu": cpu, "memory": memory}
    limits = {**sizes, **({"nvidia.com/gpu": gpus} if gpus else {})}
    spec = {"nodeSelector": selector, "resources": {"requests": sizes, "limits": limits}}
    return {"metadata": {"name": name}, "spec": spec}


GPU4 = kind("gpu", 4, gpu="v")


def gang(*nodes: Json, size: int = 1, asked: Json | None = None, **more: Any) -> Explanation:
    workers = [unplaced(n, asked or needs(4), nodeSelector={"gpu": "v"}) for n in range(size)]
    return told(world(nodes, workers=workers, size=size, **{"types": [GPU4], **more}), workers)


def ways(found: Explanation, of: str) -> list[Way]:
    return [way for way in found.ways if way.kind == of]


def test_types_that_fit_now_with_what_they_lack() -> None:
    types = [GPU4, kind("gpu-small", 1, cpu="2", memory="8Gi", gpu="v"), kind("gpu-half", 2, gpu="v"),
             kind("elsewhere", 1, gpu="t4"), kind("too-much", 2, memory="640Gi", gpu="v")]  # fmt: skip
    found = gang(gpu_node(), others=[of_job("a" * 32, "gpu-1", 2)], types=types)
    assert ways(found, "type") == [
        Way("type", "instance type gpu-half fits now, on nodes gpu=v", "2 GPUs instead of 4"),
        Way("type", "instance type gpu-small fits now, on nodes gpu=v",
            "1 GPU instead of 4, 8Gi memory instead of 16Gi, 2 cpu instead of 4"),
    ]  # fmt: skip


def test_a_type_has_to_take_the_sidecars_too() -> None:
    types = [GPU4, kind("gpu-half", 2, cpu="12", gpu="v")]
    others = [of_job("a" * 32, "gpu-1", 2)]
    assert ways(gang(gpu_node(), others=others, types=types), "type")
    assert not ways(gang(gpu_node(), others=others, types=types, asked=needs(4, cpu="4100m")), "type")


def test_fewer_workers() -> None:
    found = gang(gpu_node("gpu-1"), gpu_node("gpu-2"), size=3)
    assert ways(found, "fewer") == [Way("fewer", "2 workers would fit now", "instead of 3")]


def test_uncordon_as_few_as_are_enough() -> None:
    cordoned = [gpu_node(f"gpu-{n}", cordoned=True) for n in (1, 2, 3)]
    found = gang(*cordoned, gpu_node("gpu-4"), size=2, others=[of_job("a" * 32, "gpu-1", 1)])
    assert ways(found, "uncordon") == [
        Way("uncordon", "uncordon gpu-2: all of it would fit", "", "kubectl uncordon gpu-2"),
    ]  # fmt: skip
    some = gang(*cordoned[:1], size=2)
    assert [way.text for way in ways(some, "uncordon")] == ["uncordon gpu-1: 1 of 2 would fit then"]


def test_a_cordoned_node_that_would_not_do_is_not_told() -> None:
    assert not ways(gang(gpu_node(cordoned=True, gpus="2")), "uncordon")
    assert not ways(gang(gpu_node(cordoned=True, labels={})), "uncordon")


def test_a_taint_nobody_tolerates() -> None:
    taint = {"key": "sku", "value": "gpu", "effect": "NoSchedule"}
    found = gang(gpu_node(taints=[taint]))
    assert [way.text for way in ways(found, "tolerate")] == [
        "tolerate sku=gpu:NoSchedule of gpu-1: all of it would fit"
    ]  # fmt: skip


def test_no_node_has_the_label() -> None:
    found = gang(gpu_node("gpu-1", labels={"gpu": "a100"}), gpu_node("gpu-2", labels={}, gpus=""))
    assert found.headline == "cannot be placed as the cluster is: no node has the label gpu=v"
    assert found.health is Health.WARN
    assert [way.cost for way in ways(found, "never")] == ["the nearest is gpu-1: label gpu is a100, wants v"]
    assert [way.command for way in ways(found, "label")] == ["kubectl label node gpu-1 gpu=v"]


def test_larger_than_any_node() -> None:
    found = gang(gpu_node("gpu-1"), gpu_node("gpu-2", gpus="2"), asked=needs(8))
    assert "larger than any node that may take it: it wants 8 GPUs, 16Gi memory, 4 cpu" in found.headline
    assert ways(found, "never")[0].cost == "the nearest is gpu-1: GPU 4 of 4 free, wants 8"
    assert not ways(found, "wait")


def test_more_than_the_cluster_has() -> None:
    found = gang(gpu_node("gpu-1"), gpu_node("gpu-2"), size=3)
    assert found.headline == "cannot be placed as the cluster is: were nothing running, 2 of its 3 pods would fit"


def test_a_name_from_outside_is_quoted_in_a_command() -> None:
    found = gang(gpu_node("gpu-1; rm x", cordoned=True))
    assert ways(found, "uncordon")[0].command == "kubectl uncordon 'gpu-1; rm x'"
