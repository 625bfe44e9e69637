"""The plan of an install: whole bodies by cluster, workload and era, and what is there already."""

from __future__ import annotations

import shlex
from base64 import b64encode
from itertools import product
from typing import Any

import pytest

from tui.client import arm_versions
from tui.core.redact import MASK
from tui.core.secret import Secret
from tui.domain import extension
from tui.domain.cluster import ClusterRow
from tui.domain.cluster import decode as cluster_row
from tui.domain.extension import ExtensionRow
from tui.domain.plans import az_command
from tui.domain.plans import deploy as plan_deploy
from tui.domain.plans.draft import Draft
from tui.domain.plans.plan import Fill, Plan, Step, shown
from tui.domain.settings.catalogue import Era

SUB = "1b2c3d4e-0000-4000-8000-00000000abcd"
GROUP = f"/subscriptions/{SUB}/resourceGroups/rg-ml"
CLUSTERS = {
    "Arc": f"{GROUP}/providers/Microsoft.Kubernetes/connectedClusters/arc-west",
    "AKS": f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/arc-west",
}
RELAY = f"{GROUP}/providers/Microsoft.Relay/namespaces/arcwest1b2c3d4e00004000800000000000abcdrgmlrelay"
HYBRID = f"{RELAY}/hybridConnections/arc-west"
BUS = f"{GROUP}/providers/Microsoft.ServiceBus/namespaces/arcwest1b2c3d4e00004000800000000000abcdrgmls8a1114"
LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/arcwest1b2c3d4e00004000800000000000abcdrgml"
CERT, KEY = "-----BEGIN CERTIFICATE-----\nMII\n", "-----BEGIN PRIVATE KEY-----\nMIJ\n"


def cluster(kind: str = "Arc", *, nodes: int = 4, location: str = "westus2", **inner: Any) -> ClusterRow:
    sizes: dict[str, Any] = {"totalNodeCount": nodes} if kind == "Arc" else {"agentPoolProfiles": [{"count": nodes}]}
    body = {"id": CLUSTERS[kind], "name": "arc-west", "location": location, "properties": {**sizes, **inner}}
    return cluster_row(body)


def live(state: str = "Succeeded", settings: dict[str, str] | None = None, **inner: Any) -> ExtensionRow:
    properties = {
        "extensionType": "Microsoft.AzureML.Kubernetes", "autoUpgradeMinorVersion": True, "releaseTrain": "Stable",
        "provisioningState": state, "currentVersion": "1.1.39", "configurationSettings": settings or {}, **inner,
    }  # fmt: skip
    path = f"{CLUSTERS['Arc']}/providers/Microsoft.KubernetesConfiguration/extensions/amlarc-compute"
    return extension.decode({"id": path, "name": "amlarc-compute", "properties": properties})


TRAINING = {"enableTraining": "True"}
SERVING = {"enableInference": "True", "inferenceRouterServiceType": "NodePort"}
PEM = {"sslCertPemFile": Secret(CERT), "sslKeyPemFile": Secret(KEY)}
ENCODED = {
    "scoringFe.sslCert": Secret(b64encode(CERT.encode()).decode()),
    "scoringFe.sslKey": Secret(b64encode(KEY.encode()).decode()),
}
PORT = {"scoringFe.serviceType.nodePort": "True"}
WISHES: dict[str, tuple[dict[str, str], dict[str, Secret], dict[str, str], dict[str, Secret]]] = {
    "training": (TRAINING, {}, {"enableInference": "False"}, {}),
    "inference, PEM": (SERVING | {"sslCname": "ml.test"}, PEM, {"enableTraining": "False"} | PORT, ENCODED),
    "inference, secret": (
        SERVING | {"sslCname": "ml.test", "sslSecret": "tls"}, {},
        {"enableTraining": "False", "scoringFe.sslSecret": "tls"} | PORT, {},
    ),
    "inference, insecure": (
        SERVING | {"allowInsecureConnections": "True"}, {}, {"enableTraining": "False"} | PORT, {},
    ),
    "both": (
        TRAINING | {"enableInference": "true", "inferenceRouterServiceType": "loadBalancer", "sslCname": "ml.test",
                    "internalLoadBalancerProvider": "azure"}, PEM,
        {"scoringFe.serviceType.internalLoadBalancer": "True"}, ENCODED,
    ),
}  # fmt: skip
"""What is given, plain and protected; what is added, plain and protected."""


