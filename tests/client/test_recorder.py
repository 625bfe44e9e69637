"""Recordings as files: bounded, private, torn, full disks, and read again after a restart."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.domain.build import NOW, Box, ended, pod_row, running, waiting
from tests.domain.findings.cases import event_row
from tui.client.recorder import KEEP, Recorder, read_recording, recording_path, recordings
from tui.core.errors import Problem
from tui.domain.progress.recording import Began, Recording, Standing

TARGET = "/subscriptions/s1/resourceGroups/rg/x/extensions/amlarc-compute"
BEGAN = Began("deploy", TARGET, NOW, "ctx", "0.1")
CRASHED = pod_row(Box("gateway", waiting("CrashLoopBackOff"), restarts=3, last=ended(1, "Error", message="no route")))


def clock() -> float:
    return NOW + 100


async def opened(directory: Path, began: Began = BEGAN, **more: Any) -> Recorder:
    return await Recorder.open(directory, began, clock, **more)


def read(path: Path) -> Recording:
    found = read_recording(path)
    assert isinstance(found, Recording), found
    return found


async def until(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not fact():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_vanished_pod_is_known_after_a_restart(tmp_path: Path) -> None:
    first = await opened(tmp_path)
    first.note(first.tape.pods([CRASHED], NOW + 1))
    await first.flush()
    second = await opened(tmp_path)
    assert second.path == first.path
    second.note(second.tape.pods([], NOW + 2))
    second.finish()
    await second.flush()
    for found in (second.tape.recording(), read(second.path)):
        (pod,) = found.vanished
        assert (pod.row.why, pod.gone, pod.row.component) == ("exit 1: no route", NOW + 2, "gateway")
        assert (found.began, found.ended) == (BEGAN, NOW + 100)


async def test_what_was_recorded_before_a_restart_is_not_recorded_again(tmp_path: Path) -> None:
    first = await opened(tmp_path)
    first.note(first.tape.pods([CRASHED], NOW + 1))
    first.note(first.tape.operation(Standing("Creating"), NOW))
    await first.flush()
    size = first.path.stat().st_size
    second = await opened(tmp_path)
    second.note(second.tape.pods([CRASHED], NOW + 5))
    second.note(second.tape.operation(Standing("Creating"), NOW + 5))
    await second.flush()
    assert first.path.stat().st_size == size


async def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state"
    recorder = await opened(state)
    await recorder.flush()
    assert stat.S_IMODE(recorder.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(recorder.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


async def test_it_does_not_write_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep me")
    told: list[Problem] = []
    path = recording_path(tmp_path, BEGAN)
    path.parent.mkdir()
    path.symlink_to(target)
    recorder = await opened(tmp_path, tell=told.append)
    await recorder.flush()
    assert target.read_text() == "keep me"
    assert len(told) == 1
    assert isinstance(read_recording(path), Problem)


async def test_run_writes_in_batches_and_the_rest_when_it_is_cancelled(tmp_path: Path) -> None:
    recorder = await opened(tmp_path, every=0.01)
    task = asyncio.create_task(recorder.run())
    recorder.note(recorder.tape.pods([CRASHED], NOW + 1))
    await until(lambda: recorder.path.exists() and len(read(recorder.path).pods) == 1)
    recorder.note(recorder.tape.log("gateway", ["the last words"], NOW + 2))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert read(recorder.path).logs == {"gateway": ["the last words"]}


async def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    recorder = await opened(tmp_path)
    recorder.note(recorder.tape.log("gateway", ["one"], NOW))
    await recorder.flush()
    with recorder.path.open("ab") as file:
        file.write(b'{"at":1,"what":"pod","val')
    again = await opened(tmp_path)
    again.note(again.tape.log("gateway", ["two"], NOW))
    await again.flush()
    found = read(recorder.path)
    assert found.logs == {"gateway": ["one", "two"]}
    assert found.remarks == ("1 lines of it cannot be read",)


class Disk:
    """A disk that is full, or full after some bytes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, self.takes, self._write = True, 0, os.write
        monkeypatch.setattr("tui.client.recorder.os.write", self.write)

    def write(self, descriptor: int, data: bytes) -> int:
        if not self.full:
            return self._write(descriptor, data)
        if not self.takes:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken, self.takes = self.takes, 0
        return self._write(descriptor, data[:taken])


async def test_a_full_disk_is_told_once_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, told = Disk(monkeypatch), list[Problem]()
    recorder = await opened(tmp_path, tell=told.append)
    for number in range(3):
        recorder.note(recorder.tape.operation(Standing(f"s{number}"), NOW + number))
        await recorder.flush()
    assert [(one.what, one.code) for one in told] == [
        ("the operation is not recorded: No space left on device", "Recording")
    ]
    disk.takes = 40
    recorder.note([*recorder.tape.pods([CRASHED], NOW + 4), *recorder.tape.log("gateway", ["talk"], NOW + 4)])
    await recorder.flush()
    disk.full = False
    await recorder.flush()
    found = read(recorder.path)
    assert [one.status for _at, one in found.operations] == ["s0", "s1", "s2"]
    assert [one.row.name for one in found.pods] == [CRASHED.name]
    assert found.began == BEGAN
    assert found.lines == ()


