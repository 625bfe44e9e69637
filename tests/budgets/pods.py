"""Pods as large and as wordy as an API server sends them: some 10 KB each, nearly half of it managedFields."""

from __future__ import annotations

from typing import Any

import msgspec

from tui.core.units import rfc3339

NOW = 1_700_000_000.0
_FIELDS: dict[str, Any] = {
    f"f:{name}": {"f:value": {}, "f:name": {}, ".": {}}
    for name in ("env", "image", "ports", "resources", "volumeMounts")
}


def _container(index: int) -> dict[str, Any]:
    env = [{"name": f"SETTING_{n}", "value": f"value-of-setting-{n}-of-{index}"} for n in range(18)]
    mounts = [{"name": f"volume-{n}", "mountPath": f"/var/lib/volume-{n}", "readOnly": n % 2 == 0} for n in range(5)]
    return {
        "name": f"container-{index}", "image": f"registry.example.io/team/image-{index}:1.{index}.0", "env": env,
        "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}},
        "ports": [{"containerPort": 8080 + index, "protocol": "TCP"}], "volumeMounts": mounts,
            "imagePullPolicy": "IfNotPresent",
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10, "failureThreshold": 3},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    }  # fmt: skip


def _status(index: int, restarts: int) -> dict[str, Any]:
    started = rfc3339(NOW - 3600)
    return {
        "name": f"container-{index}", "ready": True, "started": True, "restartCount": restarts,
        "state": {"running": {"startedAt": started}}, "containerID": f"containerd://{'ab' * 32}",
        "image": f"registry.example.io/team/image-{index}:1.{index}.0",
        "imageID": f"registry.example.io/team/image-{index}@sha256:{'cd' * 32}",
        "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": started}} if restarts else {},
    }  # fmt: skip


def pod(index: int) -> dict[str, Any]:
    """One pod; the same index gives the same pod."""
    name, space = f"service-{index % 400}-6676d6c959-{index:05}", f"team-{index % 40}"
    labels = {"app": f"service-{index % 400}", "app.kubernetes.io/name": f"service-{index % 400}", "team": space,
              "pod-template-hash": "6676d6c959", "version": f"v{index % 9}"}  # fmt: skip
    managed = [
        {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": rfc3339(NOW - 7200),
            "fieldsType": "FieldsV1",
         "fieldsV1": {"f:spec": {f'k:{{"name":"container-{n}"}}': _FIELDS for n in range(2)}, "f:metadata": {
             "f:labels": {f"f:{key}": {} for key in labels}, "f:ownerReferences": {".": {}}}, "f:status": _FIELDS}}
        for manager in ("kube-controller-manager", "kubelet")
    ]  # fmt: skip
    conditions = [
        {"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": rfc3339(NOW - 3600)}
        for kind in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    ]
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"service-{index % 400}-6676d6c959",
        "controller": True,
             "uid": f"1f2e3d4c-0000-4000-a000-{index % 400:012}", "blockOwnerDeletion": True}  # fmt: skip
    volumes = [{"name": f"volume-{n}", "configMap": {"name": f"settings-{n}", "defaultMode": 420}} for n in range(5)]
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": name, "namespace": space, "uid": f"5a6b7c8d-0000-4000-a000-{index:012}",
                "resourceVersion": str(10**6 + index),
            "creationTimestamp": rfc3339(NOW - 7200 - index), "labels": labels, "ownerReferences": [owner],
            "generateName": f"service-{index % 400}-6676d6c959-", "managedFields": managed,
            "annotations": {"prometheus.io/scrape": "true", "checksum/config": "ef" * 32},
        },
        "spec": {
            "nodeName": f"node-{index % 250:04}", "containers": [_container(0), _container(1)], "volumes": volumes,
            "serviceAccountName": "default", "restartPolicy": "Always", "schedulerName": "default-scheduler",
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute",
                             "tolerationSeconds": 300}],
        },
        "status": {
            "phase": "Running", "podIP": f"10.{index % 250}.{index // 250 % 250}.7",
                "hostIP": f"10.200.0.{index % 250}",
            "startTime": rfc3339(NOW - 7100 - index), "conditions": conditions, "qosClass": "Burstable",
            "containerStatuses": [_status(0, index % 3), _status(1, 0)],
        },
    }  # fmt: skip


def page(count: int, first: int = 0) -> bytes:
    """A PodList of so many pods."""
    items = [pod(index) for index in range(first, first + count)]
    return msgspec.json.encode(
        {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items}
    )
