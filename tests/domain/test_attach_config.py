"""The attach configuration of the preview: what is sound, and what is said of what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.amounts import Amounts
from tui.domain.attach_config import parse, types_of, validate

GI = 2**30
SIZES = {"cpu": "2", "memory": "16Gi", "nvidia.com/gpu": "1"}
GOOD: dict[str, Any] = {
    "namespace": "amlarc-testing",
    "defaultInstanceType": "gpu_instance",
    "instanceTypes": {
        "gpu_instance": {"nodeSelector": {"accelerator": "k80"}, "resources": {"requests": SIZES, "limits": SIZES}},
        "bare": {"nodeSelector": None},
    },
}


def test_a_sound_one() -> None:
    document, findings = parse(json.dumps(GOOD))
    assert document == GOOD
    assert findings == []
    assert [(kind.name, kind.requests, kind.selector) for kind in types_of(GOOD)] == [
        ("gpu_instance", Amounts(2000, 16 * GI, 1), {"accelerator": "k80"}),
        ("bare", Amounts(), {}),
    ]


@pytest.mark.parametrize("document", [{}, {"namespace": "default"}, {"defaultInstanceType": "defaultInstanceType"}])
def test_all_is_optional(document: Any) -> None:
    assert validate(document) == []


def _with(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


def _sizes(**changes: Any) -> dict[str, Any]:
    kind = {"resources": {"requests": {**SIZES, **changes}, "limits": SIZES}}
    return _with(instanceTypes={"gpu_instance": kind})


@pytest.mark.parametrize(
    ("document", "finding"),
    [
        (_with(namespace="Not_One"), "namespace: is not a namespace name"),
        (_with(namespace=5), "namespace: is not a namespace name"),
        (_with(defaultInstanceType=None), "defaultInstanceType: is needed when instanceTypes are given"),
        (_with(defaultInstanceType="other"), "defaultInstanceType: other is not among instanceTypes"),
        (_with(defaultInstanceType=["x"]), "defaultInstanceType:  is not among instanceTypes"),
        (_with(instanceTypes=[]), "instanceTypes: must be a map of instance types"),
        (_with(instanceTypes={"gpu_instance": 5}), "instanceTypes.gpu_instance: not an object"),
        (_with(instanceTypes={"gpu_instance": {"nodeSelector": []}}),
         "instanceTypes.gpu_instance.nodeSelector: must be a map of labels, or null"),
        (_with(instanceTypes={"gpu_instance": {"resources": {"limits": []}}}),
         "instanceTypes.gpu_instance.resources.limits: not a map"),
        (_sizes(cpu=2), "instanceTypes.gpu_instance.resources.requests.cpu: must be text: put it in quotes"),
        (_sizes(cpu="two"), "instanceTypes.gpu_instance.resources.requests.cpu: is not a quantity"),
        (_sizes(cpu="4"), "instanceTypes.gpu_instance.resources.limits.cpu: is below requests.cpu"),
        (_sizes(memory="32Gi"), "instanceTypes.gpu_instance.resources.limits.memory: is below requests.memory"),
        (_with(vcName="x"), "vcName: is not a field of the attach configuration"),
    ],
)  # fmt: skip
def test_a_broken_rule(document: dict[str, Any], finding: str) -> None:
    assert finding in [str(found) for found in validate(document)]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("{", "1:2 Expecting property name enclosed in double quotes"), ("[]", "not an object"),
        ("", "1:1 Expecting value"), ("[" * 100000, "not JSON"), ("1" * 5000, "not JSON"),
    ],
    ids=["cut off", "a list", "empty", "endless", "long number"],
)  # fmt: skip
def test_what_is_no_document(text: str, finding: str) -> None:
    document, findings = parse(text)
    assert document is None
    assert [str(found) for found in findings] == [finding]


JSON = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from([*GOOD, "resources", "cpu"]), inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "x"]), JSON))
def test_any_object_is_judged(document: dict[str, Any]) -> None:
    validate(document)
    types_of(document)
