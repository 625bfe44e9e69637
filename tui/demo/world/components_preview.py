"""The extension's parts in the cluster before 1.1: the preview of 2021.

Owns names, images and sizes of its components. Must not know how an install goes.
"""

from __future__ import annotations

from typing import Final

from tui.demo.world.parts import Part

_OSS: Final = "mcr.microsoft.com/oss"

PARTS: Final = (
    Part("aml-operator", "20m", "1", "128", "512", 21, when="training", follows=True, sidecar=False),
    Part("frameworkcontroller", "20m", "1", "128", "512", 24, "StatefulSet", when="training", sidecar=False),
    Part("gateway", "50m", "500m", "256", "2048", 26, follows=True, sidecar=False),
    Part("cluster-status-reporter", "20m", "200m", "64", "256", 24, sidecar=False),
    Part("relayserver", "20m", "500m", "64", "512", 31, replicas=2, when="relay", spare=1, sidecar=False),
    Part("metrics-controller-manager", "10m", "100m", "20", "300", 17, sidecar=False),
    Part("@-kube-state-metrics", "10m", "100m", "32", "256", 12, sidecar=False,
         image=f"{_OSS}/kubernetes/kube-state-metrics:v1.9.8"),
    Part("prom-operator", "100m", "400m", "128", "512", 14, sidecar=False, when="operator",
         image=f"{_OSS}/prometheus-operator/prometheus-operator:v0.47.0"),
    Part("fluent-bit", "10m", "200m", "100", "300", 9, "DaemonSet", sidecar=False, port=2020,
         image=f"{_OSS}/fluent/fluent-bit:v1.7.4", when="fluent-bit"),
    Part("nfd-master", "10m", "100m", "32", "128", 13, sidecar=False, image=f"{_OSS}/nvidia/nfd:v0.8.2"),
    Part("nfd-worker", "10m", "100m", "32", "128", 13, "DaemonSet", sidecar=False, image=f"{_OSS}/nvidia/nfd:v0.8.2"),
    Part("nvidia-device-plugin-daemonset", "10m", "100m", "32", "128", 16, "DaemonSet", sidecar=False,
         image=f"{_OSS}/nvidia/k8s-device-plugin:1.0.0-beta6", when="nvidia"),
    Part("k8s-host-device-plugin-daemonset", "10m", "100m", "32", "128", 15, "DaemonSet", sidecar=False,
         image="mcr.microsoft.com/azureml/amlarc/docker/k8s-host-device-plugin:1.0", when="training"),
    Part("blobfuse-installer", "10m", "100m", "32", "128", 18, "DaemonSet", sidecar=False, when="blobfuse"),
    Part("blobfuse-flexvol-installer", "10m", "100m", "32", "128", 18, "DaemonSet", sidecar=False, when="flexvol",
         image="mcr.microsoft.com/k8s/flexvolume/blobfuse-flexvolume:1.0.17"),
    Part("amlarc-identity-controller", "200m", "1", "200", "1024", 22, when="inference", sidecar=False),
    Part("amlarc-identity-proxy", "200m", "1", "200", "1024", 23, when="inference", sidecar=False),
    Part("inference-operator-controller-manager", "100m", "1", "128", "1024", 27, when="inference", sidecar=False),
)  # fmt: skip
