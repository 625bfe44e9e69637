"""The Azure resources behind an extension: their names, the requests that make them, and when none is made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.plans.test_deploy import (
    BUS,
    CLUSTERS,
    GROUP,
    HYBRID,
    LOGS,
    RELAY,
    TRAINING,
    cluster,
    live,
    settings_of,
    steps,
)
from tui.core.secret import Secret
from tui.domain.plans import deploy as plan_deploy
from tui.domain.plans.az_names import home_of, valid_name
from tui.domain.plans.draft import Draft


def test_a_long_name_ends_in_a_digest_of_the_whole() -> None:
    whole = "arc-west-1b2c3d4e-0000-4000-8000-00000000abcd-rg-ml-service-bus"
    assert valid_name(whole, 50) == "arcwest1b2c3d4e00004000800000000000abcdrgmls8a1114"
    assert valid_name("a-b_c", 3) == "abc"


@given(st.text(alphabet="abcXYZ019-_.", min_size=1, max_size=90), st.integers(min_value=7, max_value=63))
def test_a_name_is_never_too_long_and_has_letters_and_digits_only(whole: str, longest: int) -> None:
    name = valid_name(whole, longest)
    assert len(name) <= longest
    assert name == "" or name.isalnum()
    assert name == valid_name(whole, longest)


def test_the_home_of_a_cluster() -> None:
    found = home_of(cluster("AKS", location="West Europe"))
    assert (found.cluster_id, found.type, found.location) == (CLUSTERS["AKS"], "managedClusters", "westeurope")
    assert found.is_managed
    assert not home_of(cluster()).is_managed


def test_the_relay_is_made_like_the_cli_makes_it() -> None:
    found = steps(plan_deploy.plan(Draft(settings=TRAINING), cluster(), None))
    assert list(found) == ["relay-namespace", "relay-connection", "relay-rule", "relay-keys", "extension"]
    tags = {"created_by": "Azure Arc-enabled ML"}
    assert (found["relay-namespace"].path, found["relay-namespace"].body) == (
        RELAY, {"location": "westus2", "tags": tags},
    )  # fmt: skip
    assert found["relay-connection"].path == HYBRID
    assert found["relay-connection"].body == {"properties": {"requiresClientAuthorization": True}}
    assert found["relay-rule"].path == f"{HYBRID}/authorizationRules/azureml_rw"
    assert found["relay-rule"].body == {"properties": {"rights": ["Manage", "Send", "Listen"]}}
    keys = found["relay-keys"]
    assert (keys.method, keys.path) == ("POST", f"{HYBRID}/authorizationRules/azureml_rw/listKeys")
    assert keys.gives == {"relay-connection-string": "primaryConnectionString"}
    assert not keys.writes
    assert [step.reuse for step in found.values()] == [True, True, True, False, False]


def test_the_service_bus_has_its_topics_with_their_figures() -> None:
    made = plan_deploy.plan(Draft(settings=TRAINING), cluster("AKS"), None, era="B")
    found = steps(made)
    assert list(found) == [
        "service-bus-namespace", "service-bus-topic-computestate", "service-bus-subscription-computestate",
        "service-bus-topic-jobstate", "service-bus-subscription-jobstate", "service-bus-keys", "extension",
    ]  # fmt: skip
    tags = {"created_by": "Azure Arc-enabled ML"}
    assert found["service-bus-namespace"].path == BUS
    assert found["service-bus-namespace"].body == {"location": "westus2", "sku": {"name": "Standard"}, "tags": tags}
    topic = found["service-bus-topic-jobstate"]
    assert topic.path == f"{BUS}/topics/jobstate-updatedby-computeprovider"
    assert topic.body == {"properties": {"maxSizeInMegabytes": 5120, "defaultMessageTimeToLive": "P60D"}}
    inside = found["service-bus-subscription-jobstate"]
    assert inside.path == f"{topic.path}/subscriptions/compute-scheduler-jobstate"
    assert inside.body == {
        "properties": {"maxDeliveryCount": 1, "defaultMessageTimeToLive": "P14D", "lockDuration": "PT30S"}
    }
    assert found["service-bus-keys"].path == f"{BUS}/authorizationRules/RootManageSharedAccessKey/listKeys"


def test_log_analytics_is_made_only_when_asked_for() -> None:
    found = steps(plan_deploy.plan(Draft(settings=TRAINING | {"logAnalyticsWS": "true"}), cluster("AKS"), None))
    workspace = found["log-analytics-workspace"]
    assert (workspace.path, workspace.reuse, workspace.gives) == (
        LOGS, True, {"log-analytics-id": "properties.customerId"},
    )  # fmt: skip
    keys = found["log-analytics-keys"]
    assert (keys.path, keys.gives, keys.writes) == (
        f"{LOGS}/sharedKeys", {"log-analytics-key": "primarySharedKey"}, False,
    )  # fmt: skip
    off = plan_deploy.plan(Draft(settings=TRAINING | {"logAnalyticsWS": "False"}), cluster("AKS"), None)
    assert [step.id for step in off.steps] == ["extension"]


@pytest.mark.parametrize("key", ["relayServerConnectionString", "relayserver.relayConnectionString"])
def test_a_connection_string_that_is_given_makes_no_relay(key: str) -> None:
    draft = Draft(settings=TRAINING, protected={key: Secret("Endpoint=sb://mine")})
    made = plan_deploy.plan(draft, cluster(), None)
    assert [step.id for step in made.steps] == ["extension"]
    inner = (made.steps[-1].body or {})["properties"]
    assert inner["configurationProtectedSettings"]["relayserver.relayConnectionString"] == Secret("Endpoint=sb://mine")
    assert "relayserver.hybridConnectionResourceID" not in inner["configurationSettings"]


def test_the_relay_that_is_in_use_is_kept_whatever_its_name() -> None:
    mine = f"{GROUP}-2/providers/Microsoft.Relay/namespaces/mine/hybridConnections/door"
    made = plan_deploy.plan(
        Draft(settings=TRAINING), cluster(), live("Failed", {"relayserver.hybridConnectionResourceID": mine})
    )
    found = steps(made)
    assert found["relay-connection"].path == mine
    assert "--resource-group rg-ml-2" in found["relay-namespace"].command
    assert settings_of(made)["relayserver.hybridConnectionName"] == "door"
    odd = live("Failed", {"relayserver.hybridConnectionResourceID": "https://evil.example/x"})
    assert steps(plan_deploy.plan(Draft(settings=TRAINING), cluster(), odd))["relay-connection"].path == HYBRID
