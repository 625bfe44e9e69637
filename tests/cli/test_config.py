"""Settings: defaults < file < environment < arguments; each mistake is one line that says where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tui.cli.config import load
from tui.core.errors import UsageProblem
from tui.settings import Settings

BARE = {"LANG": "C.UTF-8"}


def written(path: Path, text: str) -> Path:
    file = path / "config.toml"
    file.write_text(text)
    return file


def test_defaults(tmp_path: Path) -> None:
    settings, origin = load(None, {**BARE, "ARCDECK_CONFIG": str(written(tmp_path, ""))}, {})
    assert settings == Settings()
    assert origin == {}


def test_each_source_beats_the_one_before(tmp_path: Path) -> None:
    path = written(tmp_path, 'theme = "light"\nnamespace = "file"\nlog-lines = 5\n')
    environ = {**BARE, "ARCDECK_NAMESPACE": "environment", "ARCDECK_LOG_TAIL": "7", "ARCDECK_MOUSE": "no"}
    settings, origin = load(path, environ, {"log_tail": 9})
    assert (settings.theme, settings.namespace, settings.log_lines) == ("light", "environment", 5)
    assert (settings.log_tail, settings.mouse) == (9, False)
    assert origin["theme"] == str(path)
    assert origin["namespace"] == "environment"
    assert origin["log_tail"] == "argument"


def test_ssh_slows_the_screen_unless_told(tmp_path: Path) -> None:
    ssh = {**BARE, "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}
    assert load(written(tmp_path, ""), ssh, {})[0].flush == 0.5
    assert load(written(tmp_path, "flush = 0.2"), ssh, {})[0].flush == 0.2


@pytest.mark.parametrize(("environ", "ascii_"), [({"LANG": "C"}, True), ({"LANG": "de_DE.UTF-8"}, False)])
def test_terminals_without_utf8_get_ascii(tmp_path: Path, environ: dict[str, str], ascii_: bool) -> None:
    assert load(written(tmp_path, ""), environ, {})[0].ascii is ascii_


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("theme = \n", 1, "Invalid value"),
        ('\n\ntheme = "pink"\n', 3, "pink"),
        ('[keys]\n"row.lgos" = "L"\n', 1, "did you mean row.logs"),
        ('them = "dark"\n', 1, "did you mean theme"),
        ('log-lines = "many"\n', 1, "log_lines"),
        ('a = 1\nread-only = "x"', 1, "no setting a"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UsageProblem) as caught:
        load(path, BARE, {})
    said = str(caught.value)
    assert said.startswith(f"{path}:{line}: ") or said.startswith(f"{path}: "), said
    assert words in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("environ", "arguments", "words"),
    [
        ({"ARCDECK_MOUSE": "perhaps"}, {}, "ARCDECK_MOUSE"),
        ({"ARCDECK_FLUSH": "fast"}, {}, "ARCDECK_FLUSH"),
        ({"ARCDECK_CLOUD": "AzureMoon"}, {}, "AzureUSGovernment"),
        ({}, {"sign_in": "magic"}, "device"),
        ({"ARCDECK_CONFIG": "/nowhere/config.toml"}, {}, "no such file"),
    ],
)
def test_other_mistakes_name_their_source(environ: dict[str, str], arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageProblem, match=words):
        load(None, {**BARE, "ARCDECK_CONFIG": "/dev/null", **environ}, arguments)


def test_a_directory_is_no_config_file(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="directory"):
        load(tmp_path, BARE, {})
