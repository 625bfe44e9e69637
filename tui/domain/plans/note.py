"""One thing that was found out before something is written: what, the evidence, what follows from it.

The shape only; rules that make notes are their own modules (`preflight`, `settings_rules`, `plan_*`).
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tui.core.health import Health


class Note(Struct, frozen=True):
    """GOOD: checked and fine. WARN: may be tried. BAD: blocks. UNKNOWN: the API cannot prove it, so it is asked."""

    code: str
    """Stable word for scripts: `provider-unregistered`, `device-plugin-present`."""
    health: Health
    what: str
    """One short sentence."""
    evidence: str = ""
    """Object and field that say so: `DaemonSet kube-system/nvidia-device-plugin-daemonset`."""
    remedy: str = ""
    """The next thing to do, empty when nothing is."""
    implies: Mapping[str, str] = {}
    """Settings that follow from it."""
    command: str = ""
    """A command that mends it, where one does."""

    @property
    def blocks(self) -> bool:
        """Nothing should be sent while it stands."""
        return self.health is Health.BAD
