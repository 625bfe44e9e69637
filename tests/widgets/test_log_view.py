"""The live log: follows until one scrolls, loses no place, finds, shows what a terminal would."""

from __future__ import annotations

import time

import pytest

from tests.terminal.glass import Glass
from tests.terminal.stage import press, settle, until, wire
from tests.widgets.logs import quick, seat


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)


async def test_it_follows_until_one_scrolls_up_and_counts_what_is_new() -> None:
    async with seat() as here:
        assert (await here.lines(0, 20)) == [f"line {n}" for n in range(14, 20)]
        assert (await here.press("k"))[0] == "line 13"
        assert not here.view.following
        assert (await here.lines(20, 5))[0] == "line 13"
        assert here.view.unseen == 5
        assert (await here.press("j"))[0] == "line 14"
        assert not here.view.following
        assert (await here.press("G")) == [f"line {n}" for n in range(19, 25)]
        assert here.view.following
        assert here.view.unseen == 0
        await here.press("pageup")
        assert here.view.following is False
        await here.press("pagedown")
        assert here.view.following, "reaching the end is following"


async def test_paused_it_stays_on_its_lines_while_old_ones_go() -> None:
    async with seat(limit=30) as here:
        await here.lines(0, 30)
        for _ in range(5):
            await press(here.pilot, "k")
        assert (await here.look())[0] == "line 19"
        assert (await here.lines(30, 10))[0] == "line 19"
        assert here.view.dropped == 10
        gone = ["── 25 older lines dropped (limit 30) ──", "line 25"]
        assert (await here.lines(40, 15))[:2] == gone, "its line is gone: the oldest there is"
        assert (await here.press("g"))[:2] == gone


async def test_the_end_costs_a_line_and_not_the_screen() -> None:
    async with seat(size=(80, 24)) as here:
        await here.lines(0, 50)
        here.view.append(b"line 50\n")
        await until(lambda: not here.view._due)
        await settle(here.pilot)
        assert len(wire(here.app).take()) < 120


async def test_a_progress_bar_shows_its_last_state_and_colours_are_kept() -> None:
    async with seat() as here:
        here.view.append(b"10%\r60%\r99%\n\x1b[31mred\x1b[0m \x1b[2Jplain\x1b]0;t\x07\n\xff\xfe bad \xe4\xb8\x96\n")
        lines = await here.look()
        assert lines[:3] == ["99%", "red plain", "\ufffd\ufffd bad 世"]
        red, other = here.glass.cells[1][0], here.glass.cells[1][4]
        assert red.front != other.front


async def test_a_megabyte_of_a_line_is_shown_and_can_be_walked_through() -> None:
    for letters in ("abcdefghij", "世界"):
        async with seat() as here:
            text = letters * (1024 * 1024 // len(letters.encode()))
            began = time.perf_counter()
            here.view.append(f"before\n{text}\nafter\n".encode())
            assert (await here.look())[:3] == [
                "before",
                "".join(letters * 20)[: 40 if letters.isascii() else 20],
                "after",
            ]
            here.view.wrap = True
            lines = await here.look()
            assert lines[-1] == "after"
            assert "bytes more" in "".join(lines[:-1])
            assert len(here.view._rows(1)) < 7000, "and only what one would walk through is cut into rows"
            lines = await here.press("k", "k", "k", "pageup")
            assert set(lines[0]) <= set(letters)
            assert (await here.press("g"))[0] == "before"
            assert time.perf_counter() - began < 5.0
            assert list(here.view.all_lines()) == ["before", text, "after"], "saved whole"


async def test_wrapped_lines_scroll_by_rows() -> None:
    async with seat(size=(10, 5)) as here:
        here.view.wrap = True
        here.view.append(b"0123456789abcdefghij0123456789ABCDEFGHIJ\nshort\n0123456789xyz\nend\n")
        assert (await here.look()) == ["ABCDEFGHIJ", "short", "0123456789", "xyz", "end"]
        assert (await here.press("k"))[0] == "0123456789"
        assert (await here.press("k", "k"))[0] == "0123456789"
        assert (await here.press("j"))[0] == "abcdefghij"
        assert (await here.press("w", "j", "j", "j"))[-1] == "end"
        assert here.view.following


async def test_sideways_is_as_far_as_lines_reach() -> None:
    async with seat(size=(20, 4)) as here:
        here.view.append(b"0123456789" * 4 + "\n世界世界世界世界世界世界\nshort\n".encode())
        await here.look()
        assert (await here.press("l"))[:3] == ["67890123456789012345", "世界世界", ""]
        assert (await here.press("right"))[:3] == ["23456789", "", ""]
        assert (await here.press("l", "l", "l"))[0] == "23456789", "the end is in sight: no further"
        assert (await here.press("h", "left", "h"))[0] == "0123456789" * 2


STAMPED = b"2026-01-02T10:14:03.123456789Z epoch 1\n2026-01-02T10:14:05Z epoch 2\nno stamp\n"


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("none", ["epoch 1", "epoch 2", "no stamp"]),
        ("time", ["10:14:03 epoch 1", "10:14:05 epoch 2", "no stamp"]),
        ("full", ["2026-01-02T10:14:03.123456789Z epoch 1", "2026-01-02T10:14:05Z epoch 2", "no stamp"]),
        ("age", ["  56s epoch 1", "  55s epoch 2", "no stamp"]),
    ],
)
async def test_timestamps(times: str, expected: list[str]) -> None:
    async with seat(size=(60, 4), clock=1767348900.0) as here:
        here.view.append(STAMPED)
        await here.look()
        here.view.timestamps = times  # type: ignore[assignment]
        assert (await here.look())[:3] == expected
        assert here.view.text_of_view().split("\n") == expected
        assert next(here.view.all_lines()) == "2026-01-02T10:14:03.123456789Z epoch 1"


