"""The extension itself: there already, in the middle of something, going away; and what Helm knows of it."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.errors import Problem
from tui.core.health import Health
from tui.core.text import shorten_end
from tui.domain.component import NAMESPACE
from tui.domain.extension import FAILED, INSTALLED, PENDING, ExtensionRow
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import quoted, unknown
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.kube import Thing
from tui.domain.surveys.survey import Survey

_WAIT = "wait until it has ended; a lock that hangs is given up after about an hour"


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """The ARM resource, the namespace, the Helm release."""
    yield _extension(survey, wish)
    yield _namespace(survey)
    yield from _release(survey, wish)


def _extension(survey: Survey, wish: Wish) -> Note:
    if isinstance(survey.extensions, Problem):
        what = "whether the extension is installed already could not be seen"
        return unknown("extension-unknown", what, [survey.extensions])
    row = survey.extension
    name = wish.draft.name
    taken = next((r for r in survey.extensions if r.name.lower() == name.lower() and not r.is_azureml), None)
    if taken is not None:
        what = f"another extension has the name {name}"
        return Note(
            "extension-name-taken",
            Health.BAD,
            what,
            f"extension {name}: extensionType {taken.type}",
            "use another name",
        )
    if row is None:
        return Note("extension-absent", Health.GOOD, "the extension is not installed yet", "no extension of its type")
    if row.name.lower() != name.lower() and row.state != "Deleting":
        what = f"the cluster has the extension already, as {row.name}: a second one cannot be"
        return Note(
            "extension-other-name", Health.BAD, what, _evidence(row), f"use the name {row.name}, or delete it first"
        )
    return _there(row)


def _evidence(row: ExtensionRow) -> str:
    field = "provisioningState" if row.provisioning_state else "installState"
    return f"extension {row.name}: {field} {row.raw_state or 'missing'}"


def _there(row: ExtensionRow) -> Note:
    evidence = _evidence(row)
    if row.state == INSTALLED:
        what = (
            f"the extension is installed{f' ({row.shown_version})' if row.shown_version else ''}: deploying changes it"
        )
        return Note("extension-installed", Health.WARN, what, evidence, "update it instead, where that is meant")
    if row.state == PENDING:
        return Note("extension-busy", Health.BAD, "an operation on the extension is not done", evidence, _WAIT)
    if row.state == "Deleting":
        what = "the extension is being deleted, which takes about ten minutes"
        return Note("extension-deleting", Health.BAD, what, evidence, "wait until it and its namespace are gone")
    if row.state == FAILED or row.state == "Canceled":
        what = shorten_end(f"the extension's last operation is {row.raw_state}: {row.why}", 200)
        return Note("extension-failed", Health.WARN, what, evidence, "mend the cause before it is tried again")
    return Note("extension-unknown", Health.UNKNOWN, f"the extension is in the state {row.state}", evidence)


def _namespace(survey: Survey) -> Note:
    if isinstance(survey.namespaces, Problem):
        what = f"whether namespace {NAMESPACE} is free could not be seen"
        return unknown("namespace-unknown", what, [survey.namespaces])
    row = survey.namespace
    if row is None:
        return Note("namespace-absent", Health.GOOD, f"namespace {NAMESPACE} is not there yet: it is made")
    evidence = f"Namespace {NAMESPACE}: status.phase {row.status}"
    if row.status == "Terminating":
        what = f"namespace {NAMESPACE} is being terminated: nothing can be made in it"
        step = "wait until it is gone; where it hangs, see which finalizers keep it"
        command = f"kubectl get namespace {NAMESPACE} -o yaml"
        return Note("namespace-terminating", Health.BAD, what, f"{evidence}; {row.why}", step, command=command)
    return Note("namespace-present", Health.GOOD, f"namespace {NAMESPACE} is there", evidence)


def _release(survey: Survey, wish: Wish) -> Iterator[Note]:
    """What Helm keeps of releases in the namespace matters while ARM knows no extension."""
    if isinstance(survey.extensions, Problem) or survey.extension is not None:
        return
    if survey.namespace is None and not isinstance(survey.namespaces, Problem):
        return
    if isinstance(survey.releases, Problem):
        what = f"whether Helm still has a release {wish.draft.name} could not be seen"
        yield unknown("release-unknown", what, [survey.releases], remedy=f"helm list -a -n {NAMESPACE}")
        return
    for secret in survey.releases:
        name = secret.labels.get("name", "")
        if name in wish.releases:
            yield _left(secret, name)
        elif name:
            what = f"Helm has another release in namespace {NAMESPACE}: {name}"
            yield Note("release-foreign", Health.WARN, what, str(secret), "see whether it brings the same objects")
    if not any(secret.labels.get("name") in wish.releases for secret in survey.releases):
        yield Note("release-absent", Health.GOOD, f"Helm has no release {wish.draft.name} in namespace {NAMESPACE}")


def _left(secret: Thing, name: str) -> Note:
    what = f"Helm still has the release {name}, which ARM knows nothing of: the name cannot be used again"
    step = "uninstall it, wait about an hour where it is the agents' own, or use another name"
    evidence = f"{secret}: status {secret.labels.get('status') or 'missing'}"
    return Note(
        "release-left", Health.BAD, what, evidence, step, command=quoted("helm", "uninstall", name, "-n", NAMESPACE)
    )
