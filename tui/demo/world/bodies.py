"""Kubernetes objects as JSON: metadata, owners, and who manages which fields.

Owns what every object has in common. Must not know any kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec

from tui.core.units import rfc3339
from tui.demo.world.names import Dice

Body: TypeAlias = dict[str, Any]
Shown: TypeAlias = tuple[str, Body]
"""A resource as the object store names it (`pods`, `deployments.apps`) and one of its objects."""

HELM: Final = "helm"
KUBELET: Final = "kubelet"
CONTROLLERS: Final = "kube-controller-manager"

_SERVER_SIDE: Final = frozenset({"apiVersion", "kind", "status"})
_OWNED_META: Final = ("annotations", "labels", "ownerReferences", "finalizers", "generateName")


def stamp(seconds: float) -> str:
    """metav1.Time: whole seconds, UTC."""
    return rfc3339(int(seconds))


def micro(seconds: float) -> str:
    """metav1.MicroTime."""
    return rfc3339(seconds, fraction=6)


def owner(body: Body, *, controller: bool = True) -> Body:
    """An ownerReference to an object."""
    return {
        "apiVersion": body["apiVersion"], "kind": body["kind"], "name": body["metadata"]["name"],
        "uid": body["metadata"]["uid"], "controller": controller, "blockOwnerDeletion": True,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes objects whose uids follow from the seed and from how long after the world's start they are made."""

    dice: Dice
    start: float

    def after(self, at: float) -> int:
        """A moment as hundredths of a second after the start: what names may depend on."""
        return round((at - self.start) * 100)

    def uid(self, kind: str, namespace: str, name: str, created: float) -> str:
        """The uid of what is made with these."""
        return self.dice.uid(kind, namespace, name, self.after(created))

    def make(
        self, api_version: str, kind: str, name: str, namespace: str = "", *, created: float, by: str = HELM,
        labels: Mapping[str, str] | None = None, annotations: Mapping[str, str] | None = None,
        owners: Sequence[Body] = (), generated: str = "", status_by: str = CONTROLLERS,
        status_at: float | None = None, **parts: Any,
    ) -> Body:  # fmt: skip
        """One object; `parts` are spec, status, data… A status has a manager of its own."""
        meta: Body = {"name": name}
        if generated:
            meta["generateName"] = generated
        if namespace:
            meta["namespace"] = namespace
        meta["uid"] = self.uid(kind, namespace, name, created)
        meta["creationTimestamp"] = stamp(created)
        if labels:
            meta["labels"] = dict(labels)
        if annotations:
            meta["annotations"] = dict(annotations)
        if owners:
            meta["ownerReferences"] = list(owners)
        body: Body = {"apiVersion": api_version, "kind": kind, "metadata": meta, **parts}
        meta["managedFields"] = _managed(body, by, created, status_by, created if status_at is None else status_at)
        return body


def _managed(body: Body, by: str, at: float, status_by: str, status_at: float) -> list[Body]:
    wanted = {key: part for key, part in body.items() if key not in _SERVER_SIDE and key != "metadata"}
    meta = {key: body["metadata"][key] for key in _OWNED_META if key in body["metadata"]}
    entries = [_entry(body, by, at, {**({"metadata": meta} if meta else {}), **wanted})]
    if body.get("status"):
        entries.append({**_entry(body, status_by, status_at, {"status": body["status"]}), "subresource": "status"})
    return entries


def _entry(body: Body, by: str, at: float, fields: Body) -> Body:
    return {
        "manager": by, "operation": "Update", "apiVersion": body["apiVersion"], "time": stamp(at),
        "fieldsType": "FieldsV1", "fieldsV1": _tree("", fields),
    }  # fmt: skip


_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "containers": ("name",), "initContainers": ("name",), "env": ("name",), "volumes": ("name",),
    "imagePullSecrets": ("name",), "secrets": ("name",), "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "protocol"), "conditions": ("type",), "ownerReferences": ("uid",),
    "podIPs": ("ip",), "addresses": ("type",),
}  # fmt: skip
"""Lists that are maps, and their keys."""


_LEAF: Final[Body] = {}
"""A field without fields, shared: nobody edits what was shown."""


def _tree(name: str, value: Any) -> Body:
    """FieldsV1 of a value: list items by their keys where the list has some, else it is one field."""
    if isinstance(value, dict):
        return {f"f:{k}": _tree(k, v) if isinstance(v, dict | list) else _LEAF for k, v in value.items()}
    keys = _KEYS.get(name, ())
    if keys and isinstance(value, list) and all(keys[0] in item for item in value):
        return {_item(keys, item): {".": _LEAF, **_tree("", item)} for item in value}
    return _LEAF


def _item(keys: tuple[str, ...], item: Body) -> str:
    return "k:" + msgspec.json.encode({key: item[key] for key in keys if key in item}).decode()
