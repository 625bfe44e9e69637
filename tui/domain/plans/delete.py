"""The plan of a delete: one request, and all that should be known before it.

Owns what is lost with the extension and what stays behind, with the commands that would remove it: they are told, and
never run.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from tui.core.health import Health
from tui.domain import arm_id
from tui.domain.cluster import ClusterRow
from tui.domain.component import NAMESPACE
from tui.domain.compute import ComputeRow
from tui.domain.extension import ExtensionRow, enabled, setting
from tui.domain.job import ENDED, JobRow
from tui.domain.node import NodeRow
from tui.domain.plans import az_command, azure_resources
from tui.domain.plans.az_names import Home, home_of
from tui.domain.plans.azure_resources import Part
from tui.domain.plans.note import Note
from tui.domain.plans.plan import Plan, Step
from tui.domain.plans.update_notes import few

CRDS: Final = tuple(
    f"{name}.amlarc.azureml.com"
    for name in ("amljobs", "identities", "instancetypes", "metrics", "onlinedeployments", "onlineendpoints")
)
"""Definitions of the product that may survive it, and then stand in the way of the next install."""
_VOLCANO: Final = (
    "jobs.batch.volcano.sh", "commands.bus.volcano.sh", "podgroups.scheduling.volcano.sh",
    "queues.scheduling.volcano.sh", "numatopologies.nodeinfo.volcano.sh",
)  # fmt: skip


def plan(
    extension: ExtensionRow, cluster: ClusterRow, *, computes: Sequence[ComputeRow] = (),
    jobs: Sequence[JobRow] = (), nodes: Sequence[NodeRow] = (), force: bool = False,
) -> Plan:  # fmt: skip
    """The plan that deletes an extension. `force`: ARM forgets it at once, whatever the cluster says."""
    home, known = home_of(cluster), extension.settings
    parts = azure_resources.needed(home, _in_force(extension, home), {}, known)
    notes = [
        *_in_the_way(extension, force), *_computes(cluster, computes), *_jobs(jobs), *_endpoints(extension),
        *_device_plugin(extension, nodes), *(_stays(part) for part in parts), _definitions(extension),
    ]  # fmt: skip
    path = extension.id + ("?forceDelete=true" if force else "")
    title = f"{'force the deletion of' if force else 'delete'} the extension {extension.name}"
    step = Step(
        "extension", title, "DELETE", path, follows=True,
        command=az_command.rest("DELETE", path),
    )  # fmt: skip
    return Plan(
        "delete", extension.id, (step,), tuple(sorted(notes, key=lambda note: -note.health)),
        lasting=_lasting(parts, force), az=az_command.extension_delete(home, extension.name, force),
        name_to_type=extension.name,
    )  # fmt: skip


def _in_force(extension: ExtensionRow, home: Home) -> Mapping[str, str]:
    keys = ("logAnalyticsWS", "relayserver.enabled", "servicebus.enabled")
    found = {key: setting(extension, key) for key in keys}
    return found | ({"relayserver.enabled": extension.settings.get("relayserver.enabled", "false")}
                    if home.is_managed else {})  # fmt: skip


def _in_the_way(extension: ExtensionRow, force: bool) -> list[Note]:
    """What its state and the way of deleting say."""
    seen, notes = f"extension {extension.name}: {extension.raw_state or 'no state'}", []
    if force:
        what = "forced: ARM forgets the extension at once, all it made on the cluster stays and is nobody's"
        notes.append(Note("force-leaves-objects", Health.WARN, what, "forceDelete=true",
                          "only when a plain delete hangs; then remove the release by hand",
                          command=f"helm uninstall {shlex.quote(extension.name)} -n {NAMESPACE}"))  # fmt: skip
    elif extension.state == "Deleting":
        notes.append(Note("extension-busy", Health.WARN, "it is being deleted already", seen, "follow that"))
    elif extension.health is Health.BUSY:
        what = f"something is going on: {extension.raw_state or extension.state}; the delete may be refused until then"
        notes.append(Note("extension-busy", Health.WARN, what, seen, "wait for its end"))
    return notes


def _computes(cluster: ClusterRow, computes: Sequence[ComputeRow]) -> list[Note]:
    mine = [row for row in computes if row.is_kubernetes and arm_id.same(row.resource_id, cluster.id)]
    if not mine:
        return []
    names = few(f"{row.name} ({row.workspace})" for row in mine)
    what = f"{len(mine)} attached compute{'s' if len(mine) > 1 else ''} will not work any more: {names}"
    return [Note("computes-attached", Health.WARN, what, few(row.id for row in mine), "detach them first")]


def _jobs(jobs: Sequence[JobRow]) -> list[Note]:
    active = [job for job in jobs if job.state not in ENDED]
    if not active:
        return []
    what = f"{len(active)} job{'s are' if len(active) > 1 else ' is'} not over and will be lost"
    seen = few(f"{job.name} ({job.state})" for job in active)
    return [Note("jobs-active", Health.WARN, what, seen, "wait for them, or cancel them")]


def _endpoints(extension: ExtensionRow) -> list[Note]:
    if not enabled(extension, "enableInference"):
        return []
    what = "online endpoints on this cluster stop answering"
    return [Note("endpoints-stop", Health.WARN, what, "enableInference is on", "move their traffic first")]


def _device_plugin(extension: ExtensionRow, nodes: Sequence[NodeRow]) -> list[Note]:
    """GPUs vanish with a device plugin that the extension installed."""
    having = [node.name for node in nodes if node.allocatable.gpus]
    installed = enabled(extension, "installNvidiaDevicePlugin")
    if not installed or (nodes and not having):
        return []
    what = "its NVIDIA device plugin goes too: nvidia.com/gpu vanishes from the nodes"
    seen = f"installNvidiaDevicePlugin is on; nodes with GPUs: {few(having) or 'not known'}"
    remedy = "install a device plugin of your own afterwards, if others need the GPUs"
    return [Note("device-plugin-removed", Health.WARN, what, seen, remedy)]


def _stays(part: Part) -> Note:
    remedy = "remove it by hand when no compute uses it any more; a later deploy finds it again and keeps it"
    return Note("stays", Health.GOOD, f"{part.stays} stays", part.id, remedy, command=part.removing)


def _definitions(extension: ExtensionRow) -> Note:
    """Custom resource definitions, instance types with them. Those of Volcano only if the extension brought it."""
    volcano = _VOLCANO if extension.era == "C" and enabled(extension, "installVolcano") else ()
    what = "custom resource definitions may stay, with the instance types; they can stand in the way of a new install"
    remedy = "remove them when nothing else uses them: every object of these kinds goes with them"
    command = shlex.join(["kubectl", "delete", "crd", *CRDS, *volcano])
    return Note("crds-stay", Health.GOOD, what, "", remedy, command=command)


def _lasting(parts: Sequence[Part], force: bool) -> tuple[str, ...]:
    return (
        "the extension and what it runs cannot be brought back, only deployed anew",
        *(() if force else ("it takes about ten minutes; a deploy before its end fails",)),
        *(f"{part.stays} stays" for part in parts),
    )
