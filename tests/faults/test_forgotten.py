"""410 in the middle of a watch: one list, and nobody who looks sees rows vanish and come back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.client.api import until
from tests.faults.heads import Asked
from tests.faults.kinds import CONFIG_MAPS
from tests.faults.proxy import FaultProxy
from tests.faults.site import Site, answer
from tests.faults.stand import Stand, standing
from tests.faults.table import Note

EXPIRED = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version: 5 (9)"}


async def _compacted(site: Site, proxy: FaultProxy) -> None:
    """The watch hears nothing, the world goes on, its past is forgotten, and the watch comes back."""
    proxy.down.clear()
    await site.stir(3)
    site.backend.compact()
    proxy.cut()
    proxy.down.set()


async def _told(site: Site, proxy: FaultProxy) -> None:
    """The watch itself says so, once."""
    await site.stir(3)
    left = [True]

    def reply(asked: Asked) -> bytes:
        if asked.verb != "watch" or not left:
            return b""
        left.clear()
        return answer(200, msgspec.json.encode({"type": "ERROR", "object": EXPIRED}) + b"\n")

    proxy.reply = reply
    proxy.cut()


@pytest.mark.parametrize("forget", [_compacted, _told], ids=["compacted", "an ERROR line"])
async def test_a_forgotten_place_is_one_list_and_no_flicker(site: Site, note: Note, forget: Any) -> None:
    site.kind = CONFIG_MAPS  # of these a real server forgets at once
    await site.fill(20)
    tries = site.tries(6, 2)
    spans = [await _forgotten(site, forget, seed) for seed in range(tries)]
    what = "etcd compaction" if site.earnest else "compaction"
    name = f"410 after {what}" if forget is _compacted else "410 as an ERROR line"
    note(name, site.name, tries, [], spans, "one list each, no row away in between, never stale")


async def _forgotten(site: Site, forget: Any, seed: int) -> float:
    clock = site.clock()
    async with (
        site.proxied(inside=True) as (proxy, kube),
        standing(kube, CONFIG_MAPS, clock, site.home, seed=seed, silence=site.silence) as stand,
    ):
        await until(lambda: _asked(proxy, "watch") == 1, site.patience)
        stand.watch_closely()
        before, begun = set(stand.rows), clock()
        await forget(site, proxy)
        await until(lambda: stand.lists == 2, site.patience)
        await site.right(stand)
        span = clock() - begun
        await until(lambda: _watched_since_list(proxy), site.patience)
        _unseen(stand, before)
        assert _asked(proxy, "list") == 2, "the first, and one more"
        return span


def _asked(proxy: FaultProxy, verb: str) -> int:
    return sum(asked.verb == verb for asked in proxy.asked)


def _watched_since_list(proxy: FaultProxy) -> bool:
    verbs = [asked.verb for asked in proxy.asked]
    return "watch" in verbs[len(verbs) - verbs[::-1].index("list") :]


def _unseen(stand: Stand, before: set[str]) -> None:
    """What is still there was never gone, and the kind was never anything but live."""
    vanished = {key for delta in stand.deltas for key in delta.gone.get("configmaps", ())}
    assert vanished.isdisjoint(stand.rows)
    assert stand.fewest >= len(before & set(stand.rows))
    assert stand.turns == []
