"""What a survey means for a draft: findings, each with its evidence, the setting that follows, and whether it blocks.

    GOOD      looked at and fine, or what is there will be used
    WARN      may be tried, and what may come of it
    BAD       nothing should be sent while it stands
    UNKNOWN   could not be seen, and why; with `implies` it is a question whose yes means that setting
    OFF       does not matter to this cluster or release

Pure: one file a concern, each with `find(survey, wish)`. What was not seen is never taken for absent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tui.core.health import Health
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.preflight import (
    agents,
    blobfuse,
    capacity,
    gpu,
    ingress,
    leftovers,
    link,
    permissions,
    present,
    prometheus,
    providers,
    relays,
    versions,
    volcano,
)
from tui.domain.preflight.providers import unregistered
from tui.domain.preflight.wish import wish_of
from tui.domain.surveys.survey import Survey

__all__ = ["findings", "implied", "questions", "unregistered"]

_RULES: Final = (
    link, versions, agents, providers, permissions, relays, present, capacity, gpu, blobfuse, volcano, prometheus,
    ingress, leftovers,
)  # fmt: skip


def findings(survey: Survey, draft: Draft) -> list[Note]:
    """Everything there is to say before the draft is sent: Azure's side first, then the cluster's."""
    wish = wish_of(survey, draft)
    return [note for rule in _RULES for note in rule.find(survey, wish)]


def implied(notes: Iterable[Note]) -> dict[str, str]:
    """Settings that follow from what was seen, to be merged into a draft. Answers to questions are not among them."""
    return {key: value for note in notes if note.health is not Health.UNKNOWN for key, value in note.implies.items()}


def questions(notes: Iterable[Note]) -> list[Note]:
    """What has to be asked: a yes means what the note implies."""
    return [note for note in notes if note.health is Health.UNKNOWN and note.implies]
