"""Before the first frame only textual is imported; the session and all it needs come in a thread after it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.terminal_session import terminal

LATER = (
    "aiohttp", "kubernetes", "azure", "msal", "yaml", "cryptography", "requests", "urllib3", "pydantic",
    "tui.session", "tui.client", "tui.demo",
)  # fmt: skip
PROBE = """
import sys
from pathlib import Path
from tui.terminal.environment import prepare
import os
prepare(os.environ)
from tui.app import ArcdeckApp
from tui.settings import Settings

def connect(app):
    Path(sys.argv[1]).write_text("\\n".join(sorted(sys.modules)))
    app.exit()

ArcdeckApp.connect = connect
ArcdeckApp(Settings()).run()
"""


def test_only_textual_is_loaded_at_the_first_frame(tmp_path: Path) -> None:
    report = tmp_path / "modules"
    env = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path.cwd())}
    with terminal([sys.executable, "-c", PROBE, str(report)], env) as session:
        assert session.ended() == 0, session.text
        shown = session.received
    loaded = report.read_text().split("\n")
    assert "textual.app" in loaded
    assert [name for name in loaded if name in LATER or name.startswith(tuple(f"{late}." for late in LATER))] == []
    for words in (b"EXTENSION", b"PODS", b"INSTANCE TYPES", b"JOBS", b"loading"):
        assert words in shown, "the first frame shows the panes, each still loading"
