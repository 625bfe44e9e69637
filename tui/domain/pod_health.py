"""How a pod is, and why, in one line.

Rules: a pod that ran to its end is healthy; restarts alone are no fault; what is still starting is in progress. Owns
the judgement and the shortening of the kubelet's sentences; the schedulers' are `scheduler_said`'s. Must not know
time: an age in a reason would change without the pod changing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from tui.core.health import Health
from tui.core.text import shorten_end
from tui.domain import scheduler_said
from tui.domain.container import Container
from tui.domain.pod_status import Conditions
from tui.domain.wire import said, text

WHY_WIDTH: Final = scheduler_said.WIDTH
"""Characters of a reason that are kept: two screen lines at 80 columns. The whole text is in describe."""

USERS: Final = "execution-wrapper"
"""The container of a training pod that runs the user's program."""
_STARTING: Final = frozenset({"ContainerCreating", "PodInitializing", "Pending", "", "Pulling", "Pulled", "Created"})
_PULLS: Final = frozenset(
    {"ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
     "RegistryUnavailable"}
)  # fmt: skip
_RECLAIMED: Final = frozenset({"Evicted", "Preempting", "NodeShutdown", "Shutdown", "Terminated", "NodeAffinity"})
"""Pod reasons of an end that is the node's doing; a controller makes a new pod."""

Verdict = tuple[Health, str]


def judge(
    phase: str,
    pod_reason: str,
    status: str,
    message: str,
    parts: Sequence[Container],
    conditions: Conditions,
    placed: bool,
    load: Collection[str] = (),
) -> Verdict:
    """Health and reason of a pod. `status` is what kubectl prints; `placed` says that it has a node.

    `load` are names of its workload: a container that is called so is the pod's own and need not be named.
    """
    if phase == "Succeeded" and status != "Terminating":
        return Health.GOOD, ""
    if status == "Unknown":
        return Health.UNKNOWN, _short(message) or "its node does not report"
    if status == "Terminating":
        return Health.BUSY, "is being deleted"
    if phase == "Failed":
        return _failed(pod_reason, message, parts, load)
    broken = next((part for part in parts if _is_broken(part)), None)
    if broken is not None:
        return Health.BAD, _short(_broken(broken, _naming(parts, broken, load)))
    if phase == "Pending":
        return _pending(status, message, conditions, placed)
    if phase == "Running":
        return _running(parts, conditions)
    return (Health.UNKNOWN, _short(message)) if phase == "Unknown" else (Health.WARN, _short(message))


def first_failure(parts: Sequence[Container]) -> Container | None:
    """The container whose end came first among those that did not end well: the cause, not the consequence."""
    ends = [part for part in parts if part.ended is not None and (part.ended.exit_code or part.ended.signal)]
    return min(ends, key=_finished, default=None)


def _finished(part: Container) -> float:
    finished = part.ended.finished if part.ended else None
    return float("inf") if finished is None else finished


def short_name(name: str) -> str:
    """A container's name without the hex run id the product puts before it: `execution-wrapper`."""
    return _RUN_PREFIX.sub("", name)


_RUN_PREFIX: Final = re.compile(r"^[0-9a-f]{32}-(?=.)")


def named(parts: Sequence[Container], part: Container, load: Collection[str] = ()) -> str:
    """What to call a container of a pod; empty for the one that anybody would look at first."""
    name = short_name(part.name)
    return "" if len(parts) == 1 or name == USERS or name in load else name


def _naming(parts: Sequence[Container], part: Container, load: Collection[str]) -> str:
    name = named(parts, part, load)
    return f"{name}: " if name else ""


def _failed(pod_reason: str, message: str, parts: Sequence[Container], load: Collection[str]) -> Verdict:
    if pod_reason in _RECLAIMED:
        return Health.WARN, _short(_joined(pod_reason, message))
    if pod_reason:
        return Health.BAD, _short(_joined(pod_reason, message))
    part = first_failure(parts)
    if part is None:
        return Health.BAD, _short(message) or "failed, no container says why"
    return Health.BAD, _short(f"{_naming(parts, part, load)}{part.ended}")


def _joined(reason: str, message: str) -> str:
    return f"{reason}: {message}" if message else reason


def _is_broken(part: Container) -> bool:
    if part.state == "waiting":
        return part.reason not in _STARTING
    if part.state != "terminated" or part.ended is None:
        return False
    return bool(part.ended.exit_code or part.ended.signal)


def _broken(part: Container, naming: str) -> str:
    if part.state == "terminated":
        return f"{naming}{part.ended}"
    if part.reason == "CrashLoopBackOff":
        return f"{naming}{part.last}" if part.last else f"{naming}keeps ending; the last run left no record"
    if part.reason in _PULLS:
        return f"{naming}{short_image(part.image)}{_pull_cause(part)}"
    return f"{naming}{_joined(part.reason, part.message)}"


