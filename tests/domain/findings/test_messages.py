"""The install catalogue by its messages: in every envelope, in combinations, and what it does not know."""

from __future__ import annotations

import shlex
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hostile import CORPUS, MEAN, offences, strings
from tests.domain.findings.cases import (
    ATOMIC,
    DENIED,
    ENVELOPES,
    FAILED,
    HOOK,
    INGRESS,
    MARKS,
    MESSAGES,
    OTHERS,
    POLICIES,
    ROLLED,
    STATUS,
    TIMEOUT,
    VOLCANO,
    cluster_row,
    error,
    owned,
    row,
    seen,
)
from tui.domain.arm_error import ArmError, decode
from tui.domain.extension import StatusRow
from tui.domain.findings.install_failure import CATALOGUE, Evidence, Rank, diagnose


def codes(evidence: Evidence) -> list[str]:
    return [found.code for found in diagnose(evidence)]


@pytest.mark.parametrize("envelope", ENVELOPES, ids=range(len(ENVELOPES)))
@pytest.mark.parametrize(("code", "message", "captured"), MESSAGES, ids=[f"{m[0]}-{m[1][:20]}" for m in MESSAGES])
def test_a_message_in_an_envelope(envelope: str, code: str, message: str, captured: dict[str, str]) -> None:
    best = diagnose(seen(envelope.replace("{}", message), cluster=cluster_row()))[0]
    assert best.code == code
    assert captured.items() <= best.found.items()
    words = [best.title, best.cause, *best.remedy]
    assert not [word for word in words if "<" in word or "{" in word], words
    assert best.remedy
    assert message[26:50].strip() in best.evidence[0]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ExtensionTypeRegistrationGetFailed", "X10"), ("ExtensionNotFound", "X20"), ("AuthorizationFailed", "X23"),
        ("MissingSubscriptionRegistration", "X23"), ("RefreshExtensionIdentityNotSet", "X30"),
        ("RequestDisallowedByPolicy", "X11"), ("extensionnotfound", "X20"),
    ],
)  # fmt: skip
def test_a_code_that_names_it_alone(code: str, expected: str) -> None:
    (best,) = diagnose(seen(error("the words do not matter", code)))
    assert (best.code, best.rank) == (expected, Rank.NAMED)
    assert not [word for word in (best.cause, *best.remedy) if "<" in word]


def test_the_catalogue_is_whole() -> None:
    assert [entry.code for entry, _rule in CATALOGUE] == [f"X{number}" for number in range(1, 31)]
    by_message = {code for code, _message, _captured in MESSAGES}
    elsewhere = {"X14", "X15", "X16", "X17", "X21", "X24", "X25", "X28", "X29"}
    assert by_message | elsewhere == {entry.code for entry, _rule in CATALOGUE}


@pytest.mark.parametrize("message", ["", "quota exceeded", "InnerError [", "no policies", "the pod healthcheck passed"])
def test_what_is_unknown_gets_no_diagnosis(message: str) -> None:
    assert codes(seen(message)) == []
    assert codes(seen(f"The extension operation failed with the following error: {message}")) == []


NEAR = (
    "failed calling webhook \"x.example.com\": Post https://x: context deadline exceeded",
    "failed calling webhook \"x.example.com\": x509: certificate signed by unknown authority",
    "the operation is in progress", "not registered", "name that is in use", "a policy", "azureml is terminating",
    "Chart path", "could not be found", "admission webhook", "authorization", "context deadline exceeded", "atomic",
)  # fmt: skip


@pytest.mark.parametrize("message", NEAR)
def test_what_only_looks_like_one_gets_none(message: str) -> None:
    assert codes(seen(message)) == []


@given(st.text("abcdefghijklmnop{}[]<>:;'\"\\./- \n", max_size=200))
def test_other_text_gets_none(message: str) -> None:
    assert codes(seen(message, error(message, code=message[:20]))) == []


def test_the_recommendation_alone_is_said_to_be_a_guess() -> None:
    (only,) = diagnose(seen(POLICIES.replace("{}", "something odd")))
    assert (only.code, only.rank) == ("X11", Rank.POSSIBLE)
    assert "no denial was seen" in only.cause
    assert "something odd" in only.evidence[0]


@pytest.mark.parametrize("inner", [HOOK, TIMEOUT, VOLCANO, STATUS])
def test_the_recommendation_does_not_hide_what_it_wraps(inner: str) -> None:
    assert "X11" not in codes(seen(POLICIES.replace("{}", inner)))


