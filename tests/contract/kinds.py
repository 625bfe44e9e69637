"""Kinds and objects that cases write: config maps and secrets, which no controller touches, and pods."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from tui.core.kind import Kind


class Meta(Struct, frozen=True):
    name: str = ""
    namespace: str = ""


class Item(Struct, frozen=True):
    metadata: Meta = Meta()
    data: dict[str, str] = field(default_factory=dict)


class Row(Struct, frozen=True):
    key: str
    data: dict[str, str]


def _decode(item: Item) -> Row:
    return Row(f"{item.metadata.namespace}/{item.metadata.name}", item.data)


CONFIG_MAPS = Kind("configmaps", "", "v1", "configmaps", "ConfigMap", True, Item, _decode)
SECRETS = Kind("secrets", "", "v1", "secrets", "Secret", True, Item, _decode)


def config_map(name: str, labels: dict[str, str] | None = None, /, **data: str) -> dict[str, Any]:
    meta = {"name": name, **({"labels": labels} if labels else {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def secret(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": "Opaque"}


def pod(name: str, node: str = "", grace: int = 30, **labels: str) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "containers": [{"name": "main", "image": "registry.example/app:1"}], "terminationGracePeriodSeconds": grace,
        **({"nodeName": node} if node else {}),
    }  # fmt: skip
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": spec}


def deployment(name: str, **spec: Any) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": "app:1"}]}}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": template, **spec},
    }  # fmt: skip


def of(namespace: str, plural: str = "configmaps", name: str = "") -> str:
    """The path of a core collection, or of an object."""
    return f"/api/v1/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


def deployments(namespace: str, name: str = "") -> str:
    """The path of the deployments of a namespace, or of one."""
    return f"/apis/apps/v1/namespaces/{namespace}/deployments" + (f"/{name}" if name else "")


def causes(said: Any) -> set[tuple[str, str]]:
    """Reasons and fields of what is wrong. The real server says them in no particular order."""
    return {(cause["reason"], cause["field"]) for cause in said["details"]["causes"]}
