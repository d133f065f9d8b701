"""Everything an author wants to know about one lesson, in one call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nccourse.lessonbuild.build import Build, build
from nccourse.lessonbuild.course import Course, find_course
from nccourse.lessonbuild.execute import TIMEOUT_SECONDS, Progress, Run, execute
from nccourse.lessonbuild.lints import Problem, lint


@dataclass(frozen=True)
class Report:
    """A lesson rebuilt, linted and run, solved and unsolved.

    Args:
        build: of the lesson; ``build.run`` is the solution's run.
        unsolved: the run of the lesson as a learner gets it; None when the solution failed.
        problems: what the lints found.
    """

    build: Build
    unsolved: Run | None
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        """Whether both notebooks ran and no lint found an error."""
        ran = self.build.passed and self.unsolved is not None and self.unsolved.passed
        return ran and not any(problem.is_error for problem in self.problems)

    def __str__(self) -> str:
        runs = [run for run in (self.build.run, self.unsolved) if run is not None]
        lines = [*map(str, self.problems), *map(str, runs)]
        return "\n".join([*lines, f"{self.build.lesson.name}: {'passed' if self.passed else 'FAILED'}"])


def check(
    name: str | Path,
    *,
    timeout: float = TIMEOUT_SECONDS,
    progress: Progress | None = None,
    course: Course | None = None,
) -> Report:
    """Rebuild one lesson, run its solution strictly and the lesson unsolved, and lint it.

    Args:
        name: number, name or file.
        timeout: seconds for each cell.
        progress: called as ``progress(cells_done, cells)`` for each notebook.
        course: where; None finds it.

    Returns:
        The :class:`Report`; its text is what an author wants to read.

    Raises:
        LessonError: a master that cannot be built at all.
    """
    course = course or find_course()
    (built,) = build([name], everything=True, timeout=timeout, progress=progress, course=course)
    unsolved = execute(built.lesson.notebook, timeout=timeout, progress=progress) if built.passed else None
    return Report(built, unsolved, tuple(lint(built.lesson.name, course=course)))
