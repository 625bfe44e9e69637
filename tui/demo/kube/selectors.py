"""Label and field selectors, as query parameters spell them.

Owns which fields of which kind can be selected by. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tui.core.query import label_selector
from tui.demo.kube.registry import Resource
from tui.demo.kube.status import StatusError

Body = dict[str, Any]
Test = Callable[[Body], bool]

_EVERY: Final = ("metadata.name", "metadata.namespace")
_ABOUT: Final = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "pods": (
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
        "status.phase", "status.podIP", "status.nominatedNodeName",
    ),
    "nodes": ("spec.unschedulable",),
    "namespaces": ("status.phase", "name"),
    "secrets": ("type",),
    "jobs.batch": ("status.successful",),
    "events": (
        "reason", "reportingComponent", "source", "type", *(f"involvedObject.{field}" for field in _ABOUT),
    ),
}  # fmt: skip
_BOOLEANS: Final = frozenset({"spec.unschedulable", "spec.hostNetwork"})


def selector(labels: str, fields: str, resource: Resource) -> Test | None:
    """One test of both selectors; None when neither selects anything. Raises StatusError (400)."""
    tests = [test for test in (_labels(labels), _fields(fields, resource)) if test is not None]
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else lambda body: all(test(body) for test in tests)


def name_of(fields: str) -> str:
    """The name that a field selector narrows to, empty for none: rights are asked for that one."""
    for term in filter(None, fields.split(",")):
        name, operator, value = _split(term)
        if name == "metadata.name" and operator != "!=":
            return value
    return ""


def _labels(text: str) -> Test | None:
    if not text:
        return None
    found = label_selector(text)
    if found is None or text.lstrip("!").startswith(("-", ".", "_", "/")):
        raise StatusError(400, f"unable to parse requirement: found '{text}', expected: a label selector")
    return lambda body: found(body["metadata"].get("labels") or {})


def _fields(text: str, resource: Resource) -> Test | None:
    tests: list[Test] = []
    for term in filter(None, text.split(",")):
        name, operator, value = _split(term)
        if name not in (*_EVERY, *_FIELDS.get(resource.store, ())):
            known = ", ".join(f'"{each}"' for each in _EVERY)
            plain = not resource.custom and resource.store not in _FIELDS
            said = f'"{name}" is not a known field selector: only {known}' if plain else ""
            raise StatusError(400, said or f"field label not supported: {name}")
        tests.append(_equals(name, value, wanted=operator != "!="))
    return (lambda body: all(test(body) for test in tests)) if tests else None


def _split(term: str) -> tuple[str, str, str]:
    for operator in ("!=", "==", "="):
        name, found, value = term.partition(operator)
        if found:
            return name.strip(), operator, value.strip()
    raise StatusError(400, f"invalid selector: '{term}'; can't understand '{term}'")


def _equals(name: str, value: str, *, wanted: bool) -> Test:
    steps = ("metadata", "name") if name == "name" else tuple(name.split("."))
    if name == "source":
        steps = ("source", "component")

    def test(body: Body) -> bool:
        found: Any = body
        for step in steps:
            found = (found or {}).get(step)
        shown = str(bool(found)).lower() if name in _BOOLEANS else str(found if found is not None else "")
        return (shown == value) is wanted

    return test