def expected(kind: str, wish: str, era: Era, logs: bool) -> dict[str, Any]:
    given, _secrets, more, hidden = WISHES[wish]
    here = CLUSTERS[kind]
    settings: dict[str, Any] = {
        **given, **more, "cluster_name": here, "clusterId": here, "cluster_name_friendly": "arc-west",
        "prometheus.prometheusSpec.externalLabels.cluster_name": here, "domain": "westus2.cloudapp.azure.com",
        "location": "westus2", "jobSchedulerLocation": "westus2",
    }  # fmt: skip
    protected: dict[str, Any] = dict(hidden)
    if kind == "Arc":
        settings |= {"relayserver.enabled": "true", "nginxIngress.enabled": "false",
                     "relayserver.hybridConnectionResourceID": HYBRID,
                     "relayserver.hybridConnectionName": "arc-west"}  # fmt: skip
        string = Fill("relay-connection-string")
        protected |= {"relayServerConnectionString": string, "relayserver.relayConnectionString": string}
    else:
        settings |= {"relayserver.enabled": "false", "nginxIngress.enabled": "true"}
    if era == "C":
        settings |= {"servicebus.enabled": "false"}
    else:
        mapped = "servicebus.topicSubMapping."
        settings |= {
            "servicebus.resourceID": BUS,
            f"{mapped}computestate-updatedby-computeprovider": "compute-scheduler-computestate",
            f"{mapped}jobstate-updatedby-computeprovider": "compute-scheduler-jobstate",
        }
        string = Fill("service-bus-connection-string")
        protected |= {"serviceBusConnectionString": string, "servicebus.connectionString": string}
        if wish != "training":
            settings |= {"clusterPurpose": "FastProd"}
    if logs:
        settings |= {"logAnalyticsWS": "True", "azure_log_analytics.enabled": "True",
                     "azure_log_analytics.customer_id": Fill("log-analytics-id")}  # fmt: skip
        protected |= {"azure_log_analytics.connection_string": Fill("log-analytics-key")}
    return {
        "identity": {"type": "SystemAssigned"},
        "location": "",
        "properties": {
            "extensionType": "microsoft.azureml.kubernetes", "autoUpgradeMinorVersion": True, "releaseTrain": "stable",
            "scope": {"cluster": {"releaseNamespace": "azureml"}}, "configurationSettings": settings,
            "configurationProtectedSettings": protected,
        },
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "wish", "era", "logs"), list(product(CLUSTERS, WISHES, ("B", "C"), (False, True))))
def test_the_body_is_the_one_the_az_cli_sends(kind: str, wish: str, era: Era, logs: bool) -> None:
    given, secrets, _more, _hidden = WISHES[wish]
    draft = Draft(settings=given | ({"logAnalyticsWS": "True"} if logs else {}), protected=secrets)
    made = plan_deploy.plan(draft, cluster(kind), None, era=era)
    assert made.steps[-1].body == expected(kind, wish, era, logs)
    assert (made.steps[-1].method, made.steps[-1].path, made.steps[-1].follows) == ("PUT", made.target, True)
    begun = [step.id.partition("-")[0] for step in made.steps if step.id.endswith(("namespace", "workspace"))]
    assert begun == ["log"] * logs + ["relay"] * (kind == "Arc") + ["service"] * (era == "B")
    assert len(made.costs) == len(begun) == len(made.lasting)
    told = str(made) + str([shown(step.body) for step in made.steps]) + str([step.command for step in made.steps])
    assert not any(secret in told for secret in ("MII", "MIJ", b64encode(CERT.encode()).decode()[:20]))


@pytest.mark.parametrize("settings", [TRAINING, SERVING | {"allowInsecureConnections": "True"}])
def test_a_certificate_nobody_uses_is_not_sent(settings: dict[str, str]) -> None:
    made = plan_deploy.plan(Draft(settings=settings, protected=PEM), cluster("AKS"), None)
    assert (made.steps[-1].body or {})["properties"]["configurationProtectedSettings"] == {}


def steps(made: Plan) -> dict[str, Step]:
    assert len({step.id for step in made.steps}) == len(made.steps)
    return {step.id: step for step in made.steps}


def settings_of(made: Plan) -> dict[str, Any]:
    return dict((made.steps[-1].body or {})["properties"]["configurationSettings"])


@pytest.mark.parametrize(
    ("nodes", "era", "given", "added"),
    [
        (2, "C", TRAINING, {"clusterPurpose": "DevTest", "inferenceRouterHA": "false"}),
        (2, "C", TRAINING | {"inferenceRouterHA": "True"}, {"clusterPurpose": "DevTest", "inferenceRouterHA": "True"}),
        (3, "C", TRAINING, {}),
        (0, "C", TRAINING, {}),
        (2, "B", TRAINING, {}),
        (2, "B", SERVING, {"clusterPurpose": "DevTest", "inferenceLoadBalancerHA": "false"}),
        (9, "B", SERVING | {"inferenceLoadBalancerHA": "False"},
         {"clusterPurpose": "DevTest", "inferenceLoadBalancerHA": "False"}),
    ],
)  # fmt: skip
def test_a_small_cluster_has_one_front_end(nodes: int, era: Era, given: dict[str, str], added: dict[str, str]) -> None:
    names = ("clusterPurpose", "inferenceRouterHA", "inferenceLoadBalancerHA")
    for kind in CLUSTERS:
        made = plan_deploy.plan(Draft(settings=given), cluster(kind, nodes=nodes), None, era=era)
        assert {key: value for key, value in settings_of(made).items() if key in names} == added
        assert any(note.code == "few-nodes" for note in made.notes) is (nodes == 2)


