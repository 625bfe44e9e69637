"""What the built-in kinds demand and fill in beyond their schema: pods and what makes pods, CRDs, namespaces.

Pure. Owns defaults of new objects, validation, and what may not change. Only what an operator meets with kubectl.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from typing import Any, Final

from tui.core.units import quantity
from tui.demo.kube import structural
from tui.demo.kube.json_patch import copied
from tui.demo.kube.names import label_problem
from tui.demo.kube.registry import CRDS, Resource
from tui.demo.kube.schema import Schema
from tui.demo.kube.structural import DUPLICATE, INVALID, REQUIRED, UNSUPPORTED, Cause, quoted

Body = dict[str, Any]

_FORBIDDEN: Final = "FieldValueForbidden"
_TEMPLATED: Final = ("deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch")
_SELECTING: Final = _TEMPLATED[:4]
_NODE_PORTS: Final = range(30_000, 32_768)
_RESTARTS: Final = ("Always", "OnFailure", "Never")
_POD: Final[Body] = {
    "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
    "securityContext": {}, "schedulerName": "default-scheduler", "serviceAccountName": "default",
    "enableServiceLinks": True,
}  # fmt: skip
_CONTAINER: Final[Body] = {
    "resources": {}, "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
}  # fmt: skip
_MUTABLE: Final = ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "ephemeralContainers")
_POD_UPDATE: Final = (
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def complete(resource: Resource, obj: Body, at: str) -> None:
    """Fill in what the API server fills in when an object is new."""
    store = resource.store
    if store == "pods":
        _complete_pod(obj.setdefault("spec", {}))
        obj["status"] = {"phase": "Pending", "qosClass": qos(obj["spec"])}
    elif store in _TEMPLATED:
        _complete_pod(obj.setdefault("spec", {}).get("template", {}).get("spec", {}))
        if store != "daemonsets.apps" and store != "jobs.batch":
            obj["spec"].setdefault("replicas", 1)
    elif store == "namespaces":
        obj.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
        obj["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = obj["metadata"].get("name")
        obj["status"] = {"phase": "Active"}
    elif store == "secrets":
        obj.setdefault("type", "Opaque")
        settle(resource, obj)
    elif store == "services":
        _complete_service(obj.setdefault("spec", {}), str(obj["metadata"].get("name")))
    elif store == CRDS:
        _establish(obj, at)


def _complete_service(spec: Body, name: str) -> None:
    spec.setdefault("type", "ClusterIP")
    spec.setdefault("sessionAffinity", "None")
    place = zlib.crc32(name.encode())
    spec.setdefault("clusterIP", f"10.0.{place >> 8 & 0xFF}.{place & 0xFF}")
    for number, port in enumerate(spec.get("ports") or ()):
        port.setdefault("targetPort", port.get("port"))
        if spec["type"] != "ClusterIP":
            port.setdefault("nodePort", _NODE_PORTS[(place + number) % len(_NODE_PORTS)])


def settle(resource: Resource, obj: Body) -> None:
    """What is only for writing goes where it is read from: a secret's stringData."""
    if resource.store == "secrets":
        plain = obj.pop("stringData", None) or {}
        coded = {name: base64.b64encode(str(text).encode()).decode() for name, text in plain.items()}
        if coded:
            obj["data"] = {**(obj.get("data") or {}), **coded}


def _complete_pod(spec: Body) -> None:
    for field, value in _POD.items():
        spec.setdefault(field, copied(value))
    for container in (*spec.get("initContainers", ()), *spec.get("containers", ())):
        for field, value in _CONTAINER.items():
            container.setdefault(field, copied(value))
        image = str(container.get("image", "")).rpartition("/")[2]
        latest = ":" not in image or image.endswith(":latest")
        container.setdefault("imagePullPolicy", "Always" if latest and "@" not in image else "IfNotPresent")


def qos(spec: Body) -> str:
    """The quality-of-service class of a pod."""
    every = [c.get("resources") or {} for c in (*spec.get("initContainers", ()), *spec.get("containers", ()))]
    if not any(one.get("requests") or one.get("limits") for one in every):
        return "BestEffort"
    for one in every:
        limits, requests = one.get("limits") or {}, one.get("requests") or one.get("limits") or {}
        for name in ("cpu", "memory"):
            if name not in limits or quantity(limits[name]) != quantity(requests.get(name, limits[name])):
                return "Burstable"
    return "Guaranteed"


