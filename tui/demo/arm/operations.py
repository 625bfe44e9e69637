"""What goes on in ARM: a long-running operation, and the event of a client's write.

Values only. Must not know what an operation does to its resource (`outcomes`) nor how it is asked for over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

Json = dict[str, Any]
Kind = Literal["create", "update", "delete"]
Write = Literal["create", "update", "delete", "forget"]
End = Literal["Succeeded", "Failed", "Canceled"]

PROGRESS: Final[dict[Kind, str]] = {"create": "Creating", "update": "Updating", "delete": "Deleting"}


@dataclass(slots=True)
class Operation:
    """One operation; `ArmState` alone changes it."""

    id: str
    """A GUID."""
    resource_id: str
    """In the casing of the resource."""
    kind: Kind
    begun: float
    """World seconds since 1970."""
    number: int
    """How many were begun before it: decides which answers carry Retry-After."""
    due: float | None = None
    """When it ends by itself; None: the world will say."""
    status: str = "InProgress"
    """InProgress, then an `End`."""
    error: Json | None = None
    ended: float | None = None

    @property
    def done(self) -> bool:
        """It ended, one way or another."""
        return self.ended is not None


@dataclass(frozen=True, slots=True)
class Event:
    """A client's write that was accepted."""

    kind: Write
    """`forget`: ARM dropped the resource (forceDelete), what it made in the cluster stays."""
    resource_id: str
    """In the casing of the resource."""
    type: str
    """In lower case: `microsoft.kubernetesconfiguration/extensions`."""
    resource: Json
    """The body as it is now; as it was, when it is gone. Protected settings have their values in it."""
    operation_id: str = ""
    """To be ended with `ArmState.finish`; empty when the write was done at once."""
