"""kubeconfig files as kubectl reads them, and one clear line for each that cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.client import kubeconfig
from tui.client.kubeconfig import Kubeconfig
from tui.core.errors import UsageProblem

ONE = """
current-context: one
clusters: [{name: c, cluster: {server: "https://one", certificate-authority: ca.crt}}]
contexts: [{name: one, context: {cluster: c, user: u}}]
users: [{name: u, user: {tokenFile: ../token, client-key: /abs/key}}]
"""
TWO = """
current-context: two
clusters: [{name: c, cluster: {server: "https://two"}}, {name: d, cluster: {server: "https://d"}}]
contexts: [{name: two, context: {cluster: d}}]
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_first_file_to_name_a_thing_wins_and_paths_are_relative_to_their_own_file(tmp_path: Path) -> None:
    files = (write(tmp_path / "a" / "one", ONE), write(tmp_path / "b" / "two", TWO))
    found = kubeconfig.load(files)
    assert found.current == "one"
    assert found.clusters["c"]["server"] == "https://one"
    assert found.clusters["d"]["server"] == "https://d"
    assert found.clusters["c"]["certificate-authority"] == str(tmp_path / "a" / "ca.crt")
    assert found.users["u"]["tokenFile"] == str(tmp_path / "a" / ".." / "token")
    assert found.users["u"]["client-key"] == "/abs/key"
    assert set(found.contexts) == {"one", "two"}
    assert kubeconfig.load(files[::-1]).current == "two"


def test_the_files_come_from_the_argument_then_the_variable_then_home(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one", ONE), write(tmp_path / "two", TWO)
    home = write(tmp_path / "home" / ".kube" / "config", ONE)
    listed = os.pathsep.join(map(str, (one, tmp_path / "missing", two, "")))
    assert kubeconfig.find(None, {"KUBECONFIG": listed}, tmp_path / "home") == (one, two)
    assert kubeconfig.find(str(two), {"KUBECONFIG": listed}, tmp_path / "home") == (two,)
    assert kubeconfig.find(None, {}, tmp_path / "home") == (home,)
    assert kubeconfig.find(None, {"KUBECONFIG": ""}, tmp_path / "nobody") == ()


def test_a_relative_argument_is_relative_to_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "one", ONE)
    monkeypatch.chdir(tmp_path)
    (file,) = kubeconfig.find("one", {}, tmp_path)
    assert kubeconfig.load((file,)).clusters["c"]["certificate-authority"] == str(tmp_path / "ca.crt")


def test_what_was_given_by_name_must_all_be_there(tmp_path: Path) -> None:
    one = write(tmp_path / "one", ONE)
    with pytest.raises(UsageProblem, match=r"missing: no such file"):
        kubeconfig.find(f"{one}{os.pathsep}{tmp_path / 'missing'}", {}, tmp_path)
    with pytest.raises(UsageProblem, match=r"^KUBECONFIG: .*gone: no such file"):
        kubeconfig.find(None, {"KUBECONFIG": str(tmp_path / "gone")}, tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [\nb: }\n", r"config:2: bad YAML: "),
        ("- a\n- b\n", r"config: not a kubeconfig"),
        ("clusters: {a: b}", r"config: `clusters` must be a list"),
        ("users: [{user: {}}]", r"config: an item of `users` has no name"),
        ("contexts: [x]", r"config: an item of `contexts` has no name"),
        ("a: 2024-99-99", r"config: bad YAML: cannot be parsed"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageProblem, match=message) as caught:
        kubeconfig.load((write(tmp_path / "config", text),))
    assert "\n" not in str(caught.value)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageProblem, match="binary: not a text file"):
        kubeconfig.load((binary,))
    with pytest.raises(UsageProblem, match="cannot be read: Is a directory"):
        kubeconfig.load((tmp_path,))


def test_empty_files_and_a_byte_order_mark_are_no_errors(tmp_path: Path) -> None:
    marked = tmp_path / "marked"
    marked.write_bytes(b"\xef\xbb\xbf" + ONE.encode())
    found = kubeconfig.load((write(tmp_path / "empty", ""), write(tmp_path / "null", "clusters: null"), marked))
    assert found.current == "one"


def test_a_traceback_shows_no_token(tmp_path: Path) -> None:
    secret = kubeconfig.load((write(tmp_path / "s", "users: [{name: u, user: {token: hush}}]"),))
    assert isinstance(secret, Kubeconfig)
    assert "hush" not in repr(secret)