async def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    told: list[Problem] = []
    recorder = await opened(tmp_path / "state", tell=told.append)
    await recorder.flush()
    await recorder.flush()
    assert [one.code for one in told] == ["Recording"]
    assert recordings(tmp_path / "state") == []


async def test_talk_stops_first_then_states_and_the_end_is_always_in_it(tmp_path: Path) -> None:
    most, talk = 64_000, 30_000
    recorder = await opened(tmp_path, most=most, talk=talk)
    for number in range(400):
        recorder.note(recorder.tape.log("gateway", ["x" * 200], NOW + number))
        recorder.note(recorder.tape.events([event_row("y" * 100, name=str(number))], NOW + number))
        if number % 40 == 0:
            await recorder.flush()
    await recorder.flush()
    assert talk - 500 < recorder.path.stat().st_size < talk + 500
    for number in range(400):
        box = Box("gateway", running(), restarts=number)
        recorder.note(recorder.tape.pods([pod_row(box, name=f"p{number}", uid=str(number))], NOW + 500))
    recorder.note(recorder.tape.operation(Standing("Failed", "x", "z" * 500), NOW + 900))
    recorder.finish()
    await recorder.flush()
    assert recorder.path.stat().st_size < most
    found = read(recorder.path)
    assert 20 < len(found.pods) < 400
    assert [one.status for _at, one in found.operations] == ["Failed"]
    assert found.ended == NOW + 100
    assert [words.split(" are ")[0] for words in found.remarks] == ["log lines and events", "states"]


async def test_nothing_makes_it_larger_than_it_may_be(tmp_path: Path) -> None:
    recorder = await opened(tmp_path, most=20_000, talk=10_000)
    for number in range(500):
        recorder.note(recorder.tape.operation(Standing(f"s{number}", "x", "z" * 500), NOW))
    recorder.finish()
    await recorder.flush()
    assert recorder.path.stat().st_size <= 20_000


async def test_what_waits_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.client.recorder.MOST_WAITING", 50)
    recorder = await opened(tmp_path)
    recorder.note(recorder.tape.log("x", (str(number) for number in range(500)), NOW))
    recorder.note(recorder.tape.operation(Standing("Failed"), NOW))
    await recorder.flush()
    found = read(recorder.path)
    assert len(found.lines) == 49
    assert [one.status for _at, one in found.operations] == ["Failed"]


async def test_old_recordings_are_dropped_and_nothing_else(tmp_path: Path) -> None:
    for number in range(KEEP + 5):
        recorder = await opened(tmp_path, Began("update", TARGET, NOW + number))
        await recorder.flush()
    stray = recorder.path.parent / "notes.txt"
    stray.write_text("mine")
    newest = await opened(tmp_path, Began("delete", TARGET, NOW + 1000))
    await newest.flush()
    kept = recordings(tmp_path)
    assert len(kept) == KEEP
    assert kept[0] == newest.path
    assert kept[-1] == recording_path(tmp_path, Began("update", TARGET, NOW + 6))
    assert stray.exists()


async def test_the_recordings_of_one_extension(tmp_path: Path) -> None:
    other = Began("deploy", TARGET.replace("amlarc-compute", "other"), NOW)
    for began in (BEGAN, other):
        await (await opened(tmp_path, began)).flush()
    assert recordings(tmp_path, TARGET.upper()) == [recording_path(tmp_path, BEGAN)]
    assert len(recordings(tmp_path)) == 2
    assert recordings(tmp_path / "nowhere") == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "a b\n", "x" * 300, "\x1b[2J", "", "$(id)"])
async def test_a_name_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    began = Began("deploy", f"/x/extensions/{name}", NOW)
    recorder = await opened(tmp_path, began)
    await recorder.flush()
    assert recordings(tmp_path) == [recorder.path]
    assert recorder.path.parent == tmp_path / "recordings"


async def test_what_is_no_recording(tmp_path: Path) -> None:
    assert isinstance(read_recording(tmp_path / "nowhere"), Problem)
    empty = tmp_path / "empty"
    empty.write_bytes(os.urandom(5000))
    assert read(empty).pods == ()


async def test_the_loop_goes_on_while_the_disk_is_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The write waits for something that only the loop can do."""
    import threading

    may = threading.Event()
    real = os.write

    def slow(descriptor: int, data: bytes) -> int:
        assert may.wait(10), "the loop did not go on"
        return real(descriptor, data)

    recorder = await opened(tmp_path)
    monkeypatch.setattr("tui.client.recorder.os.write", slow)
    writing = asyncio.create_task(recorder.flush())
    await asyncio.sleep(0)
    may.set()
    await writing
    assert read(recorder.path).began == BEGAN
