"""The pictures are of screens that exist, all of them are there, and the README shows only such."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tui.app import ArcdeckApp

ROOT = Path(__file__).parent.parent


def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("screenshots_make", ROOT / "screenshots" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_top_level_screen_has_its_picture_and_no_other_is_claimed() -> None:
    shots = set(make().SHOTS)
    over = {"pod", "describe", "editor", "help", "preflight", "settings", "plan", "job"}
    """What lies over a top-level screen."""
    assert shots - over == set(ArcdeckApp.MODES)


def test_the_pictures_are_those_the_script_makes() -> None:
    script = make()
    wanted = {script.path_of(name, size).name for name in script.SHOTS for size in script.SIZES}
    assert {path.name for path in (ROOT / "screenshots").glob("*.svg")} == wanted


def test_the_readme_shows_pictures_that_exist() -> None:
    shown = re.findall(r"\(screenshots/([^)]+\.svg)\)", (ROOT / "README.md").read_text("utf-8"))
    assert len(shown) >= 2
    for name in shown:
        assert (ROOT / "screenshots" / name).is_file()


@pytest.mark.parametrize("path", sorted((ROOT / "screenshots").glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_fetches_nothing_and_shows_something(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "url(" not in text.replace("url(#", "")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("https://www.textualize.io", "")
    assert len(text) > 5000
    assert "loading" not in text
