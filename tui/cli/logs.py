"""`arcdeck logs`: the log of a pod or of a run, of one worker or of all, in a pipe or on a terminal.

Exit codes: 0 all was read, 1 a log could not be read, 2 no such pod or run, or it could not be looked for, 130 Ctrl+C.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct

from tui.cli.root import settings_of
from tui.core.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.cli.log_find import Found
    from tui.cli.log_print import Look, Named
    from tui.client.kube import KubeClient
    from tui.settings import Settings

_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_LEVELS: Final = ("info", "warning", "error")
INTERRUPTED: Final = 130


class Span(click.ParamType):  # type: ignore[type-arg]
    """`90`, `90s`, `10m`, `1h30m`, `2d`: seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Fails for anything else."""
        if not re.fullmatch(r"(?:\d{1,9}[smhd])+|\d{1,9}", str(value)) or not int(re.sub(r"\D", "", str(value))):
            self.fail(f"{value!r} is no duration such as 90s, 10m or 1h30m", param, ctx)
        return float(sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)([smhd]?)", str(value))))


class Wish(Struct, frozen=True):
    """What the options say."""

    run: str
    namespace: str = ""
    container: str = ""
    all_containers: bool = False
    all_workers: bool = False
    follow: bool = False
    previous: bool = False
    since: float | None = None
    tail: int | None = None
    timestamps: bool = False
    grep: str = ""
    invert: bool = False
    level: str = "debug"
    prefix: bool | None = None
    output: str = "text"


@click.command()
@click.argument("run", metavar="RUN|POD")
@click.option("-n", "--namespace", default="", help="Where to look; a run is looked for everywhere without it.")
@click.option(
    "-c", "--container", default="", help="Whole name, or its end: execution-wrapper, which is the usual one."
)
@click.option("--all-containers", is_flag=True, help="Init containers too.")
@click.option("-w", "--all-workers", is_flag=True, help="All pods of the job, merged by time.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes; across breaks and restarts.")
@click.option("-p", "--previous", is_flag=True, help="The instance before the last restart.")
@click.option("--since", type=Span(), help="Begin so long ago: 90s, 10m, 1h30m.")
@click.option("--tail", type=click.IntRange(0), help="Begin with so many last lines of each.")
@click.option("--timestamps", is_flag=True, help="As the kubelet sent them.")
@click.option("--grep", default="", metavar="REGEX", help="Lines that match only.")
@click.option("-v", "--invert", is_flag=True, help="With --grep: lines that do not match.")
@click.option("--level", type=click.Choice(_LEVELS), default=None, help="Lines that are at least so bad.")
@click.option("--prefix/--no-prefix", default=None, help="The worker's name before each line; usual with several.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", help="json: one object a line.")
@click.pass_context
def logs(ctx: click.Context, /, level: str | None, **options: Any) -> None:
    """Print the log of a pod, or of a run or job by its id.

    RUN|POD is a pod's name, namespace/name, a run id, a job id, or the beginning of one. Lines go to standard output
    without what could act on a terminal, secrets masked; reconnects and restarts are told on standard error.

    Exit 0: all was read. 1: a log could not be read. 2: nothing by that name, or several. 130: Ctrl+C.
    """
    import asyncio

    wish, settings = Wish(level=level or "debug", **options), settings_of(ctx)
    try:
        ctx.exit(asyncio.run(_run(settings, wish)))
    except KeyboardInterrupt:
        ctx.exit(INTERRUPTED)
    except BrokenPipeError:
        _leave()
        ctx.exit(0)


def _leave() -> None:
    """The reader has left: say nothing more, and let nothing be said at exit."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


async def _run(settings: Settings, wish: Wish) -> int:
    import gc
    from functools import partial

    from tui.client.choice import choice_of
    from tui.client.connection import Connection
    from tui.client.kube import KubeClient

    look = _look(settings, wish)
    connection = Connection(choice_of(settings), reload=partial(choice_of, settings))
    try:
        await connection.open()
        gc.enable()  # what was imported is there to stay; a log may be followed for days
        return await _print(KubeClient(connection, read_only=True), settings, wish, look)
    finally:
        await connection.close()


