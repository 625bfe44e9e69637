"""Bodies in protocol buffers, which newer kubectls send for what they create themselves, as JSON values.

Owns the field numbers (k8s.io/api `generated.proto`) of the messages that come with `kubectl create`, `auth` and
`drain`; types of fields come from the schemas. Raises Unreadable for what is not in the table.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.core.units import rfc3339
from tui.demo.kube.models import INT_OR_STRING, QUANTITY, TIME, built_ins

Body = dict[str, Any]
Node = Mapping[str, Any]

MEDIA: Final = "application/vnd.kubernetes.protobuf"
_MAGIC: Final = b"k8s\x00"
_VARINT, _BYTES = 0, 2
_LONGEST: Final = 63
"""The highest bit of a number."""
_MESSAGES: Final = {
    "ObjectMeta": "name generateName namespace selfLink uid resourceVersion generation creationTimestamp "
    "deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers - - managedFields",
    "LabelSelector": "matchLabels matchExpressions",
    "LabelSelectorRequirement": "key operator values",
    "OwnerReference": "kind - name uid apiVersion controller blockOwnerDeletion",
    "DeleteOptions": "gracePeriodSeconds preconditions orphanDependents propagationPolicy dryRun",
    "Preconditions": "uid resourceVersion",
    "Eviction": "metadata deleteOptions",
    "SelfSubjectAccessReview": "metadata spec status",
    "SelfSubjectAccessReviewSpec": "resourceAttributes nonResourceAttributes",
    "ResourceAttributes": "namespace verb group version resource subresource name",
    "NonResourceAttributes": "path verb",
    "SubjectAccessReviewStatus": "allowed reason evaluationError denied",
    "SelfSubjectRulesReview": "metadata spec status",
    "SelfSubjectRulesReviewSpec": "namespace",
    "SubjectRulesReviewStatus": "resourceRules nonResourceRules incomplete evaluationError",
    "SelfSubjectReview": "metadata status",
    "SelfSubjectReviewStatus": "userInfo",
    "UserInfo": "username uid groups extra",
    "ConfigMap": "metadata data binaryData immutable",
    "Secret": "metadata data type stringData immutable",
    "Namespace": "metadata spec status",
    "NamespaceSpec": "finalizers",
    "NamespaceStatus": "phase conditions",
    "ServiceAccount": "metadata secrets imagePullSecrets automountServiceAccountToken",
    "ObjectReference": "kind namespace name uid apiVersion resourceVersion fieldPath",
    "LocalObjectReference": "name",
    "ResourceQuota": "metadata spec status",
    "ResourceQuotaSpec": "hard scopes",
    "ResourceQuotaStatus": "hard used",
    "Role": "metadata rules",
    "ClusterRole": "metadata rules aggregationRule",
    "AggregationRule": "clusterRoleSelectors",
    "PolicyRule": "verbs apiGroups resources resourceNames nonResourceURLs",
    "RoleBinding": "metadata subjects roleRef",
    "ClusterRoleBinding": "metadata subjects roleRef",
    "Subject": "kind apiGroup name namespace",
    "RoleRef": "apiGroup kind name",
    "PodDisruptionBudget": "metadata spec status",
    "PodDisruptionBudgetSpec": "minAvailable selector maxUnavailable unhealthyPodEvictionPolicy",
    "PodDisruptionBudgetStatus": "observedGeneration disruptedPods disruptionsAllowed currentHealthy desiredHealthy "
    "expectedPods conditions",
    "Service": "metadata spec status",
    "ServiceSpec": "ports selector clusterIP type externalIPs - sessionAffinity loadBalancerIP "
    "loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses - - - "
    "ipFamilyPolicy clusterIPs ipFamilies allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy",
    "ServicePort": "name protocol port targetPort nodePort appProtocol",
    "ServiceStatus": "loadBalancer conditions",
    "LoadBalancerStatus": "ingress",
    "Deployment": "metadata spec status",
    "DeploymentSpec": "replicas selector template strategy minReadySeconds revisionHistoryLimit paused - "
    "progressDeadlineSeconds",
    "DeploymentStrategy": "type rollingUpdate",
    "DeploymentStatus": "observedGeneration replicas updatedReplicas availableReplicas unavailableReplicas conditions "
    "readyReplicas collisionCount",
    "PodTemplateSpec": "metadata spec",
    "Job": "metadata spec status",
    "JobSpec": "parallelism completions activeDeadlineSeconds selector manualSelector template backoffLimit "
    "ttlSecondsAfterFinished completionMode suspend",
    "JobStatus": "conditions startTime completionTime active succeeded failed completedIndexes "
    "uncountedTerminatedPods ready failedIndexes terminating",
    "CronJob": "metadata spec status",
    "CronJobSpec": "schedule startingDeadlineSeconds concurrencyPolicy suspend jobTemplate successfulJobsHistoryLimit "
    "failedJobsHistoryLimit timeZone",
    "CronJobStatus": "active - - lastScheduleTime lastSuccessfulTime",
    "JobTemplateSpec": "metadata spec",
    "PodSpec": "volumes containers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy "
    "nodeSelector serviceAccountName serviceAccount nodeName hostNetwork hostPID hostIPC securityContext "
    "imagePullSecrets hostname subdomain affinity schedulerName initContainers automountServiceAccountToken "
    "tolerations hostAliases priorityClassName priority dnsConfig shareProcessNamespace readinessGates "
    "runtimeClassName enableServiceLinks preemptionPolicy overhead topologySpreadConstraints ephemeralContainers "
    "setHostnameAsFQDN",
    "Container": "name image command args workingDir ports env resources volumeMounts livenessProbe readinessProbe "
    "lifecycle terminationMessagePath imagePullPolicy securityContext stdin stdinOnce tty envFrom "
    "terminationMessagePolicy volumeDevices startupProbe resizePolicy restartPolicy",
    "ContainerPort": "name hostPort containerPort protocol hostIP",
    "EnvVar": "name value",
    "ResourceRequirements": "limits requests",
}  # fmt: skip
"""The fields of each message by number, from 1 on."""
_MEANT: Final = frozenset(
    {
        "replicas", "parallelism", "completions", "backoffLimit", "terminationGracePeriodSeconds", "gracePeriodSeconds",
        "ttlSecondsAfterFinished", "suspend", "automountServiceAccountToken", "immutable", "revisionHistoryLimit",
        "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "controller", "blockOwnerDeletion", "orphanDependents",
        "enableServiceLinks",
    }
)  # fmt: skip
"""Fields whose zero says something. Elsewhere it only says that a field was not set."""


class Unreadable(ValueError):
    """A body that is not one, or holds something that is not known here."""


def decoded(data: bytes) -> Body:
    """The object in a body. Raises Unreadable."""
    try:
        if not data.startswith(_MAGIC):
            raise Unreadable("a body in protocol buffers begins with k8s")
        whole = dict(_fields(data[len(_MAGIC) :]))
        head = {number: bytes(text).decode() for number, text in _fields(whole[1])}
        version, kind = head.get(1, ""), head.get(2, "")
        root = built_ins().kinds.get((version, kind))
        if root is None:
            raise Unreadable(f"{kind} of {version}")
        return {"apiVersion": version, "kind": kind, **_message(root, whole.get(2, b""))}
    except (LookupError, ArithmeticError, TypeError, AttributeError, ValueError) as error:
        raise Unreadable(str(error)) from None


def _message(definition: str, data: bytes) -> Body:
    names = _MESSAGES.get(definition.rpartition(".")[2], "").split()
    properties = built_ins().definitions[definition]["properties"]
    body: Body = {}
    for number, raw in _fields(data):
        name = names[number - 1] if number <= len(names) else "-"
        if name == "-":
            raise Unreadable(f"field {number} of {definition}")
        _put(body, name, properties[name], raw)
    return body


def _put(body: Body, name: str, node: Node, raw: Any) -> None:
    if "additionalProperties" in node:
        entry = dict(_fields(raw))
        body.setdefault(name, {})[entry.get(1, b"").decode()] = _value(node["additionalProperties"], entry.get(2, b""))
    elif node.get("type") == "array":
        body.setdefault(name, []).append(_value(node["items"], raw))
    else:
        value = _value(node, raw)
        if name in _MEANT or value not in (None, "", 0, False, {}):
            body[name] = value


def _value(node: Node, raw: Any) -> Any:
    reference = node.get("$ref", "")
    if reference == QUANTITY:
        return dict(_fields(raw)).get(1, b"").decode()
    if reference == TIME:
        seconds = dict(_fields(raw)).get(1, 0)
        return rfc3339(seconds) if seconds else None
    if reference == INT_OR_STRING:
        parts = dict(_fields(raw))
        return parts.get(3, b"").decode() if parts.get(1) else _signed(parts.get(2, 0))
    if reference:
        return _message(reference, raw)
    if node["type"] == "boolean":
        return bool(raw)
    if node["type"] == "integer":
        return _signed(raw)
    return base64.b64encode(raw).decode() if node.get("format") == "byte" else raw.decode()


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of each field: an integer or bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == _VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
        elif key & 7 == _BYTES:
            length, at = _varint(data, at)
            if at + length > len(data):
                raise Unreadable("a field is cut off")
            yield key >> 3, data[at : at + length]
            at += length
        else:
            raise Unreadable(f"wire type {key & 7}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        if shift > _LONGEST:
            raise Unreadable("a number is too long")
        value, at, shift = value | (byte & 0x7F) << shift, at + 1, shift + 7
        if byte < 0x80:
            return value, at
