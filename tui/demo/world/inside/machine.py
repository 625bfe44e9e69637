"""Programs that tell of the machine, or wait: ps, nvidia-smi, sleep."""

from __future__ import annotations

import asyncio
from typing import Final
from zlib import crc32

from tui.core.units import rfc3339
from tui.demo.world.inside.process import Process

_DRIVER: Final = "550.54.15"
_WIDTH: Final = 89


async def sleep(process: Process) -> int:
    """Wait, in real seconds."""
    given = process.arguments[1:2]
    try:
        seconds = float(given[0].rstrip("smh")) * {"m": 60, "h": 3600}.get(given[0][-1], 1)
    except (IndexError, ValueError):
        await process.complain(f"sleep: invalid time interval '{''.join(given)}'")
        return 1
    await asyncio.sleep(seconds)
    return 0


async def ps(process: Process) -> int:
    """What runs in the container."""
    main = process.box.facts.get("command", "/entrypoint")
    began = float(process.box.facts.get("began", 0))
    mine = " ".join(process.arguments)
    rows = [(1, began, main), (4211, process.now(), "sh"), (4212, process.now(), mine)]
    if any("f" in word or "aux" in word for word in process.arguments[1:]):
        head = "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"
        lines = [
            f"root     {number:7d} {98.7 if number == 1 else 0.0:4.1f}  0.{number % 9} 214748 {9000 + number:5d} "
            f"{'?        Ssl ' if number == 1 else 'pts/0    R+  '} {rfc3339(at)[11:16]}   0:00 {said}"
            for number, at, said in rows
        ]
    else:
        head = "    PID TTY          TIME CMD"
        lines = [
            f"{number:7d} {'?' if number == 1 else 'pts/0':<8} 00:00:00 {said.split()[0]}" for number, _at, said in rows
        ]
    await process.say("\n".join([head, *lines]) + "\n")
    return 0


async def nvidia_smi(process: Process) -> int:
    """The GPUs of the container."""
    count, now = int(process.box.facts.get("gpus", "0")), process.now()
    if process.arguments[1:2] == ["-L"]:
        said = [f"GPU {n}: Tesla V100-PCIE-16GB (UUID: GPU-{_noise(process, n):08x})" for n in range(count)]
        await process.say("".join(f"{line}\n" for line in said))
        return 0
    rule = "+" + "-" * (_WIDTH - 2) + "+"
    clock = rfc3339(now)
    head = f"| NVIDIA-SMI {_DRIVER}    Driver Version: {_DRIVER}    CUDA Version: 12.4"
    lines = [f"{clock[:10]} {clock[11:19]}", rule, f"{head:<{_WIDTH - 1}}|", rule]
    for number in range(count):
        busy = 84 + (_noise(process, number) + int(now)) % 16
        first = f"| {number:3d}  Tesla V100-PCIE-16GB            On  | 0000{number}001:00:00.0 Off |                Off"
        used = f"{13_100 + busy}MiB / 16384MiB"
        second = f"| N/A   {51 + busy % 9}C    P0   {busy + 121}W / 250W | {used} | {busy:5d}%      Default"
        lines += [f"{first:<{_WIDTH - 1}}|", f"{second:<{_WIDTH - 1}}|", rule]
    await process.say("\n".join(lines) + "\n")
    return 0


def _noise(process: Process, number: int) -> int:
    return crc32(f"{process.box.host}/{number}".encode())
