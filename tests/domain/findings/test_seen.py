"""The install catalogue by what is seen in the cluster: pods, logs, events, the health check, ARM's view."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.hostile import MEAN, offences, strings
from tests.domain.build import NOW, Box, conditions, ended, running, waiting
from tests.domain.findings.cases import HOOK, TIMEOUT, check, cluster_row, event_row, pod, report, row, seen
from tui.domain.findings.install_failure import Diagnosis, Evidence, Rank, diagnose
from tui.domain.workload import decode as workload

X509 = "x509: certificate signed by unknown authority"
SCC = "unable to validate against any security context constraint: [provider restricted-v2]"
CRASH = Box(state=waiting("CrashLoopBackOff"), restarts=3, last=ended(1, "Error", message="no way"))
ROOMLESS = conditions(PodScheduled=(False, "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."))
APART = conditions(
    PodScheduled=(False, "Unschedulable", "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.")
)


def only(evidence: Evidence, code: str) -> Diagnosis:
    """The one finding of this code."""
    (found,) = [one for one in diagnose(evidence) if one.code == code]
    return found


def unplaced(component: str, why: Any = ROOMLESS) -> Any:
    return pod(component, Box(component, {}, reported=False), phase="Pending", node="", conditions=why)


def test_a_timeout_is_explained_by_what_was_not_ready() -> None:
    pull = Box("gateway", waiting("ImagePullBackOff", "back-off"), image="mcr.microsoft.com/gateway:1")
    pods = (unplaced("volcano-scheduler"), pod("gateway", pull, phase="Pending"), pod("relayserver", CRASH))
    found = only(seen(TIMEOUT, pods=pods), "X1")
    assert found.rank is Rank.EXPLAINED
    assert "volcano-scheduler-7b58dc99cd-c6c4s: 0/3 nodes: 3 too little cpu" in found.cause
    assert "exit 1: no way" in found.cause
    assert [step.split(":")[0].split(" from")[0] for step in found.remedy] == [
        "give the nodes more room, or free some",
        "let the nodes pull images",
        "read the log of the component that keeps ending; it is gone with the pod, so look in the recording",
        "mend what kept the components",
    ]


def test_an_event_tells_what_a_pod_does_not_say_any_more() -> None:
    pull = Box("gateway", waiting("ImagePullBackOff"), image="mcr.microsoft.com/gateway:1")
    sick = pod("gateway", pull, phase="Pending")
    events = (event_row("i/o timeout", name=sick.name), event_row("quite another", name="other"))
    found = only(seen(TIMEOUT, pods=(sick,), events=events), "X1")
    assert "ImagePullBackOff: gateway:1" in found.cause
    assert found.evidence[-1] == f"event on pod/{sick.name}: Failed: i/o timeout"


@pytest.mark.parametrize(
    ("message", "step"),
    [
        ("0/2 nodes are available: 2 node(s) had untolerated taint {sku: gpu}.", "take a taint away"),
        ("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.", "let the nodeSelector"),
        ("0/2 nodes are available: 2 Insufficient memory.", "give the nodes more room"),
    ],
)
def test_what_to_do_depends_on_why_it_is_not_placed(message: str, step: str) -> None:
    pods = (unplaced("gateway", conditions(PodScheduled=(False, "Unschedulable", message))),)
    assert only(seen(TIMEOUT, pods=pods), "X1").remedy[0].startswith(step)


def test_the_worst_is_named_first_and_what_only_starts_not_at_all() -> None:
    starts = pod("gateway", Box("gateway", waiting("ContainerCreating")), phase="Pending")
    assert "gateway" in only(seen(TIMEOUT, pods=(starts,)), "X1").cause
    both = only(seen(TIMEOUT, pods=(starts, unplaced("volcano-scheduler"), pod("relayserver", CRASH))), "X1").cause
    assert "gateway" not in both
    assert both.index("relayserver") < both.index("volcano-scheduler")


def test_a_timeout_with_nothing_seen_stays_a_symptom() -> None:
    well = (pod("gateway"), pod("relayserver"))
    assert only(seen(TIMEOUT, pods=well), "X1").rank is Rank.SYMPTOM
    elsewhere = pod("gateway", CRASH, namespace="web")
    assert only(seen(TIMEOUT, pods=(elsewhere,)), "X1").rank is Rank.SYMPTOM


def test_a_timeout_is_explained_by_refused_pods_and_by_what_the_health_check_had_warned_of() -> None:
    refused = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "quota exceeded"}
    load = workload(
        {"metadata": {"name": "gateway", "namespace": "azureml"}, "status": {"conditions": [refused]}}, "Deployment"
    )
    assert "quota exceeded" in only(seen(TIMEOUT, workloads=(load,)), "X1").cause
    warned = diagnose(seen(TIMEOUT, report=report(check("E45003", message="no route"))))
    assert [one.code for one in warned] == ["X1"]
    assert (warned[0].rank, warned[0].checks) == (Rank.EXPLAINED, ("E45003",))
    assert warned[0].remedy[0].startswith("E45003: let the nodes out")


@pytest.mark.parametrize(
    ("code", "implied"),
    [
        ("E40001", {"inferenceRouterServiceType": "nodePort"}), ("E40002", {"inferenceRouterHA": "False"}),
        ("E40003", {"internalLoadBalancerProvider": ""}), ("E40007", {}), ("E45002", {"installPromOp": "False"}),
        ("E41234", {}),
    ],
)  # fmt: skip
def test_the_health_check_says_why_it_stopped_the_install(code: str, implied: dict[str, str]) -> None:
    found = diagnose(seen(HOOK, report=report(check(code, message="it {is} so"))))[0]
    assert (found.code, found.checks, found.implies) == ("X3", (code,), implied)
    assert code in found.cause
    assert found.remedy[0].startswith(f"{code}: ")
    assert any("c0rr" in step for step in found.remedy)
    assert any(f"{code} it {{is}} so" in line for line in found.evidence)


def test_the_log_tells_where_the_report_is_gone() -> None:
    line = f"E1114 22:13:20.1 8 main.go:9] {check('E40007', 'inferencev1', 'the chain is wrong')}"
    found = diagnose(seen(HOOK, logs={"healthcheck": ["starting", line], "gateway": [check("E40001")]}))
    assert [(one.code, one.checks) for one in found] == [("X3", ("E40007",))]
    better = diagnose(seen(HOOK, logs={"healthcheck": [line]}, report=report(check("E40003"))))
    assert better[0].checks == ("E40003",)


def test_that_something_is_not_well_is_no_step_where_it_is_named() -> None:
    said = report(check("E45001"), stage="pre-delete")
    named = only(seen(TIMEOUT, report=said, pods=(pod("relayserver", CRASH),)), "X1")
    assert not [step for step in named.remedy if "E45001" in step]
    assert named.checks == ("E45001",)
    assert only(seen(TIMEOUT, report=said), "X1").remedy[0].startswith("E45001: ")


def test_a_checker_without_a_code_is_named() -> None:
    found = diagnose(seen(HOOK, report=report("Status: Failed Name: {odd!r} ErrorMessage: it failed {too}")))[0]
    assert "{odd!r} failed: it failed {too}" in found.cause
    assert found.remedy[0].startswith("{odd!r}: read the log")


def test_what_stops_is_told_before_what_only_warns() -> None:
    found = diagnose(seen(HOOK, report=report(check("E45003"), check("E40007", "inferencev1"))))[0]
    assert found.checks == ("E40007", "E45003")
    assert "E45003" not in found.cause


def test_a_warning_alone_stopped_it_after_all() -> None:
    """Some codes from E45000 on do stop an operation, whatever their number says."""
    found = diagnose(seen(HOOK, report=report(check("E45005", "inferencev1", "the old router"))))
    assert [one.code for one in found] == ["X3", "X5"]
    assert "E45005" in found[0].cause
    assert found[1].rank is Rank.SEEN
    assert any("clusterrolebinding azureml-fe-binding" in command for command in found[1].commands)


def test_a_report_of_an_earlier_operation_is_not_believed() -> None:
    old = report(check("E40001"), date=NOW - 3600)
    assert only(seen(HOOK, report=old, begun=NOW), "X3").checks == ()
    assert only(seen(HOOK, report=old, begun=NOW - 3600), "X3").checks == ("E40001",)
    other_stage = report(check("E40001"), stage="pre-upgrade")
    assert only(seen(HOOK, report=other_stage), "X3").checks == ()


def test_a_critical_code_counts_without_an_error_that_names_the_check() -> None:
    found = only(seen("something odd", report=report(check("E40001"))), "X3")
    assert found.rank is Rank.SEEN
    assert only(seen("something odd", report=report(check("E45003"))), "X3").rank is Rank.POSSIBLE
    assert only(seen(report=report(check("E45003"))), "X3").rank is Rank.POSSIBLE
    assert diagnose(seen(report=report(check("E45003")), ended=True)) == []


def test_what_is_found_when_it_is_taken_back_stopped_nothing() -> None:
    late = report(check("E40002", "inferencev1", "two nodes"), stage="pre-delete")
    found = diagnose(seen(TIMEOUT, report=late, pods=(unplaced("azureml-fe-v2", APART),)))
    assert [one.code for one in found] == ["X15", "X1"]
    assert found[1].checks == ("E40002",)
    assert only(seen("something odd", report=late), "X3").rank is Rank.POSSIBLE


def test_a_health_check_that_could_not_run() -> None:
    pull = Box("healthcheck", waiting("ErrImagePull", "x: not found"), image="mcr.microsoft.com/healthcheck:1")
    found = only(seen(HOOK, pods=(pod("healthcheck", pull, phase="Pending"),)), "X3")
    assert "did not run through: ErrImagePull: healthcheck:1: no such image or tag" in found.cause
    assert found.remedy[0] == "let the nodes pull images from mcr.microsoft.com"
    sandbox = event_row("no CNI", "FailedCreatePodSandBox", name="healthcheck")
    assert "FailedCreatePodSandBox: no CNI" in only(seen(HOOK, events=(sandbox,)), "X3").cause
    assert only(seen(HOOK, events=(sandbox,), begun=NOW + 300), "X3").cause.endswith("(pre-install) failed.")


def test_two_ingress_controllers() -> None:
    own = pod("azureml-ingress-nginx-controller", CRASH)
    other = pod("ingress-nginx-controller", namespace="web")
    on = row({"enableInference": "True", "nginxIngress.enabled": "true"})
    found = only(seen(TIMEOUT, extension=on, pods=(own, other)), "X13")
    assert found.implies == {"nginxIngress.controller": "k8s.io/amlarc-ingress-nginx"}
    assert found.rank is Rank.POSSIBLE
    fixed = row({"nginxIngress.enabled": "true", "nginxIngress.controller": "k8s.io/amlarc-ingress-nginx"})
    for evidence in (
        seen(TIMEOUT, extension=fixed, pods=(own, other)), seen(TIMEOUT, extension=on, pods=(own,)),
        seen(TIMEOUT, extension=on, pods=(other,)), seen(TIMEOUT, pods=(own, other)),
    ):  # fmt: skip
        assert "X13" not in [one.code for one in diagnose(evidence)]


@pytest.mark.parametrize("last", [True, False])
def test_an_ingress_controller_without_memory(last: bool) -> None:
    end = ended(137, "OOMKilled")
    box = Box("controller", running() if last else end, restarts=2, last=end if last else None)
    found = only(seen(pods=(pod("azureml-ingress-nginx-controller", box),)), "X14")
    assert found.implies == {"nginxIngress.controllerConfig.worker-processes": "8"}
    assert diagnose(seen(pods=(pod("gateway", box),))) == []


def test_an_inference_router_without_room_apart() -> None:
    router = unplaced("azureml-fe-v2", APART)
    assert only(seen(pods=(router,)), "X15").implies == {"inferenceRouterHA": "False"}
    event = event_row("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.", name=router.name)
    assert only(seen(pods=(unplaced("azureml-fe-v2"),), events=(event,)), "X15").rank is Rank.SEEN
    assert diagnose(seen(pods=(pod("azureml-fe-v2"),), events=(event,))) == []
    assert diagnose(seen(pods=(unplaced("prometheus-prom-prometheus", APART),))) == []


def test_a_load_balancer_that_nobody_has() -> None:
    for evidence in (
        seen(waiting_services=("azureml-fe",)),
        seen(HOOK, report=report(check("E40001", "service", "no LB"))),
        seen(events=(event_row("no pool", "SyncLoadBalancerFailed", "Service", "azureml-fe"),)),
    ):
        found = only(evidence, "X16")
        assert (found.implies, found.rank) == ({"inferenceRouterServiceType": "nodePort"}, Rank.SEEN)
    crash = (pod("inference-operator-controller-manager", CRASH),)
    asked = row({"enableInference": "True", "inferenceRouterServiceType": "LoadBalancer"})
    assert only(seen(extension=asked, pods=crash), "X16").rank is Rank.POSSIBLE
    told = Box(state=waiting("CrashLoopBackOff"), last=ended(1, "Error", message="azureml-fe has no external IP"))
    pods = (pod("inference-operator-controller-manager", told),)
    assert [one.code for one in diagnose(seen(TIMEOUT, extension=asked, pods=pods))] == ["X16", "X1"]
    assert diagnose(seen(pods=crash)) == []
    assert only(seen(pods=crash, settings={"inferenceRouterServiceType": "loadBalancer"}), "X16")


@pytest.mark.parametrize(("version", "implied"), [("1.0.29", {"enable_https": "False"}), ("1.1.39", {})])
def test_a_cluster_that_signs_nothing(version: str, implied: dict[str, str]) -> None:
    logs = {"gateway": ["starting", "tls: failed to find any PEM data in certificate input"]}
    found = only(seen(logs=logs, extension=row(version=version)), "X17")
    assert found.implies == implied
    assert found.evidence == ("log of gateway: tls: failed to find any PEM data in certificate input",)


@pytest.mark.parametrize("connectivity", ["Offline", "Expired", "AgentNotInstalled"])
def test_agents_that_are_away(connectivity: str) -> None:
    found = only(seen(cluster=cluster_row(connectivity)), "X21")
    assert (found.rank, found.found["connectivity"]) == (Rank.SEEN, connectivity)
    assert connectivity in found.cause
    assert diagnose(seen(TIMEOUT, cluster=cluster_row(connectivity)))[-1].rank is Rank.POSSIBLE


def test_agents_that_connect_get_time() -> None:
    assert diagnose(seen(cluster=cluster_row())) == []
    assert diagnose(seen(cluster=cluster_row("Connecting"), elapsed=500)) == []
    assert only(seen(cluster=cluster_row("Connecting"), elapsed=700), "X21").rank is Rank.POSSIBLE


def test_a_relay_that_is_gone() -> None:
    assert only(seen(relay_missing=True), "X22").rank is Rank.SEEN
    assert diagnose(seen(relay_missing=False)) == []


def test_a_device_plugin_that_does_not_run() -> None:
    plugin = pod("nvidia-device-plugin-daemonset", CRASH, owner=("DaemonSet", "nvidia-device-plugin-daemonset"))
    assert only(seen(pods=(plugin,)), "X24").implies == {"installNvidiaDevicePlugin": "False"}
    gone = only(seen(verb="delete", lost=("nvidia.com/gpu",)), "X24")
    assert "offer no nvidia.com/gpu" in gone.cause
    assert gone.remedy[0] == "install your own device plugin again"


@pytest.mark.parametrize(
    ("name", "implied"),
    [
        ("blobfuse-flexvol-installer", {"installBlobfuseFlexvol": "False"}),
        ("blobfuse-host", {"installBlobfuseSysctl": "False"}),
    ],
)
def test_blobfuse_that_cannot_be_installed(name: str, implied: dict[str, str]) -> None:
    found = only(seen(pods=(pod(name, CRASH, owner=("DaemonSet", name)),)), "X25")
    assert found.implies == implied


def test_openshift_does_not_admit() -> None:
    event = event_row(f'Error creating: pods "gateway-" is forbidden: {SCC}', "FailedCreate", "ReplicaSet", "gateway")
    found = only(seen(events=(event,)), "X26")
    assert (found.rank, found.commands) == (
        Rank.SEEN, ("oc adm policy add-scc-to-group privileged system:serviceaccounts:azureml",)
    )  # fmt: skip
    start = event_row("Error: failed to start container: permission denied")
    assert diagnose(seen(events=(start,), cluster=cluster_row())) == []
    assert only(seen(events=(start,), cluster=cluster_row(distribution="OpenShift")), "X26").rank is Rank.POSSIBLE


def test_a_proxy_that_is_not_trusted() -> None:
    agent = {"agentErrors": [{"component": "config-agent", "severity": "Error", "message": f"Get https://x: {X509}"}]}
    crash = Box(state=waiting("CrashLoopBackOff"), restarts=3, last=ended(1, "Error", message=f"dial: {X509}"))
    for evidence in (
        seen(logs={"gateway": [f"Get https://x: {X509}"]}), seen(pods=(pod("gateway", crash),)),
        seen(cluster=cluster_row(arcAgentProfile=agent)),
    ):  # fmt: skip
        assert only(evidence, "X27").commands == (
            ("az connectedk8s update -g rg-ml -n arc-west --proxy-cert proxy-ca.crt",)
        )
    webhook = event_row(f'failed calling webhook "x": {X509}')
    assert diagnose(seen(events=(webhook,))) == []


def test_protected_settings_that_an_update_lost() -> None:
    logs = {"relayserver": ["the relay connectionString is empty, exiting"]}
    assert only(seen(verb="update", logs=logs), "X28").rank is Rank.SEEN
    assert diagnose(seen(verb="deploy", logs=logs)) == []


def test_what_is_harmless_comes_last_and_says_so() -> None:
    logs = {"healthcheck": ["could not find the requested resource (get InstanceTypes.amlarc.azureml.com)"]}
    found = diagnose(seen(TIMEOUT, logs=logs))
    assert [one.code for one in found] == ["X1", "X29"]
    assert [one.harmless for one in found] == [False, True]


def test_a_denial_seen_in_the_cluster() -> None:
    said = 'Error creating: admission webhook "k8s.policy" denied the request: no root'
    found = diagnose(seen(TIMEOUT, events=(event_row(said, "FailedCreate", "ReplicaSet", "gateway"),)))
    assert [(one.code, one.rank) for one in found] == [("X11", Rank.SEEN), ("X1", Rank.SYMPTOM)]
    assert found[0].found == {"webhook": "k8s.policy", "reason": "no root"}


def test_an_ingress_webhook_beside_another_controller() -> None:
    words = 'failed calling webhook "validate.nginx.ingress.kubernetes.io": no endpoints available'
    assert only(seen(words), "X12").implies == {}
    theirs = words.replace(": no", ': failed to call webhook: Post "https://admission.web.svc:443/x": no')
    assert only(seen(theirs), "X12").found["where"] == "web"
    other = pod("ingress-nginx-controller", namespace="web")
    assert only(seen(words, pods=(other,)), "X12").implies == {"nginxIngress.controller": "k8s.io/amlarc-ingress-nginx"}


def test_old_events_do_not_count() -> None:
    old = event_row(f"forbidden: {SCC}", ago=4000)
    assert diagnose(seen(events=(old,), begun=NOW - 300)) == []
    assert only(seen(events=(old,)), "X26")


def test_a_cluster_that_is_well_gives_no_diagnosis() -> None:
    restarted = Box("gateway", restarts=30, last=ended(1, "Error"))
    pods = (pod("gateway", restarted), pod("relayserver"), pod("healthcheck", Box(state=ended()), phase="Succeeded"))
    assert diagnose(seen(pods=pods, cluster=cluster_row(), report=report("Status: Passed Name: service"))) == []


def test_the_root_seen_in_the_cluster_comes_before_the_timeout() -> None:
    evidence = seen(TIMEOUT, pods=(unplaced("azureml-fe-v2", APART), pod("gateway", CRASH)))
    assert [one.code for one in diagnose(evidence)] == ["X15", "X1"]


def test_everything_at_once_and_hostile() -> None:
    box = Box(state=waiting("CrashLoopBackOff", MEAN), last=ended(1, "Error", message=X509 + MEAN))
    evidence = seen(
        TIMEOUT + MEAN, HOOK, pods=(pod("gateway", box), unplaced("azureml-fe-v2", APART)),
        events=(event_row(SCC + MEAN),), logs={MEAN: [f"failed to find any PEM data in certificate {MEAN}"]},
        report=report(check("E40001", message=MEAN)), waiting_services=(MEAN,), cluster=cluster_row("Offline"),
    )  # fmt: skip
    found = diagnose(evidence)
    assert {"X1", "X3", "X15", "X16", "X17", "X26", "X27"} <= {one.code for one in found}
    assert [sign for each in strings(found) for sign in offences(each)] == []
