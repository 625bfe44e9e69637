"""Which jobs there are: the cast that is on stage when the world begins, and those that come later.

Owns names, people and times. A seed gives other names and slightly other times, never another story.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Final

from tui.demo.world.job import DEFAULT, LARGE, STARTS, V100, Job, Size, Story
from tui.demo.world.names import Dice
from tui.demo.world.nodes import Node
from tui.demo.world.training_log import Sort

MINUTE: Final = 60.0
_PATIENCE: Final = 300.0
"""Minutes after which somebody deletes a job of the cast that hangs."""
_LATER_PATIENCE: Final = 25.0
_PEOPLE: Final = ("carol", "alice", "bob", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "long": ("resnet50-dist", "vit-base-dist", "unet3d-dist", "swin-dist"),
    "memory": ("bert-finetune-07", "roberta-finetune-02", "t5-small-finetune-11", "deberta-ner-04"),
    "sweep": ("sweep-lr-0031", "sweep-wd-0112", "sweep-batch-0007", "sweep-depth-0020"),
    "gang": ("gpt2-pretrain", "mae-pretrain", "wav2vec-pretrain", "bart-pretrain"),
    "gate": ("clip-pretrain-xl", "t5-pretrain-xl", "dino-pretrain-xl", "llama-pretrain-xl"),
    "pull": ("whisper-eval-03", "asr-eval-14", "ocr-eval-08", "mt-eval-21"),
    "mount": ("unet-seg-v2", "maskrcnn-v5", "deeplab-v3", "yolo-seg-v1"),
    "evicted": ("tokenize-wiki-5", "tokenize-news-2", "dedup-crawl-9", "shard-laion-3"),
    "table": ("xgb-churn-12", "lgbm-fraud-31", "catboost-ltv-4", "xgb-credit-9"),
    "steps": ("churn-pipeline-0418", "fraud-pipeline-0131", "ltv-pipeline-0206", "credit-pipeline-0912"),
    "retried": ("gnn-links-17", "gat-nodes-09", "node2vec-23", "graphsage-31"),
    "processes": ("dlrm-ranker-3", "deepfm-ranker-8", "wide-deep-5", "dcn-ranker-2"),
    "prepare": ("feature-prep-88", "join-events-41", "clean-labels-16", "embed-docs-7"),
}
_LATER: Final[tuple[tuple[str, Sort, Size, int], ...]] = (
    ("xgb-churn", "table", LARGE, 1), ("lgbm-demand", "table", LARGE, 1), ("feature-prep", "table", DEFAULT, 1),
    ("eval-nightly", "json", DEFAULT, 1), ("bert-finetune", "text", V100, 1), ("resnet18-quick", "vision", V100, 1),
    ("distil-student", "text", V100, 2), ("embed-docs", "text", DEFAULT, 1), ("backtest", "table", LARGE, 1),
    ("vit-dist", "vision", V100, 4),
)  # fmt: skip
"""Name, sort, size and workers of jobs to come; the last is rare."""


def cast(dice: Dice, start: float, nodes: Sequence[Node]) -> list[Job]:
    """The jobs that are known at the beginning, oldest first. Times hang together: eight V100 are there."""
    people = [_PEOPLE[(n + 3 * (dice.seed - 1)) % len(_PEOPLE)] for n in range(len(_PEOPLE))]
    names = {role: known[(dice.seed - 1) % len(known)] for role, known in _NAMES.items()}

    def job(role: str, who: int, size: Size, workers: int, ago: float, lasts: float, **more: object) -> Job:
        name = names[role] + str(more.pop("end", ""))
        wobble = 0.0 if dice.seed == 1 else dice.between(-40, 40, "wobble", name)
        submitted = start - ago * MINUTE + wobble
        return Job(name, names[role].rstrip("0123456789-"), people[who], size, workers, submitted, lasts * MINUTE,
                   cancelled=submitted + _PATIENCE * MINUTE, **more)  # type: ignore[arg-type]  # fmt: skip

    sweep, steps = names["sweep"], names["steps"]
    made = [
        job("steps", 9, DEFAULT, 1, 58, 21, end="-prep", root=steps, sort="json"),
        job("steps", 9, DEFAULT, 1, 36, 170, end="-train", root=steps, sort="json"),
        job("steps", 9, V100, 3, 28, 25, end="-score", root=steps, sort="text"),
        job("retried", 1, DEFAULT, 1, 140, 240, sort="text", again=start - 48 * MINUTE),
        job("processes", 6, DEFAULT, 1, 83, 190, sort="vision", processes=4),
        job("long", 0, V100, 4, 121, 160),
        *(job("sweep", 2, V100, 1, ago, lasts, end=f"_{n}", root=sweep, sort="text")
          for n, (ago, lasts) in enumerate(((96, 64), (95.5, 58), (52, 71), (51, 86)))),
        job("gate", 4, V100, 12, 66, 600, story="gate"),
        job("prepare", 7, DEFAULT, 1, 58, 22, sort="table"),
        job("table", 8, LARGE, 1, 47, 26, sort="table"),
        job("gang", 3, V100, 4, 41, 110, sort="text"),
        job("memory", 1, V100, 2, 31, 18, story="oom", culprit=1, sort="text"),
        job("pull", 5, DEFAULT, 1, 17, 30, story="pull", sort="text"),
        job("mount", 6, DEFAULT, 1, 9, 30, story="mount"),
    ]  # fmt: skip
    made += [_evicted(job("evicted", 7, LARGE, 1, 49, 22, story="evicted", sort="text"), start, nodes)]
    return sorted(made, key=lambda one: one.submitted)


def flooding(start: float) -> Job:
    """A job that writes more than anybody reads."""
    return Job("flood-1", "flood", "ivan", DEFAULT, 1, start - 2 * MINUTE, 600 * MINUTE, sort="flood")


def _evicted(job: Job, start: float, nodes: Sequence[Node]) -> Job:
    """It ran on the node that came under pressure, before it did; else on any."""
    plain = [node for node in nodes if node.pool.name == "cpu" and node.trouble in ("", "DiskPressure")]
    job.places = (next((node for node in plain if node.trouble), plain[-1]),)
    job.placed = start - 25 * MINUTE - job.lasts - STARTS
    job.submitted = job.placed - 26
    return job


def gap(dice: Dice, number: int) -> float:
    """Seconds between two later submissions."""
    return dice.between(80, 240, "gap", number)


def later(dice: Dice, number: int, submitted: float) -> Job:
    """The n-th job that comes after the beginning."""
    rare = number % 14 == 13
    name, sort, size, workers = _LATER[-1] if rare else dice.pick(_LATER[:-1], "later", number)
    fate = dice.unit("fate", number)
    story = _fate(size, fate)
    lasts = dice.between(25, 45, "lasts", number) if rare else dice.between(3, 11, "lasts", number)
    return Job(
        f"{name}-{100 + number}", name, dice.pick(_PEOPLE, "who", number), size, workers, submitted, lasts * MINUTE,
        story, sort, culprit=workers - 1,
        cancelled=submitted + _LATER_PATIENCE * MINUTE if story in ("pull", "mount") else inf,
    )  # fmt: skip


def _fate(size: Size, fate: float) -> Story:
    """Most jobs end well."""
    if fate > 0.9 and size is V100:
        return "error"
    if size is DEFAULT and fate < 0.14:
        return "pull" if fate < 0.08 else "mount"
    return "oom" if fate < 0.07 else "well"
