"""`arcdeck` itself: the options every command shares, and the table of commands."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tui import __version__

if TYPE_CHECKING:
    from tui.settings import Settings

_COMMANDS: Final = {
    "status": "tui.cli.status:status",
    "jobs": "tui.cli.jobs:jobs",
    "logs": "tui.cli.logs:logs",
    "extension": "tui.cli.extension:extension",
    "demo": "tui.cli.demo:demo",
    "completion": "tui.cli.completion:completion",
    "config": "tui.cli.show:config",
}
"""Name and place of each command; imported when it is called or its help is asked for."""
_SHORT: Final = {
    "status": "Print what the overview shows; exit 0 healthy, 1 something wrong, 2 could not look.",
    "jobs": "Print the training jobs, or one in full and why it waits.",
    "logs": "Print the log of a run or a pod, of one worker or of all as one.",
    "extension": "Look before an install, plan it, run it, follow it, take it away.",
    "demo": "Open arcdeck on a simulated cloud, or serve one.",
    "completion": "Print the completion script of a shell.",
    "config": "Show the settings in force and where each comes from.",
}


class _Late(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_SHORT.items()))

    def main(self, *args: Any, **extra: Any) -> Any:
        from tui.cli.crash import guarded

        return guarded(super().main, *args, **extra)


_file = click.Path(path_type=Path)


@click.group(cls=_Late, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="arcdeck")
@click.option("--config", "config_file", type=_file, help="Config file instead of the usual one.")
@click.option("--kubeconfig", metavar="PATHS", help="Kubeconfig file, or several joined as in KUBECONFIG.")
@click.option("--context", help="Kubeconfig context instead of the current one.")
@click.option("-n", "--namespace", help="Namespace the pods screen opens on; empty for all.")
@click.option("--cluster-id", metavar="ID", help="ARM id of the cluster, when it cannot be found from the cluster.")
@click.option("--extension", metavar="NAME", help="Name of the extension resource.")
@click.option("--workspace-id", metavar="ID", help="ARM id of the workspace to look for computes in.")
@click.option("--cloud", help="AzureCloud, AzureUSGovernment or AzureChinaCloud.")
@click.option("--sign-in", help="auto, cli, device, managed, environment, workload, or none.")
@click.option("--tenant", metavar="ID", help="Tenant to sign in to.")
@click.option("--read-only/--read-write", default=None, help="Refuse every write.")
@click.option("--theme", type=click.Choice(["dark", "light", "ansi"]), help="Colours.")
@click.option("--ascii/--no-ascii", default=None, help="ASCII instead of glyphs.")
@click.option("--mouse/--no-mouse", default=None, help="Take the mouse.")
@click.option("--diff/--no-diff", default=None, help="Send only changed cells to the terminal.")
@click.pass_context
def cli(ctx: click.Context, /, config_file: Path | None, **options: Any) -> None:
    """Machine learning on Azure Arc-enabled Kubernetes, in a terminal.

    Without a command: open the screens on the current kubeconfig context.
    """
    ctx.obj = (config_file, {name: value for name, value in options.items() if value is not None})
    if ctx.invoked_subcommand is None:
        from tui.cli.screens import open_screens

        ctx.exit(open_screens(settings_of(ctx)))


def settings_of(ctx: click.Context) -> Settings:
    """The settings of this call: defaults < config file < environment < arguments. Raises UsageProblem."""
    return sources_of(ctx)[0]


def sources_of(ctx: click.Context) -> tuple[Settings, dict[str, str]]:
    """The settings, and where each that is not a default comes from."""
    import os

    from tui.cli.config import load

    config_file, arguments = ctx.find_root().obj
    return load(config_file, os.environ, arguments)
