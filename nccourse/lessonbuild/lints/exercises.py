"""Lints on exercises: those of the lesson are those that the package defines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nccourse.exercises import of_lesson
from nccourse.lessonbuild.lints.problem import Finding
from nccourse.lessonbuild.master import Master
from nccourse.lessonbuild.regions import has_region


def exercises_registered(master: Master) -> Iterator[Finding]:
    """Each exercise is checked once and introduced before, and defined in the package; at least one.

    A playground has none.
    """
    number = master.lesson.number
    defined = of_lesson(number)
    checked = {key: cell.line for cell in master.code_cells for key in cell.checks}
    file = f"nccourse/exercises/lesson_{number}.py"
    introduced = _introduced(master)
    if master.lesson.is_playground:
        yield from (
            (line, "exercise in a playground", "move it to a lesson", "error") for line in checked.values()
        )
        return
    if not checked:
        yield 1, "no exercise", "add at least one", "error"
    for key in defined.keys() - checked.keys():
        yield 1, f"exercise {key} is not in the lesson", f'call exercises.check("{key}", ...)', "error"
    for key, line in checked.items():
        if key not in defined:
            yield line, f"exercise {key} is not defined", f"define it in {file}", "error"
        if line < introduced.get(key, line + 1):
            advice = f"write `### {{{{exercise {key}}}}}` in a markdown cell before it"
            yield line, f"exercise {key} is not introduced", advice, "error"


def exercise_cells(master: Master) -> Iterator[Finding]:
    """A cell is tagged ``exercise`` exactly if it checks one, and then holds a solution and a stub."""
    for cell in master.code_cells:
        tagged, checks, region = "exercise" in cell.tags, bool(cell.checks), has_region(cell.lines)
        if not tagged == checks == region:
            advice = "give it the tag, a solution with its stub, and exercises.check, or none of the three"
            yield cell.line, "half an exercise cell", advice, "error"


def _introduced(master: Master) -> dict[str, int]:
    return {
        key.strip(): cell.line
        # The first mention counts: reversed, it is the one that stays.
        for cell in reversed(master.markdown_cells)
        for key in re.findall(r"\{\{exercise ([^}]*)\}\}", cell.source)
    }
