"""What the names of faults mean to the world: how it begins, and what goes wrong in it.

Pure. Owns the reading of the names. What they put on stage is made elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from tui.demo.arm.rights import NO_RELAY, OWNER, READER, Permission
from tui.demo.world.fate import FORCED

_INSTALLED: Final = frozenset({"update-fails", "updating"})
_BARE: Final = frozenset(
    {"not-installed", "installing", "install-failing", "install-failed", "leftovers", "no-device-plugin",
     "arc-connecting", "two-nodes"}
)  # fmt: skip
"""Without the extension, at least in the beginning."""
_PLUGINS: Final = frozenset({"foreign-device-plugin", "gpu-operator"})
_PLAYED: Final = frozenset({"installing", "install-failing"})
_RIGHTS: Final[Mapping[str, tuple[Permission, ...]]] = {"arm-reader": READER, "arm-no-relay": NO_RELAY}
_CONNECTIVITY: Final = {"arc-offline": "Offline", "arc-connecting": "Connecting", "arc-expired": "Expired"}
_SWITCHED_OFF: Final = {
    "foreign-volcano": "installVolcano", "foreign-prometheus": "installPromOp", "foreign-dcgm": "installDcgmExporter",
}  # fmt: skip
_UNREGISTERED: Final = (
    "Microsoft.Relay", "Microsoft.KubernetesConfiguration", "Microsoft.ExtendedLocation",
    "Microsoft.OperationalInsights",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scenario:
    """The names that are on."""

    names: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        return name in self.names

    @property
    def bare(self) -> bool:
        """The extension is not there at the beginning, or not yet."""
        failing = any(name.startswith("fail-") for name in self.names)
        return bool(self.names & _BARE) or (failing and not self.names & _INSTALLED)

    @property
    def played(self) -> bool:
        """An install goes on from the first moment."""
        return bool(self.names & _PLAYED)

    @property
    def left_over(self) -> bool:
        """An install was rolled back a while ago."""
        return "install-failed" in self.names

    @property
    def preview(self) -> bool:
        """The extension is one of the preview of 2021, and so are its jobs."""
        return "preview-jobs" in self.names

    @property
    def relay(self) -> bool:
        """The Relay namespace is there."""
        return not self.bare or self.played or self.left_over

    @property
    def plugin(self) -> bool:
        """Somebody's device plugin offers the GPUs of the nodes."""
        return "no-device-plugin" not in self.names or bool(self.names & _PLUGINS)

    @property
    def install(self) -> str:
        """How every install fails."""
        return self._named or ("install-failing" if "install-failing" in self.names else "")

    @property
    def update(self) -> str:
        """How every update fails."""
        return (self._named or "update-fails") if "update-fails" in self.names else ""

    @property
    def _named(self) -> str:
        return min((name for name in self.names if name in FORCED and name.startswith("fail-")), default="")

    @property
    def connectivity(self) -> str:
        """connectivityStatus of the cluster."""
        return next((word for name, word in _CONNECTIVITY.items() if name in self.names), "Connected")

    @property
    def offline(self) -> bool:
        """The agents hear of nothing."""
        return self.connectivity != "Connected"

    @property
    def region(self) -> str:
        """Where the cluster's resource is, when not where it should be."""
        return "brazilsouth" if "fail-region" in self.names else ""

    @property
    def rights(self) -> tuple[Permission, ...]:
        """What the caller may do in ARM."""
        return next((found for name, found in _RIGHTS.items() if name in self.names), OWNER)

    @property
    def unregistered(self) -> tuple[str, ...]:
        """Resource providers that the subscription has not registered."""
        return ("Microsoft.ServiceBus", *(_UNREGISTERED if "providers-unregistered" in self.names else ()))

    @property
    def settings(self) -> dict[str, str]:
        """What an extension that lives beside things of others was installed with."""
        return {key: "False" for name, key in _SWITCHED_OFF.items() if name in self.names}


def of_names(names: Collection[str]) -> Scenario:
    """The scenario of some fault names; those of the wire mean nothing here."""
    return Scenario(frozenset(names))
