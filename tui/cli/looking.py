"""A session without a screen, for commands: opened, waited for, ended.

Owns the waiting, and the word about a sign-in that waits for the operator.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import click

from tui.core.store import Delta
from tui.session import Session
from tui.settings import Settings

PATIENCE: Final = 20.0
"""Seconds to wait for every source to answer one way or another."""
_LOOK: Final = 0.2
"""Seconds between two looks whether a sign-in waits."""


@asynccontextmanager
async def looking(
    settings: Settings, timeout: float = PATIENCE, news: Callable[[Delta], None] = lambda _delta: None
) -> AsyncIterator[Session]:
    """A session whose sources have answered, or had `timeout` seconds to. Raises UsageProblem."""
    session = Session(settings)
    running = asyncio.create_task(session.run(news))
    settled = asyncio.create_task(session.settled(timeout))
    asking = asyncio.create_task(_ask(session))
    try:
        await asyncio.wait({running, settled}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield session
    finally:
        for task in (asking, settled, running):
            task.cancel()
        await asyncio.gather(asking, settled, running, return_exceptions=True)


async def _ask(session: Session) -> None:
    """A device-code sign-in waits: say so once, apart from the report."""
    while (asked := session.prompt) is None:  # noqa: ASYNC110 - the session has no event for it, nor needs one
        await asyncio.sleep(_LOOK)
    click.echo(f"to sign in, open {asked.url} and type {asked.code}", err=True)
