"""What makes an instance type valid.

Rules: the product's documentation of the InstanceType resource; from 1.1.16 the extension checks them, and one bad
resource fails its health check with E45006. Owns `validate`; must not know where a document came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain.amounts import CPU, GPU, MEMORY, milli, whole
from tui.domain.wire import dig, mapping, text

API_VERSION: Final = "amlarc.azureml.com/v1alpha1"
KIND: Final = "InstanceType"
LIST_KIND: Final = "InstanceTypeList"

Path = tuple[str | int, ...]

_RFC1123: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_NAME: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL_PREFIX: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_SIDES: Final = ("requests", "limits")


class Finding(Struct, frozen=True, gc=False):
    """One thing to say about a document: where and what. BAD: the cluster or the product refuses it."""

    path: Path
    message: str
    health: Health = Health.BAD
    line: int = 0
    """1-based; 0 when the text is not known."""
    column: int = 0

    @property
    def field(self) -> str:
        """`spec.resources.limits[nvidia.com/gpu]`, `items[1].metadata.name`."""
        shown = ""
        for step in self.path:
            if isinstance(step, int) or not re.fullmatch(r"\w+", step):
                shown += f"[{step}]"
            else:
                shown += f".{step}" if shown else step
        return shown

    def __str__(self) -> str:
        place = f"{self.line}:{self.column} " if self.line else ""
        return f"{place}{self.field}: {self.message}" if self.path else f"{place}{self.message}"


def validate(document: object) -> list[Finding]:
    """Everything wrong with an InstanceType, or an InstanceTypeList (whose items may lack apiVersion and kind)."""
    if not isinstance(document, dict):
        return [Finding((), "not an object")]
    kind = document.get("kind")
    if kind in (LIST_KIND, "List"):
        return [*_version(document), *_list(document.get("items"))]
    findings = [*_version(document)]
    if kind != KIND:
        findings.append(Finding(("kind",), f"must be {KIND}"))
    return [*findings, *_item(document, ())]


def judge_spec(name: str, spec: object) -> tuple[Finding, ...]:
    """What is wrong with a type that is in the cluster already."""
    return tuple(_item({"metadata": {"name": name}, "spec": spec}, ()))


def _version(document: Mapping[str, Any]) -> Iterator[Finding]:
    version = document.get("apiVersion")
    if version != API_VERSION and not (document.get("kind") == "List" and version == "v1"):
        yield Finding(("apiVersion",), f"must be {API_VERSION}")


def _list(items: object) -> Iterator[Finding]:
    if not isinstance(items, list) or not items:
        yield Finding(("items",), "must name at least one instance type")
        return
    seen: set[str] = set()
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            yield Finding(("items", index), "not an object")
            continue
        for field, wanted in (("apiVersion", API_VERSION), ("kind", KIND)):
            if item.get(field) not in (None, wanted):
                yield Finding(("items", index, field), f"must be {wanted}")
        yield from _item(item, ("items", index))
        name = text(dig(item, "metadata", "name"))
        if name and name in seen:
            yield Finding(("items", index, "metadata", "name"), f"{name} is named twice")
        seen.add(name)


def _item(item: Mapping[str, Any], root: Path) -> Iterator[Finding]:
    yield from _name(dig(item, "metadata", "name"), (*root, "metadata", "name"))
    spec = item.get("spec")
    if not isinstance(spec, dict):
        yield Finding((*root, "spec"), "is missing" if spec is None else "not an object")
        return
    yield from _unknown(spec, ("nodeSelector", "resources"), (*root, "spec"))
    yield from _selector(spec.get("nodeSelector"), (*root, "spec", "nodeSelector"))
    yield from _resources(spec.get("resources"), (*root, "spec", "resources"))


def _unknown(holder: Mapping[Any, Any], known: tuple[str, ...], path: Path) -> Iterator[Finding]:
    for key in holder:
        if key not in known:
            yield Finding((*path, _step(key)), "is not a field of an instance type", Health.WARN)


def _name(name: object, path: Path) -> Iterator[Finding]:
    if not isinstance(name, str) or not name:
        yield Finding(path, "is missing" if name in (None, "") else "must be text: put it in quotes")
    elif not _RFC1123.fullmatch(name):
        yield Finding(path, "may hold a-z, 0-9 and '-', begins and ends with a letter or digit, at most 63")


def _selector(selector: object, path: Path) -> Iterator[Finding]:
    if selector is None:
        return
    if not isinstance(selector, dict):
        yield Finding(path, "must be a map of labels")
        return
    for key, value in selector.items():
        here = (*path, _step(key))
        if not isinstance(key, str) or not _is_label_key(key):
            yield Finding(here, "not a label name")
        if not isinstance(value, str):
            yield Finding(here, "must be text: put it in quotes")
        elif value and not _LABEL_NAME.fullmatch(value):
            yield Finding(here, f"{_shown(value)} is not a label value")


def _is_label_key(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    return bool(_LABEL_NAME.fullmatch(name)) and (not slash or bool(_LABEL_PREFIX.fullmatch(prefix)))


def _resources(resources: object, path: Path) -> Iterator[Finding]:
    if not isinstance(resources, dict):
        yield Finding(path, "is missing" if resources is None else "not an object")
        return
    yield from _unknown(resources, _SIDES, path)
    for side in _SIDES:
        here = (*path, side)
        amounts = resources.get(side)
        if not isinstance(amounts, dict):
            yield Finding(here, "is missing: cpu and memory are needed in both" if amounts is None else "not a map")
            continue
        for name in (CPU, MEMORY):
            yield from _needed(amounts.get(name), (*here, name))
        for name, amount in amounts.items():
            if name not in (CPU, MEMORY, GPU) and milli(amount) is None:
                yield Finding((*here, _step(name)), f"{_shown(amount)} is not a quantity")
    yield from _gpu(resources, path)
    yield from _order(resources, path)


def _needed(value: object, path: Path) -> Iterator[Finding]:
    if value is None or value == "":
        yield Finding(path, "is missing" if value is None else "is empty")
        return
    amount = milli(value)
    if amount is None:
        yield Finding(path, f"{_shown(value)} is not a quantity")
    elif amount <= 0:
        yield Finding(path, "must be more than 0")
    elif not isinstance(value, str):
        yield Finding(path, "should be text: put it in quotes", Health.WARN)


def _gpu(resources: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    requests, limits = (mapping(resources.get(side)) for side in _SIDES)
    if requests.get(GPU) is not None:
        same = milli(requests[GPU]) == (milli(limits.get(GPU)) or 0)
        told = "belongs in limits only; the request follows from it"
        yield Finding((*path, "requests", GPU), told, Health.WARN if same else Health.BAD)
    value = limits.get(GPU)
    if value is None:
        return
    amount = milli(value)
    if amount is None or amount < 0 or amount % 1000:
        yield Finding((*path, "limits", GPU), "must be a whole number, 0 or more")


def _order(resources: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    requests, limits = (mapping(resources.get(side)) for side in _SIDES)
    for name, read in ((CPU, milli), (MEMORY, whole)):
        low, high = read(requests.get(name)), read(limits.get(name))
        if low is not None and high is not None and low > high:
            told = f"{text(limits[name])} is below requests.{name} {text(requests[name])}"
            yield Finding((*path, "limits", name), told)


def _step(key: object) -> str:
    return text(key)[:80] or "?"


def _shown(value: object) -> str:
    return text(value)[:40] or "this"
