"""What an operator wants of the extension: name, release train, version, settings. Form and command line make it.

Owns the shape. Rules are `settings_rules`', requests are the plans'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tui.core.secret import Secret

DEFAULT_NAME: Final = "amlarc-compute"


class Draft(Struct, frozen=True):
    """The wish. Keys keep the case they were typed in; lookups ignore it."""

    name: str = DEFAULT_NAME
    train: str = "stable"
    auto_upgrade: bool = True
    version: str = ""
    """Pinned; only without auto_upgrade."""
    settings: Mapping[str, str] = {}
    """configurationSettings, only those that were given."""
    protected: Mapping[str, Secret] = {}
    """configurationProtectedSettings that were given."""

    def value(self, key: str) -> str | None:
        """What was given for a setting, case of the key ignored; None when nothing was."""
        return next((value for name, value in self.settings.items() if name.lower() == key.lower()), None)
