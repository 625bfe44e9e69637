"""What is shown of a log equals what a simple loop over all of its lines gives, whatever happened in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widgets import log_buffer
from widgets.log_buffer import LogBuffer
from widgets.log_fold import forward, key_of, progress_of
from widgets.log_level import BEGIN, CONTINUED, Level, follow
from widgets.log_line import texts
from widgets.log_rules import Rules
from widgets.log_shown import LogShown

STAMP = b"2026-01-02T10:14:03.123456789Z "
WORDS = [
    b"nccl ready", b"nccl ready", b"10:00:01 nccl ready", b"10:00:02 nccl ready", b"ERROR nccl failed", b"  indented",
    b"Traceback (most recent call last):", b'  File "x.py"', b"ValueError: nccl", b"", b"[WARN] slow", b"DEBUG detail",
    b"train:  10%|#  | 1/10 [00:01", b"train:  20%|## | 2/10 [00:01", b"train:  5%|#  | 1/10 [00:01",
    b"a\rb\rnccl ready", b"\x1b[31mERROR\x1b[0m nccl", b"x" * 300, b"2026 it is",
]  # fmt: skip
TEXTS = ["", "", "nccl", "NCCL", "r.*y$", "nothing", "2026", "^[a-z]", "nccl|train", "10:00"]
SOURCES = [None, None, frozenset({0}), frozenset({1, 2}), frozenset[int]()]


def words_of(chance: Random) -> list[bytes]:
    """A few words, each likely to come again."""
    few = chance.choices(WORDS, k=3)
    return [chance.choice(few if chance.random() < 0.8 else WORDS) for _ in range(chance.randint(1, 12))]


def rules_of(chance: Random) -> Rules:
    text = chance.choice(TEXTS)
    inverse = bool(text) and chance.random() < 0.3
    return Rules(text, inverse, chance.choice([None, None, *Level]), chance.choice(SOURCES))


Line = tuple[bytes, int | None, bool]
"""What a line shows, its source, and whether it is a divider."""


def levels_of(lines: Sequence[Line]) -> list[int]:
    """Of all lines ever, each after the one before of its source."""
    states, found = dict.fromkeys(range(3), BEGIN), []
    for text, source, divider in lines:
        if divider or source is None:
            found.append(int(Level.INFO))
        else:
            value, states[source] = follow(text, states[source])
            found.append(value)
    return found


def folded_of(lines: Sequence[Line]) -> set[int]:
    """Those whose next one of the same source goes on from them, with no divider between."""
    folded = set()
    for number, (text, source, divider) in enumerate(lines):
        for later, its, between in lines[number + 1 :]:
            if between and its in (None, source):
                break
            if its == source and not between:
                same = bool(text and later) and key_of(text) == key_of(later)
                if not divider and (same or forward(progress_of(text), progress_of(later))):
                    folded.add(number)
                break
    return folded


def passes(line: Line, level: int, wanted: Rules) -> bool:
    text, source, divider = line
    if wanted.sources is not None and source not in wanted.sources and not (divider and source is None):
        return False
    if divider:
        return True
    found = not wanted.text or bool(re.search(wanted.text, text.decode(), re.IGNORECASE)) != wanted.inverse
    return found and (wanted.level is None or level & ~CONTINUED >= wanted.level)


def finish(shown: LogShown) -> None:
    for _ in range(10_000):
        if not shown.step():
            return
    raise AssertionError("it never ends")


@pytest.fixture(autouse=True, scope="module")
def _small_blocks() -> Iterator[None]:
    """Blocks of a few lines, so that a short log has many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_buffer, "_BLOCK", 150)
        yield


class Log:
    """A buffer, what is shown of it, and all its lines ever since it was cleared."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.buffer = LogBuffer(chance.choice([5, 20, 60]))
        self.shown = LogShown(self.buffer, fold=chance.random() < 0.5)
        self.lines: list[Line] = []

    def append(self) -> None:
        words = words_of(self.chance)
        data = b"".join((STAMP if place % 3 else b"") + text + b"\n" for place, text in enumerate(words))
        sources = self.chance.choices((0, 1, 2), k=len(words)) if self.chance.random() < 0.6 else [0] * len(words)
        self.buffer.append(data, bytes(sources) if any(sources) else b"")
        self.lines += [(text, source, False) for text, source in zip(texts(data), sources, strict=True)]

    def divide(self) -> None:
        source = self.chance.choice([None, 0, 1])
        self.buffer.divide("a divider", source)
        self.lines.append((b"a divider", source, True))

    def rules(self) -> None:
        self.shown.rules = rules_of(self.chance)

    def fold(self) -> None:
        self.shown.fold(not self.shown.folding)

    def errors(self) -> None:
        self.shown.watch_levels()

    def clear(self) -> None:
        if self.chance.random() < 0.2:
            self.buffer.clear()
            self.shown.clear()
            self.lines.clear()

    def work(self) -> None:
        for _ in range(self.chance.randint(1, 4)):
            self.shown.step()


DEEDS = [*[Log.append] * 6, Log.divide, Log.rules, Log.rules, Log.fold, Log.errors, Log.clear, *[Log.work] * 3]


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_what_is_shown_is_what_a_simple_loop_gives(seed: int) -> None:
    chance = Random(seed)
    log = Log(chance)
    for _ in range(30):
        chance.choice(DEEDS)(log)
        check_steps(log.shown)
    finish(log.shown)
    check(log.shown, log.buffer, log.lines)


def check_steps(shown: LogShown) -> None:
    """At any moment one may go through what is shown, both ways."""
    there, number = [], shown.after(0)
    while number is not None:
        there.append(number)
        number = shown.after(number + 1)
    back, number = [], shown.before(10**9)
    while number is not None:
        back.append(number)
        number = shown.before(number)
    assert there == back[::-1]
    assert shown.count() == len(there)


def check(shown: LogShown, buffer: LogBuffer, lines: list[Line]) -> None:
    kept = range(buffer.first, buffer.end)
    folded = folded_of(lines) if shown.folding else set()
    since = shown.watch_levels().since if shown.knows_levels else 0
    levels = [int(Level.INFO)] * since + levels_of(lines[since:])
    expected = [
        number for number in kept if number not in folded and passes(lines[number], levels[number], shown.rules)
    ]
    picture = shown.picture()
    assert [number for number in kept if picture.times(number)] == expected
    assert shown.after(0) == (expected[0] if expected else None)
    assert shown.hidden() == len(set(kept) - folded) - len(expected)
    assert shown.total() == len(set(kept) - folded)
    assert shown.behind == 0
    for number in kept:
        assert shown.passes(number) == passes(lines[number], levels[number], shown.rules)
        last = shown.standing(number)
        assert last == number or (last not in folded and number in folded)
