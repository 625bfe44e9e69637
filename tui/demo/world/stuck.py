"""What keeps a namespace from going: an object with a finalizer that nobody removes, and what is said of it then.

Owns the AmlJob of the scenario, and the conditions of a namespace that hangs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tui.demo.world import crds
from tui.demo.world.bodies import Body, Maker, Shown, stamp
from tui.demo.world.components import NAME, NAMESPACE

AMLJOBS: Final = "amljobs.amlarc.azureml.com"
FINALIZER: Final = "amlarc.azureml.com/finalizer"


def definition(maker: Maker, created: float) -> Iterator[Shown]:
    """The kinds of an extension that is being taken away."""
    return crds.shown(maker, crds.EXTENSION, created, NAME)


def job(maker: Maker, created: float) -> Shown:
    """A job of a compute whose namespace is the extension's own; its controller is to remove the finalizer."""
    name = maker.dice.hex(32, "stuck")
    body = maker.make(
        "amlarc.azureml.com/v1alpha1", "AmlJob", name, NAMESPACE, created=created, by="gateway",
        status_by="aml-operator", labels={"ml.azure.com/compute": "arc-west"}, spec={"job": {}},
        status={"state": "Completed"},
    )  # fmt: skip
    body["metadata"]["finalizers"] = [FINALIZER]
    return AMLJOBS, body


def conditions(left: Sequence[tuple[str, Sequence[str]]], at: float) -> list[Body]:
    """Of a namespace that hangs. `left`: the resource of each object that is left, with its finalizers."""
    counts: dict[str, int] = {}
    holds: dict[str, int] = {}
    for resource, finalizers in left:
        counts[resource] = counts.get(resource, 0) + 1
        for name in finalizers:
            holds[name] = holds.get(name, 0) + 1
    remain = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(counts.items()))
    final = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(holds.items()))
    rows = (
        ("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"),
        ("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions",
         "All legacy kube types successfully parsed"),
        ("NamespaceDeletionContentFailure", "False", "ContentDeleted",
         "All content successfully deleted, may be waiting on finalization"),
        ("NamespaceContentRemaining", "True", "SomeResourcesRemain", f"Some resources are remaining: {remain}"),
        ("NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain",
         f"Some content in the namespace has finalizers remaining: {final}"),
    )  # fmt: skip
    return [
        {"type": kind, "status": state, "lastTransitionTime": stamp(at), "reason": reason, "message": message}
        for kind, state, reason, message in rows
    ]
