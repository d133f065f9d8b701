"""What every subcommand's parser has in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable

Commands = argparse._SubParsersAction
Action = Callable[[argparse.Namespace], int]


def add(
    commands: Commands[argparse.ArgumentParser],
    name: str,
    action: Action,
    *,
    summary: str,
    examples: str,
    details: str = "",
) -> argparse.ArgumentParser:
    """Add a subcommand whose help ends in examples.

    Args:
        commands: the parser's subcommands.
        name: as typed.
        action: called with the parsed options; returns the exit status.
        summary: one line.
        examples: shell lines, one a line.
        details: a paragraph below the summary.
    """
    shown = "\n".join(f"  {line.strip()}" for line in examples.strip().splitlines())
    command = commands.add_parser(
        name,
        help=summary,
        description="\n\n".join(filter(None, (summary[0].upper() + summary[1:] + ".", details))),
        epilog=f"examples:\n{shown}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(action=action)
    return command
