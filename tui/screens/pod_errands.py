"""What can be done to a pod, for every screen whose cursor stands for one: a shell, a port, its deletion, its YAML and
its address in the studio on the clipboard.

Owns the questions, the records and the words. Which pod and container is the screen's to say; what needs which right is
`domain.rights`'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from textual.app import App

from tui.core.errors import Problem
from tui.domain import forward, studio
from tui.domain.forward import Ports
from tui.domain.job import main_container
from tui.domain.kinds import PODS
from tui.domain.pod import PodRow
from tui.screens.allowed import guarded
from tui.screens.deck import Deck
from tui.screens.document import DocumentScreen
from tui.screens.raw import yaml_of_object
from widgets.ask import AskScreen
from widgets.confirm import Confirm

if TYPE_CHECKING:
    from tui.client.audit import Audit
    from tui.client.kube import KubeClient

_CHANGES: Final = ("delete", "shell", "forward")
"""Actions that change something or open a door: a read-only session has none of them."""
_ON_RECORD: Final = "That it was opened goes on record, and how it ended; what is typed does not."
_NO_KUBE: Final = "no Kubernetes API to ask"


class AddressScreen(DocumentScreen):
    """One long line, folded so that all of it is seen."""

    def on_mount(self) -> None:
        super().on_mount()
        self.view.wrap = True


class PodErrands:
    """Actions of a screen. It says which pod is meant, by `pod_target`."""

    app: Any
    run_worker: Any
    notify: Any

    if TYPE_CHECKING:

        @property
        def deck(self) -> Deck:
            """The app."""

        def pod_target(self) -> tuple[str, str]:
            """Key of the pod and name of the container under the cursor; no container: the user's. No pod: empty."""

        def lacking(self, action: str) -> str:
            """What we may not do that an action would, in words."""

    def offers(self, action: str) -> bool:
        """Whether an action exists here: nothing that changes in a read-only session, no studio without a run."""
        if action in _CHANGES and self.deck.settings.read_only:
            return False
        return action != "studio" or bool(self._studio())

    def _pod(self) -> PodRow | None:
        row: PodRow | None = self.deck.store.get(PODS.name, self.pod_target()[0])
        return row

    def _say(self, text: str, severity: str = "information") -> None:
        self.notify(text, severity=severity, markup=False)

    def _clients(self) -> tuple[KubeClient, Audit] | None:
        session = self.deck.session
        if session is None or session.kube is None or session.audit is None:
            self._say(f"not done: {_NO_KUBE}", "error")
            return None
        return session.kube, session.audit

    # -- delete

    @guarded
    def action_delete(self) -> None:
        """Delete the pod, after a confirmation that says what follows."""
        row = self._pod()
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
        clients = self._clients()
        if clients is None:
            return
        failed = await clients[0].delete(PODS, key)
        if isinstance(failed, Problem):
            self._say(f"not deleted: {failed}", "error")
        else:
            self._say(f"deleting {key}; the table shows when it is gone")

    # -- shell

    @guarded
    def action_shell(self) -> None:
        """A shell in the container, on the whole terminal."""
        row, container = self._pod(), self.pod_target()[1]
        if row is None:
            return
        container = container or main_container(row)
        part = next((each for each in row.containers if each.name == container), None)
        if part is not None and part.state != "running":
            self._say(f"no shell: {container} does not run ({part.reason or part.state})", "warning")
            return
        self.run_worker(self._shell(row.key, container), group="shell", exclusive=True)

    async def _shell(self, key: str, container: str) -> None:
        from tui.client.audit import exec_command
        from tui.client.in_shell import SHELLS
        from tui.terminal.shell import begin

        clients = self._clients()
        if clients is None:
            return
        command = exec_command(clients[0].connection.context, key, container, begin(SHELLS[0]))
        lines = [f"In container {container}. It has the terminal; exit or ctrl+d leads back.", _ON_RECORD]
        if await self.app.push_screen_wait(Confirm(f"Open a shell in {key}?", lines, command)):
            await self._shell_on_record(clients[0], clients[1], key, container, command)

    async def _shell_on_record(self, kube: KubeClient, audit: Audit, key: str, container: str, command: str) -> None:
        from tui.terminal.shell import shell

        intent = audit.intent(kube.connection.context, "exec", "pods/exec", key, command, False)
        unwritten = audit.write(intent)
        if unwritten is not None:
            self._say(str(unwritten), "error")
            return
        try:
            ending = await shell(self.app, kube, key, container)
        except BaseException:
            audit.write(audit.ended(intent, False, "interrupted: arcdeck ended"))
            raise
        failed = isinstance(ending.how, Problem)
        audit.write(audit.ended(intent, not failed, ending.told))
        self._say(f"shell in {key} ended: {ending.told}", "warning" if failed else "information")

    # -- port-forward

    @guarded
    def action_forward(self) -> None:
        """Lead a port of this machine to a port of the pod."""
        key, container = self.pod_target()
        if key:
            self.run_worker(self._forward(key, container), group="forward", exclusive=True)

    async def _forward(self, key: str, container: str) -> None:
        ports = await self._ask_ports(key, container)
        clients = self._clients() if ports is not None else None
        if ports is None or clients is None:
            return
        from tui.client.audit import forward_command

        command = forward_command(clients[0].connection.context, key, ports.local, ports.remote)
        local = f"port {ports.local}" if ports.local else "a free port"
        lines = [
            f"From {local} of 127.0.0.1 to port {ports.remote}, for every program of this machine.",
            "It ends with arcdeck, or by hand (:forwards).",
        ]
        if await self.app.push_screen_wait(Confirm(f"Lead a port to {key}?", lines, command)):
            await self._open_forward(key, ports, command)

    async def _ask_ports(self, key: str, container: str) -> Ports | None:
        clients = self._clients()
        found = await clients[0].get(PODS, key) if clients is not None else None
        if found is None or isinstance(found, Problem):
            if found is not None:
                self._say(f"not opened: {found}", "error")
            return None
        named = forward.spec_ports(found, container)
        ask = AskScreen(
            "LOCAL:REMOTE", forward.proposed(named), judge=forward.judge,
            hints=["It names " + ", ".join(map(str, named)) if named else "It names no port.",
                   "Nothing or 0 before the colon takes a free local port."],
        )  # fmt: skip
        typed = await self.app.push_screen_wait(ask)
        ports = forward.parsed(typed) if typed is not None else None
        return ports if isinstance(ports, Ports) else None

    async def _open_forward(self, key: str, ports: Ports, command: str) -> None:
        session = self.deck.session
        forwards = session.forwards if session is not None else None
        opened = await forwards.open(key, ports, command) if forwards is not None else Problem(_NO_KUBE)
        if isinstance(opened, Problem):
            self._say(f"not opened: {opened}", "error")
        else:
            self._say(f"{opened.address} leads to port {opened.remote} of {key}; :forwards lists them")

    # -- clipboard

    @guarded
    def action_copy_yaml(self) -> None:
        """The YAML, secrets masked, to the terminal's clipboard."""
        key, _container = self.pod_target()
        if key:
            self.run_worker(self._copy_yaml(key), group="copy", exclusive=True)

    async def _copy_yaml(self, key: str) -> None:
        found = await yaml_of_object(self.deck, PODS.name, key)()
        if isinstance(found, Problem):
            self._say(f"not copied: {found}", "error")
            return
        app: App[Any] = self.app
        app.copy_to_clipboard("\n".join(found) + "\n")
        self._say(f"sent the YAML of {key} to the terminal's clipboard: {len(found)} lines, secrets masked")

    def labels(self) -> Mapping[str, str]:
        """Those that name the run."""
        row = self._pod()
        return row.labels if row is not None else {}

    def _studio(self) -> str:
        return studio.url(self.labels(), self.deck.settings.cloud)

    def action_studio(self) -> None:
        """The run's address in the studio, as text and on the clipboard; nothing is opened."""
        address = self._studio()
        if not address:
            return

        async def load() -> list[str] | Problem:
            return [address]

        self.app.copy_to_clipboard(address)
        self.app.push_screen(AddressScreen("studio", load))
        self._say("sent the address to the terminal's clipboard")
