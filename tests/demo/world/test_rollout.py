"""Which pods go when others come: the controllers' rules, whatever the pods' troubles."""

from __future__ import annotations

from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.demo.arm import extension_rules
from tui.demo.arm.verdicts import AZUREML
from tui.demo.world.containers import Box
from tui.demo.world.pods import Frame
from tui.demo.world.replica import Crash, NoImage, Replica, Trouble, Unplaced
from tui.demo.world.rollout import Living, in_place, surging
from tui.demo.world.wish import NEWEST, Wish, of_resource

NOW = 1000.0
TROUBLES: tuple[Trouble | None, ...] = (None, None, NoImage("c", "gone"), Unplaced("no room"))


def living(number: int, hash: str, created: float, trouble: Trouble | None = None) -> Living:
    frame = Frame("azureml", f"{hash}-{number}-{created}", created, (Box("c", "i:1", probe="/"),))
    return Living(number, hash, Replica(frame, 10.0, (), trouble))


def steps(pods: list[Living]) -> list[float]:
    """Every moment at which a pod comes, is ready, or goes."""
    found = {NOW, *(pod.replica.frame.created for pod in pods), *(pod.ready_at for pod in pods)}
    return sorted(at for at in found | {pod.ends for pod in pods} if NOW <= at < inf)


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from(TROUBLES), min_size=0, max_size=4),
    st.lists(st.sampled_from(TROUBLES), min_size=4, max_size=4),
    st.integers(0, 4),
    st.integers(0, 1),
)
def test_a_deployment_never_loses_more_ready_pods_than_it_may(
    old: list[Trouble | None], new: list[Trouble | None], wanted: int, spare: int
) -> None:
    alive = [living(number, "old", 0.0, trouble) for number, trouble in enumerate(old)]
    pods = surging(alive, wanted, "new", lambda n, at: living(n, "new", at, new[n]), NOW, spare)
    before = sum(pod.replica.ready(NOW) for pod in alive)
    for at in steps(pods):
        ready = sum(pod.there(at) and pod.replica.ready(at) for pod in pods)
        assert ready >= min(before, wanted - spare)
    good = not any(new[:wanted])
    last = [pod for pod in pods if pod.there(1e9)]
    assert {pod.number for pod in last if pod.hash == "new"} == set(range(wanted)) or not good
    assert not good or not wanted or all(pod.hash == "new" for pod in last)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(TROUBLES), min_size=1, max_size=6), st.integers(1, 3))
def test_in_place_few_are_missing_at_a_time_and_bad_ones_stop_the_rest(
    new: list[Trouble | None], together: int
) -> None:
    alive = [living(number, "old", 0.0) for number in range(len(new))]
    pods = in_place(alive, range(len(new)), "new", lambda n, at: living(n, "new", at, new[n]), NOW, together)
    for at in steps(pods):
        assert sum(pod.there(at) and pod.replica.ready(at) for pod in pods) >= len(new) - together
    bad = [number for number, trouble in enumerate(new) if trouble is not None]
    made = [pod.number for pod in pods if pod.hash == "new"]
    assert made == list(range(len(new) if len(bad) < together else bad[together - 1] + 1))


def test_back_to_what_was_there_keeps_those_that_still_run() -> None:
    alive = [living(0, "old", 0.0), living(0, "new", 900.0, Crash("c", "x", (), 905.0))]
    pods = surging(alive, 1, "old", lambda n, at: living(n, "old", at), NOW)
    assert [(pod.hash, pod.ends) for pod in pods] == [("old", inf), ("new", NOW + 1)]


@given(st.sampled_from(["True", "true", " TRUE "]), st.sampled_from(["enableTraining", "ENABLETRAINING"]))
def test_settings_are_read_whatever_their_casing(value: str, key: str) -> None:
    assert Wish("x", {key: value}).training
    assert not Wish("x", {key: "no"}).training


def test_what_a_resource_asks_for() -> None:
    inner = {
        "configurationSettings": {"nodeSelector.kubernetes\\.io/os": "linux", "scoringFe.serviceType.nodePort": "True"},
        "configurationProtectedSettings": {"relayserver.relayConnectionString": "s"}, "version": None,
        "releaseTrain": "Stable",
    }  # fmt: skip
    wish = of_resource({"id": "/a/extensions/mine", "properties": inner})
    assert (wish.name, wish.version, wish.published) == ("mine", "1.1.39", True)
    assert wish.selector == (("kubernetes.io/os", "linux"),)
    assert (wish.service, wish.relay_string) == ("NodePort", "s")
    assert Wish("x").service == "LoadBalancer"


def test_arm_and_the_cluster_agree_on_the_newest_chart() -> None:
    assert extension_rules.NEWEST[AZUREML] == NEWEST
