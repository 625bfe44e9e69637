"""The standing parts of an installed extension: definitions, accounts, secrets, ConfigMaps, services, Helm's records.

Owns what Helm brings besides the workloads. All secrets say that they are none.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Final

from tui.demo.world import components, crds
from tui.demo.world.azure import CLUSTER, Estate
from tui.demo.world.bodies import Maker, Shown
from tui.demo.world.components import NAMESPACE
from tui.demo.world.ground import account, service
from tui.demo.world.wish import Wish
from tui.demo.world.workloads import release_marks

DEFINITIONS: Final = (*crds.EXTENSION, *crds.VOLCANO, *crds.PROMETHEUS)
FRONT_SERVICE: Final = "azureml-fe"
_CLUSTER_ROLES: Final = "clusterroles.rbac.authorization.k8s.io"
_SERVICES: Final = (
    ("aml-operator", 443, "training"), ("gateway", 8080, ""), ("volcano-admission-service", 443, "volcano"),
    ("metrics-controller-manager", 8443, ""), ("prometheus-prom-prometheus", 9090, ""),
    ("inference-operator-webhook-service", 443, "inference"),
)  # fmt: skip
"""Name, port, and the switch that it needs."""
_ROLES: Final = (("azureml-aml-operator", "training"), ("azureml-volcano-scheduler", "volcano"),
                 ("azureml-fe-role", "inference"))  # fmt: skip


def fake(what: str) -> str:
    """The data of a secret."""
    return base64.b64encode(f"demo: not a real {what}".encode()).decode()


def definitions(maker: Maker, created: float, wish: Wish) -> Iterator[Shown]:
    """The kinds that it brings; they outlive it."""
    own = crds.EXTENSION if not wish.preview else tuple(each for each in crds.EXTENSION if each.kind != "AmlJob")
    yield from crds.shown(maker, own, created, wish.name)
    for switch, found in (("volcano", crds.VOLCANO), ("operator", crds.PROMETHEUS)):
        if switch in wish.switches:
            yield from crds.shown(maker, found, created, wish.name)


def standing(maker: Maker, where: Estate, created: float, wish: Wish) -> Iterator[Shown]:
    """What Helm brings besides definitions and workloads."""
    labels, marks = release_marks(wish.name, NAMESPACE)
    for name in components.accounts(wish):
        yield account(maker, NAMESPACE, name, created, labels, marks)
    for name, data in _secrets(where, wish).items():
        yield "secrets", maker.make("v1", "Secret", name, NAMESPACE, created=created, labels=labels, annotations=marks,
                                    data=data, type="Opaque")  # fmt: skip
    for name, text in _configs(wish).items():
        yield "configmaps", maker.make("v1", "ConfigMap", name, NAMESPACE, created=created, labels=labels,
                                       annotations=marks, data=text)  # fmt: skip
    for name, port, switch in _SERVICES:
        if switch in wish.switches:
            yield service(maker, NAMESPACE, name, created, port, {"app": name}, labels=labels, annotations=marks)
    if wish.inference:
        yield from _front(maker, created, wish)
    if "volcano" in wish.switches:
        yield queue(maker, created)
    for name, switch in _ROLES:
        if switch in wish.switches:
            rules = [{"apiGroups": ["*"], "resources": ["pods", "podgroups", "jobs"], "verbs": ["*"]}]
            yield _CLUSTER_ROLES, maker.make("rbac.authorization.k8s.io/v1", "ClusterRole", name, created=created,
                                                labels=labels, annotations=marks, rules=rules)  # fmt: skip


def _front(maker: Maker, created: float, wish: Wish) -> Iterator[Shown]:
    """How the scoring front end is reached: a load balancer's address stays pending where nothing gives one."""
    labels, marks = release_marks(wish.name, NAMESPACE)
    port = 80 if wish.on("allowInsecureConnections") else 443
    selector = {"app": components.front_end(wish)}
    yield service(maker, NAMESPACE, FRONT_SERVICE, created, port, selector, labels=labels, annotations=marks,
                  kind=wish.service)  # fmt: skip


def queue(maker: Maker, created: float) -> Shown:
    """The queue that every Volcano has."""
    return "queues.scheduling.volcano.sh", maker.make(
        "scheduling.volcano.sh/v1beta1", "Queue", "default", created=created, by="volcano-scheduler",
        status_by="volcano-controllers", spec={"weight": 1, "reclaimable": True, "capability": {}},
        status={"state": "Open"},
    )  # fmt: skip


def records(maker: Maker, created: Sequence[tuple[float, str]], name: str) -> Iterator[Shown]:
    """Helm's record of each revision: when it was made, and its status."""
    for number, (at, status) in enumerate(created, 1):
        yield "secrets", maker.make(
            "v1", "Secret", f"sh.helm.release.v1.{name}.v{number}", NAMESPACE, created=at, type="helm.sh/release.v1",
            data={"release": fake("Helm release")},
            labels={"modifiedAt": str(int(at)), "name": name, "owner": "helm", "status": status,
                    "version": str(number)},
        )  # fmt: skip


def _secrets(where: Estate, wish: Wish) -> dict[str, dict[str, str]]:
    certificate = fake("certificate")
    found = {
        "gateway-tls": {"tls.crt": fake("certificate"), "tls.key": fake("key")},
        "amlarc-identity": {"tenant": fake(where.subscription)},
    }  # fmt: skip
    if wish.relay:
        data = {"connectionString": fake("connection string")} if wish.relay_string else {}
        found["azureml-relay"] = {**data, "hybridConnectionName": fake(CLUSTER)}
    if "volcano" in wish.switches:
        found["volcano-admission-secret"] = {"ca.crt": certificate, "tls.crt": certificate, "tls.key": fake("key")}
    return found


def _configs(wish: Wish) -> dict[str, dict[str, str]]:
    scheduler = (
        'actions: "enqueue, allocate, backfill"\ntiers:\n- plugins:\n  - name: priority\n  - name: gang\n'
        "  - name: conformance\n- plugins:\n  - name: overcommit\n    arguments:\n      overcommit-factor: 2.0\n"
        "  - name: drf\n  - name: predicates\n  - name: nodeorder\n  - name: binpack\n"
    )
    own = {"volcano-scheduler-configmap": {"volcano-scheduler.conf": scheduler}} if "volcano" in wish.switches else {}
    return {
        **own,
        "fluent-bit-config": {"fluent-bit.conf": "[SERVICE]\n    Flush 5\n[INPUT]\n    Name tail\n"},
    }
