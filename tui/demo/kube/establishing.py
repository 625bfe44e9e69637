"""New CustomResourceDefinitions get their names and are served a moment later, as by the controllers of a real server.

Owns their conditions. Must not know HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from tui.demo.kube.objects import Event, Key, ObjectStore, timestamp
from tui.demo.kube.registry import CRDS, is_established

Body = dict[str, Any]

MANAGER: Final = "kube-apiserver"
_SOON: Final = 0.05
"""Real seconds until a definition is served."""
_SAID: Final = {
    "NamesAccepted": ("NoConflicts", "no conflicts found"),
    "Established": ("InitialNamesAccepted", "the initial names have been accepted"),
}


class Establishing:
    """Accepts the names of definitions that come into a store. `clock` gives the cluster's time."""

    def __init__(self, objects: ObjectStore, clock: Callable[[], float]) -> None:
        self._objects, self._clock = objects, clock
        self._waiting: set[Key] = set()
        self._news = asyncio.Event()
        objects.subscribe(self._note)

    def _note(self, event: Event) -> None:
        if event.resource == CRDS and event.type == "ADDED" and not is_established(event.object):
            self._waiting.add(("", event.object["metadata"]["name"]))
            self._news.set()

    async def run(self) -> None:
        """Establish for ever; rests while nothing waits."""
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(_SOON)
            while self._waiting:
                self._objects.change(CRDS, *self._waiting.pop(), self._accept, manager=MANAGER)

    def _accept(self, definition: Body) -> None:
        at = timestamp(self._clock())
        definition["status"] = {
            **(definition.get("status") or {}),
            "acceptedNames": definition["spec"]["names"],
            "conditions": [
                {"type": kind, "status": "True", "lastTransitionTime": at, "reason": reason, "message": message}
                for kind, (reason, message) in _SAID.items()
            ],
        }
