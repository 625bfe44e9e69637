"""Schemas of the built-in types, made of the models of the official client: one source for explain and validation.

Owns the names of definitions. What the models do not tell (merge keys, quantities) comes from `merge_keys`. Slow to
import (half a second), so made once and only when somebody asks. Must not know HTTP.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, Final

from tui.demo.kube.merge_keys import ATOMIC, FIELDS, QUANTITIES
from tui.demo.kube.registry import BUILT_IN, REVIEWS, Resource

Node = dict[str, Any]

_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1."
TIME: Final = f"{_META}Time"
QUANTITY: Final = "io.k8s.apimachinery.pkg.api.resource.Quantity"
INT_OR_STRING: Final = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
OBJECT_META: Final = f"{_META}ObjectMeta"
_META_TYPES: Final = frozenset(
    {
        "ObjectMeta", "OwnerReference", "ManagedFieldsEntry", "LabelSelector", "LabelSelectorRequirement", "Condition",
        "Status", "StatusDetails", "StatusCause", "DeleteOptions", "Preconditions",
    }
)  # fmt: skip
_CORE_SEEDS: Final = (
    "V1PodTemplate",
    "V1Pod",
    "V1Node",
    "V1PersistentVolume",
    "V1PersistentVolumeClaim",
    "CoreV1Event",
)
"""Walked first, so that what they use counts as core whoever else uses it."""
_PACKAGES: Final = {
    "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
    "": "io.k8s.api.core", "rbac.authorization.k8s.io": "io.k8s.api.rbac",
}  # fmt: skip
_PREFIXES: Final = ("CoreV1", "AdmissionregistrationV1", "ApiextensionsV1", "RbacV1", "StorageV1", "V1")
_PROTOCOLS: Final = frozenset({"ContainerPort", "ServicePort"})
_SCALARS: Final[dict[Any, Node]] = {
    str: {"type": "string"}, bool: {"type": "boolean"}, int: {"type": "integer", "format": "int32"},
    float: {"type": "number", "format": "double"}, datetime: {"$ref": TIME},
}  # fmt: skip
_FIXED: Final[dict[str, Node]] = {
    TIME: {"type": "string", "format": "date-time"},
    QUANTITY: {"x-kubernetes-int-or-string": True},
    INT_OR_STRING: {"format": "int-or-string", "x-kubernetes-int-or-string": True},
}


@cache
def built_ins() -> BuiltIns:
    """The one set of definitions: of every built-in resource."""
    return BuiltIns((*BUILT_IN, *REVIEWS))


class BuiltIns:
    """The definitions of all that some resources use. Read them, never edit them."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        import kubernetes.client.models as models

        self.definitions: dict[str, Node] = {name: dict(node) for name, node in _FIXED.items()}
        self._named: dict[Any, str] = {}
        for seed in _CORE_SEEDS:
            self._reference(getattr(models, seed), "", "v1")
        self._reference(models.V1DeleteOptions, "", "v1")
        eviction = self._reference(models.V1Eviction, "policy", "v1")["$ref"]
        self._roots: dict[str, str] = {}
        self.kinds: dict[tuple[str, str], str] = {("policy/v1", "Eviction"): eviction}
        """Definitions by apiVersion and kind."""
        for resource in resources:
            self._root(resource, getattr(models, "CoreV1Event" if resource.kind == "Event" else f"V1{resource.kind}"))

    def name(self, resource: Resource) -> str:
        """The definition of a resource's objects."""
        return self._roots[resource.store]

    def _root(self, resource: Resource, model: Any) -> None:
        name = self._reference(model, resource.group, resource.version)["$ref"]
        self._roots[resource.store] = name
        self.kinds[resource.api_version, resource.kind] = name
        kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
        self.definitions[name]["x-kubernetes-group-version-kind"] = [kind]

    def _reference(self, model: Any, group: str, version: str) -> Node:
        """A reference to a model's definition, made when it is not there yet."""
        if model not in self._named:
            plain = _plain(model.__name__)
            home = _META if plain in _META_TYPES else f"{_package(group)}.{version}."
            self._named[model] = home + plain
            self.definitions[home + plain] = {}
            self.definitions[home + plain].update(self._definition(model, plain, group, version))
        return {"$ref": self._named[model]}

    def _definition(self, model: Any, plain: str, group: str, version: str) -> Node:
        extensions, properties, required = FIELDS.get(plain, {}), {}, []
        for attribute, field in model.model_fields.items():
            name = field.serialization_alias or attribute
            node = self._node(field.annotation, name, group, version)
            said = field.description or self.definitions.get(node.get("$ref", ""), {}).get("description")
            described = {"description": said} if said else {}
            properties[name] = {**described, **node, **extensions.get(name, {})}
            if field.is_required():
                required.append(name)
        if plain in _PROTOCOLS:
            properties["protocol"]["default"] = "TCP"
        return {
            "description": (model.__doc__ or "").partition("Attributes:")[0].strip(),
            "type": "object", "properties": properties,
            **({"required": required} if required else {}),
            **({"x-kubernetes-map-type": "atomic"} if plain in ATOMIC else {}),
        }  # fmt: skip

    def _node(self, annotation: Any, name: str, group: str, version: str) -> Node:
        origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            return self._node(inner[0], name, group, version)
        if origin in (typing.Union, UnionType):
            real = [each for each in inner if each is not type(None)]
            return self._node(real[0], name, group, version) if len(real) == 1 else _union(real)
        if origin is list:
            return {"type": "array", "items": self._node(inner[0], name, group, version)}
        if origin is dict:
            return {"type": "object", "additionalProperties": self._node(inner[1], name, group, version)}
        if annotation is str and name in QUANTITIES:
            return {"$ref": QUANTITY}
        if hasattr(annotation, "model_fields"):
            return self._reference(annotation, group, version)
        return dict(_SCALARS.get(annotation, {"x-kubernetes-preserve-unknown-fields": True}))


def _union(choices: list[Any]) -> Node:
    """Of the unions in the models: numbers or strings, bytes (base64 text) or strings, and free JSON."""
    plain = {typing.get_args(each)[0] if typing.get_origin(each) is typing.Annotated else each for each in choices}
    if {int, str} <= plain:
        return {"$ref": INT_OR_STRING}
    if {int, float} <= plain:
        return {"type": "number"}
    if str in plain or bytes in plain:
        return {"type": "string", "format": "byte"}
    return {"x-kubernetes-preserve-unknown-fields": True}


def _plain(model: str) -> str:
    return next((model[len(prefix) :] for prefix in _PREFIXES if model.startswith(prefix)), model)


def _package(group: str) -> str:
    return _PACKAGES.get(group) or "io.k8s.api." + group.partition(".")[0]
