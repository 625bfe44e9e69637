"""What a pod wants of a node, of its own spec, and of what stands in for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.build import Box, node_row, pod
from tests.domain.jobs import gpu_type
from tui.domain import instance_type
from tui.domain.amounts import NONE, Amounts
from tui.domain.queued.wants import Requirement, Wants, of_type, wants
from tui.domain.scheduling import Site, Toleration

GI = 2**30
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def affinity(*terms: dict[str, Any]) -> dict[str, Any]:
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}}


def expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


MET: dict[str, tuple[Requirement, bool]] = {
    "in": (Requirement("zone", "In", ("a", "b")), True),
    "in others": (Requirement("zone", "In", ("b", "c")), False),
    "in, missing": (Requirement("rack", "In", ("a",)), False),
    "not in": (Requirement("zone", "NotIn", ("b",)), True),
    "not in, but it is": (Requirement("zone", "NotIn", ("a",)), False),
    "not in, missing": (Requirement("rack", "NotIn", ("a",)), True),
    "exists": (Requirement("zone", "Exists"), True),
    "exists, missing": (Requirement("rack", "Exists"), False),
    "does not exist": (Requirement("rack", "DoesNotExist"), True),
    "does not exist, but does": (Requirement("zone", "DoesNotExist"), False),
    "greater": (Requirement("gen", "Gt", ("6",)), True),
    "not greater": (Requirement("gen", "Gt", ("7",)), False),
    "less": (Requirement("gen", "Lt", ("8",)), True),
    "not less": (Requirement("gen", "Lt", ("7",)), False),
    "greater than no number": (Requirement("zone", "Gt", ("6",)), False),
    "greater than two": (Requirement("gen", "Gt", ("1", "2")), False),
    "negative": (Requirement("gen", "Gt", ("-1",)), True),
    "an operator nobody knows": (Requirement("zone", "Like", ("a",)), False),
    "field": (Requirement("metadata.name", "In", ("n1",), of_field=True), True),
    "another field": (Requirement("metadata.name", "In", ("n2",), of_field=True), False),
}


@pytest.mark.parametrize("case", MET)
def test_requirements(case: str) -> None:
    requirement, met = MET[case]
    assert requirement.met(node_row(labels={"zone": "a", "gen": "7"})) is met


def test_of_a_pods_own_spec() -> None:
    found = wants(pod(
        Box("main", requests={"cpu": "4", "memory": "16Gi", "nvidia.com/gpu": "1"}),
        Box("helper", requests={"cpu": "100m", "memory": "1Gi"}),
        inits=(Box("side", sidecar=True, requests={"cpu": "1"}),), node="",
        nodeSelector={"accelerator": "v100"},
        tolerations=[{"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"},
                     {"operator": "Exists"}],
        **affinity(
            {"matchExpressions": [expression("zone", "In", "a", "b"), expression("gen", "Gt", "6")]},
            {"matchFields": [expression("metadata.name", "In", "n1")]},
        ),
    ))  # fmt: skip
    assert found == Wants(
        Amounts(5100, 17 * GI, 1),
        {"accelerator": "v100"},
        (
            (Requirement("zone", "In", ("a", "b")), Requirement("gen", "Gt", ("6",))),
            (Requirement("metadata.name", "In", ("n1",), of_field=True),),
        ),
        (Toleration("sku", "gpu", effect="NoSchedule"), Toleration("", exists=True)),
    )


def test_preferences_are_no_wishes() -> None:
    preferred = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1}]}}
    assert wants(pod(Box(), affinity=preferred)).terms is None


def test_what_is_not_judged_is_named() -> None:
    body = pod(
        Box(), affinity={"podAntiAffinity": {REQUIRED: [{}]}, "podAffinity": {REQUIRED: [{}]}},
        topologySpreadConstraints=[{"whenUnsatisfiable": "DoNotSchedule"}],
        volumes=[{"persistentVolumeClaim": {"claimName": "data"}}],
    )  # fmt: skip
    body["spec"]["containers"][0]["ports"] = [{"hostPort": 80}]
    assert wants(body).unjudged == (
        "pod affinity", "pod anti-affinity", "topology spread", "where its volumes are", "host ports",
    )  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms", "matchExpressions", "tolerations",
                         "nodeSelector", "containers", "volumes", "ports", "key", "values"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
@settings(max_examples=60)
def test_any_json_is_taken(value: Any) -> None:
    found = wants({"spec": value})
    for one in found.terms or ():
        assert all(isinstance(each.met(node_row()), bool) for each in one)


def test_text_from_outside_is_cleaned() -> None:
    found = wants(pod(Box(), nodeSelector={"a\x1b[31m": "b\n"}))
    assert found.selector == {"a": "b "}


def test_a_type_stands_in() -> None:
    kind = instance_type.decode(gpu_type())
    site = Site({"pool": "ml"}, (Toleration("x", exists=True),))
    found = of_type(kind, NONE, site)
    assert found == Wants(Amounts(4000, 16 * GI, 1), {"pool": "ml", "gpu": "v"}, None, site.tolerations)
    assert of_type(kind, Amounts(1), site).requests == Amounts(1), "what the pod's row says counts"


def test_a_label_wanted_twice_with_different_values_is_met_nowhere() -> None:
    kind = instance_type.decode(gpu_type())
    found = of_type(kind, NONE, Site({"gpu": "other"}))
    assert found.selector == {"gpu": "v"}
    assert found.terms == ((Requirement("gpu", "In", ("other",)),),)
