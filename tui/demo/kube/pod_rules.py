"""What a pod may be and what may not change of it, in pods and in templates of pods.

Pure. Only what an operator meets with kubectl.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.demo.kube.causes import Cause, duplicate, forbidden, invalid, quoted, required, unsupported
from tui.demo.kube.names import key_problem, label_problem
from tui.demo.kube.quantities import amount

Body = dict[str, Any]

_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "restartPolicy": ("Always", "OnFailure", "Never"),
    "dnsPolicy": ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
}
_PULLS: Final = ("Always", "IfNotPresent", "Never")
_OPERATORS: Final = ("Equal", "Exists")
_MUTABLE: Final = ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "ephemeralContainers")
_STANDARD: Final = ("cpu", "memory", "ephemeral-storage")
_UPDATE: Final = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def problems(spec: Body, path: str) -> Iterator[Cause]:
    """What is wrong with the spec of a pod."""
    for name, choices in _CHOICES.items():
        if spec.get(name) and spec[name] not in choices:
            yield unsupported(f"{path}.{name}", spec[name], choices)
    if spec.get("activeDeadlineSeconds", 1) < 1:
        said = "must be between 1 and 2147483647, inclusive"
        yield invalid(f"{path}.activeDeadlineSeconds", spec["activeDeadlineSeconds"], said)
    for key in spec.get("nodeSelector") or ():
        said = key_problem(key)
        if said:
            yield invalid(f"{path}.nodeSelector", key, said)
    for place, toleration in enumerate(spec.get("tolerations") or ()):
        if toleration.get("operator", "Equal") not in _OPERATORS:
            yield unsupported(f"{path}.tolerations[{place}].operator", toleration["operator"], _OPERATORS)
    if "containers" in spec and not spec["containers"]:
        yield required(f"{path}.containers")
    yield from _of_containers(spec, path)


def _of_containers(spec: Body, path: str) -> Iterator[Cause]:
    seen: set[str] = set()
    volumes = {volume.get("name") for volume in spec.get("volumes") or ()}
    for part in ("initContainers", "containers"):
        for place, container in enumerate(spec.get(part) or ()):
            where = f"{path}.{part}[{place}]"
            yield from _of_container(container, where, seen)
            for number, mount in enumerate(container.get("volumeMounts") or ()):
                if mount.get("name") not in volumes:
                    field = f"{where}.volumeMounts[{number}].name"
                    yield "FieldValueNotFound", field, f"Not found: {quoted(mount.get('name'))}"


def _of_container(container: Body, path: str, seen: set[str]) -> Iterator[Cause]:
    name = str(container.get("name", ""))
    said = label_problem(name) if name else ""
    if said:
        yield invalid(f"{path}.name", name, said)
    if name and name in seen:
        yield duplicate(f"{path}.name", name)
    seen.add(name)
    if not container.get("image"):
        yield required(f"{path}.image")
    if container.get("imagePullPolicy") and container["imagePullPolicy"] not in _PULLS:
        yield unsupported(f"{path}.imagePullPolicy", container["imagePullPolicy"], _PULLS)
    for part, field in (("ports", "containerPort"), ("env", "name")):
        for place, item in enumerate(container.get(part) or ()):
            if field in item and not item[field]:
                yield required(f"{path}.{part}[{place}].{field}")
    yield from _of_amounts(container.get("resources") or {}, f"{path}.resources")


def _of_amounts(resources: Body, path: str) -> Iterator[Cause]:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for part, amounts in (("limits", limits), ("requests", requests)):
        for what, text in amounts.items():
            yield from _of_amount(what, text, f"{path}.{part}[{what}]")
    for what, text in requests.items():
        one, most = amount(text), amount(limits.get(what, ""))
        if one is not None and most is not None and one > most:
            yield invalid(f"{path}.requests", text, f"must be less than or equal to {what} limit of {limits[what]}")
    yield from _uncovered(limits, requests, path)


def _uncovered(limits: Mapping[str, Any], requests: Mapping[str, Any], path: str) -> Iterator[Cause]:
    if any("/" in what and what not in limits for what in requests):
        yield required(f"{path}.limits", "Limit must be set for non overcommitable resources")


def _of_amount(what: str, text: Any, path: str) -> Iterator[Cause]:
    value = amount(text)
    if "/" not in what and what not in _STANDARD and not what.startswith("hugepages-"):
        yield invalid(path, what, "must be a standard resource type or fully qualified")
        yield invalid(path, what, "must be a standard resource for containers")
    if value is not None and value < 0:
        yield invalid(path, text, "must be greater than or equal to 0")
    if value is not None and "/" in what and value.denominator != 1:
        yield invalid(path, text, "must be an integer")


def changes(before: Body, after: Body) -> Iterator[Cause]:
    """What a write changes of a pod's spec that may not change."""
    kept = before.get("tolerations") or []
    if _fixed(before) != _fixed(after) or any(each not in (after.get("tolerations") or ()) for each in kept):
        yield forbidden("spec", _UPDATE)


def _fixed(spec: Body) -> Body:
    """The part of a pod's spec that stays as it is."""
    fixed = {name: part for name, part in spec.items() if name not in _MUTABLE}
    for part in ("initContainers", "containers"):
        if part in fixed:
            fixed[part] = [{k: v for k, v in container.items() if k != "image"} for container in fixed[part]]
    return fixed
