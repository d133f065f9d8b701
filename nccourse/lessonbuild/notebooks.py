"""Make a lesson's two notebooks from its master: the same every time, ids included."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import nbformat
from nbformat import NotebookNode

from nccourse.errors import InputValueError
from nccourse.exercises import find
from nccourse.lessonbuild.lesson import Lesson, LessonError
from nccourse.lessonbuild.master import Master, MasterCell
from nccourse.lessonbuild.regions import Variant, resolve

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LOOK_UP = ", ".join(
    f"[{page.capitalize()}](../{page}.md)" for page in ("GLOSSARY", "NOTATION", "BIBLIOGRAPHY")
)
_EXERCISE = re.compile(r"\{\{exercise ([^}]*)\}\}")


def generate(master: Master, variant: Variant) -> NotebookNode:
    """Return the notebook without outputs: the opening made from the header, then the master's cells.

    Raises:
        LessonError: wrong exercise markers, or ``{{exercise ...}}`` with an unknown id.
    """
    name = master.lesson.name
    cells = [_markdown(opening(master.lesson), {})] + [_cell(cell, variant) for cell in master.cells]
    for position, cell in enumerate(cells):
        cell.id = cell_id(name, position)
    notebook: NotebookNode = nbformat.v4.new_notebook(
        cells=cells, metadata=notebook_metadata(master.lesson, variant)
    )
    nbformat.validate(notebook)
    return notebook


def notebook_metadata(lesson: Lesson, variant: Variant) -> dict[str, object]:
    """Return the metadata of a generated notebook, free of anything that depends on the machine."""
    return {**KERNEL, "nccourse": {"lesson": lesson.name, "title": lesson.title, "variant": variant}}


def cell_id(name: str, position: int) -> str:
    """Return the id of the cell at a position, a hash of lesson and position."""
    return hashlib.sha256(f"{name}:{position}".encode()).hexdigest()[:12]


def opening(lesson: Lesson) -> str:
    """Return the first cell: title, objectives, demands, papers and theorems, and where to look things up."""
    objectives = "\n".join(f"- {objective}" for objective in lesson.objectives)
    demands = "\n".join(
        f"| `{profile}` | {demand.time} | {demand.memory} |" for profile, demand in lesson.profiles.items()
    )
    before = "; ".join(map(_prerequisite, lesson.prerequisites)) or "nothing"
    included = "" if lesson.is_playground else ", exercises included"
    parts = [
        f"# {lesson.title}" if lesson.is_playground else f"# {lesson.number} · {lesson.title}",
        f"**You will be able to**\n\n{objectives}",
        f"**Before this:** {before}.",
        f"**Time:** {lesson.minutes} minutes{included}. Running all cells takes:",
        f"| profile | time | memory |\n|---|---|---|\n{demands}",
    ]
    if lesson.papers:
        parts.append(f"**Papers:** {', '.join(lesson.papers)}.")
    if lesson.theorems:
        parts.append(f"**Covers:** {'; '.join(lesson.theorems)}.")
    parts.append(f"**Look up:** {LOOK_UP}.")
    return "\n\n".join(parts)


def reference_solutions(master: Master) -> dict[str, str]:
    """Return exercise id -> the code of its solved cell, without the line that checks it."""
    return {
        exercise_id: "\n".join(
            text for _, text in resolve(cell.lines, "solution") if not text.startswith("exercises.check(")
        ).strip()
        for cell in master.code_cells
        for exercise_id in cell.checks
    }


def _prerequisite(text: str) -> str:
    return f"[{text}]({text}.ipynb)" if re.fullmatch(r"\d\d_\w+", text) else text


def _cell(cell: MasterCell, variant: Variant) -> NotebookNode:
    if cell.kind == "markdown":
        return _markdown(_EXERCISE.sub(_summary(cell.line), cell.source), cell.metadata)
    if cell.kind != "code":
        raise LessonError("cell", line=cell.line, expected="code or markdown", got=cell.kind)
    source = "\n".join(text for _, text in resolve(cell.lines, variant))
    code: NotebookNode = nbformat.v4.new_code_cell(source, metadata=cell.metadata)
    return code


def _summary(line: int) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        try:
            return find(match[1].strip()).summary
        except InputValueError as unknown:
            raise LessonError(match[0], line=line, expected=unknown.expected, got=unknown.got) from None

    return replace


def _markdown(source: str, metadata: dict[str, object]) -> NotebookNode:
    cell: NotebookNode = nbformat.v4.new_markdown_cell(source, metadata=metadata)
    return cell
