"""The POST actions that hand out keys, or make them anew. The keys are shaped like real ones and say that they are not.

Owns connection strings, and the check of one.
"""

from __future__ import annotations

import base64
from typing import Final

from tui.demo.arm import errors, places
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.operations import Json
from tui.demo.arm.places import Place
from tui.demo.arm.state import ArmState

_WORDS: Final = "arcdeck demo {}: no real key!!"
"""Decodes from every key there is."""
_RENEWED: Final = {"primarykey": "first", "secondarykey": "second"}


def fake(which: str) -> str:
    """A base64 key as long as a real one (44 characters): `which` is ten letters at most."""
    return base64.b64encode(_WORDS.format(which).encode()[:32].ljust(32, b"!")).decode()


def pair(state: ArmState, rule: Place) -> tuple[str, str]:
    """Both keys of an authorization rule, as they are now."""
    first, second = state.turns(rule.path)
    return fake(f"first {first}" if first else "first"), fake(f"second {second}" if second else "second")


def connection_string(rule: Place, key: str) -> str:
    """What opens a namespace, or an entity in it, with a key of a rule."""
    end = f"Endpoint=sb://{rule.names[0]}.servicebus.windows.net/;SharedAccessKeyName={rule.name};SharedAccessKey={key}"
    return end + (f";EntityPath={rule.names[1]}" if len(rule.names) == 3 else "")


def list_keys(call: Call) -> Reply:
    """POST …/authorizationRules/{name}/listKeys of Relay and Service Bus."""
    return Reply(200, _body(call, _rule(call)))


def regenerate(call: Call) -> Reply:
    """POST …/authorizationRules/{name}/regenerateKeys: one key is made anew, the other stays."""
    rule, content = _rule(call), call.body({"keyType": str, "key": str})
    which = _RENEWED.get(str(content.get("keyType")).lower())
    if which is None:
        raise errors.bad("The type of the key is 'PrimaryKey' or 'SecondaryKey'.")
    call.state.renew(rule.path, first=which == "first", second=which == "second")
    call.tell("update", call.state.get(rule.path) or {"id": rule.path})
    return Reply(200, _body(call, rule))


def shared_keys(call: Call) -> Reply:
    """POST …/sharedKeys of a Log Analytics workspace: twice as long."""
    _holder(call)
    return Reply(200, {"primarySharedKey": fake("first") * 2, "secondarySharedKey": fake("second") * 2})


def _rule(call: Call) -> Place:
    return places.parse(str(_holder(call)["id"]))


def _holder(call: Call) -> Json:
    """What has the keys. Raises ArmError (404)."""
    holder = places.parse(call.place.path.rsplit("/", 1)[0])
    found = call.state.get(holder.path)
    if found is None:
        raise errors.no_resource(holder)
    return found


def _body(call: Call, rule: Place) -> Json:
    first, second = pair(call.state, rule)
    return {
        "primaryConnectionString": connection_string(rule, first),
        "secondaryConnectionString": connection_string(rule, second),
        "primaryKey": first, "secondaryKey": second, "keyName": rule.name,
    }  # fmt: skip
