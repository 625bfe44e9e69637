"""Workloads of all four kinds: when a rollout is over, and why it is not."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.hostile import CORPUS, MEAN, offences, strings
from tests.domain.build import NOW, Json, ago
from tui.client.wire import decode_page
from tui.core.health import Health
from tui.demo.world.workloads import release_marks
from tui.domain.kinds import KINDS, WORKLOADS
from tui.domain.workload import WorkloadKind, WorkloadRow, decode, haystack


def condition(kind: str, status: str = "True", reason: str = "", message: str = "") -> Json:
    return {"type": kind, "status": status, "reason": reason, "message": message}


def body(
    spec: Json | None = None, status: Json | None = None, *, name: str = "gateway", generation: int = 1, **meta: Any
) -> Json:
    whole = {"name": name, "namespace": "azureml", "uid": "u1", "generation": generation, "creationTimestamp": ago(60)}
    return {"metadata": {**whole, **meta}, "spec": spec or {}, "status": status or {}}


def counts(**more: int) -> Json:
    return {"observedGeneration": 1, **more}


UP = counts(replicas=2, updatedReplicas=2, readyReplicas=2, availableReplicas=2)
SETTLED = condition("Progressing", "True", "NewReplicaSetAvailable")


@pytest.mark.parametrize(
    ("kind", "spec", "status", "state", "why"),
    [
        ("Deployment", {"replicas": 2}, {}, "waiting", "its controller has not seen it yet"),
        ("Deployment", {"replicas": 2}, counts(replicas=1, updatedReplicas=1), "progressing", "0 of 2 ready"),
        ("Deployment", {"replicas": 2}, counts(replicas=2, updatedReplicas=2, readyReplicas=1, availableReplicas=1),
         "progressing", "1 of 2 ready"),
        ("Deployment", {"replicas": 2}, counts(replicas=2, updatedReplicas=2, readyReplicas=2),
         "progressing", "2 of 2 ready"),
        ("Deployment", {"replicas": 2}, UP, "ready", ""),
        ("Deployment", {}, counts(replicas=1, updatedReplicas=1, readyReplicas=1, availableReplicas=1), "ready", ""),
        ("Deployment", {"replicas": 2}, {**UP, "observedGeneration": 0}, "waiting",
         "its controller has not seen it yet"),
        ("Deployment", {"replicas": 2}, counts(replicas=3, updatedReplicas=1, readyReplicas=2, availableReplicas=2),
         "progressing", "2 of 2 ready, 1 of the new template"),
        ("Deployment", {"replicas": 2}, {**UP, "replicas": 3}, "progressing",
         "2 of 2 ready, 1 of the old template still stop"),
        ("Deployment", {"replicas": 2, "paused": True}, counts(replicas=2, updatedReplicas=1, readyReplicas=2),
         "suspended", "its rollout is paused, 2 of 2 ready"),
        ("Deployment", {"replicas": 2}, counts(replicas=2, updatedReplicas=2, readyReplicas=1, availableReplicas=1)
         | {"conditions": [SETTLED]}, "lacking", "1 of 2 ready"),
        ("Deployment", {"replicas": 0}, counts(), "off", "scaled to zero"),
        ("Deployment", {"replicas": 1}, counts(replicas=1, updatedReplicas=1)
         | {"conditions": [condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out progressing")]},
         "failed", "no progress in time: ProgressDeadlineExceeded: timed out progressing"),
        ("Deployment", {"replicas": 1}, counts() | {"conditions": [
            condition("ReplicaFailure", "True", "FailedCreate", 'admission webhook "x" denied the request')]},
         "failed", 'its pods are refused: FailedCreate: admission webhook "x" denied the request'),
        ("StatefulSet", {"replicas": 2}, counts(replicas=2, updatedReplicas=2, readyReplicas=2), "ready", ""),
        ("StatefulSet", {"replicas": 2}, counts(replicas=2, updatedReplicas=2, readyReplicas=2, availableReplicas=1),
         "progressing", "2 of 2 ready"),
        ("StatefulSet", {}, counts(replicas=1), "progressing", "0 of 1 ready, 0 of the new template"),
        ("DaemonSet", {}, counts(desiredNumberScheduled=0), "off", "no node takes it"),
        ("DaemonSet", {}, counts(desiredNumberScheduled=3, updatedNumberScheduled=3, numberReady=2, numberAvailable=2),
         "progressing", "2 of 3 ready"),
        ("DaemonSet", {}, counts(desiredNumberScheduled=3, updatedNumberScheduled=3, numberReady=3, numberAvailable=3),
         "ready", ""),
        ("DaemonSet", {}, counts(desiredNumberScheduled=3, updatedNumberScheduled=1, numberReady=3, numberAvailable=3),
         "progressing", "3 of 3 ready"),
        ("Job", {}, {}, "waiting", "no pod runs"),
        ("Job", {"completions": 1}, {"active": 1}, "progressing", "0 of 1 done"),
        ("Job", {"completions": 1}, {"active": 1, "failed": 2}, "progressing", "0 of 1 done, 2 failed tries so far"),
        ("Job", {}, {"failed": 1}, "progressing", "no pod runs, 1 failed tries so far"),
        ("Job", {}, {"succeeded": 1, "failed": 4, "conditions": [condition("Complete")]}, "done", ""),
        ("Job", {}, {"failed": 7, "conditions": [condition("Failed", "True", "BackoffLimitExceeded", "too often")]},
         "failed", "BackoffLimitExceeded: too often"),
        ("Job", {}, {"conditions": [condition("Failed", "False"), condition("Complete")]}, "done", ""),
        ("Job", {"suspend": True}, {}, "suspended", "is suspended"),
    ],
)  # fmt: skip
def test_the_state(kind: WorkloadKind, spec: Json, status: Json, state: str, why: str) -> None:
    row = decode(body(spec, status), kind)
    assert (row.state, row.why) == (state, why)
    assert row.settled == (state in ("ready", "done", "off"))


@pytest.mark.parametrize(
    ("state", "health"),
    [("ready", Health.GOOD), ("failed", Health.BAD), ("waiting", Health.BUSY), ("lacking", Health.WARN)],
)
def test_the_health_goes_with_the_state(state: str, health: Health) -> None:
    by_state = {
        "ready": decode(body({"replicas": 2}, UP), "Deployment"),
        "failed": decode(body({}, {"conditions": [condition("Failed")]}), "Job"),
        "waiting": decode(body({}, {}), "Deployment"),
        "lacking": decode(body({"replicas": 3}, UP | {"updatedReplicas": 3, "conditions": [SETTLED]}), "Deployment"),
    }
    assert by_state[state].state == state
    assert by_state[state].health is health


def test_what_is_deleted_is_so_whatever_else_it_says() -> None:
    marks = body({"replicas": 2}, UP, deletionTimestamp=ago(5), finalizers=["foregroundDeletion"])
    row = decode(marks, "Deployment")
    assert (row.state, row.deleted, row.finalizers, row.settled) == (
        "deleting",
        NOW - 5,
        ("foregroundDeletion",),
        False,
    )


def test_the_marks_of_helm_are_kept_and_no_other_annotation() -> None:
    labels, annotations = release_marks("amlarc-compute", "azureml")
    row = decode(body({}, UP, labels=labels, annotations={**annotations, "secret": "hunter2"}), "Deployment")
    assert (row.release, row.release_namespace) == ("amlarc-compute", "azureml")
    assert row.labels == {"app.kubernetes.io/managed-by": "Helm"}
    assert "hunter2" not in str(row)
    assert decode(body(), "Deployment").release == ""


def test_it_knows_which_component_it_is() -> None:
    assert decode(body(name="amlarc-compute-kube-state-metrics"), "Deployment").component == "kube-state-metrics"
    row = decode(body(name="gateway"), "Deployment")
    assert (row.key, row.name, row.namespace, row.component) == ("azureml/gateway", "gateway", "azureml", "gateway")
    elsewhere = {"metadata": {"name": "gateway-x", "namespace": "web"}}
    assert decode(elsewhere, "Deployment").component == "gateway-x"


def test_conditions_are_told_in_one_word_each() -> None:
    told = [condition("Available"), condition("Progressing", "False", "ProgressDeadlineExceeded"), {"status": "True"}]
    row = decode(body({}, {"conditions": told}), "Deployment")
    assert row.conditions == ("Available", "Progressing=False ProgressDeadlineExceeded")


def test_the_kinds_are_apart_from_those_that_are_always_watched() -> None:
    assert {kind.kind for kind in WORKLOADS} == {"Deployment", "StatefulSet", "DaemonSet", "Job"}
    names = [kind.name for kind in (*KINDS, *WORKLOADS)]
    assert len(names) == len(set(names))
    assert WORKLOADS[0].path("azureml") == "/apis/apps/v1/namespaces/azureml/deployments"
    assert WORKLOADS[3].object_path("azureml/tls-creator") == "/apis/batch/v1/namespaces/azureml/jobs/tls-creator"


@pytest.mark.parametrize("kind", WORKLOADS, ids=lambda kind: kind.name)
def test_a_page_as_it_comes_from_the_wire(kind: Any) -> None:
    """Through the decoder that lists use: the annotation's name on the wire is not a field's."""
    _labels, annotations = release_marks("amlarc-compute", "azureml")
    page = decode_page(kind, msgspec.json.encode({"items": [body({}, UP, annotations=annotations)]}))
    (row,) = page.rows
    assert isinstance(row, WorkloadRow)
    assert (row.kind, row.release) == (kind.kind, "amlarc-compute")


WORDS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just(10**5000))
PLACES = st.sampled_from(
    ["replicas", "readyReplicas", "observedGeneration", "conditions", "failed", "completions", "paused", "active"]
)
SHAPES = st.dictionaries(PLACES, st.one_of(WORDS, st.lists(WORDS, max_size=2)), max_size=6)


@given(SHAPES, SHAPES, st.sampled_from(["Deployment", "StatefulSet", "DaemonSet", "Job"]))
def test_nothing_raises(spec: Json, status: Json, kind: WorkloadKind) -> None:
    row = decode({"metadata": {"name": "x", "generation": 10**5000}, "spec": spec, "status": status}, kind)
    assert row.key == "x"
    assert len(row.why) <= 200


@pytest.mark.parametrize("item", [None, [], "x", 5, {"metadata": []}, {"status": {"conditions": [None, 5, "x"]}}])
def test_what_is_no_object_is_an_empty_row(item: Any) -> None:
    assert decode(item, "Deployment").key == ""


def _poisoned(value: Any, poison: Any) -> Any:
    if isinstance(value, dict):
        return {key: _poisoned(item, poison) for key, item in value.items()}
    if isinstance(value, list):
        return [_poisoned(item, poison) for item in value]
    return poison(value) if isinstance(value, str) else value


@pytest.mark.parametrize("text", [*CORPUS, MEAN], ids=lambda text: ascii(text)[:20])
def test_every_string_of_a_row_is_clean(text: str) -> None:
    labels, annotations = release_marks("r", "n")
    refused = [condition("ReplicaFailure", "True", "FailedCreate", "denied")]
    sound = body({}, counts() | {"conditions": refused}, labels=labels, annotations=annotations, finalizers=["f"])
    for poison in (lambda _own: text, lambda own: own + text, lambda own: text + own):
        row = decode(_poisoned(sound, partial(poison)), "Deployment")
        assert [sign for each in (*strings(row), haystack(row)) for sign in offences(each)] == []
