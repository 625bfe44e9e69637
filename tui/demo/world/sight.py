"""What is in the cluster when an install begins, as far as it can make one fail.

Owns the looking: who owns what is there already, which nodes may take components, which plugins and controllers of
others run. Reads objects, changes nothing. What follows from it is `fate`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from tui.demo.world.bodies import Body, Shown
from tui.demo.world.components import NAMESPACE, TAINTS
from tui.demo.world.nodes import Node, labels
from tui.demo.world.wish import Wish

_PLUGIN_LABELS: Final = (
    ("name", "nvidia-device-plugin-ds"), ("app.kubernetes.io/name", "nvidia-device-plugin"),
    ("app", "nvidia-device-plugin-daemonset"),
)  # fmt: skip
_FLEXVOL_LABELS: Final = (("k8s-app", "blobfuse"), ("name", "blobfuse"))
_NGINX_LABEL: Final = ("app.kubernetes.io/name", "ingress-nginx")
NGINX_CLASS: Final = "k8s.io/ingress-nginx"


class Cluster(Protocol):
    """The objects that there are."""

    def held(self, resource: str, namespace: str, name: str) -> Body | None: ...

    def keys(self, resource: str) -> Sequence[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Conflict:
    """An object that is not of the release that wants to make it."""

    kind: str
    name: str
    namespace: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything that matters."""

    total: int = 0
    """Nodes."""
    healthy: int = 0
    eligible: int = 0
    """Nodes that components may go to."""
    conflict: Conflict | None = None
    recorded: bool = False
    """Helm has a release of that name."""
    terminating: bool = False
    plugin: bool = False
    """A device plugin of somebody else runs."""
    flexvol: bool = False
    """A flexvolume installer of somebody else runs."""
    nginx: bool = False
    """An ingress controller of somebody else runs."""
    tls: str = ""
    """What keeps it from serving TLS."""
    relay: str = ""
    """Why its hybrid connection cannot be opened."""


def look(cluster: Cluster, nodes: Sequence[Node], wish: Wish, wanted: Iterable[Shown], relay: str) -> Sight:
    """Look round. `wanted`: what the release would make."""
    healthy = [node for node in nodes if not node.trouble and not _cordoned(cluster, node)]
    namespace = cluster.held("namespaces", "", NAMESPACE)
    records = [name for _where, name in _in(cluster, "secrets", NAMESPACE)]
    return Sight(
        len(nodes), len(healthy), sum(takes(node, wish) for node in healthy),
        next(conflicts(cluster, wanted, wish), None),
        any(name.startswith(f"sh.helm.release.v1.{wish.name}.v") for name in records),
        namespace is not None and bool(namespace["metadata"].get("deletionTimestamp")),
        _runs(cluster, "daemonsets.apps", _PLUGIN_LABELS), _runs(cluster, "daemonsets.apps", _FLEXVOL_LABELS),
        _runs(cluster, "deployments.apps", (_NGINX_LABEL,)),
        _tls(cluster, wish), relay if wish.relay else "",
    )  # fmt: skip


def conflicts(cluster: Cluster, wanted: Iterable[Shown], wish: Wish) -> Iterator[Conflict]:
    """What is there already and is not of this release, by Helm's own rule."""
    for resource, body in wanted:
        meta = body["metadata"]
        held = cluster.held(resource, meta.get("namespace", ""), meta["name"])
        missing = tuple(lacks(held, wish)) if held is not None else ()
        if missing:
            yield Conflict(body["kind"], meta["name"], meta.get("namespace", ""), missing)


def lacks(held: Body, wish: Wish) -> Iterator[str]:
    """The marks of the release that an object does not have, in Helm's words."""
    meta: dict[str, Any] = held["metadata"]
    for sort, given, key, wanted in (
        ("label", meta.get("labels"), "app.kubernetes.io/managed-by", "Helm"),
        ("annotation", meta.get("annotations"), "meta.helm.sh/release-name", wish.name),
        ("annotation", meta.get("annotations"), "meta.helm.sh/release-namespace", NAMESPACE),
    ):
        value = (given or {}).get(key)
        if value is None:
            yield f'{sort} validation error: missing key "{key}": must be set to "{wanted}"'
        elif value != wanted:
            yield f'{sort} validation error: key "{key}" must equal "{wanted}": current value is "{value}"'


def takes(node: Node, wish: Wish) -> bool:
    """Whether components may go to a node, as far as labels and taints say."""
    tolerated = {key for key, _value, _effect in TAINTS}
    return matches(node, wish) and all(key in tolerated for key, _value, _effect in node.taints)


def matches(node: Node, wish: Wish) -> bool:
    """Whether a node has the labels that were asked for."""
    own = labels(node)
    return all(own.get(key) == value for key, value in wish.selector)


def _cordoned(cluster: Cluster, node: Node) -> bool:
    held = cluster.held("nodes", "", node.name)
    return held is not None and bool(held["spec"].get("unschedulable"))


def _in(cluster: Cluster, resource: str, namespace: str) -> list[tuple[str, str]]:
    return [key for key in cluster.keys(resource) if key[0] == namespace]


def _runs(cluster: Cluster, resource: str, marks: Iterable[tuple[str, str]]) -> bool:
    """A workload with one of these labels is outside the extension's namespace."""
    for namespace, name in cluster.keys(resource):
        held = cluster.held(resource, namespace, name)
        own = (held or {}).get("metadata", {}).get("labels") or {}
        if namespace != NAMESPACE and any(own.get(key) == value for key, value in marks):
            return True
    return False


def _tls(cluster: Cluster, wish: Wish) -> str:
    if not wish.inference:
        return ""
    name = wish.tls_secret
    if not wish.tls_lacks and name and cluster.held("secrets", NAMESPACE, name) is None:
        return f"secret {name} is not in namespace {NAMESPACE}"
    return wish.tls_lacks
