"""`arcdeck config`: the settings in force."""

from __future__ import annotations

import os

import click

from tui.cli.root import settings_of, sources_of


@click.group()
def config() -> None:
    """Show the settings in force and where each comes from."""


@config.command()
@click.pass_context
def show(ctx: click.Context) -> None:
    """Print every setting with its origin."""
    import msgspec

    from tui.core.redact import redact_text

    settings, origin = sources_of(ctx)
    for field in msgspec.structs.fields(type(settings)):
        if field.name != "demo":
            value = redact_text(str(getattr(settings, field.name)))
            click.echo(f"{field.name:<14} {value:<40} {origin.get(field.name, 'default')}")


@config.command()
@click.pass_context
def path(ctx: click.Context) -> None:
    """Print the path of the config file."""
    from tui.cli.config import config_path

    click.echo(config_path(ctx.find_root().obj[0], os.environ))


@config.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Read the settings and say whether they are sound."""
    settings_of(ctx)
    click.echo("the settings are sound")
