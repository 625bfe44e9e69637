"""Settings as az arguments and as JSON: what operators paste, and the way there and back."""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hostile import CORPUS, offences
from tests.domain.build import extension
from tui.core.health import Health
from tui.core.redact import MASK
from tui.core.secret import Secret
from tui.domain.plans.draft import Draft
from tui.domain.settings.catalogue import CATALOGUE, find, spelled
from tui.domain.settings.text import Imported, arguments, parse, to_az, to_json

COMMAND = r"""
$ az k8s-extension create \
    --name arcml-extension --extension-type Microsoft.AzureML.Kubernetes \
    --config enableTraining=True  enableInference=True inferenceRouterServiceType=LoadBalancer sslCname="ml.example" \
    --config-protected sslCertPemFile=./cert.pem sslKeyPemFile=@./key.pem \
    --cluster-type managedClusters --cluster-name aks1 --resource-group rg-ml --scope cluster --no-wait
"""


def codes(got: Imported) -> dict[str, Health]:
    return {note.code: note.health for note in got.notes}


def test_a_whole_command() -> None:
    got = parse(COMMAND)
    assert got.draft == Draft(
        name="arcml-extension",
        settings={
            "enableTraining": "True",
            "enableInference": "True",
            "inferenceRouterServiceType": "LoadBalancer",
            "sslCname": "ml.example",
        },
    )
    assert got.files == {"sslCertPemFile": "./cert.pem", "sslKeyPemFile": "./key.pem"}
    assert got.target == {"cluster-type": "managedClusters", "cluster-name": "aks1", "resource-group": "rg-ml"}
    assert codes(got) == {"option-aside": Health.GOOD}


@pytest.mark.parametrize("end", ["`\n", "^\r\n", "\\\r\n", "\\\n"])
def test_lines_that_go_on_in_any_shell(end: str) -> None:
    got = parse(f"az k8s-extension create --name x {end}  --config enableTraining=True {end} installPromOp=False")
    assert got.draft.settings == {"enableTraining": "True", "installPromOp": "False"}
    assert (got.draft.name, got.notes) == ("x", ())


@pytest.mark.parametrize(
    "text",
    [
        "enableTraining=True installPromOp=False",
        "--config enableTraining=True installPromOp=False",
        "--config-settings enableTraining=True --config installPromOp=False",
        "--configuration-settings enableTraining=True --configuration-settings installPromOp=False",
        "--config=enableTraining=True installPromOp=False",
        "--set enableTraining=True --set 'installPromOp=False'",
        "  --CONFIG enableTraining=True installPromOp=False",
        "AZ K8s-Extension Create --scope Cluster --config enableTraining=True installPromOp=False",
        "enableTraining=Tr\\\nue installPromOp=False",
        '{"enableTraining": true, "installPromOp": "False"}',
        '{"settings": {"enableTraining": "True", "installPromOp": "False"}}',
    ],
)
def test_settings_alone(text: str) -> None:
    got = parse(text)
    assert {key: value.title() for key, value in got.draft.settings.items()} == {
        "enableTraining": "True",
        "installPromOp": "False",
    }
    assert got.notes == ()


@pytest.mark.parametrize("option", ["--config-protected", "--configuration-protected-settings", "--set-protected"])
def test_protected_values_and_files(option: str) -> None:
    got = parse(f"{option} relayServerConnectionString=Endpoint=sb://x a=@@at b=@/tmp/b sslKeyPemFile='-----BEGIN X'")
    assert got.files == {"b": "/tmp/b"}
    assert got.draft.protected == {
        "relayServerConnectionString": Secret("Endpoint=sb://x"),
        "a": Secret("@at"),
        "sslKeyPemFile": Secret("-----BEGIN X"),
    }
    assert got.with_files({"b": "read"}).protected == got.draft.protected | {"b": Secret("read")}


