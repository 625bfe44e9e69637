"""Objects as a survey keeps them, and the names it goes by."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.preflight.surveys import node, note, obj, survey
from tui.core.health import Health
from tui.core.kind import Kind
from tui.domain.preflight.link import REGIONS
from tui.domain.preflight.permissions import GROUP, INSTALL
from tui.domain.surveys import kube
from tui.domain.surveys.survey import BLOB_DRIVER, DEFINITIONS, LEGACY_ROLE, NEEDS, PROVIDERS, SCHEDULER_MAP

FULL: dict[str, Any] = {
    "metadata": {
        "name": "x", "namespace": "a", "labels": {"app": "x", "app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "r", "meta.helm.sh/release-namespace": "azureml", "other": "o"},
        "deletionTimestamp": "2023-11-14T00:00:00Z", "ownerReferences": [{"kind": "Prometheus", "name": "p"}],
    },
    "spec": {
        "replicas": 3,
        "template": {
            "metadata": {"labels": {"name": "pod"}},
            "spec": {
                "initContainers": [{"image": "i:1"}],
                "containers": [{"image": "c:2", "args": ["--v=3", "--ingress-class=n", "--controller-class=k8s.io/x"]}],
                "volumes": [{"hostPath": {"path": "/etc/k"}}, {"emptyDir": {}}, {"hostPath": {}}],
            },
        },
    },
    "status": {"desiredNumberScheduled": 5, "numberReady": 4, "readyReplicas": 2},
}  # fmt: skip


def test_a_workload() -> None:
    found = kube.workload(FULL, "Deployment")
    assert (found.key, found.namespace, found.name, str(found)) == ("a/x", "a", "x", "Deployment a/x")
    assert (found.release, found.release_namespace, found.deleting, found.controlled) == ("r", "azureml", True, True)
    assert (found.images, found.host_paths) == (("i:1", "c:2"), ("/etc/k",))
    assert found.args == ("--ingress-class=n", "--controller-class=k8s.io/x")
    assert (found.label("app"), found.label("name"), found.label("none")) == ("x", "pod", "")
    assert (found.desired, found.ready) == (3, 2)
    daemon = kube.workload(FULL, "DaemonSet")
    assert (daemon.desired, daemon.ready) == (5, 4)
    assert kube.workload({}, "Deployment").desired == 1
    assert kube.workload({"spec": {"replicas": 0}}, "StatefulSet").desired == 0


def test_a_plain_thing() -> None:
    bare = kube.thing({"metadata": {"name": "x"}}, "CSIDriver")
    assert (bare.key, bare.release, bare.deleting, bare.controlled) == ("x", "", False, False)
    assert not bare.owned({""}), "no release is nobody's"
    whole = kube.thing(FULL, "Service")
    assert whole.owned({"r"})
    assert not whole.owned({"q"})


def test_a_machine() -> None:
    found = kube.machine(node("n", arch="arm64", system="windows"))
    assert (found.key, found.arch, found.system) == ("n", "arm64", "windows")
    labels = {"beta.kubernetes.io/arch": "s390x", "kubernetes.io/os": "plan9"}
    labelled = kube.machine(node("n", labels=labels))
    assert (labelled.arch, labelled.system) == ("s390x", "plan9")


def test_configuration_is_cut() -> None:
    assert len(kube.scheduler_config({"data": {"a": "x" * 100_000, "b": "y" * 100_000}}).text) <= 20_000


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (kube.DAEMON_SETS, "/apis/apps/v1/daemonsets"),
        (kube.DEPLOYMENTS, "/apis/apps/v1/deployments"),
        (kube.STATEFUL_SETS, "/apis/apps/v1/statefulsets"),
        (kube.MACHINES, "/api/v1/nodes"),
        (kube.SPACES, "/api/v1/namespaces"),
        (kube.CONFIG_MAPS, "/api/v1/namespaces/azureml/configmaps"),
        (kube.SCHEDULER_CONFIGS, "/api/v1/namespaces/azureml/configmaps"),
        (kube.SERVICES, "/api/v1/namespaces/azureml/services"),
        (kube.ACCOUNTS, "/api/v1/namespaces/azureml/serviceaccounts"),
        (kube.SECRETS, "/api/v1/namespaces/azureml/secrets"),
        (kube.CLUSTER_ROLES, "/apis/rbac.authorization.k8s.io/v1/clusterroles"),
        (kube.CSI_DRIVERS, "/apis/storage.k8s.io/v1/csidrivers"),
        (kube.DEFINITIONS, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"),
        (kube.INGRESS_CLASSES, "/apis/networking.k8s.io/v1/ingressclasses"),
        (kube.WEBHOOKS, "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"),
    ],
)
def test_where_each_kind_is(kind: Kind, path: str) -> None:
    space = "azureml" if "/azureml/" in path else None
    assert kind.path(space) == path
    row: Any = kind.decode(obj("x"))
    assert getattr(row, "kind", kind.kind) == kind.kind


def test_the_definitions_of_the_extension() -> None:
    aml = "amljobs identities instancetypes metrics onlinedeployments onlineendpoints quotaoverrides"
    prometheus = (
        "alertmanagerconfigs alertmanagers podmonitors probes prometheuses prometheusrules servicemonitors thanosrulers"
    )
    volcano = """jobs.batch.volcano.sh commands.bus.volcano.sh podgroups.scheduling.volcano.sh
        queues.scheduling.volcano.sh numatopologies.nodeinfo.volcano.sh"""
    assert {family: set(names) for family, names in DEFINITIONS.items()} == {
        "azureml": {f"{each}.amlarc.azureml.com" for each in aml.split()},
        "volcano": set(volcano.split()),
        "prometheus": {f"{each}.monitoring.coreos.com" for each in prometheus.split()},
    }


def test_names_that_are_looked_for() -> None:
    assert (BLOB_DRIVER, LEGACY_ROLE) == ("blob.csi.azure.com", "azureml-fe-role")
    assert SCHEDULER_MAP == "volcano-scheduler-configmap"
    assert " ".join(REGIONS) == (
        "eastus eastus2 westus2 westcentralus southcentralus northeurope westeurope uksouth southeastasia australiaeast"
    )
    assert {name.removeprefix("Microsoft.") for name in PROVIDERS} == {
        "Kubernetes", "ContainerService", "KubernetesConfiguration", "ExtendedLocation", "Relay", "ServiceBus",
        "OperationalInsights", "MachineLearningServices", "Storage",
    }  # fmt: skip
    assert sorted(need.told("azureml") for need in NEEDS) == [
        "get configmaps in azureml", "get pods/log in azureml", "list daemonsets.apps in azureml",
        "list deployments.apps in azureml", "list events in azureml", "list namespaces", "list nodes",
        "list pods in azureml", "list statefulsets.apps in azureml", "watch pods in azureml",
    ]  # fmt: skip


def test_actions_that_are_needed() -> None:
    extensions = "Microsoft.KubernetesConfiguration/extensions"
    assert set(INSTALL) == {f"{extensions}/write", f"{extensions}/read", f"{extensions}/operations/read"}
    relay, bus = "Microsoft.Relay/namespaces", "Microsoft.ServiceBus/namespaces"
    assert {each for actions in GROUP.values() for each in actions} == {
        f"{relay}/write", f"{relay}/hybridConnections/write", f"{relay}/authorizationRules/write",
        f"{relay}/authorizationRules/listKeys/action", f"{bus}/write", f"{bus}/topics/write",
        f"{bus}/topics/subscriptions/write", f"{bus}/authorizationRules/listKeys/action",
        "Microsoft.OperationalInsights/workspaces/write", "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    }  # fmt: skip
    assert all(each.startswith(f"{namespace}/") for namespace, actions in GROUP.items() for each in actions)


def test_rights_that_are_there() -> None:
    assert note("rights-granted").health is Health.GOOD
    assert survey().is_arc
    assert not survey(aks=True).is_arc
