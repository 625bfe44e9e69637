"""Secrets go, what an operator needs stays, and masking twice is masking once."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.redact import MASK, redact, redact_text, secret_name

KEY = "A1b2" * 21 + "Cd=="
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s1gn4ture"

SECRETS = {
    f"token: {JWT}": JWT,
    f"Authorization: Bearer {JWT}": JWT,
    "Authorization: Bearer 0a1b2c3d4e5f": "0a1b2c3d4e5f",
    "authorization: Basic dXNlcjpwYXNzd29yZA": "dXNlcjpwYXNzd29yZA",
    f"DefaultEndpointsProtocol=https;AccountName=st;AccountKey={KEY};EndpointSuffix=core.windows.net": KEY,
    "Endpoint=sb://r.servicebus.windows.net/;SharedAccessKeyName=azureml_rw;SharedAccessKey=abcDEF123=": "abcDEF123",
    "https://st.blob.core.windows.net/c/f?sv=2021&sig=aB%2Fc%3D&se=2030": "aB%2Fc%3D",
    "SharedAccessSignature sr=x&sig=abc&skn=key": "sig=abc",
    "postgres://admin:hunter2@db:5432/x": "hunter2",
    "amqps://user:p@ss@host/": "p@ss",
    "git clone https://ghp_abcdef0123@github.com/o/r": "ghp_abcdef0123",
    "password=changeme": "changeme",
    "PASSWORD: changeme": "changeme",
    '{"token": "notAnyWord"}': "notAnyWord",
    "AZUREML_RUN_TOKEN=abcdef": "abcdef",
    "secret: abcdefgh12345678": "abcdefgh12345678",
    f"key is {KEY}": KEY,
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----": "MIIE",
    "-----BEGIN PRIVATE KEY-----\nMIIEcut off": "MIIEcut",
    "--api-key=sk-12345": "sk-12345",
    "connection_string='Endpoint=x'": "Endpoint=x",
}
HARMLESS = (
    "failed to get token: unauthorized",
    "token: x509: certificate signed by unknown authority",
    "basic authentication failed for user alice",
    "bearer of bad news",
    "tokens_per_second=12345.6 total_tokens: 1048576",
    "max_new_tokens=1024 tokenizer=bert-base-uncased pad_token_id=50256 eos_token=<|endoftext|>",
    'MountVolume.SetUp failed for volume "secrets": secret "run-token" not found',
    "couldn't find key password in Secret azureml/relay",
    "SharedAccessKeyName=RootManageSharedAccessKey",
    "docker-pullable://nginx@sha256:0a1b2c3d",
    "https://st.blob.core.windows.net/c/f?sv=2021&se=2030",
    "http://localhost:8080/path",
    "signature of the image is missing",
    "epoch 12 step 400 loss 0.2213 142 img/s",
    "secretName: run-token-1234",
    "0/12 nodes are available: 3 Insufficient nvidia.com/gpu",
)


@pytest.mark.parametrize("line", SECRETS)
def test_a_secret_in_a_line_is_masked(line: str) -> None:
    shown = redact_text(line)
    assert SECRETS[line] not in shown
    assert MASK in shown


@pytest.mark.parametrize("line", HARMLESS)
def test_a_harmless_line_stays(line: str) -> None:
    assert redact_text(line) == line


def test_what_is_round_a_secret_stays() -> None:
    assert redact_text("a?sv=1&sig=xyz1&se=2") == f"a?sv=1&sig={MASK}&se=2"
    assert redact_text("AccountName=st;AccountKey=abcd;X=1") == f"AccountName=st;AccountKey={MASK};X=1"
    assert redact_text("postgres://admin:hunter2@db/x") == f"postgres://admin:{MASK}@db/x"


WORDS = """token secret password AccountKey sig = : :// @ Bearer basic " ' ; & / https eyJ SharedAccessSignature"""
PIECES = st.lists(
    st.one_of(
        st.sampled_from([*WORDS.split(), " ", "-----BEGIN PRIVATE KEY-----", JWT, KEY, MASK]),
        st.text("abcXYZ019+/=.-_\n ", max_size=12),
    ),
    max_size=12,
).map("".join)


@given(PIECES)
def test_masking_again_changes_nothing(line: str) -> None:
    once = redact_text(line)
    assert redact_text(once) == once


HOSTILE_PIECES = """token eyJ- x://: a- token= password: ey Bearer https:// A secret:' -----BEGIN_PRIVATE_KEY-----"""


