"""What one types into: filter, command line, confirmation, editor. By keyboard alone, and nothing blinks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import TextArea

from tests.terminal.glass import Glass
from tests.terminal.stage import Stage, plain_colours, press, settle, wire
from widgets.confirm import Confirm
from widgets.editor import Editor
from widgets.field import Field
from widgets.filter_bar import FilterBar
from widgets.help import HelpScreen
from widgets.page import Page
from widgets.prompt import PromptScreen


class Desk(Stage):
    """A page, a filter bar, an editor; screens are pushed over them."""

    BINDINGS = [Binding("escape", "leave")]

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []
        self.answers: list[Any] = []
        self.left = 0

    def compose(self) -> ComposeResult:
        yield Page()
        yield Editor()
        yield FilterBar(prompt="/")

    def ask(self, screen: Screen[Any]) -> None:
        self.push_screen(screen, self.answers.append)

    def action_leave(self) -> None:
        self.left += 1

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        self.heard.append(event)

    def on_filter_bar_closed(self, event: FilterBar.Closed) -> None:
        self.heard.append(event)
        self.query_one(Page).focus()

    def on_editor_changed(self, event: Editor.Changed) -> None:
        self.heard.append(event)


class Seat:
    def __init__(self, pilot: Pilot[int]) -> None:
        self.pilot, self.glass = pilot, Glass(*pilot.app.size)
        assert isinstance(pilot.app, Desk)
        self.app = pilot.app

    async def look(self, *keys: str) -> list[str]:
        await press(self.pilot, *keys)
        await settle(self.pilot)
        self.bytes = wire(self.app).take()
        return self.glass.feed(self.bytes).lines

    async def paste(self, text: str) -> list[str]:
        self.app.post_message(events.Paste(text))
        return await self.look()

    def texts(self) -> list[str]:
        return [message.text for message in self.app.heard if isinstance(message, FilterBar.Changed)]


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)


@asynccontextmanager
async def seat(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Seat]:
    async with Desk().run_test(size=size, headless=False) as pilot:
        here = Seat(pilot)
        await here.look()
        yield here


async def test_the_filter_tells_every_change_and_enter_keeps_it() -> None:
    async with seat() as here:
        bar = here.app.query_one(FilterBar)
        assert not bar.display
        bar.open("old")
        lines = await here.look("a", "b")
        assert any(line.startswith("/oldab") for line in lines)
        assert here.texts() == ["olda", "oldab"]
        bar.set_problem("no [such] pattern")
        assert any("no [such] pattern" in line for line in await here.look())
        await here.look("enter")
        assert not bar.display
        assert here.texts() == ["olda", "oldab"]
        assert isinstance(here.app.heard[-1], FilterBar.Closed)
        bar.open("")
        assert not any("such" in line for line in await here.look()), "the problem was of the old text"


async def test_escape_clears_the_filter() -> None:
    async with seat() as here:
        here.app.query_one(FilterBar).open("")
        await here.look("x", "escape")
        assert here.texts() == ["x", ""]
        assert not here.app.query_one(FilterBar).display
        assert here.app.left == 0, "and only that"


async def test_what_was_kept_can_be_recalled() -> None:
    async with seat() as here:
        bar = here.app.query_one(FilterBar)
        for text in ("one", "two", "one"):
            bar.open("")
            await here.look(*text, "enter")
        bar.open("")
        await here.look()
        field = bar.query_one(Field)
        seen = []
        for key in ("up", "up", "up", "down", "down"):
            await here.look(key)
            seen.append(field.value)
            assert field.cursor_position == len(field.value)
        assert seen == ["one", "two", "two", "one", ""]


async def test_what_is_pasted_is_inert() -> None:
    async with seat() as here:
        here.app.query_one(FilterBar).open("")
        await here.look()
        lines = await here.paste("a\x1b[31mb\tc\u202ed")
        assert any(line.startswith("/a\ufffd[31mb cd") for line in lines)


def words(typed: str) -> list[str]:
    return [word for word in ["pods", "pods azureml", "jobs", "[/x]", *(f"n{i}" for i in range(9))] if typed in word]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["p", "o", "tab", "enter"], "pods"),
        (["p", "o", "enter"], "po"),
        (["p", "o", "down", "down", "enter"], "pods azureml"),
        (["p", "o", "down", "enter"], "pods"),
        (["p", "o", "up", "enter"], "pods azureml"),
        (["n", *["down"] * 9, "enter"], "n8"),
        (["j", "down", "x", "enter"], "jx"),
        (["p", "escape"], None),
        (["x", "p", "left", "left", "right", "o", "enter"], "xop"),
        (["enter"], ""),
    ],
)
async def test_the_command_line(keys: list[str], answer: str | None) -> None:
    async with seat() as here:
        here.app.ask(PromptScreen(words))
        await here.look()
        await here.look(*keys)
        assert here.app.answers == [answer]


async def test_completions_stand_above_what_is_typed() -> None:
    async with seat((40, 10)) as here:
        here.app.ask(PromptScreen(words))
        await here.look()
        lines = await here.look("p")
        assert lines[-3:] == [" pods", " pods azureml", ":p"]
        lines = await here.look("backspace", "n", *["down"] * 8)
        assert lines[-2:] == [" n7", ":n"]
        assert lines[-7] == " n2"


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
@pytest.mark.parametrize("made", [lambda: PromptScreen(words), lambda: Confirm("?", ["line"]), lambda: HelpScreen([])])
async def test_what_lies_under_a_question_stays_in_sight(made: Callable[[], Screen[Any]], theme: str) -> None:
    class Opaque(Desk):
        CSS = "Screen { background: $background; color: $foreground; }"

    async with Opaque().run_test(size=(80, 24), headless=False) as pilot:
        pilot.app.theme = theme
        here = Seat(pilot)
        here.app.query_one(Page).show([[("what lies under it", None)]])
        await here.look()
        here.app.ask(made())
        assert (await here.look())[0] == "what lies under it"


async def test_a_question_is_answered_with_y_or_n() -> None:
    for key, answer in (("y", True), ("n", False), ("escape", False), ("q", False)):
        async with seat() as here:
            here.app.ask(Confirm("Delete [b]pod[/b]?", ["it [/x] restarts"], "kubectl delete pod x"))
            lines = "\n".join(await here.look())
            for text in ("Delete [b]pod[/b]?", "it [/x] restarts", "$ kubectl delete pod x", "y  yes", "n  no"):
                assert text in lines
            await here.look(key)
            assert here.app.answers == [answer]


async def test_what_cannot_be_undone_wants_its_name() -> None:
    async with seat() as here:
        here.app.ask(Confirm("Delete the extension?", ["all jobs end"], type_to_confirm="yn-q"))
        assert any("type yn-q to go on" in line for line in await here.look())
        await here.look("y")
        assert here.app.answers == []
        assert any("something else" in line for line in await here.look("enter"))
        here.app.set_focus(None)
        await here.look("y")
        assert here.app.answers == [], "a yes is not a name, wherever the keys go"
        here.app.screen.query_one(Field).focus()
        await here.look("n", "-", "q", "enter")
        assert here.app.answers == [True]


@pytest.mark.parametrize("word", ["", "name"])
async def test_a_long_question_scrolls_and_keeps_its_keys_in_sight(word: str) -> None:
    async with seat((60, 16)) as here:
        here.app.ask(Confirm("Apply?", [f"line {n}" for n in range(60)], "kubectl apply", type_to_confirm=word))
        sign = "type name" if word else "y  yes"
        lines = await here.look()
        assert any("line 3" in line for line in lines)
        assert any(sign in line for line in lines)
        lines = await here.look(*["pagedown"] * 20)
        assert any("$ kubectl apply" in line for line in lines)
        assert any(sign in line for line in lines)
        lines = await here.look(*["up"] * 3)
        assert not any("$ kubectl apply" in line for line in lines)


async def test_the_editor_tells_changes_and_shows_findings() -> None:
    async with seat() as here:
        editor = here.app.query_one(Editor)
        editor.text = "kind: InstanceType\n\tname: x\x1b[31m\n"
        editor.focus()
        await here.look("a", "tab")
        assert editor.text == "a kind: InstanceType\n  name: x\ufffd[31m\n"
        assert any(isinstance(message, Editor.Changed) and message.control is editor for message in here.app.heard)
        editor.set_findings([(n, 1, "bad", f"{n}:1 [/x] is wrong") for n in range(6)])
        lines = await here.look()
        assert [line.strip() for line in lines if "is wrong" in line] == [f"{n}:1 [/x] is wrong" for n in range(4)]
        assert any("and 2 more" in line for line in lines)
        editor.set_findings([])
        assert not any("is wrong" in line for line in await here.look())


async def test_escape_in_the_editor_is_the_screens() -> None:
    async with seat() as here:
        here.app.query_one(Editor).focus()
        await here.look("escape")
        assert here.app.left == 1
        assert isinstance(here.app.focused, TextArea)


async def test_what_is_pasted_into_the_editor_is_inert() -> None:
    async with seat() as here:
        editor = here.app.query_one(Editor)
        editor.focus()
        await here.paste("a:\r\n\tb\x1b[2J\n")
        assert editor.text == "a:\n  b\ufffd[2J"


@pytest.mark.parametrize("key", ["escape", "q", "question_mark", "f1", "enter"])
async def test_help_is_closed_by_any_of_its_keys(key: str) -> None:
    async with seat() as here:
        here.app.ask(HelpScreen([("this [screen]", [("ctrl+f", "a page [/] down"), ("世界", "wide")] * 9)]))
        lines = await here.look("j")
        assert any("ctrl+f" in line and "a page [/] down" in line for line in lines)
        await here.look(key)
        assert here.app.answers == [None]


async def test_help_uses_the_room_there_is() -> None:
    sections = [("keys", [(f"key{n}", f"does {n}") for n in range(12)])]
    for width, side_by_side in ((50, 1), (90, 2), (160, 4)):
        async with seat((width, 40)) as here:
            here.app.ask(HelpScreen(sections))
            lines = await here.look()
            assert max(line.count("does") for line in lines) == side_by_side
            assert not any("scroll" in line for line in lines)
    async with seat((50, 12)) as here:
        here.app.ask(HelpScreen(sections))
        assert any("j k scroll" in line for line in await here.look())
        assert any("does 11" in line for line in await here.look("G"))


OPENERS: list[Callable[[Desk], object]] = [
    lambda app: app.query_one(FilterBar).open("text"),
    lambda app: app.ask(PromptScreen(words)),
    lambda app: app.ask(Confirm("?", [], type_to_confirm="x")),
    lambda app: app.query_one(Editor).focus(),
]


@pytest.mark.parametrize("opener", OPENERS)
async def test_nothing_blinks(opener: Callable[[Desk], object]) -> None:
    async with seat() as here:
        opener(here.app)
        await here.look()
        assert here.app.focused is not None
        assert here.app.focused.cursor_blink is False  # type: ignore[attr-defined]
        timers = [timer for timer in here.app.focused._timers if timer._active.is_set()]
        assert not timers, "no timer runs while it waits for keys"
