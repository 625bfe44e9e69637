"""`arcdeck status`: the overview's facts without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui.cli.root import settings_of
from tui.settings import Settings

if TYPE_CHECKING:
    from tui.core.store import Store

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
    from tui.session_clock import clock_of

    found = summarise(asyncio.run(_look(settings, timeout)), clock_of(settings)())
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        click.echo("\n".join(report(found)))
    return found.exit_code


async def _look(settings: Settings, timeout: float) -> Store:
    from tui.cli.looking import looking

    async with looking(settings, timeout) as session:
        return session.store
