"""The cluster's resource: whether it is reached, heard of lately, and in a region the extension is published in.

Reachable is what connectivityStatus says; provisioningState tells only that ARM has a resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui.core.errors import Problem
from tui.core.health import Health
from tui.core.text import clean
from tui.core.units import DAY, MINUTE, age
from tui.domain.arm_error import innermost
from tui.domain.cluster import ClusterRow
from tui.domain.extension import ExtensionRow
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import unknown
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.survey import Survey

OVERDUE: Final = 15 * MINUTE
"""Seconds without a heartbeat after which a cluster counts as lost."""
SOON: Final = 7 * DAY
"""Seconds before the agents' certificate ends in which it is told."""
REGIONS: Final = (
    "eastus", "eastus2", "westus2", "westcentralus", "southcentralus", "northeurope", "westeurope", "uksouth",
    "southeastasia", "australiaeast",
)  # fmt: skip
"""Where it was published in 2021; more came later."""
_OFFERED: Final = re.compile(
    r"is not registered in region \S+\.? Extension is available in (.+?)\.?\s*$", re.IGNORECASE
)


def find(survey: Survey, _wish: Wish) -> Iterator[Note]:
    """Everything about the cluster's own resource."""
    row = survey.cluster
    if isinstance(row, Problem):
        yield unknown("cluster-unknown", "whether the cluster is connected to Azure could not be seen", [row])
        return
    yield _reached(survey, row)
    yield from _agents(survey, row)
    yield _region(survey, row)


def _reached(survey: Survey, row: ClusterRow) -> Note:
    if row.state.lower() in ("failed", "canceled", "deleting"):
        what = f"the cluster's resource is {row.state}"
        return Note("cluster-broken", Health.BAD, what, f"{row.name}: provisioningState {row.state}", "mend it first")
    return _connected(survey, row) if row.connected else _running(row)


def _running(row: ClusterRow) -> Note:
    evidence = f"{row.name}: powerState {row.connectivity or 'missing'}"
    if row.connectivity.lower() == "stopped":
        return Note("cluster-stopped", Health.BAD, "the cluster is stopped", evidence, "start it")
    if row.connectivity.lower() == "running":
        return Note("cluster-running", Health.GOOD, "the cluster runs", evidence)
    return Note("cluster-unknown", Health.UNKNOWN, "whether the cluster runs is not told", evidence)


def _connected(survey: Survey, row: ClusterRow) -> Note:
    since = "" if row.last_seen is None else f", lastConnectivityTime {age(survey.at - row.last_seen)} ago"
    evidence = f"{row.name}: connectivityStatus {row.connectivity or 'missing'}{since}"
    state = row.connectivity.lower()
    if state == "connected":
        late = row.last_seen is not None and survey.at - row.last_seen > OVERDUE
        if not late:
            return Note("cluster-connected", Health.GOOD, "the cluster is connected", evidence)
        what = f"the cluster counts as connected, but was last heard of {age(survey.at - (row.last_seen or 0))} ago"
        return Note("cluster-late", Health.WARN, what, evidence, _LOOK_AT_AGENTS)
    if state == "connecting":
        what = "the Arc agents have not called yet: an install would wait for them, and fail after 48 hours"
        return Note("cluster-connecting", Health.WARN, what, evidence, _LOOK_AT_AGENTS)
    if state in _LOST:
        what, step = _LOST[state]
        return Note("cluster-not-connected", Health.BAD, what, evidence, step)
    what = "whether the cluster is connected is not told in words known here"
    return Note("cluster-unknown", Health.UNKNOWN, what, evidence, _LOOK_AT_AGENTS)


_LOOK_AT_AGENTS: Final = "look at the pods in azure-arc: kubectl get pods -n azure-arc"
_LOST: Final = {
    "offline": ("the cluster is offline: nothing that is installed now would arrive", _LOOK_AT_AGENTS),
    "expired": ("the cluster's identity certificate has lapsed", "connect it again: az connectedk8s connect"),
    "agentnotinstalled": ("the Arc agents are not installed", "connect it: az connectedk8s connect"),
}


def _agents(survey: Survey, row: ClusterRow) -> Iterator[Note]:
    """What the agents complain of, and their certificate."""
    for error in row.errors:
        if error.severity.lower() in ("", "error"):
            evidence = f"{row.name}: arcAgentProfile.agentErrors {error.component}: {error.message}"
            yield Note("agent-error", Health.WARN, f"the agent {error.component} reports an error", evidence)
    left = None if row.certificate_expires is None else row.certificate_expires - survey.at
    if left is None or left > SOON:
        return
    evidence = f"{row.name}: managedIdentityCertificateExpirationTime"
    if left <= 0:
        what, health = f"the agents' certificate ended {age(-left)} ago", Health.BAD
    else:
        what, health = f"the agents' certificate ends in {age(left)}", Health.WARN
    yield Note("agent-certificate", health, what, evidence, "see that the agents can renew it, or connect again")


def regions(survey: Survey) -> tuple[str, ...]:
    """Where the extension is published: as the service itself told in a refusal, else as known here."""
    for told in _told(survey.extension):
        found = _OFFERED.search(told)
        if found:
            return tuple(_flat(each) for each in found[1].split(",") if each.strip())
    return REGIONS


def _told(row: ExtensionRow | None) -> Iterator[str]:
    """What the service said of the extension."""
    if row is None:
        return
    if row.error is not None:
        yield row.error.message
        yield innermost(row.error).message
    yield from (status.message for status in row.statuses)


def _flat(region: str) -> str:
    return clean(region).replace(" ", "").strip(".").lower()


def _region(survey: Survey, row: ClusterRow) -> Note:
    evidence = f"{row.name}: location {row.location or 'missing'}"
    known = regions(survey)
    if not row.location:
        return Note("region-unknown", Health.UNKNOWN, "the cluster's region is not told", evidence)
    if _flat(row.location) in known:
        return Note("region-known", Health.GOOD, f"the extension is published in {_flat(row.location)}", evidence)
    if known is REGIONS:
        what = (
            f"whether the extension is published in {row.location} is not known here; in 2021 it was in "
            + ", ".join(known)
        )
        step = "more regions came later: go on, and see whether ExtensionTypeRegistrationGetFailed comes back"
        return Note("region-unlisted", Health.WARN, what, evidence, step)
    what = f"the extension is not published in {row.location}; it is in {', '.join(known)}"
    return Note("region-refused", Health.BAD, what, evidence, "connect the cluster again in one of these regions")
