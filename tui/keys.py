"""Every binding of arcdeck, as data: id, keys, action, words.

Owns which key does what. Each binding has an id, so the config file's `[keys]` table can move it
(`"row.logs" = "L"`); one id means the same thing on every screen. Must not know what an action does.
"""

from __future__ import annotations

from textual.binding import Binding


def _b(id_: str, key: str, action: str, description: str, *, show: bool = False, tip: str = "") -> Binding:
    return Binding(key, action, description, show=show, id=id_, tooltip=tip or description)


SCREENS: tuple[tuple[str, str, str], ...] = (
    ("1", "overview", "overview"),
    ("2", "extension", "ext"),
    ("3", "pods", "pods"),
    ("4", "types", "types"),
    ("5", "jobs", "jobs"),
    ("6", "logs", "logs"),
    ("7", "nodes", "nodes"),
    ("8", "events", "events"),
)
"""Key, mode and the word the footer shows for each top-level screen."""

DECK: tuple[Binding, ...] = (
    *(_b(f"screen.{mode}", key, f"deck_mode('{mode}')", word) for key, mode, word in SCREENS),
    _b("deck.command", "colon", "command", "command", tip="Type a command: a screen, a namespace, a theme"),
    _b("deck.help", "question_mark,f1", "help", "help"),
    _b("deck.redraw", "ctrl+l", "redraw", "redraw the screen"),
    Binding("ctrl+c,ctrl+q", "quit", "quit", show=False, id="deck.quit", priority=True),
)
"""Work on every screen."""

BACK = _b("deck.back", "escape,q", "back", "back", tip="Back to where you came from, on the same row")

COPY = _b("row.copy", "c", "copy", "copy the name")

TABLE: tuple[Binding, ...] = (
    _b("table.open", "enter", "open", "open", show=True),
    _b("table.filter", "slash", "filter", "filter", tip="Text, !inverse, a|pattern, -l label=value, -f fuzzy"),
    _b("table.faults", "ctrl+z", "faults", "only what is wrong"),
    _b("table.sort_next", "greater_than_sign", "sort_by(1)", "sort by the next column"),
    _b("table.sort_previous", "less_than_sign", "sort_by(-1)", "sort by the column before"),
    _b("table.reverse", "R", "reverse", "reverse the order"),
    _b("table.sort_age", "A", "sort_column('age')", "sort by age"),
    _b("table.sort_name", "N", "sort_column('name')", "sort by name"),
    _b("table.sort_trouble", "T", "sort_column('')", "sort by trouble"),
    COPY,
)
"""Work on every screen that is one table."""

ROW: tuple[Binding, ...] = (
    _b("row.describe", "d", "describe", "describe", show=True),
    _b("row.yaml", "y", "yaml", "yaml", show=True),
)
LOGS_OF_ROW: tuple[Binding, ...] = (
    _b("row.logs", "l", "logs", "logs", show=True),
    _b("row.previous", "p", "previous", "previous logs"),
)
DELETE = _b("row.delete", "ctrl+d", "delete", "delete")
STUDIO = _b("pod.studio", "U", "studio", "studio address", tip="Studio address of the run, shown and copied")
POD: tuple[Binding, ...] = (
    _b("pod.shell", "x", "shell", "shell", show=True, tip="Shell in the container, on the whole terminal"),
    _b("pod.forward", "F", "forward", "forward", tip="Forward a port of this machine to one of the pod"),
    _b("row.copy_yaml", "C", "copy_yaml", "copy the YAML", tip="YAML to the clipboard, secrets masked"),
    STUDIO,
)
"""Work wherever the cursor stands for a pod."""
FORWARDS: tuple[Binding, ...] = (
    _b("forward.stop", "ctrl+d", "stop", "stop", show=True, tip="Stop leading this port, close what is open"),
    _b("forward.copy", "c", "copy", "copy", show=True, tip="Copy the local address"),
)
NAMESPACES: tuple[Binding, ...] = (
    _b("table.all_namespaces", "0", "all_namespaces", "all namespaces"),
    _b("table.namespace", "n", "next_namespace", "next namespace"),
)

