"""Lints on numbers: none measured stands in prose, none inexact in a derivation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from nccourse.lessonbuild.lesson import LessonError
from nccourse.lessonbuild.lints.problem import Finding
from nccourse.lessonbuild.master import Master
from nccourse.lessonbuild.regions import SourceLine, resolve

QUOTED = ("theory-number", "paper-number")

# Code, link targets and exercise references are no claims; blanked, not removed, to keep line numbers.
_EXEMPT = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|\{\{[^}]*\}\}|<[^>]*>", re.DOTALL)
_MEASURED = re.compile(
    r"(?<![\w.])\d+\.\d{2,}(?!\d|\.\d)|(?<![\w.])\d+(?:\.\d+)?[\s~\\,]*%|(?<![\w.])\d(?:\.\d+)?e-?\d+"
)


def measured_numbers(master: Master) -> Iterator[Finding]:
    """Prose holds no percentage and no decimal of two or more places, unless tagged as quoted.

    A result belongs in a table or figure made from data. A constant of the theory or a number printed in a
    paper may stand in a cell tagged ``theory-number`` or ``paper-number``; a setting goes in backticks.
    """
    for cell in master.markdown_cells:
        if any(tag in cell.tags for tag in QUOTED):
            continue
        text = _EXEMPT.sub(_blank, cell.source)
        for match in _MEASURED.finditer(text):
            line = cell.line + 1 + text.count("\n", 0, match.start())
            advice = f"show it from data, or tag the cell {' or '.join(QUOTED)}"
            yield line, f"number {match[0]!r} typed in prose", advice, "error"


def exact_derivations(master: Master) -> Iterator[Finding]:
    """A cell tagged ``derivation`` holds no float: rationals stay exact."""
    for cell in master.code_cells:
        if "derivation" not in cell.tags:
            continue
        lines = resolve(cell.lines, "solution")
        for node in ast.walk(_parse(lines)):
            if isinstance(node, ast.expr) and _is_float(node):
                advice = "use sp.Rational, or drop the tag where nothing is derived"
                yield lines[node.lineno - 1][0], f"float {ast.unparse(node)} in a derivation", advice, "error"


def _parse(lines: Sequence[SourceLine]) -> ast.Module:
    try:
        return ast.parse("\n".join(text for _, text in lines))
    except SyntaxError as error:
        line = lines[(error.lineno or 1) - 1][0]
        raise LessonError(f"derivation: {error.msg}", line=line) from None


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _is_float(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float | complex)
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("float", "Float", "sp.Float")
