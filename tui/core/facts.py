"""The values in which news travels from a reflector or a poller to the store.

    Relist → Page* → Listed      a whole new truth; what it lacks is gone
    Changed, Gone                one object
    Alive                        nothing new, but the source answered
    Stale, Denied, Missing       the source cannot be read: why, since when

Instants are seconds since 1970. Expected failures travel as these values, never as exceptions.
"""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from msgspec import Struct


class Row(Protocol):
    """What the store keeps: a frozen value with a key that is unique in its kind (`namespace/name`)."""

    @property
    def key(self) -> str: ...


class Relist(Struct, frozen=True, gc=False):
    """A list began; rows seen before stay until it ends.

    `scope` is the namespace that is listed, empty for all: only rows whose key begins with it can be found gone.
    """

    kind: str
    scope: str = ""


class Page(Struct, frozen=True):
    """A part of a list. Shown at once: the first rows need not wait for the last."""

    kind: str
    rows: tuple[Row, ...]
    scope: str = ""


class Listed(Struct, frozen=True, gc=False):
    """The list is whole as of `at`. What came in no page since `Relist` is gone."""

    kind: str
    at: float
    scope: str = ""


class Changed(Struct, frozen=True):
    """One object, new or different, as of `at`."""

    kind: str
    row: Row
    at: float


class Gone(Struct, frozen=True, gc=False):
    """The object under `key` was deleted, as of `at`."""

    kind: str
    key: str
    at: float


class Alive(Struct, frozen=True, gc=False):
    """The source answered at `at`: a bookmark, an unchanged poll, an open watch."""

    kind: str
    at: float


class Stale(Struct, frozen=True, gc=False):
    """The source stopped answering at `at`; `reason` is one clean line."""

    kind: str
    at: float
    reason: str


class Denied(Struct, frozen=True, gc=False):
    """The source refused: `permission` names what is missing (`list pods in azureml`), `reason` is its own words."""

    kind: str
    at: float
    permission: str
    reason: str


class Missing(Struct, frozen=True, gc=False):
    """There is no such thing at all: the CRD is not installed, the ARM resource answers 404."""

    kind: str
    at: float
    reason: str


Fact = Relist | Page | Listed | Changed | Gone | Alive | Stale | Denied | Missing


class Phase(Enum):
    """What the operator may believe of a source."""

    OFF = "off"
    """Nobody asked: this target has no such side (no cluster, or no ARM)."""
    LOADING = "loading"
    LIVE = "live"
    STALE = "stale"
    DENIED = "denied"
    MISSING = "missing"


class Source(Struct, frozen=True, gc=False):
    """One kind's standing: its phase, since when, when it last answered, and why it does not."""

    kind: str
    phase: Phase = Phase.OFF
    since: float = 0.0
    """When this phase began."""
    fresh: float = 0.0
    """When the source last answered; 0 when it never did."""
    permission: str = ""
    reason: str = ""

    @property
    def known(self) -> bool:
        """True when the rows were the truth once: an empty table then means empty."""
        return self.fresh > 0
