"""How an operation on the extension goes, as lines: the operation, steps, components, the health check, the diagnosis.

Pure: values in, lines out. Judgement is `domain.progress`'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Final

from msgspec.structs import replace

from tui.core.health import Health
from tui.core.table import Tone
from tui.core.units import age
from tui.domain.event import EventRow
from tui.domain.findings.diagnosis import Diagnosis
from tui.domain.plans.work import StepRow, WorkRow
from tui.domain.progress import removal
from tui.domain.progress.parts import NOT_SEEN, Part
from tui.domain.progress.progress import Progress

Line = list[tuple[str, Tone]]
Glyph = Callable[[Health], str]
_SHORT: Final = {"Deployment": "deploy", "StatefulSet": "sts", "DaemonSet": "ds", "Pod": "pod", "Job": "job"}
"""Kinds as kubectl shortens them."""


def head(found: Progress, work: WorkRow | None, now: float, glyph: Glyph) -> Line:
    """`◷ components starting, 7 of 12 ready, 1m20s`; before that the request it is at, after a delete the namespace."""
    health, words = found.health, found.words.partition(";")[0]
    going = found.removal.since if found.removal is not None and found.removal.there else None
    if work is not None and _stopped(found, work):
        health, words = Health.BAD, f"stopped before its end, {age(now - (work.ended or now))} ago"
    elif work is not None and early(work):
        done = sum(step.state in ("done", "kept") for step in work.steps)
        health, words = Health.BUSY, f"request {done + 1} of {len(work.steps)}, {age(now - work.begun)}"
    elif going is not None:
        words = f"{found.phase}, {age(now - going)}"
    return [(f"{glyph(health)} {words}", health)]


def _stopped(found: Progress, work: WorkRow) -> bool:
    """The plan came to its end before ARM had anything to do with the extension, or lost sight of it."""
    return bool(work.failed) and not found.over


def early(work: WorkRow) -> bool:
    """Requests that come before the extension's own are at work: nothing that is seen comes of it yet."""
    before = takewhile(lambda step: step.id != "extension", work.steps)
    return work.ended is None and any(step.state not in ("done", "kept") for step in before)


def page(
    found: Progress, work: WorkRow | None, events: Sequence[EventRow], log: Sequence[str], now: float, glyph: Glyph,
    *, context: str = "",
) -> list[Line]:  # fmt: skip
    """All of it, the cause first once it has failed; `context` is named in commands."""
    stopped = work is not None and _stopped(found, work)
    lines: list[Line] = [] if found.over or stopped else [[(found.words.partition("; ")[2], "dim")], []]
    said = (
        _failure(found, work, glyph),
        _removal(found, now, glyph, context),
        _steps(work, now, glyph, told=found.error is not None),
        _parts(found, glyph),
        _checks(found, glyph),
        _vanished(found, now, glyph),
        _events(events, now),
        _log(log),
    )
    for part in said:
        lines += [*part, []] if part else []
    return lines


def _failure(found: Progress, work: WorkRow | None, glyph: Glyph) -> list[Line]:
    """The cause, then what ARM said without its wrapping; the wrapped text only where there is nothing better."""
    lines: list[Line] = []
    untold = work is not None and (early(work) or _stopped(found, work))
    causes = [] if untold else [one for one in found.diagnosis if not one.harmless]
    if causes:
        lines.append([("LIKELY CAUSE" if found.over else "WHAT IS SEEN SO FAR", "strong")])
        lines += [line for one in causes for line in _diagnosis(one)]
    if found.error is not None:
        lines.append([("said by ARM  ", "dim"), (str(found.error), None)])
    elif work is not None and work.failed:
        lines.append([(f"{glyph(Health.BAD)} {work.failed}", Health.BAD)])
    if work is not None and work.failed and work.next:
        lines.append([("do           ", "dim"), (work.next, None)])
    if found.correlation and found.over and found.outcome != "succeeded":
        lines.append([("for support  ", "dim"), (f"CorrelationId {found.correlation}", None)])
    return lines


def _diagnosis(one: Diagnosis) -> list[Line]:
    lines: list[Line] = [[(f"  {one.title}", "strong"), (f"  {' '.join(one.checks)}".rstrip(), "dim")]]
    lines.append([("    ", None), (one.cause, None)])
    lines += [[("    do   ", "dim"), (step, None)] for step in one.remedy]
    if one.implies:
        sets = "  ".join(f"{key}={value}" if value else f"{key} left out" for key, value in one.implies.items())
        lines.append([("    set  ", "dim"), (sets, None)])
    lines += [[("    $ ", "dim"), (command, "dim")] for command in one.commands]
    lines += [[("    seen ", "dim"), (text, "dim")] for text in one.evidence[:3]]
    return lines


def _steps(work: WorkRow | None, now: float, glyph: Glyph, *, told: bool) -> list[Line]:
    if work is None:
        return []
    begun = f"{work.verb} begun {age(now - work.begun)} ago{', before arcdeck was started' if work.resumed else ''}"
    lines: list[Line] = [[("REQUESTS  ", "strong"), (begun, "dim")]]
    for step in _folded(work.steps):
        since = f"  {age(now - step.at)}" if step.at is not None and step.state in ("running", "following") else ""
        why = f"  {step.why}" if step.why and step.state != "following" and not told else ""
        lines.append([(f"{glyph(step.health)} ", step.health), (step.title, None), (f"  {step.state}{since}", "dim"),
                      (why, step.health)])  # fmt: skip
    return lines


