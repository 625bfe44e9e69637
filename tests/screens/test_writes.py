"""The two things arcdeck writes: each asks, is written once, leaves audit lines, and is absent in read-only mode."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screens.deck import LARGE, deck
from tui.demo.launch import launch
from tui.domain.rights import DELETE_POD
from tui.settings import Demo

pytestmark = pytest.mark.xdist_group("writes")


@pytest.fixture(scope="module")
def cloud() -> Iterator[Demo]:
    """One that may be changed, in real time: a pod that is deleted comes back."""
    with launch(seed=2, pods=0, speed=1.0, faults=()) as demo:
        yield demo


def audit(directory: Path) -> list[dict[str, object]]:
    return [json.loads(line) for path in directory.glob("*audit*") for line in path.read_text().splitlines()]


async def test_deleting_a_pod_asks_and_is_on_record(cloud: Demo, tmp_path: Path) -> None:
    async with deck(cloud, LARGE, state_dir=tmp_path) as it:
        await it.press("3", "slash")
        await it.type("gateway")
        await it.press("enter")
        await it.until("1 of")
        name = it.app.screen.current.name  # type: ignore[attr-defined]
        await it.press("ctrl+d")
        await it.until(f"kubectl delete pod {name} -n azureml")
        assert "will make another" in it.text
        await it.press("n")
        assert name in it.text
        assert not audit(tmp_path), "no was said: nothing was written"
        await it.press("ctrl+d")
        await it.until("y  yes")
        await it.press("y")
        await it.until(lambda text: name not in text.split("deleting")[0].replace(f"✖ {name}", "") or "gone" in text)
        await it.holds(lambda: f"azureml/{name}" not in it.app.store.rows("pods"))
        lines = audit(tmp_path)
        assert len(lines) == 2, "one before, one after"
        assert all(name in json.dumps(line) for line in lines)
        await it.holds(lambda: any("gateway" in key for key in it.app.store.rows("pods")))


async def test_read_only_has_no_delete_and_no_edit(cloud: Demo, tmp_path: Path) -> None:
    async with deck(cloud, LARGE, state_dir=tmp_path, read_only=True) as it:
        assert " ro" in it.lines[0]
        await it.press("3")
        await it.until("worst first")
        before = it.text
        await it.press("ctrl+d")
        assert "delete pod" not in it.text.lower().replace(before.lower(), "")
        assert len(it.app.screen_stack) == 1
        await it.press("4", "e")
        assert len(it.app.screen_stack) == 1
        assert "edit" not in it.lines[-1]


async def test_editing_an_instance_type(cloud: Demo, tmp_path: Path) -> None:
    async with deck(cloud, LARGE, state_dir=tmp_path) as it:
        await it.press("4")
        await it.until("FITS NOW")
        await it.press("a")
        await it.until("new instance type")
        await it.until("ON THIS CLUSTER")
        editor = it.app.screen.editor  # type: ignore[attr-defined]
        editor.text = editor.text.replace("new-type", "Bad_Name").replace('cpu: "1"', 'cpu: "0"', 1)
        await it.until("error")
        assert "valid" not in it.lines[0]
        await it.press("ctrl+s")
        await it.until("not while there are errors")
        editor.text = editor.text.replace("Bad_Name", "tiny").replace('cpu: "0"', "cpu: 100m", 1)
        await it.until("valid")
        await it.until("fits now")
        await it.press("ctrl+s")
        await it.until("Apply instance type tiny?")
        assert "kubectl apply --server-side" in it.text
        assert "tiny" not in it.app.store.rows("instancetypes"), "a dry run writes nothing"
        await it.press("y")
        await it.holds(lambda: "tiny" in it.app.store.rows("instancetypes"))
        await it.until("FITS NOW")
        await it.until("tiny")
        assert {line["command"] for line in audit(tmp_path)}


async def test_a_closed_editor_asks_before_it_loses_something(cloud: Demo, tmp_path: Path) -> None:
    async with deck(cloud, LARGE, state_dir=tmp_path) as it:
        await it.press("4")
        await it.until("gpu-v100")
        await it.press("e")
        await it.until("kind: InstanceType")
        await it.press("escape")
        await it.until("FITS NOW")
        await it.press("e")
        await it.until("kind: InstanceType")
        editor = it.app.screen.editor  # type: ignore[attr-defined]
        editor.text += "\n# a note\n"
        await it.press("escape")
        await it.until("Discard the changes?")
        await it.press("n")
        await it.until("kind: InstanceType")


async def test_a_viewer_is_told_what_is_missing_before_anything_is_asked(cloud: Demo, tmp_path: Path) -> None:
    async with deck(cloud, LARGE, state_dir=tmp_path, context="arcdeck-demo-viewer") as it:
        await it.press("3")
        await it.until("worst first")
        assert it.app.session is not None
        rights = it.app.session.rights
        assert rights is not None
        await it.holds(lambda: rights.may(DELETE_POD, "azureml") is False)
        await it.press("ctrl+d")
        await it.until("not allowed here: delete pods in azureml")
        assert len(it.app.screen_stack) == 1
        await it.press("question_mark")
        await it.until("not allowed: delete")
        await it.press("escape", "4")
        await it.until("FITS NOW")
        await it.until(lambda _: "e edit" not in it.lines[-1])
        await it.press("e")
        await it.until("not allowed here: patch instancetypes.amlarc.azureml.com")
        await it.press("enter")
        await it.until("describe instancetypes")
        assert not audit(tmp_path)


async def test_fields_of_others_are_taken_over_only_when_asked(cloud: Demo, tmp_path: Path) -> None:
    async with deck(cloud, LARGE, state_dir=tmp_path) as it:
        await it.press("4")
        await it.until("cpu-large")
        it.app.screen.table.move_to("cpu-large")  # type: ignore[attr-defined]
        await it.press("e")
        await it.until("32Gi")
        editor = it.app.screen.editor  # type: ignore[attr-defined]
        editor.text = editor.text.replace("32Gi", "24Gi")
        await it.until("+")
        await it.press("ctrl+s")
        await it.until("Apply instance type cpu-large?")
        assert "takes fields over from others" in it.text
        assert "--force-conflicts" in it.text
        await it.press("n")
        assert it.app.store.get("instancetypes", "cpu-large").memory != "24Gi"
        await it.press("ctrl+s")
        await it.until("Apply instance type cpu-large?")
        await it.press("y")
        await it.holds(lambda: "24Gi" in it.app.store.get("instancetypes", "cpu-large").memory)
