"""Pods: a frame that does not change, and a look at it that does.

Owns spec, conditions and phase. Must not know what a pod is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui.core.units import quantity
from tui.demo.world.bodies import CONTROLLERS, KUBELET, Body, Maker, stamp
from tui.demo.world.containers import Box, State, status

STAYS: Final = 300
"""Seconds a pod stays on a node that is gone (the default tolerations)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is fixed about a pod."""

    namespace: str
    name: str
    created: float
    boxes: tuple[Box, ...]
    node: str = ""
    """Where it will be, once it is placed."""
    host_ip: str = ""
    ip: str = ""
    inits: tuple[Box, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    owners: tuple[Body, ...] = ()
    generated: str = ""
    account: str = "default"
    tolerations: tuple[tuple[str, str, str], ...] = ()
    """Key, value (empty: any) and effect."""
    everywhere: bool = False
    """Tolerates every taint, as DaemonSets of the system do."""
    selector: tuple[tuple[str, str], ...] = ()
    volumes: tuple[Any, ...] = ()
    scheduler: str = "default-scheduler"
    restarts: str = "Always"
    priority: int = 0
    pull_secrets: tuple[str, ...] = ()
    by: str = CONTROLLERS
    host_network: bool = False
    affinity: Body | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A pod at one moment. None for a time: not yet."""

    mains: tuple[State, ...]
    inits: tuple[State, ...] = ()
    placed: float | None = None
    unplaced: str = ""
    """What the scheduler says while it finds no node."""
    unplaced_for: str = "Unschedulable"
    """Its reason; Volcano's is `Schedulable` for a pod that only waits for its gang."""
    initialized: float | None = None
    ready: float | None = None
    unready: float | None = None
    """Since when it is not ready (again)."""
    reason: str = ""
    message: str = ""
    failed: bool = False


def pod(maker: Maker, frame: Frame, look: Look) -> Body:
    """The object."""
    uid = maker.uid("Pod", frame.namespace, frame.name, frame.created)
    return maker.make(
        "v1", "Pod", frame.name, frame.namespace, created=frame.created, labels=dict(frame.labels),
        annotations=dict(frame.annotations), owners=frame.owners, generated=frame.generated, by=frame.by,
        status_by=KUBELET, status_at=look.placed, spec=_spec(maker, frame, look),
        status=_status(maker, frame, look, uid),
    )  # fmt: skip


def _spec(maker: Maker, frame: Frame, look: Look) -> Body:
    token = f"kube-api-access-{maker.dice.suffix(5, 'token', frame.name)}"
    spec: Body = {"volumes": [*frame.volumes, _token_volume(token)]}
    for key, boxes in (("initContainers", frame.inits), ("containers", frame.boxes)):
        if boxes:
            spec[key] = [_with_token(box.spec(), token) for box in boxes]
    spec |= {
        "restartPolicy": frame.restarts, "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
        "serviceAccountName": frame.account, "serviceAccount": frame.account, "securityContext": {},
        "schedulerName": frame.scheduler, "tolerations": _tolerations(frame), "priority": frame.priority,
        "enableServiceLinks": True, "preemptionPolicy": "PreemptLowerPriority",
    }  # fmt: skip
    if frame.affinity:
        spec["affinity"] = frame.affinity
    if frame.selector:
        spec["nodeSelector"] = dict(frame.selector)
    if frame.pull_secrets:
        spec["imagePullSecrets"] = [{"name": name} for name in frame.pull_secrets]
    if frame.host_network:
        spec["hostNetwork"] = True
    if look.placed is not None:
        spec["nodeName"] = frame.node
    return spec


