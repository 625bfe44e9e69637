"""A log narrowed, folded, marked and gone through: what is shown, and that the reader's place stays."""

from __future__ import annotations

import re

import pytest

from tests.terminal.stage import settle, until
from tests.widgets.logs import quick, seat
from widgets.log_level import Level
from widgets.log_sources import marks_of


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)


def numbered(*texts: str) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


async def test_a_filter_hides_lines_and_the_place_stays() -> None:
    async with seat() as here:
        await here.lines(0, 100)
        for _ in range(40):
            here.view.action_scroll(-1)
        assert (await here.look())[0] == "line 54"
        here.view.filter("7")
        assert await here.look() == [f"line {n}" for n in (57, 67, 70, 71, 72, 73)]
        assert here.view.hidden == 100 - 19
        assert here.view.filter_note == "&/7/ 19 of 100"
        here.view.filter("97")
        assert (await here.look())[:2] == ["line 97", ""]
        here.view.filter("")
        assert (await here.look())[0] == "line 54", "where the reader was"
        assert here.view.filter_note == ""
        here.view.filter("7")
        await here.press("j")
        here.view.filter("")
        assert (await here.look())[0] == "line 67", "a reader who moved is where he moved to"


async def test_a_filter_goes_on_with_what_comes_and_can_be_inverse() -> None:
    async with seat() as here:
        here.view.filter("!line [0-7]")
        assert here.view.filter_text == "!line [0-7]"
        await here.lines(0, 12)
        assert (await here.look())[:2] == ["line 8", "line 9"]
        await here.lines(80, 1)
        assert (await here.look())[:3] == ["line 8", "line 9", "line 80"]
        assert here.view.following
        here.view.filter("[")
        assert (await here.look())[0] == " no line of 13 passes &/[/"
        assert list(here.view.shown_lines()) == []
        assert len(list(here.view.all_lines())) == 13
        here.view.filter("line 8", inverse=True)
        assert here.view.filter_text == "!line 8"
        assert here.view.shown == 11


TRAINING = numbered(
    "INFO started", "WARNING slow disk", "ERROR cannot read", "Traceback (most recent call last):",
    '  File "x.py", line 3', "ValueError: no", "done", "[debug] bye", "E1124 10:00:00.000001 1 a.go:1] klog",
)  # fmt: skip


async def test_levels_and_the_lines_that_belong_to_them() -> None:
    async with seat(size=(40, 12)) as here:
        here.view.append(TRAINING)
        assert len(await here.look()) == 12
        here.view.min_level(Level.ERROR)
        assert (await here.look())[:5] == [*TRAINING.decode().split("\n")[2:6], TRAINING.decode().split("\n")[8]]
        here.view.min_level(Level.INFO)
        assert "[debug] bye" not in await here.look()
        assert here.view.filter_note == "≥info 8 of 9"
        here.view.min_level(None)
        assert here.view.level is None
        assert "[debug] bye" in await here.look()


async def test_lines_have_the_colours_of_their_levels() -> None:
    async with seat(size=(40, 12)) as here:
        here.view.append(TRAINING + b"\x1b[32mERROR in green\x1b[0m\n")
        await here.look()
        fronts = [here.glass.cells[y][2].front for y in range(10)]
        assert len({fronts[n] for n in (2, 3, 4, 5, 8)}) == 1, "an error, with its traceback"
        assert len({fronts[n] for n in (0, 1, 2, 7)}) == 4
        assert fronts[0] == fronts[6]
        assert fronts[9] != fronts[2], "its own colour is kept"


async def test_errors_are_gone_to_and_counted() -> None:
    async with seat() as here:
        assert here.view.error_note == ""
        await here.lines(0, 30)
        here.view.first_error()
        assert here.view.error_note == "no error"
        here.view.append(TRAINING)
        await here.lines(30, 30)
        here.view.append(b"FATAL end\n")
        await here.look()
        here.view.first_error()
        assert "ERROR cannot read" in await here.look()
        assert here.view.error_note == "error 1 of 3"
        here.view.next_error(1)
        assert "E1124 10:00:00.000001 1 a.go:1] klog" in await here.look()
        here.view.next_error(1)
        assert (await here.look())[-1] == "FATAL end"
        assert here.view.error_note == "error 3 of 3"
        here.view.next_error(1)
        here.view.next_error(-1)
        assert here.view.error_note == "error 3 of 3", "it goes round"
        here.view.filter("klog")
        assert here.view.error_note == "1 error"


