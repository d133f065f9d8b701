"""``nccourse progress``: which exercises have been solved on this machine."""

from __future__ import annotations

import argparse

from nccourse.cli import commands


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "progress",
        run,
        summary="show which exercises you have solved",
        details="Progress is kept in one small file of your own and never leaves this machine.",
        examples="""nccourse progress
            nccourse progress 03
            nccourse progress --reset""",
    )
    command.add_argument("lesson", nargs="?", help="list the exercises of one lesson, e.g. 03")
    command.add_argument("--reset", action="store_true", help="forget everything and start anew")


def run(options: argparse.Namespace) -> int:
    """Print what has been solved, lesson by lesson or exercise by exercise."""
    from nccourse import exercises

    if options.reset:
        exercises.forget()
        print("Progress forgotten.")
        return 0
    lines = _course() if options.lesson is None else _lesson(options.lesson)
    for line in lines:
        print(line)
    return 0


def _course() -> list[str]:
    from nccourse import exercises
    from nccourse.lessonbuild import lessons

    solved, lines, total = exercises.solved(), [], 0
    for lesson in lessons():
        asked = exercises.of_lesson(lesson.number)
        done = sum(key in solved for key in asked)
        total += done
        bar = "●" * done + "○" * (len(asked) - done)
        lines.append(f"{lesson.name:<28} {done:>2} of {len(asked):>2}  {bar}")
    return [*lines, f"{total} of {len(exercises.all_exercises())} exercises solved"]


def _lesson(number: str) -> list[str]:
    from nccourse import exercises
    from nccourse.lessonbuild import find_master

    lesson = find_master(number).lesson
    solved = exercises.solved()
    return [
        f"{'●' if key in solved else '○'} {key:<6} {one.title}  {solved.get(key, '')}".rstrip()
        for key, one in exercises.of_lesson(lesson.number).items()
    ]
