"""A draft as text: read from what operators have at hand, written as az arguments or JSON that make it again.

Reads `--config k=v …` with `--config-protected k=v …`, bare `k=v`, a whole `az k8s-extension create …`, and JSON.
A protected value may be `@FILE`: the path is handed back, no file is read here. Protected values are never written:
`@FILE` stands for each. Owns the choice of the format; must not judge what it reads (`settings_rules`).
"""

from __future__ import annotations

from typing import Final

from tui.core.health import Health
from tui.domain.settings import arguments as settings_arguments
from tui.domain.settings import json_text as settings_json
from tui.domain.settings.arguments import arguments, to_az
from tui.domain.settings.gathered import PLACEHOLDER, Gathered, Imported
from tui.domain.settings.json_text import to_json

__all__ = ["PLACEHOLDER", "Imported", "arguments", "parse", "to_az", "to_json"]

_LONGEST: Final = 200_000
"""Characters; a command or a resource has some thousand."""


def parse(text: str) -> Imported:
    """The draft a text describes, with notes on what could not be used. Never raises."""
    got = Gathered()
    if len(text) > _LONGEST:
        got.note("text-long", Health.BAD, "too long to be settings", f"{len(text)} characters")
    elif text.lstrip()[:1] in ("{", "["):
        settings_json.read(got, text)
    else:
        settings_arguments.read(got, text)
    return got.imported()
