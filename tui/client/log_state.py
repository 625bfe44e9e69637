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

_STATUSES: Final = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_SPECS: Final = ("containers", "initContainers", "ephemeralContainers")


class Standing(Struct, frozen=True):
    """How one container stands."""

    problem: Problem | None = None
    """The pod could not be read."""
    uid: str = ""
    """The pod's: another one of the same name has another."""
    instance: int | None = None
    """Its restart count: tells one instance from the next."""
    state: Literal["waiting", "running", "terminated", ""] = ""
    waiting: str = ""
    reason: str = ""
    exit_code: int | None = None
    again: bool = True
    """Whether the kubelet will start it again."""
    exists: bool = True
    """The pod has a container of this name."""
    dead: bool = False
    """An instance has ended, and no newer one has begun."""

    def is_other_than(self, instance: int | None, uid: str) -> bool:
        """Whether it is another pod of the name, or a later instance of the container."""
        if self.problem is not None:
            return False
        if self.uid and uid and self.uid != uid:
            return True
        return self.instance is not None and instance is not None and self.instance > instance


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
    status, spec, meta = pod.get("status") or {}, pod.get("spec") or {}, pod.get("metadata") or {}
    over = status.get("phase") in ("Succeeded", "Failed") or bool(meta.get("deletionTimestamp"))
    kind, found = _named(status, _STATUSES, container)
    _, own = _named(spec, _SPECS, container)
    uid = str(meta.get("uid") or "")
    if not found:
        exists, why = bool(own) or not spec.get("containers"), clean(str(status.get("reason") or "not started yet"))
        return Standing(uid=uid, waiting=why, again=not over, exists=exists)
    state: dict[str, Any] = found.get("state") or {}
    word: Any = next((name for name in ("running", "terminated", "waiting") if name in state), "")
    ended = state.get("terminated") or (found.get("lastState") or {}).get("terminated") or {}
    code = ended.get("exitCode")
    return Standing(
        uid=uid,
        instance=int(found.get("restartCount") or 0),
        state=word,
        waiting=clean(str((state.get("waiting") or {}).get("reason") or "")),
        reason=clean(str(ended.get("reason") or "")),
        exit_code=code if isinstance(code, int) else None,
        again=not over and _starts_again(kind, str(own.get("restartPolicy") or ""), spec.get("restartPolicy"), code),
        dead=bool(ended) and word != "running",
    )


def _named(owner: dict[str, Any], lists: tuple[str, ...], name: str) -> tuple[str, dict[str, Any]]:
    """Which of the lists has an item of this name, and the item; both empty when none has."""
    for each in lists:
        for item in owner.get(each) or []:
            if item.get("name") == name:
                return each, item
    return "", {}


def _starts_again(kind: str, own: str, policy: Any, code: Any) -> bool:
    """Whether a container that ended is started again: sidecars always, ephemeral ones never."""
    if kind == "ephemeralContainerStatuses":
        return False
    if kind == "initContainerStatuses":
        return own == "Always" or (policy != "Never" and code != 0)
    return policy in ("Always", None) or (policy == "OnFailure" and code != 0)


def judge(
    now: Standing, stream: Problem | None, instance: int | None, previous: bool = False, *, uid: str = "",
    once: bool = False,
) -> Ends | Problem | Literal["again", "restarted"]:  # fmt: skip
    """What the end of a stream means: over, refused, another instance or pod, or only a break.

    `instance` and `uid` are those it was opened on. `once`: what there is was asked for, not what is to come.
    """
    once = once or previous
    if once and stream is None:
        return Ends("the end of the previous instance" if previous else "the end of what there is", now.exit_code)
    if now.problem is not None and now.problem.status == 404:
        return Ends("the pod is gone", gone=True)
    if stream is not None and not now.exists:
        return stream
    is_other = now.is_other_than(instance, uid)
    if once and is_other:
        return Ends("another instance began: the rest of this one cannot be read", gone=True)
    if stream is not None and _is_final(stream, now, once=once, is_other=is_other):
        return stream
    if now.problem is not None:
        return "again"
    if is_other:
        return "restarted"
    if now.state == "terminated" and not now.again:
        code = f", exit code {now.exit_code}" if now.exit_code is not None else ""
        return Ends(f"{now.reason or 'terminated'}{code}", now.exit_code)
    if now.state == "" and not now.again:
        return Ends("the pod has ended", gone=True)
    return "again"


def _is_final(refused: Problem, now: Standing, *, once: bool, is_other: bool) -> bool:
    """Whether it will be refused again: while a container waits, its log is refused for that alone."""
    if refused.status == 403:
        return True
    if refused.status not in (400, 404):
        return False
    return once or (now.state in ("running", "terminated") and not is_other)
