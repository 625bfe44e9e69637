"""Training jobs: one row a job, whatever objects it is made of; sweeps and pipelines under their run; its log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui import keys
from tui.core.health import Health
from tui.core.store import Delta
from tui.core.table import Tone
from tui.core.units import age
from tui.domain.columns_kube import ordinal
from tui.domain.job import QUEUED, JobRow, order
from tui.screens.allowed import guarded
from tui.screens.document import DocumentScreen
from tui.screens.job_rows import JobRows
from tui.screens.kind_screen import KindScreen, whole
from tui.screens.pod_errands import PodErrands
from tui.screens.raw import describe_object, yaml_of_object
from tui.screens.standing import Words
from widgets.status_bar import KeyBar, StatusBar


class JobsScreen(KindScreen, PodErrands):
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
    BINDINGS = [keys.FOLD, *keys.ROW, *keys.LOGS_OF_ROW, keys.STUDIO, *keys.NAMESPACES]
    HINTS = (keys.TABLE[0], keys.FOLD, *keys.ROW, *keys.LOGS_OF_ROW, keys.TABLE[1])

    rows: JobRows

    def ready(self) -> None:
        self.rows = JobRows(self.deck.store.rows(self.KIND), self.deck.glyph)
        self.table.show(self.rows, self.rows.columns, self.deck.now())
        self.table.focus()
        self._headline()

    def renew(self, delta: Delta | None) -> None:
        here = self.table.cursor_key
        super().renew(delta)
        self.table.refresh_keys(self.rows.touched)
        if here is not None and here not in self.rows.keys and (home := self.rows.home(here)):
            self.table.move_to(home)

    def counts(self) -> list[tuple[str, Tone]]:
        return job_counts(self.rows.jobs())

    def tell_row(self) -> None:
        row = self.current
        line = whole(row.name, row, self.deck.glyph) if row is not None else []
        more = aside(row, self.deck.now()) if row is not None else ""
        self.query_one("#row", StatusBar).show([*line, (f"  {more}", "dim")])
        self.query_one("#foot", KeyBar).show(self.hints(), self.modes())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Folding is for runs and their parts; only a job that names its workspace has an address."""
        if action == "studio":
            return self.offers(action)
        return action != "fold" or bool(self.rows.home(self.table.cursor_key or ""))

    def action_fold(self) -> None:
        """Show or hide the parts of the run under the cursor, or of the one that it is a part of."""
        home = self.rows.fold(self.table.cursor_key or "")
        if home:
            self.table.move_to(home)
            self.table.reorder()
            self._headline()

    def show_row(self, row: Any) -> None:
        self.rows.unfold(row.key)
        super().show_row(row)

    async def action_open(self) -> None:
        """Enter: the parts of a run, else all that a job is made of."""
        row = self.current
        if row is None:
            return
        if self.rows.family(row.key) is not None:
            self.action_fold()
            return
        from tui.screens.job import JobScreen

        self.app.push_screen(JobScreen(row.key))

    @guarded
    async def action_logs(self) -> None:
        await self._log(previous=False)

    @guarded
    async def action_previous(self) -> None:
        await self._log(previous=True)

    async def _log(self, *, previous: bool) -> None:
        row = self._spoken()
        if row is None:
            return
        if not row.pods:
            self.notify(f"{row.name} has no pod yet: {row.why}", markup=False)
            return
        pod = worst_pod(row)
        together = len(row.pods) > 1 and not previous
        await self.deck.open_log("" if together else pod.key, pod.container, job=row.key, previous=previous)

    def _spoken(self) -> JobRow | None:
        """The job whose log is meant: of a run, the part in most trouble that has one."""
        row: JobRow | None = self.current
        family = self.rows.family(row.key) if row is not None else None
        if row is None or row.pods or family is None:
            return row
        return min((each for each in family.children if each.pods), key=order, default=row)

    def labels(self) -> Mapping[str, str]:
        row = self._spoken()
        return row.labels if row is not None else {}

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


def aside(row: JobRow, now: float) -> str:
    """What columns have no room for: `2nd of queue default, for 41m; 2 retries`."""
    waited = row.elapsed(now) if row.state == QUEUED else None
    since = f"{'for' if row.place else 'waits for'} {age(waited)}" if waited is not None else ""
    place = f"{ordinal(row.place)} of queue {row.queue}" if row.place else ""
    tries = [f"{count} {one if count == 1 else many}" for count, one, many in (
        (row.retries, "retry", "retries"), (row.restarts, "restart", "restarts")) if count]  # fmt: skip
    return "; ".join(filter(None, (", ".join(filter(None, (place, since))), ", ".join(tries))))


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
