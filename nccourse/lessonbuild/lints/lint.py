"""Run every lint over a lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from nccourse.lessonbuild.course import Course, find_course
from nccourse.lessonbuild.lesson import LessonError
from nccourse.lessonbuild.lints.exercises import exercise_cells, exercises_registered
from nccourse.lessonbuild.lints.numbers import exact_derivations, measured_numbers
from nccourse.lessonbuild.lints.problem import Finding, Problem
from nccourse.lessonbuild.lints.results import alt_texts, size, warnings_shown, widget_pictures
from nccourse.lessonbuild.lints.structure import (
    lines_of_code,
    number_of_cells,
    number_of_words,
    parameters_cell,
    sections,
)
from nccourse.lessonbuild.master import Master, find_master

Lint = Callable[[Master], Iterator[Finding]]

LINTS: tuple[Lint, ...] = (
    parameters_cell,
    number_of_cells,
    number_of_words,
    lines_of_code,
    sections,
    measured_numbers,
    exact_derivations,
    exercises_registered,
    exercise_cells,
    size,
    alt_texts,
    widget_pictures,
    warnings_shown,
)


def lint(name: str | Path, *, course: Course | None = None) -> list[Problem]:
    """Return what is wrong with a lesson, in order of the master's lines; a broken master is one problem.

    Args:
        name: number, name or file.
        course: where; None finds it.
    """
    try:
        master = find_master(name, course or find_course())
        found = [finding for one in LINTS for finding in one(master)]
    except LessonError as error:
        return [Problem(str(name), error.line, str(error), "correct it")]
    return [Problem(master.lesson.source.name, *finding) for finding in sorted(found)]
