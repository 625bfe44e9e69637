"""How often an event was seen, when last, and when it is forgotten."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.demo.world.bodies import Maker
from tui.demo.world.events import FORGOTTEN, About, Note, bodies
from tui.demo.world.names import Dice

POD = About("v1", "Pod", "azureml", "gateway-x", "uid-1", "spec.containers{gateway}")
MAKER = Maker(Dice(1), 0.0)


@settings(max_examples=60)
@given(st.integers(1, 300), st.integers(0, 3000), st.integers(0, 9000))
def test_an_event_that_is_seen_again_and_again(every: float, lasts: float, now: float) -> None:
    note = Note(POD, "BackOff", "again", 100.0, every=every, until=100.0 + lasts)
    sightings = [
        100.0 + n * every for n in range(int(lasts // every) + 2) if n * every <= lasts and 100.0 + n * every <= now
    ]
    assert note.known(now) is (bool(sightings) and now < sightings[-1] + FORGOTTEN)
    if note.known(now):
        assert note.count(now) == len(sightings)
        assert note.last(now) == sightings[-1]


@settings(max_examples=60)
@given(st.floats(0, 300), st.floats(0, 9000), st.sampled_from([900.0, float("inf")]))
def test_next_is_when_it_changes(every: float, now: float, until: float) -> None:
    note = Note(POD, "BackOff", "again", 100.0, every=every if every > 1 else 0.0, until=until)
    due = note.next(now)
    if note.known(now):
        assert due < float("inf")
    if due < float("inf"):
        before, after = (list(bodies(MAKER, [note], at)) for at in (now, due + 1e-6))
        assert before != after
        assert list(bodies(MAKER, [note], (now + due) / 2)) == before


@settings(max_examples=60)
@given(st.floats(1.0, 400.0), st.floats(1.6e9, 1.9e9), st.integers(0, 400))
def test_following_next_misses_no_sighting(every: float, first: float, count: int) -> None:
    """However the moments are rounded."""
    note = Note(POD, "BackOff", "again", first, every=every)
    now = first + count * every
    assert note.count(now) == count + 1
    for more in range(2, 6):
        now = note.next(now)
        assert note.count(now) == count + more


def test_a_single_sighting_of_the_older_form() -> None:
    [(resource, body)] = bodies(MAKER, [Note(POD, "Started", "up", 100.0, host="cpu-1")], 150.0)
    assert resource == "events"
    assert body["count"] == 1
    assert body["firstTimestamp"] == body["lastTimestamp"] == "1970-01-01T00:01:40Z"
    assert body["eventTime"] is None
    assert body["source"] == {"component": "kubelet", "host": "cpu-1"}
    assert body["involvedObject"]["fieldPath"] == "spec.containers{gateway}"


def test_the_newer_form() -> None:
    note = Note(POD, "FailedScheduling", "no room", 100.0, True, "default-scheduler", every=30, newer=True)
    [(_resource, body)] = bodies(MAKER, [note], 170.0)
    assert body["eventTime"] == "1970-01-01T00:01:40.000000Z"
    assert body["series"] == {"count": 3, "lastObservedTime": "1970-01-01T00:02:40.000000Z"}
    assert (body["firstTimestamp"], body["lastTimestamp"]) == (None, None)
    assert "count" not in body


def test_events_of_cluster_scoped_objects_lie_in_default() -> None:
    node = About("v1", "Node", "", "cpu-1", "cpu-1")
    [(_resource, body)] = bodies(MAKER, [Note(node, "NodeNotReady", "gone", 10.0)], 20.0)
    assert body["metadata"]["namespace"] == "default"
