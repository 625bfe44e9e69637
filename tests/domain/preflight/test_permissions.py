"""What we may do, as Azure RBAC and the cluster's reviews tell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.preflight.surveys import DENIED, RELAY, draft, note, notes, old, survey
from tui.core.health import Health
from tui.domain.preflight.permissions import GROUP, INSTALL
from tui.domain.rights import READ_LOG, Need
from tui.domain.surveys.arm import Permission, allows, permission
from tui.domain.surveys.survey import NEEDS

GOOD, WARN, BAD, UNKNOWN = Health.GOOD, Health.WARN, Health.BAD, Health.UNKNOWN
WRITE = INSTALL[0]


def gives(*actions: str, but: tuple[str, ...] = ()) -> tuple[Permission, ...]:
    return (Permission(actions, but),)


@pytest.mark.parametrize(
    ("entries", "allowed"),
    [
        (gives("*"), True),
        (gives("*/write"), True),
        (gives("Microsoft.KubernetesConfiguration/*"), True),
        (gives("Microsoft.KubernetesConfiguration/extensions/*"), True),
        (gives("microsoft.kubernetesconfiguration/EXTENSIONS/write"), True),
        (gives("*/read"), False),
        (gives("Microsoft.KubernetesConfiguration/extensions"), False),
        (gives("Microsoft.KubernetesConfiguration/extensions/write/more"), False),
        (gives("MicrosoftXKubernetesConfiguration/extensions/write"), False),
        (gives("Microsoft.Kubernetes/*"), False),
        (gives(), False),
        ((), False),
        (gives("*", but=("Microsoft.KubernetesConfiguration/*/write",)), False),
        (gives("*", but=("Microsoft.Authorization/*/write",)), True),
        ((*gives("*", but=("*/write",)), *gives(WRITE)), True),
        ((*gives("*/read"), *gives("*", but=("*/write",))), False),
    ],
)
def test_actions_match_as_in_azure(entries: tuple[Permission, ...], allowed: bool) -> None:
    assert allows(entries, WRITE) is allowed


@settings(max_examples=60)
@given(st.text(st.sampled_from("ab/*.(+"), max_size=12), st.text(st.sampled_from("ab/.(+"), max_size=12))
def test_a_star_stands_for_anything_and_nothing_else_is_special(pattern: str, action: str) -> None:
    def plainly(p: str, a: str) -> bool:
        if not p:
            return not a
        if p[0] == "*":
            return plainly(p[1:], a) or (bool(a) and plainly(p, a[1:]))
        return bool(a) and p[0] == a[0] and plainly(p[1:], a[1:])

    assert allows(gives(pattern), action) is plainly(pattern, action)


def test_many_stars_cost_no_time() -> None:
    assert not allows(gives("*a" * 12 + "*b"), "a" * 60)


def test_entries_are_read_whatever_they_hold() -> None:
    assert permission({"actions": ["*", 1, None], "notActions": None}) == Permission(("*", "1", ""), ())
    assert permission({"actions": ["*"], "notActions": ["*/write"]}) == Permission(("*",), ("*/write",))
    assert permission("odd") == Permission((), ())


@pytest.mark.parametrize("lacking", INSTALL)
def test_installing_takes_each_of_these(lacking: str) -> None:
    found = notes(survey(on_cluster=gives("*", but=(lacking,))))["permission-kubernetesconfiguration-missing"]
    assert found.health is (BAD if lacking.endswith("/write") else WARN)
    assert found.evidence == f"Microsoft.Authorization/permissions lacks {lacking}"
    assert "Kubernetes Extension Contributor" in found.remedy


@pytest.mark.parametrize(("namespace", "action"), [(name, each) for name, actions in GROUP.items() for each in actions])
def test_what_is_made_in_the_group_takes_each_of_these(namespace: str, action: str) -> None:
    wanted = old({"logAnalyticsWS": "True"})
    word = namespace.removeprefix("Microsoft.").lower()
    assert note(f"permission-{word}-granted", wanted).health is GOOD
    found = note(f"permission-{word}-missing", wanted, on_group=gives("*", but=(action,)))
    assert found.health is BAD
    assert action in found.evidence
    assert "rg-ml" in found.what


def test_each_scope_is_judged_by_its_own_permissions() -> None:
    found = notes(survey(on_cluster=gives("*"), on_group=gives("*/read")))
    assert found["permission-kubernetesconfiguration-granted"].health is GOOD
    assert found["permission-relay-missing"].health is BAD


def test_nothing_is_asked_of_what_is_not_made() -> None:
    found = notes(survey(aks=True))
    assert not any(code.startswith(("permission-relay", "permission-servicebus")) for code in found)
    assert "permission-operationalinsights-granted" in notes(survey(aks=True), draft({"logAnalyticsWS": "True"}))


def test_a_relay_that_is_there_need_not_be_written_but_its_key_must_be_read() -> None:
    key = "Microsoft.Relay/namespaces/authorizationRules/listKeys/action"
    assert note("permission-relay-granted", relays=[RELAY], on_group=gives(key)).health is GOOD
    assert note("permission-relay-missing", relays=[RELAY], on_group=gives("*/read")).evidence.endswith(key)
    assert note("permission-relay-missing", relays=[], on_group=gives(key)).health is BAD


@pytest.mark.parametrize("part", ["on_cluster", "on_group"])
def test_permissions_nobody_could_see_are_not_taken_for_granted(part: str) -> None:
    code = "permission-kubernetesconfiguration-unknown" if part == "on_cluster" else "permission-relay-unknown"
    found = note(code, **{part: DENIED})
    assert found.health is UNKNOWN
    assert "may not be listed" in found.evidence


@pytest.mark.parametrize("need", NEEDS)
def test_rights_in_the_cluster_never_block(need: Need) -> None:
    refused = note("rights-missing", rights={**dict.fromkeys(NEEDS, True), need: False})
    assert (refused.health, refused.blocks) == (WARN, False)
    assert need.told("azureml") in refused.evidence
    silent = note("rights-unknown", rights={**dict.fromkeys(NEEDS, True), need: None})
    assert silent.health is UNKNOWN
    assert need.told("azureml") in silent.evidence


def test_a_refusal_is_told_before_a_silence() -> None:
    answers: dict[Any, Any] = {**dict.fromkeys(NEEDS), READ_LOG: False}
    assert notes(survey(rights=answers))["rights-missing"].evidence.endswith("get pods/log in azureml")
    assert note("rights-unknown", rights={}).health is UNKNOWN
