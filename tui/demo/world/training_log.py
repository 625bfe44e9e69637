"""What a training script writes: epochs, loss, throughput, warnings, progress bars, tracebacks.

Owns the words. Must not know pods.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Final, Literal
from zlib import crc32

from tui.core.units import rfc3339
from tui.demo.world import training_extras
from tui.demo.world.logs import Line, Write

Sort = Literal["vision", "text", "table", "json", "flood"]

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
_STUCK: Final = range(40, 52)
_AGAIN: Final = 300
"""Of so many lines, those in `_STUCK` are one and the same warning."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process of a training script."""

    sort: Sort
    name: str
    rank: int
    world: int
    epochs: int
    host: str
    """Its node."""
    peer: str
    """The address of another worker."""

    def noise(self, number: int) -> float:
        """Something from 0 to 1, by the number of a line."""
        return (crc32(f"{self.name}/{self.rank}/{number}".encode()) & 0xFFFF) / 0xFFFF


def write(run: Run) -> Write:
    """The line writer of one process."""

    def line(number: int, at: float) -> str:
        epoch, step = divmod(number, EPOCH)
        noise = run.noise(number)
        if run.sort == "json":
            return training_extras.structured(number, at, _loss(epoch + step / EPOCH, noise))
        if run.sort == "text" and run.rank == 0 and number in training_extras.ODD:
            return training_extras.ODD[number](run.name)
        if step == 0:
            return f"{_BLUE}Epoch {epoch + 1}/{run.epochs}{_PLAIN}"
        if step == EPOCH - 1:
            return _last_of_epoch(run, epoch, noise)
        if run.world > 1 and number % _AGAIN in _STUCK:
            return f"{run.host}:412:480 [0] NCCL WARN Call to ibv_modify_qp failed with error No data available"
        if run.world > 1 and int(noise * 0xFFFF) % _WARN == 0:
            said = f"NCCL WARN Connect to {run.peer}<47211> failed : Connection timed out, retrying"
            return f"{run.host}:412:{480 + run.rank} [{run.rank}] {said}"
        if run.sort == "text" and step % 12 == 6:
            return training_extras.progress("train", step * _STEPS, EPOCH * _STEPS, noise)
        return _step(run, epoch, step, noise, at)

    return line


def _last_of_epoch(run: Run, epoch: int, noise: float) -> str:
    if run.rank == 0:
        return _bar(run.sort, epoch, noise)
    return f"rank {run.rank}: epoch {epoch + 1} done, waiting at barrier"


def _loss(done: float, noise: float) -> float:
    return 0.18 + 2.4 * exp(-done / 7) + noise / 30


def _step(run: Run, epoch: int, step: int, noise: float, at: float) -> str:
    """Some scripts tell the time themselves."""
    clock, done = rfc3339(at)[11:19], epoch + step / EPOCH
    if run.sort == "table":
        return f"[{step * _STEPS}]\tfold {epoch + 1} valid auc {0.9 - 0.2 * exp(-done) + noise / 200:.4f}"
    said = f"epoch {epoch + 1} step {step * _STEPS} loss {_loss(done, noise):.4f}"
    if run.sort == "text":
        return f"{said}  {(8100 + 400 * noise) * run.world:.0f} tok/s"
    return f"{clock} {said}  {(142 + 9 * noise) * run.world:.0f} img/s"


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


def is_users(line: str) -> bool:
    """The user's program wrote it, not what it runs in."""
    return not line.startswith(("execution-wrapper: ", "Run on node: "))


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
        warned = (ended + 0.4, f"[{rank}] NCCL WARN peer {culprit} is gone: connection reset by peer")
        said = "RuntimeError: NCCL communicator was aborted on rank " + str(rank)
        return (warned, *_traceback(ended + 1.4, "    dist.all_reduce(grads)", said))
    said = "RuntimeError: CUDA error: device-side assert triggered"
    ended_with = "execution-wrapper: user command ended with 1"
    return (*_traceback(ended, "    loss.backward()", said), (ended - 1.0 + 6 / 20, ended_with))


def _traceback(ended: float, line: str, said: str) -> tuple[Line, ...]:
    lines = (
        "Traceback (most recent call last):",
        '  File "/mnt/azureml/cr/j/exe/wd/train.py", line 214, in <module>',
        "    main(parse_args())",
        '  File "/mnt/azureml/cr/j/exe/wd/train.py", line 187, in main',
        line,
        said,
    )
    return tuple((ended - 1.0 + n / 20, text) for n, text in enumerate(lines))
