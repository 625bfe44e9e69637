"""The schedulers' sentences, shortened. Volcano's are as its release 1.15 says them; some as 1.5 to 1.11 do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.scheduler_said import ROOM, WIDTH, essence, gang, gate, refusal

JOB = "ml-jobs-0123456789abcdef0123456789abcdef"
TOO_FEW = "0/3 nodes are unavailable: 3 Insufficient nvidia.com/gpu."


@pytest.mark.parametrize(
    ("message", "short"),
    [
        ("0/12 nodes are available: 3 Insufficient nvidia.com/gpu, 9 node(s) didn't match Pod's node "
         "affinity/selector. preemption: 0/12 nodes are available: 12 Preemption is not helpful for scheduling.",
         "0/12 nodes: 3 too little GPUs, 9 other labels"),
        ("0/4 nodes are available: 1 node(s) had untolerated taint {sku: gpu}, 3 Insufficient memory.",
         "0/4 nodes: 1 taint sku=gpu, 3 too little memory"),
        ("0/2 nodes are available: 2 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't "
         "tolerate.",
         "0/2 nodes: 2 taint node-role.kubernetes.io/master"),
        ("0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match pod anti-affinity rules.",
         "0/3 nodes: 1 cordoned, 2 pod anti-affinity"),
        ("0/3 nodes are available: 1 Insufficient github.com/fuse, 2 Too many pods.",
         "0/3 nodes: 1 too little fuse devices, 2 full of pods"),
        ("0/1 nodes are available: 1 something new.", "0/1 nodes: 1 something new"),
        ("no nodes available to schedule pods", "no nodes available to schedule pods"),
        ("3/4 tasks in gang unschedulable: pod group is not ready, 4 Pending, 4 minAvailable",
         "3 of the gang's 4 find no room"),
        ("0/0 nodes are available", "0/0 nodes"),
        ("0/12 nodes are unavailable: 3 Insufficient nvidia.com/gpu, 9 node(s) were unschedulable.",
         "0/12 nodes: 3 too little GPUs, 9 cordoned"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_schedulers_sentence_shortened(message: str, short: str) -> None:
    assert essence(message) == short


@pytest.mark.parametrize(
    ("message", "short"),
    [
        ("0/0 tasks in gang unschedulable: pod group is not ready, 2 minAvailable", ""),
        ("2/0 tasks in gang unschedulable: pod group is not ready, 2 minAvailable", ""),
        ("1/1 tasks in gang unschedulable: pod group is not ready, 1 Pending, 1 minAvailable; Pending: 1 "
         f"Unschedulable. Origin reason is {JOB}-worker-0: {TOO_FEW}", "worker-0: 0/3 nodes: 3 too little GPUs"),
        ("1/4 tasks in gang unschedulable: pod group is not ready, 4 Pending, 4 minAvailable; Pending: 1 "
         f"Unschedulable, 3 Schedulable. Origin reason is {JOB}-worker-3: {TOO_FEW}",
         "3 of 4 have room, worker-3: 0/3 nodes: 3 too little GPUs"),
        ("pod group is not ready, 2 Pending, 2 minAvailable; Pending: 2 Unschedulable. Origin reason is "
         f"{JOB}-worker-0: 0/2 nodes are unavailable: 2 node(s) didn't match Pod's node affinity/selector.",
         "worker-0: 0/2 nodes: 2 other labels"),
        ("1/2 tasks in gang unschedulable: pod group is not ready, 2 Pending, 2 minAvailable; Pending: 2 "
         "Unschedulable. Origin reason is: cannot be enqueued", "cannot be enqueued"),
        ("20/9 tasks in gang unschedulable: pod group is not ready, 20 minAvailable, 9 Pending; Pending: 9 "
         "Unschedulable", "9 of the gang's 20 pods are made"),
        ("1/2 tasks in gang unschedulable: pod group is not ready, 1 Failed, 1 Running, 2 minAvailable",
         "gang is not whole: 1 Failed, 1 Running, 2 needed"),
        ("2/2 tasks in gang unschedulable: pod group is not ready, 2 Pending, 2 minAvailable; Pending: 2 Unschedulable",
         "2 of the gang's 2 find no room"),
        (f"Pod ml-jobs/{JOB}-worker-0 can possibly be assigned to n2, once minAvailable is satisfied", ROOM),
    ],
)  # fmt: skip
def test_volcanos_word_of_a_gang(message: str, short: str) -> None:
    assert essence(message) == short


@pytest.mark.parametrize(
    ("message", "short"),
    [
        ("resource in cluster is overused: overused nvidia.com/gpu", "resource in cluster is overused: GPUs"),
        ("resource in cluster is overused: overused cpu, overused memory",
         "resource in cluster is overused: cpu, memory"),
        ("queue resource quota insufficient: insufficient cpu", "queue resource quota insufficient: cpu"),
        ("resource in cluster is overused", "resource in cluster is overused"),
        ("something new", "something new"),
    ],
)  # fmt: skip
def test_what_keeps_a_gang_at_the_gate(message: str, short: str) -> None:
    assert gate(message) == short


def _dumped(pod: str) -> str:
    return (
        f'failed to create pod {pod}, err: &errors.StatusError{{ErrStatus:v1.Status{{TypeMeta:v1.TypeMeta{{Kind:""}}, '
        f'Status:"Failure", Message:"pods \\"{pod}\\" is forbidden: exceeded quota: team, requested: pods=1, used: '
        'pods=12, limited: pods=12", Reason:"Forbidden", Code:403}}'
    )


QUOTA = "exceeded quota: team, requested: pods=1, used: pods=12, limited: pods=12"


@pytest.mark.parametrize(
    ("message", "short"),
    [
        (f"Error creating pods: [{_dumped('q-worker-11')} {_dumped('q-worker-15')}]", QUOTA),
        (f"(combined from similar events): Error creating pods: [{_dumped('q-worker-11')}]", QUOTA),
        (f'pods "x" is forbidden: {QUOTA}', QUOTA),
        ("Error creating pods: [no such thing]", "Error creating pods: [no such thing]"),
    ],
)
def test_why_pods_are_refused(message: str, short: str) -> None:
    assert refusal(message) == short


@given(
    st.text(st.sampled_from("0123456789/, ;:.PendingUnschedulablepod group is not readyOrigin reason is"), max_size=300)
)
def test_no_sentence_is_too_much(message: str) -> None:
    for told in (essence(message), essence(f"pod group is not ready, {message}"), gate(message), refusal(message)):
        assert len(told) <= WIDTH
    assert gang("no gang") is None
