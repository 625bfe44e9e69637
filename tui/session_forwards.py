"""The ports of this machine that lead to pods: opened from any screen, ended with the session or by hand.

Owns which there are, and that each is on record, when it is opened and when it ends. Leaving a screen stops nothing.
How bytes travel is `client.forward`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tui.client.audit import Audit, Entry
from tui.client.forward import Forward
from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.core.store import Delta
from tui.core.units import age
from tui.domain.forward import ForwardRow, Ports
from tui.domain.kinds import PODS


class Forwards:
    """Those of one session. `run` ends them."""

    def __init__(self, kube: KubeClient, audit: Audit, clock: Callable[[], float]) -> None:
        self._kube, self._audit, self._clock = kube, audit, clock
        self._all: dict[str, tuple[Forward, float]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._opened = 0

    @property
    def rows(self) -> list[ForwardRow]:
        """All, in the order in which they were opened; those that ended by themselves, too, until they are stopped."""
        return [_row(key, forward, since) for key, (forward, since) in self._all.items()]

    @property
    def count(self) -> int:
        """How many listen."""
        return sum(not forward.over for forward, _since in self._all.values())

    async def run(self) -> None:
        """Until cancelled: then all end."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            await asyncio.Event().wait()

    async def open(self, pod: str, ports: Ports, command: str) -> ForwardRow | Problem:
        """Lead a local port to one of a pod; `command` does the same by hand."""
        if self._kube.read_only or self._tasks is None:
            return Problem("not opened: this session is read-only, or ends", code="ReadOnly")
        forward = Forward(self._kube, pod, ports.remote)
        context = self._kube.connection.context
        intent = self._audit.intent(context, "portforward", "pods/portforward", pod, command, False)
        problem = self._audit.write(intent) or await forward.listen(ports.local)
        if problem is not None:
            self._audit.write(self._audit.outcome(intent, problem))
            return problem
        self._opened += 1
        key, since = str(self._opened), self._clock()
        self._all[key] = forward, since
        self._tasks.create_task(self._serve(forward, intent, since))
        return _row(key, forward, since)

    def stop(self, key: str) -> None:
        """End one, and forget it."""
        found = self._all.pop(key, None)
        if found is not None:
            found[0].end()

    def note(self, delta: Delta) -> None:
        """A pod that is gone takes its forwards along."""
        gone = delta.gone.get(PODS.name, ())
        for forward, _since in self._all.values() if gone else ():
            if forward.key in gone and not forward.over:
                forward.end("the pod is gone")

    async def _serve(self, forward: Forward, intent: Entry, since: float) -> None:
        try:
            await forward.run()
        finally:
            self._audit.write(self._audit.ended(intent, True, self._summary(forward, since)))

    def _summary(self, forward: Forward, since: float) -> str:
        why = f"; {forward.why}" if forward.why else ""
        lasted = age(self._clock() - since)
        return (
            f"port {forward.local} closed after {lasted}: {forward.total} connection{'s' * (forward.total != 1)}, "
            f"{forward.sent} bytes to the pod, {forward.received} from it{why}"
        )


def _row(key: str, forward: Forward, since: float) -> ForwardRow:
    return ForwardRow(
        key, forward.key, forward.local, forward.remote, since, forward.open, forward.total, forward.sent,
        forward.received, forward.errors, forward.why, forward.over,
    )  # fmt: skip
