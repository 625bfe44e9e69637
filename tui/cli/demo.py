"""`arcdeck demo`: a simulated cloud in a process of its own, under the screens or alone."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from tui.cli.root import settings_of


@click.command()
@click.option("--serve", is_flag=True, help="No screens: print one JSON line and serve until interrupted.")
@click.option("--seed", default=1, show_default=True, help="Another number, another world.")
@click.option("--pods", default=0, show_default=True, help="Pods of other teams beside the cast.")
@click.option("--speed", default=1.0, show_default=True, help="0 freezes the world, 60 runs a minute a second.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Switch a fault on; may be given again.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="Without a terminal.")
@click.pass_context
def demo(
    ctx: click.Context, serve: bool, seed: int, pods: int, speed: float, faults: tuple[str, ...], output: str
) -> None:
    """Open arcdeck on a simulated cloud, or serve one.

    Without a terminal it prints the status report and exits 0.
    """
    from tui.core.errors import UsageProblem
    from tui.demo.faults import NAMES

    unknown = [name for name in faults if name not in NAMES]
    if unknown:
        raise UsageProblem(f"no fault {unknown[0]}; there are {', '.join(sorted(NAMES))}")
    if serve:
        arguments = ["--seed", str(seed), "--pods", str(pods), "--speed", str(speed)]
        for name in faults:
            arguments += ["--fault", name]
        os.execv(sys.executable, [sys.executable, "-m", "tui.demo.serve", *arguments])
    ctx.exit(_open(ctx, output, seed=seed, pods=pods, speed=speed, faults=faults))


def _open(ctx: click.Context, output: str, **world: Any) -> int:
    from msgspec import structs

    from tui.demo.launch import launch

    settings = settings_of(ctx)
    with launch(**world) as target:
        here = structs.replace(
            settings, demo=target, kubeconfig=target.kubeconfig, context=settings.context, cluster_id=None
        )
        if sys.stdin.isatty() and sys.stdout.isatty():
            from tui.cli.screens import open_screens

            return open_screens(here)
        from tui.cli.status import print_status

        print_status(here, output)
        return 0
