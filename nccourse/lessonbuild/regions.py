"""Solution and stub in one cell of a master.

Between ``# begin solution`` and ``# stub`` stands the solution, between ``# stub`` and ``# end solution`` the
learner's stub as comments. A lesson keeps the stubs uncommented, a solution notebook the solutions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from nccourse.lessonbuild.lesson import LessonError

Variant = Literal["lesson", "solution"]
SourceLine = tuple[int, str]

BEGIN, STUB, END = "# begin solution", "# stub", "# end solution"
_ORDER = {BEGIN: STUB, STUB: END, END: BEGIN}


def resolve(lines: Sequence[SourceLine], variant: Variant) -> list[SourceLine]:
    """Return the numbered lines of one variant of a cell.

    Args:
        lines: (line in the master, text) of the cell.
        variant: which notebook they are for.

    Raises:
        LessonError: markers out of order, or a stub line that is no comment.

    >>> cell = ["# begin solution", "answer = 2", "# stub", "# answer = ...", "# end solution", "check()"]
    >>> resolve(list(enumerate(cell, start=7)), "lesson")
    [(10, 'answer = ...'), (12, 'check()')]
    """
    kept = {"lesson": STUB, "solution": BEGIN}[variant]
    result = []
    for region, number, text in _regions(lines):
        if region == STUB:
            text = _uncomment(number, text)
        if region in (kept, END):
            result.append((number, text))
    return _trim(result)


def has_region(lines: Sequence[SourceLine]) -> bool:
    """Return whether the cell holds a solution."""
    return any(text.strip() == BEGIN for _, text in lines)


def _regions(lines: Sequence[SourceLine]) -> Iterator[tuple[str, int, str]]:
    # The region a line stands in is the last marker before it; END means outside of any.
    region = END
    for number, text in lines:
        marker = text.strip()
        if marker not in _ORDER:
            yield region, number, text
        elif marker != _ORDER[region]:
            raise LessonError("exercise marker", line=number, expected=repr(_ORDER[region]), got=repr(marker))
        else:
            region = marker
    if region != END:
        raise LessonError("exercise marker", line=lines[-1][0], expected=repr(_ORDER[region]), got="the end")


def _trim(lines: list[SourceLine]) -> list[SourceLine]:
    filled = [position for position, (_, text) in enumerate(lines) if text.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _uncomment(number: int, text: str) -> str:
    match = re.fullmatch(r"(\s*)# ?(.*)", text)
    if match is None and text.strip():
        raise LessonError("stub", line=number, expected="a comment", got=repr(text))
    return match[1] + match[2] if match else ""