async def test_repeated_lines_are_one_that_counts() -> None:
    async with seat() as here:
        here.view.append(numbered("a", "same", "same", "10:00:01 tick", "10:00:02 tick", "10:00:03 tick", "end"))
        assert await here.look() == ["a", "same (×2)", "10:00:03 tick (×3)", "end", "", ""]
        here.view.append(numbered("end", "end"))
        assert (await here.look())[3] == "end (×3)"
        assert list(here.view.shown_lines()) == ["a", "same (×2)", "10:00:03 tick (×3)", "end (×3)"]
        assert here.view.shown == 4
        here.view.fold = False
        assert (await here.look())[-1] == "end"
        assert here.view.shown == here.view.count == 9
        here.view.fold = True
        assert (await here.look())[3] == "end (×3)"


async def test_a_progress_bar_is_its_last_state_and_a_search_finds_the_others() -> None:
    async with seat() as here:
        here.view.append(numbered("begin", *(f"train: {n}%|##  | {n}/100 [00:01" for n in range(0, 100, 5)), "next"))
        assert (await here.look())[:3] == ["begin", "train: 95%|##  | 95/100 [00:01 (×20)", "next"]
        here.view.search("55/100")
        assert (await here.look())[1] == "train: 55%|##  | 55/100 [00:01 (×20)", "the state that was looked for"
        assert here.view.search_note == "/55/100 1 of 1"
        here.view.clear_search()
        assert (await here.look())[1] == "train: 95%|##  | 95/100 [00:01 (×20)"


async def test_filter_search_and_fold_together() -> None:
    async with seat() as here:
        here.view.append(numbered("nccl a", "nccl a", "other nccl", "nccl b", "none"))
        here.view.filter("!other")
        here.view.search("nccl")
        await here.look()
        assert here.view.search_note == "/nccl 3 of 3", "of what passes the filter, folded lines too"
        here.view.filter("b")
        assert (await here.look())[0] == "nccl b"
        assert here.view.search_note == "/nccl 1 of 1"
        here.view.filter("")
        await here.look()
        assert here.view.search_note == "/nccl 4 of 4"


async def test_sources_have_a_letter_and_can_be_chosen() -> None:
    async with seat() as here:
        here.view.append(numbered("from 0", "from 1", "again"), bytes((0, 1, 0)))
        here.view.divider("gap", 1)
        here.view.divider("all")
        here.view.sources = marks_of(["worker-0"])
        assert (await here.look())[0] == "from 0", "one source needs no column"
        here.view.sources = marks_of(["worker-0", "worker-1"])
        assert (await here.look())[:5] == ["A from 0", "B from 1", "A again", "B ── gap ──", "  ── all ──"]
        assert here.glass.cells[0][0].front != here.glass.cells[1][0].front
        assert here.glass.cells[0][0].front == here.glass.cells[2][0].front
        here.view.show_sources(frozenset({1}))
        assert (await here.look())[:4] == ["B from 1", "B ── gap ──", "  ── all ──", ""]
        assert next(here.view.all_lines()) == "[worker-0] from 0"
        here.view.show_sources(None)
        assert (await here.look())[0] == "A from 0"


async def test_highlights_have_colours_of_their_own() -> None:
    async with seat() as here:
        here.view.append(b"loss falls, acc rises, loss falls\n")
        here.view.toggle_highlight("loss")
        here.view.toggle_highlight("acc")
        await here.look()
        line = here.glass.cells[0]
        assert len({(cell.front, cell.back) for cell in (line[0], line[6], line[12])}) == 3
        assert line[0] == line[23]
        here.view.toggle_highlight("loss")
        await here.look()
        assert here.glass.cells[0][1].back == here.glass.cells[0][6].back
        assert [each.pattern for each in here.view.highlights] == ["acc"]