def test_what_the_operator_gives_is_never_overwritten() -> None:
    own = {"domain": "ml.test", "location": "moon", "cluster_name": "mine", "nginxIngress.enabled": "true",
           "servicebus.enabled": "false", "ENABLETRAINING": "true", "nodeSelector.Gpu": "v"}  # fmt: skip
    found = settings_of(plan_deploy.plan(Draft(settings=own), cluster(distribution="OpenShift"), None))
    assert found.items() >= {
        "domain": "ml.test", "location": "moon", "cluster_name": "mine", "clusterId": "mine",
        "nginxIngress.enabled": "true", "openshift": "true", "enableTraining": "true", "nodeSelector.Gpu": "v",
    }.items()  # fmt: skip
    assert "ENABLETRAINING" not in found


def test_a_migrated_aks_keeps_its_front_end_where_it_was() -> None:
    found = settings_of(plan_deploy.plan(Draft(settings=SERVING | {"isAKSMigration": "True"}), cluster("AKS"), None))
    assert found["scoringFe.namespace"] == "default"


def test_a_secret_among_the_plain_settings_is_sent_and_never_shown() -> None:
    draft = Draft(settings=TRAINING | {"relayServerConnectionString": "Endpoint=sb://x;SharedAccessKey=hunter2"})
    made = plan_deploy.plan(draft, cluster(), None)
    assert settings_of(made)["relayServerConnectionString"] == Secret("Endpoint=sb://x;SharedAccessKey=hunter2")
    assert "hunter2" not in str(made)
    assert "relayServerConnectionString=@FILE" in made.az


@pytest.mark.parametrize(
    ("version", "auto", "told"), [("", True, {}), ("1.1.39", True, {}), ("1.1.39", False, {"version": "1.1.39"})]
)
def test_a_version_is_sent_only_without_auto_upgrade(version: str, auto: bool, told: dict[str, str]) -> None:
    draft = Draft(settings=TRAINING, version=version, auto_upgrade=auto, train="preview")
    inner = (plan_deploy.plan(draft, cluster(), None).steps[-1].body or {})["properties"]
    assert {key: value for key, value in inner.items() if key == "version"} == told
    assert (inner["autoUpgradeMinorVersion"], inner["releaseTrain"]) == (auto, "preview")


def test_odd_spellings_of_a_cluster_give_the_usual_names() -> None:
    row = cluster(location="West US 2")
    odd = cluster_row({"id": row.id.replace("resourceGroups", "resourcegroups").replace("connectedC", "ConnectedC"),
                       "name": "arc-west", "location": "West US 2", "properties": {"totalNodeCount": 4}})  # fmt: skip
    usual = plan_deploy.plan(Draft(settings=TRAINING), cluster(), None)
    for each in (row, odd):
        assert plan_deploy.plan(Draft(settings=TRAINING), each, None) == usual


def test_providers_that_are_not_registered_come_first_and_only_those_that_matter() -> None:
    lacking = {"microsoft.relay", "Microsoft.KubernetesConfiguration", "Microsoft.ServiceBus", "Microsoft.Other"}
    made = plan_deploy.plan(Draft(settings=TRAINING), cluster(), None, unregistered=lacking)
    assert [step.id for step in made.steps[:3]] == [
        "register-microsoft.kubernetesconfiguration", "register-microsoft.relay", "relay-namespace",
    ]  # fmt: skip
    first = made.steps[0]
    assert (first.method, first.path, first.follows) == (
        "POST", f"/subscriptions/{SUB}/providers/Microsoft.KubernetesConfiguration/register", True,
    )  # fmt: skip
    assert first.writes
    assert first.command.startswith("az provider register --namespace Microsoft.KubernetesConfiguration --wait")
    assert any("registration" in text for text in made.lasting)


def test_the_one_az_command_carries_what_was_given_and_no_secret() -> None:
    draft = Draft(
        name="my ext", train="preview", auto_upgrade=False, version="1.1.39",
        settings=TRAINING | {"nodeSelector.a": "it's"}, protected=PEM,
    )  # fmt: skip
    words = shlex.split(plan_deploy.plan(draft, cluster("AKS"), None).az)
    assert words[:3] == ["az", "k8s-extension", "create"]
    options = dict(zip(words[3::2], words[4::2], strict=False))
    assert options["--name"] == "my ext"
    assert options["--cluster-type"] == "managedClusters"
    assert (options["--release-train"], options["--auto-upgrade"], options["--version"]) == (
        "preview", "false", "1.1.39",
    )  # fmt: skip
    assert words[words.index("--configuration-settings") + 1 :] == [
        "enableTraining=True", "nodeSelector.a=it's", "--configuration-protected-settings", "sslCertPemFile=@FILE",
        "sslKeyPemFile=@FILE",
    ]  # fmt: skip


def test_every_request_has_a_command_and_the_version_is_the_client_s() -> None:
    made = plan_deploy.plan(Draft(settings=TRAINING | {"logAnalyticsWS": "True"}), cluster(), None, era="B")
    assert all(step.command.startswith("az ") for step in made.steps)
    assert arm_versions.EXTENSION_VERSIONS[0] == az_command.VERSION
    assert MASK in str(shown(made.steps[-1].body))
