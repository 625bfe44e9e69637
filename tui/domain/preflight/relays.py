"""The cluster's Relay namespace: the way by which jobs come in. It is made with the extension and outlives it."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.errors import Problem
from tui.core.health import Health
from tui.domain import relay
from tui.domain.extension import INSTALLED
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import unknown
from tui.domain.preflight.providers import needed
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.survey import Survey


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """Whether it is there, and sound."""
    if "Microsoft.Relay" not in needed(survey, wish):
        return
    if isinstance(survey.relays, Problem):
        yield unknown("relay-unknown", "whether the cluster has a Relay namespace could not be seen", [survey.relays])
        return
    found = relay.of_cluster(survey.relays, survey.cluster_id)
    row = survey.extension
    if found and found[0].health is Health.GOOD:
        evidence = f"Relay namespace {found[0].name}: {found[0].state}"
        yield Note("relay-present", Health.GOOD, "the cluster's Relay namespace is there and is reused", evidence)
    elif found:
        evidence = f"Relay namespace {found[0].name}: provisioningState {found[0].state}"
        what = "the cluster's Relay namespace is not well: no job would come in"
        yield Note(
            "relay-broken", Health.WARN, what, evidence, "mend it in the portal, or delete it to have it made anew"
        )
    elif row is not None and row.state == INSTALLED:
        what = "the cluster's Relay namespace is gone: attached computes do not work"
        yield Note(
            "relay-gone", Health.WARN, what, f"extension {row.name} is installed", "deploy again to have it made"
        )
    else:
        yield Note("relay-absent", Health.GOOD, "there is no Relay namespace yet: it is made with the extension")
