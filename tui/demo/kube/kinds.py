"""What the built-in kinds demand beyond their schema, and what of them may not change.

Pure. Only what an operator meets with kubectl. Pods themselves are `pod_rules`'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from tui.demo.kube import pod_rules, structural
from tui.demo.kube.causes import REQUIRED, Cause, forbidden, invalid, required, unsupported
from tui.demo.kube.defaults import TEMPLATED
from tui.demo.kube.registry import CRDS, Resource
from tui.demo.kube.schema import Schema

Body = dict[str, Any]

_SELECTING: Final = TEMPLATED[:4]
_KEY: Final = "[-._a-zA-Z0-9]+"
_BAD_KEY: Final = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    f"'key-name', regex used for validation is '{_KEY}')"
)
_COUNTS: Final = ("replicas", "completions", "parallelism", "backoffLimit", "minReadySeconds", "revisionHistoryLimit")
_SCOPES: Final = ("Cluster", "Namespaced")


def problems(resource: Resource, obj: Body, schema: Schema) -> Iterator[Cause]:
    """What is wrong with an object of a built-in kind."""
    store, spec = resource.store, obj.get("spec") or {}
    if store == CRDS:
        yield from _of_definition(obj["metadata"].get("name"), spec)
        return
    missing = [cause for cause in structural.problems(obj, schema) if cause[0] == REQUIRED]
    yield from (cause for cause in missing if not cause[1].startswith(("status", "metadata")))
    if store == "pods":
        yield from pod_rules.problems(spec, "spec")
    elif store in TEMPLATED:
        yield from _of_workload(store, spec)
    elif store in ("configmaps", "secrets"):
        yield from _of_keys(obj)


def _of_workload(store: str, spec: Body) -> Iterator[Cause]:
    for name in _COUNTS:
        if isinstance(spec.get(name), int) and spec[name] < 0:
            yield invalid(f"spec.{name}", spec[name], "must be greater than or equal to 0")
    template = spec.get("template") or {}
    if store in _SELECTING:
        yield from _of_selector(spec, template)
    yield from pod_rules.problems(template.get("spec") or {}, "spec.template.spec")


def _of_selector(spec: Body, template: Body) -> Iterator[Cause]:
    labels = (template.get("metadata") or {}).get("labels")
    wanted = (spec.get("selector") or {}).get("matchLabels") or {}
    if "selector" in spec and not wanted.items() <= (labels or {}).items():
        yield invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")


def _of_keys(obj: Body) -> Iterator[Cause]:
    for part in ("data", "binaryData"):
        for key in obj.get(part) or ():
            if not re.fullmatch(_KEY, key):
                yield invalid(f"{part}[{key}]", key, _BAD_KEY)


def _of_definition(name: Any, spec: Body) -> Iterator[Cause]:
    """A CustomResourceDefinition: its name, its names, and versions of which one is stored and all have a schema."""
    names, versions = spec.get("names") or {}, spec.get("versions")
    if name != f"{names.get('plural', '')}.{spec.get('group', '')}":
        yield invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')
    if not spec.get("group"):
        yield required("spec.group")
    if not spec.get("scope"):
        yield required("spec.scope")
    elif spec["scope"] not in _SCOPES:
        yield unsupported("spec.scope", spec["scope"], _SCOPES)
    stored = sum(bool(version.get("storage")) for version in versions or ())
    if stored != 1:
        yield invalid("spec.versions", versions, "must have exactly one version marked as storage version")
    for place, version in enumerate(versions or ()):
        if not (version.get("schema") or {}).get("openAPIV3Schema"):
            yield required(f"spec.versions[{place}].schema.openAPIV3Schema")
    for part in ("plural", "singular", "kind", "listKind"):
        if not names.get(part):
            yield required(f"spec.names.{part}")
    if not stored:
        yield invalid("status.storedVersions", None, "must have at least one stored version")


def changes(resource: Resource, old: Body, new: Body) -> Iterator[Cause]:
    """What a write changes that may not change."""
    before, after = old.get("spec") or {}, new.get("spec") or {}
    if resource.store == "pods":
        yield from pod_rules.changes(before, after)
    if resource.store in _SELECTING and before.get("selector") != after.get("selector"):
        yield invalid("spec.selector", after.get("selector"), "field is immutable")
    if resource.store in ("configmaps", "secrets") and old.get("immutable"):
        yield from _frozen(old, new)


def _frozen(old: Body, new: Body) -> Iterator[Cause]:
    for part in ("immutable", "data", "binaryData"):
        if old.get(part) != new.get(part):
            yield forbidden(part, "field is immutable when `immutable` is set")
