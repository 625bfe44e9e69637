"""Every kind of the store by its name: its columns, what the filter looks in, and the order it opens in.

Owns the register. Order and widths are data in `columns_kube` and `columns_arm`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from tui.core.table import Column
from tui.domain import (
    aml_job,
    cluster,
    compute,
    event,
    extension,
    instance_type,
    job,
    namespace,
    node,
    pod,
    relay,
    service_bus,
    type_fit,
    volcano,
    workspace,
)
from tui.domain import columns_arm as arm
from tui.domain import columns_kube as kube


def worst_first(row: Any) -> Any:
    """The worst health first, then by key."""
    return -int(row.health), row.key


class Look(Struct, frozen=True):
    """How a kind is shown, searched and ordered."""

    columns: tuple[Column[Any], ...]
    haystack: Callable[[Any], str]
    order: Callable[[Any], Any] = worst_first
    """The order in which a table opens: one comparable value a row, the first in order the smallest."""


LOOKS: Final[dict[str, Look]] = {
    pod.NAME: Look(kube.POD, pod.haystack),
    node.NAME: Look(kube.NODE, node.haystack),
    namespace.NAME: Look(kube.NAMESPACE_COLUMNS, namespace.haystack),
    event.NAME: Look(kube.EVENT, event.haystack),
    instance_type.NAME: Look(kube.INSTANCE_TYPE, instance_type.haystack),
    aml_job.NAME: Look(kube.AML_JOB, aml_job.haystack),
    volcano.JOBS: Look(kube.VC_JOB, volcano.haystack_job),
    volcano.GROUPS: Look(kube.POD_GROUP, volcano.haystack_group),
    job.NAME: Look(kube.JOB, job.haystack, job.order),
    type_fit.NAME: Look(kube.DERIVED_TYPE, type_fit.haystack),
    extension.NAME: Look(arm.EXTENSION, extension.haystack),
    cluster.NAME: Look(arm.CLUSTER, cluster.haystack),
    compute.NAME: Look(arm.COMPUTE, compute.haystack),
    workspace.NAME: Look(arm.WORKSPACE, workspace.haystack),
    relay.NAME: Look(arm.RELAY, relay.haystack),
    service_bus.NAME: Look(arm.SERVICE_BUS, service_bus.haystack),
}
"""Every kind of the store, watched, polled and derived."""
