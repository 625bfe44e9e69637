"""The POST actions that hand out keys. The keys are shaped like real ones and say themselves that they are not."""

from __future__ import annotations

import base64
from typing import Final

from tui.demo.arm import errors, places
from tui.demo.arm.call import Call, Reply

_WORDS: Final = "arcdeck demo {}: no real key!!"
"""Decodes from every key there is."""


def fake(which: str) -> str:
    """A base64 key as long as a real one (44 characters): `which` is eight letters at most."""
    return base64.b64encode(_WORDS.format(which).encode()[:32].ljust(32, b"!")).decode()


def list_keys(call: Call) -> Reply:
    """POST …/authorizationRules/{name}/listKeys of Relay and Service Bus."""
    rule = places.parse(call.place.path.rsplit("/", 1)[0])
    if call.state.get(rule.path) is None:
        raise errors.no_resource(rule)
    end = f"Endpoint=sb://{rule.names[0]}.servicebus.windows.net/;SharedAccessKeyName={rule.name};SharedAccessKey="
    entity = f";EntityPath={rule.names[1]}" if len(rule.names) == 3 else ""
    first, second = fake("first"), fake("second")
    return Reply(
        200,
        {
            "primaryConnectionString": f"{end}{first}{entity}", "secondaryConnectionString": f"{end}{second}{entity}",
            "primaryKey": first, "secondaryKey": second, "keyName": rule.name,
        },
    )  # fmt: skip


def shared_keys(call: Call) -> Reply:
    """POST …/sharedKeys of a Log Analytics workspace: twice as long."""
    workspace = places.parse(call.place.path.rsplit("/", 1)[0])
    if call.state.get(workspace.path) is None:
        raise errors.no_resource(workspace)
    return Reply(200, {"primarySharedKey": fake("first") * 2, "secondarySharedKey": fake("second") * 2})
