"""Training jobs: one row a job, whatever objects it is made of; why it waits or failed; its log."""

from __future__ import annotations

from typing import Any

from tui import keys
from tui.core.health import Health
from tui.core.table import Tone
from tui.screens.allowed import guarded
from tui.screens.document import DocumentScreen
from tui.screens.kind_screen import KindScreen
from tui.screens.raw import describe_object, yaml_of_object
from tui.screens.standing import Words


class JobsScreen(KindScreen):
    """The jobs table."""

    MODE = KIND = "jobs"
    NAMESPACED = True
    WATCHES = ("jobs",)
    WORDS = Words(
        "jobs",
        missing="no training jobs here",
        missing_next="jobs need the extension with enableTraining=True",
        off="no cluster to ask",
    )
    BINDINGS = [*keys.ROW, *keys.LOGS_OF_ROW, *keys.NAMESPACES]
    HINTS = (*keys.ROW, *keys.LOGS_OF_ROW, keys.TABLE[1])

    def counts(self) -> list[tuple[str, Tone]]:
        rows = [row for key in self.rows.keys if (row := self.rows.row(key)) is not None]
        return job_counts(rows)

    async def action_open(self) -> None:
        """Enter: the log of the job's first pod, or what is known of it while there is none to read."""
        row = self.current
        if row is not None and row.pods and not self.lacking("logs"):
            await self._log(previous=False)
        else:
            self.action_describe()

    @guarded
    async def action_logs(self) -> None:
        await self._log(previous=False)

    @guarded
    async def action_previous(self) -> None:
        await self._log(previous=True)

    async def _log(self, *, previous: bool) -> None:
        row = self.current
        if row is None:
            return
        if not row.pods:
            self.notify(f"{row.name} has no pod yet: {row.why}", markup=False)
            return
        pod = worst_pod(row)
        await self.deck.open_log(pod.key, pod.container, previous=previous)

    def object_kind(self) -> str:
        target = _object_of(self.current)
        return target[0] if target is not None else ""

    @guarded
    def action_describe(self) -> None:
        target = _object_of(self.current)
        if target is not None:
            load = describe_object(self.deck, *target)
            self.app.push_screen(DocumentScreen(f"describe {target[0]} {target[1]}", load))

    @guarded
    def action_yaml(self) -> None:
        target = _object_of(self.current)
        if target is not None:
            load = yaml_of_object(self.deck, *target)
            self.app.push_screen(DocumentScreen(f"yaml {target[0]} {target[1]}", load))


def job_counts(rows: list[Any]) -> list[tuple[str, Tone]]:
    """`1 failed · 1 waiting · 3 running`: the figures of some jobs."""
    failed = sum(row.state == "Failed" for row in rows)
    waiting = sum(row.state in ("Queued", "Starting") for row in rows)
    running = sum(row.state == "Running" for row in rows)
    parts: list[tuple[str, Tone]] = []
    for count, word, tone in (
        (failed, "failed", Health.BAD),
        (waiting, "waiting", Health.BUSY),
        (running, "running", None),
    ):
        if count:
            parts.append((f"{count} {word}", tone))
    return parts or ([(f"{len(rows)} ended", "dim")] if rows else [])


def worst_pod(row: Any) -> Any:
    """The pod of a job to look at first: in most trouble, named by the job's reason, the first worker among equals."""
    return max(row.pods, key=lambda pod: (int(pod.health), pod.name in row.why, -row.pods.index(pod)))


def _object_of(row: Any | None) -> tuple[str, str] | None:
    """The object that stands for a job: its AmlJob, else its Volcano Job, else its first pod."""
    if row is None:
        return None
    for kind, key in (("amljobs", row.aml_job), ("vcjobs", row.vc_job)):
        if key:
            return kind, key
    return ("pods", row.pods[0].key) if row.pods else None
