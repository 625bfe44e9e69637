"""Bodies in protocol buffers: what kubectl sends in them, and what nobody can read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demo.kube import town
from tui.demo.kube.protobuf import MEDIA, Unreadable, decoded


def varint(value: int) -> bytes:
    out = []
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def message(*fields: tuple[int, Any]) -> bytes:
    """The fields by number: integers, text, bytes."""
    parts = []
    for number, value in fields:
        if isinstance(value, int):
            parts.append(varint(number << 3) + varint(value & (1 << 64) - 1))
        else:
            data = value.encode() if isinstance(value, str) else value
            parts.append(varint(number << 3 | 2) + varint(len(data)) + data)
    return b"".join(parts)


def body(version: str, kind: str, raw: bytes) -> bytes:
    return b"k8s\x00" + message((1, message((1, version), (2, kind))), (2, raw), (3, ""), (4, ""))


META = (1, message((1, "x"), (2, ""), (8, b""), (11, message((1, "k"), (2, "v")))))
SHOWN = {"name": "x", "labels": {"k": "v"}}
CONTAINER = message(
    (1, "main"), (2, "img"), (3, "sleep"), (3, "1"), (5, ""), (6, message((1, ""), (2, 0), (3, 80))), (16, 0),
    (8, message((1, message((1, "cpu"), (2, message((1, "500m"))))))),
)  # fmt: skip
DEPLOYMENT = message(
    META,
    (2, message((1, 0), (2, message((1, message((1, "a"), (2, "b"))))), (5, 0),
                (3, message((1, b""), (2, message((2, CONTAINER), (24, ""))))))),
    (3, b""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("version", "kind", "raw", "expected"),
    [
        ("v1", "ConfigMap", message(META, (2, message((1, "a"), (2, "b")))), {"metadata": SHOWN, "data": {"a": "b"}}),
        (
            "v1", "Secret", message(META, (2, message((1, "a"), (2, b"\xff")))),
            {"metadata": SHOWN, "data": {"a": "/w=="}},
        ),
        (
            "authorization.k8s.io/v1", "SelfSubjectAccessReview",
            message((1, b""), (2, message((1, message((1, "ml"), (2, "get"), (5, "pods"))))), (3, message((1, 0)))),
            {"spec": {"resourceAttributes": {"namespace": "ml", "verb": "get", "resource": "pods"}}},
        ),
        (
            "policy/v1", "PodDisruptionBudget", message(META, (2, message((1, message((1, 1), (2, 0), (3, "50%")))))),
            {"metadata": SHOWN, "spec": {"minAvailable": "50%"}},
        ),
        (
            "policy/v1", "PodDisruptionBudget", message(META, (2, message((1, message((1, 0), (2, 2), (3, "")))))),
            {"metadata": SHOWN, "spec": {"minAvailable": 2}},
        ),
        (
            "policy/v1", "Eviction", message(META, (2, message((1, -1)))),
            {"metadata": SHOWN, "deleteOptions": {"gracePeriodSeconds": -1}},
        ),
        (
            "apps/v1", "Deployment", DEPLOYMENT,
            {"metadata": SHOWN, "spec": {
                "replicas": 0, "selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {"containers": [{
                    "name": "main", "image": "img", "command": ["sleep", "1"], "ports": [{"containerPort": 80}],
                    "resources": {"limits": {"cpu": "500m"}},
                }]}},
            }},
        ),
    ],
)  # fmt: skip
def test_what_kubectl_sends(version: str, kind: str, raw: bytes, expected: dict[str, Any]) -> None:
    assert decoded(body(version, kind, raw)) == {"apiVersion": version, "kind": kind, **expected}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"k8s", b"{}", b"k8s\x00", body("v1", "Nothing", b""), body("v1", "ConfigMap", b"\x0a\x7f"),
        body("v1", "ConfigMap", message((99, "x"))), body("v1", "ConfigMap", b"\xff" * 40),
        body("apps/v1", "Deployment", message((2, message((3, message((2, message((1, message((1, "volume"))))))))))),
    ],
)  # fmt: skip
def test_what_nobody_can_read(data: bytes) -> None:
    with pytest.raises(Unreadable):
        decoded(data)


@given(st.binary(max_size=60))
def test_noise_is_refused_or_read(noise: bytes) -> None:
    try:
        found = decoded(body("apps/v1", "Deployment", noise))
    except Unreadable:
        return
    assert found["kind"] == "Deployment"


async def test_the_server_takes_them() -> None:
    async with town.open_town() as (made, client):
        path, headers = "/api/v1/namespaces/azureml/configmaps", {"Content-Type": MEDIA}
        sent = body("v1", "ConfigMap", message(META, (2, message((1, "a"), (2, "b")))))
        async with client.stream("POST", path, data=sent, headers=headers) as response:
            assert response.status == 201
        held = made.objects.get("configmaps", "azureml", "x")
        assert held is not None
        assert held["data"] == {"a": "b"}
        async with client.stream("POST", path, data=b"k8s\x00", headers=headers) as response:
            assert (response.status, (await response.json())["reason"]) == (415, "UnsupportedMediaType")
