"""The parameters cell: what may be overridden when a lesson is run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from nccourse.errors import InputTypeError, InputValueError
from nccourse.lessonbuild.lesson import LessonError

Scalar = bool | int | float | str


def read_parameters(source: str, *, line: int = 0) -> dict[str, Scalar]:
    r"""Return names and defaults from the source of a parameters cell.

    Args:
        source: assignments of literals, one name each; comments are free.
        line: the master's line before the source, for the error.

    Raises:
        LessonError: anything else in the cell.

    >>> read_parameters("K = 4  # classes\nscale: float = -1.5")
    {'K': 4, 'scale': -1.5}
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise LessonError(f"parameters cell: {error.msg}", line=line + (error.lineno or 1)) from None
    return dict(_assignment(statement, line) for statement in statements)


def validate(parameters: Mapping[str, Any], defaults: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Return the parameters if each is known and of its default's type (an int may stand for a float).

    Raises:
        InputValueError: a name the lesson does not have, e.g. misspelt.
        InputTypeError: a value of another type.
    """
    for name, value in parameters.items():
        if name not in defaults:
            listed = ", ".join(defaults) or "none: this lesson has no parameters"
            raise InputValueError("parameter", expected=f"one of {listed}", got=repr(name))
        wanted = type(defaults[name])
        if type(value) is not wanted and not (wanted is float and type(value) is int):
            raise InputTypeError(f"parameter {name}", expected=wanted.__name__, got=repr(value))
    return dict(parameters)


def _assignment(statement: ast.stmt, line: int) -> tuple[str, Scalar]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    value = _literal(getattr(statement, "value", None))
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or not isinstance(value, Scalar):
        raise LessonError(
            "parameters cell",
            line=line + statement.lineno,
            expected="name = a literal int, float, str or bool",
            got=ast.unparse(statement)[:60],
        )
    return targets[0].id, value


def _literal(node: ast.expr | None) -> Any:
    try:
        return ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None
