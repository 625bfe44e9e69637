"""Rules of inference: how the scoring front end is reached, its TLS material, how many of it there are.

Codes beginning with E4 are those of the extension's own health check, which fails the install on them. What is
implied on a small cluster is what the az CLI sets by itself when an extension is created.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.core.health import Health
from tui.domain.settings.case import Case, Finding, finding
from tui.domain.settings.catalogue import given, is_true

_TRAIN, _SERVE, _INSECURE = "enableTraining", "enableInference", "allowInsecureConnections"
_SERVICE, _INTERNAL = "inferenceRouterServiceType", "internalLoadBalancerProvider"
_ILB, _NODEPORT = "privateEndpointILB", "privateEndpointNodeport"
_SECRET, _CNAME, _CERT, _KEY = "sslSecret", "sslCname", "sslCertPemFile", "sslKeyPemFile"
_PURPOSE: Final = "clusterPurpose"
_AKS: Final = frozenset({"aks", "aks_engine"})
_BALANCED: Final = _AKS | {"eks", "gke"}
"""Distributions whose cloud gives a Service of type LoadBalancer its address."""
_ENOUGH: Final = 3
_PROTECTED: Final = "configurationProtectedSettings"


def router(case: Case) -> Iterator[Finding]:
    """The way in. Of old two switches, now a kind of Service."""
    if case.on(_ILB) and case.on(_NODEPORT) and case.touched(_ILB, _NODEPORT):
        told = f"{_ILB} and {_NODEPORT} exclude each other"
        evidence = case.evidence(_ILB, _NODEPORT)
        yield finding("private-endpoints", Health.BAD, told, (_ILB, _NODEPORT), evidence, "switch one off")
    if case.on(_ILB) and _no_aks(case) and case.touched(_ILB):
        yield _only_aks(case, _ILB)
    service, internal = case.value(_SERVICE).strip().lower(), case.value(_INTERNAL).strip()
    if case.era == "C" and case.on(_SERVE) and not service and case.touched(_SERVE, _SERVICE):
        told = f"inference needs {_SERVICE}"
        remedy = f"set {_SERVICE} to nodePort, clusterIP, or loadBalancer where the cluster has one"
        yield finding("service-type-missing", Health.BAD, told, (_SERVICE,), case.evidence(_SERVE, _SERVICE), remedy)
    if internal and _no_aks(case) and case.touched(_INTERNAL):
        yield _only_aks(case, _INTERNAL)
    if internal and service == "nodeport" and case.touched(_INTERNAL, _SERVICE):
        told = f"{_INTERNAL} does not go with nodePort"
        evidence = case.evidence(_SERVICE, _INTERNAL)
        remedy = f"leave {_INTERNAL} out, or use loadBalancer"
        yield finding("internal-balancer-nodeport", Health.BAD, told, (_INTERNAL, _SERVICE), evidence, remedy)
    if service == "loadbalancer" and _no_balancer(case) and case.touched(_SERVICE):
        told = "a cluster without a provider of load balancers never gives the front end an address: E40001"
        evidence = f"{case.evidence(_SERVICE)}; {_where(case)}"
        yield finding("load-balancer", Health.WARN, told, (_SERVICE,), evidence, "use nodePort or clusterIP")


def _no_aks(case: Case) -> bool:
    return case.site.connected and case.site.distribution.lower() not in _AKS


def _no_balancer(case: Case) -> bool:
    return case.site.connected and case.site.distribution.lower() not in _BALANCED


def _where(case: Case) -> str:
    return f"connectedClusters distribution {case.site.distribution or 'not known'}"


def _only_aks(case: Case, key: str) -> Finding:
    evidence = f"{case.evidence(key)}; {_where(case)}"
    told = "an internal load balancer is there on AKS only: E40003"
    return finding("internal-balancer-aks", Health.BAD, told, (key,), evidence, f"leave {key} out")


def tls(case: Case) -> Iterator[Finding]:
    """Certificate and key: as a Secret of the cluster or as two files, and the name they are for."""
    cert, key, secret = case.holds(_CERT), case.holds(_KEY), case.value(_SECRET)
    if cert != key:
        has, lacks = (_CERT, _KEY) if cert else (_KEY, _CERT)
        told = f"{has} is given without {lacks}"
        yield finding("tls-half", Health.BAD, told, (_CERT, _KEY), f"{_PROTECTED} {has}", f"give {lacks} as well")
    if cert and key and secret:
        fresh = given(case.fresh, _SECRET) is not None
        told = f"the two PEM files and {_SECRET} are both given: only one of them can be used"
        evidence = f"{_PROTECTED} {_CERT}, {_KEY}; {case.evidence(_SECRET)}"
        remedy = f"leave one out; az would take the files and not {_SECRET}"
        yield finding("tls-both", Health.BAD if fresh else Health.WARN, told, (_SECRET, _CERT, _KEY), evidence, remedy)
    material = bool(cert or key or secret)
    if not case.on(_SERVE) or case.on(_INSECURE):
        yield from _without_tls(case, material)
        return
    yield from _material(case, material)
    if case.era == "C" and not case.value(_CNAME) and (cert or case.touched(_SERVE, _INSECURE, _SECRET, _CNAME)):
        told = f"scoring over TLS needs {_CNAME}"
        remedy = f"set {_CNAME} to the name in the certificate"
        yield finding("tls-cname", Health.BAD, told, (_CNAME,), case.evidence(_INSECURE, _CNAME), remedy)


def _without_tls(case: Case, material: bool) -> Iterator[Finding]:
    if case.on(_SERVE) and case.touched(_SERVE, _INSECURE):
        told = "endpoints are served without TLS"
        remedy = f"for development only; else give TLS material and leave {_INSECURE} out"
        yield finding("insecure", Health.WARN, told, (_INSECURE,), case.evidence(_INSECURE), remedy)
    if material and (case.holds(_CERT) or case.holds(_KEY) or case.touched(_SECRET)):
        why = f"with {_INSECURE}" if case.on(_SERVE) else "without inference"
        keys = [key for key in (_CERT, _KEY) if case.holds(key)] or [_SECRET]
        told = f"TLS material is of no use {why}"
        yield finding("tls-unused", Health.WARN, told, keys, case.evidence(_SERVE, _INSECURE), "leave it out")


def _material(case: Case, material: bool) -> Iterator[Finding]:
    if material:
        return
    keys = (_SECRET, _CERT, _KEY)
    if case.tls_in_files and case.draft.protected:
        told = f"the update loses certificate and key: {_PROTECTED} is replaced as a whole"
        evidence = f"{case.evidence(_SERVE, _INSECURE, _SECRET)}; {_PROTECTED} is sent without {_CERT}"
        yield finding("tls-lost", Health.BAD, told, keys, evidence, f"give {_CERT} and {_KEY} again")
    elif not case.tls_in_files:
        told = "scoring over TLS needs a certificate and a key"
        remedy = f"give {_CERT} and {_KEY}, or {_SECRET}, or set {_INSECURE}=True"
        yield finding("tls-missing", Health.BAD, told, keys, case.evidence(_INSECURE, _SECRET), remedy)


def high_availability(case: Case) -> Iterator[Finding]:
    """Three front ends keep apart from each other: they need as many nodes."""
    nodes = case.site.nodes
    if not 0 < nodes < _ENOUGH:
        return
    key = "inferenceLoadBalancerHA" if case.era == "B" else "inferenceRouterHA"
    asked, serving = case.value(key), case.on(_SERVE)
    evidence = f"{case.evidence(key, _PURPOSE)}; {nodes} node{'s' if nodes > 1 else ''}"
    if is_true(asked) and serving and case.touched(key, _SERVE):
        told = f"three scoring front ends need three nodes, the cluster has {nodes}: E40002"
        yield finding("ha-nodes", Health.BAD, told, (key,), evidence, f"set {key}=False, or add nodes")
    wanted = {} if asked else {key: "false"}
    wanted |= {} if case.value(_PURPOSE) else {_PURPOSE: "DevTest"}
    at_creation = not case.update and (serving or case.era == "C")
    if wanted and (at_creation or (serving and case.update and case.touched(_SERVE))):
        told = f"fewer than three nodes: {', '.join(f'{name}={value}' for name, value in wanted.items())} is set"
        health = Health.WARN if serving and not asked else Health.GOOD
        remedy = f"set {' and '.join(wanted)} yourself for something else"
        yield finding("small-cluster", health, told, tuple(wanted), evidence, remedy, wanted)
