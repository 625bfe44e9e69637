"""Which plan brings a wish about: an install where nothing is installed, an update of what is, a delete.

Owns that choice, and which findings go into the plan. The screens and the command line use the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from tui.core.errors import Problem
from tui.core.health import Health
from tui.domain import preflight
from tui.domain.azure_standing import relay_gone
from tui.domain.cluster import ClusterRow
from tui.domain.extension import INSTALLED, ExtensionRow, of_product
from tui.domain.job import ENDED
from tui.domain.plans import delete as plan_delete
from tui.domain.plans import deploy as plan_deploy
from tui.domain.plans import update as plan_update
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.plans.plan import Plan
from tui.domain.settings import form as settings_form
from tui.domain.settings import rules as settings_rules
from tui.domain.settings.case import Site, site_of
from tui.domain.settings.catalogue import version_era
from tui.domain.surveys.survey import Survey

Rows = Mapping[str, Mapping[str, Any]]
"""By kind and key, as the store holds them."""
_NO_CLUSTER = Problem("the cluster's ARM resource is not seen", next="name it with --cluster-id, and sign in")


def live_of(rows: Rows, name: str = "") -> ExtensionRow | None:
    """The product's extension, or the one of a name."""
    found = rows.get("extensions", {})
    named = (row for row in found.values() if row.name.lower() == name.lower())
    return next(named, None) if name else of_product(found)


def cluster_of(rows: Rows) -> ClusterRow | None:
    """The cluster that is looked at."""
    return next(iter(rows.get("clusters", {}).values()), None)


def draft_of(live: ExtensionRow | None) -> Draft:
    """What an editor opens on: what is live; for a first install the one switch that training needs."""
    return settings_form.seeded(live) if live is not None else Draft(settings={"enableTraining": "True"})


def site(rows: Rows, live: ExtensionRow | None) -> Site:
    """What is known of the place, for the rules. What is not installed is replaced as a whole: then nothing is live."""
    found = cluster_of(rows)
    running = sum(job.state not in ENDED for job in rows.get("jobs", {}).values())
    kept = live if live is not None and live.state == INSTALLED else None
    return site_of(found, kept, jobs=running) if found is not None else Site(jobs=running)


def wished(draft: Draft, rows: Rows, seen: Survey | None, endpoints: Collection[str] | None = None) -> Plan | Problem:
    """The plan for a draft. `seen`: what preflight looked at, None when it was not asked; `endpoints`: names of those
    that are served here, None when nobody could see them.
    """
    cluster, live = cluster_of(rows), live_of(rows)
    if cluster is None:
        return _NO_CLUSTER
    anew = live is not None and live.state == INSTALLED and relay_is_gone(rows, cluster, live)
    place = site(rows, None if anew else live)
    if live is not None and live.state == INSTALLED and not anew:
        jobs = [job for job in rows.get("jobs", {}).values() if job.state not in ENDED]
        plan = plan_update.plan(
            live, settings_form.changed(draft, live), cluster, relays=list(rows.get("relays", {}).values()), jobs=jobs,
            endpoints=endpoints,
        )  # fmt: skip
        return _noted(plan, settings_rules.judge(draft, place))
    era = version_era(draft.version) if draft.version and not draft.auto_upgrade else "C"
    plan = plan_deploy.plan(draft, cluster, live, era=era, unregistered=_unregistered(seen), anew=anew)
    registers = any(step.id.startswith("register-") for step in plan.steps)
    findings = preflight.findings(seen, draft) if seen is not None else []
    told = [
        note for note in findings
        if note.health > Health.GOOD and not (registers and note.code == "provider-unregistered")
    ]  # fmt: skip
    return _noted(plan, [*settings_rules.judge(draft, place), *told])


def relay_is_gone(rows: Rows, cluster: ClusterRow, live: ExtensionRow) -> bool:
    """The Relay that jobs come in through is not there any more: only a deploy makes it anew."""
    return cluster.connected and "relays" in rows and relay_gone(rows["relays"].values(), cluster, live.settings)


def removal(rows: Rows, *, force: bool) -> Plan | Problem:
    """The plan that takes the extension away."""
    cluster, live = cluster_of(rows), live_of(rows)
    if cluster is None:
        return _NO_CLUSTER
    if live is None:
        return Problem("there is no extension to delete", cluster.name, code="ExtensionNotFound")
    jobs = [job for job in rows.get("jobs", {}).values() if job.state not in ENDED]
    computes, nodes = list(rows.get("computes", {}).values()), list(rows.get("nodes", {}).values())
    return plan_delete.plan(live, cluster, computes=computes, jobs=jobs, nodes=nodes, force=force)


def _unregistered(seen: Survey | None) -> list[str]:
    """The providers that are known not to be registered."""
    states = seen.providers if seen is not None else {}
    return [name for name, state in states.items() if isinstance(state, str) and state.lower() != "registered"]


def _noted(plan: Plan, more: Iterable[Note]) -> Plan:
    """With more notes, each once, the worst first."""
    notes = {(note.code, note.what): note for note in (*plan.notes, *more)}
    return replace(plan, notes=tuple(sorted(notes.values(), key=lambda note: -note.health)))
