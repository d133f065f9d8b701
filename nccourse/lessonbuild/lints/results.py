"""Lints on an executed solution: pictures described, widgets with a picture, nothing too large."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import nbformat
from nbformat import NotebookNode

from nccourse.lessonbuild.lints.problem import Finding
from nccourse.lessonbuild.master import Master

LARGEST_BYTES = 1 << 20


def size(master: Master) -> Iterator[Finding]:
    """The executed solution is smaller than 1 MiB."""
    path = master.lesson.solution
    if path.exists() and path.stat().st_size >= LARGEST_BYTES:
        found = f"solution of {path.stat().st_size / LARGEST_BYTES:.1f} MiB"
        yield 1, found, "show fewer or smaller pictures, fewer frames", "error"


def alt_texts(master: Master) -> Iterator[Finding]:
    """Every picture in an output has an alternative text."""
    for line, cell in _executed(master):
        for output in cell.outputs:
            if not _described(output):
                yield line, "picture without alt text", 'show it with plots.show(figure, alt="...")', "error"


def widget_pictures(master: Master) -> Iterator[Finding]:
    """A cell that calls ``widgets.something(...)`` leaves a static picture."""
    for line, cell in _executed(master):
        pictures = any("image/png" in output.get("data", {}) for output in cell.outputs)
        if re.search(r"\bwidgets\.\w+\(", cell.source) and not pictures:
            yield line, "widget without a static picture", "end the cell with the widget itself", "error"


def warnings_shown(master: Master) -> Iterator[Finding]:
    """No warning is printed into the solution."""
    for line, cell in _executed(master):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                text = output.text.strip().splitlines()[0]
                yield line, f"warning in the output: {text}", "remove its cause", "error"


def _executed(master: Master) -> Iterator[tuple[int, NotebookNode]]:
    """Yield the master's line and the executed cell, for the code cells in step with the master."""
    path = master.lesson.solution
    if not path.exists():
        return
    executed = nbformat.read(path, as_version=4).cells[1:]
    # A notebook out of step is the sync gate's finding.
    for cell, result in zip(master.cells, executed, strict=False):
        if result.cell_type == cell.kind == "code":
            yield cell.line, result


def _described(output: Any) -> bool:
    data, metadata = output.get("data", {}), output.get("metadata", {})
    images = [mime for mime in data if mime.startswith("image/")]
    described = all(metadata.get(mime, {}).get("alt") or metadata.get("alt") for mime in images)
    tags = re.findall(r"<img\b[^>]*>", str(data.get("text/html", "")))
    return described and all(re.search(r"""\balt=(["'])\s*[^"'\s]""", tag) for tag in tags)
