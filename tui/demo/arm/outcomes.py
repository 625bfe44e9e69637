"""What an operation does to the body of its resource when it begins and when it ends.

Pure. The body is the newest era's; `extension_bodies` makes the older ones of it.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Final

from tui.demo.arm import places
from tui.demo.arm.moments import offset, zulu
from tui.demo.arm.operations import PROGRESS, Json, Kind, Operation

EXTENSION: Final = "microsoft.kubernetesconfiguration/extensions"
COMPUTE: Final = "microsoft.machinelearningservices/workspaces/computes"
NO_REASON: Final[Json] = {"code": "InternalServerError", "message": "An internal server error occurred."}


def begun(resource: Json, kind: Kind, now: float) -> Json:
    """The body while `kind` goes on. What was wrong before is no longer said."""
    body = _stamped(resource, now)
    properties = body["properties"]
    properties["provisioningState"] = PROGRESS[kind]
    if properties.pop("errorInfo", None) is not None:
        properties["statuses"] = []
    properties.pop("provisioningErrors", None)
    return body


def ended(resource: Json, operation: Operation, now: float) -> Json | None:
    """The body after the operation; None when the resource is gone."""
    if operation.kind == "delete" and operation.status == "Succeeded":
        return None
    body = _stamped(resource, now)
    properties = body["properties"]
    properties["provisioningState"] = operation.status
    if operation.status == "Failed":
        blame(body, operation.error or NO_REASON, now)
    return body


def blame(body: Json, error: Json, now: float) -> None:
    """Have a resource say why it failed; an extension says it twice."""
    properties = body["properties"]
    if places.parse(body["id"]).type == COMPUTE:
        properties["provisioningErrors"] = [{"error": error}]
        return
    properties["errorInfo"] = error
    properties["statuses"] = [
        {"code": "InstallationFailed", "displayStatus": "Failed", "level": "Error", "message": error.get("message"),
         "time": zulu(now)}
    ]  # fmt: skip


def _stamped(resource: Json, now: float) -> Json:
    body = deepcopy(resource)
    body.setdefault("properties", {})
    if "systemData" in body:
        body["systemData"] = {**(body["systemData"] or {}), "lastModifiedAt": zulu(now)}
    if "modifiedOn" in body["properties"]:
        body["properties"]["modifiedOn"] = offset(now)
    return body
