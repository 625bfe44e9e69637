"""Other forms of an object than the stored one: another version of a custom resource, only its metadata.

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


def bare(obj: Body) -> Body:
    """PartialObjectMetadata."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
