"""`arcdeck` itself: answers at once, imports nothing heavy, says in one line what was wrong with what it got."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("textual", "rich", "aiohttp", "kubernetes", "azure", "yaml", "cryptography", "asyncio")


def arcdeck(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments], capture_output=True, text=True, timeout=60, env=env, check=False
    )


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment that points nowhere: no kubeconfig, no config file, no state."""
    places = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": str(Path.cwd()), **places}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["demo", "--help"], ["status", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Measured as what sys.modules holds at the end: a speed that no machine's mood can spoil."""
    script = (
        "import sys, atexit\n"
        f"sys.argv = ['arcdeck', *{arguments!r}]\n"
        f"heavy = {HEAVY!r}\n"
        "atexit.register(lambda: print('LOADED', *sorted(set(heavy) & set(sys.modules))))\n"
        "from tui.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "LOADED"


def test_version_is_the_packages() -> None:
    from tui import __version__

    assert arcdeck("--version").stdout == f"arcdeck, version {__version__}\n"


def test_help_names_every_command_and_exit_code() -> None:
    said = arcdeck("--help").stdout
    for word in ("status", "demo", "completion", "config", "--read-only", "2 could not look"):
        assert word in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_each_shell(shell: str) -> None:
    done = arcdeck("completion", shell)
    assert done.returncode == 0
    assert "_ARCDECK_COMPLETE" in done.stdout


def test_completion_answers(bare: dict[str, str]) -> None:
    asked = {**bare, "_ARCDECK_COMPLETE": "bash_complete", "COMP_WORDS": "arcdeck st", "COMP_CWORD": "1"}
    done = arcdeck(env=asked)
    assert "status" in done.stdout


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a refusal."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("arcdeck: ")
    return lines[0]


def test_no_kubeconfig(bare: dict[str, str]) -> None:
    assert "no kubeconfig" in refused(arcdeck("status", env=bare))


def test_no_terminal_for_the_screens(bare: dict[str, str]) -> None:
    assert "no terminal" in refused(arcdeck(env=bare))


def test_unknown_context_names_those_there_are(bare: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: west\n"
        "contexts: [{name: west, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\nusers: [{name: u, user: {token: t}}]\n"
    )
    line = refused(arcdeck("--kubeconfig", str(path), "--context", "wets", "status", env=bare))
    assert "wets" in line
    assert "west" in line


def test_kubeconfig_that_is_no_yaml(bare: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text("apiVersion: v1\nclusters:\n  - name: [x\n")
    assert f"{path}:" in refused(arcdeck("--kubeconfig", str(path), "status", env=bare))


def test_kubeconfig_that_is_not_there(bare: dict[str, str], tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in refused(arcdeck("--kubeconfig", str(tmp_path / "nowhere"), "status", env=bare))


def test_unreachable_host_is_named(bare: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(
        "current-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\nusers: [{name: u, user: {token: t}}]\n"
    )
    done = arcdeck("--kubeconfig", str(path), "--sign-in", "none", "status", "--timeout", "5", env=bare)
    assert done.returncode == 2, done
    assert "127.0.0.1:1" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
