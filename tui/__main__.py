"""`arcdeck` and `python -m tui`. Imports nothing heavy: `--help` and `--version` answer at once."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """The console script."""
    gc.disable()  # imports and the first frame make little garbage; the app turns it on after them
    from tui.cli.root import cli

    sys.exit(cli(prog_name="arcdeck", standalone_mode=True))


if __name__ == "__main__":
    main()