async def test_ages_go_on_while_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seat(size=(60, 4), clock=1767348900.0) as here:
        here.view.append(STAMPED)
        here.view.timestamps = "age"
        await here.look()
        here.app.clock += 2
        await until(lambda: "58s" in here.view.text_of_view() and here.view._painted[0][1][0][0] == "  58s ")


async def test_search_goes_to_the_newest_match_and_round() -> None:
    async with seat() as here:
        await here.lines(0, 100)
        here.view.search("line 1")
        await here.look()
        found = here.glass.cells[here.glass.lines.index("line 19")]
        assert "".join(cell.text for cell in found if cell.back != found[-1].back) == "line 1"
        assert here.view.search_note == "/line 1 11 of 11"
        assert not here.view.following
        assert "line 19" in here.glass.lines
        here.view.next_match(-1)
        assert "line 18" in await here.look()
        for _ in range(2):
            here.view.next_match(1)
        assert "line 1" in await here.look()
        assert here.view.search_note == "/line 1 1 of 11"
        await here.lines(100, 1)
        assert here.view.search_note == "/line 1 1 of 12"
        assert here.view.clear_search()
        assert not here.view.clear_search()
        assert here.view.search_note == ""


async def test_matches_go_with_their_lines() -> None:
    async with seat(limit=30) as here:
        await here.lines(0, 30)
        here.view.search("line")
        assert here.view.search_note == "/line 30 of 30"
        await here.lines(30, 20)
        assert here.view.search_note == "/line 10 of 30"
        await here.lines(50, 20)
        assert here.view.search_note == "/line 30"


async def test_typing_a_search_looks_from_where_it_was_begun() -> None:
    async with seat() as here:
        await here.lines(0, 100)
        for text, found in (("l", 99), ("line 1", 19), ("line 1x", None), ("line", 99), ("line 90", 90)):
            here.view.search(text)
            await here.look()
            assert here.view._search is not None
            assert here.view._search.current == found
        here.view.search("nowhere")
        assert here.view.search_note == "/nowhere not found"


async def test_a_match_that_comes_later_does_not_take_the_reader_away() -> None:
    async with seat() as here:
        await here.lines(0, 10)
        here.view.search("line 15")
        assert here.view.following
        lines = await here.lines(10, 20)
        assert here.view.following
        assert lines[-1] == "line 29"
        assert here.view.search_note == "/line 15 1"


async def test_a_match_far_to_the_right_comes_into_sight() -> None:
    async with seat(size=(30, 4)) as here:
        here.view.append(b"x" * 500 + b"needle\n")
        here.view.search("needle")
        assert "needle" in (await here.look())[0]
        here.view.wrap = True
        here.view.next_match(1)
        assert any("needle" in line for line in await here.look())


async def test_a_long_search_lets_keys_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seat(limit=300_000) as here:
        here.view.append(b"".join(b"line %d of many\n" % n for n in range(200_000)))
        await here.look()
        here.view.search("(1|2)(3|4)5 of m")
        assert here.view._search is not None
        assert here.view._search.searched < 200_000, "not all at once"
        await press(here.pilot, "k")
        await until(lambda: here.view._search is not None and here.view._search.searched == 200_000)
        await here.look()
        assert here.view.search_note.endswith("of 800")


async def test_dividers_and_clearing() -> None:
    async with seat() as here:
        await here.lines(0, 2)
        here.view.divider("the container\x1b[31m restarted")
        await here.lines(2, 1)
        assert here.glass.lines[:4] == ["line 0", "line 1", "── the container\ufffd[31m restarted ──", "line 2"]
        assert here.view.count == 4
        here.view.set_message(["no log chosen"])
        here.view.clear()
        assert (await here.look())[0] == " no log chosen"
        assert (await here.lines(7, 1))[0] == "line 7"


async def test_a_resized_log_stays_at_its_end() -> None:
    async with seat() as here:
        await here.lines(0, 50)
        here.app._driver._size = (20, 9)
        await here.pilot.resize_terminal(20, 9)
        here.glass = Glass(20, 9)
        assert (await here.look()) == [f"line {n}" for n in range(41, 50)]
