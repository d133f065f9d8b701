"""Lints on the shape of a lesson: parameters first, size, sections in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nccourse.lessonbuild.lesson import LessonError
from nccourse.lessonbuild.lints.problem import Finding, Severity
from nccourse.lessonbuild.master import Master, MasterCell
from nccourse.lessonbuild.parameters import read_parameters
from nccourse.lessonbuild.regions import resolve

CELLS, WORDS, CODE_LINES = (25, 45), (1200, 2500), (1, 15)
TOLERANCE = 0.2
SHORT_MINUTES = 10
SECTIONS = ("Exercises", "Recap", "References")
ORDER = ("Question", "Your prediction", *SECTIONS)


def parameters_cell(master: Master) -> Iterator[Finding]:
    """Exactly one cell is tagged ``parameters``, it is the first code cell, and it holds scalars only."""
    tagged = [cell for cell in master.cells if "parameters" in cell.tags]
    if len(tagged) != 1 or tagged[0] is not master.code_cells[0]:
        line = tagged[-1].line if tagged else 1
        yield line, f"{len(tagged)} cells tagged parameters", "tag the first code cell, and only it", "error"
        return
    try:
        read_parameters(tagged[0].source, line=tagged[0].line)
    except LessonError as error:
        yield error.line, str(error), "compute with it in a later cell", "error"


def number_of_cells(master: Master) -> Iterator[Finding]:
    """A lesson has 25 to 45 cells, the opening included; a short one or a playground may have fewer."""
    yield from _within(master, len(master.cells) + 1, CELLS, "cells")


def number_of_words(master: Master) -> Iterator[Finding]:
    """A lesson has 1,200 to 2,500 words of prose; a short one or a playground may have fewer."""
    words = sum(len(re.findall(r"[^\W\d_][\w'-]*", _prose(cell))) for cell in master.markdown_cells)
    yield from _within(master, words, WORDS, "words")


def lines_of_code(master: Master) -> Iterator[Finding]:
    """A code cell has 1 to 15 lines, not counting blank lines and comments."""
    for cell in master.code_cells:
        count = sum(_is_code(text) for _, text in resolve(cell.lines, "solution"))
        if severity := _severity(count, CODE_LINES):
            yield cell.line, f"code cell of {count} lines", "split it, or move code into nccourse", severity


def sections(master: Master) -> Iterator[Finding]:
    """Exercises, Recap and References have a ``##`` heading each, and all known headings are in order.

    A playground needs none.
    """
    found = [
        (line, title)
        for cell in master.markdown_cells
        for line, text in cell.lines
        for title in ORDER
        if re.match(rf"## {title}\b", text, re.IGNORECASE)
    ]
    titles = [title for _, title in found]
    for title in () if master.lesson.is_playground else SECTIONS:
        if title not in titles:
            yield 1, f"no section {title}", f"add a markdown heading `## {title}`", "error"
    for (_, first), (line, second) in pairwise(found):
        if ORDER.index(first) > ORDER.index(second):
            yield line, f"section {second} after {first}", f"keep the order {', '.join(ORDER)}", "error"


def _within(master: Master, count: int, bounds: tuple[int, int], unit: str) -> Iterator[Finding]:
    low, high = bounds
    short = master.lesson.is_playground or master.lesson.minutes <= SHORT_MINUTES
    severity = _severity(count, (0 if short else low, high))
    if severity:
        change = "say more" if count < low else "say less, or make two lessons"
        yield 1, f"{count} {unit}, not {low} to {high}", change, severity


def _severity(count: int, bounds: tuple[int, int]) -> Severity | None:
    low, high = bounds
    if low <= count <= high:
        return None
    within = low * (1 - TOLERANCE) <= count <= high * (1 + TOLERANCE)
    return "warning" if within else "error"


def _prose(cell: MasterCell) -> str:
    return re.sub(r"\$\$.*?\$\$|\$[^$]*\$|```.*?```|\]\([^)]*\)", " ", cell.source, flags=re.DOTALL)


def _is_code(text: str) -> bool:
    return bool(text.strip()) and not text.lstrip().startswith("#")
