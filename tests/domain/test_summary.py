"""`arcdeck status`: what it says, and the exit code it gives."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.domain.build import NOW, Box, ended, extension, pod, waiting
from tests.domain.jobs import JOB, worker
from tests.domain.targets import CLUSTER, HEALTHY, OWN, PODS, STARTING, WRONG, store
from tui.core.facts import Denied, Missing, Phase, Stale
from tui.core.store import Store
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.summary import Summary, report, summarise


def told(summary: Summary) -> list[str]:
    return [f"{one.health}: {one.what}: {one.why}" for one in summary.problems]


def test_healthy() -> None:
    summary = summarise(store(), NOW)
    assert told(summary) == []
    assert (summary.state, summary.exit_code) == ("healthy", 0)
    assert summary.extension is not None
    assert (summary.extension.state, summary.extension.version, summary.extension.missing) == (
        "Installed",
        "1.1.39",
        (),
    )
    assert [(one.key, one.value) for one in summary.extension.differs] == [("enableTraining", "True")]
    assert summary.pods is not None
    assert (summary.pods.healthy, summary.pods.total, summary.pods.unhealthy) == (10, 10, ())
    assert summary.nodes is not None
    assert (summary.nodes.ready, summary.nodes.total) == (1, 1)
    assert summary.types is not None
    assert [(one.name, one.fits, one.nodes) for one in summary.types] == [("defaultinstancetype", 1, 1), ("gpu", 1, 1)]
    assert summary.jobs is not None
    assert summary.jobs.states == {"Running": 1}
    assert (summary.clusters[0].connectivity, summary.clusters[0].heard) == ("Connected", 12)
    assert report(summary)[0] == "● healthy"


@pytest.mark.parametrize("case", WRONG)
def test_something_wrong(case: str) -> None:
    changes, problem = WRONG[case]
    summary = summarise(store(**changes), NOW)
    assert told(summary) == [problem]
    assert (summary.state, summary.exit_code) == ("something wrong", 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"extensions": [extension(state="Creating")]},
        {"pods": [*PODS, STARTING]},
        {"clusters": [{**CLUSTER, "properties": {"connectivityStatus": "Connecting"}}]},
    ],
    ids=["installing", "a pod starts", "connecting"],
)
def test_work_in_progress_is_not_wrong(changes: dict[str, Any]) -> None:
    summary = summarise(store(**changes), NOW)
    assert told(summary) == []
    assert (summary.state, summary.exit_code) == ("in progress", 0)


def test_jobs_that_wait_for_room_are_not_wrong() -> None:
    busy = [pod(Box(limits={"nvidia.com/gpu": "4"}), name="x", namespace="o"), *OWN]
    queued = worker(0, Box("a", reported=False, limits={"nvidia.com/gpu": "2"}), phase="Pending", node="")
    summary = summarise(store(pods=[*busy, queued]), NOW)
    assert (told(summary), summary.state) == ([], "healthy")
    assert summary.jobs is not None
    assert [(one.state, one.why) for one in summary.jobs.worst] == [("Queued", "needs 2 GPUs, 0 free")]


def test_pods_of_others_do_not_count() -> None:
    theirs = pod(Box(state=waiting("CrashLoopBackOff")), name="shop", namespace="shop")
    assert summarise(store(pods=[*PODS, theirs]), NOW).exit_code == 0


def test_what_may_not_be_listed_but_does_not_matter_is_told_only() -> None:
    summary = summarise(store(without=("nodes",), facts=(Denied("nodes", NOW - 5, "list nodes", "Forbidden"),)), NOW)
    assert (told(summary), summary.exit_code, summary.nodes) == ([], 0, None)
    assert summary.types is not None
    assert summary.types[0].fits is None
    text = "\n".join(report(summary))
    assert "NODES           denied: you may not list nodes" in text
    assert "fits: not known" in text


def test_jobs_are_told_by_their_pods_when_nothing_else_may_be_listed() -> None:
    hidden = ("amljobs", "vcjobs", "podgroups")
    facts = tuple(Denied(kind, NOW - 5, f"list {kind}", "Forbidden") for kind in hidden)
    summary = summarise(store(without=hidden, facts=facts), NOW)
    assert summary.jobs is not None
    assert summary.jobs.states == {"Running": 1}


KUBE = ("pods", "nodes", "namespaces", "events", "instancetypes", "amljobs", "vcjobs", "podgroups")


def _off(kinds: Any, found: Store, reason: str) -> Store:
    for kind in kinds:
        found.drop(kind)
        found.off(kind, NOW - 9, reason)
    return found


def test_the_kubernetes_side_alone_is_enough() -> None:
    summary = summarise(_off(ARM_KINDS, store(), "signed out"), NOW)
    assert (told(summary), summary.state, summary.extension) == ([], "healthy", None)
    assert "EXTENSION       off: signed out" in report(summary)


def test_the_kubernetes_side_alone_sees_that_nothing_runs() -> None:
    summary = summarise(_off(ARM_KINDS, store(pods=[], amljobs=[], podgroups=[]), "signed out"), NOW)
    assert told(summary) == ["warning: extension: no pods in azureml: it does not run on this cluster"]


def test_the_arm_side_alone_is_enough() -> None:
    summary = summarise(_off(KUBE, store(), "no kubeconfig"), NOW)
    assert (told(summary), summary.state, summary.pods, summary.jobs) == ([], "healthy", None, None)
    assert "PODS            off: no kubeconfig" in report(summary)


def test_not_installed_by_the_word_of_either_side() -> None:
    summary = summarise(
        store(facts=(Missing("extensions", NOW, "ExtensionNotFound"), Missing("amljobs", NOW, "404"))), NOW
    )
    assert summary.exit_code == 1
    assert "EXTENSION       not installed" in report(summary)
    bare = summarise(store(facts=(Missing("instancetypes", NOW, "no such API"),)), NOW)
    assert bare.types is None
    assert "INSTANCE TYPES  not installed: no such API" in report(bare)


@pytest.mark.parametrize(
    "found",
    [
        Store(),
        store(without=tuple(HEALTHY)),
        store(without=("pods", "extensions")),
        store(
            without=("pods", "extensions"),
            facts=(Stale("pods", NOW, "refused"), Denied("extensions", NOW, "read", "403")),
        ),
        _off([*KUBE, *ARM_KINDS], store(), "nothing to look at"),
        _off(ARM_KINDS, store(without=("pods",)), "signed out"),
    ],
    ids=["nothing", "no answer", "neither that matters", "refused and denied", "both off", "one off, one silent"],
)
def test_could_not_look(found: Store) -> None:
    summary = summarise(found, NOW)
    assert (summary.state, summary.exit_code) == ("could not look", 2)
    assert report(summary)[0].startswith("? could not look")


def test_each_standing_reads_differently() -> None:
    facts = {
        Phase.DENIED: Denied("nodes", NOW, "list nodes", "Forbidden"), Phase.STALE: Stale("nodes", NOW, "timed out"),
        Phase.MISSING: Missing("nodes", NOW, "404"),
    }  # fmt: skip
    shown = {phase: store(without=("nodes",), facts=(fact,)) for phase, fact in facts.items()}
    shown |= {
        Phase.LOADING: store(without=("nodes",)),
        Phase.OFF: _off(["nodes"], store(), "no side"),
        Phase.LIVE: store(),
    }
    lines = {line for found in shown.values() for line in report(summarise(found, NOW)) if line.startswith("NODES")}
    assert len(lines) == len(shown)


def test_an_empty_list_is_not_a_list_that_was_not_seen() -> None:
    text = report(summarise(store(pods=[], amljobs=[], podgroups=[], instancetypes=[], extensions=[]), NOW))
    assert "PODS            none in azureml" in text
    assert "JOBS            none" in text
    assert "INSTANCE TYPES  none" in text


def test_as_json() -> None:
    summary = summarise(store(**WRONG["a pod"][0]), NOW)
    body = msgspec.json.encode(summary)
    assert msgspec.json.decode(body, type=Summary) == summary
    plain = msgspec.json.decode(body)
    assert (plain["exit_code"], plain["state"], plain["at"]) == (1, "something wrong", "2023-11-14T22:13:20Z")
    assert plain["pods"]["unhealthy"][0] == {
        "name": "gateway-6676d6c959-y", "component": "gateway", "ready": "0/1", "status": "CrashLoopBackOff",
            "restarts": 14,
        "age": 600, "health": "broken", "why": "exit 1: no relay",
    }  # fmt: skip
    sources = {one["kind"]: one for one in plain["sources"]}
    assert set(sources) == {*KUBE, *ARM_KINDS}
    assert (sources["pods"]["phase"], sources["pods"]["age"], sources["pods"]["side"]) == ("live", 3, "kube")


def test_a_job_by_its_id_when_nothing_else_names_it() -> None:
    labels = {"jobId": JOB, "jobsource": "aml"}
    lone = pod(Box(state=ended(1, "Error")), name="x-worker-0", namespace="ml-jobs", labels=labels, phase="Failed")
    summary = summarise(store(pods=[*OWN, lone], amljobs=[], podgroups=[]), NOW)
    assert told(summary) == [f"broken: job {JOB}: exit 1"]
