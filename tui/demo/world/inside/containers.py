"""Programs in the containers of the world, for the API server to start.

Owns which container gets which files, and what becomes of a terminal. Its state is a cache only.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from tui.core.units import epoch
from tui.demo.kube.logs import LogBook, LogSource
from tui.demo.kube.programs import Line, Start, Unreachable, Unstartable, Wire, missing, refused
from tui.demo.world.inside import environment, images, ports
from tui.demo.world.inside.builtins import TWICE
from tui.demo.world.inside.files import Tree, View
from tui.demo.world.inside.process import Box, Broken, Streams
from tui.demo.world.inside.prompt import with_shells
from tui.demo.world.inside.shell import Shell
from tui.demo.world.inside.state import State
from tui.demo.world.inside.terminal import Terminal
from tui.demo.world.inside.tree import files_of, workdir

Body = dict[str, Any]
Written = list[tuple[str, LogSource]]
_KEPT: Final = 64
"""Containers whose files are kept for the next program."""


class Containers:
    """What there is in containers, by their pods and by what they write; `clock` is the world's."""

    def __init__(self, logs: LogBook, clock: Callable[[], float]) -> None:
        self._logs, self._clock = logs, clock
        self._trees: OrderedDict[tuple[str, str], tuple[Written, Tree]] = OrderedDict()

    async def run(self, start: Start, wire: Wire) -> int:
        """Run a program to its end. Raises Unstartable."""
        container = _container(start)
        shells, programs = images.shells_of(container), images.programs_of(container)
        name = start.command[0].rpartition("/")[2] if start.command else ""
        if name not in shells and name not in programs and not (shells and name in TWICE):
            raise Unstartable(missing(start))
        terminal = Terminal(wire) if start.tty else None
        write = terminal.write if terminal else wire.write
        streams = Streams(terminal.read if terminal else wire.read, write, write if terminal else wire.error)
        work = self._work(self._shell(start, container, terminal), list(start.command), streams)
        return await work if terminal is None else await _on(terminal, work)

    def listens(self, pod: Body, port: int) -> None:
        """Raises Unreachable when nothing listens on a port."""
        if ports.page_of(pod, port) is None:
            raise Unreachable(refused(pod, port))

    async def answer(self, pod: Body, port: int, line: Line) -> None:
        """One connection to a port where something listens."""
        page = ports.page_of(pod, port)
        if page is not None:
            await ports.serve(page, line, self._clock)

    async def _work(self, shell: Shell, command: list[str], streams: Streams) -> int:
        with suppress(Broken):
            return await shell.whole_of(command, streams)
        return 0

    def _shell(self, start: Start, container: Body, terminal: Terminal | None) -> Shell:
        """The one that starts the program; nobody sees it."""
        pod, meta = start.pod, start.pod["metadata"]
        written = self._logs.files(meta["namespace"], meta["name"])
        began = epoch(_state(start).get("startedAt") or "") or 0.0
        tree = self._tree(start, container, written)
        home = workdir(container, [path for path, _source in written])
        view = View(tree, self._clock, home)
        env = environment.environment(pod, container)
        if terminal is not None:
            env["TERM"] = "xterm"
        facts = {
            "command": " ".join([*(container.get("command") or ()), *(container.get("args") or ())]) or "/entrypoint",
            "began": str(began), "gpus": str(images.gpus(container)),
        }  # fmt: skip
        box = Box(pod["metadata"]["name"], facts, terminal.size if terminal else None)
        programs = with_shells(images.programs_of(container), images.shells_of(container), terminal)
        return Shell(State(view, env), box, programs)

    def _tree(self, start: Start, container: Body, written: Written) -> Tree:
        """Files that grow are kept from one program to the next, as long as the same is written into them."""
        key = (start.pod["metadata"]["uid"], start.container)
        known = self._trees.pop(key, None)
        if known is None or known[0] != written:
            known = (written, files_of(start.pod, container, written))
        self._trees[key] = known
        while len(self._trees) > _KEPT:
            self._trees.popitem(last=False)
        return known[1]


async def _on(terminal: Terminal, work: Awaitable[int]) -> int:
    """Run something while a terminal listens."""
    listening = asyncio.create_task(terminal.listen())
    try:
        return await terminal.foreground(work)
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


def _container(start: Start) -> Body:
    spec = start.pod["spec"]
    every = [*spec.get("initContainers", ()), *spec.get("containers", ())]
    return next(each for each in every if each["name"] == start.container)


def _state(start: Start) -> Body:
    status = start.pod.get("status", {})
    every = [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]
    state: Body = next((each.get("state", {}) for each in every if each["name"] == start.container), {})
    return dict(state.get("running") or {})
