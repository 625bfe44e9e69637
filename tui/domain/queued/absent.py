"""A run that no object of this cluster knows: where on its way it may have been lost, in the order of that way.

Owns the checks. What may be seen of the cluster is the question of one of them: a run in a namespace that may not be
read is not lost.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from tui.core.facts import Phase, Source
from tui.core.health import Health
from tui.core.store import Store
from tui.core.units import age
from tui.domain import arm_id, azure_standing, extension, job
from tui.domain.compute import ComputeRow
from tui.domain.queued import components
from tui.domain.queued.answer import Step

Inputs = Mapping[str, Mapping[str, Any]]
Sources = Callable[[str], Source]

_FAULTY: Final = (Health.WARN, Health.BAD)
_SIMILAR: Final = 3
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def absent(run: str, inputs: Inputs, now: float, source: Sources | None = None) -> list[Step]:
    """The checks, and what they come to. `source` tells how each kind stands; without it rows alone speak."""
    look = _Look(inputs, source)
    found = [
        _extension(look), *_computes(look), *_doors(look), _pods("relayserver", "relayserver", look),
        _pods("gateway", "gateway", look), _pods("operator", "aml-operator", look), _sight(look),
    ]  # fmt: skip
    several = [step for step in found if step is not None]
    return [*several, _verdict(run, several, look, now)]


class _Look(Store):
    """Rows as they are given, in the shape of a store: nothing is copied."""

    def __init__(self, inputs: Inputs, source: Sources | None) -> None:
        super().__init__()
        self._given, self._source = inputs, source

    def rows(self, kind: str) -> Mapping[str, Any]:
        return self._given.get(kind, _NOTHING)

    def source(self, kind: str) -> Source:
        if self._source is not None:
            return self._source(kind)
        return Source(kind, Phase.LIVE if kind in self._given else Phase.OFF)

    def unseen(self, kind: str, noun: str) -> str:
        """Why nothing is known of a kind; empty when its rows are the truth."""
        standing = self.source(kind)
        if standing.phase in (Phase.LIVE, Phase.MISSING, Phase.STALE) and (standing.known or self._source is None):
            return ""
        why = f"you may not {standing.permission}" if standing.permission else standing.reason
        return f"{noun} are not seen" + (f": {why}" if why else "")


def _extension(look: _Look) -> Step:
    row = extension.of_product(look.rows(extension.NAME))
    if row is None:
        if unseen := look.unseen(extension.NAME, "extensions"):
            return Step("extension", "the extension is not seen", Health.UNKNOWN, (unseen,))
        return Step("extension", "the extension is not installed on this cluster", Health.BAD, (),
                    "arcdeck extension deploy")  # fmt: skip
    if row.state != extension.INSTALLED:
        return Step("extension", f"extension {row.name} is {row.state}", max(row.health, Health.WARN), (row.why,))
    if not extension.enabled(row, "enableTraining"):
        return Step(
            "extension", "training is off: jobs cannot be sent here", Health.BAD, ("enableTraining is not True",),
            "arcdeck extension update --set enableTraining=True",
        )  # fmt: skip
    return Step("extension", f"extension {row.name} is installed, training is on", Health.GOOD)


def _computes(look: _Look) -> Iterator[Step]:
    """Attached, and each one's namespace is there."""
    rows = _attached(look)
    if not rows:
        if unseen := look.unseen("computes", "computes"):
            yield Step("compute", "nobody knows whether this cluster is attached", Health.UNKNOWN, (unseen,))
            return
        told = "of the workspaces that are looked at"
        yield Step("compute", "this cluster is attached to no workspace", Health.BAD, (told,))
        return
    worst = max(rows, key=lambda row: row.health)
    evidence = tuple(_told(row) for row in rows)
    if worst.health is not Health.GOOD:
        yield Step("compute", f"compute {worst.name} is {worst.state}", max(worst.health, Health.WARN), evidence)
    else:
        yield Step("compute", "attached, and Succeeded", Health.GOOD, evidence)
    yield _namespace(rows, look)


def _told(row: ComputeRow) -> str:
    told = f"{row.name} in {row.workspace}: {row.state}, namespace {row.namespace or 'default'}"
    return f"{told}: {row.why}" if row.why and row.why != row.state else told


