"""The `:` command line: words in, values out."""

import pytest

from tui import commands
from tui.commands import Go, Help, Quit, SetNamespace, SetTheme, SortBy, SwitchContext, Unknown, Words


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("pods", Go("pods")),
        ("po azureml", Go("pods", "azureml")),
        ("po all", Go("pods", "")),
        ("pods azureml /crash", Go("pods", "azureml", "crash")),
        ("pods /crash|oom", Go("pods", None, "crash|oom")),
        (" PO ", Go("pods")),
        ("nodes gpu", Go("nodes")),
        ("it", Go("types")),
        ("ns all", SetNamespace("")),
        ("ns ml-vision", SetNamespace("ml-vision")),
        ("sort RESTARTS", SortBy("restarts")),
        ("theme light", SetTheme("light")),
        ("ctx prod", SwitchContext("prod")),
        ("?", Unknown("?", "no command ?")),
        ("help", Help()),
        ("q", Quit()),
        ("pdos", Unknown("pdos", "no command pdos; did you mean pods?")),
        ("theme pink", Unknown("theme pink", "theme dark, light or ansi")),
        ("ns", Unknown("ns", "ns NAME, or ns all")),
    ],
)
def test_parse(typed: str, command: commands.Command) -> None:
    assert commands.parse(typed) == command


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("po", "pods"),
        ("th", "theme"),
        ("theme l", "theme light"),
        ("ns az", "ns azureml"),
        ("sort re", "sort restarts"),
    ],
)
def test_complete(typed: str, first: str) -> None:
    words = Words(namespaces=["azureml", "default"], columns=["name", "restarts"])
    assert commands.complete(typed, words)[0] == first


def test_every_completion_of_a_screen_parses() -> None:
    for word in commands.complete("", Words()):
        assert not isinstance(commands.parse(word), Unknown) or word in commands.VERBS
