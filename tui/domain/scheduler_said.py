"""What schedulers say of pods they cannot place, in short: the kube-scheduler, and Volcano of a pod, a gang, its gate.

Rules: FitError of the kube-scheduler ("nodes are available"); of Volcano FitError and TaskSchedulingReason of a job
("nodes are unavailable", "tasks in gang unschedulable", "can possibly be assigned"), and the votes of its plugins at
the enqueue gate. Must not know pods or groups.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from tui.core.text import shorten_end

WIDTH: Final = 160
"""Characters that are kept: two screen lines at 80 columns."""
ROOM: Final = "has room, waits for the rest of its gang"
"""Of a pod that would be placed if the others could be: Volcano's condition of reason `Schedulable`."""


class Gang(Struct, frozen=True):
    """A gang that is not placed, as Volcano counts it."""

    lacking: int
    """Pods that find no room, as far as it looked."""
    needed: int
    """minAvailable."""
    states: dict[str, int]
    """Pods that exist, by Volcano's word for their state."""
    fitting: int
    """Pods that would be placed if the others could be."""
    culprit: str
    """The pod whose failure is told; empty when none is."""
    cause: str

    @property
    def made(self) -> int:
        """Pods that exist."""
        return sum(self.states.values())

    def __str__(self) -> str:
        """Why it waits; empty when no pod exists, for then its own sentence says nothing."""
        ended = [f"{count} {state}" for state, count in self.states.items() if state not in _WAITING]
        if not self.made:
            return ""
        if self.cause:
            fits = f"{self.fitting} of {self.needed} have room, " if self.fitting else ""
            return fits + ": ".join(filter(None, (self.culprit, self.cause)))
        if self.made < self.needed:
            return f"{self.made} of the gang's {self.needed} pods are made"
        if ended:
            return f"gang is not whole: {', '.join(ended)}, {self.needed} needed"
        return f"{self.lacking} of the gang's {self.needed} find no room"


_WAITING: Final = frozenset({"Pending", "Allocated", "Pipelined"})
_GANG: Final = re.compile(
    r"(?:(?P<lacking>\d+)/\d+ tasks in gang unschedulable: )?pod group is (?:not )?ready, (?P<counts>[^;.]*)"
    r"(?:; Pending: (?P<pending>[^.]*))?(?:\. Origin reason is(?: (?P<culprit>\S+))?: (?P<cause>.*))?",
    re.DOTALL,
)
_COUNT: Final = re.compile(r"(\d+) (\w+)")
_MEMBER: Final = re.compile(r".*-([a-z]+-\d+)")


def gang(message: str) -> Gang | None:
    """Volcano's sentence about a gang; None for any other."""
    found = _GANG.match(message)
    if found is None:
        return None
    states = {state: int(count[:9]) for count, state in _COUNT.findall(found["counts"])}
    pending = {state: int(count[:9]) for count, state in _COUNT.findall(found["pending"] or "")}
    member = _MEMBER.fullmatch(found["culprit"] or "")
    return Gang(
        int((found["lacking"] or "0")[:9]) or pending.get("Unschedulable", 0), states.pop("minAvailable", 0), states,
        pending.get("Schedulable", 0), member[1] if member else found["culprit"] or "",
        essence(found["cause"] or ""),
    )  # fmt: skip


def _resource(name: str) -> str:
    return {"nvidia.com/gpu": "GPUs", "github.com/fuse": "fuse devices", "ephemeral-storage": "disk"}.get(name, name)


_CAUSES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (re.compile(r"Insufficient (\S+?)$"), lambda m: f"too little {_resource(m[1])}"),
    (re.compile(r"node\(s\) had (?:untolerated )?taints? \{([^:}]+): ?([^}]*)\}.*"),
     lambda m: f"taint {m[1]}={m[2]}" if m[2] else f"taint {m[1]}"),
    (re.compile(r"node\(s\) didn't match [Pp]od's node (?:affinity|selector).*"), lambda _m: "other labels"),
    (re.compile(r"node\(s\) didn't match pod anti-affinity rules"), lambda _m: "pod anti-affinity"),
    (re.compile(r"node\(s\) were unschedulable"), lambda _m: "cordoned"),
    (re.compile(r"node\(s\) (?:were|was) not ready"), lambda _m: "not ready"),
    (re.compile(r"Too many pods|node\(s\) pod number exceeded"), lambda _m: "full of pods"),
    (re.compile(r"node\(s\) had volume node affinity conflict"), lambda _m: "volume elsewhere"),
    (re.compile(r"node\(s\) exceed max volume count"), lambda _m: "too many volumes"),
)  # fmt: skip
_AVAILABLE: Final = re.compile(r"^(\d+)/(\d+) nodes are (?:un)?available:? ?")
_COUNTED: Final = re.compile(r"(\d+) ([^,]*(?:\{[^}]*\})?[^,]*)")
_POSSIBLE: Final = re.compile(r"Pod \S+ can possibly be assigned to .*")
_GATE: Final = re.compile(r"(resource in cluster is overused|queue resource quota insufficient): (.+)", re.DOTALL)
_REFUSED: Final = re.compile(r"is forbidden: (.*?)(?:\", Reason:|$)", re.DOTALL)


def essence(message: str) -> str:
    """What the scheduler said of a pod, short: `0/12 nodes: 3 too little GPUs, 9 other labels`.

    Any other sentence comes back as it is, shortened.
    """
    if (whole := gang(message)) is not None:
        return shorten_end(str(whole), WIDTH)
    if _POSSIBLE.match(message):
        return ROOM
    head = _AVAILABLE.match(message)
    if head is None:
        return shorten_end(message.strip(), WIDTH)
    body = re.split(r"\.? ?preemption:", message[head.end() :], maxsplit=1)[0].rstrip(". ")
    reasons = [f"{found[1]} {_cause(found[2].strip())}" for found in _COUNTED.finditer(body)]
    said = ", ".join(reasons) or body
    return shorten_end(f"{head[1]}/{head[2]} nodes: {said}" if said else f"{head[1]}/{head[2]} nodes", WIDTH)


def _cause(phrase: str) -> str:
    for pattern, short in _CAUSES:
        found = pattern.match(phrase)
        if found is not None:
            return short(found)
    return phrase


def gate(message: str) -> str:
    """What keeps a gang at the enqueue gate: `resource in cluster is overused: GPUs, cpu`.

    Rule: each resource is named with its verb again, `overused cpu, overused memory`; older ones name none.
    """
    found = _GATE.fullmatch(message)
    if found is None:
        return shorten_end(message, WIDTH)
    names = (each.rpartition(" ")[2] for each in found[2].split(", "))
    return shorten_end(f"{found[1]}: {', '.join(map(_resource, names))}", WIDTH)


def refusal(message: str) -> str:
    """Why the API server takes no more pods, out of a controller's long sentence about each of them."""
    found = _REFUSED.search(message)
    return shorten_end(found[1] if found else message, WIDTH)
