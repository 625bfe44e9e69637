"""A state directory on a full disk: what cannot be recorded is not sent, the rest goes on, and it is said in words."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.faults.kinds import SECRETS
from tests.faults.site import Site
from tests.faults.stand import standing, versions
from tests.faults.table import Note
from tui.cli.crash import report
from tui.client.audit import FILE, Audit
from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.screens.saving import save_text

SIZE = 64 * 1024
Fill = Callable[[int], None]


class Disk:
    """A directory that can be full: `fill` leaves so many bytes in it, `free` gives the room back."""

    def __init__(self, path: Path, fill: Fill, free: Callable[[], None]) -> None:
        self.path, self.fill, self.free = path, fill, free

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The audit file, what is no JSON left out."""
        found = []
        for line in (self.path / FILE).read_bytes().splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found


@contextmanager
def _small_file_system(path: Path) -> Iterator[Disk]:
    """One of 64 kB, mounted; room comes and goes a page at a time."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)], check=False)
    if mounted.returncode:
        pytest.skip("a file system cannot be mounted here")
    ballast, audit = path / "ballast", path / FILE

    def fill(left: int) -> None:
        with audit.open("ab") as file:  # blank lines: what is left of its last page is room, too
            file.write(b"\n" * ((-file.tell() - left) % os.statvfs(path).f_bsize))
        with suppress(OSError), ballast.open("ab", buffering=0) as file:
            while file.write(b"x" * SIZE):
                pass

    try:
        yield Disk(path, fill, lambda: ballast.unlink(missing_ok=True))
    finally:
        subprocess.run(["umount", str(path)], check=True)


@contextmanager
def _limited_files(path: Path) -> Iterator[Disk]:
    """No file may grow: what the kernel says then is what a quota says, to the byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    audit = path / FILE

    def fill(left: int) -> None:
        size = audit.stat().st_size if audit.exists() else 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + left, before[1]))

    def free() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    try:
        yield Disk(path, fill, free)
    finally:
        free()


@pytest.fixture(params=[_small_file_system, _limited_files], ids=["small file system", "limited files"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """Where the state is kept."""
    with request.param(tmp_path) as made:
        yield made


async def _names(site: Site) -> set[str]:
    return set(await versions(site.raw, SECRETS, site.home))


async def test_nothing_is_written_to_a_cluster_that_cannot_be_recorded(site: Site, note: Note, disk: Disk) -> None:
    await site.fill(3)
    audit = Audit(disk.path, lambda: 0.0)
    async with site.proxied(inside=True) as (proxy, direct):
        kube = KubeClient(direct.connection, audit=audit)
        first, *others = sorted(await _names(site))
        assert await kube.delete(SECRETS, first) is None
        async with standing(kube, SECRETS, site.clock(), site.home, silence=site.silence * 4) as stand:
            for left in (0, 40):
                disk.fill(left)
                refused = [await kube.delete(SECRETS, key) for key in others]
                refused.append(await kube.apply({**_secret(site), "stringData": {"k": "v"}}))  # type: ignore[arg-type]
                assert [problem.code for problem in refused if isinstance(problem, Problem)] == ["Audit"] * 3
                assert all("not sent: the audit file cannot be written" in str(problem) for problem in refused)
                assert [asked for asked in proxy.asked if asked.verb in ("patch", "delete")][1:] == []
                disk.free()
            await site.create()
            await site.right(stand)
        assert set(others) <= await _names(site)
        assert await kube.delete(SECRETS, others[0]) is None
    told = [(line["stage"], line["key"]) for line in disk.lines]
    assert told == [("intent", first), ("done", first), ("intent", others[0]), ("done", others[0])]
    note("state directory full", site.name, 6, [], [], "nothing sent, said in words, reads go on, audit whole after")


def _secret(site: Site) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "new", "namespace": site.home}}


async def test_a_disk_that_fills_while_a_write_is_under_way_ends_nothing(site: Site, disk: Disk) -> None:
    """The intent is on record; that its outcome is not does not undo it."""
    await site.fill(1)
    (key,) = await _names(site)
    full: list[bool] = []

    class Filling(Audit):
        def write(self, entry: Any) -> Problem | None:
            found = super().write(entry)
            if not full:
                full.append(True)
                disk.fill(0)
            return found

    async with site.backend.client(audit=Filling(disk.path, lambda: 0.0)) as kube:
        assert await kube.delete(SECRETS, key) is None
    disk.free()
    assert await _names(site) == set()
    assert disk.lines[0]["stage"] == "intent"


def test_a_crash_is_printed_where_it_cannot_be_kept(disk: Disk, capsys: pytest.CaptureFixture[str]) -> None:
    disk.fill(0)
    report("Traceback\nZeroDivisionError: a bug", disk.path)
    disk.free()
    said = capsys.readouterr().err
    assert "the log could not be written" in said
    assert "ZeroDivisionError: a bug" in said


def test_a_log_that_cannot_be_saved_is_said_in_words(disk: Disk) -> None:
    disk.fill(0)
    try:
        said = save_text("log", ["line"] * 10_000, disk.path)
    finally:
        disk.free()
    assert said.startswith("not saved: ")
