"""The Service Bus namespace of the preview era: status went out through it. Gone since 1.1.

Owns its name, its row, its topics with their figures, and the requests that make it and read its connection string:
that of the rule every namespace is made with, as the az CLI takes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain import arm_id, messaging
from tui.domain.plans.az_command import az, tags, where
from tui.domain.plans.az_names import TAGS, Home, valid_name
from tui.domain.plans.plan import Step
from tui.domain.wire import mapping, moment, text

NAME: Final = "buses"
PROVIDER: Final = "Microsoft.ServiceBus"
TOPICS: Final[Mapping[str, str]] = {
    "computestate-updatedby-computeprovider": "compute-scheduler-computestate",
    "jobstate-updatedby-computeprovider": "compute-scheduler-jobstate",
}
"""Topic, and its one subscription."""
RULE: Final = "RootManageSharedAccessKey"
STRING: Final = "service-bus-connection-string"
"""Name of the value that `keys` gives."""
_LONGEST: Final = 50
_IN_USE: Final = re.compile(r"(?i)/subscriptions/.+/providers/Microsoft\.ServiceBus/namespaces/[^/]+")
_TOPIC: Final = {"maxSizeInMegabytes": 5120, "defaultMessageTimeToLive": "P60D"}
_SUBSCRIPTION: Final = {"maxDeliveryCount": 1, "defaultMessageTimeToLive": "P14D", "lockDuration": "PT30S"}


class BusRow(Struct, frozen=True, gc=False):
    """One Service Bus namespace."""

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


def decode(body: Any) -> BusRow:
    """The row of a Microsoft.ServiceBus/namespaces body. Never raises."""
    wire = mapping(body)
    inner, tags = mapping(wire.get("properties")), messaging.tags_of(wire)
    state, resource_id = messaging.state_of(inner), text(wire.get("id"))
    health = messaging.judge(state)
    return BusRow(
        arm_id.key(resource_id, wire.get("name")), resource_id, text(wire.get("name")), text(wire.get("location")),
        state, messaging.of_product(tags), moment(inner.get("createdAt")), health,
        "" if health is Health.GOOD else f"Service Bus {state}", tags,
    )  # fmt: skip


def haystack(row: BusRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.location} {row.state} {row.why}"


def expected_name(cluster: str, subscription: str, group: str) -> str:
    """The name the az CLI gives the namespace of a cluster: its rule, digest included."""
    return valid_name(f"{cluster}-{subscription}-{group}-service-bus", _LONGEST)


def named(settings: Mapping[str, str]) -> str:
    """Id of the namespace that settings name; empty when they name none."""
    found = (value for key, value in settings.items() if key.lower() == "servicebus.resourceid")
    return next((value for value in found if _IN_USE.fullmatch(value)), "")


def namespace_of(home: Home, settings: Mapping[str, str]) -> str:
    """Id of a cluster's namespace: the one its extension's settings name, else the one of the naming rule."""
    if in_use := named(settings):
        return in_use
    name = expected_name(home.cluster, home.subscription, home.group)
    return f"{home.providers}/Microsoft.ServiceBus/namespaces/{name}"


def making(space: str, location: str) -> tuple[Step, ...]:
    """The requests after which the namespace, its topics and their subscriptions are there."""
    name, here = arm_id.name(space), where(space)
    first = Step(
        "service-bus-namespace", f"create the Service Bus namespace {name}", "PUT", space,
        body={"location": location, "sku": {"name": "Standard"}, "tags": dict(TAGS)}, reuse=True, follows=True,
        command=az("servicebus", "namespace", "create", *here, "--name", name, "--location", location, "--sku",
                   "Standard", *tags(TAGS)),
    )  # fmt: skip
    return (first, *(step for topic in TOPICS for step in _topic(space, topic, TOPICS[topic])))


def _topic(space: str, topic: str, subscription: str) -> tuple[Step, Step]:
    path, word = f"{space}/topics/{topic}", topic.partition("-")[0]
    inside = (*where(space), "--namespace-name", arm_id.name(space))
    return (
        Step(
            f"service-bus-topic-{word}", f"create the topic {topic}", "PUT", path,
            body={"properties": dict(_TOPIC)}, reuse=True,
            command=az("servicebus", "topic", "create", *inside, "--name", topic, "--max-size", "5120",
                       "--default-message-time-to-live", "P60D"),
        ),
        Step(
            f"service-bus-subscription-{word}", f"create its subscription {subscription}", "PUT",
            f"{path}/subscriptions/{subscription}", body={"properties": dict(_SUBSCRIPTION)}, reuse=True,
            command=az("servicebus", "topic", "subscription", "create", *inside, "--topic-name", topic, "--name",
                       subscription, "--max-delivery-count", "1", "--default-message-time-to-live", "P14D",
                       "--lock-duration", "PT30S"),
        ),
    )  # fmt: skip


def keys(space: str) -> Step:
    """The request that gives the connection string."""
    return Step(
        "service-bus-keys", "read the connection string of the Service Bus", "POST",
        f"{space}/authorizationRules/{RULE}/listKeys", gives={STRING: "primaryConnectionString"},
        command=az("servicebus", "namespace", "authorization-rule", "keys", "list", *where(space), "--namespace-name",
                   arm_id.name(space), "--name", RULE),
    )  # fmt: skip


def settings_of(space: str) -> dict[str, str]:
    """The settings that tell the extension where it is."""
    mapped = {f"servicebus.topicSubMapping.{topic}": subscription for topic, subscription in TOPICS.items()}
    return {"servicebus.resourceID": space, **mapped}


def removing(space: str) -> str:
    """The command that deletes it with all that is in it."""
    return az("servicebus", "namespace", "delete", *where(space), "--name", arm_id.name(space))
