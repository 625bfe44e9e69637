"""What the server says of itself: groups, versions, resources; old form and aggregated.

Owns the discovery documents. Must not know objects.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Any, Final

from tui.demo.kube.registry import Registry, Resource

Body = dict[str, Any]

VERSION: Final[Body] = {
    "major": "1", "minor": "32", "gitVersion": "v1.32.5+k3s1", "gitCommit": "0" * 40, "gitTreeState": "clean",
    "buildDate": "2025-05-15T18:30:46Z", "goVersion": "go1.23.8", "compiler": "gc", "platform": "linux/amd64",
}  # fmt: skip
_SUBRESOURCES: Final[dict[str, tuple[str, str, str, tuple[str, ...]]]] = {
    "log": ("", "v1", "Pod", ("get",)),
    "portforward": ("", "v1", "PodPortForwardOptions", ("create", "get")),
    "exec": ("", "v1", "PodExecOptions", ("create", "get")),
    "eviction": ("policy", "v1", "Eviction", ("create",)),
    "scale": ("autoscaling", "v1", "Scale", ("get", "patch", "update")),
}
"""Group, version, kind and verbs; others are of the kind they belong to."""
_CHANGE: Final = ("get", "patch", "update")
_FIRST: Final = (
    "apps", "authentication.k8s.io", "authorization.k8s.io", "batch", "networking.k8s.io", "policy",
    "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io",
    "coordination.k8s.io",
)  # fmt: skip
"""The order of the server's own groups: kubectl takes the first that has what it looks for. Others come after them."""
_CUSTOM: Final = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
"""Verbs of custom resources, in the order in which they are told."""
_STABLE: Final = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")


def core_versions(address: str) -> Body:
    """GET /api."""
    ranges = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": ranges}


def groups(registry: Registry) -> Body:
    """GET /apis."""
    found = [_group(name, versions) for name, versions in versions_of(registry).items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}


def group(registry: Registry, name: str) -> Body | None:
    """GET /apis/{group}; None when it is not served."""
    versions = versions_of(registry).get(name)
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)} if name and versions else None


def versions_of(registry: Registry) -> dict[str, list[str]]:
    """Every group with its versions, the preferred one first."""
    found: dict[str, set[str]] = {}
    for resource in registry.all():
        found.setdefault(resource.group, set()).add(resource.version)
    order = sorted(found, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    return {name: sorted(found[name], key=_rank) for name in order}


def _rank(version: str) -> tuple[int, int, int, str]:
    """Stable before beta before alpha, newer first, anything else last."""
    match = _STABLE.fullmatch(version)
    if match is None:
        return 3, 0, 0, version
    return {None: 0, "beta": 1, "alpha": 2}[match[2]], -int(match[1]), -int(match[3] or 0), version


def _group(name: str, versions: Iterable[str]) -> Body:
    spelt = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": spelt, "preferredVersion": spelt[0]}


def resources(registry: Registry, group_name: str, version: str) -> Body | None:
    """GET /api/v1 and /apis/{group}/{version}; None when it is not served."""
    found = _of(registry, group_name, version)
    if not found:
        return None
    listed = [entry for resource in found for entry in _entries(resource)]
    head = {"kind": "APIResourceList", **({"apiVersion": "v1"} if group_name else {})}
    return {**head, "groupVersion": f"{group_name}/{version}" if group_name else version, "resources": listed}


def _of(registry: Registry, group_name: str, version: str) -> list[Resource]:
    """The resources of a version of a group, by name."""
    found = [each for each in registry.all() if (each.group, each.version) == (group_name, version)]
    return sorted(found, key=lambda each: each.plural)


def _entries(resource: Resource) -> list[Body]:
    main = {
        "name": resource.plural, "singularName": resource.singular, "namespaced": resource.namespaced,
        "kind": resource.kind, "verbs": list(_verbs(resource)), **_called(resource), **_hash(resource),
    }  # fmt: skip
    return [main, *(_sub(resource, name) for name in sorted(resource.subresources))]


def _verbs(resource: Resource) -> tuple[str, ...]:
    return _CUSTOM if resource.custom else resource.verbs


def _hash(resource: Resource) -> Body:
    """Tells under which version objects are stored; of what is only asked, none are."""
    if "get" not in resource.verbs:
        return {}
    digest = hashlib.sha256(f"{resource.group}/{resource.version}/{resource.kind}".encode()).digest()
    return {"storageVersionHash": base64.b64encode(digest[:8]).decode()}


def _called(resource: Resource) -> Body:
    """Short names and categories, where there are any."""
    said = {"shortNames": list(resource.short), "categories": list(resource.categories)}
    return {name: values for name, values in said.items() if values}


def _sub(resource: Resource, name: str) -> Body:
    group_name, version, kind, verbs = _kind_of(resource, name)
    foreign = {"group": group_name, "version": version} if group_name != resource.group else {}
    return {
        "name": f"{resource.plural}/{name}", "singularName": "", "namespaced": resource.namespaced, **foreign,
        "kind": kind, "verbs": list(verbs),
    }  # fmt: skip


def _kind_of(resource: Resource, name: str) -> tuple[str, str, str, tuple[str, ...]]:
    return _SUBRESOURCES.get(name, (resource.group, resource.version, resource.kind, _CHANGE))


def aggregated(registry: Registry, *, core: bool, form: str) -> Body:
    """/api or /apis as apidiscovery.k8s.io/{form} APIGroupDiscoveryList."""
    items = [
        {
            "metadata": {"name": name, "creationTimestamp": None},
            "versions": [_version(registry, name, version) for version in versions],
        }
        for name, versions in versions_of(registry).items()
        if bool(name) is not core
    ]
    head = {"kind": "APIGroupDiscoveryList", "apiVersion": f"apidiscovery.k8s.io/{form}", "metadata": {}}
    return {**head, "items": items}


def _version(registry: Registry, name: str, version: str) -> Body:
    found = _of(registry, name, version)
    return {"version": version, "freshness": "Current", "resources": [_discovered(resource) for resource in found]}


def _discovered(resource: Resource) -> Body:
    subs = [{"subresource": name, **_responds(*_kind_of(resource, name))} for name in resource.subresources]
    return {
        "resource": resource.plural,
        **_responds(resource.group, resource.version, resource.kind, _verbs(resource)),
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular, **_called(resource), **({"subresources": subs} if subs else {}),
    }  # fmt: skip


def _responds(group_name: str, version: str, kind: str, verbs: tuple[str, ...]) -> Body:
    return {"responseKind": {"group": group_name, "version": version, "kind": kind}, "verbs": list(verbs)}
