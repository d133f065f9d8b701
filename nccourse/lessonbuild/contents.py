"""The lessons on disk as a learner meets them: in parts, with minutes, promises and what has been solved."""

from __future__ import annotations

import os
from itertools import groupby
from typing import TYPE_CHECKING

from nccourse import exercises
from nccourse.lessonbuild.course import Course
from nccourse.lessonbuild.lesson import Lesson
from nccourse.lessonbuild.master import lessons
from nccourse.lessonbuild.parts import PARTS, PLAYGROUND, part_of

if TYPE_CHECKING:
    from nccourse.plots import Stop

_STRICT = "NCCOURSE_STRICT"


def stops(course: Course | None = None) -> list[Stop]:
    """Return the numbered lessons for :func:`nccourse.plots.course_map`, with the learner's own progress.

    A strict run is no learner's: it shows nothing solved, on any machine.

    Args:
        course: where; None finds it.
    """
    from nccourse.plots import Stop

    numbered = [lesson for lesson in lessons(course) if not lesson.is_playground]
    names = {lesson.name for lesson in numbered}
    return [
        Stop(
            lesson.number,
            lesson.title,
            lesson.minutes,
            tuple(name[:2] for name in lesson.prerequisites if name in names),
            *_tally(lesson),
        )
        for lesson in numbered
    ]


def contents(course: Course | None = None) -> str:
    """Return the table of contents as Markdown: a link for each lesson, and what one will be able to do.

    Args:
        course: where; None finds it.
    """
    order = [*PARTS, PLAYGROUND]
    found = sorted(lessons(course), key=lambda lesson: order.index(part_of(lesson.number)))
    parts = groupby(found, key=lambda lesson: part_of(lesson.number))
    return "\n\n".join(f"**{part}**\n\n" + "\n".join(map(_line, group)) for part, group in parts)


def _line(lesson: Lesson) -> str:
    asked, done = _tally(lesson)
    name = f"{lesson.number} · {lesson.title}" if lesson.number else lesson.title
    solved = f", {done} of {asked} solved" if asked else ""
    promise = "; ".join(lesson.objectives)
    return f"- [{name}]({lesson.name}.ipynb) ({lesson.minutes} minutes{solved}): {promise}."


def _tally(lesson: Lesson) -> tuple[int, int]:
    asked = exercises.of_lesson(lesson.number) if lesson.number else {}
    solved = {} if os.environ.get(_STRICT) == "1" else exercises.solved()
    return len(asked), sum(key in solved for key in asked)
