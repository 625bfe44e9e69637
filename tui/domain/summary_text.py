"""A summary as plain text lines: problems first, readable at 80 columns, a word beside every glyph.

Owns the layout. Decides nothing: what is wrong is in the summary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from textwrap import wrap
from typing import Final

from tui.core.health import GLYPHS, WORDS, Health
from tui.core.units import age
from tui.domain.summary_facts import ClusterFact, ExtensionFact, JobsFact, PodsFact, SourceFact, Summary, TypeFact

WIDTH: Final = 80
_LABEL: Final = 16
"""Where a section's lines begin."""
_MOST: Final = 20
"""Lines of one list; more become a count."""
_HEALTHS: Final = {word: health for health, word in WORDS.items()}
_OF_STATE: Final = {
    "healthy": Health.GOOD,
    "in progress": Health.BUSY,
    "something wrong": Health.BAD,
    "could not look": Health.UNKNOWN,
}
_PHASES: Final = {
    "live": Health.GOOD,
    "loading": Health.BUSY,
    "stale": Health.STALE,
    "denied": Health.UNKNOWN,
    "missing": Health.OFF,
    "off": Health.OFF,
}

Glyphs = Mapping[Health, str]


def report(summary: Summary, glyphs: Glyphs = GLYPHS) -> list[str]:
    """The lines."""
    return [line.rstrip() for part in _parts(summary, glyphs) for line in part]


def _parts(summary: Summary, glyphs: Glyphs) -> Iterator[list[str]]:
    yield _head(summary, glyphs)
    yield [""]
    for cluster in summary.clusters:
        yield _section("CLUSTER", [_cluster(cluster, glyphs)])
    yield _section("EXTENSION", _extension(summary.extension, glyphs) if summary.extension else [_absent(summary)])
    pods = summary.pods
    yield _section("PODS", _pods(pods, glyphs) if pods else [_unseen(summary, "pods")])
    nodes = summary.nodes
    yield _section("NODES", [f"{nodes.ready}/{nodes.total} ready"] if nodes else [_unseen(summary, "nodes")])
    types = summary.types
    yield _section(
        "INSTANCE TYPES", _types(types, glyphs) if types is not None else [_unseen(summary, "instancetypes")]
    )
    jobs = summary.jobs
    yield _section("JOBS", _jobs(jobs, glyphs) if jobs else [_unseen(summary, "amljobs")])
    yield _section("SOURCES", _sources(summary.sources, glyphs))


def _marked(health: Health, text: str, glyphs: Glyphs) -> str:
    return f"{glyphs[health]} {text}"


def _head(summary: Summary, glyphs: Glyphs) -> list[str]:
    health = _OF_STATE[summary.state]
    count = len(summary.problems)
    lines = [_marked(health, summary.state + (f": {count} problem{'s' if count > 1 else ''}" if count else ""), glyphs)]
    for one in summary.problems[:_MOST]:
        told = f"{one.what}: {one.why}" if one.why else one.what
        lines += _folded(_marked(_HEALTHS[one.health], f"{one.health:<8} {told}", glyphs), 11)
    return [*lines, *_rest(count)]


def _rest(count: int) -> list[str]:
    return [f"  and {count - _MOST} more"] if count > _MOST else []


def _folded(line: str, indent: int) -> list[str]:
    return wrap(line, WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False) or [line]


def _section(title: str, body: list[str]) -> list[str]:
    lines: list[str] = []
    for index, line in enumerate(body):
        label = f"{title if index == 0 else '':<{_LABEL}}"
        lines += wrap(
            line, WIDTH, initial_indent=label, subsequent_indent=" " * (_LABEL + 2), break_on_hyphens=False
        ) or [label]  # fmt: skip
    return lines


def _unseen(summary: Summary, kind: str) -> str:
    """Why nothing is told of a kind, in the words of its source."""
    return next(one.told for one in summary.sources if one.kind == kind)


