"""All rules together: nothing unseen is good, nothing hostile gets through, and what follows can be merged."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.hostile import CORPUS, MEAN, offences, strings
from tests.domain.build import NOW, extension
from tests.domain.preflight.surveys import (
    AKS,
    CLUSTER,
    CLUSTER_ID,
    DENIED,
    LISTS,
    MANAGER,
    READERS,
    RELAY,
    TRAINING,
    changed,
    draft,
    healths,
    installed,
    load,
    node,
    notes,
    obj,
    old,
    survey,
)
from tests.domain.test_hostile import poisoned
from tui.core.health import Health
from tui.domain import cluster
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.preflight import findings, implied, questions
from tui.domain.preflight.noting import listed, named
from tui.domain.surveys.arm import aks_facts, arc_facts, permission
from tui.domain.surveys.survey import NEEDS, PROVIDERS, Survey

DRAFTS = [
    draft(TRAINING),
    draft(),
    old({"enableInference": "True", "logAnalyticsWS": "True"}),
    draft({"enableInference": "True", "installVolcano": "False", "installPromOp": "False"}),
    draft({"nginxIngress.enabled": "True", "installDcgmExporter": "True", "installNvidiaDevicePlugin": "True"}),
]


@pytest.mark.parametrize("aks", [False, True])
def test_a_bare_sound_cluster_is_ready(aks: bool) -> None:
    """Whatever is wanted of it, as far as it can be told."""
    for wanted in DRAFTS[:2]:
        assert healths(findings(survey(aks=aks), wanted)) <= {Health.GOOD, Health.OFF}


@pytest.mark.parametrize("wanted", DRAFTS)
@pytest.mark.parametrize("cluster_id", [CLUSTER_ID, AKS["id"]])
def test_nothing_seen_nothing_good(wanted: Draft, cluster_id: str) -> None:
    found = findings(Survey(cluster_id, NOW), wanted)
    assert healths(found) <= {Health.UNKNOWN, Health.OFF}
    assert all(note.evidence for note in found if note.health is Health.UNKNOWN)


RICH: dict[str, Any] = {
    "namespaces": [obj("azureml"), obj("azure-arc")],
    "deployments": [MANAGER, load("volcano-scheduler", "v", image="x/vc-scheduler:v1.5")],
    "schedulers": [obj("volcano-scheduler-configmap", "v", data={"c": "task-topology"})],
}  # fmt: skip
SERVING = draft({**TRAINING, "enableInference": "True", "installVolcano": "False", "nginxIngress.enabled": "True"})


@pytest.mark.parametrize(
    "part", [*LISTS, "cluster", "version+cluster", "on_cluster", "on_group", "providers", "rights"]
)
def test_each_part_that_is_not_seen_is_told(part: str) -> None:
    """Something that was fine is unknown then, and says why; nothing gets better by not looking."""
    before = notes(survey(**RICH), SERVING)
    assert healths(before.values()) <= {Health.GOOD, Health.OFF}
    hidden: dict[str, Any] = dict.fromkeys(part.split("+"), DENIED)
    hidden |= {"providers": dict.fromkeys(PROVIDERS, DENIED)} if part == "providers" else {}
    hidden |= {"rights": dict.fromkeys(NEEDS)} if part == "rights" else {}
    after = notes(survey(**{**RICH, **hidden}), SERVING)
    assert {code for code, note in before.items() if note.health is Health.GOOD} - set(after)
    unknown = [note for code, note in after.items() if note.health is Health.UNKNOWN]
    assert unknown
    assert part == "rights" or any("may not be listed" in note.evidence for note in unknown)
    assert {code for code, note in after.items() if note.health is Health.GOOD} <= set(before)


FULL: dict[str, list[Any]] = {
    "nodes": [
        node("g", taints=[{"key": "k", "effect": "NoSchedule"}], **{"nvidia.com/gpu": "1", "github.com/fuse": "1k"})
    ],
    "namespaces": [
        obj("gpu-operator"), obj("azure-arc"),
        obj("azureml", status={"phase": "Terminating", "conditions": [{"status": "True", "message": "stuck"}]}),
    ],
    "daemon_sets": [
        load("nvidia-device-plugin-daemonset"), load("blobfuse-flexvol-installer", host_path="/etc/x"),
        load("dcgm-exporter"), load("fuse-device-plugin"), load("csi-blob-node"),
        load("x", labels={"app.kubernetes.io/name": "ingress-nginx"}, args=["--controller-class=k8s.io/ingress-nginx"]),
    ],
    "deployments": [
        load("volcano-scheduler", "v", image="x/vc-scheduler:v1.3"), MANAGER,
        load("prometheus-operator", "m", labels={"chart": "c"}), load("azureml-fe", "default"),
        load("gateway", "azureml", release="r"),
    ],
    "stateful_sets": [load("frameworkcontroller", "azureml")],
    "definitions": [obj("jobs.batch.volcano.sh"), obj("amljobs.amlarc.azureml.com", release="r")],
    "drivers": [obj("blob.csi.azure.com")],
    "schedulers": [obj("volcano-scheduler-configmap", "v", data={"c": "gang"})],
    "ingress_classes": [obj("nginx", spec={"controller": "k8s.io/ingress-nginx"})],
    "webhooks": [
        obj("volcano-x-jobs-validate", webhooks=[{"clientConfig": {"service": {"name": "a", "namespace": "v"}}}])
    ],
    "legacy_roles": [obj("azureml-fe-role")],
    "releases": [obj("sh.helm.release.v1.x.v1", "azureml", labels={"name": "x", "status": "failed"})],
    "remains": [obj("fluent-bit-config", "azureml")],
    "extensions": [extension(state="Failed", errorInfo={"code": "X", "message": "no"}, name="odd")],
    "relays": [changed(RELAY, provisioningState="Failed")],
}  # fmt: skip
FULL_CLUSTER = changed(
    CLUSTER, connectivityStatus="Offline", agentVersion="1.2.3",
    arcAgentProfile={
        "desiredAgentVersion": "1.9.0", "agentErrors": [{"component": "a", "severity": "Error", "message": "m"}],
    },
)  # fmt: skip
FULL_AKS = changed(
    AKS, powerState={"code": "Stopped"}, apiServerAccessProfile={"authorizedIPRanges": ["1.2.3.4/32"]},
    disableLocalAccounts=True,
)  # fmt: skip


def poisonous(poison: Any, *, aks: bool, keep: bool) -> Survey:
    """The full world with every string replaced; with `keep`, names that rules look for stay findable."""
    body = poisoned(FULL_AKS if aks else FULL_CLUSTER, poison)
    wire = {name: [poisoned(each, poison) for each in bodies] for name, bodies in FULL.items()}
    found = survey(
        aks=aks, cluster=cluster.decode(body), version=poison("v1.2.3") if keep else "v1.2.3",
        on_cluster=(permission({"actions": [poison("*/read")]}),), providers=dict.fromkeys(PROVIDERS, "NotRegistered"),
        **wire,
    )  # fmt: skip
    return replace(found, aks=aks_facts(body) if aks else None, arc=None if aks else arc_facts(body))


def _mix(shape: str, text: str, own: str) -> str:
    return shape.replace("{1}", own).replace("{0}", text)


@pytest.mark.parametrize("shape", ["{0}", "{1}{0}"])
@pytest.mark.parametrize("aks", [False, True])
def test_no_finding_holds_anything_hostile(shape: str, aks: bool) -> None:
    for text in (*CORPUS, MEAN):
        found = poisonous(partial(_mix, shape, text), aks=aks, keep=False)
        for name in LISTS:
            assert not _offending(getattr(found, name)), name
        for wanted in (DRAFTS[0], DRAFTS[2], DRAFTS[4]):
            assert not _offending(findings(found, wanted))


def _offending(value: Any) -> list[Any]:
    return [offence for text in strings(value) for offence in offences(text)]


def test_the_full_world_reaches_every_conflict() -> None:
    """Else the test above would prove nothing."""
    codes = {note.code for wanted in (DRAFTS[0], DRAFTS[2], DRAFTS[4]) for note in findings(survey(**FULL), wanted)}
    assert codes >= {
        "device-plugin-present", "dcgm-present", "flexvol-present", "fuse-present", "blob-csi-present",
        "volcano-present", "volcano-config-differs", "volcano-webhook", "prometheus-present", "ingress-present",
        "legacy-router", "leftover-objects", "leftover-definitions-azureml", "namespace-terminating",
        "extension-failed", "relay-broken", "blobfuse-hosts-unknown",
    }  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["metadata", "spec", "status", "name", "namespace", "labels", "annotations", "template", "containers",
             "image", "webhooks", "clientConfig", "data", "properties", "meta.helm.sh/release-name", "args", "volumes"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_json_is_read_and_judged(body: Any) -> None:
    parts: dict[str, Any] = {name: (read(body),) for name, read in READERS.items()}
    found = replace(survey(), **parts, arc=arc_facts(body), cluster=cluster.decode(body), on_group=(permission(body),))
    for wanted in (DRAFTS[1], DRAFTS[2]):
        assert findings(found, wanted) == findings(found, wanted)


@pytest.mark.parametrize("wanted", DRAFTS)
def test_merged_what_is_implied_is_implied_no_more_as_a_conflict(wanted: Draft) -> None:
    """What can be mended by a setting is good once the setting is there."""
    full = survey(**{**FULL, "extensions": [], "namespaces": [obj("gpu-operator")]})
    first = findings(full, wanted)
    mended = replace(wanted, settings={**wanted.settings, **implied(first)})
    again = findings(full, mended)
    assert not [note for note in again if note.blocks and note.implies]
    assert implied(again).items() >= implied(first).items()


def test_answers_to_questions_are_not_implied() -> None:
    asked = Note("a", Health.UNKNOWN, "is it?", implies={"x": "1"})
    told = Note("b", Health.UNKNOWN, "hidden")
    sure = Note("c", Health.BAD, "it is", implies={"y": "2"})
    used = Note("d", Health.GOOD, "used", implies={"z": "3"})
    assert implied([asked, told, sure, used]) == {"y": "2", "z": "3"}
    assert questions([asked, told, sure, used]) == [asked]


def test_findings_can_be_printed_as_json() -> None:
    found = findings(survey(**FULL), DRAFTS[2])
    assert len(msgspec.json.decode(msgspec.json.encode(found))) == len(found)


def test_live_settings_count_for_what_the_draft_does_not_say() -> None:
    live = installed({**TRAINING, "installNvidiaDevicePlugin": "True"})
    plugin = [load("nvidia-device-plugin-daemonset")]
    assert notes(survey(extensions=live, daemon_sets=plugin), draft())["device-plugin-present"].health is Health.BAD
    off = draft({"installNvidiaDevicePlugin": "False"})
    assert notes(survey(extensions=live, daemon_sets=plugin), off)["device-plugin-present"].health is Health.GOOD
    gone = installed({"installNvidiaDevicePlugin": "True"}, state="Failed")
    failed = notes(survey(extensions=gone, daemon_sets=plugin), draft())
    assert failed["device-plugin-present"].health is Health.GOOD, "what is not in force is sent anew"


def test_an_installed_release_decides_the_era_unless_the_draft_pins_one() -> None:
    body = installed(TRAINING, version="1.0.37")
    assert "blobfuse-hosts-unknown" in notes(survey(extensions=body), draft())
    assert "blobfuse-hosts-unneeded" in notes(survey(extensions=body), draft(version="1.1.39"))
    assert "blobfuse-hosts-unneeded" in notes(survey(extensions=body), draft(version="1.10"))


def test_lists_do_not_grow_without_end() -> None:
    assert listed("abcde") == "a; b; c; d; e"
    assert listed("abcdefg") == "a; b; c; d; e and 2 more"
    assert listed([]) == ""
    assert (named("abc"), named("ab"), named("a"), named("")) == ("a, b and c", "a and b", "a", "")
