"""What an operator sees of it: the real screens say stale, keep what was known, and say when all is well again."""

from __future__ import annotations

import time
from pathlib import Path

from msgspec import structs

from tests.faults.proxy import between, kubeconfig_through, server_of
from tests.faults.table import Note
from tests.screens.deck import LARGE, Driven, deck
from tui.demo.launch import launch

TRIES = 2


def says_stale(text: str) -> bool:
    """The head and a pane."""
    return "kube ~" in text.split("\n")[0] and "~ stale" in text


def says_well(text: str) -> bool:
    return "kube ●" in text.split("\n")[0] and "~ stale" not in text


async def test_a_server_that_refuses_is_told_on_the_screen_and_its_return_too(tmp_path: Path, note: Note) -> None:
    with launch(seed=1, pods=0, speed=1.0, faults=()) as demo:
        async with between(server_of(Path(demo.kubeconfig))) as proxy:
            through = kubeconfig_through(proxy, Path(demo.kubeconfig), tmp_path / "kubeconfig")
            async with deck(structs.replace(demo, kubeconfig=str(through)), LARGE, state_dir=tmp_path) as it:
                told, right = [], []
                for _ in range(TRIES):
                    before = await it.until(lambda text: says_well(text) and "17/19 healthy" in text)
                    begun = time.monotonic()
                    await proxy.refuse()
                    await it.until(says_stale)
                    told.append(time.monotonic() - begun)
                    _nothing_vanished(it, before)
                    await proxy.restore()
                    begun = time.monotonic()
                    await it.until(says_well)
                    right.append(time.monotonic() - begun)
    note("the screen: connections refused", "demo", TRIES, told, right, "head and panes say it, every row stays")


def _nothing_vanished(it: Driven, before: str) -> None:
    for name in ("relayserver", "17/19 healthy", "bert-finetune"):
        assert name in before
        assert name in it.text, f"{name} vanished\n{it.text}"
