"""Operations as answers: the headers that announce one, and the body that tells how far it is.

Each provider has its own habits: the extensions' spells its link oddly and adds a Location on a host of its own,
machine learning says nothing but a word.
"""

from __future__ import annotations

from urllib.parse import quote

from tui.demo.arm import errors, places
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.operations import PROGRESS, Json, Operation

ELSEWHERE = "https://eastus.rp.kubernetesconfiguration.azure.com"
"""The extensions' Location points to it: not ARM, and not to be followed with a token of ARM."""
RETRY_AFTER = 2
"""Seconds, on every second operation; the others leave the pace to the client."""
TIMEOUTS = {"create": "PT48H", "update": "PT48H", "delete": "PT1H"}


def extension_headers(call: Call, operation: Operation) -> dict[str, str]:
    """Of an accepted PUT, PATCH or DELETE. The names are in lower case on the wire."""
    path = f"{_odd(operation.resource_id)}/operations/{operation.id}?api-Version={call.version}"
    headers = {
        "azure-asyncoperation": call.address + path,
        "location": ELSEWHERE + path,
        "x-ms-async-operation-timeout": TIMEOUTS[operation.kind],
    }
    return {**headers, **_pace(operation)}


def compute_headers(call: Call, operation: Operation, location: str) -> dict[str, str]:
    """Of an accepted PUT or DELETE of a compute."""
    scope = f"/subscriptions/{call.place.subscription}/providers/Microsoft.MachineLearningServices"
    path = f"{scope}/locations/{quote(location)}/computeOperationsStatus/{operation.id}"
    return {"Azure-AsyncOperation": f"{call.address}{path}?api-version={call.version}&service=new", **_pace(operation)}


def extension_operation(call: Call) -> Reply:
    """GET {extensionId}/operations/{id}; the extension itself may be gone."""
    operation = _found(call)
    if operation.resource_id.lower() != call.place.key.rsplit("/operations/", 1)[0]:
        raise errors.no_resource(call.place)
    return Reply(200, told(operation), {} if operation.done else _pace(operation))


def compute_operation(call: Call) -> Reply:
    """GET …/computeOperationsStatus/{id}: a word, and the error when there is one."""
    operation = _found(call)
    body: Json = {"status": operation.status}
    if operation.error and operation.status == "Failed":
        body["error"] = operation.error
    return Reply(200, body, {} if operation.done else _pace(operation))


def of_cluster(call: Call) -> Reply:
    """GET {clusterId}/providers/Microsoft.KubernetesConfiguration/operations."""
    found = [operation for operation in call.state.operations(call.place.scope) if "/extensions/" in told_id(operation)]
    return Reply(200, {"value": [told(operation) for operation in found], "nextLink": None})


def told(operation: Operation) -> Json:
    """The body of an operation of an extension."""
    status = operation.status if operation.done else PROGRESS[operation.kind]
    error = operation.error if operation.status == "Failed" else None
    return {"id": told_id(operation), "name": operation.id, "status": status, "properties": {}, "error": error}


def told_id(operation: Operation) -> str:
    """`{extensionId}/operations/{guid}`."""
    return f"{operation.resource_id}/operations/{operation.id}"


def _found(call: Call) -> Operation:
    operation = call.state.operation(call.place.name)
    if operation is None:
        raise errors.no_resource(call.place)
    return operation


def _odd(resource_id: str) -> str:
    """The id as the extensions' provider writes it into links."""
    kind = places.parse(places.parse(resource_id).scope).types
    return resource_id.replace(f"/{kind[-1]}/", f"/{kind[-1][:1].upper()}{kind[-1][1:]}/") if kind else resource_id


def _pace(operation: Operation) -> dict[str, str]:
    return {"retry-after": str(RETRY_AFTER)} if operation.number % 2 else {}
