"""A pod as `kubectl describe` writes it. Env values are never written, whatever they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.core.units import age
from tui.domain import pod
from tui.domain.lines import NONE, field, listing, pairs
from tui.domain.wire import dig, mapping, moment, sequence, text

HIDDEN: Final = "<hidden>"


def lines(obj: Mapping[str, Any], now: float) -> Iterator[str]:
    """All but the events."""
    meta, spec, status = (mapping(obj.get(part)) for part in ("metadata", "spec", "status"))
    row = pod.decode(obj)
    yield from field("Name", row.name)
    yield from field("Namespace", row.namespace)
    yield from field("Priority", text(spec.get("priority")) or "0")
    yield from field("Service Account", spec.get("serviceAccountName"))
    yield from field("Node", "/".join(filter(None, (row.node, text(status.get("hostIP"))))))
    yield from field("Start Time", _instant(status.get("startTime"), now))
    yield from pairs("Labels", meta.get("labels"))
    yield from pairs("Annotations", meta.get("annotations"), join=": ")
    yield from field("Status", row.status)
    if row.why:
        yield from field("Why", row.why)
    for name in ("reason", "message"):
        if status.get(name):
            yield from field(name.title(), status[name])
    yield from field("IP", row.ip)
    if row.owner:
        yield from field("Controlled By", f"{row.owner_kind}/{row.owner}")
    for label, listed, states in (
        ("Init Containers", "initContainers", "initContainerStatuses"),
        ("Containers", "containers", "containerStatuses"),
    ):
        yield from _containers(label, sequence(spec.get(listed)), sequence(status.get(states)), now)
    yield from _conditions(sequence(status.get("conditions")))
    yield from _volumes(sequence(spec.get("volumes")))
    yield from field("QoS Class", status.get("qosClass"))
    yield from pairs("Node-Selectors", spec.get("nodeSelector"))
    yield from listing("Tolerations", map(_toleration, sequence(spec.get("tolerations"))))


def _instant(value: object, now: float) -> str:
    at = moment(text(value))
    return f"{text(value)} ({age(now - at)} ago)" if at is not None else text(value)


def _containers(label: str, specs: list[Any], statuses: list[Any], now: float) -> Iterator[str]:
    if not specs:
        return
    by_name = {text(mapping(one).get("name")): mapping(one) for one in statuses}
    yield f"{label}:"
    for spec in map(mapping, specs):
        name = text(spec.get("name"))
        yield f"  {name}:"
        yield from _container(spec, by_name.get(name, {}), now)


def _container(spec: Mapping[str, Any], status: Mapping[str, Any], now: float) -> Iterator[str]:
    yield from field("Image", spec.get("image"), 4)
    yield from field("Image ID", status.get("imageID"), 4)
    ports = (mapping(port) for port in sequence(spec.get("ports")))
    shown = (f"{text(port.get('containerPort'))}/{text(port.get('protocol')) or 'TCP'}" for port in ports)
    yield from field("Ports", ", ".join(shown), 4)
    for name in ("command", "args"):
        if spec.get(name):
            yield from listing(name.title(), map(text, sequence(spec[name])), 4)
    yield from _state("State", mapping(status.get("state")), now)
    if mapping(status.get("lastState")):
        yield from _state("Last State", mapping(status.get("lastState")), now)
    yield from field("Ready", "True" if status.get("ready") is True else "False", 4)
    yield from field("Restart Count", text(status.get("restartCount")) or "0", 4)
    for side in ("limits", "requests"):
        amounts = mapping(dig(spec, "resources", side))
        if amounts:
            yield from pairs(side.title(), amounts, 4, ": ")
    yield from listing("Environment", map(_variable, map(mapping, sequence(spec.get("env")))), 4)
    sources = (mapping(source) for source in sequence(spec.get("envFrom")))
    for source in sources:
        for kind in ("secretRef", "configMapRef"):
            if source.get(kind):
                yield from field("Environment From", f"{kind[:-3]} {text(dig(source, kind, 'name'))}", 4)
    mounts = (mapping(mount) for mount in sequence(spec.get("volumeMounts")))
    yield from listing("Mounts", (_mount(mount) for mount in mounts), 4)


def _state(label: str, state: Mapping[str, Any], now: float) -> Iterator[str]:
    kind = next((kind for kind in ("running", "waiting", "terminated") if isinstance(state.get(kind), dict)), "")
    yield from field(label, kind.title() or "Unknown", 4)
    inner = mapping(state.get(kind))
    for name, title in (("reason", "Reason"), ("message", "Message"), ("exitCode", "Exit Code"), ("signal", "Signal")):
        if inner.get(name) is not None and inner.get(name) != "":
            yield from field(title, inner[name], 6)
    for name, title in (("startedAt", "Started"), ("finishedAt", "Finished")):
        if inner.get(name):
            yield from field(title, _instant(inner[name], now), 6)


def _variable(env: Mapping[str, Any]) -> str:
    """The name, and where the value is from; the value itself may be a token."""
    source = mapping(env.get("valueFrom"))
    for kind in ("secretKeyRef", "configMapKeyRef"):
        if source.get(kind):
            found = mapping(source[kind])
            return f"{text(env.get('name'))}: {kind[:-6]} {text(found.get('name'))}, key {text(found.get('key'))}"
    if source.get("fieldRef"):
        return f"{text(env.get('name'))}: field {text(dig(source, 'fieldRef', 'fieldPath'))}"
    return f"{text(env.get('name'))}: {HIDDEN}"


def _mount(mount: Mapping[str, Any]) -> str:
    mode = "ro" if mount.get("readOnly") is True else "rw"
    return f"{text(mount.get('mountPath'))} from {text(mount.get('name'))} ({mode})"


def _conditions(conditions: list[Any]) -> Iterator[str]:
    yield "Conditions:"
    for one in map(mapping, conditions):
        said = ": ".join(filter(None, (text(one.get("reason")), text(one.get("message")))))
        yield f"  {text(one.get('type')):<28} {text(one.get('status')):<7} {said}".rstrip()


def _volumes(volumes: list[Any]) -> Iterator[str]:
    yield "Volumes:" if volumes else f"Volumes:  {NONE}"
    for one in map(mapping, volumes):
        yield f"  {text(one.get('name'))}:"
        for kind, body in one.items():
            if kind == "name":
                continue
            yield from field("Type", text(kind), 4)
            for key, value in mapping(body).items():
                if not isinstance(value, dict | list):
                    yield from field(text(key), value, 6)


def _toleration(value: object) -> str:
    one = mapping(value)
    key = text(one.get("key"))
    shown = f"{key}={text(one.get('value'))}" if one.get("value") else key
    effect = f":{text(one.get('effect'))}" if one.get("effect") else ""
    operator = " op=Exists" if one.get("operator") == "Exists" else ""
    seconds = f" for {text(one['tolerationSeconds'])}s" if one.get("tolerationSeconds") is not None else ""
    return f"{shown}{effect}{operator}{seconds}".strip() or "all"
