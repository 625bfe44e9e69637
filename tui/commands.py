"""The `:` command line: what was typed, as a value; and its completion. Also the palette's entries.

    pods [NAMESPACE] [/FILTER]     a screen, perhaps narrowed
    ns NAME | ns all               the namespace of the pods and events screens
    sort COLUMN                    order the table
    theme dark|light|ansi          colours
    ctx NAME                       another kubeconfig context
    forwards                       the ports of this machine that lead to pods
    help, quit

Owns the words. Must not run anything: the app does.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from msgspec import Struct

_ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "overview": ("overview", "ov", "home", "pulse"),
    "extension": ("extension", "ext", "extensions"),
    "pods": ("pods", "po", "pod"),
    "types": ("types", "it", "instancetypes", "instancetype", "type"),
    "jobs": ("jobs", "job", "amljobs", "runs", "vcjobs"),
    "logs": ("logs", "log"),
    "nodes": ("nodes", "no", "node"),
    "events": ("events", "ev", "event"),
}
MODES: Final = {alias: mode for mode, aliases in _ALIASES.items() for alias in aliases}
VERBS: Final = ("ns", "sort", "theme", "ctx", "forwards", "help", "quit")
THEMES: Final = ("dark", "light", "ansi")
_NAMESPACED: Final = ("pods", "events", "jobs")


class Go(Struct, frozen=True):
    """Show a screen; `namespace` None leaves it as it is, empty means all."""

    mode: str
    namespace: str | None = None
    filter: str | None = None


class SetNamespace(Struct, frozen=True):
    namespace: str


class SortBy(Struct, frozen=True):
    column: str


class SetTheme(Struct, frozen=True):
    theme: str


class SwitchContext(Struct, frozen=True):
    context: str


class Forwards(Struct, frozen=True):
    pass


class Help(Struct, frozen=True):
    pass


class Quit(Struct, frozen=True):
    pass


class Unknown(Struct, frozen=True):
    """Not a command; `hint` says what comes near or what is missing."""

    typed: str
    hint: str


Command = Go | SetNamespace | SortBy | SetTheme | SwitchContext | Forwards | Help | Quit | Unknown


def parse(typed: str) -> Command:
    """The command that was typed, Unknown when it is none."""
    text, slash, query = typed.strip().partition("/")
    words = text.split()
    if not words:
        return Unknown(typed, "type a screen or a command; tab completes")
    word, rest = words[0].lower(), words[1:]
    if word in MODES:
        return _go(MODES[word], rest, query.strip() if slash else None)
    if word in ("forwards", "forward", "pf"):
        return Forwards()
    if word in ("help", "h"):
        return Help()
    if word in ("quit", "q", "q!", "exit"):
        return Quit()
    return _verb(typed, word, rest)


def _go(mode: str, rest: Sequence[str], query: str | None) -> Command:
    namespace = rest[0] if rest and mode in _NAMESPACED else None
    return Go(mode, "" if namespace == "all" else namespace, query)


def _verb(typed: str, word: str, rest: Sequence[str]) -> Command:
    if word in ("ns", "namespace"):
        return SetNamespace("" if rest[0] == "all" else rest[0]) if rest else Unknown(typed, "ns NAME, or ns all")
    if word == "sort":
        return SortBy(rest[0].lower()) if rest else Unknown(typed, "sort COLUMN")
    if word == "theme":
        good = rest and rest[0] in THEMES
        return SetTheme(rest[0]) if good else Unknown(typed, "theme dark, light or ansi")
    if word in ("ctx", "context"):
        return SwitchContext(rest[0]) if rest else Unknown(typed, "ctx NAME")
    near = get_close_matches(word, [*MODES, *VERBS], n=1)
    return Unknown(typed, f"no command {word}; did you mean {near[0]}?" if near else f"no command {word}")


class Words(Struct, frozen=True):
    """What arguments can complete to, right now."""

    namespaces: Sequence[str] = ()
    columns: Sequence[str] = ()
    contexts: Sequence[str] = ()


def complete(typed: str, words: Words) -> list[str]:
    """Whole lines that `typed` can become, best first."""
    head, space, last = typed.rpartition(" ")
    if not space:
        known = [*_ALIASES, *VERBS, *(alias for alias in MODES if alias not in _ALIASES)]
        return [word for word in known if word.startswith(last.lower())]
    return [f"{head} {word}" for word in _arguments(head.split()[:1], words) if word.startswith(last)]


def _arguments(verb: Sequence[str], words: Words) -> Sequence[str]:
    first = verb[0].lower() if verb else ""
    if first in ("ns", "namespace") or MODES.get(first) in _NAMESPACED:
        return ["all", *words.namespaces]
    if first == "sort":
        return words.columns
    if first == "theme":
        return THEMES
    return words.contexts if first in ("ctx", "context") else ()
