"""The attach configuration of the preview: namespace, default type and instance types in one JSON document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.core.health import Health
from tui.core.text import clean
from tui.domain.amounts import CPU, GPU, MEMORY, milli, whole
from tui.domain.compute import AttachedType, attached_type
from tui.domain.instance_type_rules import Finding, Path
from tui.domain.wire import dig, mapping, text

DEFAULT_NAMESPACE: Final = "default"
BUILT_IN_TYPE: Final = "defaultInstanceType"
"""Its implicit type: 1 cpu, 4Gi, no GPU."""

_NAMESPACE: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_FIELDS: Final = frozenset({"namespace", "defaultInstanceType", "instanceTypes"})


def parse(json_text: str) -> tuple[dict[str, Any] | None, list[Finding]]:
    """The document and what is wrong with it; None when it is no JSON object. Never raises."""
    try:
        document = json.loads(json_text)
    except json.JSONDecodeError as error:
        return None, [Finding((), clean(error.msg), Health.BAD, error.lineno, error.colno)]
    except (ValueError, RecursionError):
        return None, [Finding((), "not JSON")]
    if not isinstance(document, dict):
        return None, [Finding((), "not an object")]
    return document, validate(document)


def validate(document: Mapping[str, Any]) -> list[Finding]:
    """The rules of the preview: a default among the types, quantities as text, a namespace that can exist."""
    findings = [
        Finding((clean(key),), "is not a field of the attach configuration", Health.WARN)
        for key in sorted(document.keys() - _FIELDS)
    ]
    namespace = document.get("namespace", DEFAULT_NAMESPACE)
    if not isinstance(namespace, str) or not _NAMESPACE.fullmatch(namespace):
        findings.append(Finding(("namespace",), "is not a namespace name"))
    types, default = document.get("instanceTypes"), document.get("defaultInstanceType")
    if types is not None and not isinstance(types, dict):
        return [*findings, Finding(("instanceTypes",), "must be a map of instance types")]
    if types and not default:
        findings.append(Finding(("defaultInstanceType",), "is needed when instanceTypes are given"))
    elif default is not None and (not isinstance(default, str) or default not in (types or {BUILT_IN_TYPE: None})):
        findings.append(Finding(("defaultInstanceType",), f"{text(default)} is not among instanceTypes"))
    for name, body in (types or {}).items():
        findings += _type(body, ("instanceTypes", clean(name)))
    return findings


def types_of(document: Mapping[str, Any]) -> tuple[AttachedType, ...]:
    """The instance types it names."""
    found = mapping(document.get("instanceTypes"))
    return tuple(attached_type(text(name), mapping(body)) for name, body in found.items())


def _type(body: object, path: Path) -> Iterator[Finding]:
    if not isinstance(body, dict):
        yield Finding(path, "not an object")
        return
    selector = body.get("nodeSelector")
    if selector is not None and not isinstance(selector, dict):
        yield Finding((*path, "nodeSelector"), "must be a map of labels, or null")
    for side in ("requests", "limits"):
        amounts = dig(body, "resources", side)
        if amounts is not None and not isinstance(amounts, dict):
            yield Finding((*path, "resources", side), "not a map")
        for name, value in mapping(amounts).items():
            here = (*path, "resources", side, clean(name))
            if value is not None and milli(value) is None:
                yield Finding(here, "is not a quantity")
            elif value is not None and not isinstance(value, str):
                yield Finding(here, "must be text: put it in quotes")
    requests, limits = mapping(dig(body, "resources", "requests")), mapping(dig(body, "resources", "limits"))
    for name, read in ((CPU, milli), (MEMORY, whole), (GPU, whole)):
        low, high = read(requests.get(name)), read(limits.get(name))
        if low is not None and high is not None and low > high:
            yield Finding((*path, "resources", "limits", name), f"is below requests.{name}")
