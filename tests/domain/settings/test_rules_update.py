"""An update is judged by what it leaves, and blamed only for what it touches; nothing that was typed breaks a rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.hostile import CORPUS, offences
from tests.domain.drafts import (
    AKS,
    ARC,
    BAD,
    BALANCED,
    FILES,
    INSECURE,
    SERVE,
    SMALL,
    TRAIN,
    WARN,
    Codes,
    codes,
    live,
    without,
)
from tui.core.redact import MASK
from tui.core.secret import Secret
from tui.domain.plans.draft import Draft
from tui.domain.settings.catalogue import CATALOGUE
from tui.domain.settings.rules import Site, judge

UPDATES: dict[str, tuple[Draft, Site, Codes]] = {
    "nothing new": (Draft(settings=TRAIN), live(TRAIN), {}),
    "a name that is there": (Draft(name="AmlArc"), live(TRAIN), {}),
    "live settings are not blamed": (
        Draft(settings={"installDcgmExporter": "True"}),
        live({"enableInference": "True", "inferenceLoadBalancerHA": "x", "relayserver.enabled": "true", "y": "1",
              "inferenceRouterServiceType": "loadBalancer", "installVolcano": "False",
              "privateEndpointILB": "True"}), {},
    ),
    "live ones that are repeated are not blamed": (
        Draft(settings={"relayserver.enabled": "true", "free": "1", "installPromOp": "false"}),
        live(TRAIN | {"relayserver.enabled": "true", "free": "1", "installPromOp": "False"}), {},
    ),
    "the last one off": (Draft(settings={"enableTraining": "False"}), live(TRAIN), {"nothing-enabled": BAD}),
    "the other one on": (Draft(settings={"enableTraining": "False"}), live(TRAIN | INSECURE), {}),
    "inference on, half said": (
        Draft(settings={"enableInference": "True", "sslCname": "x"}), live(TRAIN),
        {"service-type-missing": BAD, "tls-missing": BAD},
    ),
    "inference on over live settings": (Draft(settings={"enableInference": "True"}),
                                        live(TRAIN | without(SERVE, "enableInference")), {}),
    "TLS on": (Draft(settings={"allowInsecureConnections": "False"}), live(INSECURE),
               {"tls-missing": BAD, "tls-cname": BAD}),
    "the Secret taken back": (Draft(settings={"sslSecret": ""}), live(SERVE), {"tls-missing": BAD}),
    "live files stay, no Secret is said": (Draft(settings={"sslSecret": ""}), live(without(SERVE, "sslSecret")), {}),
    "live files stay": (Draft(settings={"installPromOp": "True"}), live(without(SERVE, "sslSecret")), {}),
    "live files are lost": (Draft(protected={"relayServerConnectionString": Secret("x")}),
                            live(without(SERVE, "sslSecret")), {"tls-lost": BAD}),
    "a Secret is not lost": (Draft(protected={"relayServerConnectionString": Secret("x")}), live(SERVE), {}),
    "new files": (Draft(protected=FILES), live(without(SERVE, "sslSecret")), {}),
    "new files, no name": (Draft(protected=FILES), live(without(SERVE, "sslSecret", "sslCname")), {"tls-cname": BAD}),
    "half of the files, for nothing": (Draft(protected={"sslKeyPemFile": Secret("k")}), live(TRAIN),
                                       {"tls-half": BAD, "tls-unused": WARN}),
    "a live key in another case": (Draft(settings={"enableTraining": "False"}), live({"ENABLETRAINING": "True"}),
                                   {"nothing-enabled": BAD}),
    "files over a live Secret": (Draft(protected=FILES), live(SERVE), {"tls-both": WARN}),
    "inside, on premises": (Draft(settings={"internalLoadBalancerProvider": "azure"}),
                            live(SERVE), {"internal-balancer-aks": BAD, "internal-balancer-nodeport": BAD}),
    "nodePort under a live balancer": (
        Draft(settings={"inferenceRouterServiceType": "nodePort"}),
        live(BALANCED | {"internalLoadBalancerProvider": "azure"}, AKS), {"internal-balancer-nodeport": BAD},
    ),
    "inference on, on two": (Draft(settings=SERVE), live(TRAIN, SMALL), {"small-cluster": WARN}),
    "training on two": (Draft(settings={"installPromOp": "True"}), live(TRAIN | SERVE, SMALL), {}),
    "HA on two": (Draft(settings={"inferenceRouterHA": "true"}), live(SERVE, SMALL), {"ha-nodes": BAD}),
    "HA was on before two went": (Draft(settings={"installPromOp": "True"}),
                                  live(SERVE | {"inferenceRouterHA": "true"}, SMALL), {}),
    "a second toleration": (Draft(settings={"workLoadToleration[1].operator": "Exists"}),
                            live(TRAIN | {"workLoadToleration[0].operator": "Exists"}), {}),
    "a third toleration": (Draft(settings={"workLoadToleration[2].operator": "Exists"}),
                           live(TRAIN | {"workLoadToleration[0].operator": "Exists"}), {"toleration-gap": BAD}),
    "OpenShift, untouched": (Draft(settings={"installPromOp": "True"}),
                             live(TRAIN, replace(ARC, distribution="openshift")), {}),
    "OpenShift off": (Draft(settings={"openshift": "False"}),
                      live(TRAIN | {"openshift": "true"}, replace(ARC, distribution="openshift")), {"openshift": WARN}),
    "own Volcano from now on": (Draft(settings={"installVolcano": "False"}), live(TRAIN), {"own-volcano": WARN}),
    "a live mask": (Draft(settings={"x": MASK}), live(TRAIN | {"x": MASK}), {}),
}  # fmt: skip


@pytest.mark.parametrize(("draft", "site", "expected"), UPDATES.values(), ids=UPDATES)
def test_updates_are_judged_by_what_they_leave(draft: Draft, site: Site, expected: Codes) -> None:
    assert codes(draft, site) == expected


KEYS = st.one_of(st.sampled_from([s.key for s in CATALOGUE]), st.sampled_from(CORPUS), st.text(max_size=20),
                 st.builds("workLoadToleration[{}].{}".format, st.integers(0, 10**12), st.text(max_size=8)),
                 st.builds("nodeSelector.{}".format, st.text(max_size=8)))  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["True", "false", "", "azure", "nodePort", MASK]), st.sampled_from(CORPUS), st.text()
)
DRAFTS: st.SearchStrategy[Any] = st.builds(
    Draft, st.text(), st.text(), st.booleans(), st.text(), st.dictionaries(KEYS, VALUES, max_size=6),
    st.dictionaries(KEYS, st.just(Secret("hunter2")), max_size=4),
)  # fmt: skip
SITES: st.SearchStrategy[Any] = st.builds(
    Site, st.booleans(), st.integers(0, 4), st.sampled_from(["", "openshift", "aks"]), st.sampled_from(["B", "C"]),
    st.none() | st.dictionaries(KEYS, VALUES, max_size=4),
)  # fmt: skip


@given(DRAFTS, SITES)
def test_whatever_was_typed_is_judged_and_can_be_shown(draft: Draft, site: Site) -> None:
    for note in judge(draft, site):
        words = f"{note.code}{note.what}{note.evidence}{note.remedy}"
        assert not offences(words)
        assert "hunter2" not in words
        assert len(note.what) < 400


@given(DRAFTS, SITES)
def test_what_is_live_already_is_no_fault(draft: Draft, site: Site) -> None:
    """An update that repeats live settings has nothing to answer for, whatever they are."""
    repeated = Draft("x", "stable", settings=draft.settings)
    spellings = {key.lower() for key in draft.settings}
    if len(spellings) == len(draft.settings):
        found = codes(repeated, live(draft.settings, site))
        assert set(found) <= {"key-in-both", "key-twice"}
