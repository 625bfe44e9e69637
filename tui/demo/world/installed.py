"""The standing parts of an installed extension: namespace, definitions, accounts, secrets, ConfigMaps, services.

Owns what Helm brings besides the workloads. All secrets say that they are none.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Set
from typing import Final

from tui.core.units import rfc3339
from tui.demo.world import components, crds
from tui.demo.world.azure import CLUSTER, Estate
from tui.demo.world.bodies import Maker, Shown
from tui.demo.world.components import HEALTHCHECK, NAME, NAMESPACE, When
from tui.demo.world.ground import account, service
from tui.demo.world.workloads import release_marks

REPORT: Final = "arcml-healthcheck"
"""The ConfigMap with the health check's reports."""
DEFINITIONS: Final = (*crds.EXTENSION, *crds.VOLCANO, *crds.PROMETHEUS)
Found = tuple[str, str, str]
"""Checker, E-code (empty: passed) and message."""
_GUIDE: Final = "aka.ms/arcmltsg"


def fake(what: str) -> str:
    """The data of a secret."""
    return base64.b64encode(f"demo: not a real {what}".encode()).decode()


def standing(maker: Maker, where: Estate, created: float, on: Set[When]) -> Iterator[Shown]:
    """What Helm brings besides definitions and workloads."""
    labels, marks = release_marks(NAME, NAMESPACE)
    for name in components.accounts(on):
        yield account(maker, NAMESPACE, name, created, labels, marks)
    for name, data in _secrets(where).items():
        yield (
            "secrets",
            maker.make(
                "v1",
                "Secret",
                name,
                NAMESPACE,
                created=created,
                labels=labels,
                annotations=marks,
                data=data,
                type="Opaque",
            ),
        )
    yield "secrets", maker.make(
        "v1", "Secret", f"sh.helm.release.v1.{NAME}.v1", NAMESPACE, created=created, type="helm.sh/release.v1",
        data={"release": fake("Helm release")},
        labels={"modifiedAt": str(int(created)), "name": NAME, "owner": "helm", "status": "deployed", "version": "1"},
    )  # fmt: skip
    for name, text in _configs().items():
        yield (
            "configmaps",
            maker.make(
                "v1", "ConfigMap", name, NAMESPACE, created=created, labels=labels, annotations=marks, data=text
            ),
        )
    for name, port in (("aml-operator", 443), ("gateway", 8080), ("volcano-admission-service", 443),
                       ("metrics-controller-manager", 8443), ("prometheus-prom-prometheus", 9090)):  # fmt: skip
        yield service(maker, NAMESPACE, name, created, port, {"app": name}, labels=labels, annotations=marks)
    yield "queues.scheduling.volcano.sh", maker.make(
        "scheduling.volcano.sh/v1beta1", "Queue", "default", created=created, by="volcano-scheduler",
        status_by="volcano-controllers", spec={"weight": 1, "reclaimable": True, "capability": {}},
        status={"state": "Open"},
    )  # fmt: skip
    for name in ("aml-operator", "volcano-scheduler"):
        rules = [{"apiGroups": ["*"], "resources": ["pods", "podgroups", "jobs"], "verbs": ["*"]}]
        yield "clusterroles.rbac.authorization.k8s.io", maker.make(
            "rbac.authorization.k8s.io/v1", "ClusterRole", f"{NAMESPACE}-{name}", created=created, labels=labels,
            annotations=marks, rules=rules,
        )  # fmt: skip


def _secrets(where: Estate) -> dict[str, dict[str, str]]:
    certificate = fake("certificate")
    return {
        "azureml-relay": {"connectionString": fake("connection string"), "hybridConnectionName": fake(CLUSTER)},
        "gateway-tls": {"tls.crt": fake("certificate"), "tls.key": fake("key")},
        "volcano-admission-secret": {"ca.crt": certificate, "tls.crt": certificate, "tls.key": fake("key")},
        "amlarc-identity": {"tenant": fake(where.subscription)},
    }  # fmt: skip


def _configs() -> dict[str, dict[str, str]]:
    scheduler = (
        'actions: "enqueue, allocate, backfill"\ntiers:\n- plugins:\n  - name: priority\n  - name: gang\n'
        "  - name: conformance\n- plugins:\n  - name: overcommit\n  - name: drf\n  - name: predicates\n"
        "  - name: proportion\n  - name: nodeorder\n  - name: binpack\n"
    )
    return {
        "volcano-scheduler-configmap": {"volcano-scheduler.conf": scheduler},
        "fluent-bit-config": {"fluent-bit.conf": "[SERVICE]\n    Flush 5\n[INPUT]\n    Name tail\n"},
    }


def report(maker: Maker, created: float, now: float, stages: Mapping[str, tuple[Found, ...]]) -> Shown:
    """The health check's ConfigMap: by stage (`pre-install`), what each checker found."""
    data: dict[str, str] = {}
    for stage, found in stages.items():
        failed = [code for _name, code, _message in found if code]
        data[f"status-{stage}"] = "Failed" if failed else "Success"
        data[f"reports-{stage}"] = "\n".join((*_head(maker, now), *map(_checked, found))) + "\n"
    labels, marks = release_marks(NAME, NAMESPACE)
    return "configmaps", maker.make(
        "v1",
        "ConfigMap",
        REPORT,
        NAMESPACE,
        created=created,
        by=HEALTHCHECK,
        labels=labels,
        annotations=marks,
        data=data,
    )


def _head(maker: Maker, at: float) -> tuple[str, ...]:
    return (
        "Duration: 21.4s", f"Date: {rfc3339(at)}", "K8sDistribution: k3s", "K8sInfrastructure: generic",
        f"CorrelationId: {maker.dice.uid('correlation', maker.after(at))}", f"TroubleShootingGuide: {_GUIDE}",
    )  # fmt: skip


def _checked(found: Found) -> str:
    name, code, message = found
    if not code:
        return f"Status: Passed Name: {name}"
    return f"Status: Failed Name: {name} ErrorCode: {code} ErrorMessage: {message}"


PASSED: Final[tuple[Found, ...]] = tuple(
    (name, "", "") for name in ("info", "service", "helmchart", "clusterresource", "instancetype")
)
FAILED: Final[tuple[Found, ...]] = (
    *PASSED[:3],
    ("clusterresource", "E45003", "cannot reach westus2.api.azureml.ms: i/o timeout; check the settings of the proxy"),
    ("instancetype", "", ""),
)  # fmt: skip
