"""Which resources are served: the built-in ones, and those that CustomResourceDefinitions in the store define.

Owns names, groups and short names. Must not know HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tui.demo.kube.objects import ObjectStore

CRDS: Final = "customresourcedefinitions.apiextensions.k8s.io"
_VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Resource:
    """One served resource."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    columns: tuple[dict[str, Any], ...] = ()
    """additionalPrinterColumns of a custom resource."""
    schema: Any = None
    """openAPIV3Schema of a custom resource."""
    custom: bool = False
    verbs: tuple[str, ...] = _VERBS

    @property
    def store(self) -> str:
        """Its name in the object store: `pods`, `instancetypes.amlarc.azureml.com`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        """`v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def singular(self) -> str:
        """Lower-case kind."""
        return self.kind.lower()


def _r(group: str, version: str, plural: str, kind: str, *short: str, cluster: bool = False, **more: Any) -> Resource:
    return Resource(group, version, plural, kind, not cluster, short, **more)


_STATUS: Final = ("status",)
_SCALED: Final = ("scale", "status")
_OF_PODS: Final = ("status", "log", "eviction", "exec", "portforward")
_ALL: Final = ("all",)
BUILT_IN: Final[tuple[Resource, ...]] = (
    _r("", "v1", "pods", "Pod", "po", categories=_ALL, subresources=_OF_PODS),
    _r("", "v1", "nodes", "Node", "no", cluster=True, subresources=_STATUS),
    _r("", "v1", "namespaces", "Namespace", "ns", cluster=True, subresources=_STATUS),
    _r("", "v1", "events", "Event", "ev"),
    _r("", "v1", "services", "Service", "svc", categories=_ALL, subresources=_STATUS),
    _r("", "v1", "configmaps", "ConfigMap", "cm"),
    _r("", "v1", "secrets", "Secret"),
    _r("", "v1", "serviceaccounts", "ServiceAccount", "sa"),
    _r("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", "pvc", subresources=_STATUS),
    _r("", "v1", "persistentvolumes", "PersistentVolume", "pv", cluster=True, subresources=_STATUS),
    _r("", "v1", "endpoints", "Endpoints", "ep"),
    _r("", "v1", "resourcequotas", "ResourceQuota", "quota", subresources=_STATUS),
    _r("", "v1", "limitranges", "LimitRange", "limits"),
    _r("apps", "v1", "deployments", "Deployment", "deploy", categories=_ALL, subresources=_SCALED),
    _r("apps", "v1", "replicasets", "ReplicaSet", "rs", categories=_ALL, subresources=_SCALED),
    _r("apps", "v1", "statefulsets", "StatefulSet", "sts", categories=_ALL, subresources=_SCALED),
    _r("apps", "v1", "daemonsets", "DaemonSet", "ds", categories=_ALL, subresources=_STATUS),
    _r("batch", "v1", "jobs", "Job", categories=_ALL, subresources=_STATUS),
    _r("batch", "v1", "cronjobs", "CronJob", "cj", categories=_ALL, subresources=_STATUS),
    _r("coordination.k8s.io", "v1", "leases", "Lease"),
    _r("networking.k8s.io", "v1", "ingresses", "Ingress", "ing", subresources=_STATUS),
    _r("networking.k8s.io", "v1", "ingressclasses", "IngressClass", cluster=True),
    _r("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", "netpol"),
    _r("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", subresources=_STATUS),
    _r("storage.k8s.io", "v1", "storageclasses", "StorageClass", "sc", cluster=True),
    _r("storage.k8s.io", "v1", "csidrivers", "CSIDriver", cluster=True),
    _r("rbac.authorization.k8s.io", "v1", "roles", "Role"),
    _r("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
    _r("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", cluster=True),
    _r("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", cluster=True),
    _r(
        "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", "crd", "crds",
        cluster=True, subresources=_STATUS,
    ),
    _r(
        "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration",
        cluster=True,
    ),
)  # fmt: skip
_CREATE: Final = ("create",)
REVIEWS: Final[tuple[Resource, ...]] = (
    *(
        _r("authorization.k8s.io", "v1", f"{kind.lower()}s", kind, cluster=True, verbs=_CREATE)
        for kind in ("SelfSubjectAccessReview", "SelfSubjectRulesReview")
    ),
    _r("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", cluster=True, verbs=_CREATE),
)


_OWN: Final = frozenset(resource.group for resource in (*BUILT_IN, *REVIEWS))


class Registry:
    """The resources served now. Custom ones follow the CRDs of the store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._all: dict[tuple[str, str, str], Resource] = {}
        self._stale = True
        objects.subscribe(lambda event: self._note(event.resource))

    def _note(self, resource: str) -> None:
        self._stale = self._stale or resource == CRDS

    def all(self) -> list[Resource]:
        """Every resource, reviews included."""
        if self._stale:
            found = [*BUILT_IN, *REVIEWS]
            for definition in self._objects.list(CRDS):
                found += custom(definition) if is_established(definition) else ()
            self._all = {(each.group, each.version, each.plural): each for each in found}
            self._stale = False
        return list(self._all.values())

    def is_own(self, group: str) -> bool:
        """True for the API groups of the server itself."""
        return group in _OWN

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """The resource at a path, None when it is not served."""
        self.all()
        return self._all.get((group, version, plural))


def is_established(definition: dict[str, Any]) -> bool:
    """Its names are accepted, so its objects can be served."""
    conditions = (definition.get("status") or {}).get("conditions") or ()
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


def custom(definition: dict[str, Any]) -> list[Resource]:
    """The resources that one CustomResourceDefinition defines, one a served version."""
    spec = definition["spec"]
    names = spec["names"]
    return [
        Resource(
            spec["group"],
            version["name"],
            names["plural"],
            names["kind"],
            spec["scope"] == "Namespaced",
            tuple(names.get("shortNames", ())),
            tuple(names.get("categories", ())),
            tuple(name for name in version.get("subresources", {}) if name == "status"),
            tuple(version.get("additionalPrinterColumns", ())),
            version.get("schema", {}).get("openAPIV3Schema"),
            custom=True,
        )
        for version in spec["versions"]
        if version.get("served")
    ]
