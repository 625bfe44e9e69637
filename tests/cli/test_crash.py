"""A crash leaves a file with the traceback, readable by its owner only, without secrets, and few of them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tui.cli import crash
from tui.core.errors import UsageProblem


def test_the_traceback_is_in_a_private_file_whose_path_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crash.report("Traceback\n  token=abcdefgh12345\nValueError: no\n", tmp_path / "state")
    [path] = (tmp_path / "state").glob("crash-*.log")
    said = capsys.readouterr().err
    assert str(path) in said
    assert "ValueError: no" in said
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "abcdefgh12345" not in path.read_text()
    assert "ValueError: no" in path.read_text()


def test_old_files_go(tmp_path: Path) -> None:
    for number in range(15):
        (tmp_path / f"crash-2000{number:02}.log").write_text("old")
    crash.report("new", tmp_path)
    assert len(list(tmp_path.glob("crash-*.log"))) == 10
    assert not (tmp_path / "crash-200000.log").exists()


def test_a_full_disk_still_shows_the_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    crash.report("Traceback: the bug", tmp_path / "state")
    assert "Traceback: the bug" in capsys.readouterr().err


def test_guarded_tells_problems_from_bugs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def wrong() -> None:
        raise UsageProblem("no such file")

    def bug() -> None:
        raise ZeroDivisionError("a bug")

    with pytest.raises(SystemExit) as ended:
        crash.guarded(wrong)
    assert ended.value.code == 2
    assert capsys.readouterr().err == "arcdeck: no such file\n"
    with pytest.raises(SystemExit) as ended:
        crash.guarded(bug)
    assert ended.value.code == crash.CRASHED
    assert "a bug" in capsys.readouterr().err
