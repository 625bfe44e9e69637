"""Other forms of an object than the stored one: another version of a custom resource, an item of a list, its metadata.

Pure.
"""

from __future__ import annotations

import msgspec

from tui.demo.kube.objects import Body
from tui.demo.kube.registry import Resource


def shaped(resource: Resource, obj: Body, data: bytes) -> bytes:
    """The object's JSON in the version of the resource: its bytes as they are, unless it was written in another."""
    if not resource.custom or obj.get("apiVersion") == resource.api_version:
        return data
    return msgspec.json.encode({**obj, "apiVersion": resource.api_version})


def item(resource: Resource, obj: Body, data: bytes) -> bytes:
    """The object's JSON as a list has it: built-in kinds leave out apiVersion and kind, which are the list's."""
    if resource.custom:
        return shaped(resource, obj, data)
    head = f'{{"apiVersion":"{resource.api_version}","kind":"{resource.kind}",'.encode()
    return b"{" + data[len(head) :] if data.startswith(head) else msgspec.json.encode(headless(resource, obj))


def headless(resource: Resource, obj: Body) -> Body:
    """The same, not encoded."""
    if resource.custom:
        return obj
    return {name: part for name, part in obj.items() if name not in ("apiVersion", "kind")}


def bare(obj: Body) -> Body:
    """PartialObjectMetadata."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