def short_image(image: str) -> str:
    """An image by its last path part and tag, a digest cut to twelve characters."""
    name = image.rsplit("/", 1)[-1]
    base, at, digest = name.partition("@sha256:")
    return f"{base}@{digest[:12]}" if at else name


def _pull_cause(part: Container) -> str:
    """The last clause of the runtime's long sentence; nothing when it says only that it backs off."""
    message = part.message
    if not message or (message.startswith("Back-off pulling image") and "rpc error" not in message):
        return ""
    for name, pattern in _PULL_CAUSES:
        if pattern.search(message):
            return f": {name}"
    return ": " + message.rsplit(": ", 1)[-1].strip()


_PULL_CAUSES: Final = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("no such image or tag", r"manifest unknown|: not found\b|not found: manifest"),
        ("401 from the registry", r"\b401\b|unauthorized|authentication required"),
        ("403 from the registry", r"\b403\b|forbidden|denied"),
        ("429 from the registry", r"\b429\b|toomanyrequests"),
        ("registry name does not resolve", r"no such host|server misbehaving|name resolution"),
        ("registry refused the connection", r"connection refused"),
        ("registry does not answer", r"i/o timeout|deadline exceeded|timed? ?out"),
        ("certificate of the registry is not trusted", r"x509:"),
        ("no space left on the node", r"no space left"),
    )
)


def _pending(status: str, message: str, conditions: Conditions, placed: bool) -> Verdict:
    if status == "SchedulingGated":
        return Health.BUSY, "held back by a scheduling gate"
    scheduled = conditions.get("PodScheduled")
    if not placed and scheduled is not None and scheduled.status == "False":
        return _unplaced(text(scheduled.reason), said(scheduled.message))
    if message:
        return Health.WARN, _short(message)
    if not placed:
        return Health.BUSY, "waits for the scheduler"
    if status.startswith("Init:"):
        return Health.BUSY, f"init container {status.removeprefix('Init:')}"
    return Health.BUSY, "containers start"


def _unplaced(reason: str, message: str) -> Verdict:
    """It has no node. One of Volcano's gang that only waits for another of it is not at fault."""
    if reason == "Schedulable":
        return Health.BUSY, scheduler_said.ROOM
    told = scheduler_said.essence(message) or "not schedulable"
    gang = scheduler_said.gang(message)
    return (Health.WARN, told) if gang is None or not gang.cause else (Health.BUSY, f"waits for its gang: {told}")


def _running(parts: Sequence[Container], conditions: Conditions) -> Verdict:
    waiting = [part for part in parts if part.role != "init" and not part.ready and part.state != "terminated"]
    if not waiting:
        return _rest(parts, conditions)
    part = waiting[0]
    names = ", ".join(short_name(part.name) for part in waiting)
    if part.last is not None and part.last.exit_code:
        return Health.WARN, _short(f"{names} not ready; before: {part.last}")
    if all(part.state == "waiting" or part.began is False for part in waiting):
        return Health.BUSY, _short(f"{names} starts")
    return Health.WARN, _short(f"{names} not ready")


def _rest(parts: Sequence[Container], conditions: Conditions) -> Verdict:
    """All that has not ended is ready."""
    ended = [short_name(part.name) for part in parts if part.role == "main" and part.state == "terminated"]
    if ended:
        return Health.BUSY, _short(f"{', '.join(ended)} ended, the others run on")
    ready = conditions.get("Ready")
    if ready is None or ready.status == "True":
        return Health.GOOD, ""
    # A readiness gate, or the node controller speaking for a node that is silent.
    told = ": ".join(filter(None, (text(ready.reason), said(ready.message))))
    return Health.WARN, _short(told) or "marked not ready, its containers are: look at its node"


def _short(message: str) -> str:
    return shorten_end(message.strip(), WHY_WIDTH)


def container_health(part: Container) -> Health:
    """How one container stands by itself."""
    if part.ended is not None:
        return Health.BAD if part.ended.exit_code or part.ended.signal else Health.GOOD
    if part.state == "running":
        return Health.GOOD if part.ready or part.role == "init" else Health.WARN
    return Health.BUSY if part.reason in _STARTING else Health.BAD


def container_why(part: Container) -> str:
    """How its last run ended and why it does not run now."""
    if part.ended is not None:
        return str(part.ended)
    last = f"last run: {part.last}" if part.last is not None else ""
    now = f"{part.reason}: {part.message}".strip(": ") if part.state == "waiting" else ""
    return "; ".join(filter(None, (last, now)))
