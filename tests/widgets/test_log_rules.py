"""Which lines match, how bad they are, what they repeat: tables, and properties against simple loops."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.log_buffer import LogBuffer
from widgets.log_fold import forward, progress_of, repeats
from widgets.log_level import BEGIN, CONTINUED, Level, follow, level_of
from widgets.log_levels import Levels, level_near
from widgets.log_match import Matcher
from widgets.log_rules import Rules
from widgets.searching import compile_search, needles_of

STAMP = b"2026-01-02T10:14:03.123456789Z "
PARTS = [
    b"nccl", b"NCCL", b" ", b"10:14", b"2026", b"z", b"error", b"\x1b[31m", b"\r", b"\xff", "né".encode(),
    b"x" * 90, b":",
]  # fmt: skip
SEARCHES = [
    "nccl", "NCCL ", "10:14", "z n", "z ", " ", "2026", "31m", "^n", "^2", "l$", r"\bnccl", "n.*r", "nccl|error",
    "a|b",
    "(?i)NCCL", "(nccl|x)+e", "né", "x{3}e", "[n]ccl?", r"\x6eccl", "nc*l", "(", "*", "[", "n+cc", "x?nccl", r"\d\d:",
]  # fmt: skip


@given(st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from(PARTS), max_size=5))), st.sampled_from(SEARCHES))
def test_a_block_is_matched_as_its_lines_are(lines: list, text: str) -> None:
    raws = [b"".join(parts) for _stamped, parts in lines]
    data = b"".join((STAMP if stamped else b"") + raw + b"\n" for (stamped, _), raw in zip(lines, raws, strict=True))
    last = [raw.rstrip(b"\r").rpartition(b"\r")[2] for raw in raws]
    seen = [raw.replace(b"\x1b[31m", b"").decode("utf-8", "replace") for raw in last]
    found = compile_search(text).search
    assert Matcher(text).lines(data) == [place for place, line in enumerate(seen) if found(line)]


pattern = st.lists(
    st.sampled_from([
        "ab", "c", "D", ".", "*", "+", "?", "{2}", "(ab)", "(c|d)", "[ab]", "[^]a]", "|", "^", "$", r"\.", r"\d",
        "a{0,1}",
        r"\x61", r"\b", "(?:ab)?", r"\\", "é", "(ab", "]", "{",
    ])
).map("".join)  # fmt: skip


@given(pattern, st.integers(0, 2**32))
def test_a_match_holds_one_of_the_needles(text: str, seed: int) -> None:
    needles, found = needles_of(text), compile_search(text).search
    chance = Random(seed)
    for _ in range(60):
        line = "".join(chance.choices("aabbccdD1.é\\[]{}(|", k=chance.randint(0, 9)))
        if needles and found(line):
            assert any(needle in line.lower() for needle in needles)


@pytest.mark.parametrize(
    ("text", "needles"),
    [
        ("nccl", ("nccl",)), ("NCCL", ("nccl",)), ("nccl.*timeout", ("timeout",)), ("nccl|torch", ("nccl", "torch")),
        ("a|torch", ()), (r"step \d+777", ("step ",)), ("abc*", ("ab",)), ("(abc)?d", ()), ("[abc", ("[abc",)),
        ("", ()),
        ("(?x)a b", ()), (r"a\.b", ("a.b",)), (r"\x41bc", ("bc",)),
    ],
)  # fmt: skip
def test_needles(text: str, needles: tuple[str, ...]) -> None:
    assert needles_of(text) == needles


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("E1124 10:11:12.123456 1 x.go:12] hi", Level.ERROR), ("I1124 10:11:12.123456 1 x.go:12] error", Level.INFO),
        ("[W1124 17:13:17.567 socket.cpp:697] [c10d] retry", Level.WARNING), ("F0102 10:11:12 died", Level.ERROR),
        ("ERROR:root:failed", Level.ERROR), ("2026-01-02 10:00:00,123 - a.b - WARNING - slow", Level.WARNING),
        ("[WARN] slow", Level.WARNING), ("[ warn] slow", Level.WARNING),
        ("[error] no", Level.ERROR), ("<critical> no", Level.ERROR),
        ('{"ts":1,"level":"error","msg":"x"}', Level.ERROR), ('{"severity": "WARNING"}', Level.WARNING),
        ('{"levelname": "DEBUG", "msg": "an error"}', Level.DEBUG), ("time=1 level=warn msg=x", Level.WARNING),
        ("node:12:13 [0] NCCL WARN timeout", Level.WARNING), ("node:12:13 [0] NCCL INFO error free", Level.INFO),
        ("Traceback (most recent call last):", Level.ERROR), ("torch.cuda.OutOfMemoryError: CUDA", Level.ERROR),
        ("KeyboardInterrupt", Level.ERROR), ("panic: runtime error", Level.ERROR), ("fatal error: no", Level.ERROR),
        ("Error: cannot open", Level.ERROR), ("/x/y.py:12: UserWarning: old", Level.WARNING),
        ("warning: old", Level.WARNING),
        ("an error occurred in 3 of 5", None), ("errors=0 loss=1", None), ("path/ERROR.txt", None), ("", None),
        ("epoch 3 of 5", None), ("FATAL no space", Level.ERROR), ("DEBUG detail", Level.DEBUG), ("terror: x", None),
    ],
)  # fmt: skip
def test_levels(text: str, level: Level | None) -> None:
    assert level_of(text.encode()) is level


CHAIN = [
    ("ERROR:root:failed", "E"), ("Traceback (most recent call last):", "e"), ('  File "x.py", line 1', "e"),
    ("KeyError: 1", "e"), ("", "e"), ("During handling of the above exception, another exception occurred:", "e"),
    ("", "e"), ("Traceback (most recent call last):", "e"), ("    raise X", "e"), ("mine.Oops: no", "e"),
    ("   at x", "e"),
    ("all well", "."), ("  indented", "."), ("WARNING slow", "W"), ("  because", "w"), ("  ERROR after all", "E"),
    ("[rank0]: Traceback (most recent call last):", "e"), ("[rank0]:   File", "e"), ("[rank0]: mine.Oops", "e"),
    ("end", "."),
    ("Traceback (most recent call last):", "E"), ("mine.Oops", "e"), ("DEBUG x", "D"), ("\ty", "d"),
]  # fmt: skip
SIGNS = {Level.DEBUG: "D", Level.INFO: ".", Level.WARNING: "W", Level.ERROR: "E"}


def sign(value: int) -> str:
    letter = SIGNS[Level(value & ~CONTINUED)]
    return letter.lower() if value & CONTINUED else letter


def test_what_goes_on_is_as_bad_as_what_it_goes_on_from() -> None:
    state, signs = BEGIN, ""
    for text, _expected in CHAIN:
        value, state = follow(text.encode(), state)
        signs += sign(value)
    assert signs == "".join(expected for _text, expected in CHAIN)


@given(st.lists(st.integers(1, 5)), st.booleans())
def test_levels_are_the_same_in_pieces_and_beside_other_sources(cuts: list[int], other: bool) -> None:
    buffer, levels = LogBuffer(1000), Levels(0)
    expected: list[str] = []
    place = 0
    for cut in [*cuts, len(CHAIN)]:
        part, place = CHAIN[place : place + cut], place + cut
        lines = [line for text, _ in part for line in ((text, 0), *([("quiet", 1)] if other else []))]
        buffer.append("".join(f"{text}\n" for text, _ in lines).encode(), bytes(source for _, source in lines))
        expected += [each for _, letter in part for each in (letter, *(["."] if other else []))]
        while levels.end < buffer.end:
            levels.read(buffer.block(levels.end))
    assert [SIGNS[level_near(buffer, number)] for number in range(buffer.end)] == [each.upper() for each in expected]
    assert [levels.level(number) for number in range(buffer.end)] == [level_near(buffer, n) for n in range(buffer.end)]
    assert levels.errors == [number for number, each in enumerate(expected) if each == "E"]


@pytest.mark.parametrize(
    ("text", "bar"),
    [
        ("train:  45%|███ | 45/100 [00:10<00:12,  4.5it/s]", ("train:", 45)),
        ("100%|██████████| 9/9 [00:01", ("", 100)),
        ("45/100 [=====>....] - ETA: 3s", ("/100", 45)), ("[=====>   ] 45%", ("", 45)), ("45% [=====>   ]", ("", 45)),
        ("Epoch 3: 45%", ("Epoch 3:", 45)), ("45it [00:01, 30it/s]", ("it", 45)), ("cpu at 45% now", None),
        ("Epoch 3:  45%|████▌     | 45/100 [00:12<00:15, v_num=0]", ("Epoch 3:", 45)), ("GPU 0: 45%", None),
        ("", None),
        ("Downloading: 99.5%", ("Downloading:", 99)), ("[error] 3% [sda1]", None), ("a [b] c", None),
        ("1% " * 500, None),
    ],
)  # fmt: skip
def test_progress_bars(text: str, bar: tuple[str, int] | None) -> None:
    assert progress_of(text.encode()) == (bar and (bar[0].encode(), bar[1]))


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("x", "x", True), ("x", "y", False), ("", "", False), ("10:00:01 x", "10:00:02 x", True),
        ("2026-01-02 10:00:01,123 INFO x", "2026-01-02 10:00:02,9 INFO x", True),
        ("[10:00:01] x", "[10:00:02] x", True),
        ("I0102 10:00:01.1 1 a.go:1] x", "I0102 10:00:02.1 1 a.go:1] x", True),
        ("I0102 10:00:01.1 1 a.go:1] x", "E0102 10:00:02.1 1 a.go:1] x", False),
        ("step 1", "step 2", False), ("x 10:00:01", "x 10:00:02", False),
        ("a: 10%|# | 1/9 [", "a: 20%|##| 2/9 [", True), ("a: 20%|##| 2/9 [", "a: 10%|# | 1/9 [", False),
        ("a: 10%|# | 1/9 [", "b: 20%|##| 2/9 [", False),
    ],
)  # fmt: skip
def test_repeated_lines(before: str, after: str, same: bool) -> None:
    first, second = before.encode(), after.encode()
    assert (repeats(first, second) or forward(progress_of(first), progress_of(second))) is same


def test_the_rules_say_what_they_are() -> None:
    assert Rules().note == ""
    assert Rules("a", True, Level.ERROR, frozenset({1})).note == "&!/a/ ≥error 1 source"
    assert Rules(sources=frozenset({1, 2})).note == "2 sources"