async def test_json_is_spread_over_rows_and_copied_as_it_came() -> None:
    async with seat(size=(40, 9)) as here:
        raw = '2026-01-02T10:14:03Z {"level":"info","step":{"n":12,"of":[1,2]},"e":{}}'
        here.view.append(numbered("before", raw, "after {not json"))
        lines = await here.look()
        here.view.pretty = True
        assert (await here.look())[-3:] == ['  "e": {}', "}", "after {not json"]
        assert (await here.press("g"))[:5] == ["before", "{", '  "level": "info",', '  "step": {', '    "n": 12,']
        assert '{"level":"info","step":{"n":12,"of":[1,2]},"e":{}}' in here.view.text_of_view()
        here.view.toggle_pretty(1)
        assert await here.look() == lines, "this one not"
        here.view.pretty = False
        here.view.toggle_pretty(1)
        await here.press("G")
        assert (await here.look())[-3:] == ['  "e": {}', "}", "after {not json"]


async def test_marks_stay_and_are_gone_to() -> None:
    async with seat() as here:
        await here.lines(0, 40)
        assert here.view.mark()
        assert (await here.look())[-1] == "» line 39"
        await here.press("g")
        assert here.view.mark()
        assert (await here.look())[0] == "» line 0"
        here.view.next_mark(1)
        assert "» line 39" in await here.look()
        here.view.filter("line 39")
        assert (await here.look())[0] == "» line 39"
        here.view.next_mark(1)
        here.view.filter("")
        assert here.view.marks == [0, 39]
        here.view.next_mark(1)
        assert here.view.current_line == 0, "it goes round"
        assert not here.view.mark()
        assert here.view.marks == [39]


async def test_it_says_what_was_dropped() -> None:
    async with seat(limit=20, size=(60, 6)) as here:
        await here.lines(0, 25)
        assert (await here.press("g"))[:2] == ["── 5 older lines dropped (limit 20) ──", "line 5"]
        here.view._buffer.most = 1 << 20
        for _ in range(12):
            here.view.append(b"x" * 200_000 + b"\n")
        assert re.fullmatch(r"── \d+ older lines dropped \(limit 1 MB\) ──", (await here.look())[0])
        here.view.filter("nothing")
        assert (await here.look())[0].startswith(" no line of")


@pytest.mark.parametrize(
    ("times", "width", "expected"),
    [
        ("time", 60, ["01-01 23:59:59 old", "10:14:03 new"]),
        ("time", 130, ["01-01 23:59:59.500 old", "10:14:03.123 new"]),
        ("full", 60, ["2026-01-01T23:59:59.5Z old", "2026-01-02T10:14:03.123456789Z new"]),
        ("age", 60, ["  10h old", "  56s new"]),
    ],
)
async def test_times(times: str, width: int, expected: list[str]) -> None:
    async with seat(size=(width, 4), clock=1767348900.0) as here:
        here.view.append(numbered("2026-01-01T23:59:59.5Z old", "2026-01-02T10:14:03.123456789Z new"))
        here.view.timestamps = times  # type: ignore[assignment]
        assert (await here.look())[:2] == expected


async def test_tabs_go_to_their_stops_and_escapes_do_not_reach_the_next_line() -> None:
    async with seat() as here:
        here.view.append(b"a\tb\n\x1b[31mred\x1b[0m\tb\n\x1b]8;;http://x\nnext\n\x9b2Jraw\x00\xff\n\x1b[3\n")
        lines = await here.look()
        assert lines[:2] == ["a       b", "red     b"]
        assert lines[3:5] == ["next", "raw\ufffd\ufffd"]
        assert lines[5] == ""


async def test_a_flood_is_sampled_and_nothing_is_lost() -> None:
    async with seat(limit=100_000) as here:
        assert not here.view.sampled
        await here.lines(0, 5)
        assert not here.view.sampled
        await here.lines(5, 500)
        assert not here.view.sampled, "what a stream begins with comes at once"
        await here.lines(505, 500)
        assert here.view.sampled
        assert here.view.rate > 100
        assert here.view.behind == 0
        await here.lines(1005, 1)
        assert not here.view.sampled
        assert here.view.count == 1006


async def test_a_long_filter_lets_keys_through() -> None:
    async with seat(limit=300_000) as here:
        here.view.fold = False
        here.view.append(b"".join(b"line %d of many\n" % n for n in range(200_000)))
        await here.look()
        here.view.filter("(1|2)(3|4)5 of m")
        assert here.view._scanning, "not all at once"
        assert "…" in here.view.filter_note
        await settle(here.pilot)
        await until(lambda: not here.view._scanning)
        assert (await here.look())[-1] == "line 199245 of many", "the newest are found first"
        assert here.view.filter_note == "&/(1|2)(3|4)5 of m/ 800 of 200,000"
