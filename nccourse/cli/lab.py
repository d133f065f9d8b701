"""``nccourse lab``: open the lessons in JupyterLab, on this machine only."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from nccourse.cli import commands

_FIRST_LESSON = "00_start_here.ipynb"


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "lab",
        run,
        summary="open the lessons in JupyterLab",
        details="The server listens on the loopback address alone and asks for a token, which is in the\n"
        "address it prints. Ctrl-C twice ends it.",
        examples="""nccourse lab
            nccourse lab --no-browser --port 8890""",
    )
    command.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    command.add_argument("--port", type=int, default=8888, help="or the next free one (default: 8888)")


def run(options: argparse.Namespace) -> int:
    """Start JupyterLab and wait for its end."""
    from nccourse.lessonbuild import find_course

    root = find_course().root
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if as_root:
        print(
            "Running as root, as containers do; on your own machine, use an ordinary account.",
            file=sys.stderr,
        )
    arguments = command_line(root, port=options.port, browser=not options.no_browser, as_root=as_root)
    # Replaced rather than waited for, so that Ctrl-C and the exit status are JupyterLab's own.
    os.execv(arguments[0], arguments)


def command_line(root: Path, *, port: int, browser: bool, as_root: bool) -> list[str]:
    """Return the command that serves the course at ``root``."""
    first = root / "lessons" / _FIRST_LESSON
    shown = first.relative_to(root) if first.is_file() else Path("lessons")
    arguments = [
        *(sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--port={port}"),
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{shown.as_posix()}",
        # Nothing is fetched from elsewhere: no news, no check for updates, no search for extensions.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    return arguments + ["--no-browser"] * (not browser) + ["--allow-root"] * as_root