def _attached(look: _Look) -> list[ComputeRow]:
    """The computes that are this cluster, where the cluster's id is known."""
    rows: list[ComputeRow] = [row for row in look.rows("computes").values() if row.is_kubernetes]
    ids = [row.id for row in look.rows("clusters").values()]
    return [row for row in rows if not ids or any(arm_id.same(row.resource_id, each) for each in ids)]


def _namespace(rows: list[ComputeRow], look: _Look) -> Step:
    wanted = {row.namespace or "default": row.name for row in rows}
    known = look.rows("namespaces")
    if not known:
        unseen = look.unseen("namespaces", "namespaces") or "namespaces are not seen"
        return Step("namespace", f"namespace {', '.join(wanted)} is not seen", Health.UNKNOWN, (unseen,))
    missing = [name for name in wanted if name not in known]
    if missing:
        name = missing[0]
        return Step(
            "namespace", f"namespace {name} does not exist", Health.BAD,
            (f"compute {wanted[name]} names it, and nobody checks that: its jobs wait for ever, without a log",),
            f"kubectl create namespace {shlex.quote(name)}",
        )  # fmt: skip
    ending = [name for name in wanted if known[name].status == "Terminating"]
    if ending:
        return Step("namespace", f"namespace {ending[0]} is being deleted", Health.BAD, (known[ending[0]].why,))
    return Step("namespace", f"namespace {', '.join(sorted(wanted))} is there", Health.GOOD)


def _doors(look: _Look) -> Iterator[Step]:
    """Relay and Service Bus: what jobs come in by."""
    for one in azure_standing.standings(look):
        id = "relay" if one.noun == "Relay" else "bus"
        if one.health is Health.GOOD:
            yield Step(id, f"{one.noun} {one.name} is there", Health.GOOD)
        else:
            yield Step(id, f"{one.noun} {one.name}: {one.brief}", one.health, (one.why,), one.remedy)


def _pods(id: str, component: str, look: _Look) -> Step | None:
    """A component that has to carry the job on. A managed cluster has no relayserver: then it says nothing."""
    health, told = components.standing(look.rows("pods"), component)
    managed = any(not row.connected for row in look.rows("clusters").values())
    if component == "relayserver" and health is Health.BAD and managed:
        return None
    if health in (Health.GOOD, Health.UNKNOWN):
        return Step(id, told, health)
    return Step(id, told, health, (), f"kubectl logs -n azureml deployment/{component}")


def _sight(look: _Look) -> Step:
    """Whether the run's object would be seen, were it here."""
    standing = look.source("amljobs")
    if standing.phase is Phase.MISSING:
        return Step("sight", "this cluster has no AmlJobs at all: their CRD is not installed", Health.BAD)
    if unseen := look.unseen("amljobs", "AmlJobs"):
        return Step("sight", "AmlJobs of other namespaces are not seen", Health.UNKNOWN, (unseen,))
    return Step("sight", "AmlJobs can be read", Health.GOOD)


def _verdict(run: str, several: list[Step], look: _Look, now: float) -> Step:
    broken = [step for step in several if step.health in _FAULTY]
    evidence = [*_last(look, now), *_similar(run, look)]
    if broken:
        told = (f"broken on its way: {step.title}" for step in broken)
        worst = max(step.health for step in broken)
        return Step("delivered", f"no AmlJob of {run} is here", worst, (*told, *evidence))
    blind = [f"but {step.title}" for step in several if step.health is Health.UNKNOWN]
    return Step(
        "delivered", f"no AmlJob of {run} is here, and nothing on its way is seen to be broken", Health.UNKNOWN,
        (*blind, *evidence),
        "see in the studio: it may be on another compute, not be sent yet, or be over and cleaned away",
    )  # fmt: skip


def _last(look: _Look, now: float) -> Iterator[str]:
    """That a job came in lately speaks for the way."""
    times = [row.created for row in look.rows("amljobs").values() if row.created is not None]
    if times:
        yield f"the last AmlJob was delivered {age(max(0.0, now - max(times)))} ago"


def _similar(run: str, look: _Look) -> Iterator[str]:
    wanted = run.lower()
    names = sorted(row.name for row in look.rows(job.NAME).values())
    near = [name for name in names if _near(wanted, name.lower())][:_SIMILAR]
    if near and wanted:
        yield f"runs with a name like it: {', '.join(near)}"


def _near(wanted: str, name: str) -> bool:
    return wanted in name or name in wanted or (len(wanted) > 5 and name[:6] == wanted[:6])
