"""`arcdeck demo`: a simulated cloud in a process of its own, under the screens or alone."""

from __future__ import annotations

import os
import sys
from typing import Any

import click
from click.shell_completion import CompletionItem

from tui.cli.root import settings_of
from tui.demo.faults import NAMES

_WIDTH = max(map(len, NAMES)) + 2
_EPILOG = "\b\nFaults:\n" + "\n".join(f"  {name:<{_WIDTH}}{said}" for name, said in NAMES.items())


def _complete(_ctx: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    """Fault names for the shell."""
    return [CompletionItem(name, help=said) for name, said in NAMES.items() if name.startswith(begun)]


@click.command(epilog=_EPILOG)
@click.option("--serve", is_flag=True, help="No screens: print one JSON line and serve until interrupted.")
@click.option("--seed", default=1, show_default=True, help="Another number, another world.")
@click.option(
    "--pods", type=click.IntRange(0), default=0, show_default=True, help="Pods of other teams beside the cast."
)
@click.option(
    "--speed", type=click.FloatRange(0), default=1.0, show_default=True, help="0 freezes, 60: a minute a second."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME", help="Something that goes wrong; may be given again.",
    shell_complete=_complete,
)  # fmt: skip
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Without a terminal.")
@click.pass_context
def demo(
    ctx: click.Context, serve: bool, seed: int, pods: int, speed: float, faults: tuple[str, ...], output: str
) -> None:
    """Open arcdeck on a simulated cloud, or serve one.

    Without a terminal it prints the status report and exits 0.
    """
    _check(faults)
    if serve:
        _serve(seed=seed, pods=pods, speed=speed, faults=faults)
    ctx.exit(_open(ctx, output, seed=seed, pods=pods, speed=speed, faults=faults))


def _check(faults: tuple[str, ...]) -> None:
    """Raises UsageProblem for a name that is none."""
    for name in faults:
        if name not in NAMES:
            from difflib import get_close_matches

            from tui.core.errors import UsageProblem
            from tui.core.text import clean

            near = get_close_matches(name, NAMES, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(NAMES))}"
            raise UsageProblem(f"no fault {clean(name)}: {hint}")


def _serve(**world: Any) -> None:
    """Become the process that serves."""
    from tui.demo.launch import command

    found = command(**world)
    os.execv(found[0], found)


def _open(ctx: click.Context, output: str, **world: Any) -> int:
    from msgspec import structs

    from tui.demo.launch import launch

    settings = settings_of(ctx)
    with launch(**world) as target:
        context = settings.context if (settings.context or "").startswith("arcdeck-demo") else None
        here = structs.replace(
            settings, demo=target, kubeconfig=target.kubeconfig, context=context, cluster_id=None, extension=None,
            workspace_id=None, tenant=None, cloud="AzureCloud", sign_in="auto",
        )  # fmt: skip
        if sys.stdin.isatty() and sys.stdout.isatty():
            from tui.cli.screens import open_screens

            return open_screens(here)
        from tui.cli.status import print_status

        print_status(here, output)
        return 0
