"""Build the notebooks of a lesson from its master."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from nccourse.lessonbuild.course import Course, find_course
from nccourse.lessonbuild.execute import TIMEOUT_SECONDS, Progress, Run, run_notebook
from nccourse.lessonbuild.lesson import Lesson
from nccourse.lessonbuild.master import Master, find_master, lessons
from nccourse.lessonbuild.notebooks import generate, reference_solutions
from nccourse.lessonbuild.outputs import carry, clean
from nccourse.lessonbuild.sync import recorded_solutions


@dataclass(frozen=True)
class Build:
    """What building a lesson did.

    Args:
        lesson: the lesson.
        changed: the files written.
        run: of the solution notebook; None where its outputs could be kept.
    """

    lesson: Lesson
    changed: tuple[Path, ...]
    run: Run | None = None

    @property
    def passed(self) -> bool:
        """Whether the solution ran, now or before."""
        return self.run is None or self.run.passed

    def __str__(self) -> str:
        run = f"{self.lesson.name}: code unchanged, outputs kept" if self.run is None else str(self.run)
        return "\n".join([*(f"wrote {path}" for path in self.changed), run])


def build(
    names: Iterable[str | Path] | None = None,
    *,
    everything: bool = False,
    timeout: float = TIMEOUT_SECONDS,
    progress: Progress | None = None,
    course: Course | None = None,
) -> list[Build]:
    """Build lessons/ and solutions/ from the masters, and record the reference solutions.

    A solution is run, strictly and at the parameters' defaults, only when its code has changed; else it keeps
    its outputs. One that fails is not written.

    Args:
        names: numbers, names or files of the lessons; None is all.
        everything: run the solutions even if their code is unchanged.
        timeout: seconds for each cell.
        progress: called as ``progress(cells_done, cells)`` for each notebook.
        course: where; None finds it.

    Returns:
        One :class:`Build` a lesson.

    Raises:
        LessonError: a master that cannot be built.
    """
    course = course or find_course()
    wanted = names if names is not None else [lesson.name for lesson in lessons(course)]
    masters = [find_master(name, course) for name in wanted]
    return [_build(master, course, everything, timeout, progress) for master in masters]


def _build(
    master: Master, course: Course, everything: bool, timeout: float, progress: Progress | None
) -> Build:
    lesson = master.lesson
    texts = {
        lesson.notebook: _notebook_text(generate(master, "lesson")),
        course.solutions_json: _solutions_text(master, course),
    }
    solution = generate(master, "solution")
    run = None
    if everything or not _keep_outputs(lesson.solution, solution):
        lesson.solution.parent.mkdir(parents=True, exist_ok=True)
        run = run_notebook(solution, lesson.solution, strict=True, timeout=timeout, progress=progress)
        clean(solution, lesson)
    if run is None or run.passed:
        texts[lesson.solution] = _notebook_text(solution)
    return Build(lesson, tuple(path for path, text in texts.items() if _write(path, text)), run)


def _keep_outputs(path: Path, solution: NotebookNode) -> bool:
    return path.exists() and carry(nbformat.read(path, as_version=4), solution)


def _notebook_text(notebook: NotebookNode) -> str:
    return f"{nbformat.writes(notebook).rstrip()}\n"


def _solutions_text(master: Master, course: Course) -> str:
    number = master.lesson.number
    others = {
        key: value for key, value in recorded_solutions(course).items() if not key.startswith(f"{number}.")
    }
    merged = others | reference_solutions(master)
    return json.dumps(dict(sorted(merged.items())), indent=1, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # Replaced in one step, so that an interruption never leaves half a file.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return True
