"""Loading, empty, denied, stale, offline and not installed are different pictures, each with its reason."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.screens.deck import LARGE, SMALL, deck
from tui.client.arm import ArmClient
from tui.core.errors import Problem
from tui.demo.launch import launch
from tui.domain import arm_id
from tui.domain.summary import summarise
from tui.settings import Demo, Settings


async def test_not_installed() -> None:
    with launch(seed=1, pods=0, speed=0.0, faults=("not-installed",)) as demo:
        async with deck(demo) as it:
            assert "○ not installed" in it.line("EXTENSION")
            assert "is not installed on this cluster" in it.text
            assert "no pods in azureml" in it.text
            assert "○ not installed" in it.line("INSTANCE TYPES")
            assert "○ not installed" in it.line("JOBS")
            await it.press("4")
            await it.until("it comes with the extension")


async def test_an_install_in_progress_tells_its_time() -> None:
    with launch(seed=1, pods=0, speed=1.0, faults=("installing",)) as demo:
        async with deck(demo) as it:
            await it.until("◷ Pending (Creating)")
            await it.until("gives up at 15m")


async def take_away(demo: Demo, end: str) -> None:
    """Delete what the demo's Relay namespaces are, or what is in them: `end` follows their ids."""
    arm = ArmClient(Settings(demo=demo))
    try:
        found = await arm.relays(arm_id.subscription(demo.cluster_id), arm_id.group(demo.cluster_id))
        assert not isinstance(found, Problem)
        for each in found:
            assert not isinstance(await arm.send("DELETE", each["id"] + end), Problem)
    finally:
        await arm.close()


async def test_a_relay_that_is_taken_away_is_named_with_what_to_do() -> None:
    with launch(seed=1, pods=0, speed=0.0, faults=()) as demo:
        async with deck(demo, (160, 60)) as it:
            assert "● relay" in it.text
            await it.press("2")
            await it.until("RELAY AND SERVICE BUS")
            assert "● Relay" in it.text
            assert "Service Bus  off: the extension does not use Service Bus" in it.text
            await take_away(demo, f"/hybridConnections/{arm_id.name(demo.cluster_id)}")
            assert it.app.session is not None
            it.app.session.poll_now()
            await it.until("▲ Relay")
            assert "changed: the hybrid connection arc-west is missing in it" in it.text
            await take_away(demo, "")
            it.app.session.poll_now()
            await it.until("✖ Relay")
            words = " ".join(it.text.split())
            assert "attached computes are broken by it: arc-west, arc-west-east" in words
            assert "that makes it anew; then attach the computes again" in words
            await it.press("1")
            await it.until("✖ Relay missing, and the extension is installed")
            (problem,) = [one for one in summarise(it.app.store, it.app.now()).problems if "relay " in one.what[:6]]
            assert (problem.health, problem.why.split(",")[0]) == ("broken", "missing")


async def test_a_rolled_back_install_leaves_its_reason() -> None:
    with launch(seed=1, pods=0, speed=0.0, faults=("install-failed",)) as demo:
        async with deck(demo, LARGE) as it:
            assert "✖ Failed" in it.line("EXTENSION")
            assert "timed out waiting for the condition" in it.text
            assert "no pods in azureml" in it.text


async def test_denied_names_the_permission() -> None:
    with launch(seed=1, pods=0, speed=0.0, faults=("kube-denied", "arm-denied")) as demo:
        async with deck(demo, LARGE) as it:
            assert "? denied" in it.line("EXTENSION")
            await it.press("7")
            await it.until("you may not list nodes")
            await it.press("8")
            await it.until("you may not list events")


async def test_arm_down_leaves_the_cluster_side_alone() -> None:
    with launch(seed=1, pods=0, speed=0.0, faults=("arm-down",)) as demo:
        async with deck(demo) as it:
            assert "✖ no answer" in it.line("EXTENSION")
            assert "17/19 healthy" in it.line("PODS")
            assert "ARM ~" in it.lines[0]


async def test_kube_only() -> None:
    with launch(seed=1, pods=0, speed=0.0, faults=()) as demo:
        async with deck(demo, sign_in="none") as it:
            assert "○ off" in it.line("EXTENSION")
            assert "--sign-in none" in it.text
            assert "17/19 healthy" in it.line("PODS")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_backend_that_goes_away_leaves_what_was_known_marked_stale(size: tuple[int, int]) -> None:
    with ExitStack() as cloud:
        demo = cloud.enter_context(launch(seed=1, pods=0, speed=1.0, faults=()))
        async with deck(demo, size) as it:
            await it.until("17/19 healthy")
            cloud.close()
            await it.until(lambda text: "kube ~" in text.split("\n")[0])
            await it.until(lambda text: "~ stale" in text)
            assert "relayserver" in it.text, "nothing vanishes because a link broke"
            assert "17/19" in it.text
