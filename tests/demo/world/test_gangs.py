"""What the demo says of gangs is what a real Volcano says: `tests/contract` holds these sentences to the real one."""

from __future__ import annotations

from tests.contract.gangs import SAID, said
from tests.demo.world.stand import Stand
from tui.domain import event
from tui.domain.event import EventRow

OURS = ("volcano", "vc-controller-manager")


def _events(*, seconds: float) -> list[EventRow]:
    stand = Stand(1)
    stand.go(seconds)
    return [row for row in map(event.decode, stand.objects.list("events")) if row.source in OURS]


def test_every_sentence_of_volcano_is_a_real_one() -> None:
    found = {said(row) for row in _events(seconds=1)}
    assert found == SAID


def test_and_so_it_stays_as_jobs_come_and_go() -> None:
    assert {said(row) for row in _events(seconds=1500)} <= SAID
