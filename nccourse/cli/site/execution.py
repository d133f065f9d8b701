"""How the execution of a lesson ended, kept in the executed notebook itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

if TYPE_CHECKING:
    from nccourse.lessonbuild import Run


@dataclass(frozen=True)
class Execution:
    """An executed notebook and what came of it.

    Args:
        notebook: with its outputs.
        seconds: wall time.
        failing_cell: position of the cell that failed; None when all ran, or when the kernel died.
        error: in one line; empty when all ran.
        source: ``file:line`` in the master of the failing line, where known.
    """

    notebook: NotebookNode = field(repr=False)
    seconds: float
    failing_cell: int | None = None
    error: str = ""
    source: str = ""

    @property
    def passed(self) -> bool:
        """Whether every cell ran."""
        return not self.error

    @property
    def place(self) -> str:
        """Where it failed, in words."""
        return "the kernel" if self.failing_cell is None else f"cell {self.failing_cell}"

    @property
    def anchor(self) -> str:
        """Fragment of the failing cell's address on its page."""
        if self.failing_cell is None:
            return ""
        return f"#cell-id={self.notebook.cells[self.failing_cell].id}"

    @classmethod
    def read(cls, path: Path) -> Execution | None:
        """Read what :func:`store` wrote; None where there is nothing."""
        if not path.is_file():
            return None
        notebook = nbformat.read(path, as_version=4)
        return cls(notebook, **notebook.metadata.nccourse.run)


def store(run: Run, path: Path) -> None:
    """Write an executed notebook, without old outputs in the cells that were not reached."""
    notebook = run.notebook
    if run.failing_cell is not None:
        for cell in notebook.cells[run.failing_cell + 1 :]:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
    notebook.metadata.setdefault("nccourse", {})["run"] = {
        "seconds": round(run.seconds, 2),
        "failing_cell": run.failing_cell,
        "error": run.error,
        "source": run.source,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
