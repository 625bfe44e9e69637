"""Pods of any namespace: status as kubectl prints it, why not healthy, logs, delete."""

from __future__ import annotations

from tui import keys
from tui.core.errors import Problem
from tui.core.health import Health
from tui.core.table import Tone
from tui.screens.allowed import guarded
from tui.screens.kind_screen import KindScreen
from tui.screens.pod import PodScreen
from tui.screens.standing import Words
from widgets.confirm import Confirm

AZUREML = "azureml"
"""The namespace of the extension."""


class PodsScreen(KindScreen):
    """The pods table. Opens on the namespace of the extension."""

    MODE = KIND = API_KIND = "pods"
    NAMESPACED = True
    WATCHES = ("pods",)
    WORDS = Words("pods", missing="this API serves no pods", off="no cluster to ask")
    BINDINGS = [*keys.ROW, *keys.LOGS_OF_ROW, keys.DELETE, *keys.NAMESPACES]
    HINTS = (*keys.ROW, *keys.LOGS_OF_ROW, keys.TABLE[1], keys.DELETE)

    def opening(self) -> None:
        chosen = self.deck.settings.namespace
        self.rows.narrow(namespace=AZUREML if chosen is None else chosen)

    def counts(self) -> list[tuple[str, Tone]]:
        rows = [row for key in self.rows.keys if (row := self.rows.row(key)) is not None]
        good = sum(row.health in (Health.GOOD, Health.OFF) for row in rows)
        return [(f"{good}/{len(rows)} healthy", Health.GOOD if good == len(rows) else Health.WARN)] if rows else []

    async def action_open(self) -> None:
        """Enter: the containers of the pod."""
        if self.current is not None:
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
        """Nothing that writes exists in read-only mode."""
        return not (action == "delete" and self.deck.settings.read_only)

    @guarded
    def action_delete(self) -> None:
        """Delete the pod, after a confirmation that says what follows."""
        row = self.current
        if row is None:
            return
        owner = f"its {row.owner_kind} {row.owner} will make another" if row.owner else "nothing will make it again"
        command = f"kubectl delete pod {row.name} -n {row.namespace}"
        lines = [f"{row.status} on {row.node or 'no node'}; {owner}."]
        self.app.push_screen(Confirm(f"Delete pod {row.name}?", lines, command), lambda yes: self._delete(row.key, yes))

    def _delete(self, key: str, confirmed: bool | None) -> None:
        if confirmed:
            self.run_worker(self._deleting(key), group="write", exclusive=False)

    async def _deleting(self, key: str) -> None:
        session = self.deck.session
        kube = session.kube if session is not None else None
        if kube is None:
            self.notify("not deleted: no Kubernetes API to ask", severity="error", markup=False)
            return
        from tui.domain.kinds import PODS

        failed = await kube.delete(PODS, key)
        if isinstance(failed, Problem):
            self.notify(f"not deleted: {failed}", severity="error", markup=False)
        else:
            self.notify(f"deleting {key}; the table shows when it is gone", markup=False)
