"""Azure Relay namespaces: the door through which jobs come into a connected cluster.

Owns their names, their rows, and the requests that make one and read its connection string. The authorization rule
is the hybrid connection's own, not the namespace's: its connection string opens that door only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain import arm_id, messaging
from tui.domain.plans.az_command import az, tags, where
from tui.domain.plans.az_names import TAGS, Home, valid_name
from tui.domain.plans.plan import Step
from tui.domain.wire import mapping, moment, text

NAME: Final = "relays"

_LONGEST: Final = 50
RULE: Final = "azureml_rw"
"""Name of the authorization rule."""
RIGHTS: Final = ("Manage", "Send", "Listen")
STRING: Final = "relay-connection-string"
"""Name of the value that `keys` gives."""
PROVIDER: Final = "Microsoft.Relay"
SEEN: Final = "hybridConnectionSeen"
"""What whoever reads a namespace adds to its body: the id of the hybrid connection it looked for, and what is there."""
_IN_USE: Final = re.compile(
    r"(?i)/subscriptions/.+/providers/Microsoft\.Relay/namespaces/[^/]+/hybridConnections/[^/]+"
)


class RelayRow(Struct, frozen=True, gc=False):
    """One Relay namespace."""

    key: str
    id: str
    name: str
    location: str
    state: str
    of_product: bool
    """Its tags say that the az CLI made it for the extension."""
    created: float | None
    health: Health
    why: str
    labels: dict[str, str]
    looked_for: str = ""
    """Id of the hybrid connection that was looked for in it; empty: nobody looked, or could not."""
    there: bool = False
    """It was found."""
    connection_created: float | None = None


def decode(body: Any) -> RelayRow:
    """The row of a Microsoft.Relay/namespaces body. Never raises."""
    wire = mapping(body)
    inner, seen, tags = mapping(wire.get("properties")), mapping(wire.get(SEEN)), messaging.tags_of(wire)
    state, resource_id = messaging.state_of(inner), text(wire.get("id"))
    health = messaging.judge(state)
    there = seen.get("body")
    made = moment(mapping(mapping(there).get("properties")).get("createdAt"))
    return RelayRow(
        arm_id.key(resource_id, wire.get("name")), resource_id, text(wire.get("name")), text(wire.get("location")),
        state, messaging.of_product(tags), moment(inner.get("createdAt")), health,
        "" if health is Health.GOOD else f"Relay {state}", tags,
        text(seen.get("id")), there is not None, made,
    )  # fmt: skip


def looked(body: Mapping[str, Any], connection: str, found: Mapping[str, Any] | None) -> dict[str, Any]:
    """The body of a namespace with what was found of a hybrid connection in it; None: it is not there."""
    return {**body, SEEN: {"id": connection, "body": found}}


def expected_name(cluster: str, subscription: str, group: str) -> str:
    """The name the az CLI gives the Relay namespace of a cluster: its rule, digest included."""
    return valid_name(f"{cluster}-{subscription}-{group}-relay", _LONGEST)


def of_cluster(rows: Iterable[RelayRow], cluster_id: str) -> list[RelayRow]:
    """The Relay namespaces of one cluster: the one with the name it would get, else all that are the product's."""
    wanted = expected_name(arm_id.name(cluster_id), arm_id.subscription(cluster_id), arm_id.group(cluster_id)).lower()
    known = [row for row in rows if row.of_product or row.name.lower() == wanted]
    return [row for row in known if row.name.lower() == wanted] or known


def haystack(row: RelayRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.location} {row.state} {row.why}"


def named(settings: Mapping[str, str]) -> str:
    """Id of the hybrid connection that settings name; empty when they name none."""
    found = (value for key, value in settings.items() if key.lower() == "relayserver.hybridconnectionresourceid")
    return next((value for value in found if _IN_USE.fullmatch(value)), "")


def connection_of(home: Home, settings: Mapping[str, str]) -> str:
    """Id of a cluster's hybrid connection: the one its extension's settings name, else the one of the naming rule."""
    if in_use := named(settings):
        return in_use
    name = expected_name(home.cluster, home.subscription, home.group)
    return f"{home.providers}/Microsoft.Relay/namespaces/{name}/hybridConnections/{home.cluster}"


def namespace_of(connection: str) -> str:
    """Id of the namespace a hybrid connection is in."""
    return connection.rsplit("/", 2)[0]


def making(connection: str, location: str) -> tuple[Step, ...]:
    """The requests after which the hybrid connection and its rule are there."""
    space = namespace_of(connection)
    here, name, hybrid = where(space), arm_id.name(space), arm_id.name(connection)
    inside = (*here, "--namespace-name", name)
    return (
        Step(
            "relay-namespace", f"create the Relay namespace {name}", "PUT", space,
            body={"location": location, "tags": dict(TAGS)}, reuse=True, follows=True,
            command=az("relay", "namespace", "create", *here, "--name", name, "--location", location, *tags(TAGS)),
        ),
        Step(
            "relay-connection", f"create the hybrid connection {hybrid}", "PUT", connection,
            body={"properties": {"requiresClientAuthorization": True}}, reuse=True,
            command=az("relay", "hyco", "create", *inside, "--name", hybrid, "--requires-client-authorization", "true"),
        ),
        Step(
            "relay-rule", f"create its authorization rule {RULE}", "PUT", f"{connection}/authorizationRules/{RULE}",
            body={"properties": {"rights": list(RIGHTS)}}, reuse=True,
            command=az("relay", "hyco", "authorization-rule", "create", *inside, "--hybrid-connection-name", hybrid,
                       "--name", RULE, "--rights", *RIGHTS),
        ),
    )  # fmt: skip


def keys(connection: str) -> Step:
    """The request that gives the connection string."""
    space, hybrid = namespace_of(connection), arm_id.name(connection)
    return Step(
        "relay-keys", "read the connection string of the Relay", "POST",
        f"{connection}/authorizationRules/{RULE}/listKeys", gives={STRING: "primaryConnectionString"},
        command=az("relay", "hyco", "authorization-rule", "keys", "list", *where(space), "--namespace-name",
                   arm_id.name(space), "--hybrid-connection-name", hybrid, "--name", RULE),
    )  # fmt: skip


def removing(connection: str) -> str:
    """The command that deletes the namespace with all that is in it."""
    space = namespace_of(connection)
    return az("relay", "namespace", "delete", *where(space), "--name", arm_id.name(space))
