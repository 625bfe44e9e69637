"""`arcdeck extension`: what the extension's screens do, as commands. They make and run the same plans.

Exit codes: 0 done or nothing in the way, 1 something in the way or failed, 2 it could not be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from tui.cli.root import settings_of

Code = Coroutine[Any, Any, int]
Command = Callable[..., Any]

_OUTPUT = click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
_WISH: tuple[Callable[[Command], Command], ...] = (
    click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A configuration setting."),
    click.option(
        "--set-protected", "protected", multiple=True, metavar="KEY=@FILE", help="A protected setting, from a file."
    ),
    click.option(
        "--import", "source", type=click.Path(path_type=Path), help="Settings as az arguments or JSON, from a file."
    ),
    click.option("--name", help="Name of the extension resource."),
    click.option("--release-train", "train", help="stable or preview."),
    click.option("--version", "version", help="Pin this version; without it the train's newest minor is followed."),
)


def _wish(command: Command) -> Command:
    """The options that say what is wished."""
    for option in reversed(_WISH):
        command = option(command)
    return command


def _run(ctx: click.Context, made: Code) -> None:
    import asyncio

    ctx.exit(asyncio.run(made))


@click.group()
def extension() -> None:
    """Look before an install, plan it, run it, follow it, take it away."""


@extension.command()
@_OUTPUT
@click.pass_context
def show(ctx: click.Context, /, output: str) -> None:
    """Print the extension as ARM tells it; exit 0 when it is installed."""
    from tui.cli import extension_looks

    _run(ctx, extension_looks.show(settings_of(ctx), output))


@extension.command()
@_OUTPUT
@_wish
@click.pass_context
def preflight(ctx: click.Context, /, output: str, **wish: Any) -> None:
    """Print what an install would meet on this cluster; exit 1 when something is in the way."""
    from tui.cli import extension_looks

    _run(ctx, extension_looks.preflight(settings_of(ctx), output, wish))


@extension.command()
@_OUTPUT
@_wish
@click.option("--bodies", is_flag=True, help="Print what each request carries, secrets masked.")
@click.pass_context
def plan(ctx: click.Context, /, output: str, bodies: bool, **wish: Any) -> None:
    """Print what a deploy with these settings would send; nothing is sent."""
    from tui.cli import extension_looks

    _run(ctx, extension_looks.plan(settings_of(ctx), output, wish, bodies=bodies))


def _doing(verb: str, summary: str) -> click.Command:
    """`deploy` and `update`: the plan, the question, the run."""

    @click.pass_context
    def run(ctx: click.Context, /, dry_run: bool, yes: bool, **wish: Any) -> None:
        from tui.cli import extension_runs

        _run(ctx, extension_runs.wished(settings_of(ctx), verb, wish, dry_run=dry_run, yes=yes))

    run.__doc__ = summary
    dry = click.option("--dry-run", is_flag=True, help="Print the plan, send nothing.")
    sure = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
    return click.command(verb)(dry(sure(_wish(run))))


extension.add_command(_doing("deploy", "Install the extension, or bring what is installed to these settings."))
extension.add_command(_doing("update", "Change settings of the installed extension: only what differs is sent."))


@extension.command()
@click.option("--force", is_flag=True, help="Have ARM forget it whatever the cluster says; all it made stays there.")
@click.option("--dry-run", is_flag=True, help="Print the plan, send nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def delete(ctx: click.Context, /, force: bool, dry_run: bool, yes: bool) -> None:
    """Take the extension away, and wait until its namespace is gone."""
    from tui.cli import extension_runs

    _run(ctx, extension_runs.removed(settings_of(ctx), force=force, dry_run=dry_run, yes=yes))
