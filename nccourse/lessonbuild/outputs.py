"""What of an executed notebook's outputs is kept in solutions/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode

from nccourse.lessonbuild.lesson import Lesson
from nccourse.lessonbuild.notebooks import notebook_metadata

WIDGET = "application/vnd.jupyter.widget-view+json"


def clean(notebook: NotebookNode, lesson: Lesson) -> None:
    """Drop what means nothing once the kernel is gone: progress bars, live widgets, versions."""
    notebook.metadata = NotebookNode(notebook_metadata(lesson, "solution"))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
            cell.outputs = [output for output in map(_without_widget, cell.outputs) if _lasting(output)]


def carry(executed: NotebookNode, target: NotebookNode) -> bool:
    """Copy the outputs to a newly generated notebook whose code is the same; else return False."""
    before, after = _code_cells(executed), _code_cells(target)
    if [cell.source for cell in before] != [cell.source for cell in after] or not _executed(before):
        return False
    for old, new in zip(before, after, strict=True):
        new.outputs, new.execution_count = old.outputs, old.execution_count
    return True


def is_executed(notebook: NotebookNode) -> bool:
    """Return whether every code cell that holds code has been run."""
    return _executed(_code_cells(notebook))


def _executed(cells: Sequence[NotebookNode]) -> bool:
    return all(cell.execution_count is not None for cell in cells if cell.source.strip())


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _without_widget(output: NotebookNode) -> NotebookNode:
    # A front end prefers the live view and shows an error where its kernel is gone, hiding the picture.
    data: dict[str, Any] = output.get("data", {})
    if WIDGET in data:
        output.data = NotebookNode({mime: value for mime, value in data.items() if mime != WIDGET})
        if set(output.data) <= {"text/plain"}:
            output.data = NotebookNode()
    return output


def _lasting(output: NotebookNode) -> bool:
    if output.output_type == "stream" and output.name == "stderr":
        return "Warning" in output.text
    return output.output_type not in ("display_data", "execute_result") or bool(output.data)