def _folded(steps: Sequence[StepRow]) -> list[StepRow]:
    """What is done and what is yet to come as one line each; between them what it is at."""
    done = [step for step in steps if step.state in ("done", "kept")]
    to_come = [step for step in steps if step.state == "waiting"]
    at = [step for step in steps if step not in done and step not in to_come]
    return [*_as_one(done), *at, *_as_one(to_come)]


def _as_one(steps: Sequence[StepRow]) -> Sequence[StepRow]:
    return [replace(steps[0], title=f"{len(steps)} requests", why="")] if len(steps) > 1 else steps


def _parts(found: Progress, glyph: Glyph) -> list[Line]:
    """Those in trouble first; of those that are gone a count, where that is what was wanted."""
    told = [part for part in found.parts if not _untold(found, part)]
    if not told:
        return []
    gone = len(found.parts) - len(told) if found.verb == "delete" else 0
    counted = (
        f"{found.settled} of {found.wanted} as they should be" if found.wanted else f"{gone} gone, {len(told)} left"
    )
    wide = max(len(part.name) for part in told)
    lines: list[Line] = [[("COMPONENTS  ", "strong"), (counted, "dim")]]
    for part in sorted(told, key=lambda part: -part.health if part.health in (Health.BAD, Health.WARN) else 0):
        restarts = f"  {part.restarts} restarts" if part.restarts else ""
        lines.append([
            (f"{glyph(part.health)} ", part.health), (f"{part.name:<{wide}} ", None if part.expected else "dim"),
            (f"{_SHORT.get(part.kind, part.kind):<6} {part.count:>4}  ", "dim"), (part.state, part.health),
            (restarts, "dim"), (f"  {_why(part)}" if part.why else "", part.health),
        ])  # fmt: skip
    return lines


def _untold(found: Progress, part: Part) -> bool:
    """It had no time to come, or went as it should: there is nothing to tell of it."""
    if part.state != "gone":
        return False
    return found.verb == "delete" or (found.outcome == "failed" and part.why == NOT_SEEN)


def _why(part: Part) -> str:
    """Without the name that stands before it already."""
    return part.why.removeprefix(f"{part.name} ")


def _checks(found: Progress, glyph: Glyph) -> list[Line]:
    if not found.checks:
        return []
    lines: list[Line] = [[("HEALTH CHECK", "strong")]]
    for check in found.checks:
        health = Health.BAD if check.critical else Health.WARN
        lines.append([(f"{glyph(health)} ", health), (f"{check.code} {check.name}  ", None), (check.message, health)])
    return lines


def _vanished(found: Progress, now: float, glyph: Glyph) -> list[Line]:
    if not found.vanished:
        return []
    lines: list[Line] = [[("GONE SINCE, AS LAST SEEN", "strong")]]
    for seen in found.vanished:
        row = seen.telling
        lines.append([(f"{glyph(row.health)} ", row.health), (f"{row.name}  ", None),
                      (f"{row.ready}/{row.total} {row.status}  ", row.health), (row.why, None),
                      (f"  {age(now - seen.at)} ago", "dim")])  # fmt: skip
    return lines


def _removal(found: Progress, now: float, glyph: Glyph, context: str) -> list[Line]:
    known = found.removal
    if known is None:
        return []
    if not known.there:
        return [[(f"{glyph(Health.GOOD)} namespace {known.name} is gone", Health.GOOD)]]
    if known.since is None:
        return [[(f"{glyph(Health.BUSY)} namespace {known.name} is still there", Health.BUSY)]]
    health = Health.BAD if known.hangs(now) else Health.BUSY
    told = f"namespace {known.name} is going for {age(now - known.since)}"
    lines: list[Line] = [[(f"{glyph(health)} ", health), (told, health), (f"  {known.why}" if known.why else "", None)]]
    for holder in known.holders:
        names = ", ".join(one.key for one in holder.objects)
        lines.append([("    ", None), (holder.finalizer, None), (f"  {names}", "dim"), (f"  {holder.advice}", "dim")])
    if known.hangs(now):
        lines += [[("    $ ", "dim"), (command, "dim")] for command in removal.commands(known, context)]
    return lines


def _events(events: Sequence[EventRow], now: float) -> list[Line]:
    if not events:
        return []
    lines: list[Line] = [[("EVENTS", "strong")]]
    for row in events:
        tone: Tone = Health.WARN if row.health >= Health.WARN else None
        lines.append([(f"{age(now - row.last) if row.last else '-':>6}  ", "dim"), (f"{row.reason}  ", tone),
                      (f"{row.object}  ", "dim"), (row.message, None)])  # fmt: skip
    return lines


def _log(log: Iterable[str]) -> list[Line]:
    lines: list[Line] = [[(text, "dim")] for text in log]
    return [[("LOG OF THE HEALTH CHECK", "strong")], *lines] if lines else []
