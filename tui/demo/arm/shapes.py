"""The types of members of request bodies: what a service could not even deserialize is refused here, once.

Pure. Says nothing of what is required or allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui.demo.arm import errors
from tui.demo.arm.operations import Json

EXTENSION: Final[Mapping[str, type]] = {
    "identity": dict, "identity.type": str, "properties": dict, "properties.extensionType": str,
    "properties.autoUpgradeMinorVersion": bool, "properties.releaseTrain": str, "properties.version": str,
    "properties.scope": dict, "properties.scope.cluster": dict, "properties.scope.cluster.releaseNamespace": str,
    "properties.scope.namespace": dict, "properties.scope.namespace.targetNamespace": str,
    "properties.configurationSettings": dict, "properties.configurationSettings.*": str,
    "properties.configurationProtectedSettings": dict, "properties.configurationProtectedSettings.*": str,
    "properties.identity": dict, "properties.identity.type": str,
}  # fmt: skip
COMPUTE: Final[Mapping[str, type]] = {
    "location": str, "tags": dict, "tags.*": str, "identity": dict, "identity.type": str, "properties": dict,
    "properties.computeType": str, "properties.resourceId": str, "properties.description": str,
    "properties.properties": dict, "properties.properties.namespace": str,
    "properties.properties.defaultInstanceType": str, "properties.properties.instanceTypes": dict,
    "properties.properties.instanceTypes.*": dict,
}  # fmt: skip
PLAIN: Final[Mapping[str, type]] = {
    "location": str, "tags": dict, "tags.*": str, "sku": dict, "identity": dict, "properties": dict,
    "properties.rights": list, "properties.rights.*": str,
}  # fmt: skip


def check(content: Json, shape: Mapping[str, type]) -> None:
    """Raises ArmError when a member is of another type than `shape` says; null and absent are of every type."""
    for path, wanted in shape.items():
        for where, value in _at(content, path.split("."), ()):
            if value is not None and not isinstance(value, wanted):
                raise errors.unreadable(f"{'.'.join(where)} is not of type {wanted.__name__}")


def _at(value: Any, steps: list[str], where: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    """The values at a path; `*` stands for every member."""
    if not steps:
        return [(where, value)]
    inside = dict(enumerate(value)) if isinstance(value, list) else value
    if not isinstance(inside, dict):
        return []
    step, *rest = steps
    names = list(inside) if step == "*" else [step] if step in inside else []
    return [found for name in names for found in _at(inside[name], rest, (*where, str(name)))]
