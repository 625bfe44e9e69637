"""The end of a run that went wrong: one line for what the operator can mend, a log file for the rest."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CRASHED = 70
"""The exit code of a run that ended by a bug (sysexits' EX_SOFTWARE)."""
_KEPT = 10
"""Crash files that are kept; older ones go."""


def guarded(run: Callable[..., Any], *args: Any, **extra: Any) -> Any:
    """Run the command line. A usage problem is one line and exit 2; a bug leaves a file and exit 70."""
    from tui.core.errors import UsageProblem

    try:
        return run(*args, **extra)
    except UsageProblem as problem:
        print(f"arcdeck: {problem}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader left: say nothing more, fail quietly
        sys.exit(1)
    except Exception:
        report(traceback.format_exc())
        sys.exit(CRASHED)


def state_dir(chosen: Path | None = None) -> Path:
    """The directory of crash files, audit log and operations; made when missing, 0700."""
    import platformdirs

    directory = chosen or platformdirs.user_state_path("arcdeck")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def report(text: str, chosen: Path | None = None) -> None:
    """Write a traceback to a file of its own and print where."""
    try:
        path = _write(text, state_dir(chosen))
    except OSError as error:
        print(f"arcdeck: crashed, and the log could not be written ({error}):\n{text}", file=sys.stderr)
        return
    from tui.core.redact import redact_text
    from tui.core.text import clean

    last = clean(redact_text(text.strip().rsplit("\n", 1)[-1]))
    print(f"arcdeck: crashed: {last}\narcdeck: the traceback is in {path}", file=sys.stderr)


def _write(text: str, directory: Path) -> Path:
    from tui.core.redact import redact_text

    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    path = directory / f"crash-{stamp}.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write("\n".join(redact_text(line) for line in text.split("\n")))
    for old in sorted(directory.glob("crash-*.log"))[:-_KEPT]:
        old.unlink(missing_ok=True)
    return path
