"""Run a notebook in a fresh kernel, and say where in the master it failed."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from nccourse.errors import MissingDataError
from nccourse.lessonbuild.course import find_course
from nccourse.lessonbuild.lesson import LessonError
from nccourse.lessonbuild.master import find_master
from nccourse.lessonbuild.notebooks import cell_id
from nccourse.lessonbuild.parameters import Scalar, read_parameters, validate
from nccourse.lessonbuild.regions import resolve

Progress = Callable[[int, int], None]
TIMEOUT_SECONDS = 600
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Run:
    """What came of running a notebook.

    Args:
        lesson: its name, or the file's where it is no lesson.
        seconds: wall time, kernel start included.
        failing_cell: position of the cell that failed; None when all passed.
        error: the exception in one line; empty when all passed.
        source: ``file:line`` in the master of the failing line, where known.
        notebook: with its outputs.
    """

    lesson: str
    seconds: float
    notebook: NotebookNode = field(repr=False)
    failing_cell: int | None = None
    error: str = ""
    source: str = ""

    @property
    def passed(self) -> bool:
        """Whether every cell ran."""
        return not self.error

    def __str__(self) -> str:
        if self.passed:
            return f"{self.lesson}: passed in {self.seconds:.1f} s"
        place = f" ({self.source})" if self.source else ""
        where = f"cell {self.failing_cell}{place}" if self.failing_cell is not None else "the kernel"
        return f"{self.lesson}: failed after {self.seconds:.1f} s in {where}: {self.error}"


def execute(
    notebook: str | Path,
    parameters: Mapping[str, Scalar] | None = None,
    *,
    output: str | Path | None = None,
    strict: bool = False,
    timeout: float = TIMEOUT_SECONDS,
    progress: Progress | None = None,
) -> Run:
    """Run a notebook file with papermill's parameters; a failing cell is in the result, not raised.

    Args:
        notebook: the ``.ipynb``; it runs in its own folder.
        parameters: name -> value; every name must be in the cell tagged ``parameters``.
        output: where to write the executed notebook, also when it failed.
        strict: run with ``NCCOURSE_STRICT=1``, so that an exercise not right fails.
        timeout: seconds for each cell.
        progress: called as ``progress(cells_done, cells)`` before the first and after each code cell.

    Returns:
        The :class:`Run`.

    Raises:
        InputValueError: a parameter the notebook does not have.
        InputTypeError: a parameter of another type than its default.
    """
    path = Path(notebook).resolve()
    node = parameterize(path, parameters or {})
    run = run_notebook(node, path, strict=strict, timeout=timeout, progress=progress)
    if output is not None:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(run.notebook, output)
    return run


def parameters_of(notebook: str | Path) -> dict[str, Scalar]:
    """Return the parameters of a notebook file and their defaults; empty where it has no such cell."""
    return _defaults(nbformat.read(notebook, as_version=4))


def parameterize(path: Path, parameters: Mapping[str, Any]) -> NotebookNode:
    """Return the notebook with the parameters injected after their cell."""
    node: NotebookNode
    # Papermill takes a second to import, and running at the defaults does not need it.
    if not parameters:
        node = nbformat.read(path, as_version=4)
        return node
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    node = load_notebook_node(str(path))
    node = parameterize_notebook(node, validate(parameters, _defaults(node)))
    return node


def run_notebook(
    node: NotebookNode,
    path: Path,
    *,
    strict: bool = False,
    timeout: float = TIMEOUT_SECONDS,
    progress: Progress | None = None,
) -> Run:
    """Run a notebook in memory, in the folder of ``path``; see :func:`execute`."""
    watch = _Watch(sum(cell.cell_type == "code" for cell in node.cells), progress)
    client = NotebookClient(
        node,
        timeout=timeout,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
        record_timing=False,
        # Kernels announce at warning level that they listen on loopback, into our progress display.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        on_cell_start=watch.started,
        on_cell_complete=watch.completed,
    )
    began = time.perf_counter()
    error = _error_of(lambda: client.execute(env=_environment(strict)))
    lesson = node.metadata.get("nccourse", {}).get("lesson", path.stem)
    failing = watch.current if error else None
    source = _locate(node, failing, path) if failing is not None else ""
    return Run(lesson, time.perf_counter() - began, node, failing, error, source)


class _Watch:
    """Remember which cell runs, and report progress."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.current: int | None = None
        self.total, self.done, self.progress = total, 0, progress
        self._report()

    def started(self, cell_index: int, **_: Any) -> None:
        self.current = cell_index

    def completed(self, cell: NotebookNode, **_: Any) -> None:
        if cell.cell_type == "code":
            self.done += 1
            self._report()

    def _report(self) -> None:
        if self.progress:
            self.progress(self.done, self.total)


def _environment(strict: bool) -> dict[str, str]:
    # A caller's Agg backend would leave every figure undisplayed.
    kept = {name: value for name, value in os.environ.items() if name != "NCCOURSE_STRICT"}
    inline = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    return kept | inline | ({"NCCOURSE_STRICT": "1"} if strict else {})


def _error_of(action: Callable[[], object]) -> str:
    try:
        action()
    except CellExecutionError as failure:
        return " ".join(f"{failure.ename}: {failure.evalue}".split())
    except (CellTimeoutError, DeadKernelError, RuntimeError) as failure:
        return f"{type(failure).__name__}: {str(failure).splitlines()[0]}"
    return ""


def _defaults(node: NotebookNode) -> dict[str, Scalar]:
    tagged = (cell.source for cell in node.cells if "parameters" in cell.metadata.get("tags", ()))
    return read_parameters(next(tagged, ""))


def _locate(node: NotebookNode, position: int, path: Path) -> str:
    """Return ``file:line`` in the master of the failing line, or "" where the notebook has no master."""
    info = node.metadata.get("nccourse", {})
    cell = node.cells[position]
    with suppress(LessonError, MissingDataError):
        master = find_master(info.get("lesson", ""), find_course(path.parent))
        for number, candidate in enumerate(master.cells, start=1):
            if cell_id(master.lesson.name, number) == cell.id:
                lines = [line for line, _ in resolve(candidate.lines, info["variant"])]
                within = min(_line_in_cell(cell), len(lines))
                return f"{master.lesson.source.name}:{lines[within - 1] if lines else candidate.line}"
    return ""


def _line_in_cell(cell: NotebookNode) -> int:
    text = "\n".join("\n".join(output.get("traceback", ())) for output in cell.outputs)
    match = re.search(r"Cell In\[\d+\], line (\d+)", _ANSI.sub("", text))
    return int(match[1]) if match else 1
