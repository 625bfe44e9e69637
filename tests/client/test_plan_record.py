"""The files that remember what a plan has done: locked, small, readable by their owner only, and never trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tui.client import plan_record
from tui.client.plan_record import MOST, SIZE, Claim, Records, fingerprint, has_secrets
from tui.core.errors import Problem
from tui.core.operation import Operation
from tui.core.secret import Secret
from tui.domain.plans.plan import Fill, Plan, Step

HERE = "https://management.azure.com"
TARGET = "/subscriptions/s/resourceGroups/g/providers/x/extensions/e"
BODY = {"properties": {"a": "b", "secret": Secret("hunter2"), "later": Fill("x")}}
FIRST, LAST = Step("first", "make it", "PUT", "/x"), Step("last", "put it", "PUT", TARGET, body=BODY)


def plan(target: str = TARGET, body: Any = BODY) -> Plan:
    return Plan("deploy", target, (FIRST, replace(LAST, body=body)))


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path, lambda: 7.0)


def claimed(records: Records, wish: Plan | None = None) -> Claim:
    claim = records.claim(wish or plan(), HERE)
    assert isinstance(claim, Claim)
    return claim


def test_what_was_sent_last_is_found_again(records: Records, tmp_path: Path) -> None:
    claim = claimed(records)
    assert claim.earlier is None
    claim.done(FIRST)
    assert claim.sending(LAST, "absent") is None
    claim.following(Operation(f"{HERE}{TARGET}", "PUT", f"{HERE}/op/1", message="secret hunter2", code="X"))
    assert records.unfinished() == [], "somebody runs it"
    claim.release()
    (record,) = records.unfinished()
    assert (record.verb, record.target, record.endpoint, record.began) == ("deploy", TARGET, HERE, 7.0)
    assert (record.done, record.step, record.before, record.is_last) == (("first",), "last", "absent", True)
    assert record.operation == Operation(f"{HERE}{TARGET}", "PUT", f"{HERE}/op/1")
    assert record.asked == Step("last", "put it", "PUT", TARGET, follows=True)
    again = claimed(records)
    assert again.earlier == record
    again.drop()
    again.release()
    assert records.unfinished() == []
    assert list(tmp_path.glob("plans/*")) == []


def test_the_file_is_small_private_and_holds_no_secret(records: Records, tmp_path: Path) -> None:
    claim = claimed(records)
    claim.sending(replace(LAST, command="az x"), "absent")
    long = Operation(f"{HERE}{TARGET}", "PUT", f"{HERE}/op/{'9' * 2 * SIZE}")
    claim.following(long)
    (path,) = tmp_path.glob("plans/*")
    data = path.read_bytes()
    assert len(data) == SIZE
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert b"hunter2" not in data
    claim.release()
    (record,) = records.unfinished()
    assert (record.step, record.operation) == ("last", None), "what is too long is left out, the resource still tells"


def test_nothing_was_sent_so_nothing_is_unfinished(records: Records) -> None:
    claimed(records).release()
    assert records.unfinished() == []


def test_of_two_at_once_the_second_is_busy(records: Records, tmp_path: Path) -> None:
    claim = claimed(records)
    for other in (records, Records(tmp_path, lambda: 8.0)):
        found = other.claim(plan(TARGET.upper()), HERE)
        assert isinstance(found, Problem)
        assert found.code == "Busy"
    elsewhere = claimed(records, plan(f"{TARGET}2"))
    elsewhere.release()
    claim.drop()
    busy = records.claim(plan(), HERE)
    assert isinstance(busy, Claim), "the file is gone: it has ended, though its owner still holds the lock"
    busy.release()
    claim.release()


def test_a_file_that_vanishes_between_opening_and_locking_is_made_anew(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last owner ended in that moment: a record in the unlinked file would be lost."""
    real, calls = plan_record._locked, list[Path]()

    def locked(path: Path, flags: int) -> int:
        descriptor = real(path, flags)
        if not calls:
            path.unlink()
        calls.append(path)
        return descriptor

    monkeypatch.setattr(plan_record, "_locked", locked)
    claim = claimed(records)
    claim.sending(LAST, "absent")
    claim.release()
    assert [record.step for record in records.unfinished()] == ["last"]


