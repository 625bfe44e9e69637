"""A namespace that goes away: what is left, what holds it, and what may be done about it."""

from __future__ import annotations

import shlex
import time
from typing import Any

import pytest

from tests.core.hostile import CORPUS, MEAN, offences, strings
from tests.domain.build import NOW, Json, ago
from tui.domain.progress.removal import (
    HANGS,
    QUIET,
    Held,
    Holder,
    Remaining,
    Removal,
    commands,
    decode,
    held,
    with_objects,
)

LEFT = (
    "Some resources are remaining: amljobs.amlarc.azureml.com has 2 resource instances, pods. has 1 resource instances"
)
HOLD = (
    "Some content in the namespace has finalizers remaining: amlarc.azureml.com/finalizer in 2 resource instances, "
    "foregroundDeletion in 1 resource instances"
)


def condition(kind: str, message: str, status: str = "True") -> Json:
    return {"type": kind, "status": status, "message": message, "lastTransitionTime": ago(10)}


def namespace(*conditions: Json, deleted: float | None = 60, **more: Any) -> Json:
    meta: Json = {"name": "azureml", **more}
    if deleted is not None:
        meta["deletionTimestamp"] = ago(deleted)
    return {"metadata": meta, "spec": {"finalizers": ["kubernetes"]}, "status": {"conditions": list(conditions)}}


def thing(name: str, *finalizers: str, deleted: bool = True, kind: str = "AmlJob") -> Json:
    meta: Json = {"name": name, "namespace": "azureml", "finalizers": list(finalizers)}
    return {"kind": kind, "metadata": {**meta, **({"deletionTimestamp": ago(30)} if deleted else {})}}


def test_what_is_left_and_what_holds_it() -> None:
    found = decode(
        namespace(
            condition("NamespaceContentRemaining", LEFT), condition("NamespaceFinalizersRemaining", HOLD),
            condition("NamespaceDeletionContentFailure", "All content deleted", "False"),
        )
    )  # fmt: skip
    assert found.remaining == (Remaining("amljobs.amlarc.azureml.com", 2), Remaining("pods", 1))
    assert [(one.finalizer, one.count) for one in found.holders] == [
        ("amlarc.azureml.com/finalizer", 2), ("foregroundDeletion", 1),
    ]  # fmt: skip
    assert "operator went with the extension" in found.holders[0].advice
    assert (found.since, found.problems, found.there) == (NOW - 60, (), True)
    assert found.why == (
        "held by amlarc.azureml.com/finalizer on 2, foregroundDeletion on 1; left: 2 amljobs.amlarc.azureml.com, 1 pods"
    )


def test_an_api_that_does_not_answer_holds_it_too() -> None:
    words = "Discovery failed for some groups, 1 failing: unable to retrieve: metrics.k8s.io/v1beta1"
    found = decode(namespace(condition("NamespaceDeletionDiscoveryFailure", words)))
    assert found.problems == (words,)
    assert found.hangs(NOW - 60 + HANGS + 1)
    assert not found.hangs(NOW - 60 + HANGS)


def test_when_it_hangs() -> None:
    quiet, holding = decode(namespace()), decode(namespace(condition("NamespaceFinalizersRemaining", HOLD)))
    began = NOW - 60
    assert [quiet.hangs(began + after) for after in (HANGS + 1, QUIET, QUIET + 1)] == [False, False, True]
    assert [holding.hangs(began + after) for after in (HANGS, HANGS + 1)] == [False, True]
    assert not decode(namespace(condition("NamespaceFinalizersRemaining", HOLD), deleted=None)).hangs(NOW + 9999)
    assert not decode(None).hangs(NOW + 9999)


def test_a_namespace_that_is_gone_or_stays() -> None:
    assert decode(None) == Removal("azureml", there=False)
    assert decode(namespace(deleted=None)) == Removal("azureml")
    assert decode(namespace(deleted=None)).why == ""


def test_its_own_finalizers_hold_it_too() -> None:
    found = decode(namespace(finalizers=["controller.cattle.io/namespace-auth"]))
    assert found.holders == (Holder("controller.cattle.io/namespace-auth", 1),)
    assert decode(namespace(deleted=None, finalizers=["x/y"])).holders == ()


