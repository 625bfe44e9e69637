"""Makes the pictures of this directory anew: every screen of arcdeck on a frozen demo, at 80x24 and 160x50.

Run by `make screenshots`. Owns which pictures there are; README.md shows some of them.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Any

from tui.terminal.environment import prepare

HERE = Path(__file__).parent
SIZES = ((80, 24), (160, 50))
SHOTS: dict[str, tuple[str, ...]] = {
    "overview": ("1",),
    "extension": ("2",),
    "preflight": ("2", "f"),
    "settings": ("2", "e"),
    "plan": ("2", "ctrl+d"),
    "pods": ("3",),
    "pod": ("3", "enter"),
    "describe": ("3", "d"),
    "types": ("4",),
    "editor": ("4", "e"),
    "jobs": ("5",),
    "job": ("5", "T", "g", "j", "j", "j", "j", "enter"),
    "logs": ("5", "T", "g", "l"),
    "nodes": ("7",),
    "events": ("8",),
    "help": ("1", "question_mark"),
}
"""Name of each picture and the keys that lead there."""
_FONTS = re.compile(r"\s*@font-face\s*\{.*?\}", re.DOTALL)
"""The exporter's web fonts: a picture must not fetch anything."""
PATIENCE = 30.0
NOON = 1_767_268_800.0
"""2026-01-01 12:00 UTC: the instant of every picture, so that a new one differs only where arcdeck does."""


def path_of(name: str, size: tuple[int, int]) -> Path:
    """Where a picture lies."""
    return HERE / f"{name}-{size[0]}x{size[1]}.svg"


async def shoot(settings: Any, size: tuple[int, int]) -> None:
    """Every picture of one size."""
    from tui.app import ArcdeckApp

    app = ArcdeckApp(settings)
    async with app.run_test(size=size) as pilot:
        async with asyncio.timeout(PATIENCE):
            while app.session is None:
                await pilot.pause(0.05)
            assert await app.session.settled(PATIENCE)
        for name, keys in SHOTS.items():
            await pilot.press(*keys)
            await pilot.pause(1.5)
            path_of(name, size).write_text(_FONTS.sub("", app.export_screenshot(title="arcdeck")), encoding="utf-8")
            while len(app.screen_stack) > 1:
                await pilot.press("escape")
                await pilot.pause()


def main() -> None:
    """Start a frozen demo and take every picture."""
    prepare(os.environ)
    from msgspec import structs

    from tui.demo.launch import launch
    from tui.settings import Settings

    os.environ.pop("NO_COLOR", None)
    with launch(seed=1, pods=0, speed=0.0, start=NOON) as demo:
        settings = structs.replace(Settings(), demo=demo, kubeconfig=demo.kubeconfig)
        for size in SIZES:
            asyncio.run(shoot(settings, size))


if __name__ == "__main__":
    sys.exit(main())