def test_another_wish_does_not_go_on_where_the_first_stopped(records: Records) -> None:
    claim = claimed(records)
    claim.sending(LAST, "absent")
    claim.release()
    for wish, endpoint in ((plan(body={"properties": {}}), HERE), (plan(), "https://elsewhere.example")):
        other = records.claim(wish, endpoint)
        assert isinstance(other, Claim)
        assert other.earlier is None
        other.sending(LAST, "absent")
        other.release()


def test_what_was_sent_is_not_forgotten_before_the_next_request(records: Records) -> None:
    claim = claimed(records)
    claim.sending(LAST, "absent")
    claim.release()
    again = claimed(records)
    again.done(FIRST)
    again.release()
    (record,) = records.unfinished()
    assert (record.step, record.done) == ("last", ("first",))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff\xfe", b'{"verb": 1}', b"null", b'{"verb":"deploy"}', b"x" * 99999]
)
def test_a_file_that_is_none_of_ours_is_left_alone_and_harms_nobody(
    records: Records, tmp_path: Path, data: bytes
) -> None:
    claimed(records).release()
    (path,) = tmp_path.glob("plans/*")
    path.write_bytes(data)
    assert records.unfinished() == []
    assert path.read_bytes() == data
    claim = claimed(records)
    assert claim.earlier is None
    claim.sending(LAST, "")
    claim.release()
    assert [record.step for record in records.unfinished()] == ["last"]


def test_a_link_is_not_followed(records: Records, tmp_path: Path) -> None:
    claim = claimed(records)
    claim.release()
    (path,) = tmp_path.glob("plans/*")
    path.unlink()
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path.symlink_to(victim)
    found = records.claim(plan(), HERE)
    assert isinstance(found, Problem)
    assert found.code == "State"
    assert (records.unfinished(), victim.read_text()) == ([], "mine")


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "plans").write_text("in the way")
    found = Records(tmp_path, lambda: 0.0).claim(plan(), HERE)
    assert isinstance(found, Problem)
    assert (found.code, "state_dir" in found.next) == ("State", True)


def test_old_ones_make_room_but_never_one_that_is_run(records: Records, tmp_path: Path) -> None:
    held = claimed(records, plan(f"{TARGET}-held"))
    held.sending(LAST, "")
    for number in range(MOST + 5):
        claim = claimed(records, plan(f"{TARGET}{number}"))
        claim.sending(LAST, "")
        claim.release()
    assert len(list(tmp_path.glob("plans/*"))) <= MOST + 1
    held.release()
    assert f"{TARGET}-held" in [record.target for record in records.unfinished()]


def test_going_on_with_what_has_ended_meanwhile(records: Records) -> None:
    claim = claimed(records)
    claim.sending(LAST, "")
    record = claim.record
    found = records.reclaim(record)
    assert isinstance(found, Problem)
    assert found.code == "Busy"
    claim.drop()
    claim.release()
    found = records.reclaim(record)
    assert isinstance(found, Problem)
    assert (found.code, records.unfinished()) == ("Gone", [])


def test_a_fingerprint_is_of_requests_and_not_of_their_secrets() -> None:
    assert fingerprint(plan()) == fingerprint(plan(TARGET.upper()))
    other = {"properties": {"a": "b", "secret": Secret("other"), "later": Fill("y")}}
    assert fingerprint(plan(body=other)) == fingerprint(plan())
    assert fingerprint(plan(body={"properties": {"a": "c"}})) != fingerprint(plan())
    assert fingerprint(replace(plan(), verb="update")) != fingerprint(plan())
    assert [has_secrets(body) for body in (BODY, {"a": [Secret("x")]}, {"a": Fill("x")}, None)] == [
        True, True, False, False,
    ]  # fmt: skip
