"""``nccourse run``: execute solution notebooks and write the site; ``make course`` is this."""

from __future__ import annotations

import argparse
import ast
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nccourse.cli import commands
from nccourse.cli.progress import ProgressLine
from nccourse.errors import InputValueError, MissingDataError

if TYPE_CHECKING:
    from nccourse.cli.site.films import Film
    from nccourse.lessonbuild import Course, Lesson, Run


def register(parsers: commands.Commands[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    command = commands.add(
        parsers,
        "run",
        run,
        summary="execute lessons and write them as a site",
        details="Executes the solution notebooks, strictly: an exercise that is not right fails. They go to\n"
        "build/executed, the site to build/site/index.html. A failing cell does not keep the other\n"
        "lessons from running; the exit status is then 1.",
        examples="""nccourse run
            nccourse run 02 03
            nccourse run 01 --profile laptop --timeout 3600
            nccourse run 02 --parameters num_classes=6 seed=1""",
    )
    command.add_argument("lessons", nargs="*", metavar="NN", help="lesson numbers; all by default")
    command.add_argument(
        "--profile", default="ci", choices=("ci", "laptop", "gpu"), help="how much to compute (default: ci)"
    )
    command.add_argument(
        "--parameters", nargs="+", default=[], metavar="KEY=VALUE", help="override parameters of the lessons"
    )
    command.add_argument(
        "--timeout", type=float, default=600, metavar="SECONDS", help="limit for one cell (default: 600)"
    )
    command.add_argument("--output", type=Path, metavar="FOLDER", help="in place of build/")


def run(options: argparse.Namespace) -> int:
    """Execute the chosen lessons; return 0 if every cell of every lesson ran."""
    from nccourse.lessonbuild import find_course, find_master, lessons

    course = find_course()
    output = (options.output or course.root / "build").resolve()
    chosen = [find_master(name, course).lesson for name in options.lessons] or lessons(course)
    parameters = distribute(chosen, parse(options.parameters), options.profile)
    progress, runs, start = ProgressLine(len(chosen)), list["Run"](), time.monotonic()
    try:
        for lesson in chosen:
            runs.append(_execute(lesson, parameters[lesson.name], output, options.timeout, progress))
            print(runs[-1], flush=True)
    finally:
        whole = not options.lessons and len(runs) == len(chosen)
        offline = _write_site(course, output, options.profile, with_films=whole)
    passed = sum(result.passed for result in runs)
    print(f"{passed} of {len(runs)} lessons passed in {time.monotonic() - start:.0f} s")
    print(f"Site: {output / 'site' / 'index.html'}")
    return 0 if offline and passed == len(runs) else 1


def parse(pairs: Sequence[str]) -> dict[str, Any]:
    """Read KEY=VALUE pairs; a value that is no Python literal is text.

    >>> parse(["num_classes=6", "scale=0.5", "data=mnist5k"])
    {'num_classes': 6, 'scale': 0.5, 'data': 'mnist5k'}
    """
    parameters = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.isidentifier():
            raise InputValueError("--parameters", expected="KEY=VALUE", got=pair)
        try:
            parameters[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            parameters[key] = value
    return parameters


def distribute(
    chosen: Sequence[Lesson], parameters: Mapping[str, Any], profile: str
) -> dict[str, dict[str, Any]]:
    """Give each lesson those of the parameters that it has.

    Raises:
        MissingDataError: a solution notebook has not been built.
        InputValueError: no chosen lesson has a parameter of that name.
    """
    from nccourse.lessonbuild import parameters_of

    for lesson in chosen:
        if not lesson.solution.is_file():
            advice = f"nccourse build {lesson.number}"
            raise MissingDataError(str(lesson.solution), got="no such file", advice=advice)
    known = {lesson.name: parameters_of(lesson.solution) for lesson in chosen}
    everywhere = sorted(set().union(*known.values()))
    for key in parameters:
        if key not in everywhere:
            listed = ", ".join(everywhere) or "none: these lessons have no parameters"
            raise InputValueError("--parameters", expected=f"one of {listed}", got=key)
    # The defaults are the ci profile, so that it needs no override.
    wanted = dict(parameters) if profile == "ci" else {"profile": profile, **parameters}
    return {name: {key: wanted[key] for key in wanted if key in known[name]} for name in known}


def _execute(
    lesson: Lesson, parameters: dict[str, Any], output: Path, timeout: float, progress: ProgressLine
) -> Run:
    from nccourse.cli.site import store
    from nccourse.lessonbuild import execute

    result = progress.run(
        lesson.name,
        lambda advance: execute(lesson.solution, parameters, strict=True, timeout=timeout, progress=advance),
    )
    store(result, _executed(output, lesson))
    return result


def _executed(output: Path, lesson: Lesson) -> Path:
    return output / "executed" / f"{lesson.name}.ipynb"


def _write_site(course: Course, output: Path, profile: str, *, with_films: bool) -> bool:
    """Write the site; the moving pictures only if told to, for they take some seconds."""
    from nccourse.cli.site import Entry, build, find_documents
    from nccourse.lessonbuild import lessons, part_of

    entries = [
        Entry(
            lesson.name,
            lesson.title,
            _executed(output, lesson),
            objectives=lesson.objectives,
            minutes=lesson.minutes,
            theorems=lesson.theorems,
            prerequisites=lesson.prerequisites,
            part=part_of(lesson.number),
        )
        for lesson in lessons(course)
    ]
    films = _films() if with_films else None
    documents = find_documents(course.root)
    online = build(entries, output / "site", profile=profile, documents=documents, films=films)
    for name, addresses in online.items():
        print(f"{name}: its page would need a network for {', '.join(addresses)}")
    return not online


def _films() -> Sequence[Film]:
    from nccourse.cli.site.films import films

    return films()
