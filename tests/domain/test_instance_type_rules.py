"""Every rule of a valid instance type, with the line and column it is broken at."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.health import Health
from tui.domain import instance_type_text as texts
from tui.domain.instance_type_rules import Finding, judge_spec, validate

GOOD = """\
apiVersion: amlarc.azureml.com/v1alpha1
kind: InstanceType
metadata:
  name: gpu-v100
spec:
  nodeSelector:
    accelerator: nvidia-v100
  resources:
    requests:
      cpu: "700m"
      memory: "1500Mi"
    limits:
      cpu: "1"
      memory: "2Gi"
      nvidia.com/gpu: 1
"""

BROKEN: dict[str, tuple[str, str, list[str]]] = {
    "no version": (
        "apiVersion: amlarc.azureml.com/v1alpha1\n", "", ["1:1 apiVersion: must be amlarc.azureml.com/v1alpha1"],
    ),
    "other version": ("v1alpha1", "v1", ["1:13 apiVersion: must be amlarc.azureml.com/v1alpha1"]),
    "other kind": ("kind: InstanceType", "kind: instancetype", ["2:7 kind: must be InstanceType"]),
    "no name": ("  name: gpu-v100", "  labels: {}", ["3:1 metadata.name: is missing"]),
    "name is a number": ("name: gpu-v100", "name: 100", ["4:9 metadata.name: must be text: put it in quotes"]),
    "name is zero": ("name: gpu-v100", "name: 0", ["4:9 metadata.name: must be text: put it in quotes"]),
    "name with capitals": (
        "name: gpu-v100", "name: GPU_V100",
        ["4:9 metadata.name: may hold a-z, 0-9 and '-', begins and ends with a letter or digit, at most 63"],
    ),
    "no cpu request": ('      cpu: "700m"\n', "", ["9:5 spec.resources.requests.cpu: is missing"]),
    "no memory limit": ('      memory: "2Gi"\n', "", ["12:5 spec.resources.limits.memory: is missing"]),
    "no limits": (
        '    limits:\n      cpu: "1"\n      memory: "2Gi"\n      nvidia.com/gpu: 1\n', "",
        ["8:3 spec.resources.limits: is missing: cpu and memory are needed in both"],
    ),
    "empty": ('cpu: "700m"', 'cpu: ""', ["10:12 spec.resources.requests.cpu: is empty"]),
    "zero": ('cpu: "700m"', 'cpu: "0"', ["10:12 spec.resources.requests.cpu: must be more than 0"]),
    "negative": ('memory: "1500Mi"', 'memory: "-1Gi"', ["11:15 spec.resources.requests.memory: must be more than 0"]),
    "no quantity": (
        'memory: "1500Mi"', 'memory: "4 gb"', ["11:15 spec.resources.requests.memory: 4 gb is not a quantity"],
    ),
    "a list for a quantity": ('cpu: "700m"', "cpu: [1]", ["10:7 spec.resources.requests.cpu: this is not a quantity"]),
    "requests above limits": (
        'cpu: "700m"', 'cpu: "4"', ["13:12 spec.resources.limits.cpu: 1 is below requests.cpu 4"],
    ),
    "memory above limits": (
        'memory: "1500Mi"', 'memory: "3Gi"', ["14:15 spec.resources.limits.memory: 2Gi is below requests.memory 3Gi"],
    ),
    "gpu in pieces": (
        "nvidia.com/gpu: 1", "nvidia.com/gpu: 0.5",
        ["15:23 spec.resources.limits[nvidia.com/gpu]: must be a whole number, 0 or more"],
    ),
    "gpu negative": (
        "nvidia.com/gpu: 1", "nvidia.com/gpu: -1",
        ["15:23 spec.resources.limits[nvidia.com/gpu]: must be a whole number, 0 or more"],
    ),
    "gpu asked for, fewer than the limit": (
        '      cpu: "700m"', '      nvidia.com/gpu: 0\n      cpu: "700m"',
        ["10:23 spec.resources.requests[nvidia.com/gpu]: belongs in limits only; the request follows from it"],
    ),
    "another resource that is none": (
        "      nvidia.com/gpu: 1", "      ephemeral-storage: much",
        ["15:26 spec.resources.limits[ephemeral-storage]: much is not a quantity"],
    ),
    "selector value is a number": (
        "accelerator: nvidia-v100", "accelerator: 5",
        ["7:18 spec.nodeSelector.accelerator: must be text: put it in quotes"],
    ),
    "selector value is no label": (
        "accelerator: nvidia-v100", 'accelerator: "a b"',
        ["7:18 spec.nodeSelector.accelerator: a b is not a label value"],
    ),
    "selector key is none": (
        "accelerator: nvidia-v100", "a..b/c: x", ["7:13 spec.nodeSelector[a..b/c]: not a label name"],
    ),
    "selector is a list": (
        "  nodeSelector:\n    accelerator: nvidia-v100", "  nodeSelector: [a]",
        ["6:3 spec.nodeSelector: must be a map of labels"],
    ),
    "no spec": (GOOD[GOOD.index("spec:") :], "", ["1:1 spec: is missing"]),
    "spec is text": (GOOD[GOOD.index("spec:") :], "spec: none\n", ["5:7 spec: not an object"]),
    "no resources": (GOOD[GOOD.index("  resources:") :], "", ["5:1 spec.resources: is missing"]),
    "given twice": ('      cpu: "700m"', '      cpu: "500m"\n      cpu: "700m"', [
        "11:7 spec.resources.requests.cpu: is given twice"]),
    "several, in the order of the text": (
        'cpu: "700m"\n      memory: "1500Mi"', 'cpu: "0"\n      memory: ""',
        ["10:12 spec.resources.requests.cpu: must be more than 0", "11:15 spec.resources.requests.memory: is empty"],
    ),
}  # fmt: skip


def test_a_sound_one() -> None:
    parsed = texts.parse(GOOD)
    assert parsed.findings == ()
    assert parsed.valid


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rule_is_found_at_its_place(case: str) -> None:
    old, new, findings = BROKEN[case]
    assert old in GOOD
    parsed = texts.parse(GOOD.replace(old, new, 1))
    assert [str(finding) for finding in parsed.findings] == findings
    assert not parsed.valid


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('cpu: "1"', "cpu: 1", "13:12 spec.resources.limits.cpu: should be text: put it in quotes"),
        ("  nodeSelector:", "  tolerations: []\n  nodeSelector:",
         "6:3 spec.tolerations: is not a field of an instance type"),
        ("    limits:", "    claims: []\n    limits:",
         "12:5 spec.resources.claims: is not a field of an instance type"),
        ('      cpu: "700m"', '      nvidia.com/gpu: 1\n      cpu: "700m"',
         "10:23 spec.resources.requests[nvidia.com/gpu]: belongs in limits only; the request follows from it"),
    ],
)  # fmt: skip
def test_a_doubt_does_not_forbid(old: str, new: str, finding: str) -> None:
    parsed = texts.parse(GOOD.replace(old, new, 1))
    assert [str(found) for found in parsed.findings] == [finding]
    assert parsed.findings[0].health is Health.WARN
    assert parsed.valid


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("nvidia.com/gpu: 1", "nvidia.com/gpu: 0"), ("      nvidia.com/gpu: 1\n", ""),
        ("nvidia.com/gpu: 1", 'nvidia.com/gpu: "2"'),
        ("  nodeSelector:\n    accelerator: nvidia-v100\n", ""),
        ("accelerator: nvidia-v100", 'kubernetes.io/os: ""'),
        ("nvidia.com/gpu: 1", "ephemeral-storage: 10Gi"), ("name: gpu-v100", "name: defaultinstancetype"),
        ("name: gpu-v100", f"name: {'a' * 63}"),
    ],
)  # fmt: skip
def test_what_is_allowed(old: str, new: str) -> None:
    assert texts.parse(GOOD.replace(old, new, 1)).findings == ()


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", "1:1 is empty"),
        ("# only a comment", "1:1 is empty"),
        ("null", "1:1 is empty"),
        ("just text", "1:1 not an object"),
        ("a: [1", "1:6 did not find expected ',' or ']'"),
        ("a: [1\n", "2:1 did not find expected ',' or ']'"),
        ("a: b: c", "1:5 mapping values are not allowed in this context"),
        ("\tx: 1", "1:1 found character that cannot start any token"),
        ("a: 1\n---\nb: 2", "2:1 but found another document"),
        ("a: *b", "1:4 found undefined alias"),
        ("{[1]: 2}", "1:2 found unhashable key"),
        ("a: !!python/object:os.system x", None),
        ("a: \x00", None),
        ("a: \ud800", None),
        ("a: 2020-99-99", None),
        ("[" * 6000, "1:1 is no instance type: too long or too deep"),
    ],
    ids=lambda value: str(value)[:16].encode("ascii", "backslashreplace").decode(),
)
def test_what_is_no_document(text: str, finding: str | None) -> None:
    parsed = texts.parse(text)
    assert not parsed.valid
    if finding is not None:
        assert finding in [str(found) for found in parsed.findings]


def test_few_lines_that_stand_for_endlessly_many() -> None:
    levels = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30))
    bomb = GOOD + f"a0: &a0 [x]\n{levels}\n"
    assert texts.parse(bomb.replace('cpu: "700m"', "cpu: &c [*c]")).findings


@settings(max_examples=60)
@given(st.text(st.sampled_from("ab:-[]{}\"'\n #&*!|>?,%@0. \t"), max_size=40))
def test_anything_may_be_typed(text: str) -> None:
    parsed = texts.parse(text)
    lines = text.split("\n")
    for finding in parsed.findings:
        assert 1 <= finding.line <= len(lines)
        assert finding.column >= 1


LIST = """\
apiVersion: amlarc.azureml.com/v1alpha1
kind: InstanceTypeList
items:
  - metadata: {name: cpu-small}
    spec: {resources: {requests: {cpu: "100m", memory: 100Mi}, limits: {cpu: "1", memory: 1Gi, nvidia.com/gpu: 0}}}
  - metadata: {name: big}
    spec: {resources: {requests: {cpu: "1", memory: 1Gi}, limits: {cpu: "1", memory: 1Gi}}}
