"""What will be in force if the draft is sent: what it says, else what the installed extension has, else the default.

Owns the era a draft is of, and when training or inference counts as wanted. Must not know any finding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tui.domain.extension import INSTALLED, PENDING
from tui.domain.plans.draft import Draft
from tui.domain.scheduling import Site, Toleration
from tui.domain.settings.catalogue import Era, find, is_true
from tui.domain.surveys.survey import Survey

_ERA_B: Final = re.compile(r"v?(0|1\.0)\.")
_SELECTOR: Final = "nodeselector."
TOLERATED: Final = (
    Toleration("ml.azure.com/amlarc", "true"),
    Toleration("ml.azure.com/amlarc-system", "true"),
)
"""What the components tolerate (since 1.1.16)."""


class Wish(Struct, frozen=True):
    """A draft against what is there."""

    draft: Draft
    live: Mapping[str, str]
    """Settings of the installed extension."""
    era: Era
    releases: frozenset[str]
    """Names under which Helm would know the extension's own objects."""

    def given(self, key: str) -> str | None:
        """What the draft says of a setting, or the installed extension; None when neither does."""
        for settings in (self.draft.settings, self.live):
            for name, value in settings.items():
                if name.lower() == key.lower():
                    return value
        return None

    def value(self, key: str) -> str:
        """What will be in force; empty where nothing is."""
        given = self.given(key)
        if given is not None:
            return given
        known = find(key)
        default = (known.default(self.era) if known else "") or ""
        return self.value(default) or "False" if default == "enableTraining" else default

    def on(self, key: str) -> bool:
        """Whether a switch will be on."""
        return is_true(self.value(key))

    def knows(self, key: str) -> bool:
        """Whether the release the draft asks for has the setting, or somebody set it all the same."""
        known = find(key)
        return self.given(key) is not None or (known is not None and known.default(self.era) is not None)

    @property
    def decided(self) -> bool:
        """Either of training and inference was set."""
        return self.given("enableTraining") is not None or self.given("enableInference") is not None

    @property
    def training(self) -> bool:
        """Training is wanted, or nothing is decided yet."""
        return self.on("enableTraining") or not self.decided

    @property
    def inference(self) -> bool:
        """Inference is wanted, or nothing is decided yet."""
        return self.on("enableInference") or not self.decided

    def grants(self, implies: Mapping[str, str]) -> bool:
        """What will be in force is what is implied, case ignored."""
        return all(self.value(key).strip().lower() == value.lower() for key, value in implies.items())

    @property
    def site(self) -> Site:
        """The nodes its components may use: selector and tolerations. A live one stays: no update removes it."""
        both = {**self.live, **self.draft.settings}
        chosen = {
            key[len(_SELECTOR) :].replace("\\.", "."): value
            for key, value in both.items()
            if key.lower().startswith(_SELECTOR)
        }
        return Site(chosen, TOLERATED)


def wish_of(survey: Survey, draft: Draft) -> Wish:
    """The wish of a draft on a surveyed cluster."""
    row = survey.extension
    era: Era = "B" if _ERA_B.match(draft.version + ".") else "C"
    if not draft.version and row is not None:
        era = row.era
    names = {draft.name} | ({row.name} if row else set())
    stands = row is not None and row.state in (INSTALLED, PENDING)
    return Wish(draft, row.settings if row and stands else {}, era, frozenset(names))
