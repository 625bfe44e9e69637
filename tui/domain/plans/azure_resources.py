"""The Azure resources that stand behind an extension: which it needs, how they are made, what they cost, what stays.

Owns the choice between Relay, Service Bus and Log Analytics, and the settings by which the extension knows each. Must
not know whether they are there: a step that makes one keeps what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tui.domain import arm_id, relay, service_bus
from tui.domain.plans import log_analytics
from tui.domain.plans.az_names import Home
from tui.domain.plans.az_settings import BUS, LOGS, RELAY, TWICE, Value, off, on
from tui.domain.plans.plan import Fill, Step

_RELAY_COST: Final = "Azure Relay: by the hour for each listener of the hybrid connection, and by traffic"
_BUS_COST: Final = "Service Bus, tier Standard: a base price by the hour, and by operations"
_LOGS_COST: Final = "Log Analytics: by the gigabyte that comes in, and for keeping it longer than a month"


class Part(Struct, frozen=True):
    """One Azure resource of an extension."""

    id: str
    provider: str
    making: tuple[Step, ...]
    """Empty when it must be there already."""
    keys: Step
    settings: Mapping[str, Value]
    """What says where it is; empty when the extension knows."""
    protected: Mapping[str, Value]
    cost: str
    stays: str
    """What is left when the extension is gone."""
    removing: str
    """The command that would delete it."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All its requests."""
        return (*self.making, self.keys)


def needed(
    home: Home, settings: Mapping[str, str], protected: Mapping[str, Value], known: Mapping[str, str]
) -> tuple[Part, ...]:
    """What an extension with these settings needs and was not given; `known`: the settings of one that is there."""
    given = {key.lower() for values in (settings, protected) for key, value in values.items() if value}
    wanted = (
        (on(settings, "logAnalyticsWS"), LOGS, log_part),
        (not off(settings, "relayserver.enabled"), RELAY, relay_part),
        (not off(settings, "servicebus.enabled"), BUS, bus_part),
    )
    return tuple(
        make(home, known) for switch, key, make in wanted
        if switch and not given & {key.lower(), *(other.lower() for other in TWICE.get(key, ()))}
    )  # fmt: skip


def relay_part(home: Home, known: Mapping[str, str]) -> Part:
    """The Relay, made when it is not there."""
    connection = relay.connection_of(home, known)
    return Part(
        connection, relay.PROVIDER, relay.making(connection, home.location), relay.keys(connection),
        {"relayserver.hybridConnectionResourceID": connection,
         "relayserver.hybridConnectionName": arm_id.name(connection)},
        {RELAY: Fill(relay.STRING)}, _RELAY_COST,
        f"the Relay namespace {arm_id.name(relay.namespace_of(connection))}", relay.removing(connection),
    )  # fmt: skip


def bus_part(home: Home, known: Mapping[str, str]) -> Part:
    """The Service Bus, made when it is not there."""
    space = service_bus.namespace_of(home, known)
    return Part(
        space, service_bus.PROVIDER, service_bus.making(space, home.location), service_bus.keys(space),
        service_bus.settings_of(space), {BUS: Fill(service_bus.STRING)}, _BUS_COST,
        f"the Service Bus namespace {arm_id.name(space)}", service_bus.removing(space),
    )  # fmt: skip


def log_part(home: Home, _known: Mapping[str, str]) -> Part:
    """The Log Analytics workspace, made when it is not there."""
    workspace = log_analytics.workspace_of(home)
    return Part(
        workspace, log_analytics.PROVIDER, (log_analytics.making(workspace, home.location),),
        log_analytics.keys(workspace),
        {"azure_log_analytics.enabled": "True", "azure_log_analytics.customer_id": Fill(log_analytics.CUSTOMER)},
        {LOGS: Fill(log_analytics.KEY)}, _LOGS_COST,
        f"the Log Analytics workspace {arm_id.name(workspace)}", log_analytics.removing(workspace),
    )  # fmt: skip


def steps_of(parts: tuple[Part, ...]) -> tuple[Step, ...]:
    """The requests of all, in order."""
    return tuple(step for part in parts for step in part.steps)


def settings_of(parts: tuple[Part, ...]) -> dict[str, Value]:
    """The settings of all."""
    return {key: value for part in parts for key, value in part.settings.items()}


def protected_of(parts: tuple[Part, ...]) -> dict[str, Value]:
    """The protected settings of all."""
    return {key: value for part in parts for key, value in part.protected.items()}
