"""The one line on top of every screen: which target, how the three links stand, how old the facts are.

Pure: store and instant in, segments out.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tui.core.facts import Phase, Source
from tui.core.health import Health
from tui.core.store import Store
from tui.core.table import Tone
from tui.core.text import shorten_middle
from tui.core.units import short_age
from tui.domain import arm_id

Segment = tuple[str, Tone]
Glyph = Callable[[Health], str]

KUBE_KINDS = ("pods", "nodes", "namespaces")
ARM_KINDS = ("clusters", "extensions", "computes")
_FRESH_ENOUGH = 90.0
"""Seconds: a younger age is not worth a change of the line each second."""

_HEALTH = {
    Phase.OFF: Health.OFF,
    Phase.LOADING: Health.BUSY,
    Phase.LIVE: Health.GOOD,
    Phase.STALE: Health.STALE,
    Phase.DENIED: Health.UNKNOWN,
    Phase.MISSING: Health.OFF,
}


class Target(Struct, frozen=True):
    """What the head says of the target."""

    context: str = ""
    cluster: str = ""
    """`group/name` of the ARM cluster, empty while unknown."""
    trouble: str = ""
    """Why nothing can be read at all."""
    read_only: bool = False
    sign_in: str = ""
    """The address and the code of a device-code sign-in that waits."""
    forwards: int = 0
    """Ports of this machine that lead to pods."""


def short_id(resource_id: str) -> str:
    """`group/name` of an ARM id."""
    group, name = arm_id.group(resource_id), resource_id.rpartition("/")[2]
    return f"{group}/{name}" if group else name


def bar(target: Target, store: Store, now: float, glyph: Glyph) -> tuple[list[Segment], list[Segment]]:
    """Left and right of the head."""
    arrow = f" → {shorten_middle(target.cluster, 30)}" if target.cluster else ""
    left: list[Segment] = [("arcdeck ", "dim"), (f"{shorten_middle(target.context, 24)}{arrow}", "strong")]
    if target.trouble:
        left.append((f"  {glyph(Health.BAD)} {target.trouble}", Health.BAD))
    if target.sign_in:
        left.append((f"  {glyph(Health.WARN)} sign in: {target.sign_in}", Health.WARN))
    right: list[Segment] = [(f"{target.forwards} fwd  ", Health.BUSY)] if target.forwards else []
    right += [*_arc(store, now, glyph), *_link("kube", KUBE_KINDS, store, now, glyph)]
    right += _link("ARM", ARM_KINDS, store, now, glyph)
    if target.read_only:
        right.append((" ro", "dim"))
    return left, right


def _arc(store: Store, now: float, glyph: Glyph) -> list[Segment]:
    """The cluster's own link to Azure, as its last heartbeat tells."""
    for cluster in store.rows("clusters").values():
        if cluster.connectivity:
            heartbeat = cluster.last_seen
            old = f" {short_age(now - heartbeat)}" if heartbeat and cluster.health is not Health.GOOD else ""
            return [(f"Arc {glyph(cluster.health)}{old}  ", cluster.health)]
    return []


def link(kinds: tuple[str, ...], store: Store) -> Source:
    """The standing of a side: live when any of its kinds is, else the one that answered last."""
    sources = [store.source(kind) for kind in kinds]
    live = [source for source in sources if source.phase is Phase.LIVE]
    known = [source for source in sources if source.phase is not Phase.OFF]
    return max(live or known or sources, key=lambda source: source.fresh)


def _link(word: str, kinds: tuple[str, ...], store: Store, now: float, glyph: Glyph) -> list[Segment]:
    source = link(kinds, store)
    health = _HEALTH[source.phase]
    span = now - source.fresh
    old = ""
    if source.phase is Phase.STALE:
        old = f" {short_age(span)}" if source.known else " no answer"
    elif source.phase is Phase.LIVE and span > _FRESH_ENOUGH:
        old = f" {short_age(span)}"
    elif source.phase is Phase.DENIED:
        old = " denied"
    return [(f"{word} {glyph(health)}{old} ", health)]
