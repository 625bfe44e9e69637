"""Memory of large answers goes back to the system, after a list of several pages and then only."""

from __future__ import annotations

import ctypes
import sys

import pytest

from tests.client.api import line, page, thing
from tests.client.test_reflector import Script, listed, run, watched
from tui.client import heap, reflector


async def test_it_is_given_back_after_a_list_of_several_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    monkeypatch.setattr(reflector, "give_back", lambda: given.append(1))
    await run(Script(listed("x"), watched(line("ADDED", thing("y", version=8)))), lambda mirror: "a/y" in mirror.rows)
    assert given == []
    several = Script(lambda _request: page([thing("x")], 7, "more"), lambda _request: page([thing("y")], 7))
    await run(several, lambda _mirror: len(several.asked) == 3)
    assert given == [1]


def test_the_c_library_is_asked_where_it_can_and_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Library:
        malloc_trim = asked.append

    for platform, library, count in (("linux", Library, 1), ("darwin", Library, 0), ("linux", object, 0)):
        asked.clear()
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setattr(ctypes, "CDLL", lambda _name, made=library: made())
        heap._trim.cache_clear()
        heap.give_back()
        assert len(asked) == count
    heap._trim.cache_clear()
