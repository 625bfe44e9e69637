"""The programs of containers, by name. Which ones an image has is `images`' business."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tui.core.units import rfc3339
from tui.demo.world.inside import listing, machine, texts
from tui.demo.world.inside.process import Process

Program = Callable[[Process], Awaitable[int]]


async def _env(process: Process) -> int:
    await process.say("".join(f"{name}={value}\n" for name, value in process.env.items()))
    return 0


async def _printenv(process: Process) -> int:
    if len(process.arguments) == 1:
        return await _env(process)
    value = process.env.get(process.arguments[1])
    if value is not None:
        await process.say(f"{value}\n")
    return int(value is None)


async def _date(process: Process) -> int:
    spelt = rfc3339(process.now())
    given = process.arguments[1:]
    if "+%s" in given:
        await process.say(f"{int(process.now())}\n")
    else:
        await process.say(
            f"{spelt[:19]}Z\n" if "-Is" in given or "-u" in given else f"{spelt[:10]} {spelt[11:19]} UTC\n"
        )
    return 0


async def _word(process: Process) -> int:
    """Programs that say one line."""
    said = {
        "hostname": process.box.host, "whoami": "root", "id": "uid=0(root) gid=0(root) groups=0(root)",
        "uname": "Linux" if len(process.arguments) == 1 else f"Linux {process.box.host} 5.15.0 x86_64 GNU/Linux",
        "arch": "x86_64", "nproc": "8",
    }  # fmt: skip
    await process.say(said[process.arguments[0].rpartition("/")[2]] + "\n")
    return 0


async def _clear(process: Process) -> int:
    await process.say("\x1b[H\x1b[2J\x1b[3J")
    return 0


async def _stty(process: Process) -> int:
    if process.box.terminal is None:
        await process.complain("stty: 'standard input': Inappropriate ioctl for device")
        return 1
    columns, rows = process.box.terminal()
    if process.arguments[1:] == ["size"]:
        await process.say(f"{rows} {columns}\n")
    return 0


async def _tty(process: Process) -> int:
    await process.say("/dev/pts/0\n" if process.box.terminal else "not a tty\n")
    return int(process.box.terminal is None)


COMMON: Final[Mapping[str, Program]] = {
    **listing.PROGRAMS, **texts.PROGRAMS, "env": _env, "printenv": _printenv, "date": _date, "hostname": _word,
    "whoami": _word, "id": _word, "uname": _word, "nproc": _word, "arch": _word, "clear": _clear, "stty": _stty,
    "tty": _tty, "sleep": machine.sleep, "ps": machine.ps,
}  # fmt: skip
"""What the programs of every image with a shell are."""
GPU: Final[Mapping[str, Program]] = {"nvidia-smi": machine.nvidia_smi}