def _token_volume(name: str) -> Body:
    root = {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    sources = [{"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}, {"configMap": root}]
    return {"name": name, "projected": {"sources": sources, "defaultMode": 420}}


def _with_token(container: Body, volume: str) -> Body:
    mount = {"name": volume, "readOnly": True, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
    container["volumeMounts"] = [*container.get("volumeMounts", ()), mount]
    return container


def tolerations(wanted: Sequence[tuple[str, str, str]], everywhere: bool) -> list[Body]:
    """What a template says of taints: key, value (empty: any) and effect (empty: all)."""
    if everywhere:
        return [{"operator": "Exists"}]
    return [
        {"key": key, **({"operator": "Equal", "value": value} if value else {"operator": "Exists"}),
         **({"effect": effect} if effect else {})}
        for key, value, effect in wanted
    ]  # fmt: skip


def _tolerations(frame: Frame) -> list[Body]:
    lost = [
        {"key": f"node.kubernetes.io/{name}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": STAYS}
        for name in ("not-ready", "unreachable")
    ]
    return [*tolerations(frame.tolerations, frame.everywhere), *([] if frame.everywhere else lost)]


def _phase(frame: Frame, look: Look) -> str:
    if look.failed:
        return "Failed"
    if look.placed is None or any(state.kind == "waiting" and state.last is None for state in look.mains):
        return "Pending"
    if frame.restarts != "Always" and all(state.kind == "ended" for state in look.mains):
        return "Failed" if any(state.code for state in look.mains) else "Succeeded"
    return "Running"


def _status(maker: Maker, frame: Frame, look: Look, uid: str) -> Body:
    phase = _phase(frame, look)
    body: Body = {"phase": phase}
    if look.reason and look.failed:
        return {
            **body, "reason": look.reason, "message": look.message, "startTime": stamp(look.placed or frame.created),
            "conditions": _conditions(frame, look, phase),
        }  # fmt: skip
    body["conditions"] = _conditions(frame, look, phase)
    if look.placed is not None:
        body |= {"hostIP": frame.host_ip, "hostIPs": [{"ip": frame.host_ip}], "startTime": stamp(look.placed)}
        if any(state.kind != "waiting" or state.last for state in (*look.inits, *look.mains)):
            body |= {"podIP": frame.ip, "podIPs": [{"ip": frame.ip}]}
        for key, boxes, states in _statuses(frame, look):
            body[key] = [status(maker.dice, uid, box, state) for box, state in zip(boxes, states, strict=True)]
    body["qosClass"] = _quality((*frame.inits, *frame.boxes))
    return body


def _statuses(frame: Frame, look: Look) -> list[tuple[str, Sequence[Box], Sequence[State]]]:
    mains = ("containerStatuses", frame.boxes, look.mains)
    return [("initContainerStatuses", frame.inits, look.inits), mains] if frame.inits else [mains]


def _conditions(frame: Frame, look: Look, phase: str) -> list[Body]:
    if look.placed is None:
        if not look.unplaced:
            return []
        refused = _condition("PodScheduled", False, frame.created, look.unplaced_for, look.unplaced)
        return [refused]
    inner = look.initialized is not None
    waits = f"containers with incomplete status: [{' '.join(box.name for box in frame.inits)}]"
    initialized = _condition(
        "Initialized", inner, look.initialized or look.placed, "" if inner else "ContainersNotInitialized",
        "" if inner else waits,
    )  # fmt: skip
    started = any(state.kind != "waiting" or state.last for state in (*look.inits, *look.mains))
    sandbox = _condition(
        "PodReadyToStartContainers", started and phase not in ("Succeeded", "Failed"), look.placed
    )  # fmt: skip
    return [sandbox, initialized, *_readiness(frame, look, phase), _condition("PodScheduled", True, look.placed)]


def _readiness(frame: Frame, look: Look, phase: str) -> list[Body]:
    """Ready and ContainersReady. Where the containers are ready and the pod is not, its node does not report."""
    over = phase in ("Succeeded", "Failed")
    lacking = [box.name for box, state in zip(frame.boxes, look.mains, strict=True) if not state.ready]
    since = look.unready if look.unready is not None else look.placed or frame.created
    if over or lacking:
        reason = "PodCompleted" if phase == "Succeeded" else "PodFailed" if over else "ContainersNotReady"
        said = "" if over else f"containers with unready status: [{' '.join(lacking)}]"
        return [_condition(kind, False, since, reason, said) for kind in ("Ready", "ContainersReady")]
    ready = look.ready or since
    if look.unready is not None:
        return [_condition("Ready", False, look.unready), _condition("ContainersReady", True, ready)]
    return [_condition(kind, True, ready) for kind in ("Ready", "ContainersReady")]


def _condition(kind: str, good: bool, at: float, reason: str = "", message: str = "") -> Body:
    return {
        "type": kind, "status": "True" if good else "False", "lastProbeTime": None, "lastTransitionTime": stamp(at),
        **({"reason": reason} if reason else {}), **({"message": message} if message else {}),
    }  # fmt: skip


def _quality(boxes: Sequence[Box]) -> str:
    """Rule: `ComputePodQOS` of Kubernetes."""
    pairs = [pair for box in boxes for pair in ((box.cpu, box.cpu_limit), (box.memory, box.memory_limit))]
    if not any(low or high for low, high in pairs):
        return "BestEffort"
    same = all(high and (not low or quantity(low) == quantity(high)) for low, high in pairs)
    return "Guaranteed" if same else "Burstable"
