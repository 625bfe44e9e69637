"""The nodes as objects: what their device plugins offer.

Owns when the GPUs of the nodes can be asked for. What a node is, is in `nodes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tui.demo.world import nodes
from tui.demo.world.actor import Scenery
from tui.demo.world.bodies import Maker, Shown
from tui.demo.world.nodes import Node
from tui.demo.world.scenario import Scenario

FUSE: Final = {"github.com/fuse": "1k"}
"""What a fuse device plugin offers on every node."""


class Machines(Scenery):
    """An actor."""

    def __init__(self, maker: Maker, found: Sequence[Node], start: float, scenario: Scenario) -> None:
        self._maker, self._nodes, self._start, self._on = maker, found, start, scenario
        super().__init__(list(self._bodies(own=False)))

    def offer(self, own: bool) -> None:
        """The extension's own device plugin came or went; that of somebody else offers the same."""
        self.change(list(self._bodies(own=own)))

    def _bodies(self, *, own: bool) -> Iterator[Shown]:
        last = next((node for node in reversed(self._nodes) if node.pool.name != "shared"), None)
        for node in self._nodes:
            devices = nodes.gpus(node) if own or self._on.plugin else {}
            fuse = FUSE if "fuse-device" in self._on else {}
            arch = "arm64" if "arm64-node" in self._on and node is last else "amd64"
            yield "nodes", nodes.body(self._maker, node, self._start, {**devices, **fuse}, arch)
