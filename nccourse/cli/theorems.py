"""``nccourse theorems``: run every machine check of every statement."""

from __future__ import annotations

import argparse

from nccourse.cli import commands


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "theorems",
        run,
        summary="check every derivation by machine, one statement a line with its status",
        details="The exit status is 1 if a statement is no longer checked as strongly as recorded.",
        examples="""nccourse theorems
            nccourse theorems A.Thm1 A.Lem16
            nccourse theorems --paper A""",
    )
    command.add_argument("ids", nargs="*", metavar="ID", help="statements, e.g. A.Thm1; all by default")
    command.add_argument("--paper", choices=("A", "B", "C", "D", "E", "all"), help="only this paper's")


def run(options: argparse.Namespace) -> int:
    """Verify the chosen statements; return 0 if none has regressed."""
    from nccourse.symbolic import FalseStatementError, statement, statements

    chosen = [statement(name) for name in options.ids] or statements(paper=options.paper)
    regressed = 0
    for entry in chosen:
        try:
            entry.verify()
        except FalseStatementError as error:
            regressed += 1
            print(f"{entry.id}  {entry.title}  [REGRESSED] {error}", flush=True)
        else:
            print(entry, flush=True)
    return 1 if regressed else 0