def _absent(summary: Summary) -> str:
    source = next(one for one in summary.sources if one.kind == "extensions")
    return "not installed" if source.phase in ("live", "missing") else source.told


def _cluster(row: ClusterFact, glyphs: Glyphs) -> str:
    heard = f", heard {age(row.heard)} ago" if row.heard is not None else ""
    versions = f"  kubernetes {row.kubernetes}" if row.kubernetes else ""
    nodes = f"  {row.nodes} nodes" if row.nodes else ""
    link = _marked(_HEALTHS[row.health], f"{row.connectivity or 'no word of it'}{heard}", glyphs)
    return f"{row.name}  {row.kind}  {link}{versions}{nodes}"


def _extension(row: ExtensionFact, glyphs: Glyphs) -> list[str]:
    raw = f" ({row.raw_state})" if row.raw_state and row.raw_state.lower() != row.state.lower() else ""
    old = f"  {age(row.age)}" if row.age is not None else ""
    state = _marked(_HEALTHS[row.health], f"{row.state}{raw}{old}", glyphs)
    lines = [f"{row.name}  {row.version or 'no version yet'} {row.train}  {state}"]
    if row.why:
        lines.append(row.why)
    if row.differs:
        lines.append("differs  " + "  ".join(f"{one.key}={one.value}" for one in row.differs))
    if row.missing:
        lines.append(f"no pod of {', '.join(row.missing)}")
    return lines


def _pods(pods: PodsFact, glyphs: Glyphs) -> list[str]:
    if not pods.total:
        return [f"none in {pods.namespace}"]
    lines = [f"{pods.namespace}  {pods.healthy}/{pods.total} healthy"]
    for pod in pods.unhealthy[:_MOST]:
        old = f"  {age(pod.age)}" if pod.age is not None else ""
        again = f"  {pod.restarts} restarts" if pod.restarts else ""
        told = f"{pod.name}  {pod.ready} {pod.status}{again}{old}  {pod.why}"
        lines.append(_marked(_HEALTHS[pod.health], told, glyphs))
    return [*lines, *_rest(len(pods.unhealthy))]


def _types(types: tuple[TypeFact, ...], glyphs: Glyphs) -> list[str]:
    lines = [str(len(types)) if types else "none"]
    for row in types[:_MOST]:
        fits = f"fits on {row.fits} of {row.nodes} nodes" if row.fits is not None else "fits: not known"
        told = f"{row.name}  cpu {row.cpu}  memory {row.memory}  gpu {row.gpus}  {fits}  {row.why}"
        lines.append(_marked(_HEALTHS[row.health], told, glyphs))
    return [*lines, *_rest(len(types))]


def _jobs(jobs: JobsFact, glyphs: Glyphs) -> list[str]:
    lines = [" · ".join(f"{count} {state.lower()}" for state, count in jobs.states.items()) or "none"]
    for row in jobs.worst[:_MOST]:
        old = f"  {age(row.age)}" if row.age is not None else ""
        told = f"{row.name}  {row.size}  {row.state}  {row.why}{old}  {row.user}"
        lines.append(_marked(_HEALTHS[row.health], told, glyphs))
    return [*lines, *_rest(len(jobs.worst))]


def _sources(sources: tuple[SourceFact, ...], glyphs: Glyphs) -> list[str]:
    """One line a side and standing: what reads alike is named together."""
    lines: list[str] = []
    for side in ("kube", "ARM"):
        of_side = sorted((one for one in sources if one.side == side), key=_standing_key)
        for (phase, told), group in groupby(of_side, key=_standing_key):
            several = list(group)
            ages = [one.age for one in several if one.age is not None]
            old = f" {age(max(ages))} ago" if phase == "live" and ages else ""
            names = ", ".join(one.kind for one in several)
            lines.append(_marked(_PHASES[phase], f"{side} {told}{old}  ({names})", glyphs))
    return lines


def _standing_key(source: SourceFact) -> tuple[str, str]:
    return source.phase, source.told
