"""The health check's error codes: what each means and what to do.

Owns the table. Below E45000 a code stops the operation; from there on it only tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

FIRST_DIAGNOSTIC: Final = 45000


class Code(Struct, frozen=True):
    """One code."""

    code: str
    name: str
    """As the product calls it; empty for one that is not in the table."""
    meaning: str
    remedy: str
    implies: Mapping[str, str] = {}
    """Settings that follow from it."""

    @property
    def critical(self) -> bool:
        """It stops the operation."""
        return is_critical(self.code)


def is_critical(code: str) -> bool:
    """Whether a code is one of those that stop the operation."""
    digits = code[1:]
    return digits.isdecimal() and int(digits) < FIRST_DIAGNOSTIC


_NO_HA: Final = {"inferenceRouterHA": "False"}
_CLEAN_UP: Final = "remove what the first AKS inference router left: its roles, Deployment, Services and ConfigMap"

CODES: Final[tuple[Code, ...]] = (
    Code("E40000", "UNKNOWN_ERROR", "the health check failed in a way it has no word for",
         "read the log of the health check's pod"),
    Code("E40001", "LOAD_BALANCER_NOT_SUPPORT", "the cluster gives no address to Services of type LoadBalancer",
         "install a load balancer, or let the inference router be a nodePort or a clusterIP",
         {"inferenceRouterServiceType": "nodePort"}),
    Code("E40002", "INSUFFICIENT_NODE", "fewer than three healthy nodes take the inference router",
         "have three healthy nodes that match nodeSelector, or switch high availability off", _NO_HA),
    Code("E40003", "INTERNAL_LOAD_BALANCER_NOT_SUPPORT", "an internal load balancer was asked for that only AKS has",
         "leave internalLoadBalancerProvider out on any other cluster", {"internalLoadBalancerProvider": ""}),
    Code("E40004", "AZUREML_FE_DEPLOYMENT_NOT_FOUND", "the inference router's Deployment is gone",
         "delete the extension and install it again"),
    Code("E40005", "AZUREML_FE_SCALE_UP_TIMEOUT", "the inference router did not get its replicas in time",
         "give the nodes room for it: 900m of CPU and 800Mi of memory for each replica"),
    Code("E40006", "AZUREML_FE_UPDATE_REPLICAS_FAILED", "the inference router's replicas could not be changed",
         "look whether the nodes have room and the API server takes the change"),
    Code("E40007", "INVALID_SSL_SETTING", "the scoring certificate does not work",
         "give key and certificate of one pair, the chain in the order server, intermediate, root, and a sslCname that "
         "the certificate names"),
    Code("E45001", "AGENT_UNHEALTHY", "a component of the extension is not healthy",
         "find the pod or workload that the check's message names, and mend it"),
    Code("E45002", "PROMETHEUS_CONFLICT", "another Prometheus operator is on the cluster",
         "let the extension do without one of its own", {"installPromOp": "False"}),
    Code("E45003", "BAD_NETWORK_CONNECTIVITY", "the cluster cannot reach an address in Azure that it needs",
         "let the nodes out to the addresses the extension needs: firewall, proxy and DNS"),
    Code("E45004", "AZUREML_FE_ROLE_CONFLICT", "a role of the first AKS inference router is still there", _CLEAN_UP),
    Code("E45005", "AZUREML_FE_DEPLOYMENT_CONFLICT", "the first AKS inference router is still there", _CLEAN_UP),
    Code("E45006", "", "an instance type is not valid any more or could not be rewritten",
         "complete the instance types that are not sound, or delete them"),
    Code("E49999", "CHECKER_PANIC", "the health check itself crashed",
         "read its pod's log, and give support the CorrelationId"),
)  # fmt: skip
_BY_CODE: Final = {code.code: code for code in CODES}


def find(code: str) -> Code:
    """What is known of a code; for an unknown one what its number alone says."""
    known = _BY_CODE.get(code)
    remedy = "read the log of the health check's pod, and give support the CorrelationId"
    return known or Code(code, "", "a code that is not in the table", remedy)
