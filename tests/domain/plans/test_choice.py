"""Which plan a wish leads to: an install, an update of what runs, a deploy anew where the Relay is gone, a delete."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tui.core.errors import Problem
from tui.domain import cluster, extension, relay
from tui.domain.plans import choice
from tui.domain.plans.draft import Draft
from tui.domain.plans.plan import Plan

SUB, GROUP = "c70d1b5d-ee7a-4d5d-aa17-a5ea5be5b96e", "rg-ml"
CLUSTER = f"/subscriptions/{SUB}/resourceGroups/{GROUP}/providers/Microsoft.Kubernetes/connectedClusters/arc"
EXTENSION = f"{CLUSTER}/providers/Microsoft.KubernetesConfiguration/extensions/amlarc-compute"
RELAY = (
    f"/subscriptions/{SUB}/resourceGroups/{GROUP}/providers/Microsoft.Relay/namespaces/"
    f"{relay.expected_name('arc', SUB, GROUP)}"
)


def rows(state: str = "", *, relays: bool = True, **settings: str) -> dict[str, dict[str, Any]]:
    """What the store knows: the cluster, the extension in a state (empty: none), its Relay."""
    home = {"id": CLUSTER, "name": "arc", "location": "westus2", "properties": {"connectivityStatus": "Connected"}}
    body = {
        "id": EXTENSION, "name": "amlarc-compute",
        "properties": {
            "extensionType": "microsoft.azureml.kubernetes", "releaseTrain": "stable", "provisioningState": state,
            "autoUpgradeMinorVersion": True, "configurationSettings": {"enableTraining": "True", **settings},
        },
    }  # fmt: skip
    return {
        "clusters": {"arc": cluster.decode(home)},
        "extensions": {"amlarc-compute": extension.decode(body)} if state else {},
        "relays": {"r": relay.decode({"id": RELAY, "name": RELAY.rpartition("/")[2]})} if relays else {},
    }


def wished(known: dict[str, dict[str, Any]], **settings: str) -> Plan:
    """The plan of what is there with some settings changed."""
    draft = choice.draft_of(choice.live_of(known))
    made = choice.wished(replace(draft, settings={**draft.settings, **settings}), known, None)
    assert isinstance(made, Plan)
    return made


def test_nothing_installed_is_a_deploy_that_trains() -> None:
    plan = wished(rows())
    assert (plan.verb, plan.steps[-1].method) == ("deploy", "PUT")
    body = plan.steps[-1].body
    assert body is not None
    assert body["properties"]["configurationSettings"]["enableTraining"] == "True"
    assert not plan.blocked


def test_what_is_installed_is_updated_with_what_differs_only() -> None:
    plan = wished(rows("Succeeded"), installDcgmExporter="true")
    assert (plan.verb, plan.steps[-1].method) == ("update", "PATCH")
    assert plan.steps[-1].body == {"properties": {"configurationSettings": {"installDcgmExporter": "true"}}}
    assert not wished(rows("Succeeded")).steps


def test_a_relay_that_is_gone_makes_even_what_is_as_wished_a_deploy() -> None:
    plan = wished(rows("Succeeded", relays=False))
    assert plan.verb == "deploy"
    assert any("Microsoft.Relay" in step.path for step in plan.steps)
    assert plan.steps[-1].method == "PUT"


def test_a_failed_one_is_replaced_and_judged_as_a_whole() -> None:
    known = rows("Failed")
    made = choice.wished(Draft(settings={"installPromOp": "True"}), known, None)
    assert isinstance(made, Plan)
    assert made.verb == "deploy"
    assert made.blocked, "it would be without training and inference, whatever was live before"
    assert not wished(known).blocked


def test_only_what_is_there_is_deleted() -> None:
    assert isinstance(choice.removal(rows(), force=False), Problem)
    plan = choice.removal(rows("Succeeded"), force=True)
    assert isinstance(plan, Plan)
    assert "forceDelete=true" in plan.steps[-1].path
    assert plan.name_to_type == "amlarc-compute"


def test_without_a_cluster_there_is_no_plan() -> None:
    assert isinstance(choice.wished(Draft(), {}, None), Problem)
    assert isinstance(choice.removal({}, force=False), Problem)
