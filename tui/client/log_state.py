"""Whether a container's log goes on: read from its pod.

Owns the judgement; `judge` is pure.
"""

from __future__ import annotations

from typing import Any, Final, Literal
from urllib.parse import quote

from msgspec import Struct

from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.core.text import clean

_LISTS: Final = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")


class Standing(Struct, frozen=True):
    """How one container stands."""

    problem: Problem | None = None
    """The pod could not be read."""
    instance: int | None = None
    """Its restart count: tells one instance from the next."""
    state: Literal["waiting", "running", "terminated", ""] = ""
    waiting: str = ""
    reason: str = ""
    exit_code: int | None = None
    again: bool = True
    """Whether the kubelet will start it again."""


class Ends(Struct, frozen=True):
    """It has ended for good."""

    reason: str
    exit_code: int | None = None
    gone: bool = False
    """Nothing is left to read."""


def object_path(key: str) -> str:
    """The pod's path."""
    namespace, _, name = key.rpartition("/")
    return f"/api/v1/namespaces/{quote(namespace)}/pods/{quote(name)}"


async def standing_of(kube: KubeClient, key: str, container: str) -> Standing:
    """Ask the pod."""
    pod = await kube.read("GET", object_path(key))
    return Standing(pod) if isinstance(pod, Problem) else standing(pod, container)


def standing(pod: dict[str, Any], container: str) -> Standing:
    """How `container` of a pod as the API sends it stands."""
    status, spec = pod.get("status") or {}, pod.get("spec") or {}
    found = next(
        (each for name in _LISTS for each in status.get(name) or [] if each.get("name") == container), None
    )  # fmt: skip
    over = status.get("phase") in ("Succeeded", "Failed") or bool((pod.get("metadata") or {}).get("deletionTimestamp"))
    if found is None:
        return Standing(waiting=clean(str(status.get("reason") or "not started yet")), again=not over)
    state: dict[str, Any] = found.get("state") or {}
    kind: Any = next((name for name in ("running", "terminated", "waiting") if name in state), "")
    ended = state.get("terminated") or (found.get("lastState") or {}).get("terminated") or {}
    code = ended.get("exitCode")
    policy = spec.get("restartPolicy", "Always")
    again = not over and (policy == "Always" or (policy == "OnFailure" and code != 0))
    return Standing(
        None, int(found.get("restartCount") or 0), kind, clean(str((state.get("waiting") or {}).get("reason") or "")),
        clean(str(ended.get("reason") or "")), code if isinstance(code, int) else None, again,
    )  # fmt: skip


def judge(
    now: Standing, stream: Problem | None, instance: int | None, previous: bool
) -> Ends | Problem | Literal["again", "restarted"]:
    """What the end of a stream means: over, refused, a new instance, or only a break."""
    if previous and stream is None:
        return Ends("the end of the previous instance", now.exit_code)
    if now.problem is not None and now.problem.status == 404:
        return Ends("the pod is gone", gone=True)
    if stream is not None and stream.status in (400, 403, 404) and now.state != "waiting" and now.state != "":
        return stream
    if stream is not None and (stream.status == 403 or (previous and stream.status in (400, 404))):
        return stream
    if now.problem is not None:
        return "again"
    if instance is not None and now.instance is not None and now.instance > instance:
        return "restarted"
    if now.state == "terminated" and not now.again:
        code = f", exit code {now.exit_code}" if now.exit_code is not None else ""
        return Ends(f"{now.reason or 'terminated'}{code}", now.exit_code)
    if now.state == "" and not now.again:
        return Ends("the pod has ended", gone=True)
    return "again"
