"""An explanation as toned lines, for a screen and for a pipe alike. Owns the words and their order; decides nothing.

Lines may be longer than a screen is wide: who shows them folds them at words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from tui.core.health import GLYPHS, Health
from tui.core.table import Tone
from tui.core.units import age
from tui.domain.amounts import Amounts
from tui.domain.queued.answer import Explanation, Holder, NodeFit, PodFit, Step, names
from tui.domain.queued.outlook import amount_text
from tui.domain.queued.wants import Wants

Line = list[tuple[str, Tone]]
Glyph = Callable[[Health], str]

_NODES: Final = 8
"""Groups of equal nodes that are told of one pod; more become a count by cause."""
_HOLDERS: Final = 8
_NAME: Final = 22


def lines(explanation: Explanation, glyph: Glyph = GLYPHS.__getitem__) -> list[Line]:
    """All of it, the answer first."""
    one = explanation
    head: list[Line] = [[(f"{glyph(one.health)} {one.headline}", one.health)]]
    head += [[(f"  {note}", Health.UNKNOWN)] for note in one.notes]
    sections = (
        _section("WHAT WOULD HELP", _ways(one)),
        _section("THE WAY TO A RUNNING POD", steps(one.steps, glyph)),
        *(_section(*_pod(fit, glyph)) for fit in one.pods if fit.nodes),
        _section("HELD BY", _holders(one, glyph)),
    )
    return [*head, *(line for section in sections for line in section)]


def _section(title: str, body: Sequence[Line]) -> list[Line]:
    return [[], [(title, "strong")], *body] if body else []


def steps(several: Iterable[Step], glyph: Glyph = GLYPHS.__getitem__) -> list[Line]:
    """Links of a chain, each with what it is known from."""
    return [line for step in several for line in _step(step, glyph)]


def _step(step: Step, glyph: Glyph) -> Iterator[Line]:
    tone: Tone = "dim" if step.health is Health.OFF else None if step.health is Health.GOOD else step.health
    mark = (f"{glyph(step.health)} ", step.health)
    if step.health in (Health.GOOD, Health.OFF):
        beside = f"  {'; '.join(step.evidence)}" if step.evidence else ""
        yield [mark, (step.title, tone), (beside, "dim")]
        return
    yield [mark, (step.title, tone)]
    for told in step.evidence:
        yield [("    ", None), (told, None)]
    if step.remedy:
        yield [("    ", None), (step.remedy, "strong")]


def _ways(one: Explanation) -> list[Line]:
    found: list[Line] = []
    for way in one.ways:
        if way.kind == "never":  # the headline says it
            found.append([("  ", None), (way.cost, Health.WARN)])
            continue
        found.append([("  ", None), (way.text, None), (f"  ({way.cost})" if way.cost else "", "dim")])
        if way.command:
            found.append([("      ", None), (way.command, "strong")])
    return found


def wants_text(wants: Wants) -> str:
    """`1 GPU, 16Gi memory, 4 cpu, accelerator=v100`."""
    parts = [amount_text(wants.requests) or "nothing", *(f"{key}={value}" for key, value in wants.selector.items())]
    affinity = " or ".join(" and ".join(map(str, term)) for term in wants.terms or ())
    return ", ".join([*parts, affinity] if affinity else parts)


def _pod(fit: PodFit, glyph: Glyph) -> tuple[str, list[Line]]:
    count = len(fit.pods)
    each = " each" if count > 1 else ""
    body: list[Line] = [
        [("  wants", "dim"), (f"{each} {wants_text(fit.wants)}", None)],
        [("  by ", "dim"), (fit.known_from, "dim")],
    ]
    shown = fit.nodes if len(fit.nodes) <= _NODES + 1 else fit.nodes[:_NODES]
    body += [_node(one, glyph) for one in shown]
    rest = fit.nodes[len(shown) :]
    if rest:
        body.append([(f"  and {sum(len(one.nodes) for one in rest)} more: {_causes(rest)}", "dim")])
    total = sum(len(one.nodes) for one in fit.nodes)
    title = f"{fit.name.upper() if not fit.made else fit.name}  fits on {fit.fitting} of {total} nodes"
    return title, body


def _node(one: NodeFit, glyph: Glyph) -> Line:
    several = f" ({len(one.nodes)})" if len(one.nodes) > 2 else ""
    label = f"{one.name}{several}"
    return [(f"{glyph(one.health)} {label:<{_NAME}} ", one.health), (one.text, None)]


def _causes(several: Iterable[NodeFit]) -> str:
    """`940 GPU, 12 taint, memory`: what keeps the nodes away, the most frequent first."""
    counts: Counter[str] = Counter()
    for one in several:
        told = ", ".join(dict.fromkeys(lack.cause for lack in one.lacks)) or "fits"
        counts[told] += len(one.nodes)
    return "; ".join(f"{count} {cause}" for cause, count in counts.most_common(6))


def _holders(one: Explanation, glyph: Glyph) -> list[Line]:
    found = [_holder(each, one, glyph) for each in one.holders[:_HOLDERS]]
    rest = one.holders[_HOLDERS:]
    if rest:
        found.append([(f"  and {len(rest)} more", "dim")])
    return found


def _holder(one: Holder, told: Explanation, glyph: Glyph) -> Line:
    """`● resnet50-dist  4 GPUs on gpu-1  for 2h  carol  its end is enough`."""
    limits = told.limits
    held = one.holds
    shown = Amounts(
        held.cpu if "cpu" in limits else 0, held.memory if "memory" in limits else 0,
        held.gpus if "gpu" in limits else 0, held.fuse if "fuse" in limits else 0,
    )  # fmt: skip
    what = amount_text(shown) or f"{one.pods} pod{'s' if one.pods > 1 else ''}"
    since = f", for {age(max(0.0, told.at - one.since))}" if one.since is not None else ""
    who = one.user if one.is_job else f"{one.owner_kind} in {one.namespace}"
    ends = "" if not one.stays else ", stays"
    mark = Health.BUSY if one.enough else Health.OFF
    tail = "  ← enough" if one.enough else ""
    return [
        (f"{glyph(mark)} ", mark),
        (f"{one.name}  ", "strong"),
        (f"{what} on {names(one.nodes)}{since}", None),
        (f"  {who}{ends}" if who or ends else "", "dim"),
        (tail, Health.BUSY),
    ]
