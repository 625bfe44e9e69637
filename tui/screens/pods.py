"""Pods of any namespace: status as kubectl prints it, why not healthy, logs, and what can be done to one."""

from __future__ import annotations

from tui import keys
from tui.core.health import Health
from tui.core.table import Tone
from tui.screens.allowed import guarded
from tui.screens.kind_screen import KindScreen
from tui.screens.pod_errands import PodErrands
from tui.screens.standing import Words

AZUREML = "azureml"
"""The namespace of the extension."""


class PodsScreen(KindScreen, PodErrands):
    """The pods table. Opens on the namespace of the extension."""

    MODE = KIND = API_KIND = "pods"
    NAMESPACED = True
    WATCHES = ("pods",)
    WORDS = Words("pods", missing="this API serves no pods", off="no cluster to ask")
    BINDINGS = [*keys.ROW, *keys.LOGS_OF_ROW, keys.DELETE, *keys.POD, *keys.NAMESPACES]
    HINTS = (*keys.ROW, *keys.LOGS_OF_ROW, *keys.POD, keys.TABLE[1], keys.DELETE)

    def opening(self) -> None:
        chosen = self.deck.settings.namespace
        self.rows.narrow(namespace=AZUREML if chosen is None else chosen)

    def counts(self) -> list[tuple[str, Tone]]:
        rows = [row for key in self.rows.keys if (row := self.rows.row(key)) is not None]
        good = sum(row.health in (Health.GOOD, Health.OFF) for row in rows)
        return [(f"{good}/{len(rows)} healthy", Health.GOOD if good == len(rows) else Health.WARN)] if rows else []

    def pod_target(self) -> tuple[str, str]:
        """The pod under the cursor, its user's container."""
        return (self.current.key if self.current is not None else ""), ""

    async def action_open(self) -> None:
        """Enter: the containers of the pod."""
        if self.current is not None:
            from tui.screens.pod import PodScreen

            self.app.push_screen(PodScreen(self.current.key))

    @guarded
    async def action_logs(self) -> None:
        if self.current is not None:
            await self.deck.open_log(self.current.key)

    @guarded
    async def action_previous(self) -> None:
        if self.current is not None:
            await self.deck.open_log(self.current.key, previous=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing that changes anything exists in read-only mode."""
        return self.offers(action)
