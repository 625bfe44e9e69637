"""What the server says of itself: groups, versions, resources; old form and aggregated.

Owns the discovery documents. Must not know objects.
"""

from __future__ import annotations

from typing import Any, Final

from tui.demo.kube.registry import Registry, Resource

Body = dict[str, Any]

VERSION: Final[Body] = {
    "major": "1", "minor": "29", "gitVersion": "v1.29.4", "gitCommit": "0" * 40, "gitTreeState": "clean",
    "buildDate": "2024-04-16T15:05:51Z", "goVersion": "go1.21.9", "compiler": "gc", "platform": "linux/amd64",
}  # fmt: skip


def core_versions(address: str) -> Body:
    """GET /api."""
    ranges = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": ranges}


def groups(registry: Registry) -> Body:
    """GET /apis."""
    found: dict[str, list[str]] = {}
    for resource in registry.all():
        if resource.group and resource.version not in found.setdefault(resource.group, []):
            found[resource.group].append(resource.version)
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name, vs) for name, vs in found.items()]}


def group(registry: Registry, name: str) -> Body | None:
    """GET /apis/{group}."""
    known: list[Body] = groups(registry)["groups"]
    found = next((each for each in known if each["name"] == name), None)
    return {"kind": "APIGroup", "apiVersion": "v1", **found} if found else None


def _group(name: str, versions: list[str]) -> Body:
    spelt = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": spelt, "preferredVersion": spelt[0]}


def resources(registry: Registry, group_name: str, version: str) -> Body | None:
    """GET /api/v1 and /apis/{group}/{version}; None when it is not served."""
    found = [r for r in registry.all() if r.group == group_name and r.version == version]
    if not found:
        return None
    listed = [entry for resource in found for entry in _entries(resource)]
    return {
        "kind": "APIResourceList", "apiVersion": "v1",
        "groupVersion": f"{group_name}/{version}" if group_name else version, "resources": listed,
    }  # fmt: skip


def _entries(resource: Resource) -> list[Body]:
    main = {
        "name": resource.plural, "singularName": resource.singular, "namespaced": resource.namespaced,
        "kind": resource.kind, "verbs": list(resource.verbs),
        **({"shortNames": list(resource.short)} if resource.short else {}),
        **({"categories": list(resource.categories)} if resource.categories else {}),
    }  # fmt: skip
    return [main, *(_sub(resource, name) for name in resource.subresources)]


_SUBS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "log": ("Pod", ("get",)),
    "eviction": ("Eviction", ("create",)),
}


def _sub(resource: Resource, name: str) -> Body:
    kind, verbs = _SUBS.get(name, (resource.kind, ("get", "patch", "update")))
    return {
        "name": f"{resource.plural}/{name}", "singularName": "", "namespaced": resource.namespaced, "kind": kind,
        "verbs": list(verbs),
    }  # fmt: skip


def aggregated(registry: Registry, *, core: bool, version: str) -> Body:
    """/api or /apis as apidiscovery.k8s.io/{version} APIGroupDiscoveryList."""
    items: dict[str, dict[str, list[Resource]]] = {}
    for resource in registry.all():
        if bool(resource.group) is not core:
            items.setdefault(resource.group, {}).setdefault(resource.version, []).append(resource)
    return {
        "kind": "APIGroupDiscoveryList", "apiVersion": f"apidiscovery.k8s.io/{version}", "metadata": {},
        "items": [
            {"metadata": {"name": name, "creationTimestamp": None}, "versions": [_version(v, rs) for v, rs in vs.items()]}
            for name, vs in items.items()
        ],
    }  # fmt: skip


def _version(version: str, found: list[Resource]) -> Body:
    return {"version": version, "freshness": "Current", "resources": [_discovered(resource) for resource in found]}


def _discovered(resource: Resource) -> Body:
    subs = [
        {
            "subresource": name,
            "responseKind": {
                "group": resource.group,
                "version": resource.version,
                "kind": _SUBS.get(name, (resource.kind,))[0],
            },
            "verbs": list(_SUBS.get(name, ("", ("get", "patch", "update")))[1]),
        }
        for name in resource.subresources
    ]
    return {
        "resource": resource.plural,
        "responseKind": {"group": resource.group, "version": resource.version, "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
        **({"shortNames": list(resource.short)} if resource.short else {}),
        **({"categories": list(resource.categories)} if resource.categories else {}),
        **({"subresources": subs} if subs else {}),
    }
