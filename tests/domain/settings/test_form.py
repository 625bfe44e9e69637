"""The form over the settings, as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.domain.build import extension
from tests.domain.drafts import FILES, INSECURE, SERVE, TRAIN, without
from tui.core.redact import MASK
from tui.core.secret import Secret
from tui.domain.extension import ExtensionRow, decode
from tui.domain.plans.draft import Draft
from tui.domain.settings.catalogue import CATALOGUE
from tui.domain.settings.form import Field, changed, fields, general, seeded
from tui.domain.settings.rules import Site

TLS_LIVE = without(SERVE, "sslSecret")


def row(settings: dict[str, str], **more: object) -> ExtensionRow:
    return decode(extension(settings, **more))


def field(key: str, draft: Draft, live: ExtensionRow | None = None, site: Site | None = None) -> Field:
    [found] = [one for one in fields(draft, live, "C", site) if one.key == key]
    return found


def keys(draft: Draft, live: ExtensionRow | None = None, group: str = "", era: str = "C") -> list[str]:
    return [one.key for one in fields(draft, live, "B" if era == "B" else "C") if not group or one.group == group]


def test_what_a_new_form_shows() -> None:
    assert keys(Draft(), group="seed") == ["enableTraining", "installNvidiaDevicePlugin", "logAnalyticsWS"]
    assert keys(Draft(), group="seed", era="B") == [
        "enableTraining", "installNvidiaDevicePlugin", "logAnalyticsWS", "installBlobfuseSysctl",
        "installBlobfuseFlexvol", "volumePluginDir",
    ]  # fmt: skip
    assert keys(Draft(), group="ga") == [
        "enableInference", "inferenceRouterServiceType", "internalLoadBalancerProvider", "allowInsecureConnections",
        "sslSecret", "sslCname", "sslCertPemFile", "sslKeyPemFile", "inferenceRouterHA", "installPromOp",
        "installVolcano", "installDcgmExporter",
    ]  # fmt: skip
    shown = keys(Draft())
    by_az = {setting.key for setting in CATALOGUE if setting.kind == "set by az"}
    wire = {setting.wire for setting in CATALOGUE if setting.wire}
    assert not by_az & {*shown}
    assert not wire & {*shown}
    assert keys(Draft(), group="free") == []


def test_the_order_of_groups_and_free_keys_last() -> None:
    draft = Draft(settings={"zebra": "1", "nodeSelector.a": "b", "privateEndpointILB": "True"}, protected=FILES)
    groups = [one.group for one in fields(draft, row({"apple": "2", "relayserver.enabled": "true"}), "C")]
    assert groups == sorted(groups, key=["seed", "ga", "advanced", "free"].index)
    assert keys(draft, row({"apple": "2", "relayserver.enabled": "true"}), "free") == ["apple", "zebra"]
    assert keys(Draft(settings={"Apple": "1"}), row({"apple": "2"}), "free") == ["Apple"]
    assert "relayserver.enabled" not in keys(draft, row({"relayserver.enabled": "true"}))
    assert "relayserver.enabled" in keys(Draft(settings={"relayserver.enabled": "true"}))
    assert {"nodeSelector.a", "privateEndpointILB"} < {*keys(draft)}


def test_given_live_and_default() -> None:
    live = row({"enableTraining": "True", "installPromOp": "false"})
    draft = Draft(settings={"installPromOp": "True", "clusterPurpose": "devtest"})
    promop = field("installPromOp", draft, live)
    assert (promop.value, promop.given, promop.default, promop.live) == ("True", True, "True", "false")
    assert (promop.differs_from_default, promop.differs_from_live) == (False, True)
    training = field("enableTraining", draft, live)
    assert (training.value, training.given, training.default, training.live) == ("True", False, "False", "True")
    assert (training.differs_from_default, training.differs_from_live) == (True, False)
    purpose = field("clusterPurpose", draft, live)
    assert (purpose.value, purpose.live, purpose.choices) == ("devtest", None, ("DevTest", "FastProd"))
    assert (purpose.differs_from_default, purpose.differs_from_live) == (True, True)
    volcano = field("installVolcano", draft, live)
    assert (volcano.value, volcano.given, volcano.kind) == ("True", False, "bool")
    assert not volcano.differs_from_default
    assert not volcano.differs_from_live


def test_nothing_differs_from_what_is_not_there() -> None:
    one = field("installPromOp", Draft(settings={"installPromOp": "False"}))
    assert (one.live, one.differs_from_live, one.differs_from_default) == (None, False, True)


def test_a_default_that_follows_training() -> None:
    [one] = [f for f in fields(Draft(settings=TRAIN), None, "B") if f.key == "installBlobfuseFlexvol"]
    assert (one.value, one.default, one.differs_from_default) == ("True", "True", False)
    off = Draft(settings=TRAIN | {"installBlobfuseFlexvol": "False"})
    [one] = [f for f in fields(off, None, "B") if f.key == "installBlobfuseFlexvol"]
    assert (one.value, one.default, one.differs_from_default) == ("False", "True", True)


def test_protected_settings_are_set_or_not() -> None:
    one = field("sslKeyPemFile", Draft(settings=TLS_LIVE, protected=FILES))
    assert (one.protected, one.given, one.value, one.live, one.differs_from_default) == (True, True, "", None, True)
    one = field("sslKeyPemFile", Draft())
    assert (one.protected, one.given, one.value, one.differs_from_default) == (True, False, "", False)
    assert "hunter2" not in str(fields(Draft(protected={"free": Secret("hunter2")}), None, "C"))
    assert field("free", Draft(protected={"free": Secret("x")})).kind == "secret"
    assert "hunter2" not in str(
        fields(Draft(settings={"sslKeyPemFile": "hunter2", "dbPassword": "hunter2"}), None, "C")
    )


@pytest.mark.parametrize(
    ("draft", "live", "again"),
    [
        (Draft(), row(TLS_LIVE), set()),
        (Draft(protected={"x": Secret("1")}), row(TLS_LIVE), {"sslCertPemFile", "sslKeyPemFile"}),
        (Draft(settings={"logAnalyticsWS": "True"}), row(TLS_LIVE), {"sslCertPemFile", "sslKeyPemFile"}),
        (Draft(protected={"sslKeyPemFile": Secret("1")}), row(TLS_LIVE), {"sslCertPemFile"}),
        (Draft(protected={"scoringFe.sslCert": Secret("1")}), row(TLS_LIVE), {"sslKeyPemFile"}),
        (Draft(protected={"x": Secret("1")}), row(SERVE), set()),
        (Draft(protected={"x": Secret("1")}), row(INSECURE), set()),
        (Draft(protected={"x": Secret("1")}), row(TRAIN), set()),
        (Draft(protected={"x": Secret("1")}), None, set()),
        (
            Draft(protected={"x": Secret("1")}),
            row(INSECURE, configurationProtectedSettings={"scoringFe.sslKey": "", "servicebus.connectionString": ""}),
            {"sslKeyPemFile"},
        ),
        (
            Draft(protected={"x": Secret("1")}),
            row(INSECURE, configurationProtectedSettings={"sslCertPemFile": ""}), {"sslCertPemFile"},
        ),
    ],
)  # fmt: skip
def test_what_must_be_given_again(draft: Draft, live: ExtensionRow | None, again: set[str]) -> None:
    assert {one.key for one in fields(draft, live, "C") if one.again} == again


def test_notes_stand_by_their_settings() -> None:
    draft = Draft(name="X", settings={"enabletraining": "True", "fooo": "1"} | without(SERVE, "sslCname"))
    shown = {one.key: {note.code for note in one.notes} for one in fields(draft, None, "C") if one.notes}
    assert shown == {"enableTraining": {"key-case"}, "fooo": {"key-unknown"}, "sslCname": {"tls-cname"}}
    assert [note.code for note in general(draft, Site())] == ["name"]
    small = field("inferenceRouterHA", draft, site=Site(nodes=2))
    assert [note.code for note in small.notes] == ["small-cluster"]


def test_only_changes_are_sent() -> None:
    live = row({"enableTraining": "True", "installPromOp": "False", "sslCname": "a", "password": "hunter2"})
    draft = Draft(
        settings={"ENABLETRAINING": "true", "installPromOp": "True", "sslCname": "A", "new": "", "password": MASK},
        protected=FILES,
    )
    sent = changed(draft, live)
    assert sent.settings == {"installPromOp": "True", "sslCname": "A", "new": ""}
    assert sent.protected == FILES
    assert (sent.name, sent.train, sent.auto_upgrade) == (draft.name, draft.train, draft.auto_upgrade)


def test_an_editor_opens_on_what_is_live() -> None:
    live = row({"enableTraining": "True", "relayserver.enabled": "true", "password": "hunter2"})
    assert seeded(live) == Draft(live.name, "stable", True, "", TRAIN)
    pinned = structs.replace(live, auto_upgrade=False, version="1.1.39")
    assert seeded(pinned) == Draft(live.name, "stable", False, "1.1.39", TRAIN)
    assert seeded(structs.replace(pinned, auto_upgrade=True)).version == ""


SETTINGS = st.dictionaries(
    st.sampled_from([setting.key for setting in CATALOGUE]) | st.text(min_size=1, max_size=6),
    st.sampled_from(["True", "False", "nodePort", ""]) | st.text(max_size=6), max_size=6,
)  # fmt: skip


@given(SETTINGS)
def test_a_form_left_alone_sends_nothing(settings: dict[str, str]) -> None:
    live = row(settings)
    draft = seeded(live)
    assert changed(draft, live).settings == {}
    shown = fields(draft, live, live.era)
    assert not any(one.differs_from_live for one in shown)
    assert len({one.key for one in shown}) == len(shown)


@given(SETTINGS, SETTINGS)
def test_marks_and_changes_agree(old: dict[str, str], new: dict[str, str]) -> None:
    live, draft = row(old), Draft(settings=new)
    marked = {one.key.lower() for one in fields(draft, live, "C") if one.differs_from_live}
    assert marked == {key.lower() for key in changed(draft, live).settings}