FOLD = _b("job.fold", "space,plus", "fold", "unfold", show=True, tip="The parts of a sweep or pipeline, the containers")
"""Works on the jobs table and in the tree of one job."""
WHY = _b("job.why", "w", "why", "why", show=True, tip="Why it waits, on the whole screen")

OVERVIEW: tuple[Binding, ...] = (
    _b("pane.next", "tab", "pane(1)", "next pane", show=True),
    _b("pane.previous", "shift+tab", "pane(-1)", "pane before"),
    _b("pane.open", "enter", "open", "open", show=True),
    _b("pane.enlarge", "z", "enlarge", "enlarge", show=True),
)

TEXT: tuple[Binding, ...] = (
    _b("text.search", "slash", "search", "search", show=True),
    _b("text.next", "n", "match(1)", "next match"),
    _b("text.previous", "N", "match(-1)", "match before"),
    _b("text.wrap", "w", "wrap", "wrap", show=True),
    _b("text.save", "ctrl+s", "save", "save to a file"),
    _b("text.copy", "c", "copy", "copy what is shown"),
)
"""Work on every screen of lines: describe, YAML, logs."""

REFRESH = _b("text.refresh", "r", "refresh", "refresh", show=True)
DOCUMENT: tuple[Binding, ...] = (REFRESH,)
"""Work on describe and YAML."""

LOG: tuple[Binding, ...] = (
    _b("log.follow", "f", "follow", "follow", show=True),
    _b("log.container", "o", "container", "choose", show=True, tip="A container, a worker, all of them, a file"),
    _b("log.together", "a", "together", "all", show=True, tip="All workers of the job or containers, or one again"),
    _b(
        "log.filter",
        "ampersand",
        "filter",
        "filter",
        show=True,
        tip="Only lines with a text or pattern; !text: without it",
    ),
    _b("log.level", "v", "level", "level", show=True, tip="Only lines that bad: all, info, warning, error"),
    _b("log.error", "e", "error(1)", "error", show=True, tip="To the first error or traceback, then the next"),
    _b("log.error_before", "E", "error(-1)", "error before"),
    _b("log.time", "t", "time", "time", show=True, tip="Timestamps: none, local, full, age"),
    _b("log.previous", "p", "previous", "previous", show=True, tip="The log before the last restart"),
    _b("log.since", "s", "since", "since", show=True, tip="How far back: tail, 1m, 5m, 15m, 1h, all"),
    _b("log.fold", "z", "fold", "fold", tip="Repeated lines and progress bars as one, or each"),
    _b("log.pretty", "J", "pretty", "pretty JSON", tip="JSON lines over several rows"),
    _b("log.highlight", "H", "highlight", "highlight", tip="Colour a text or pattern, or take its colour away"),
    _b("log.mark", "m", "mark", "mark", tip="Mark the line at the top; while following, draw a line"),
    _b("log.next_mark", "apostrophe", "next_mark(1)", "next mark"),
    _b("log.mark_before", "quotation_mark", "next_mark(-1)", "mark before"),
)

SIGN_IN: tuple[Binding, ...] = (
    _b("signin.copy", "c", "copy", "copy the code"),
    _b("signin.back", "escape,q", "back", "close"),
)