def test_objects_that_keep_finalizers() -> None:
    assert held(thing("j1", "amlarc.azureml.com/finalizer")) == Held(
        "AmlJob", "azureml/j1", ("amlarc.azureml.com/finalizer",), NOW - 30
    )
    assert held(thing("j1")) is None
    assert held({"metadata": {"name": "x", "finalizers": ["f", 5, None, ""]}}, "Pod") == Held("Pod", "x", ("f",), None)
    for nothing in (None, [], "x", {"metadata": []}, {"metadata": {"finalizers": "f"}}):
        assert held(nothing) is None


def test_which_objects_a_finalizer_holds() -> None:
    base = decode(namespace(condition("NamespaceFinalizersRemaining", HOLD)))
    things = [held(thing("j1", "amlarc.azureml.com/finalizer")), held(thing("c", "other/one", kind="Odd"))]
    found = with_objects(base, [one for one in things if one is not None])
    assert [(one.finalizer, [each.key for each in one.objects]) for one in found.holders] == [
        ("amlarc.azureml.com/finalizer", ["azureml/j1"]), ("foregroundDeletion", []), ("other/one", ["azureml/c"]),
    ]  # fmt: skip
    stays = with_objects(decode(namespace(deleted=None)), [one for one in things if one is not None])
    assert stays.holders == ()


def test_commands_look_first_and_force_last() -> None:
    base = decode(namespace(condition("NamespaceContentRemaining", LEFT)))
    things = [thing("j1", "f", "g"), thing("young", "f", deleted=False), thing("a; rm -rf x", "f", kind="Evil Kind")]
    found = commands(with_objects(base, [one for one in map(held, things) if one is not None]), "my ctx")
    assert found[:3] == (
        "kubectl --context 'my ctx' get namespace azureml -o yaml",
        "kubectl --context 'my ctx' get amljobs.amlarc.azureml.com -n azureml",
        "kubectl --context 'my ctx' get pods -n azureml",
    )
    assert [shlex.split(command)[3:] for command in found[3:]] == [
        ["patch", "amljob", "j1", "-n", "azureml", "--type=merge", "-p", '{"metadata":{"finalizers":null}}'],
        ["patch", "evil kind", "a; rm -rf x", "-n", "azureml", "--type=merge", "-p",
         '{"metadata":{"finalizers":null}}'],
    ]  # fmt: skip
    assert commands(decode(namespace())) == ("kubectl get namespace azureml -o yaml",)
    assert commands(decode(None)) == ()


@pytest.mark.parametrize(
    "body", [[], "x", 5, {}, {"metadata": []}, {"status": {"conditions": [None, 5, {"type": []}]}}]
)
def test_what_is_no_namespace_is_one_that_says_nothing(body: Any) -> None:
    assert decode(body) == Removal("azureml")


@pytest.mark.parametrize("text", [*CORPUS, MEAN], ids=lambda text: ascii(text)[:20])
def test_hostile_text_is_harmless(text: str) -> None:
    told = [condition("NamespaceFinalizersRemaining", HOLD + text), condition("NamespaceDeletionX" + text, text)]
    base = decode(namespace(*told, condition("NamespaceContentRemaining", text + LEFT), finalizers=[text], name=text))
    one = held(thing(text, text, kind=text))
    found = with_objects(base, [one] if one else [])
    for each in (*strings(found), *commands(found, "ctx"), found.why):
        assert offences(each) == []
    for command in commands(found, "ctx"):
        shlex.split(command)


@pytest.mark.parametrize("piece", ["a in ", "a has ", "1 resource instances ", "a" * 50, "x in 1 resource instances, "])
def test_a_hostile_message_costs_little(piece: str) -> None:
    began = time.process_time()
    found = decode(
        namespace(
            condition("NamespaceFinalizersRemaining", piece * 50_000),
            condition("NamespaceContentRemaining", piece * 50_000),
        )
    )
    assert time.process_time() - began < 3
    assert len(found.holders) <= 50
