"""Logs on their way into a view: how they stand together, and how many there can be."""

from __future__ import annotations

from typing import Any

import pytest

from tui.client.log_group import MOST
from tui.client.logs import LogOptions
from tui.domain.log_target import LogPart
from tui.screens.log_feed import Feed, summed


class View:
    """What is told to a view."""

    def __init__(self) -> None:
        self.dividers: list[str] = []
        self.sources: list[Any] = []

    def divider(self, text: str, source: int | None = None) -> None:
        self.dividers.append(text)


def workers(count: int) -> list[LogPart]:
    return [LogPart(f"ns/pod-{number}", "main", "", f"worker-{number}") for number in range(count)]


def test_a_job_of_more_workers_than_can_be_told_apart_is_read_as_far_as_that_goes() -> None:
    view, said = View(), list[str]()
    feed = Feed(None, LogOptions(), view, said.append)  # type: ignore[arg-type]
    feed.add(workers(MOST - 1))
    assert view.dividers == []
    feed.add(workers(MOST + 44))
    feed.add(workers(MOST + 45))
    assert len(feed.parts) == len(view.sources) == MOST
    assert view.dividers == [f"{MOST} logs are read, 44 more are not"]


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["following"] * 3, "following"),
        (["ended: Completed, exit code 0"] * 2, "ended: Completed, exit code 0"),
        (["following", "ended: Error, exit code 1", "following"], "2 following, 1 ended"),
        (["broken: no route", "opening…", "denied: you may not get pods/log"], "1 opening, 1 broken, 1 denied"),
    ],
)
def test_many_streams_are_told_in_the_words_of_one_or_counted(states: list[str], told: str) -> None:
    assert summed(states) == told
