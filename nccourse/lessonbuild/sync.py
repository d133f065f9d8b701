"""The gate that the generated files are what the masters generate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from nccourse.lessonbuild.course import Course, find_course
from nccourse.lessonbuild.master import Master, find_master, read_master
from nccourse.lessonbuild.notebooks import generate, reference_solutions
from nccourse.lessonbuild.outputs import is_executed


def differences(name: str | Path, course: Course | None = None) -> list[str]:
    """Say where the generated files of a lesson differ from its master; empty when in sync.

    Compares source, tags, metadata and ids of the cells, and the recorded reference solutions; outputs only
    for being there in solutions/ and absent in lessons/.

    Args:
        name: the lesson's number, name or file.
        course: where; None finds it.
    """
    course = course or find_course()
    master = find_master(name, course)
    lesson = master.lesson
    found = [
        *_compare(lesson.notebook, generate(master, "lesson"), executed=False),
        *_compare(lesson.solution, generate(master, "solution"), executed=True),
        *_compare_solutions(master, course),
    ]
    return [f"{difference}; run `nccourse build {lesson.number or lesson.name}`" for difference in found]


def orphans(course: Course | None = None) -> list[Path]:
    """Return the notebooks in lessons/ and solutions/ that no master generates."""
    course = course or find_course()
    stems = {path.stem for path in course.source.glob("*.py")}
    folders = (course.lessons, course.solutions)
    return [path for folder in folders for path in sorted(folder.glob("*.ipynb")) if path.stem not in stems]


def recorded_solutions(course: Course) -> dict[str, str]:
    """Return exercise id -> reference solution as recorded in the package's data."""
    if not course.solutions_json.exists():
        return {}
    recorded: dict[str, str] = json.loads(course.solutions_json.read_text(encoding="utf-8"))
    return recorded


def _compare(path: Path, wanted: NotebookNode, *, executed: bool) -> Iterator[str]:
    place = f"{path.parent.name}/{path.name}"
    if not path.exists():
        yield f"{place} is missing"
        return
    found = nbformat.read(path, as_version=4)
    if found.metadata != wanted.metadata:
        yield f"{place}: metadata differ"
    if len(found.cells) != len(wanted.cells):
        yield f"{place}: {len(found.cells)} cells instead of {len(wanted.cells)}"
        return
    for position, (old, new) in enumerate(zip(found.cells, wanted.cells, strict=True)):
        for key in ("cell_type", "id", "source", "metadata"):
            if old.get(key) != new.get(key):
                yield f"{place}: {key} of cell {position} differs"
    if executed and not is_executed(found):
        yield f"{place} has not been executed"
    if not executed and any(cell.get("outputs") for cell in found.cells):
        yield f"{place} holds outputs"


def _compare_solutions(master: Master, course: Course) -> Iterator[str]:
    number = master.lesson.number
    recorded = {
        key: value for key, value in recorded_solutions(course).items() if key.startswith(f"{number}.")
    }
    if recorded != reference_solutions(master):
        yield f"{course.solutions_json.name}: solutions of lesson {number} differ"


def stale_solutions(course: Course | None = None) -> list[str]:
    """Return the ids in the recorded solutions that no master has."""
    course = course or find_course()
    masters = (read_master(path, course) for path in sorted(course.source.glob("[0-9][0-9]_*.py")))
    current = {key for master in masters for key in reference_solutions(master)}
    return sorted(set(recorded_solutions(course)) - current)
