"""What is said of an update before it is run: what it does to jobs and endpoints, and which secrets it would lose.

Owns these notes, and which settings must not be changed under whom. Builds no request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from tui.core.health import Health
from tui.core.text import clean
from tui.domain import relay
from tui.domain.extension import ExtensionRow, enabled
from tui.domain.job import ENDED, JobRow
from tui.domain.plans.az_settings import PEM, Value, off, on, value_of
from tui.domain.plans.azure_resources import Part
from tui.domain.plans.note import Note
from tui.domain.relay import RelayRow

MOST: Final = 5
"""Names a note tells; the rest is counted."""
_SWITCHED_OFF: Final = {"enabletraining": "jobs", "installnvidiadeviceplugin": "jobs and endpoints",
                        "enableinference": "endpoints"}  # fmt: skip
"""Settings that hurt when they are switched off, and whom."""
_CHANGED: Final = frozenset(
    {"allowinsecureconnections", "inferencerouterservicetype", "internalloadbalancerprovider", "sslcname"}
)
"""Settings that hurt endpoints however they change."""
_AGAIN: Final = "sent as one set: those that are not given again are lost"


def few(names: Iterable[str]) -> str:
    """`a, b, c, d, e and 4 more`."""
    told = [clean(name) for name in names]
    rest = len(told) - MOST
    return ", ".join(told[:MOST]) + (f" and {rest} more" if rest > 0 else "")


def nothing(before: ExtensionRow) -> Note:
    """Nothing would change."""
    seen = f"extension {before.name}: {before.raw_state or 'no state'}"
    return Note("nothing-changes", Health.GOOD, "it has these settings already", seen)


def of_state(before: ExtensionRow, given: Mapping[str, str]) -> list[Note]:
    """What the extension's state and era say to an update."""
    seen = f"extension {before.name}: {before.raw_state or 'no state'}"
    notes = []
    if before.health is Health.BUSY:
        what = f"something is going on already: {before.raw_state or before.state}"
        notes.append(Note("extension-busy", Health.BAD, what, seen, "follow it to its end, then plan again"))
    elif before.health is Health.BAD:
        what = f"it is {before.raw_state}: an update upgrades a release that may not be there"
        notes.append(Note("extension-failed", Health.WARN, what, seen, "deploy it again, with all its settings"))
    if given and before.install_state and not before.provisioning_state:
        what = "this api-version takes no settings in an update: they would be ignored"
        notes.append(Note("update-ignored", Health.BAD, what, f"installState {before.install_state}",
                          "delete the extension and deploy it with the new settings"))  # fmt: skip
    elif before.era == "B":
        what = "the az CLI of this era refuses to update the extension: it was made anew instead"
        notes.append(Note("update-unsupported", Health.WARN, what, f"version {before.shown_version or 'unknown'}",
                          "if the update fails: delete the extension and deploy it again"))  # fmt: skip
    return notes


def of_secrets(before: ExtensionRow, in_force: Mapping[str, str], sent: Mapping[str, Value]) -> list[Note]:
    """The protected settings that must be given again, since the set is replaced."""
    notes = []
    tls = on(in_force, "enableInference") and not on(in_force, "allowInsecureConnections")
    if tls and not in_force.get("sslSecret") and not all(value_of(sent, key) for key in PEM.values()):
        what = f"the scoring certificate and its key would be lost: give {' and '.join(PEM)} again"
        notes.append(Note("protected-again", Health.BAD, what, "enableInference is on, with TLS and no sslSecret",
                          f"add {' and '.join(PEM)} as files, or name a secret in sslSecret"))  # fmt: skip
    known = {key.lower() for key in (*sent, *PEM, *PEM.values())}
    lost = [key for key in before.protected if key.lower() not in known]
    if lost:
        what = f"these protected settings would be lost: {few(lost)}"
        notes.append(Note("protected-again", Health.BAD, what, f"extension {before.name}", "give them again"))
    what = f"protected settings are {_AGAIN}; ARM never shows which there are"
    remedy = "give again whatever was given at the deploy; connection strings are fetched by the plan"
    return [*notes, Note("protected-replaced", Health.WARN, what, few(sorted(sent)), remedy)]


def of_relay(parts: Sequence[Part], relays: Sequence[RelayRow] | None) -> list[Note]:
    """The Relay whose string must be fetched is not there. Nothing when nobody looked, or when it is made."""
    part = next((part for part in parts if part.provider == relay.PROVIDER and not part.making), None)
    if part is None or relays is None:
        return []
    space = relay.namespace_of(part.id)
    if any(row.id.strip("/").lower() == space.strip("/").lower() for row in relays):
        return []
    what = "Relay server not found: its connection string cannot be sent again"
    remedy = "deploy the extension again, which makes the Relay anew; then attach the computes again"
    return [Note("relay-missing", Health.BAD, what, space, remedy)]


def of_impact(
    before: ExtensionRow, given: Mapping[str, str], jobs: Sequence[JobRow], endpoints: Collection[str] | None
) -> list[Note]:
    """The changed settings that hurt what runs now, with what runs now."""
    hits = {key: _hit(before, given, key) for key in given}
    notes = []
    hurting = sorted(key for key, whom in hits.items() if "jobs" in whom)
    if hurting:
        active = [job.name for job in jobs if job.state not in ENDED]
        what = f"{few(hurting)}: active jobs are disturbed"
        seen = f"{len(active)} active: {few(active)}" if active else "no active job is seen"
        notes.append(_impact("impact-jobs", what, seen, bool(active)))
    hurting = sorted(key for key, whom in hits.items() if "endpoints" in whom)
    if hurting:
        what = f"{few(hurting)}: online endpoints are disturbed"
        if endpoints is None:
            notes.append(Note("impact-endpoints", Health.UNKNOWN, what, "the endpoints are not known here",
                              "make sure that none is in use"))  # fmt: skip
        else:
            seen = f"{len(endpoints)} there: {few(sorted(endpoints))}" if endpoints else "there are none"
            notes.append(_impact("impact-endpoints", what, seen, bool(endpoints)))
    if any(key.lower().startswith("nodeselector.") for key in given):
        what = "an update adds and changes node selectors, but never takes one away"
        notes.append(Note("node-selector", Health.WARN, what, remedy="to remove one, delete and deploy again"))
    return notes


def _impact(code: str, what: str, seen: str, active: bool) -> Note:
    remedy = "wait for them, or stop them first" if active else ""
    return Note(code, Health.WARN if active else Health.GOOD, what, seen, remedy)


def _hit(before: ExtensionRow, given: Mapping[str, str], key: str) -> str:
    """Whom a changed setting disturbs: `jobs`, `endpoints`, both, or nobody."""
    word = key.lower()
    if word.startswith("nodeselector."):
        return "jobs and endpoints"
    if word in _SWITCHED_OFF:
        return _SWITCHED_OFF[word] if off(given, key) and enabled(before, key) else ""
    return "endpoints" if word in _CHANGED else ""
