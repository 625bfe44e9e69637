"""What a training script writes: epochs, loss, throughput, warnings, progress bars, tracebacks.

Owns the words. Must not know pods.
"""

from __future__ import annotations

from math import exp
from typing import Final, Literal
from zlib import crc32

from tui.core.units import rfc3339
from tui.demo.world.logs import Line, Write

Sort = Literal["vision", "text", "table"]

EPOCH: Final = 60
"""Lines of one epoch."""
EVERY: Final = 2.0
"""Seconds between two lines."""
_STEPS: Final = 10
_BLUE: Final = "\x1b[1;34m"
_GREEN: Final = "\x1b[32m"
_PLAIN: Final = "\x1b[0m"
_WARN: Final = 97
"""One line of so many is a warning of NCCL."""


def write(sort: Sort, name: str, rank: int, world: int, epochs: int, host: str, peer: str) -> Write:
    """The line writer of one worker; `host` is its node, `peer` the address of another worker."""

    def line(number: int, at: float) -> str:
        epoch, step = divmod(number, EPOCH)
        noise = (crc32(f"{name}/{rank}/{number}".encode()) & 0xFFFF) / 0xFFFF
        if step == 0:
            return f"{_BLUE}Epoch {epoch + 1}/{epochs}{_PLAIN}"
        if step == EPOCH - 1:
            return _bar(sort, epoch, noise) if rank == 0 else f"rank {rank}: epoch {epoch + 1} done, waiting at barrier"
        if world > 1 and int(noise * 0xFFFF) % _WARN == 0:
            said = f"NCCL WARN Connect to {peer}<47211> failed : Connection timed out, retrying"
            return f"{host}:412:{480 + rank} [{rank}] {said}"
        return _step(sort, epoch, step, noise, at, world)

    return line


def _step(sort: Sort, epoch: int, step: int, noise: float, at: float, world: int) -> str:
    clock = rfc3339(at)[11:19]
    done = epoch + step / EPOCH
    if sort == "table":
        return f"{clock} fold {epoch + 1} round {step * _STEPS} auc {0.9 - 0.2 * exp(-done) + noise / 200:.4f}"
    loss = 0.18 + 2.4 * exp(-done / 7) + noise / 30
    speed = (
        f"{(142 + 9 * noise) * world:.0f} img/s" if sort == "vision" else f"{(8100 + 400 * noise) * world:.0f} tok/s"
    )
    return f"{clock} epoch {epoch + 1} step {step * _STEPS} loss {loss:.4f}  {speed}"


def _bar(sort: Sort, epoch: int, noise: float) -> str:
    """A progress bar as it comes out of a container: one line with carriage returns in it."""
    shown = [f"validate: {part:3}%|{'█' * (part // 10):<10}| {part // 2}/50" for part in (0, 30, 60, 90, 100)]
    quality = (
        f"acc {0.78 - 0.5 * exp(-epoch / 6) + noise / 100:.4f}"
        if sort != "text"
        else f"ppl {9 + 40 * exp(-epoch / 5):.2f}"
    )
    return "\r".join(shown) + f"  {_GREEN}{quality}{_PLAIN}"


def head(job_id: str, node: str, command: str, rank: int, world: int) -> tuple[tuple[float, str], ...]:
    """What the execution wrapper says before the user's program runs, at seconds after its start."""
    lines = [
        (0.2, "execution-wrapper: runtime 1.1.39, waiting for capabilities"),
        (1.1, "execution-wrapper: data, cs, hosttools are ready"),
        (1.3, f"Run on node: {node}"),
        (1.4, f"execution-wrapper: job {job_id}, rank {rank} of {world}"),
        (1.6, f"execution-wrapper: exec {command}"),
    ]
    if world > 1:
        lines.append((3.0, f"{node}:412:412 [0] NCCL INFO Bootstrap : Using eth0, {world} ranks"))
    return tuple(lines)


HEAD: Final = 4.0
"""Seconds until the user's program writes."""
QUIET: Final = 2.5
"""Seconds before its end in which only the last words are written."""


def tail(story: str, ended: float, rank: int, culprit: int) -> tuple[Line, ...]:
    """The last lines of a run, at their times."""
    if story == "well":
        return (
            (ended - 2.0, f"{_GREEN}done{_PLAIN}, best checkpoint kept"),
            (ended - 1.2, "uploading outputs to workspaceblobstore"),
            (ended - 0.1, "execution-wrapper: user command ended with 0"),
        )
    if story == "oom" and rank == culprit:
        return (
            (ended - 1.5, "dataloader: raising prefetch to 64 batches"),
            (ended - 0.6, "allocating 2.1 GiB of pinned memory"),
        )
    if story == "oom":
        return (
            (ended + 1.0, f"[{rank}] NCCL WARN peer {culprit} is gone: connection reset by peer"),
            (ended + 1.2, "RuntimeError: NCCL communicator was aborted on rank " + str(rank)),
        )
    return _traceback(ended)


def _traceback(ended: float) -> tuple[Line, ...]:
    lines = (
        "Traceback (most recent call last):",
        '  File "/mnt/azureml/cr/j/exe/wd/train.py", line 214, in <module>',
        "    main(parse_args())",
        '  File "/mnt/azureml/cr/j/exe/wd/train.py", line 187, in main',
        "    loss.backward()",
        "RuntimeError: CUDA error: device-side assert triggered",
        "execution-wrapper: user command ended with 1",
    )
    return tuple((ended - 1.0 + n / 20, line) for n, line in enumerate(lines))
