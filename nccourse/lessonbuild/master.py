"""Read a master: the jupytext percent file a lesson is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

from nccourse.lessonbuild.course import Course, find_course
from nccourse.lessonbuild.lesson import NAME, Lesson, LessonError, parse_lesson
from nccourse.lessonbuild.regions import SourceLine

_CHECK = re.compile(r"""exercises\.check\(\s*["']([^"']+)["']""")
_TRANSIENT = {"lines_to_next_cell", "lines_to_end_of_cell_marker"}


@dataclass(frozen=True)
class MasterCell:
    """A cell of a master: ``line`` is that of its ``# %%`` marker."""

    kind: str
    source: str
    metadata: dict[str, Any]
    line: int

    @property
    def tags(self) -> tuple[str, ...]:
        """The cell's tags."""
        return tuple(self.metadata.get("tags", ()))

    @property
    def lines(self) -> list[SourceLine]:
        """The source by line number in the master."""
        return list(enumerate(self.source.splitlines(), start=self.line + 1))

    @property
    def checks(self) -> list[str]:
        """The ids of the exercises that the cell checks."""
        return _CHECK.findall(self.source) if self.kind == "code" else []


@dataclass(frozen=True)
class Master:
    """A lesson and the cells of its master."""

    lesson: Lesson
    cells: tuple[MasterCell, ...]

    @property
    def code_cells(self) -> list[MasterCell]:
        """The code cells in order."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def markdown_cells(self) -> list[MasterCell]:
        """The markdown cells in order."""
        return [cell for cell in self.cells if cell.kind == "markdown"]


def read_master(source: Path, course: Course | None = None) -> Master:
    """Read a master.

    Raises:
        LessonError: no or a wrong header, or text outside any cell.
    """
    text = source.read_text(encoding="utf-8")
    notebook, lesson = _read(source, text, course or find_course(source.parent))
    markers = _markers(text)
    cells = (_cell(cell, line) for cell, line in zip(notebook.cells, markers, strict=True))
    return Master(lesson, tuple(cells))


def lessons(course: Course | None = None) -> list[Lesson]:
    """Return the lessons of the course, in order.

    Raises:
        MissingDataError: not in a course.
        LessonError: a master with a wrong header.
    """
    course = course or find_course()
    return [_read_lesson(path, course) for path in _sources(course)]


def find_master(name: str | Path, course: Course | None = None) -> Master:
    """Return the master of a lesson, by number (``"02"``, ``"2"``), name or file.

    Raises:
        LessonError: no such lesson; the message lists those there are.
    """
    course = course or find_course()
    paths = {path.stem: path for path in _sources(course)}
    wanted = Path(name).stem
    numbered = wanted.zfill(2) if wanted.isdigit() else wanted
    found = [path for stem, path in paths.items() if stem == wanted or stem[:2] == numbered]
    if not found:
        raise LessonError("lesson", expected=f"one of {', '.join(paths) or 'no lessons yet'}", got=repr(name))
    return read_master(found[0], course)


def _read_lesson(source: Path, course: Course) -> Lesson:
    # Up to the first cell: parsing every cell of every master takes ten times as long.
    head = source.read_text(encoding="utf-8").partition("\n# %%")[0]
    return _read(source, f"{head}\n", course)[1]


def _read(source: Path, text: str, course: Course) -> tuple[Any, Lesson]:
    notebook = jupytext.reads(text, fmt="py:percent")
    lesson = parse_lesson(source, notebook.metadata.get("nccourse"), course)
    markers = len(_markers(text))
    if markers != len(notebook.cells):
        raise LessonError(
            f"{source.name}: cells",
            expected="every cell after its own `# %%` line, nothing before the first",
            got=f"{markers} markers and {len(notebook.cells)} cells",
        )
    return notebook, lesson


def _markers(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), start=1) if re.match(r"# %%(\s|$)", line)]


def _sources(course: Course) -> list[Path]:
    return sorted(path for path in course.source.glob("*.py") if NAME.fullmatch(path.stem))


def _cell(cell: Any, line: int) -> MasterCell:
    metadata = {key: value for key, value in cell.metadata.items() if key not in _TRANSIENT}
    return MasterCell(cell.cell_type, cell.source, metadata, line)
