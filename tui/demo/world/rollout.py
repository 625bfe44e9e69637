"""How pods of one generation take the place of another's.

Pure: from the pods there are to those there will be, with the moments at which they come and go. The rules are those
of the built-in controllers: a Deployment brings one pod more and waits until it is ready, StatefulSets and DaemonSets
stop a pod before they make the next. What does not get ready holds up the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heapreplace
from math import inf
from typing import Final

from tui.demo.world.replica import Replica

PAUSE: Final = 1.0
"""Seconds from what a controller sees to what it does."""


@dataclass(frozen=True, slots=True)
class Living:
    """One pod of a workload, from its making to its end."""

    number: int
    hash: str
    """Of its generation."""
    replica: Replica
    ends: float = inf

    def there(self, now: float) -> bool:
        """It exists."""
        return self.replica.frame.created <= now < self.ends

    @property
    def ready_at(self) -> float:
        """When it is ready for the first time; infinity for never."""
        return self.replica.span[0]


Make = Callable[[int, float], Living]
"""A new pod by its number and moment."""


def surging(
    alive: Sequence[Living], wanted: int, target: str, make: Make, now: float, spare: int = 0
) -> list[Living]:  # fmt: skip
    """Of a Deployment: the old ones go one by one, as new ones are ready; those that are not ready go at once.

    `spare`: so many may be missing meanwhile, which lets all new ones come at once.
    """
    kept: dict[int, Living] = {}
    for pod in alive:
        if pod.hash == target and pod.number < wanted:
            kept.setdefault(pod.number, replace(pod, ends=inf))
    old = [pod for pod in alive if pod.number not in kept or kept[pod.number].replica is not pod.replica]
    steady = [pod for pod in old if pod.replica.ready(now)]
    found = [*kept.values(), *(replace(pod, ends=now + PAUSE) for pod in old if pod not in steady)]
    lacking = [number for number in range(wanted) if number not in kept]
    if spare:
        return [*found, *_at_once(steady, lacking, wanted - spare, make, now)]
    at = now + PAUSE
    for number in lacking:
        if at == inf:
            break
        found.append(make(number, at))
        if steady:
            at = found[-1].ready_at + PAUSE
            found.append(replace(steady.pop(0), ends=at))
    return [*found, *(replace(pod, ends=at) for pod in steady)]


def _at_once(steady: list[Living], lacking: list[int], least: int, make: Make, now: float) -> list[Living]:
    """All new ones, and the old ones: those that may be missing go at once, the rest one by one for new ones."""
    fresh = [make(number, now + PAUSE) for number in lacking]
    ready = sorted(pod.ready_at for pod in fresh) or [now]
    goes = max(0, len(steady) - least)
    at = [*[now] * goes, *ready, *[ready[-1]] * len(steady)]
    return [*fresh, *(replace(pod, ends=then + PAUSE) for pod, then in zip(steady, at, strict=False))]


def in_place(
    alive: Sequence[Living], order: Iterable[int], target: str, make: Make, now: float, together: int = 1
) -> list[Living]:  # fmt: skip
    """Of a StatefulSet or a DaemonSet: pods are stopped and made anew, so many at a time. `order`: their numbers."""
    before = {pod.number: pod for pod in alive}
    found: list[Living] = []
    free = [now + PAUSE] * max(1, together)
    for number in order:
        old, at = before.pop(number, None), free[0]
        if old is not None and (old.hash == target or at == inf):
            found.append(replace(old, ends=inf))
        elif at < inf:
            if old is not None:
                found.append(replace(old, ends=at))
            found.append(make(number, at + PAUSE if old is not None else at))
            heapreplace(free, found[-1].ready_at + PAUSE)
    return [*found, *(replace(pod, ends=now + PAUSE) for pod in before.values())]