EDITOR: tuple[Binding, ...] = (
    Binding("ctrl+s", "plan", "plan", show=True, id="editor.plan", tooltip="What would change, then apply"),
    Binding("escape", "discard", "discard", show=True, id="editor.discard", tooltip="Leave without applying"),
)
TYPES: tuple[Binding, ...] = (
    _b("type.edit", "e", "edit", "edit", show=True),
    _b("type.new", "a", "add", "new"),
)
EXTENSION: tuple[Binding, ...] = (
    _b("extension.preflight", "f", "preflight", "preflight", show=True, tip="What an install would meet here"),
    _b("extension.settings", "e", "settings", "settings", show=True, tip="Install it, or change its settings"),
    _b("extension.progress", "w", "progress", "progress", show=True, tip="Watch what goes on"),
    _b("extension.delete", "ctrl+d", "delete", "delete", tip="Delete the extension, after a plan and its name typed"),
    _b(
        "extension.force_delete",
        "ctrl+k",
        "force_delete",
        "force delete",
        tip="Force the delete: ARM forgets it, the cluster keeps it",
    ),
)
PREFLIGHT: tuple[Binding, ...] = (
    _b("preflight.settings", "e", "settings", "settings", show=True, tip="The settings, with what follows set"),
    _b(
        "preflight.answer",
        "y",
        "answer",
        "yes",
        show=True,
        tip="Answer what could not be seen with yes, or take it back",
    ),
    _b("preflight.again", "r", "refresh", "look again", show=True),
)
SETTINGS: tuple[Binding, ...] = (
    _b("setting.change", "enter", "open", "change", show=True),
    _b("setting.unset", "delete,backspace", "unset", "unset", show=True, tip="Back to what it was"),
    _b("setting.new", "a", "add", "add", show=True, tip="Another key than those of the catalogue"),
    _b("setting.only_set", "ctrl+z", "faults", "only those that differ"),
    _b("setting.import", "i", "import", "import", show=True, tip="Paste az arguments or JSON, or name a @FILE"),
    _b("setting.export", "x", "export", "export", show=True, tip="As az arguments and as JSON"),
    _b("setting.plan", "ctrl+s", "plan", "plan", show=True, tip="What would be sent"),
)
PLAN: tuple[Binding, ...] = (
    _b("plan.run", "y", "run", "run it", show=True),
    _b("plan.leave", "n,escape,q", "leave", "leave", show=True),
    _b("plan.bodies", "b", "bodies", "bodies", show=True, tip="What each request carries, secrets masked"),
)
PROGRESS: tuple[Binding, ...] = (
    _b("progress.log", "l", "logs", "log", show=True, tip="The log of the pod in most trouble"),
    _b("progress.settings", "e", "settings", "settings", show=True, tip="The settings, with what the cause implies"),
    REFRESH,
)


HELP = ("?", "help")
"""What the foot of a screen over the others says of the keys that it does not show."""


def hints(bindings: list[Binding] | tuple[Binding, ...]) -> list[tuple[str, str]]:
    """The footer's pairs of key and word for those that ask to be shown."""
    return [(name(b.key), b.description) for b in bindings if b.show]


_NAMES = {
    "slash": "/", "colon": ":", "question_mark": "?", "escape": "esc", "greater_than_sign": ">",
    "less_than_sign": "<", "backslash": "\\", "space": "space", "circumflex_accent": "^",
    "ampersand": "&", "apostrophe": "'", "quotation_mark": '"', "plus": "+",
}  # fmt: skip


def name(key: str) -> str:
    """How a key is written for people: the first of its alternatives, `/` and not `slash`."""
    first = key.split(",")[0]
    return _NAMES.get(first, first)


def catalogue() -> dict[str, Binding]:
    """Every binding by id: what the config file's `[keys]` may name."""
    groups = (
        DECK,
        (BACK, DELETE, FOLD, WHY),
        TABLE,
        ROW,
        LOGS_OF_ROW,
        POD,
        FORWARDS,
        NAMESPACES,
        OVERVIEW,
        TEXT,
        DOCUMENT,
        LOG,
        SIGN_IN,
        EDITOR,
        TYPES,
        EXTENSION,
        PREFLIGHT,
        SETTINGS,
        PLAN,
        PROGRESS,
    )
    return {b.id: b for group in (*groups, _in_widgets()) for b in group if b.id}


def _in_widgets() -> list[Binding]:
    """Moving, answering, typing: the bindings that widgets bring along."""
    from widgets.ask import AskScreen
    from widgets.confirm import Confirm
    from widgets.filter_bar import FilterBar
    from widgets.help import HelpScreen
    from widgets.line_view import LineView
    from widgets.prompt import PromptScreen
    from widgets.table import Table

    owners = (Table, LineView, FilterBar, PromptScreen, Confirm, HelpScreen, AskScreen)
    return [binding for owner in owners for binding in owner.BINDINGS if isinstance(binding, Binding)]
