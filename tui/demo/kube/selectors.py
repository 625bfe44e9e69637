"""Label and field selectors, as query parameters spell them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tui.core.query import label_selector
from tui.demo.kube.status import StatusError

Body = dict[str, Any]
Test = Callable[[Body], bool]

_FIELDS: Final[dict[str, Callable[[Body], Any]]] = {
    "metadata.name": lambda o: o["metadata"].get("name"),
    "metadata.namespace": lambda o: o["metadata"].get("namespace", ""),
    "status.phase": lambda o: o.get("status", {}).get("phase", ""),
    "spec.nodeName": lambda o: o.get("spec", {}).get("nodeName", ""),
    "spec.schedulerName": lambda o: o.get("spec", {}).get("schedulerName", ""),
    "spec.restartPolicy": lambda o: o.get("spec", {}).get("restartPolicy", ""),
    "spec.unschedulable": lambda o: str(bool(o.get("spec", {}).get("unschedulable"))).lower(),
    "status.podIP": lambda o: o.get("status", {}).get("podIP", ""),
    "type": lambda o: o.get("type", ""),
    "reason": lambda o: o.get("reason", ""),
    "source": lambda o: o.get("source", {}).get("component", ""),
    **{
        f"involvedObject.{field}": (lambda field: lambda o: o.get("involvedObject", {}).get(field, ""))(field)
        for field in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
    },
}


def selector(labels: str, fields: str) -> Test | None:
    """One test of both selectors; None when neither selects anything. Raises StatusError (400)."""
    tests = [test for test in (_labels(labels), _fields(fields)) if test is not None]
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else lambda body: all(test(body) for test in tests)


def _labels(text: str) -> Test | None:
    if not text:
        return None
    found = label_selector(text)
    if found is None:
        raise StatusError(400, f"unable to parse requirement: found '{text}', expected: a label selector")
    return lambda body: found(body["metadata"].get("labels") or {})


def _fields(text: str) -> Test | None:
    tests: list[Test] = []
    for term in filter(None, text.split(",")):
        name, operator, value = _split(term)
        read = _FIELDS.get(name)
        if read is None:
            raise StatusError(400, f'field label not supported: "{name}"')
        tests.append(_equals(read, value, wanted=operator != "!="))
    return (lambda body: all(test(body) for test in tests)) if tests else None


def _split(term: str) -> tuple[str, str, str]:
    for operator in ("!=", "==", "="):
        name, found, value = term.partition(operator)
        if found:
            return name.strip(), operator, value.strip()
    raise StatusError(400, f"invalid selector: '{term}'; can't understand '{term}'")


def _equals(read: Callable[[Body], Any], value: str, *, wanted: bool) -> Test:
    return lambda body: (str(read(body)) == value) is wanted
