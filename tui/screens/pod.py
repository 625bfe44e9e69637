"""One pod: its containers, init first, each with its state and why; from here their logs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tui import keys
from tui.core.health import Health
from tui.core.store import Delta
from tui.core.table import Column, Tone
from tui.core.units import age
from tui.domain.container import Container
from tui.domain.pod import PodRow
from tui.domain.pod_health import container_health, container_why
from tui.screens.allowed import guarded, lacking, needs
from tui.screens.deck import Deck, deck_of
from tui.screens.document import DocumentScreen
from tui.screens.pod_errands import PodErrands
from tui.screens.raw import describe_object, yaml_of_object
from widgets.status_bar import KeyBar, StatusBar
from widgets.table import Table


def _health(part: Container) -> Tone:
    return container_health(part)


COLUMNS: tuple[Column[Container], ...] = (
    Column(
        "name",
        "CONTAINER",
        lambda c, _now: c.name,
        20,
        grow=2,
        most=60,
        cut="middle",
        tone=lambda _c: "strong",
    ),
    Column("role", "ROLE", lambda c, _now: c.role, 7, drop=4),
    Column("state", "STATE", lambda c, _now: c.reason or c.state, 10, grow=1, most=22, tone=_health),
    Column("ready", "READY", lambda c, _now: "yes" if c.ready else "no", 5, drop=3),
    Column("restarts", "RESTARTS", lambda c, _now: str(c.restarts), 8, right=True, drop=2),
    Column("up", "UP", lambda c, now: age(now - c.since) if c.since else "-", 6, right=True, ages=True, drop=2),
    Column("why", "WHY", lambda c, _now: container_why(c), 12, grow=3, tone=_health),
    Column("image", "IMAGE", lambda c, _now: c.image, 16, grow=2, cut="middle", drop=5, tone=lambda _c: "dim"),
)


class _Containers:
    """The containers of a pod as a table's model."""

    def __init__(self, deck: Deck, key: str) -> None:
        self._deck, self._key = deck, key

    @property
    def pod(self) -> PodRow | None:
        row: PodRow | None = self._deck.store.get("pods", self._key)
        return row

    @property
    def keys(self) -> list[str]:
        return [part.name for part in self.pod.containers] if self.pod else []

    def part(self, key: str) -> Container | None:
        """The container of a name."""
        return next((part for part in (self.pod.containers if self.pod else ()) if part.name == key), None)

    def cells(self, key: str, columns: Sequence[Column[Any]], now: float) -> list[tuple[str, Tone]]:
        part = self.part(key)
        if part is None:
            return [("", None)] * len(columns)
        return [(column.text(part, now), column.tone(part) if column.tone else None) for column in columns]


class PodScreen(Screen[None], PodErrands):
    """The containers of one pod."""

    BINDINGS = [*keys.ROW, *keys.LOGS_OF_ROW, keys.DELETE, *keys.POD, keys.COPY, keys.BACK]

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        yield Table(id="table")
        yield StatusBar(id="row")
        yield KeyBar(id="foot")

    def on_mount(self) -> None:
        deck = deck_of(self)
        self._model = _Containers(deck, self._key)
        self.table.show(self._model, COLUMNS, deck.now())
        self.table.focus()
        deck.changes.subscribe(self, self._news)
        self.set_interval(1.0, self._tick)
        self._head()
        self._foot()

    @property
    def deck(self) -> Deck:
        """The app."""
        return deck_of(self)

    def pod_target(self) -> tuple[str, str]:
        """The pod, and the container under the cursor."""
        return self._key, self.table.cursor_key or ""

    @property
    def table(self) -> Table:
        """The containers."""
        return self.query_one("#table", Table)

    def _news(self, delta: Delta) -> None:
        if self._key in delta.changed.get("pods", ()) or self._key in delta.gone.get("pods", ()):
            self.table.reorder()
            self.table.refresh_keys(self._model.keys)
            self._head()

    def _tick(self) -> None:
        self.table.tick(deck_of(self).now())
        self._foot()

    def _foot(self) -> None:
        """What works here and now. The rights of keys that it does not show are looked at, too."""
        known = [each for each in self.BINDINGS if isinstance(each, Binding)]
        usable = {each.action for each in known if self.offers(each.action) and not self.lacking(each.action)}
        shown = (*keys.LOGS_OF_ROW, *keys.ROW, *keys.POD, keys.BACK)
        self.query_one("#foot", KeyBar).show(keys.hints([each for each in shown if each.action in usable]))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing that changes anything exists in read-only mode."""
        return self.offers(action)

    def _head(self) -> None:
        pod, deck = self._model.pod, deck_of(self)
        left: list[tuple[str, Tone]] = [(f"POD {self._key}  ", "strong")]
        if pod is None:
            left.append((f"{deck.glyph(Health.OFF)} gone", Health.OFF))
        else:
            left.append((f"{deck.glyph(pod.health)} {pod.status} {pod.ready}/{pod.total}", pod.health))
        self.query_one("#head", StatusBar).show(left, [(pod.node if pod else "", "dim")])
        self._whole_row()

    @on(Table.Highlighted)
    def _whole_row(self) -> None:
        """The container under the cursor, its reason in full."""
        part = self._model.part(self.table.cursor_key or "")
        line: list[tuple[str, Tone]] = [(part.name, "strong"), (f"  {container_why(part)}", None)] if part else []
        self.query_one("#row", StatusBar).show(line)

    @on(Table.Selected)
    async def _selected(self) -> None:
        await self.run_action("logs")

    def lacking(self, action: str) -> str:
        """What we may not do that an action would, in words."""
        return lacking(deck_of(self), needs(action, "pods"), self._key.partition("/")[0])

    @guarded
    async def action_logs(self) -> None:
        if self.table.cursor_key:
            await deck_of(self).open_log(self._key, self.table.cursor_key)

    @guarded
    async def action_previous(self) -> None:
        if self.table.cursor_key:
            await deck_of(self).open_log(self._key, self.table.cursor_key, previous=True)

    @guarded
    def action_describe(self) -> None:
        load = describe_object(deck_of(self), "pods", self._key)
        self.app.push_screen(DocumentScreen(f"describe pods {self._key}", load))

    @guarded
    def action_yaml(self) -> None:
        load = yaml_of_object(deck_of(self), "pods", self._key)
        self.app.push_screen(DocumentScreen(f"yaml pods {self._key}", load))

    def action_copy(self) -> None:
        """The container's name to the terminal's clipboard."""
        name = self.table.cursor_key
        if name:
            self.app.copy_to_clipboard(name)
            self.notify(f"sent {name} to the terminal's clipboard", markup=False)

    def action_back(self) -> None:
        self.dismiss()