def test_a_real_denial_inside_the_recommendation_is_one() -> None:
    best = diagnose(seen(POLICIES.replace("{}", DENIED)))[0]
    assert (best.code, best.rank) == ("X11", Rank.NAMED)
    assert "azurepolicy-no-latest" in best.found["reason"]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([TIMEOUT, STATUS], ["X1", "X2"]),
        ([STATUS, TIMEOUT], ["X1", "X2"]),
        ([STATUS, HOOK], ["X3", "X2"]),
        ([HOOK, TIMEOUT, STATUS], ["X3", "X1", "X2"]),
        ([f"failed pre-install: {TIMEOUT}", STATUS], ["X3", "X1", "X2"]),
        ([TIMEOUT, VOLCANO], ["X4", "X1"]),
        ([INGRESS, TIMEOUT], ["X12", "X1"]),
    ],
)
def test_several_at_once_the_root_first(messages: list[str], expected: list[str]) -> None:
    assert codes(seen(*messages)) == expected
    assert codes(seen("; ".join(messages))) == expected
    together = tuple(StatusRow("c", "", "Error", message, None) for message in messages)
    assert codes(Evidence(statuses=together)) == expected


def test_what_stands_in_an_envelope_only_comes_after_what_it_holds() -> None:
    """A status bug reported around a name that is in use: the inner one is the cause."""
    message = f"cannot re-use a name that is still in use : InnerError [{HOOK}]"
    assert codes(seen(message)) == ["X3", "X6"]
    assert [found.rank for found in diagnose(seen(message))] == [Rank.NAMED, Rank.SEEN]


def test_details_are_looked_into() -> None:
    body = {"code": "Outer", "message": "it failed", "details": [{"code": "x", "details": [{"message": TIMEOUT}]}]}
    found = decode(body)
    assert found is not None
    assert codes(seen(found)) == ["X1"]


def test_a_policy_violation_in_additional_info_counts() -> None:
    assert codes(seen(ArmError("Denied", "no", info=("PolicyViolation",)))) == ["X11"]


def test_whose_object_it_is() -> None:
    (leftover,) = diagnose(seen(VOLCANO))
    assert leftover.implies == {"installVolcano": "False"}
    assert leftover.found["missing"] == (
        "app.kubernetes.io/managed-by, meta.helm.sh/release-name, meta.helm.sh/release-namespace"
    )
    assert leftover.found["wanted_release"] == "amlarc-compute"
    assert [shlex.split(command)[:3] for command in leftover.commands] == [
        ["kubectl", "get", "CustomResourceDefinition"], ["kubectl", "label", "CustomResourceDefinition"],
        ["kubectl", "annotate", "CustomResourceDefinition"],
    ]  # fmt: skip
    assert "meta.helm.sh/release-namespace=azureml" in leftover.commands[2]
    assert any("every object of its kind" in step for step in leftover.remedy)


def test_what_another_release_owns_is_not_taken_over() -> None:
    name = "prometheuses.monitoring.coreos.com"
    (theirs,) = diagnose(seen(owned("CustomResourceDefinition", name, marks=OTHERS)))
    assert (theirs.found["owner"], theirs.implies) == ("kube-prom", {"installPromOp": "False"})
    assert not [command for command in theirs.commands if "label" in command or "annotate" in command]
    assert not [step for step in theirs.remedy if "delete" in step]
    assert any("kube-prom" in step for step in theirs.remedy)


@pytest.mark.parametrize(
    ("kind", "name", "setting"),
    [
        ("CustomResourceDefinition", "queues.scheduling.volcano.sh", "installVolcano"),
        ("Deployment", "volcano-scheduler", "installVolcano"),
        ("CustomResourceDefinition", "servicemonitors.monitoring.coreos.com", "installPromOp"),
        ("DaemonSet", "nvidia-device-plugin-daemonset", "installNvidiaDevicePlugin"),
        ("DaemonSet", "amlarc-dcgm-exporter", "installDcgmExporter"),
        ("CSIDriver", "blob.csi.azure.com", "blobCsiDriverEnabled"),
        ("CustomResourceDefinition", "amljobs.amlarc.azureml.com", ""),
        ("Deployment", "azureml-fe-v2", ""),
    ],
)
def test_which_setting_leaves_it_to_others(kind: str, name: str, setting: str) -> None:
    (found,) = diagnose(seen(owned(kind, name, "azureml")))
    assert found.code == "X4"
    assert found.implies == ({setting: "False"} if setting else {})


