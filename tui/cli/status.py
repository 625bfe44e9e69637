"""`arcdeck status`: the overview's facts without a screen."""

from __future__ import annotations

import time

import click

from tui.cli.root import settings_of
from tui.settings import Settings

_PATIENCE = 20.0
"""Seconds to wait for every source to answer one way or another."""


@click.command()
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.option("--timeout", default=_PATIENCE, show_default=True, help="Seconds to wait for answers.")
@click.pass_context
def status(ctx: click.Context, output: str, timeout: float) -> None:
    """Print what the overview shows; exit 0 healthy, 1 something wrong, 2 could not look."""
    ctx.exit(print_status(settings_of(ctx), output, timeout))


def print_status(settings: Settings, output: str = "text", timeout: float = _PATIENCE) -> int:
    """Look once and print; returns the exit code. Raises UsageProblem when there is nothing to look at."""
    import asyncio

    import msgspec

    from tui.domain.summary import report, summarise

    store = asyncio.run(_look(settings, timeout))
    found = summarise(store, time.time())
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        click.echo("\n".join(report(found)))
    return found.exit_code


async def _look(settings: Settings, timeout: float):  # type: ignore[no-untyped-def]
    import asyncio

    from tui.session import Session

    session = Session(settings)
    running = asyncio.create_task(session.run(lambda _delta: None))
    settled = asyncio.create_task(session.settled(timeout))
    try:
        await asyncio.wait({running, settled}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (settled, running):
            task.cancel()
        await asyncio.gather(settled, running, return_exceptions=True)
    return session.store