@pytest.mark.parametrize(
    ("words", "upgrade", "version"),
    [
        ("", True, ""),
        ("--version 1.1.39", False, "1.1.39"),
        ("--version 1.1.39 --auto-upgrade true", True, "1.1.39"),
        ("--auto-upgrade-minor-version", True, ""),
        ("--auto-upgrade-minor-version False", False, ""),
        ("--auto-upgrade no --version 1.1.39", False, "1.1.39"),
    ],
)
def test_pins(words: str, upgrade: bool, version: str) -> None:
    got = parse(f"--release-train preview {words} --config a=b")
    assert (got.draft.train, got.draft.auto_upgrade, got.draft.version) == ("preview", upgrade, version)
    assert got.notes == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--config 'a=b", {"text-syntax": Health.BAD}),
        ("--config a", {"not-a-pair": Health.BAD}),
        ("--config-protected hunter2", {"not-a-pair": Health.BAD}),
        ("--config a=b --frob x", {"option-unknown": Health.WARN}),
        ("az storage list", {"word-unknown": Health.WARN}),
        ("--name a b", {"one-value": Health.BAD}),
        ("--name", {"one-value": Health.BAD}),
        ("--auto-upgrade perhaps", {"one-value": Health.BAD}),
        ("--scope namespace", {"scope": Health.BAD}),
        ("--extension-type Microsoft.Flux", {"other-type": Health.BAD}),
        ("--config-settings-file x.json", {"file-unread": Health.WARN}),
        ("--config-protected-file x.json", {"file-unread": Health.WARN}),
        ("--configuration-protected-settings-file x", {"file-unread": Health.WARN}),
        ("--output table -y --yes", {"option-aside": Health.GOOD}),
        ("--config a=$NAME", {"variable": Health.WARN}),
        ("--config a=x-$(whoami)", {"variable": Health.WARN}),
        ("--config a=${NAME}", {"variable": Health.WARN}),
        ("--config ENABLETRAINING=True", {"key-case": Health.WARN}),
        ("--config a=1 a=2", {"given-twice": Health.WARN}),
        ("{", {"text-syntax": Health.BAD}),
        ("[1]", {"text-syntax": Health.BAD}),
        ("[" * 100_000, {"text-syntax": Health.BAD}),
        ('{"a": ' * 30_000, {"text-syntax": Health.BAD}),
        ('{"a": "1", "a": "2"}', {"given-twice": Health.WARN}),
        ('{"a": {"b": "1"}}', {"value-type": Health.BAD}),
        ('{"a": ["b"]}', {"value-type": Health.BAD}),
        ('{"settings": {}, "x": 1}', {"key-ignored": Health.WARN}),
        ('{"settings": {}, "name": {}}', {"value-type": Health.BAD}),
        ('{"settings": {}, "protected": 1}', {"value-type": Health.BAD}),
        ('{"settings": {}, "autoUpgrade": "true"}', {"value-type": Health.BAD}),
        ('{"properties": {"extensionType": "microsoft.flux"}}', {"other-type": Health.BAD}),
        ('{"extensionType": "Microsoft.AzureML.Kubernetes", "scope": {"namespace": {}}}', {"scope": Health.BAD}),
        ("word " * 200, {"word-unknown": Health.WARN, "text-foreign": Health.BAD}),
        ("x" * 200_001, {"text-long": Health.BAD}),
        ("", {}),
        ("{}", {}),
        ('{"a": null}', {}),
    ],
)
def test_what_cannot_be_used_is_said(text: str, expected: dict[str, Health]) -> None:
    got = parse(text)
    assert codes(got) == expected
    assert "hunter2" not in str(got.notes)


def test_the_last_of_two_counts() -> None:
    assert parse("--config a=1 A=3 a=2").draft.settings == {"a": "2", "A": "3"}
    assert parse("enabletraining=1 enableTraining=2").draft.settings == {"enableTraining": "2"}
    assert parse('{"a": "1", "a": "2"}').draft.settings == {"a": "2"}


def test_numbers_and_switches_become_text() -> None:
    text = '{"a": 1, "b": 1.50, "c": true, "d": false, "e": "x", "f": 123456789012345678901234567890}'
    assert parse(text).draft.settings == {
        "a": "1", "b": "1.50", "c": "true", "d": "false", "e": "x", "f": "123456789012345678901234567890",
    }  # fmt: skip


def test_the_resource_of_another_cluster() -> None:
    body = extension({"enableTraining": "True", "cluster_name": "/subscriptions/x", "relayserver.enabled": "true"})
    body["properties"]["configurationProtectedSettings"] = {}
    body["properties"]["version"] = "1.1.39"
    got = parse(json.dumps(body))
    assert got.draft == Draft(settings={"enableTraining": "True"})
    [note] = got.notes
    assert (note.code, note.evidence) == ("set-by-az", "cluster_name, relayserver.enabled")


