"""Who holds what is lacking, and the smallest set whose end lets the gang in."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.build import NOW, Box, Json, pod
from tests.domain.jobs import gpu_type
from tests.domain.queued.world import gpu_node, needs, of_job, told, unplaced, world
from tui.domain.amounts import Amounts
from tui.domain.queued.explain import Explanation

GI = 2**30


def service(name: str, on: str, gpus: int = 0, *, kind: str = "ReplicaSet", space: str = "web", **asked: str) -> Json:
    box = Box("main", requests={**asked, **({"nvidia.com/gpu": str(gpus)} if gpus else {})})
    owner = f"{name}-7b58dc99cd" if kind == "ReplicaSet" else name
    return pod(box, name=f"{name}-x", namespace=space, node=on, owner=(kind, owner))


def test_jobs_and_workloads_by_how_much_they_hold() -> None:
    others = [
        of_job("a" * 32, "gpu-1", 2, run="resnet", created=7200), of_job("b" * 32, "gpu-2", 3, run="bert"),
        service("notebook", "gpu-1", 2), service("exporter", "gpu-2", 1, kind="DaemonSet"),
        service("web", "cpu-1", cpu="1"),
    ]  # fmt: skip
    nodes = [gpu_node("gpu-1"), gpu_node("gpu-2"), gpu_node("cpu-1", labels={})]
    found = told(world(nodes, workers=[unplaced(0, needs(2))], size=1, others=others))
    assert [(one.name, one.holds.gpus, one.nodes, one.is_job, one.stays) for one in found.holders] == [
        ("bert", 3, ("gpu-2",), True, False), ("resnet", 2, ("gpu-1",), True, False),
        ("notebook", 2, ("gpu-1",), False, False), ("exporter", 1, ("gpu-2",), False, True),
    ]  # fmt: skip
    resnet = next(one for one in found.holders if one.name == "resnet")
    assert (resnet.user, resnet.namespace) == ("carol", "ml-jobs")
    assert [one.name for one in found.holders if one.enough] == ["bert"]


def test_two_are_needed() -> None:
    others = [of_job("a" * 32, "gpu-1", 2, run="a"), of_job("b" * 32, "gpu-1", 2, run="b")]
    found = told(world([gpu_node()], workers=[unplaced(0, needs(4, cpu="1"))], size=1, others=others))
    assert [one.name for one in found.holders if one.enough] == ["a", "b"]
    wait = next(way for way in found.ways if way.kind == "wait")
    assert wait.text == "wait for a and b: their end frees 4 GPUs on gpu-1"


def test_where_no_end_would_be_enough_none_is_named() -> None:
    others = [of_job("a" * 32, "gpu-1", 2), service("exporter", "gpu-1", 2, kind="DaemonSet")]
    found = told(world([gpu_node()], workers=[unplaced(0, needs(4, cpu="1"))], size=1, others=others))
    assert not any(one.enough for one in found.holders)
    assert not [way for way in found.ways if way.kind == "wait"]


def test_its_own_pods_hold_nothing_against_it() -> None:
    placed = unplaced(0, needs(4, cpu="1"))
    placed["spec"]["nodeName"] = "gpu-1"
    found = told(world([gpu_node()], workers=[placed, unplaced(1, needs(4, cpu="1"))], size=2))
    assert found.holders == ()


def test_more_than_are_searched_through() -> None:
    others = [of_job(f"{n:032x}", "gpu-1", 1, run=f"run-{n}") for n in range(8)]
    for body in others:
        body["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "1"
    found = told(world([gpu_node(gpus="8")], workers=[unplaced(0, needs(6, cpu="1"))], size=1, others=others))
    assert sum(one.enough for one in found.holders) == 6, "enough, and none too many"


def _gpus_free(ended: tuple[str, ...], taken: list[tuple[str, str, int]], nodes: int) -> list[int]:
    free = [4] * nodes
    for name, on, gpus in taken:
        if name not in ended:
            free[int(on.removeprefix("gpu-"))] -= gpus
    return free


@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(1, 2)), max_size=8),
    st.integers(1, 3), st.integers(1, 3), st.booleans(),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_the_set_is_enough_and_no_smaller_one_is(
    nodes: int, pods: list[tuple[int, int, int]], size: int, gpus: int, mixed: bool
) -> None:
    """Told again with GPUs alone: how many workers go into what is free when some jobs are over."""
    taken: list[tuple[str, str, int]] = []
    for one, on, count in pods:
        at = f"gpu-{on % nodes}"
        if sum(have for _name, where, have in taken if where == at) + count <= 4:
            taken.append((f"run-{one}", at, count))
    others = []
    for n, (name, on, count) in enumerate(taken):
        others.append(of_job(name.removeprefix("run-") * 32, on, count, run=name))
        others[-1]["metadata"]["name"] += f"-{n}"
        others[-1]["spec"]["containers"][0]["resources"]["requests"].update({"cpu": "1m", "memory": "1"})
    wishes = [gpus if not mixed or n % 2 else 1 for n in range(size)]
    workers = [unplaced(n, needs(wish, cpu="1m", memory="1")) for n, wish in enumerate(wishes)]
    rows = world([gpu_node(f"gpu-{n}") for n in range(nodes)], workers=workers, others=others, size=size,
                 types=[gpu_type()])  # fmt: skip
    found = told(rows)

    def enough(ended: tuple[str, ...]) -> bool:
        return _goes_in(sorted(wishes, reverse=True), _gpus_free(ended, taken, nodes))

    named = tuple(one.name for one in found.holders if one.enough)
    everyone = tuple({name for name, _on, _count in taken})
    if enough(()):
        assert found.placeable == size
        assert named == ()
    elif named:
        assert enough(named), "their end is enough"
        smaller = [some for count in range(len(named)) for some in combinations(everyone, count) if enough(some)]
        assert len(named) > 3 or not smaller, "no smaller set is"
    else:
        assert not enough(everyone)
    _consistent(found)


def _goes_in(wishes: list[int], free: list[int]) -> bool:
    if not wishes:
        return True
    for at, have in enumerate(free):
        if have >= wishes[0] and _goes_in(wishes[1:], [*free[:at], have - wishes[0], *free[at + 1 :]]):
            return True
    return False


def _consistent(found: Explanation) -> None:
    assert all(one.holds != Amounts() and one.pods and one.nodes for one in found.holders)
    assert all((one.since or 0) <= NOW for one in found.holders)
