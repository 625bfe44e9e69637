"""Resource providers: which of them this cluster and this release need registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.core.errors import Problem
from tui.core.health import Health
from tui.domain import arm_id
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import listed, quoted, unknown
from tui.domain.preflight.wish import Wish
from tui.domain.settings.catalogue import is_true
from tui.domain.surveys.survey import UNSEEN, Survey

_REGISTERED: Final = "registered"
_ON_ITS_WAY: Final = "registering"
_MANAGED: Final = ("Microsoft.ContainerService", "Microsoft.ExtendedLocation")
_LOGS: Final = "logAnalyticsWS"


def needed(survey: Survey, wish: Wish) -> tuple[str, ...]:
    """Namespaces: of the cluster, of the extension, and of what is made in Azure with it."""
    relay = survey.is_arc or is_true(wish.given("relayserver.enabled") or "")
    bus = wish.era == "B" or is_true(wish.given("servicebus.enabled") or "")
    of_cluster = ("Microsoft.Kubernetes", "Microsoft.ExtendedLocation") if survey.is_arc else _MANAGED
    made = {"Microsoft.Relay": relay, "Microsoft.ServiceBus": bus, "Microsoft.OperationalInsights": wish.on(_LOGS)}
    return (
        "Microsoft.KubernetesConfiguration", *of_cluster, *(name for name, wanted in made.items() if wanted),
        "Microsoft.MachineLearningServices", "Microsoft.Storage",
    )  # fmt: skip


def unregistered(survey: Survey) -> tuple[str, ...]:
    """Namespaces that were seen not to be registered yet, whether needed or not: a plan registers, or awaits, them."""
    states = survey.providers.items()
    return tuple(name for name, state in states if isinstance(state, str) and state.lower() != _REGISTERED)


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """One note for each that is not registered, one for those that are, one for those nobody could see."""
    good: list[str] = []
    hidden: dict[str, Problem] = {}
    for namespace in needed(survey, wish):
        state = survey.providers.get(namespace, UNSEEN)
        if isinstance(state, Problem):
            hidden[namespace] = state
        elif state.lower() == _REGISTERED:
            good.append(namespace)
        else:
            yield _unregistered(survey, namespace, state)
    if hidden:
        what = f"whether these resource providers are registered could not be seen: {', '.join(hidden)}"
        yield unknown("provider-unknown", what, dict.fromkeys(hidden.values()))
    if good:
        yield Note("provider-registered", Health.GOOD, "resource providers are registered", listed(good, len(good)))


def _unregistered(survey: Survey, namespace: str, state: str) -> Note:
    evidence = f"provider {namespace}: registrationState {state or 'missing'}"
    if state.lower() == _ON_ITS_WAY:
        what, step = f"{namespace} is being registered", "wait some minutes and look again"
        return Note("provider-registering", Health.WARN, what, evidence, step)
    command = ["az", "provider", "register", "--namespace", namespace]
    command += ["--subscription", arm_id.subscription(survey.cluster_id)]
    what = f"{namespace} is not registered: it is registered first, which takes some minutes and the right to do so"
    step = "leave it to the plan, or register it now"
    return Note("provider-unregistered", Health.WARN, what, evidence, step, command=quoted(*command))