def _establish(obj: Body, at: str) -> None:
    """A definition is accepted at once: nobody else takes names here."""
    spec = obj.get("spec", {})
    names = spec.setdefault("names", {})
    names.setdefault("singular", str(names.get("kind", "")).lower())
    names.setdefault("listKind", f"{names.get('kind', '')}List")
    spec.setdefault("conversion", {"strategy": "None"})
    said = {"NamesAccepted": ("NoConflicts", "no conflicts found"),
            "Established": ("InitialNamesAccepted", "the initial names have been accepted")}  # fmt: skip
    obj["status"] = {
        "conditions": [
            {"type": kind, "status": "True", "lastTransitionTime": at, "reason": reason, "message": message}
            for kind, (reason, message) in said.items()
        ],
        "acceptedNames": copied(names),
        "storedVersions": [v.get("name") for v in spec.get("versions", ()) if v.get("storage")],
    }


def problems(resource: Resource, obj: Body, schema: Schema) -> Iterator[Cause]:
    """What is wrong with an object of a built-in kind."""
    store, spec = resource.store, obj.get("spec") or {}
    missing = [cause for cause in structural.problems(obj, schema) if cause[0] == REQUIRED]
    yield from (cause for cause in missing if not cause[1].startswith("status"))
    if store == "pods":
        yield from _of_pod(spec, "spec")
    elif store in _TEMPLATED:
        template = spec.get("template") or {}
        yield from _of_pod(template.get("spec") or {}, "spec.template.spec")
        if store in _SELECTING:
            yield from _of_selector(spec, template)
    elif store == CRDS:
        wanted = f"{spec.get('names', {}).get('plural')}.{spec.get('group')}"
        if obj["metadata"].get("name") != wanted:
            yield (
                INVALID, "metadata.name",
                f'Invalid value: {quoted(obj["metadata"].get("name"))}: must be spec.names.plural+"."+spec.group',
            )  # fmt: skip


def _of_selector(spec: Body, template: Body) -> Iterator[Cause]:
    labels = (template.get("metadata") or {}).get("labels") or {}
    wanted = (spec.get("selector") or {}).get("matchLabels") or {}
    if "selector" in spec and not wanted.items() <= labels.items():
        yield (
            INVALID, "spec.template.metadata.labels",
            f"Invalid value: {quoted(labels)}: `selector` does not match template `labels`",
        )  # fmt: skip


def _of_pod(spec: Body, path: str) -> Iterator[Cause]:
    policy = spec.get("restartPolicy")
    if policy and policy not in _RESTARTS:
        listed = ", ".join(quoted(each) for each in _RESTARTS)
        yield UNSUPPORTED, f"{path}.restartPolicy", f"Unsupported value: {quoted(policy)}: supported values: {listed}"
    if "containers" in spec and not spec["containers"]:
        yield REQUIRED, f"{path}.containers", "Required value"
    seen: set[str] = set()
    for part in ("initContainers", "containers"):
        for place, container in enumerate(spec.get(part) or ()):
            yield from _of_container(container, f"{path}.{part}[{place}]", seen)


def _of_container(container: Body, path: str, seen: set[str]) -> Iterator[Cause]:
    name = str(container.get("name", ""))
    said = label_problem(name) if name else ""
    if said:
        yield INVALID, f"{path}.name", f"Invalid value: {quoted(name)}: {said}"
    if name and name in seen:
        yield DUPLICATE, f"{path}.name", f"Duplicate value: {quoted(name)}"
    seen.add(name)
    if not container.get("image"):
        yield REQUIRED, f"{path}.image", "Required value"
    resources = container.get("resources") or {}
    limits = resources.get("limits") or {}
    for what, asked in (resources.get("requests") or {}).items():
        one, most = quantity(asked), quantity(limits.get(what))
        if one is not None and most is not None and one > most:
            said = f"must be less than or equal to {what} limit of {limits[what]}"
            yield INVALID, f"{path}.resources.requests", f"Invalid value: {quoted(asked)}: {said}"


def changes(resource: Resource, old: Body, new: Body) -> Iterator[Cause]:
    """What a write changes that may not change."""
    before, after = old.get("spec") or {}, new.get("spec") or {}
    if resource.store == "pods" and _fixed(before) != _fixed(after):
        yield _FORBIDDEN, "spec", _POD_UPDATE
    if resource.store in _SELECTING and before.get("selector") != after.get("selector"):
        value = quoted(after.get("selector"))
        yield INVALID, "spec.selector", f"Invalid value: {value}: field is immutable"


def _fixed(spec: Body) -> Body:
    """The part of a pod's spec that stays as it is."""
    fixed = {name: part for name, part in spec.items() if name not in _MUTABLE}
    for part in ("initContainers", "containers"):
        if part in fixed:
            fixed[part] = [{k: v for k, v in container.items() if k != "image"} for container in fixed[part]]
    return fixed
