"""Opening the screens: terminal prepared, a crash reported."""

from __future__ import annotations

import os
import sys

from tui.cli.crash import CRASHED, report
from tui.core.errors import UsageProblem
from tui.settings import Settings


def open_screens(settings: Settings) -> int:
    """Run the TUI until the operator leaves; its exit code. Raises UsageProblem without a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageProblem("no terminal to open the screens on; arcdeck status prints the same facts")
    from tui.terminal.environment import prepare

    prepare(os.environ)
    from tui.app import ArcdeckApp

    app = ArcdeckApp(settings)
    app.run(mouse=settings.mouse)
    if app.failure:
        report(app.failure, settings.state_dir)
        return CRASHED
    if app.refusal:
        raise UsageProblem(app.refusal)
    return app.return_code or 0