"""


def test_a_list_whose_items_say_no_kind() -> None:
    assert texts.parse(LIST).findings == ()


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("name: big", "name: cpu-small", "6:22 items[1].metadata.name: cpu-small is named twice"),
        (
            "  - metadata: {name: big}",
            "  - kind: Pod\n    metadata: {name: big}",
            "6:11 items[1].kind: must be InstanceType",
        ),
        ("  - metadata: {name: big}", "  - text\n  - metadata: {name: big}", "6:5 items[1]: not an object"),
        (LIST[LIST.index("items:") :], "items: []\n", "3:1 items: must name at least one instance type"),
        ('cpu: "100m"', 'cpu: "2"', "5:75 items[0].spec.resources.limits.cpu: 1 is below requests.cpu 2"),
    ],
)
def test_what_is_wrong_with_a_list(old: str, new: str, finding: str) -> None:
    parsed = texts.parse(LIST.replace(old, new, 1))
    assert finding in [str(found) for found in parsed.findings]


def test_a_core_list() -> None:
    items = yaml.safe_load(LIST)["items"]
    assert validate({"apiVersion": "v1", "kind": "List", "items": items}) == []


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_requests_above_limits_and_nothing_else_is_refused(low: int, high: int) -> None:
    sides = {"requests": {"cpu": f"{low}m", "memory": "1Gi"}, "limits": {"cpu": f"{high}m", "memory": "1Gi"}}
    refused = any(finding.health is Health.BAD for finding in judge_spec("x", {"resources": sides}))
    assert refused == (low > high or not low or not high)


def test_places_as_text() -> None:
    assert str(Finding(("a", 1, "b/c"), "is odd")) == "a[1][b/c]: is odd"
    assert str(Finding((), "is odd", line=2, column=3)) == "2:3 is odd"
    assert Finding(("spec", "x"), "").field == "spec.x"


class TestRender:
    """What the editor opens on."""

    def test_what_the_cluster_added_is_left_out(self) -> None:
        source: dict[str, Any] = yaml.safe_load(GOOD)
        source["metadata"] |= {"uid": "u", "resourceVersion": "1", "managedFields": [], "labels": {"team": "a"}}
        source["status"] = {"x": 1}
        written = texts.render(source)
        assert yaml.safe_load(written) == yaml.safe_load(GOOD) | {
            "metadata": {"name": "gpu-v100", "labels": {"team": "a"}}
        }
        assert written.index("nodeSelector") < written.index("resources")
        assert texts.parse(written).findings == ()

    def test_unknown_fields_of_the_spec_stay(self) -> None:
        source = yaml.safe_load(GOOD)
        source["spec"]["future"] = {"a": 1}
        assert yaml.safe_load(texts.render(source))["spec"]["future"] == {"a": 1}

    def test_an_odd_object_is_written_too(self) -> None:
        assert yaml.safe_load(texts.render({"metadata": 5, "spec": []}))["spec"] == {}

    def test_the_template_is_valid(self) -> None:
        assert texts.parse(texts.template("new-type")).findings == ()
