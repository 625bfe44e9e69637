"""Why an install, an update or a delete of the extension fails: the catalogue X1 to X30, and the diagnosis by it.

Owns the order and which rule recognises which entry. Text that no rule knows gives no diagnosis: a wrong one costs more
than none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.domain.findings import causes_azure as azure
from tui.domain.findings import causes_parts as parts
from tui.domain.findings import causes_release as release
from tui.domain.findings import part_rules, release_rules
from tui.domain.findings.diagnosis import Cause, Diagnosis, Rank, made
from tui.domain.findings.evidence import Case, Evidence
from tui.domain.findings.rules import Rule, in_errors

__all__ = ["CATALOGUE", "Diagnosis", "Evidence", "Rank", "diagnose"]

CATALOGUE: Final[tuple[tuple[Cause, Rule], ...]] = (
    (release.TIMEOUT, release_rules.timeout),
    (release.AGENT_STATUS, in_errors),
    (release.HEALTH_CHECK, release_rules.health_check),
    (release.OWNERSHIP, release_rules.ownership),
    (release.LEGACY_ROUTER, release_rules.legacy_router),
    (release.NAME_IN_USE, in_errors),
    (release.IN_PROGRESS, in_errors),
    (release.TERMINATING, in_errors),
    (release.NO_CHART, in_errors),
    (azure.WRONG_REGION, in_errors),
    (release.POLICY, release_rules.policy),
    (release.INGRESS_WEBHOOK, release_rules.ingress_webhook),
    (release.INGRESS_CLASS, release_rules.ingress_class),
    (parts.INGRESS_MEMORY, part_rules.ingress_memory),
    (parts.ROUTER_SPREAD, part_rules.router_spread),
    (parts.NO_LOAD_BALANCER, part_rules.no_load_balancer),
    (parts.NO_SIGNER, part_rules.no_signer),
    (azure.NOTHING_ENABLED, in_errors),
    (azure.WRONG_SCOPE, in_errors),
    (azure.NOT_FOUND, in_errors),
    (azure.AGENTS_AWAY, part_rules.agents_away),
    (azure.NO_RELAY, part_rules.no_relay),
    (azure.NO_RIGHT, part_rules.no_right),
    (parts.DEVICE_PLUGIN, part_rules.device_plugin),
    (parts.BLOBFUSE, part_rules.blobfuse),
    (parts.OPENSHIFT, part_rules.openshift),
    (parts.UNTRUSTED, part_rules.untrusted),
    (azure.SECRETS_LOST, part_rules.secrets_lost),
    (parts.NO_TYPES_YET, part_rules.no_types_yet),
    (azure.NO_IDENTITY, in_errors),
)
"""In the order of the numbers, which decides between findings of one rank."""


def diagnose(evidence: Evidence) -> list[Diagnosis]:
    """What is wrong, the likeliest root first; empty when nothing is recognised."""
    case = Case(evidence)
    found = sorted(_found(case), key=lambda one: -one.rank)
    named = any(one.rank >= Rank.SYMPTOM for one in found)
    perhaps = None if named else release_rules.policy_perhaps(case, release.POLICY)
    return found if perhaps is None else [*found, made(release.POLICY, perhaps, case.known)]


def _found(case: Case) -> Iterator[Diagnosis]:
    for entry, rule in CATALOGUE:
        caught = rule(case, entry)
        if caught is not None:
            yield made(entry, caught, case.known)
