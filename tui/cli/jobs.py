"""`arcdeck jobs`: the table of training jobs, or one of them in full with why it waits.

Exit codes: 0 all is well, 1 something failed or waits wrongly, 2 it could not be looked at.
"""

from __future__ import annotations

import click

from tui.cli.root import settings_of

_STATES = ("queued", "starting", "running", "stopping", "completed", "failed", "canceled")
_PATIENCE = 20.0
"""Seconds to wait for every source to answer one way or another."""


@click.command()
@click.argument("run", required=False)
@click.option(
    "-o", "--output", type=click.Choice(["table", "wide", "json", "yaml"]), default="table",
    help="wide: more columns, nothing cut or folded.",
)  # fmt: skip
@click.option("-n", "--namespace", help="Jobs of this namespace only.")
@click.option("-A", "--all-namespaces", is_flag=True, help="Jobs of all namespaces: what is done without -n too.")
@click.option(
    "--state", "states", type=click.Choice(_STATES, case_sensitive=False), multiple=True,
    help="Jobs in this state only; may be given again.",
)  # fmt: skip
@click.option("--timeout", default=_PATIENCE, show_default=True, help="Seconds to wait for answers.")
@click.pass_context
def jobs(
    ctx: click.Context, /, run: str | None, output: str, namespace: str | None, all_namespaces: bool,
    states: tuple[str, ...], timeout: float,
) -> None:  # fmt: skip
    """Print the training jobs, worst first; with RUN, one of them in full and why it waits.

    RUN is a run id, a job id, the beginning of one, or the name of a Volcano Job or a pod. A run that no object of
    this cluster knows is looked for on its way here.

    Exit 0: all is well. 1: something failed or waits wrongly, or RUN is not here. 2: could not look.
    """
    import asyncio

    from tui.cli import job_looks

    settings = settings_of(ctx)
    wish = job_looks.Wish(
        output, "" if all_namespaces else namespace or settings.namespace or "",
        tuple(each.capitalize() for each in states), timeout,
    )  # fmt: skip
    made = job_looks.one(settings, run, wish) if run else job_looks.table(settings, wish)
    ctx.exit(asyncio.run(made))