@pytest.mark.parametrize("piece", HOSTILE_PIECES.split())
def test_a_hostile_line_costs_no_more_than_its_length(piece: str) -> None:
    """A quadratic pattern needs minutes for these 100 kB; the bound is far above what is needed."""
    began = time.process_time()
    for end in ("", " "):
        whole = piece.replace("_", " ") + end
        redact_text(whole * (100_000 // len(whole)))
    assert time.process_time() - began < 5


SECRET_NAMES = """
    AZUREML_RUN_TOKEN token accessToken MSI_SECRET DB_PASSWORD passwd PASSPHRASE db_pwd STORAGE_ACCOUNT_KEY accountKey
    AZURE_STORAGE_KEY primaryKey api-key APIKEY relayConnectionString CONN_STR sasToken SAS IDENTITY_HEADER DB_PASS
    client-key-data sslKeyPemFile Authorization oauth_token registryAuth cookie KEY credentials instrumentationKey
"""
HARMLESS_NAMES = """
    AZUREML_RUN_ID AZUREML_RUN_TOKEN_EXPIRY secretName tokenExpirationSeconds automountServiceAccountToken publicKey
    monkey hotkeys TOKEN_PATH SAS_URL PASSWORD_FILE topologyKey max_tokens tokenizer author authority cluster_name
    nodeSelector workLoadToleration[0].key secretNamespace PATH HOSTNAME NCCL_DEBUG image
"""


@pytest.mark.parametrize("name", SECRET_NAMES.split())
def test_a_name_of_a_secret(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize("name", HARMLESS_NAMES.split())
def test_a_harmless_name(name: str) -> None:
    assert not secret_name(name)


def test_env_values_by_name_and_by_content() -> None:
    env = [
        {"name": "AZUREML_RUN_ID", "value": "run-1"},
        {"name": "AZUREML_RUN_TOKEN", "value": "abc"},
        {"name": "CONFIG", "value": f"x;AccountKey={KEY};y"},
        {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
        {"name": "EMPTY_TOKEN", "value": ""},
    ]
    shown = redact({"env": env})["env"]
    assert shown[0]["value"] == "run-1"
    assert shown[1]["value"] == MASK
    assert shown[2]["value"] == f"x;AccountKey={MASK};y"
    assert shown[3] == env[3]
    assert shown[4]["value"] == ""


def test_whole_blocks_by_where_they_stand() -> None:
    obj = {
        "kind": "AmlJob",
        "metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": '{"a": 1}', "note": "n"}},
        "properties": {
            "configurationProtectedSettings": {"a": "b", "c": {"d": "e"}},
            "configurationSettings": {"x": "1"},
        },
        "spec": {
            "job": {"options": {"commonRuntimeJobSpec": "c2VjcmV0", "envs": {"AZUREML_RUN_TOKEN": "t", "A": "b"}}}
        },
    }
    shown = redact(obj)
    assert shown["metadata"]["annotations"] == {"kubectl.kubernetes.io/last-applied-configuration": MASK, "note": "n"}
    assert shown["properties"] == {
        "configurationProtectedSettings": {"a": MASK, "c": MASK},
        "configurationSettings": {"x": "1"},
    }
    assert shown["spec"]["job"]["options"] == {
        "commonRuntimeJobSpec": MASK,
        "envs": {"AZUREML_RUN_TOKEN": MASK, "A": "b"},
    }


@pytest.mark.parametrize("kind", ["Secret", "SecretList"])
def test_the_data_of_secrets(kind: str) -> None:
    one = {"metadata": {"name": "x"}, "data": {"a": "YQ=="}, "stringData": {"b": "c"}, "type": "Opaque"}
    shown = redact({"kind": kind, **one} if kind == "Secret" else {"kind": kind, "items": [one]})
    inner = shown if kind == "Secret" else shown["items"][0]
    assert inner["data"] == {"a": MASK}
    assert inner["stringData"] == {"b": MASK}
    assert inner["metadata"] == {"name": "x"}
    assert inner["type"] == "Opaque"


@pytest.mark.parametrize(
    "obj",
    [
        {"tolerations": [{"key": "ml.azure.com/amlarc", "operator": "Equal", "value": "true"}]},
        {"items": [{"key": "ca.crt", "path": "ca.crt"}]},
        {"matchExpressions": [{"key": "accelerator", "operator": "In", "values": ["v100"]}]},
        {"volumes": [{"name": "t", "secret": {"secretName": "run-token", "defaultMode": 420}}]},
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"automountServiceAccountToken": True, "tokenExpirationSeconds": 600},
        {"labels": {"app.kubernetes.io/name": "gateway", "ml.azure.com/run-id": "r1"}},
        {"imagePullSecrets": [{"name": "acr"}], "image": "r.azurecr.io/x@sha256:0a"},
    ],
    ids=lambda obj: next(iter(obj)),
)
def test_what_an_operator_needs_stays(obj: Any) -> None:
    assert redact(obj) == obj


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), PIECES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["kind", "name", "value", "key", "data", "env", "password", "items", "x"]), inner
        ),
    ),
    max_leaves=12,
)


@given(JSON)
def test_the_shape_stays_and_masking_again_changes_nothing(value: Any) -> None:
    once = redact(value)
    assert redact(once) == once
    if isinstance(value, dict):
        assert list(once) == list(value)


def test_an_endless_object_ends() -> None:
    deep: Any = "end"
    for _ in range(5000):
        deep = {"a": [deep]}
    assert MASK in str(redact(deep))
