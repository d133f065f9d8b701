"""``nccourse list``: what there is, one a line."""

from __future__ import annotations

import argparse

from nccourse.cli import commands


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "list",
        run,
        summary="list the lessons, the theorems or the experiments, one a line",
        examples="""nccourse list
            nccourse list theorems
            nccourse list experiments""",
    )
    command.add_argument("what", nargs="?", choices=tuple(_LISTS), default="lessons", help="default: lessons")


def run(options: argparse.Namespace) -> int:
    """Print the list."""
    for line in _LISTS[options.what]():
        print(line)
    return 0


def _lessons() -> list[str]:
    from nccourse.lessonbuild import lessons

    return [f"{lesson.name:<28} {lesson.minutes:>3} min  {lesson.title}" for lesson in lessons()]


def _theorems() -> list[str]:
    from nccourse.symbolic import statements

    return [str(statement) for statement in statements()]


def _experiments() -> list[str]:
    from nccourse.experiments import PROFILES, get, ids

    lines = []
    for experiment in map(get, ids()):
        states = "  ".join(f"{profile} {experiment.state(profile):<14}" for profile in PROFILES)
        lines.append(f"{experiment.id:<9} {experiment.kind:<12} {states}  {experiment.title}")
    return lines


_LISTS = {"lessons": _lessons, "theorems": _theorems, "experiments": _experiments}
