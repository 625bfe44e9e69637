"""`pip install .` in a clean virtual environment gives a working `arcdeck`: style sheet, screens and demo included."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.install
def test_a_clean_install_works(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    env = {**os.environ, "PIP_CONSTRAINT": str(ROOT / ".ci" / "constraints.txt"), "HOME": str(tmp_path)}
    env.pop("PYTHONPATH", None)
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, timeout=120)
    installed = subprocess.run(
        [venv / "bin/python", "-m", "pip", "install", "-q", "--no-compile", "--disable-pip-version-check", str(ROOT)],
        env=env, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert installed.returncode == 0, installed.stderr
    command = str(venv / "bin/arcdeck")
    assert "arcdeck, version" in subprocess.check_output([command, "--version"], text=True, cwd=tmp_path, timeout=30)
    shown = subprocess.run(
        [command, "demo", "--speed", "0"], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    assert "extension" in shown.stdout.lower()
