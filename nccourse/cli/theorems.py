"""``nccourse theorems``: run every machine check of every statement."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nccourse.cli import commands

if TYPE_CHECKING:
    from nccourse.symbolic import Statement


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "theorems",
        run,
        summary="check every derivation by machine, one statement a line with its status",
        details="The exit status is 1 if a statement is no longer checked as recorded, or if a numbered "
        "statement "
        "of a paper has none in the catalogue.",
        examples="""nccourse theorems
            nccourse theorems A.Thm1 A.Lem16
            nccourse theorems --paper A
            nccourse theorems --pages docs""",
    )
    command.add_argument("ids", nargs="*", metavar="ID", help="statements, e.g. A.Thm1; all by default")
    command.add_argument("--paper", choices=("A", "B", "C", "D", "E", "all"), help="only this paper's")
    command.add_argument(
        "--pages", metavar="FOLDER", type=Path, help="write errata.md and coverage.md there instead"
    )


def run(options: argparse.Namespace) -> int:
    """Verify the chosen statements, or write the pages; return 0 if none has regressed or is missing."""
    if options.pages:
        return _write(options.pages)
    from nccourse.symbolic import numbered, statement, statements

    chosen = [statement(name) for name in options.ids] or statements(paper=options.paper)
    regressed = sum(not _verify(entry) for entry in chosen)
    uncovered = [] if options.ids else numbered.missing(options.paper)
    for label in uncovered:
        print(f"{label}  [MISSING] no statement of the catalogue covers it", flush=True)
    return 1 if regressed or uncovered else 0


def _verify(entry: Statement) -> bool:
    from nccourse.symbolic import FalseStatementError

    try:
        entry.verify()
    except FalseStatementError as error:
        print(f"{entry.id}  {entry.title}  [REGRESSED] {error}", flush=True)
        return False
    print(entry, flush=True)
    return True


def _write(folder: Path) -> int:
    from nccourse.symbolic.coverage import coverage_page
    from nccourse.symbolic.errata_page import errata_page

    folder.mkdir(parents=True, exist_ok=True)
    for name, page in (("errata.md", errata_page()), ("coverage.md", coverage_page())):
        (folder / name).write_text(page, encoding="utf-8")
        print(f"wrote {folder / name}")
    return 0
