"""One request to the simulated ARM, and its answer, as values: everything behind the HTTP server works on these.

Must not know HTTP libraries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.demo.arm import errors, shapes
from tui.demo.arm.operations import Event, Json, Operation, Write
from tui.demo.arm.places import Place
from tui.demo.arm.state import ArmState


@dataclass(frozen=True, slots=True)
class Call:
    """A request that is signed in."""

    state: ArmState
    method: str
    place: Place
    query: Mapping[str, str]
    """By lower-case name."""
    content: Any
    """The decoded body; None without one."""
    address: str
    """Where this ARM says it is: the front of the links in its answers."""

    @property
    def version(self) -> str:
        """The api-version that is asked for."""
        return self.query.get("api-version", "").strip().lower()

    @property
    def now(self) -> float:
        """World seconds since 1970."""
        return self.state.clock()

    def body(self, shape: Mapping[str, type]) -> Json:
        """The body of a write. Raises ArmError when it is no object, or not of this shape."""
        if not isinstance(self.content, dict):
            raise errors.unreadable("a JSON object is expected")
        shapes.check(self.content, shape)
        return self.content

    def resource(self) -> Json | None:
        """What the path names."""
        return self.state.get(self.place.path)

    def tell(self, kind: Write, resource: Json, operation: Operation | None = None) -> None:
        """Let the world know of a write."""
        event = Event(kind, resource["id"], self.place.type, resource, operation.id if operation else "")
        self.state.announce(event)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. Header names go out as they are written here."""

    status: int = 200
    body: Any = None
    """None: no body at all. Text is HTML, all else goes out as JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
