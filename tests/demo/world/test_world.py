"""The world is a pure function of seed, start and time, in whatever steps it is advanced."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.demo.world.stand import START, Stand
from tui.demo.world.job import Job
from tui.demo.world.jobs import JobActor
from tui.demo.world.stage import key_of

STEPS = st.lists(st.floats(0.4, 300.0), min_size=2, max_size=4)


def test_the_same_seed_start_and_time_give_the_same_objects() -> None:
    one, other = Stand(5), Stand(5)
    for stand in (one, other):
        stand.go(400)
    assert one.objects_by_key() == other.objects_by_key()
    assert one.arm.under("") == other.arm.under("")


def test_names_and_uids_do_not_depend_on_when_it_starts() -> None:
    one, other = Stand(1), Stand(1, start=START + 86_400_321.7)
    for stand in (one, other):
        stand.go(300)
    uids = [{key: body["metadata"]["uid"] for key, body in s.objects_by_key().items()} for s in (one, other)]
    assert uids[0] == uids[1]


def test_another_seed_is_another_world() -> None:
    one, other = Stand(1), Stand(2)
    assert one.world.estate != other.world.estate
    assert not {key[2] for key in one.objects_by_key() if key[0] == "pods"} & {
        key[2] for key in other.objects_by_key() if key[0] == "pods" and "prometheus" not in key[2]
    } - {"healthcheck"}


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(STEPS, st.sampled_from([
    (), ("installing",), ("install-failing",), ("updating",), ("updating", "update-fails"),
    ("installing", "fail-healthcheck-e40001"), ("installing", "fail-insufficient-node"),
]))  # fmt: skip
def test_any_steps_lead_to_the_same_world(steps: list[float], scenarios: tuple[str, ...]) -> None:
    walked, jumped = Stand(1, *scenarios, pods=9), Stand(1, *scenarios, pods=9)
    for step in steps:
        walked.go(step)
    jumped.now = walked.now
    jumped.world.advance(jumped.now)
    assert walked.objects_by_key() == jumped.objects_by_key()


@pytest.mark.parametrize(("scenarios", "steps"), [((), 130), (("installing",), 90)])
def test_nothing_on_stage_sleeps_through_a_change(scenarios: tuple[str, ...], steps: int) -> None:
    """What was shown last is what would be shown now, of jobs that start, pods that crash, components that come up."""
    stand = Stand(1, *scenarios)
    stand.go(0 if scenarios else 95)
    for _ in range(steps):
        stand.go(1.7)
        for actor in stand.world._playing:
            before = stand.world._stage._shown[actor]
            if any("relayserver" in key[2] for key in before) or getattr(actor, "job", None) in recent(stand):
                assert {key_of(resource, body): body for resource, body in actor.bodies(stand.now)} == before


@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(STEPS, st.sampled_from(["deploy", "update", "delete"]), st.sampled_from(["not-installed", "delete-hangs"]))
def test_what_clients_ask_for_is_played_the_same_in_any_steps(steps: list[float], what: str, scenario: str) -> None:
    walked, jumped = Stand(1, scenario), Stand(1, scenario)
    for stand in (walked, jumped):
        if what == "deploy" or scenario == "not-installed":
            stand.deploy(enableInference="True", inferenceRouterServiceType="NodePort", allowInsecureConnections="True")
        elif what == "update":
            stand.update({}, installVolcano="False")
        else:
            stand.extension_asks("DELETE")
    for step in steps:
        walked.go(step)
    jumped.now = walked.now
    jumped.world.advance(jumped.now)
    assert walked.objects_by_key() == jumped.objects_by_key()
    assert walked.arm.under("") == jumped.arm.under("")


def recent(stand: Stand) -> list[Job]:
    found = [actor.job for actor in stand.world._playing if isinstance(actor, JobActor)]
    return [job for job in found if job.submitted > stand.start]


def test_time_does_not_go_back() -> None:
    stand = Stand(1)
    stand.go(600)
    version = stand.objects.version
    stand.world.advance(stand.now - 500)
    assert stand.objects.version == version


def test_something_happens_but_not_at_every_moment() -> None:
    stand, writes = Stand(1), []
    stand.objects.subscribe(lambda event: writes.append(event.resource))
    for _ in range(1200):
        stand.go(0.5)
    seen = [resource for resource in writes if resource != "leases.coordination.k8s.io"]
    assert 60 < len(seen) < 2400  # 600 s: more than one in ten seconds, fewer than four a second
    assert writes.count("nodes") == 0
    assert writes.count("leases.coordination.k8s.io") == 60 * 12


def test_it_does_not_grow_without_bound() -> None:
    stand = Stand(1)
    sizes = []
    for _ in range(6):
        stand.go(3600)
        sizes.append(len(list(stand.objects.everything())))
    assert max(sizes[2:]) < 1.4 * min(sizes[2:])
    jobs = stand.rows()["jobs"].values()
    assert any(job.state == "Running" for job in jobs)
    assert 10 < len(jobs) < 80


@pytest.mark.parametrize("seed", range(2, 10))
def test_every_seed_has_its_nodes_and_stories(seed: int) -> None:
    stand = Stand(seed)
    rows = stand.rows()
    nodes = rows["nodes"].values()
    assert 3 <= len(nodes) <= 12
    assert len({node.pool for node in nodes}) == 3
    assert len({node.labels["nvidia.com/gpu.product"] for node in nodes if node.allocatable.gpus}) == 2
    whys = {job.why.split(" ")[0] for job in rows["jobs"].values()}
    assert {"needs", "OOMKilled"} <= whys
    assert len(rows["jobs"]) == 18
    assert any(node.health.name != "GOOD" for node in nodes) is (stand.world.nodes[-1].trouble != "")
    for node in nodes:
        taken = sum(pod.requests.gpus for pod in rows["pods"].values() if pod.node == node.name and not pod.over)
        assert taken <= node.allocatable.gpus