def test_a_pinned_resource_and_the_flat_form() -> None:
    inner: dict[str, Any] = {
        "extensionType": "microsoft.azureml.kubernetes", "autoUpgradeMinorVersion": False, "version": "1.1.23",
        "releaseTrain": "preview", "configurationSettings": {"enableTraining": "True"},
        "configurationProtectedSettings": None,
        "scope": {"cluster": {"releaseNamespace": "azureml"}, "namespace": None},
    }  # fmt: skip
    wanted = Draft("aml", "preview", False, "1.1.23", {"enableTraining": "True"})
    assert parse(json.dumps({"name": "aml", "properties": inner})) == Imported(wanted)
    assert parse(json.dumps({"name": "aml", **inner})) == Imported(wanted)


def test_arguments() -> None:
    draft = Draft("x", "preview", False, "1.1.39", {"a": "1 2", "b": "c"}, {"sslKeyPemFile": Secret("hunter2")})
    assert to_az(draft) == (
        "--name x --release-train preview --auto-upgrade-minor-version false --version 1.1.39 --config 'a=1 2' b=c"
        " --config-protected sslKeyPemFile=@FILE"
    )
    assert arguments(Draft("x")) == ["--name", "x", "--release-train", "stable"]


def test_a_secret_among_plain_settings_is_not_written() -> None:
    draft = Draft(settings={"sslKeyPemFile": "hunter2", "relayServerConnectionString": "hunter2"})
    for text in (to_az(draft), to_json(draft)):
        assert "hunter2" not in text
        assert parse(text).draft.settings == dict.fromkeys(draft.settings, MASK)


PLAIN = [setting.key for setting in CATALOGUE if not setting.protected]
WORDS = st.from_regex(r"[a-z][a-z0-9.-]{0,12}", fullmatch=True)
FREE = st.from_regex(r"[A-Za-z_][^\s=\ud800-\udfff]{0,12}", fullmatch=True).filter(lambda key: spelled(key) == key)
ANY = st.one_of(st.text(), st.text(alphabet="'\"\\\n\r `^$@= -{a"), st.sampled_from([c for c in CORPUS if c.isascii()]))
DRAFTS: st.SearchStrategy[Any] = st.builds(
    Draft, WORDS, WORDS, st.booleans(), st.just("") | WORDS,
    st.dictionaries(
        st.one_of(st.sampled_from(PLAIN), FREE.filter(lambda key: not (found := find(key)) or not found.protected)),
        ANY.filter(lambda value: "\0" not in value), max_size=6,
    ),
    st.dictionaries(st.sampled_from([s.key for s in CATALOGUE]) | FREE, st.just(Secret("hunter2")), max_size=4),
)  # fmt: skip


@given(DRAFTS)
def test_there_and_back(draft: Draft) -> None:
    for text in (to_az(draft), to_json(draft)):
        assert "hunter2" not in text
        got = parse(text)
        assert got.with_files(dict.fromkeys(draft.protected, "hunter2")) == draft
        assert got.files == dict.fromkeys(draft.protected, "FILE")


PIECES = st.sampled_from(["--config", "--version", "-n", "a=b", "-", "--", "'", '"', "\\", "\n", "--scope=x"])


@given(st.one_of(st.text(), ANY, st.sampled_from(CORPUS), st.lists(PIECES).map(" ".join)))
def test_nothing_raises(typed: str) -> None:
    for text in (typed, f"--config {typed}", f"--config-protected {typed}", "{" + typed, f"--{typed}=x"):
        for note in parse(text).notes:
            assert not offences(f"{note.code}{note.what}{note.evidence}{note.remedy}")


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(
        ["properties", "settings", "protected", "name", "version", "autoUpgrade", "configurationSettings", "scope",
         "namespace", "extensionType", "configurationProtectedSettings", "autoUpgradeMinorVersion"],
    ), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_document_is_read(document: Any) -> None:
    got = parse(json.dumps(document))
    assert all(isinstance(value, str) for value in got.draft.settings.values())
    assert isinstance(got.draft.auto_upgrade, bool)
    assert isinstance(got.draft.name, str)


@pytest.mark.parametrize("value", ["a b", "it's", 'say "x"', "a\\b", "line\nbreak", "$HOME `id` !x", "", "ü*?[x]"])
def test_a_real_shell_reads_it_the_same(value: str) -> None:
    draft = Draft(settings={"free.key": value})
    done = subprocess.run(
        ["/bin/sh", "-c", rf"printf '%s\0' {to_az(draft)}"], check=True, capture_output=True, text=True
    )
    assert done.stdout.split("\0")[:-1] == arguments(draft) == shlex.split(to_az(draft))
