"""What `arcdeck status` knows: the overview's facts as one value that can be written as JSON.

Owns the shape. Every age is in seconds at the instant `at`; None means that nobody said.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

State = Literal["healthy", "in progress", "something wrong", "could not look"]
EXIT_CODES: Final[dict[State, int]] = {"healthy": 0, "in progress": 0, "something wrong": 1, "could not look": 2}


class ProblemFact(Struct, frozen=True):
    """One thing that is not as it should be."""

    health: str
    """A word of `core.health.WORDS`, here as everywhere below."""
    what: str
    """`pod azureml/relayserver-…`, `extension amlarc-compute`, `ARM: extensions`."""
    why: str


class SourceFact(Struct, frozen=True):
    """How one source stands."""

    kind: str
    side: Literal["kube", "ARM"]
    phase: str
    """`live`, `loading` (it has not answered), `stale`, `denied`, `missing`, `off`."""
    seen: bool
    """It answered at least once: what is told of it was true then."""
    age: float | None
    """Since it last answered; None: never."""
    since: float | None
    """Seconds in this phase."""
    permission: str
    """What is missing, when it is denied: `list nodes`."""
    reason: str
    """Why it is not live, in the words of the other side."""
    told: str
    """All of it as one line."""


class Difference(Struct, frozen=True):
    """A setting that is not at its default."""

    key: str
    value: str
    default: str


class ExtensionFact(Struct, frozen=True):
    """The extension."""

    name: str
    type: str
    id: str
    state: str
    """`Installed`, `Pending`, `Failed`, `Deleting`, `Canceled`, or ARM's word for any other state."""
    raw_state: str
    version: str
    train: str
    health: str
    why: str
    age: float | None
    changed: float | None
    """Seconds since it was last modified."""
    differs: tuple[Difference, ...]
    missing: tuple[str, ...]
    """Components that should run and have no pod."""


class ClusterFact(Struct, frozen=True):
    """The cluster as ARM knows it."""

    name: str
    id: str
    kind: Literal["Arc", "AKS"]
    connectivity: str
    heard: float | None
    """Since the last heartbeat."""
    kubernetes: str
    agent: str
    nodes: int
    health: str
    why: str


class PodFact(Struct, frozen=True):
    """A pod of the extension that is not well."""

    name: str
    component: str
    ready: str
    status: str
    restarts: int
    age: float | None
    health: str
    why: str


class PodsFact(Struct, frozen=True):
    """The pods of the extension."""

    namespace: str
    healthy: int
    total: int
    unhealthy: tuple[PodFact, ...]


class NodesFact(Struct, frozen=True):
    """The nodes."""

    ready: int
    total: int


class TypeFact(Struct, frozen=True):
    """An instance type."""

    name: str
    cpu: str
    memory: str
    gpus: int
    selector: str
    built_in: bool
    fits: int | None
    """Nodes where one more fits now; None when nodes or pods could not be seen."""
    nodes: int | None
    health: str
    why: str


class JobFact(Struct, frozen=True):
    """A training job that failed, waits, or is in trouble."""

    name: str
    namespace: str
    state: str
    size: str
    user: str
    age: float | None
    health: str
    why: str


class JobsFact(Struct, frozen=True):
    """The training jobs."""

    states: dict[str, int]
    """How many are in each state."""
    worst: tuple[JobFact, ...]
    """Those with a reason, worst first."""


class Summary(Struct, frozen=True):
    """Everything, problems first. None: that part was not seen; its source says why."""

    state: State
    exit_code: int
    at: str
    """When it was looked, RFC 3339."""
    problems: tuple[ProblemFact, ...]
    extension: ExtensionFact | None
    clusters: tuple[ClusterFact, ...]
    pods: PodsFact | None
    nodes: NodesFact | None
    types: tuple[TypeFact, ...] | None
    jobs: JobsFact | None
    sources: tuple[SourceFact, ...]
