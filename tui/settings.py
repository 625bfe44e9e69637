"""What the operator set: defaults < config file < environment < arguments.

Owns names, defaults and meaning of every setting. Reads no file and no environment: `tui.cli` does.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

CLOUDS = ("AzureCloud", "AzureUSGovernment", "AzureChinaCloud")


class Demo(Struct, frozen=True):
    """How to reach a simulated cloud: what `arcdeck demo --serve` prints."""

    kubeconfig: str
    """Path of its kubeconfig file."""
    arm: str
    """Its ARM endpoint, `https://127.0.0.1:port`."""
    ca: str
    """Path of the PEM file with the CA of both servers."""
    token: str
    """The bearer token ARM accepts."""
    cluster_id: str
    """ARM id of its connected cluster."""
    workspace_ids: tuple[str, ...] = ()
    began: float = 0.0
    """When it began, by this machine's clock (seconds since 1970)."""
    start: float = 0.0
    """What its own clock said then."""
    speed: float = 1.0
    """Seconds that pass there while one passes here; 0: its time stands still."""


class Settings(Struct, frozen=True):
    """Everything a run depends on. Frozen: a change makes a new one."""

    kubeconfig: str | None = None
    """Paths joined by the system's path separator; None: KUBECONFIG, else ~/.kube/config, else in-cluster."""
    context: str | None = None
    """None: the kubeconfig's current context."""
    namespace: str | None = None
    """The namespace the Pods screen opens on; None: `azureml`; empty: all."""
    cluster_id: str | None = None
    """ARM id of the connected (or managed) cluster; None: found from the cluster itself."""
    extension: str | None = None
    """Name of the extension resource; None: the one whose type is microsoft.azureml.kubernetes."""
    workspace_id: str | None = None
    """ARM id of a workspace to look for attached computes in; None: every workspace of the subscription."""
    cloud: str = "AzureCloud"
    """One of CLOUDS."""
    sign_in: str = "auto"
    """auto, cli, device, managed, environment, workload, or none (no ARM at all)."""
    tenant: str | None = None
    read_only: bool = False
    """Refuse every write, below the screens too."""
    theme: str = "dark"
    """dark, light or ansi; NO_COLOR forces ansi without colours."""
    ascii: bool = False
    """ASCII instead of the glyphs, for poor terminals."""
    keys: dict[str, str] = {}
    """Binding id → keys, replacing the built-in ones."""
    log_lines: int = 100_000
    """How many lines a log view keeps."""
    log_tail: int = 1000
    """How many lines it asks for at first."""
    flush: float = 0.1
    """Seconds between two updates of the screen; 0.5 over SSH."""
    arm_poll: float = 30.0
    """Seconds between two looks at ARM while nothing is in progress; 5 while something is."""
    state_dir: Path | None = None
    """Where operations, logs and the audit file live; None: the platform's state directory."""
    mouse: bool = True
    diff: bool = True
    """Send only changed cells to the terminal."""
    demo: Demo | None = None
    """Set when the target is a simulated cloud."""