async def _print(kube: KubeClient, settings: Settings, wish: Wish, look: Look) -> int:
    import sys
    from contextlib import aclosing

    from msgspec.structs import replace

    from tui.cli.log_find import Finder
    from tui.cli.log_print import Printer, speak
    from tui.client.log_group import Batch, LogGroup, LogSource
    from tui.client.log_state import standing
    from tui.client.logs import LogOptions

    say = speak(settings.ascii)
    finder = Finder(kube, wish.namespace or settings.namespace or "", kube.connection.namespace)
    found = await finder.find(wish.run)
    if wish.all_workers:
        found = await finder.workers(found[0]) if len(found) == 1 else found
    elif len(found) > 1:
        say(f"{len(found)} workers: this is {_label(found[0])}; --all-workers shows all")
    parts = _parts(found if wish.all_workers else found[:1], wish)
    prefix = len(parts) > 1 if wish.prefix is None else wish.prefix
    printer = Printer([name for _each, name in parts], replace(look, prefix=prefix), sys.stdout.buffer, say)
    group = LogGroup(kube, LogOptions(wish.tail, wish.since, wish.previous, wish.follow))
    for each, name in parts:
        known = standing(each.raw, name.container)
        number = group.add(LogSource(name.pod, name.container), known)
        if known.state in ("", "waiting") and not known.dead and not wish.previous:
            printer.waits(number, each.row.why or known.waiting)
            printer.failed = printer.failed or not wish.follow
    async with aclosing(group.events()) as events:
        async for event in events:
            if isinstance(event, Batch):
                printer.lines(event)
            else:
                printer.said(event)
    return 1 if printer.failed else 0


def _look(settings: Settings, wish: Wish) -> Look:
    """Raises UsageProblem for what is no regular expression."""
    import os
    import sys

    from tui.cli.log_print import Look
    from widgets.log_level import Level

    try:
        grep = re.compile(wish.grep.encode()) if wish.grep else None
    except re.error as error:
        raise UsageProblem(f"--grep: no regular expression: {error}") from None
    if wish.invert and grep is None:
        raise UsageProblem("--invert needs --grep")
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and wish.output == "text"
    return Look(
        timestamps=wish.timestamps, grep=grep, invert=wish.invert, level=Level[wish.level.upper()],
        json=wish.output == "json", colours=colours, bar="|" if settings.ascii else "│",
    )  # fmt: skip


def _parts(found: Sequence[Found], wish: Wish) -> list[tuple[Found, Named]]:
    """The logs to read. Raises UsageProblem for a container that is not there, and for too many."""
    from tui.cli.log_print import Named
    from tui.client.log_group import MOST
    from tui.domain.pod_health import short_name

    parts = []
    for each in found:
        for container in _containers(each, wish):
            label = f"{_label(each)} {short_name(container)}" if wish.all_containers else _label(each)
            parts.append((each, Named(each.row.key, container, label)))
    if len(parts) > MOST:
        raise UsageProblem(f"{len(parts)} logs: no more than {MOST} can be read at once")
    return parts


def _containers(found: Found, wish: Wish) -> list[str]:
    from tui.domain.job import main_container
    from tui.domain.pod_health import short_name

    names = [part.name for part in found.row.containers]
    if wish.all_containers:
        return names
    if not wish.container:
        return [main_container(found.row)]
    for fits in (lambda name: name == wish.container, lambda name: short_name(name) == wish.container):
        if chosen := [name for name in names if fits(name)]:
            return chosen[:1]
    raise UsageProblem(
        f"{found.row.key} has no container {wish.container!r}; it has {', '.join(map(short_name, names))}"
    )


def _label(found: Found) -> str:
    """`worker-0` of a job's pod, the name of any other."""
    from tui.domain.job import pod_job_id, role_of

    if not pod_job_id(found.row):
        return found.row.name
    role, index = role_of(found.row)
    return f"{role or 'pod'}-{index}"
