"""What we may do: in ARM to install, in the cluster to follow what happens.

Owns which actions each kind of install takes. ARM tells roles only: a deny assignment or a policy may still refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tui.core.errors import Problem
from tui.core.health import Health
from tui.domain import arm_id, relay
from tui.domain.component import NAMESPACE
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import listed, unknown
from tui.domain.preflight.providers import needed
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.arm import Permission, allows
from tui.domain.surveys.survey import NEEDS, Part, Survey, seen

INSTALL: Final = (
    "Microsoft.KubernetesConfiguration/extensions/write", "Microsoft.KubernetesConfiguration/extensions/read",
    "Microsoft.KubernetesConfiguration/extensions/operations/read",
)  # fmt: skip
"""On the cluster's resource: put it there and follow it."""
GROUP: Final[Mapping[str, tuple[str, ...]]] = {
    "Microsoft.Relay": (
        "Microsoft.Relay/namespaces/write", "Microsoft.Relay/namespaces/hybridConnections/write",
        "Microsoft.Relay/namespaces/authorizationRules/write",
        "Microsoft.Relay/namespaces/authorizationRules/listKeys/action",
    ),
    "Microsoft.ServiceBus": (
        "Microsoft.ServiceBus/namespaces/write", "Microsoft.ServiceBus/namespaces/topics/write",
        "Microsoft.ServiceBus/namespaces/topics/subscriptions/write",
        "Microsoft.ServiceBus/namespaces/authorizationRules/listKeys/action",
    ),
    "Microsoft.OperationalInsights": (
        "Microsoft.OperationalInsights/workspaces/write", "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    ),
}  # fmt: skip
"""In the cluster's resource group, by the provider that the install needs."""
_ROLES: Final[Mapping[str, str]] = {
    "Microsoft.KubernetesConfiguration": "Kubernetes Extension Contributor on the cluster",
    "Microsoft.Relay": "Azure Relay Owner on the resource group",
    "Microsoft.ServiceBus": "Azure Service Bus Data Owner on the resource group",
    "Microsoft.OperationalInsights": "Log Analytics Contributor on the resource group",
}


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """One note for each provider whose actions are wanted, one for the cluster."""
    yield _actions(survey.on_cluster, "Microsoft.KubernetesConfiguration", INSTALL, "the cluster's resource", False)
    group = f"resource group {arm_id.group(survey.cluster_id)}"
    for namespace in needed(survey, wish):
        if namespace in GROUP:
            there = namespace == "Microsoft.Relay" and bool(_relay(survey))
            yield _actions(survey.on_group, namespace, GROUP[namespace], group, there)
    yield _following(survey)


def _relay(survey: Survey) -> str:
    """The name of the cluster's Relay namespace, empty when none was seen."""
    found = relay.of_cluster(seen(survey.relays) or (), survey.cluster_id)
    return found[0].name if found else ""


def _actions(
    part: Part[tuple[Permission, ...]], namespace: str, actions: tuple[str, ...], where: str, there: bool
) -> Note:
    """`there`: what would be written exists and is reused, so that only its key has to be readable."""
    provider = namespace.removeprefix("Microsoft.").lower()
    if isinstance(part, Problem):
        what = f"whether you may write {namespace} on {where} could not be seen; ARM will tell when it is sent"
        step = "see your roles: az role assignment list --include-inherited --all"
        return unknown(f"permission-{provider}-unknown", what, [part], remedy=step)
    wanted = [each for each in actions if not there or not each.endswith("/write")]
    lacking = [each for each in wanted if not allows(part, each)]
    if not lacking:
        what = f"you may write {namespace} on {where}" if not there else f"you may reuse {namespace} in {where}"
        return Note(
            f"permission-{provider}-granted", Health.GOOD, what, f"Microsoft.Authorization/permissions: {wanted[0]}"
        )
    blocks = any(each.endswith(("/write", "/action")) for each in lacking)
    return Note(
        f"permission-{provider}-missing", Health.BAD if blocks else Health.WARN,
        f"an install takes rights to {namespace} on {where} that you do not have",
        f"Microsoft.Authorization/permissions lacks {listed(lacking)}", f"ask for the role {_ROLES[namespace]}",
    )  # fmt: skip


def _following(survey: Survey) -> Note:
    """The install is done by the cluster's own agents: what we may not see there does not stop it."""
    answers = {need: survey.rights.get(need) for need in NEEDS}
    refused = [need.told(NAMESPACE) for need, answer in answers.items() if answer is False]
    silent = [need.told(NAMESPACE) for need, answer in answers.items() if answer is None]
    if refused:
        what = "you may not see all of an install in the cluster; it would go on all the same"
        step = "ask for these rights, or use another context"
        return Note("rights-missing", Health.WARN, what, f"SelfSubjectAccessReview refuses {listed(refused, 10)}", step)
    if silent:
        what = "whether you may follow an install in the cluster could not be seen"
        return Note("rights-unknown", Health.UNKNOWN, what, f"no answer for {listed(silent, 10)}")
    what = "you may follow an install in the cluster"
    return Note("rights-granted", Health.GOOD, what, f"SelfSubjectAccessReview: {len(answers)} rights")
