"""A waiting job as a whole: which link it waits at, which nodes would do, and in whose words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.build import NOW, Box, pod
from tests.domain.jobs import JOB, SPACE, aml, gpu_type, group, heard, unschedulable, vc
from tests.domain.queued.world import KEY, Rows, gpu_node, needs, of_job, told, unplaced, world
from tui.core.health import Health
from tui.domain.queued.explain import Explanation, explain

TWO = (unplaced(0), unplaced(1))
FULL = (of_job("a" * 32, "gpu-1", 4), of_job("b" * 32, "gpu-2", 4))


def at(found: Explanation) -> str:
    """Id of the link where it waits."""
    return next((step.id for step in found.steps if step.health not in (Health.GOOD, Health.UNKNOWN, Health.OFF)), "")


def test_who_does_not_wait_is_not_explained() -> None:
    rows = world([gpu_node()], workers=TWO)
    assert explain("ml-jobs/nobody", rows, NOW) is None
    running: Rows = world([gpu_node()], workers=[of_job(JOB, "gpu-1")], vcjobs=(vc("Running"),), size=1)
    assert rows["jobs"][KEY].state == "Queued"
    assert explain(KEY, running, NOW) is None


def test_it_waits_for_room() -> None:
    found = told(world([gpu_node("gpu-1"), gpu_node("gpu-2")], workers=TWO, others=FULL), TWO)
    assert at(found) == "placed"
    assert found.headline == "waits for GPUs: 0 of 2 pods would fit now"
    (fit,) = found.pods
    assert (fit.name, fit.known_from, fit.fitting, fit.room) == ("worker-0…1", "the pod's own spec", 0, 0)
    assert [(node.name, node.text) for node in fit.nodes] == [("gpu-1…2", "GPU 0 of 4 free")]
    assert [step.health for step in found.steps[-1:]] == [Health.OFF]


def test_each_would_fit_somewhere_but_not_all_at_once() -> None:
    rows = world([gpu_node("gpu-1"), gpu_node("gpu-2")], workers=[unplaced(n) for n in range(3)], size=3,
                 others=[of_job("a" * 32, "gpu-1", 3), of_job("b" * 32, "gpu-2", 3)])  # fmt: skip
    found = told(rows)
    (fit,) = found.pods
    assert (fit.fitting, fit.room, found.placeable, found.needed) == (2, 2, 2, 3)
    assert found.headline == "waits for GPUs: 2 of 3 pods would fit now"
    assert "all at once, 2 of 3 would fit now" in found.steps[-2].evidence


def test_at_the_gate_one_worker_of_the_type_speaks_for_all() -> None:
    full = "resource in cluster is overused: overused nvidia.com/gpu"
    gang = group("Pending", unschedulable(full))
    gang["spec"]["minResources"] = {"cpu": "8200m", "memory": "32Gi", "nvidia.com/gpu": "2"}
    found = told(world([gpu_node("gpu-1")], others=[of_job("a" * 32, "gpu-1", 3)], podgroups=(gang,)))
    assert at(found) == "gate"
    gate = next(step for step in found.steps if step.id == "gate")
    assert gate.title == "waits at the enqueue gate"
    assert (
        gate.evidence[1]
        == "it needs 2 GPUs, 32Gi memory, 8200m cpu; free: 1 GPU, 48Gi memory, 12 cpu, on nodes that would do"
    )
    (fit,) = found.pods
    assert not fit.made
    assert fit.wants.requests.cpu == 4100, "of the gang's needs, sidecars among them, one worker's share"
    assert "instance type gpu" in fit.known_from


def test_a_pod_speaks_for_the_others_of_its_role() -> None:
    spoken = unplaced(0, nodeSelector={"rack": "7"})
    found = told(world([gpu_node()], workers=[spoken, unplaced(1)]), [spoken])
    assert [fit.known_from for fit in found.pods] == ["the pod's own spec"]
    assert found.pods[0].pods == ("worker-0", "worker-1")


def test_a_pod_does_not_speak_for_one_that_asks_for_more() -> None:
    spoken = unplaced(0)
    found = told(world([gpu_node()], workers=[spoken, unplaced(1, needs(2))]), [spoken])
    assert [(fit.pods, fit.wants.requests.gpus) for fit in found.pods] == [(("worker-0",), 1), (("worker-1",), 2)]
    assert found.pods[1].known_from.startswith("instance type gpu")


def test_pods_that_want_different_things_are_judged_apart() -> None:
    found = told(world([gpu_node()], workers=[unplaced(0), unplaced(1, needs(0, cpu="1", memory="1Gi"))]))
    assert [fit.pods for fit in found.pods] == [("worker-0",), ("worker-1",)]


CHAIN: dict[str, tuple[dict[str, Any], str, str, Health]] = {
    "just delivered": ({"amljobs": (aml(created=10),), "vcjobs": (), "podgroups": ()}, "vcjob",
                       "no Volcano Job yet", Health.BUSY),
    "nobody makes it": ({"vcjobs": (), "podgroups": ()}, "vcjob", "no Volcano Job after 2m", Health.WARN),
    "no PodGroup": ({"podgroups": ()}, "podgroup", "no PodGroup after 110s", Health.WARN),
    "pods are being made": ({"workers": TWO[:1]}, "pods", "pods are made: 1 of 2", Health.BUSY),
    "pods are refused": (
        {"events": (heard("FailedCreate", 'pods "x" is forbidden: exceeded quota: gpus, requested: 1', of="Job"),)},
        "pods", "pods are made: 0 of 2", Health.WARN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHAIN)
def test_the_chain(case: str) -> None:
    given_, id, title, health = CHAIN[case]
    found = told(world([gpu_node()], **given_))
    step = next(step for step in found.steps if step.id == at(found))
    assert (step.id, step.title) == (id, title)
    assert step.health >= health if case == "pods are being made" else step.health is health


def _component(name: str, **more: Any) -> dict[str, Any]:
    return pod(Box(**more), name=f"{name}-7b58dc99cd-c6c4s", owner=("ReplicaSet", f"{name}-7b58dc99cd"))


def test_the_one_who_should_have_made_it_is_named_with_how_it_stands() -> None:
    ill = {"waiting": {"reason": "CrashLoopBackOff"}}
    given_: dict[str, Any] = {"vcjobs": (), "podgroups": ()}
    bad = told(world([gpu_node()], others=[_component("aml-operator", state=ill)], **given_))
    assert "aml-operator 0/1 is ready in azureml: CrashLoopBackOff" in bad.steps[2].evidence[0]
    assert bad.steps[2].remedy == "look at its log: kubectl logs -n azureml deployment/aml-operator"
    gone = told(world([gpu_node()], others=[_component("gateway")], **given_))
    assert (gone.steps[2].evidence[0], gone.steps[2].health) == (
        "aml-operator makes it: aml-operator: no pod of it is there", Health.BAD,
    )  # fmt: skip
    well = told(world([gpu_node()], others=[_component("aml-operator")], amljobs=(aml(created=10),), **given_))
    assert (well.steps[2].title, well.steps[2].health) == ("no Volcano Job yet", Health.BUSY)


def test_a_namespace_that_goes_away_is_the_reason() -> None:
    rows = world([gpu_node()], workers=TWO)
    from tui.domain import namespace

    ending = namespace.decode({"metadata": {"name": SPACE}, "status": {"phase": "Terminating"}})
    rows["namespaces"] = {SPACE: ending}
    found = told(rows)
    assert at(found) == "namespace"
    assert found.headline.startswith("namespace ml-jobs is being deleted")


def test_pods_that_have_a_node_and_do_not_start() -> None:
    bad = {"waiting": {"reason": "ImagePullBackOff", "message": "401 from the registry"}}
    worker = unplaced(0)
    worker["spec"]["nodeName"] = "gpu-1"
    worker["status"]["conditions"] = []
    worker["status"]["containerStatuses"][0]["state"] = bad
    found = told(world([gpu_node()], workers=[worker], size=1))
    assert at(found) == "started"
    assert found.pods == found.ways == found.holders == ()
    assert "worker-0: " in found.steps[-1].evidence[0]


def test_what_is_not_seen_is_said() -> None:
    blind = told(world([], workers=TWO))
    assert blind.notes == ("nodes are not seen: nothing can be said about room",)
    assert blind.ways == ()
    no_pods = told(world([gpu_node()]))
    assert no_pods.notes == ("pods are not seen: nodes are judged as if nothing ran on them",)


def test_a_type_that_is_not_there_is_named() -> None:
    other = gpu_type()
    other["metadata"]["name"] = "another"
    assert told(world([gpu_node()], types=[other])).notes == (
        "pods are not seen: nodes are judged as if nothing ran on them",
        "there is no instance type gpu on this cluster",
        "what its pods want is not known: nodes are judged by labels, taints and state alone",
    )


def test_where_all_fits_the_scheduler_has_to_act() -> None:
    found = told(world([gpu_node()], workers=TWO, others=[_component("volcano-scheduler")]))
    assert found.headline == "pods have a node: 0 of 2, though all of it would fit now"
    assert "volcano-scheduler 1/1 is ready in azureml" in found.steps[-2].evidence
    assert [way.kind for way in found.ways] == ["now"]


def test_jobs_of_another_controller_have_no_links_of_volcano() -> None:
    rows = world([gpu_node()], workers=TWO, amljobs=(), vcjobs=(), podgroups=())
    assert [step.id for step in told(rows).steps] == ["namespace", "delivered", "pods", "placed", "started"]


def test_rows_of_jobs_are_made_where_there_are_none() -> None:
    rows = world([gpu_node("gpu-1")], workers=TWO, others=FULL[:1])
    known = told(rows)
    del rows["jobs"]
    assert told(rows).headline == known.headline


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=5), st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_every_pod_is_judged_for_every_node_exactly_once(machines: list[tuple[int, int]], size: int) -> None:
    nodes = [gpu_node(f"gpu-{n}", gpus=str(gpus)) for n, (gpus, _taken) in enumerate(machines)]
    others = [of_job(f"{n:032x}", f"gpu-{n}", taken) for n, (_gpus, taken) in enumerate(machines) if taken]
    workers = [unplaced(n, needs(1 + n % 2)) for n in range(size - size // 2)]
    found = told(world(nodes, workers=workers, others=others, size=size, types=[gpu_type()]))
    assert sorted(name for fit in found.pods for name in fit.pods) == [f"worker-{n}" for n in range(size)]
    for fit in found.pods:
        assert sorted(name for one in fit.nodes for name in one.nodes) == sorted(f"gpu-{n}" for n in range(len(nodes)))
        assert fit.room == sum(one.now * len(one.nodes) for one in fit.nodes)
    assert found.placeable <= found.needed == size
