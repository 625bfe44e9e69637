"""Whether a connection string opens a hybrid connection: against what ARM has.

Pure reading. Owns what a relay server says when it does not.
"""

from __future__ import annotations

from typing import Final

from tui.demo.arm import keys, places
from tui.demo.arm.operations import Json
from tui.demo.arm.state import ArmState
from tui.demo.world.wish import Wish

TYPE: Final = "microsoft.relay/namespaces"
_HOST: Final = ".servicebus.windows.net"


def problem(arm: ArmState, wish: Wish) -> str:
    """Why it cannot be opened; empty when it can, or need not be."""
    if not wish.relay:
        return ""
    parts = dict(pair for part in wish.relay_string.split(";") if len(pair := part.strip().split("=", 1)) == 2)
    if not wish.relay_string:
        return "no connection string is set"
    host = parts.get("Endpoint", "").removeprefix("sb://").rstrip("/")
    namespace = _named(arm, host.removesuffix(_HOST).lower())
    if namespace is None:
        return f"the name {host or 'of the Relay namespace'} does not resolve"
    entity = parts.get("EntityPath") or wish.value("relayserver.hybridConnectionName")
    connection = f"{namespace['id']}/hybridConnections/{entity}"
    if not entity or arm.get(connection) is None:
        return f"40400: hybrid connection {entity or 'without a name'} does not exist"
    scope = connection if parts.get("EntityPath") else namespace["id"]
    rule = arm.get(f"{scope}/authorizationRules/{parts.get('SharedAccessKeyName', '')}")
    if rule is None or parts.get("SharedAccessKey") not in keys.pair(arm, places.parse(rule["id"])):
        return "40103: invalid authorization token signature"
    return ""


def _named(arm: ArmState, name: str) -> Json | None:
    return next((found for found in arm.under("", TYPE) if places.parse(found["id"]).name.lower() == name), None)
