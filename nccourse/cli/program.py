"""Entry point: parse, run one subcommand, turn problems into one clear line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from nccourse import __version__
from nccourse.cli import build, catalogue, data, doctor, lab, learned, reproduce, run, theorems
from nccourse.errors import NCCourseError

_COMMANDS = (lab, run, learned, catalogue, reproduce, theorems, data, doctor, build)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status.

    Args:
        arguments: without the program's name; None takes them from the shell.

    Returns:
        0 for success, 1 where something failed (a lesson, a check), 2 for input that makes no sense,
        130 after Ctrl-C.
    """
    options = parser().parse_args(arguments)
    try:
        status: int = options.action(options)
    except NCCourseError as error:
        print(f"nccourse: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nnccourse: interrupted; what was finished is kept", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has what it wanted; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return status


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="nccourse",
        description="Neural collapse: work through the lessons, run them, measure, reproduce.",
        epilog="Each command explains itself: nccourse run --help",
    )
    top.add_argument("--version", action="version", version=f"nccourse {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.register(commands)
    return top
