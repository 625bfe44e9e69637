"""A wall clock that jumps an hour: it dates what is shown, and paces nothing."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tests.client.api import until
from tests.faults.clock import Wall
from tests.faults.kinds import SECRETS
from tests.faults.proxy import HOST
from tests.faults.site import Site
from tests.faults.stand import Stand, standing
from tests.faults.table import Note
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.client.reflector_state import LONGEST_WAIT
from tui.core.errors import Problem
from tui.core.facts import Phase

HOUR = 3600.0
PLUGIN = """#!{python}
import json, pathlib
runs = pathlib.Path({runs!r})
runs.write_text(str(int(runs.read_text() or 0) + 1))
print(json.dumps({{"kind": "ExecCredential", "status": {{"token": "admin-token", "expirationTimestamp": {until!r}}}}}))
"""


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_jump_asks_for_nothing_and_delays_nothing(site: Site, note: Note, jump: float) -> None:
    await site.fill(5)
    clock, wall = site.clock(), Wall()
    async with (
        site.proxied(inside=True) as (proxy, kube),
        standing(kube, SECRETS, clock, site.home, silence=site.silence * 4, wall=wall) as stand,
    ):
        await until(lambda: any(asked.verb == "watch" for asked in proxy.asked), site.patience)
        wall.ahead += jump
        begun, asked = clock(), len(proxy.asked)
        await site.stir(1)
        await site.right(stand)
        span = clock() - begun
        assert len([each for each in proxy.asked[asked:] if each.path != "/version"]) == 0, "the watch goes on"
        assert abs(stand.source.fresh - wall()) < 60, "what it dates, it dates by the new time"
        await _jump_in_the_back_off(site, stand, proxy, wall, jump)
        note(f"wall clock {jump / HOUR:+.0f} h", site.name, 1, [], [span], "no request, no delay; the back-off goes on")


async def _jump_in_the_back_off(site: Site, stand: Stand, proxy: Any, wall: Wall, jump: float) -> None:
    clock = stand.clock
    await proxy.refuse()
    await until(lambda: stand.source.phase is Phase.STALE, site.patience)
    waited = len(clock.slept)
    wall.ahead -= jump
    await until(lambda: len(clock.slept) >= waited + 3, site.patience)
    assert all(0.5 <= seconds <= LONGEST_WAIT for seconds in clock.slept[waited:]), "no hour is waited for, or skipped"
    await proxy.restore()
    await site.right(stand)
    assert max(clock.slept) <= LONGEST_WAIT


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_jump_over_the_end_of_a_token_makes_no_storm_of_sign_ins(
    site: Site, note: Note, tmp_path: Path, jump: float
) -> None:
    wall, runs = Wall(), tmp_path / "runs"
    runs.write_text("0")
    script = tmp_path / "plugin"
    soon = datetime.fromtimestamp(wall() + 600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    script.write_text(PLUGIN.format(python=sys.executable, runs=str(runs), until=soon))
    script.chmod(0o755)
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(script)}}
    async with site.proxied() as (proxy, _):
        url = f"https://{HOST}:{proxy.port}"
        choice = site.backend.choice(user)
        choice = structs.replace(choice, server=url, cluster={**choice.cluster, "server": url})
        connection = Connection(choice, clock=wall)
        try:
            kube = KubeClient(connection)
            for number in range(20):
                assert not isinstance(await kube.version(), Problem)
                wall.ahead += jump if number == 9 else 0.0
        finally:
            await connection.close()
    signed_in = int(runs.read_text())
    assert signed_in <= 2
    note(f"token's end, clock {jump / HOUR:+.0f} h", site.name, 1, [], [], f"{signed_in} sign-in(s) in 20 requests")
