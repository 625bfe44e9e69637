"""What is said of an install before it is run: of the extension that is there already, of what follows, of what stays.

Owns these notes, and when a live extension is what is wished for. Builds no request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tui.core.health import Health
from tui.core.redact import MASK
from tui.core.secret import Secret
from tui.domain.cluster import ClusterRow
from tui.domain.extension import INSTALLED, ExtensionRow
from tui.domain.plans.az_settings import FEW_NODES, Value, on, value_of
from tui.domain.plans.azure_resources import Part
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note

_NAME_IN_USE: Final = "cannot re-use a name"


def of_live(draft: Draft, settings: Mapping[str, Value], live: ExtensionRow | None) -> tuple[Note, ...]:
    """What follows from an extension of the product that is on the cluster already; nothing when there is none."""
    if live is None:
        return ()
    seen = f"extension {live.name}: {live.raw_state or 'no state'}"
    if live.name.lower() != draft.name.lower():
        what = f"the cluster has the extension already, under the name {live.name}; two cannot share its namespace"
        return (Note("extension-other-name", Health.BAD, what, seen, f"use the name {live.name}, or delete it first"),)
    if live.health is Health.BUSY:
        what = f"something is going on already: {live.raw_state or live.state}"
        return (Note("extension-busy", Health.BAD, what, seen, "follow it to its end, then plan again"),)
    if live.state != INSTALLED:
        return (_not_well(live, seen),)
    if is_wished(draft, settings, live):
        return (Note("extension-as-wished", Health.GOOD, "it is installed with these settings already", seen),)
    return _replaces(settings, live, seen)


def is_wished(draft: Draft, settings: Mapping[str, Value], live: ExtensionRow) -> bool:
    """Whether a live extension is what the draft makes. One that is given secrets never is: they cannot be read."""
    return (
        live.name.lower() == draft.name.lower()
        and live.state == INSTALLED
        and not draft.protected
        and live.train.lower() == (draft.train or "stable").lower()
        and live.auto_upgrade == draft.auto_upgrade
        and (draft.auto_upgrade or not draft.version or live.version == draft.version)
        and all(same(value, value_of(live.settings, key)) for key, value in settings.items())
    )


def same(wanted: Value, found: str | None) -> bool:
    """Whether a setting has the value: switches and ids in any case, all else to the letter. Secrets never have."""
    if found is None or isinstance(wanted, Secret) or found == MASK:
        return False
    if not isinstance(wanted, str):
        return bool(found)  # filled in while the plan runs: there already, so known already
    loose = wanted.lower() in ("true", "false") or wanted.startswith("/subscriptions/")
    return wanted == found or (loose and wanted.lower() == found.strip().lower())


def _not_well(live: ExtensionRow, seen: str) -> Note:
    """Failed, canceled, or a word nobody knows: the PUT tries again."""
    told = f"{live.why} {live.error or ''}"
    if live.health is Health.UNKNOWN:
        what = f"its state {live.raw_state or 'is missing'} is not known to arcdeck; the PUT may be refused"
        return Note("extension-state-unknown", Health.WARN, what, seen, "look at it in the portal first")
    what = (
        f"the last attempt ended in {live.raw_state}: the PUT installs again where the release was taken away, and "
        "upgrades it where it was rolled back; nothing has to be deleted first"
    )
    remedy = "mend what made it fail, else it fails again"
    if _NAME_IN_USE in told:
        remedy = "the name of the release is still taken: wait about an hour, or remove the release with helm"
    return Note("extension-failed", Health.WARN, what, f"{seen}: {live.why}" if live.why else seen, remedy)


def _replaces(settings: Mapping[str, Value], live: ExtensionRow, seen: str) -> tuple[Note, ...]:
    gone = sorted(key for key in live.settings if value_of(settings, key) is None)
    found = Note(
        "extension-replaced", Health.WARN, "it is installed: the PUT replaces all its settings, protected ones too",
        seen, "update it instead, to send only what changes",
    )  # fmt: skip
    if not gone:
        return (found,)
    what = f"these settings are set now and will be gone: {', '.join(gone)}"
    return (found, Note("settings-dropped", Health.WARN, what, seen, "add them to the draft to keep them"))


def of_draft(draft: Draft, cluster: ClusterRow, settings: Mapping[str, Value]) -> tuple[Note, ...]:
    """What is set without having been asked for, and worth knowing."""
    notes = []
    added = {key: str(settings[key]) for key in ("clusterPurpose", "inferenceRouterHA", "inferenceLoadBalancerHA")
             if draft.value(key) is None and isinstance(settings.get(key), str)}  # fmt: skip
    if 0 < cluster.nodes < FEW_NODES:
        what = f"the cluster has fewer than {FEW_NODES} nodes: one scoring front end, for development only"
        notes.append(Note("few-nodes", Health.WARN, what, f"cluster {cluster.name}: {cluster.nodes} nodes",
                          implies=added))  # fmt: skip
    if on(draft.settings, "enableInference") and on(draft.settings, "allowInsecureConnections"):
        what = "scoring goes over plain HTTP: allowInsecureConnections is on"
        notes.append(Note("insecure", Health.WARN, what, "allowInsecureConnections=True",
                          "give a certificate and its key, or a secret that has them"))  # fmt: skip
    return tuple(notes)


def lasting(parts: Sequence[Part], registering: Sequence[str]) -> tuple[str, ...]:
    """What stays when the extension is deleted."""
    stays = [f"{part.stays} stays when the extension is deleted" for part in parts]
    return (*stays, *(["the registration of providers stays"] if registering else []))
