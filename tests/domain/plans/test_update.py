"""The plan of an update: only what changes, all secrets or none, and who is hurt."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given as given_by
from hypothesis import strategies as st

from tests.domain.plans.test_deploy import BUS, CERT, ENCODED, HYBRID, LOGS, PEM, RELAY, cluster, live
from tui.core.health import Health
from tui.core.secret import Secret
from tui.domain import relay
from tui.domain.extension import ExtensionRow
from tui.domain.job import JobRow
from tui.domain.plans import update as plan_update
from tui.domain.plans.draft import Draft
from tui.domain.plans.plan import Fill, Plan, shown

BASE = {
    "enableTraining": "True", "enableInference": "False", "relayserver.enabled": "true", "servicebus.enabled": "false",
    "relayserver.hybridConnectionResourceID": HYBRID,
}  # fmt: skip
STRING = Fill("relay-connection-string")
RELAYED = {"relayServerConnectionString": STRING, "relayserver.relayConnectionString": STRING}


def before(state: str = "Succeeded", **more: str) -> ExtensionRow:
    return live(state, BASE | {key.replace("__", "."): value for key, value in more.items()})


def update(row: ExtensionRow, settings: dict[str, str], protected: dict[str, Secret] | None = None, **how: Any) -> Plan:
    as_is = plan_update.as_is(row)
    draft = Draft(as_is.name, as_is.train, as_is.auto_upgrade, as_is.version, settings, protected or {})
    return plan_update.plan(row, draft, how.pop("cluster", cluster()), **how)


def sent(made: Plan) -> dict[str, Any]:
    step = made.steps[-1]
    assert (step.id, step.method, step.path, step.follows) == ("extension", "PATCH", made.target, True)
    body = step.body or {}
    assert list(body) == ["properties"]
    return dict(body["properties"])


def codes(made: Plan) -> list[str]:
    return [note.code for note in made.notes]


def test_only_what_changes_is_sent() -> None:
    made = update(before(), {"enableTraining": "true", "installDcgmExporter": "True", "SERVICEBUS.enabled": "False"})
    assert sent(made) == {"configurationSettings": {"installDcgmExporter": "True"}}
    assert [step.id for step in made.steps] == ["extension"]
    assert not made.blocked
    words = shlex.split(made.az)
    assert words[-3:] == ["--configuration-settings", "installDcgmExporter=True", "--yes"]
    assert "--release-train" not in words


@pytest.mark.parametrize("settings", [{}, {"enableTraining": "TRUE"}, {"enabletraining": "True"}])
def test_a_draft_that_changes_nothing_sends_nothing(settings: dict[str, str]) -> None:
    made = update(before(), settings)
    assert (made.steps, codes(made)) == ((), ["nothing-changes"])


def test_train_and_version_are_sent_when_they_change() -> None:
    row = live(settings=BASE)
    draft = Draft("amlarc-compute", "preview", auto_upgrade=False, version="1.1.29")
    made = plan_update.plan(row, draft, cluster())
    assert sent(made) == {"releaseTrain": "preview", "autoUpgradeMinorVersion": False, "version": "1.1.29"}
    assert "--version 1.1.29" in made.az
    pinned = live(settings=BASE, autoUpgradeMinorVersion=False, version="1.1.29")
    assert plan_update.as_is(pinned) == Draft("amlarc-compute", "Stable", auto_upgrade=False, version="1.1.29")
    assert plan_update.plan(pinned, plan_update.as_is(pinned), cluster()).steps == ()
    newer = Draft("amlarc-compute", auto_upgrade=False, version="1.1.39")
    assert sent(plan_update.plan(pinned, newer, cluster())) == {"autoUpgradeMinorVersion": False, "version": "1.1.39"}


def test_one_protected_setting_sends_the_whole_set() -> None:
    made = update(before(logAnalyticsWS="True"), {}, {"mine": Secret("hunter2")})
    assert [step.id for step in made.steps] == ["log-analytics-keys", "relay-keys", "extension"]
    assert not any(step.writes for step in made.steps[:-1])
    assert sent(made) == {"configurationProtectedSettings": {
        "mine": Secret("hunter2"), "azure_log_analytics.connection_string": Fill("log-analytics-key"), **RELAYED,
    }}  # fmt: skip
    assert made.steps[0].path == f"{LOGS}/sharedKeys"
    assert "protected-replaced" in codes(made)
    assert "hunter2" not in str(made) + str(shown(made.steps[-1].body))
    assert "mine=@FILE" in made.az
    assert made.costs == ()


def test_era_b_fetches_the_service_bus_string_too() -> None:
    row = live(settings={"enableTraining": "True", "servicebus.resourceID": BUS}, currentVersion="1.0.37")
    made = update(row, {}, {"mine": Secret("x")})
    assert [step.id for step in made.steps] == ["relay-keys", "service-bus-keys", "extension"]
    assert set(sent(made)["configurationProtectedSettings"]) == {
        "mine", *RELAYED, "serviceBusConnectionString", "servicebus.connectionString",
    }  # fmt: skip
    assert "update-unsupported" in codes(made)


def test_aks_has_no_relay_to_fetch() -> None:
    for settings in ({"relayserver.enabled": "false"}, {}):
        made = update(live(settings=settings), {}, {"mine": Secret("x")}, cluster=cluster("AKS"))
        assert [step.id for step in made.steps] == ["extension"]


@pytest.mark.parametrize(
    ("then", "now", "made_too"),
    [
        ({}, {"logAnalyticsWS": "True"},
         ["log-analytics-workspace", "log-analytics-keys", "relay-keys", "extension"]),
        ({"logAnalyticsWS": "True"}, {"logAnalyticsWS": "False"}, ["relay-keys", "extension"]),
        ({"relayserver.enabled": "false"}, {"relayserver.enabled": "true"},
         ["relay-namespace", "relay-connection", "relay-rule", "relay-keys", "extension"]),
        ({}, {"relayserver.enabled": "false"}, ["extension"]),
    ],
)  # fmt: skip
def test_a_switch_with_a_secret_behind_it_brings_what_it_needs(
    then: dict[str, str], now: dict[str, str], made_too: list[str]
) -> None:
    made = update(live(settings=BASE | then), now)
    assert [step.id for step in made.steps] == made_too
    inner = sent(made)
    assert inner["configurationSettings"].items() >= now.items()
    assert ("configurationProtectedSettings" in inner) is (len(made_too) > 1)
    if "log-analytics-workspace" in made_too:
        assert inner["configurationSettings"]["azure_log_analytics.customer_id"] == Fill("log-analytics-id")
        assert len(made.costs) == 1


TLS = {"enableInference": "True", "sslCname": "ml.test", "inferenceRouterServiceType": "nodePort"}


def test_a_certificate_that_would_be_lost_blocks() -> None:
    row = live(settings=BASE | TLS)
    made = update(row, {}, {"mine": Secret("x")})
    assert [note.code for note in made.blocked] == ["protected-again"]
    assert "sslCertPemFile and sslKeyPemFile" in made.blocked[0].what
    assert update(row, {}, {"sslCertPemFile": Secret(CERT)}).blocked, "half a pair is none"
    assert update(row, {}, {"scoringFe.sslCert": Secret("b64")}).blocked, "nor is it as the chart takes it"
    again = update(row, {}, {"mine": Secret("x"), **PEM})
    assert not again.blocked
    assert sent(again)["configurationProtectedSettings"].items() >= ENCODED.items()
    assert not any(key in sent(again)["configurationProtectedSettings"] for key in PEM)
    for more in ({"sslSecret": "tls"}, {"allowInsecureConnections": "true"}):
        assert not update(live(settings=BASE | TLS | more), {}, {"mine": Secret("x")}).blocked
    assert not update(row, {"installDcgmExporter": "True"}).blocked, "no protected setting is sent, none is lost"


def test_protected_settings_that_arm_admits_to_must_be_given_again() -> None:
    row = live(settings=BASE, configurationProtectedSettings={"free": "", "relayserver.relayConnectionString": ""})
    (note,) = update(row, {}, {"mine": Secret("x")}).blocked
    assert note.what.endswith("free")
    assert not update(row, {}, {"FREE": Secret("x")}).blocked


@pytest.mark.parametrize(
    ("changed", "added"),
    [
        ({"inferenceRouterServiceType": "NodePort"}, {"scoringFe.serviceType.nodePort": "True"}),
        ({"inferenceRouterServiceType": "loadBalancer"}, {"scoringFe.serviceType.nodePort": "False"}),
        ({"internalLoadBalancerProvider": "azure"}, {"scoringFe.serviceType.internalLoadBalancer": "True"}),
        ({"sslSecret": "other"}, {"scoringFe.sslSecret": "other"}),
    ],
)
def test_what_follows_from_a_change_is_sent_with_it(changed: dict[str, str], added: dict[str, str]) -> None:
    assert sent(update(before(), changed)) == {"configurationSettings": changed | added}


def test_a_relay_that_is_gone_blocks() -> None:
    there = relay.decode({"id": RELAY.upper(), "name": "x", "properties": {}})
    other = relay.decode({"id": f"{RELAY}x", "name": "x", "properties": {}})
    for relays, blocks in ((None, False), ([there], False), ([other], True), ([], True)):
        made = update(before(), {}, {"mine": Secret("x")}, relays=relays)
        assert [note.code for note in made.blocked] == ["relay-missing"] * blocks
    assert "Relay server not found" in made.blocked[0].what
    assert made.blocked[0].remedy
    assert not update(before(), {"installDcgmExporter": "True"}, relays=[]).blocked
    off = live(settings=BASE | {"relayserver.enabled": "false"})
    assert not update(off, {"relayserver.enabled": "true"}, relays=[]).blocked, "it is made"


@pytest.mark.parametrize("state", ["Creating", "Deleting"])
def test_what_goes_on_already_blocks(state: str) -> None:
    assert [note.code for note in update(before(state), {"a": "b"}).blocked] == ["extension-busy"]


def test_the_first_api_would_ignore_settings() -> None:
    row = live("", BASE, installState="Installed")
    assert [note.code for note in update(row, {"a": "b"}).blocked] == ["update-ignored"]


def job(name: str, state: str = "Running") -> JobRow:
    fields = dict.fromkeys(JobRow.__struct_fields__, "") | {"name": name, "state": state}
    return JobRow(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"enableTraining": "False"}, {"impact-jobs"}),
        ({"installNvidiaDevicePlugin": "False"}, {"impact-jobs", "impact-endpoints"}),
        ({"nodeSelector.gpu": "v"}, {"impact-jobs", "impact-endpoints", "node-selector"}),
        ({"enableInference": "False"}, {"impact-endpoints"}),
        ({"allowInsecureConnections": "True"}, {"impact-endpoints"}),
        ({"inferenceRouterServiceType": "clusterIP"}, {"impact-endpoints"}),
        ({"internalLoadBalancerProvider": "azure"}, {"impact-endpoints"}),
        ({"sslCname": "other"}, {"impact-endpoints"}),
        ({"installDcgmExporter": "True"}, set()),
    ],
)
def test_whom_a_change_hurts(changed: dict[str, str], told: set[str]) -> None:
    row = live(settings=BASE | {"enableInference": "True", "installNvidiaDevicePlugin": "True", "sslSecret": "tls"})
    jobs = [job(f"run-{n}") for n in range(7)] + [job("over", "Completed")]
    made = update(row, changed, jobs=jobs, endpoints=["sky"])
    found = {note.code: note for note in made.notes}
    assert set(found) == told
    assert all(note.health is Health.WARN for note in found.values())
    if "impact-jobs" in told:
        assert found["impact-jobs"].evidence == "7 active: run-0, run-1, run-2, run-3, run-4 and 2 more"
    if "impact-endpoints" in told:
        assert "sky" in found["impact-endpoints"].evidence
    calm = {note.code: note.health for note in update(row, changed, endpoints=[]).notes if "impact" in note.code}
    assert set(calm.values()) <= {Health.GOOD}
    unknown = {note.code: note.health for note in update(row, changed).notes}
    assert unknown.get("impact-endpoints", Health.UNKNOWN) is Health.UNKNOWN


def test_notes_have_the_worst_first() -> None:
    made = update(live("Updating", BASE | {"nodeSelector.a": "b"}), {"nodeSelector.a": "c"})
    assert [note.health for note in made.notes] == sorted((note.health for note in made.notes), reverse=True)
    assert made.notes[0].code == "extension-busy"


KEYS = st.sampled_from(["enableTraining", "installPromOp", "nodeSelector.x", "sslCname", "free", "logAnalyticsWS"])
VALUES = st.sampled_from(["True", "false", "x", ""])


@given_by(st.dictionaries(KEYS, VALUES), st.dictionaries(KEYS, VALUES))
def test_what_was_sent_once_is_not_sent_again(then: dict[str, str], now: dict[str, str]) -> None:
    first = plan_update.change_of(live(settings=then), Draft(settings=now, train="Stable"), cluster())
    merged = then | {key: value if isinstance(value, str) else "x" for key, value in first.settings.items()}
    again = plan_update.change_of(live(settings=merged), Draft(settings=now, train="Stable"), cluster())
    assert again.is_none
    assert all(merged[key] == value or merged[key].lower() == value.lower() for key, value in now.items())