def test_an_object_in_a_namespace_is_looked_for_there() -> None:
    (found,) = diagnose(seen(owned("DaemonSet", "x", "kube-system")))
    assert found.commands[0] == "kubectl get DaemonSet x -n kube-system -o yaml"
    (found,) = diagnose(seen(owned("DaemonSet", "x", "kube-system"), context="my ctx"))
    assert found.commands[0] == "kubectl --context 'my ctx' get DaemonSet x -n kube-system -o yaml"


def test_what_is_captured_is_one_quoted_word_of_a_command() -> None:
    evil = MARKS.replace("amlarc-compute", "a; rm -rf / #")
    (found,) = diagnose(seen(owned("DaemonSet", "x", marks=evil)))
    words = shlex.split(found.commands[2])
    assert "meta.helm.sh/release-name=a; rm -rf / #" in words
    assert words[-1] == "meta.helm.sh/release-namespace=azureml"
    curly = row()
    curly_id = "/subscriptions/{0}/resourceGroups/$(id)/providers/Microsoft.Kubernetes/connectedClusters/{name!r}"
    evidence = Evidence(errors=(error(STATUS),), extension=curly, cluster=cluster_row())
    assert diagnose(evidence)[0].commands[0] == "az connectedk8s upgrade -g rg-ml -n arc-west"
    from msgspec.structs import replace

    odd = replace(cluster_row(), id=curly_id)
    (found,) = diagnose(Evidence(errors=(error(STATUS),), cluster=odd))
    assert shlex.split(found.commands[0])[-4:] == ["-g", "$(id)", "-n", "{name!r}"]


def test_a_region_and_those_that_have_it() -> None:
    message = next(message for code, message, _captured in MESSAGES if code == "X10")
    (found,) = diagnose(seen(error(message, "ExtensionTypeRegistrationGetFailed"), cluster=cluster_row()))
    assert found.remedy == ("connect the cluster again, with its resource in one of: eastus, westus2,westeurope",)


def test_a_version_that_does_not_exist_is_named() -> None:
    evidence = seen("Failed in download the Chart path not found", extension=row(version="1.9.9"))
    assert "release train stable" in diagnose(evidence)[0].cause


def test_a_missing_registration_is_registered() -> None:
    message = "The subscription is not registered to use namespace 'Microsoft.Relay'."
    (found,) = diagnose(seen(error(message, "MissingSubscriptionRegistration")))
    assert found.commands == ("az provider register --namespace Microsoft.Relay --wait",)


def test_an_update_that_was_rolled_back() -> None:
    (found,) = diagnose(seen(ROLLED.format("pre-upgrade hooks failed: pod healthcheck failed"), verb="update"))
    assert (found.code, found.found["hook"]) == ("X3", "pre-upgrade")
    (found,) = diagnose(seen("pod healthcheck failed", verb="update"))
    assert found.found["hook"] == "pre-upgrade"


@pytest.mark.parametrize("text", [*CORPUS, MEAN], ids=lambda text: ascii(text)[:20])
def test_hostile_text_is_harmless(text: str) -> None:
    messages = [text, VOLCANO.replace("Helm", text), DENIED.replace("container", text), ATOMIC.format(TIMEOUT + text)]
    for found in diagnose(seen(*messages, cluster=cluster_row())):
        assert [sign for each in strings(found) for sign in offences(each)] == []
        for command in found.commands:
            shlex.split(command)


PIECES = (
    "InnerError [", "failed pre-install: ", "pod healthcheck ", "earlier operation ", 'Deployment "x" in namespace "',
    'key "a" must equal "', "not registered in region x. ", "admission webhook \\\"", "Microsoft.Relay/namespaces/x",
    "gatekeeper ", "context deadline ", "connection string ", "A", " ", "\"", 'missing key "x": must be set to "y"; ',
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_message_costs_little(piece: str) -> None:
    began = time.process_time()
    diagnose(seen(piece * 100_000))
    assert time.process_time() - began < 3


def test_evidence_is_bounded() -> None:
    (found,) = diagnose(seen(*(f"{TIMEOUT} {number} {'x' * 1000}" for number in range(50))))
    assert len(found.evidence) <= 8
    assert max(map(len, found.evidence)) <= 300
    assert FAILED not in found.cause
