"""``nccourse build``: generate the notebooks from their masters."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from nccourse.cli import commands
from nccourse.cli.progress import ProgressLine

if TYPE_CHECKING:
    from nccourse.lessonbuild import Build


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "build",
        run,
        summary="generate lessons/ and solutions/ from the masters",
        details="A solution is executed again only where its code has changed.",
        examples="""nccourse build
            nccourse build 02
            nccourse build --check 04
            nccourse build --all""",
    )
    command.add_argument("lessons", nargs="*", metavar="NN", help="lesson numbers; all by default")
    command.add_argument(
        "--check", metavar="NN", help="rebuild one lesson, run it solved and unsolved, and lint it"
    )
    command.add_argument("--all", action="store_true", help="execute the solutions even if nothing changed")


def run(options: argparse.Namespace) -> int:
    """Build or check; return 0 if everything ran."""
    return _check(options.check) if options.check else _build(options.lessons, everything=options.all)


def _check(name: str) -> int:
    from nccourse.lessonbuild import check

    report = ProgressLine(1).run(name, lambda advance: check(name, progress=advance))
    print(report)
    return 0 if report.passed else 1


def _build(names: list[str], *, everything: bool) -> int:
    from nccourse.lessonbuild import lessons

    wanted = names or [lesson.name for lesson in lessons()]
    progress = ProgressLine(len(wanted))
    results = [_build_one(name, everything, progress) for name in wanted]
    return 0 if all(result.passed for result in results) else 1


def _build_one(name: str, everything: bool, progress: ProgressLine) -> Build:
    from nccourse.lessonbuild import build

    (result,) = progress.run(name, lambda advance: build([name], everything=everything, progress=advance))
    changed = ", ".join(f"{path.parent.name}/{path.name}" for path in result.changed)
    print(f"{result.lesson.name}: {f'wrote {changed}' if changed else 'unchanged'}", flush=True)
    if result.run:
        print(result.run, flush=True)
    return result
