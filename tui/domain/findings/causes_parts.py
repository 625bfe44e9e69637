"""Why an install, update or delete fails: what single components come to grief at.

Owns the words of X14 to X17, X24 to X27 and X29. They are recognised by what is seen in the cluster: `part_rules`.
"""

from __future__ import annotations

from typing import Final

from tui.domain.findings.diagnosis import Cause, Rank

INGRESS_MEMORY: Final = Cause(
    "X14", "the ingress controller runs out of memory",
    "The ingress controller was killed for its memory: it starts one worker for each CPU of its node, and on a big "
    "node they do not fit in its limit.",
    ("let it start fewer workers, or raise its memory limit",),
    implies={"nginxIngress.controllerConfig.worker-processes": "8"}, rank=Rank.SEEN,
)  # fmt: skip
ROUTER_SPREAD: Final = Cause(
    "X15", "the inference router needs three nodes",
    "Replicas of the inference router want a node each, and there are too few.",
    ("switch high availability off, or add nodes until there are three",),
    implies={"inferenceRouterHA": "False"}, rank=Rank.SEEN,
)  # fmt: skip
NO_LOAD_BALANCER: Final = Cause(
    "X16", "nobody gives the inference router an address",
    "The inference router's Service is of type LoadBalancer, and the cluster has nothing that gives it an address.",
    ("install a load balancer, or let the router be a nodePort or a clusterIP",),
    ("kubectl get services -n azureml",), {"inferenceRouterServiceType": "nodePort"}, Rank.SEEN,
)  # fmt: skip
NO_SIGNER: Final = Cause(
    "X17", "the cluster signs no certificates",
    "A component got an empty certificate: the cluster's controller manager has no key to sign with.",
    (
        "give kube-controller-manager its cluster signing certificate and key",
        "or, in releases 1.0.x, let the components talk without TLS",
    ),
    rank=Rank.SEEN,
)  # fmt: skip
DEVICE_PLUGIN: Final = Cause(
    "X24", "two device plugins for one GPU",
    "The NVIDIA device plugin that the extension installs does not run: another one is on the nodes already, or they "
    "have no NVIDIA driver.",
    ("leave the device plugin to whoever installed it before",),
    ("kubectl get daemonsets -A | grep -i nvidia",), {"installNvidiaDevicePlugin": "False"}, Rank.SEEN,
)  # fmt: skip
GPUS_GONE: Final = (
    "The extension took its device plugin with it, and the one that was there before does not run any more: the nodes "
    "offer no {lost}."
)
BLOBFUSE: Final = Cause(
    "X25", "blobfuse cannot be installed on the hosts",
    "An installer of blobfuse fails: it is on the hosts already, or they have no apt or systemd for it.",
    ("leave blobfuse out, and install it on the hosts by hand where jobs need it",), rank=Rank.SEEN,
)  # fmt: skip
OPENSHIFT: Final = Cause(
    "X26", "OpenShift does not admit the pods",
    "OpenShift's security context constraints keep pods of the extension from being made or started.",
    (
        "let the extension's service accounts use the constraint privileged",
        "if containers then fail to start on volumes, switch SELinux to permissive on the workers",
    ),
    ("oc adm policy add-scc-to-group privileged system:serviceaccounts:azureml",),
    {"openshift": "True"}, Rank.SEEN,
)  # fmt: skip
UNTRUSTED: Final = Cause(
    "X27", "a proxy's certificate is not trusted",
    "Components do not trust the certificate they are shown: the way out leads through a proxy with an authority of "
    "its own.",
    ("give the Arc agents the proxy's certificate, then try again",),
    ("az connectedk8s update -g {group} -n {cluster} --proxy-cert proxy-ca.crt",), rank=Rank.SEEN,
)  # fmt: skip
NO_TYPES_YET: Final = Cause(
    "X29", "no instance types yet",
    "The health check asks for instance types before their definition is there: so it is at a first install.",
    ("nothing is to be done",), rank=Rank.HARMLESS,
)  # fmt: skip
