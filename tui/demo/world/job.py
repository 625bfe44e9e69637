"""A training job of the script: what it asks for, what becomes of it, and the moments of its life.

Owns the facts the queue and the objects are made from. Must not know how its objects look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import Final, Literal

from tui.demo.world.names import Dice
from tui.demo.world.nodes import Node
from tui.demo.world.training_log import Sort

Story = Literal["well", "oom", "error", "evicted", "gate", "pull", "mount"]

SECRETS: Final = 3.0
GROUPED: Final = 19.0
"""Seconds from an AmlJob to its PodGroup, as seen in a real cluster."""
ENQUEUED: Final = 22.0
"""Seconds from an AmlJob until its PodGroup passes the enqueue gate."""
PODS: Final = 24.0
"""Seconds from an AmlJob to its pods."""
TRIED: Final = 26.0
"""Seconds from an AmlJob until the scheduler has looked at its pods."""
STARTS: Final = 27.0
"""Seconds from a pod's placement until the user's program runs."""
AGAIN_PLACED: Final = 1.0
"""Seconds from the making of a pod in the place of another until it is placed, where the other was."""
ENDS: Final = 4.0
"""Seconds from the end of the user's program to that of the last sidecar."""
SETTLED: Final = 6.0
"""Seconds from the end of the user's program until the Volcano job says so."""
KEPT: Final[dict[str, float]] = {"well": 2700.0, "oom": 10800.0, "error": 5400.0, "evicted": 10800.0}
"""Seconds that an ended job stays in the cluster."""


@dataclass(frozen=True, slots=True)
class Size:
    """An instance type."""

    name: str
    cpu: str
    cpu_limit: str
    memory: int
    """GiB, requested and limit alike."""
    gpus: int
    selector: tuple[tuple[str, str], ...]
    pool: str
    """The nodes it goes to; empty for none."""


DEFAULT: Final = Size("defaultinstancetype", "1", "2", 2, 0, (), "cpu")
V100: Final = Size("gpu-v100", "4", "4", 16, 1, (("accelerator", "nvidia-v100"),), "gpu-v100")
LARGE: Final = Size("cpu-large", "8", "8", 32, 0, (("agentpool", "cpu"),), "cpu")
BIG: Final = Size("big-cpu", "64", "64", 256, 0, (("node.kubernetes.io/instance-type", "M64s"),), "")
SIZES: Final = (DEFAULT, V100, LARGE, BIG)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The scheduler found no room for the whole gang."""

    at: float
    nodes: tuple[str, ...]
    """Where its first workers would go."""


@dataclass(slots=True)
class Job:
    """One job. The queue sets `placed`, `places` and `refusals`; everything else is fixed."""

    run_id: str
    experiment: str
    user: str
    size: Size
    workers: int
    submitted: float
    lasts: float
    """Seconds that its program runs."""
    story: Story = "well"
    sort: Sort = "vision"
    root: str = ""
    """The sweep or pipeline it is a part of."""
    processes: int = 1
    """Of its program on each worker; each has a log of its own."""
    again: float | None = None
    """When Volcano began it anew: its node ran out of memory."""
    culprit: int = 0
    """The worker that fails, where one does."""
    cancelled: float = inf
    """When somebody deletes it."""
    placed: float | None = None
    places: tuple[Node, ...] = ()
    refusals: list[Refusal] = field(default_factory=list)
    """What the scheduler found each time it found something else than before."""
    remade: dict[int, float] = field(default_factory=dict)
    """When pods were made again that a client had deleted, by index."""

    def __post_init__(self) -> None:
        if self.again is not None:
            self.remade = dict.fromkeys(range(self.workers), self.again)

    @property
    def retries(self) -> int:
        """How often it was begun anew."""
        return int(self.again is not None)

    def job_id(self, dice: Dice) -> str:
        """32 hex digits: the name of all its objects."""
        return dice.hex(32, "job", self.run_id)

    def uuid(self, dice: Dice) -> str:
        """32 hex digits: the beginning of its containers' names."""
        return dice.hex(32, "run", self.run_id)

    @property
    def hangs(self) -> bool:
        """It will never start."""
        return self.story in ("gate", "pull", "mount")

    @property
    def started(self) -> float | None:
        """When the user's program runs."""
        return None if self.placed is None or self.hangs else self.placed + STARTS

    @property
    def ended(self) -> float | None:
        """When the user's program ends, by itself or not."""
        return None if self.started is None else self.started + self.lasts

    @property
    def settled(self) -> float:
        """When Volcano says that it is over, and takes its PodGroup away."""
        return inf if self.ended is None else self.ended + SETTLED

    @property
    def removed(self) -> float:
        """When its objects go."""
        if self.ended is None:
            return self.cancelled
        return min(self.cancelled, self.ended + KEPT[self.story])

    def created(self, index: int) -> float:
        """When the pod of a worker was made."""
        return self.remade.get(index, self.submitted + PODS)

    def placed_at(self, index: int) -> float | None:
        """When the pod of a worker was placed."""
        return self.remade[index] + AGAIN_PLACED if index in self.remade else self.placed

    def moments(self) -> list[float]:
        """Every moment at which something about it changes."""
        found = [self.submitted + after for after in (0.0, SECRETS, GROUPED, ENQUEUED, PODS, TRIED)] + [self.removed]
        if self.placed is not None:
            found += [self.placed + after for after in (0.0, 2.0, 9.0, 14.0, 18.0, STARTS)]
        if self.ended is not None:
            found += [self.ended + after for after in (0.0, 2.0, ENDS, SETTLED)]
        for again in self.remade.values():
            found += [again, *(again + AGAIN_PLACED + after for after in (0.0, 2.0, 9.0, 14.0, 18.0, STARTS))]
        return found
