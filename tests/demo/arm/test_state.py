"""Resources by id, the life of operations, and who is told of writes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.arm.cloud import ARC, EXT, SUB, WORKSPACE, Clock, extension, fill
from tui.demo.arm import state as arm_state
from tui.demo.arm.operations import Event
from tui.demo.arm.state import ArmState


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(clock: Clock) -> ArmState:
    made = ArmState(clock, lasts=100.0)
    fill(made)
    made.put(extension())
    return made


def provisioning(state: ArmState, resource_id: str = EXT) -> str:
    resource = state.get(resource_id)
    assert resource is not None
    return str(resource["properties"]["provisioningState"])


def event(state: ArmState, operation_id: str) -> Event:
    return Event("create", EXT, "microsoft.kubernetesconfiguration/extensions", state.get(EXT) or {}, operation_id)


def test_ids_compare_in_any_case_and_keep_theirs(state: ArmState) -> None:
    found = state.get(EXT.upper() + "/")
    assert found is not None
    assert found["id"] == EXT
    assert [r["name"] for r in state.under(ARC.lower(), "MICROSOFT.KubernetesConfiguration/Extensions")] == [
        found["name"]
    ]


def test_under_does_not_take_a_longer_name_for_a_child(state: ArmState) -> None:
    state.put({"id": ARC + "2", "properties": {}})
    assert ARC + "2" not in [r["id"] for r in state.under(ARC)]


def test_removing_a_resource_takes_what_is_upon_it(state: ArmState) -> None:
    assert state.remove(ARC.upper()) is not None
    assert state.get(EXT) is None
    assert state.remove(ARC) is None


def test_subscriptions_and_groups_exist_by_what_is_in_them(state: ArmState) -> None:
    assert state.exists(f"/subscriptions/{SUB.upper()}/resourcegroups/ML-EDGE")
    assert not state.exists(f"/subscriptions/{SUB}/resourceGroups/ml")


def test_an_operation_ends_by_itself_when_nobody_plays_it(state: ArmState, clock: Clock) -> None:
    made = state.begin(EXT, "update")
    assert provisioning(state) == "Updating"
    clock.now += 99
    assert provisioning(state) == "Updating"
    clock.now += 1
    assert provisioning(state) == "Succeeded"
    found = state.operation(made.id.upper())
    assert found is not None
    assert (found.status, found.done) == ("Succeeded", True)


def test_a_subscriber_ends_it_and_the_error_stays_at_the_resource(state: ArmState, clock: Clock) -> None:
    told: list[Event] = []
    state.subscribe(told.append)
    made = state.begin(EXT, "create")
    state.announce(event(state, made.id))
    clock.now += 10_000
    assert provisioning(state) == "Creating"
    error = {"code": "ExtensionOperationFailed", "message": "timed out waiting for the condition"}
    state.finish(made.id, "Failed", error)
    state.finish(made.id, "Succeeded")  # the first end counts
    assert provisioning(state) == "Failed"
    assert (state.get(EXT) or {})["properties"]["errorInfo"] == error
    assert [e.operation_id for e in told] == [made.id]
    state.begin(EXT, "update")
    assert "errorInfo" not in (state.get(EXT) or {})["properties"]


def test_what_was_begun_before_the_subscriber_came_is_its_own(state: ArmState, clock: Clock) -> None:
    state.begin(EXT, "create")
    state.subscribe(lambda event: None)
    clock.now += 10_000
    assert provisioning(state) == "Creating"


def test_a_subscriber_can_decline(state: ArmState, clock: Clock) -> None:
    state.subscribe(lambda event: False)
    made = state.begin(EXT, "create")
    state.announce(event(state, made.id))
    clock.now += 100
    assert provisioning(state) == "Succeeded"


def test_a_new_operation_cancels_the_one_that_runs(state: ArmState, clock: Clock) -> None:
    first = state.begin(EXT, "create")
    second = state.begin(EXT, "delete")
    assert state.running(EXT) is second
    assert first.status == "Canceled"
    clock.now += 100
    assert state.get(EXT) is None


def test_an_end_after_the_resource_is_gone_is_no_error(state: ArmState) -> None:
    made = state.begin(EXT, "update")
    state.remove(EXT)
    state.finish(made.id, "Succeeded")
    assert state.get(EXT) is None


def test_an_attach_that_cannot_work_fails_by_itself(state: ArmState, clock: Clock) -> None:
    path = f"{WORKSPACE}/computes/edge"

    def blame(change: Any) -> tuple[str, Any]:
        state.begin(path, "create")
        change()
        clock.now += 100
        errors = (state.get(path) or {})["properties"].get("provisioningErrors")
        return provisioning(state, path), errors and errors[0]["error"]["code"]

    assert blame(lambda: None) == ("Succeeded", None)
    assert blame(lambda: state.edit(EXT, lambda e: e["properties"].update(provisioningState="Creating"))) == (
        "Failed",
        "InternalServerError",
    )
    assert blame(lambda: state.remove(EXT)) == ("Failed", "ExtensionNotInstalled")
    assert blame(lambda: state.remove(ARC)) == ("Failed", "ClusterNotFound")


def test_old_operations_are_forgotten_running_ones_are_not(state: ArmState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arm_state, "REMEMBERED", 2)
    running = state.begin(f"{WORKSPACE}/computes/edge", "update")
    made = [state.begin(EXT, "update").id for _ in range(5)]
    assert [state.operation(key) is not None for key in made] == [False, False, True, True, True]
    assert state.operation(running.id) is running


def test_runs_repeat_themselves(clock: Clock) -> None:
    ids = []
    for _ in range(2):
        made = ArmState(clock)
        fill(made)
        ids.append(made.begin(ARC, "update").id)
    assert ids[0] == ids[1]


def test_registration_takes_a_while(state: ArmState, clock: Clock) -> None:
    assert state.registration(SUB, "Microsoft.Relay") == "Registered"
    state.register(SUB, "microsoft.relay", "NotRegistered")
    assert state.registration(SUB.upper(), "Microsoft.Relay") == "NotRegistered"
    state.register(SUB, "Microsoft.Relay")
    assert state.registration(SUB, "Microsoft.Relay") == "Registering"
    clock.now += 25
    assert state.registration(SUB, "Microsoft.Relay") == "Registered"
