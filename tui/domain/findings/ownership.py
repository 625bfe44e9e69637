"""X4: an object is in the way of a Helm release. Whose it is decides what to do: use it, take it over, or delete it.

Owns the reading of Helm's sentence about missing marks, and which setting leaves a component to its owner.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from tui.domain.component import NAMESPACE
from tui.domain.findings.diagnosis import Caught
from tui.domain.findings.evidence import Case

MANAGED_BY: Final = "app.kubernetes.io/managed-by"
RELEASE: Final = "meta.helm.sh/release-name"
RELEASE_NAMESPACE: Final = "meta.helm.sh/release-namespace"

_MARK: Final = re.compile(
    r"(?:missing key|key) \\?\"(?P<key>[\w./-]{1,120}?)\\?\"(?:: must be set to| must equal) "
    r"\\?\"(?P<wanted>[^\"\\]{0,253})\\?\""
    r"(?:: current value is \\?\"(?P<current>[^\"\\]{0,253})\\?\")?"
)
_SWITCHES: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), setting, what)
    for pattern, setting, what in (
        (r"volcano", "installVolcano", "Volcano"),
        (r"monitoring\.coreos\.com|prometheus-operator|prom-operator", "installPromOp", "the Prometheus operator"),
        (r"nvidia-device-plugin", "installNvidiaDevicePlugin", "the NVIDIA device plugin"),
        (r"dcgm", "installDcgmExporter", "the DCGM exporter"),
        (r"blob\.csi\.azure\.com|csi-blob", "blobCsiDriverEnabled", "the blob CSI driver"),
        (r"blobfuse-flexvol", "installBlobfuseFlexvol", "the blobfuse driver"),
    )
)
"""By the object's name: the setting that leaves the component to whoever brought it."""


def standing_in_the_way(found: Caught, case: Case) -> Caught:
    """What was captured, with the steps for this object."""
    marks = marks_of(found.values.get("marks", ""))
    kind, name = found.values.get("kind", ""), found.values.get("name", "")
    wanted, owner = marks.get(RELEASE, ("", ""))
    space = marks.get(RELEASE_NAMESPACE, ("", ""))[0]
    missing = ", ".join(key for key, (_wanted, now) in marks.items() if not now)
    values = {
        "kind": kind, "name": name, "where": found.values.get("where", ""), "missing": missing, "owner": owner,
        "wanted_release": wanted or case.known.get("extension", "amlarc-compute"),
        "wanted_namespace": space or NAMESPACE,
    }  # fmt: skip
    switch = next((each for each in _SWITCHES if each[0].search(name)), None)
    leave = f"when somebody else runs {switch[2]}, leave it to them: {switch[1]}=False" if switch else ""
    return replace(
        found, values=values, remedy=tuple(filter(None, (leave, *_steps(kind, owner)))),
        implies={switch[1]: "False"} if switch else {},
        commands=_commands(owner, " -n {where}" if values["where"] else ""),
    )  # fmt: skip


def marks_of(sentence: str) -> dict[str, tuple[str, str]]:
    """By label or annotation: the value Helm wants, and the one that is there (empty: none)."""
    return {found["key"]: (found["wanted"], found["current"] or "") for found in _MARK.finditer(sentence)}


def _steps(kind: str, owner: str) -> tuple[str, ...]:
    if owner:
        return ("it belongs to Helm release {owner}: ask its owner before anything is done to it",)
    delete = "or delete it, when nobody needs it"
    if kind == "CustomResourceDefinition":
        delete += ": that deletes every object of its kind in the cluster"
    return (
        "look whose it is",
        "left by an earlier install: let Helm take it over, by the label and the annotations it asks for", delete,
    )  # fmt: skip


def _commands(owner: str, inside: str) -> tuple[str, ...]:
    """They hold `{names}`, which are filled in quoted. What has an owner is looked at only."""
    show = f"kubectl get {{kind}} {{name}}{inside} -o yaml"
    if owner:
        return (show, "helm list -Aa")
    return (
        show,
        f"kubectl label {{kind}} {{name}}{inside} {MANAGED_BY}=Helm",
        f"kubectl annotate {{kind}} {{name}}{inside} {RELEASE}={{wanted_release}} "
        f"{RELEASE_NAMESPACE}={{wanted_namespace}}",
    )
