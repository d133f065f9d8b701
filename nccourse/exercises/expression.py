"""Compare a sympy expression, in whatever equivalent form the learner left it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import sympy as sp

from nccourse.exercises.answers import another, describe
from nccourse.exercises.number import Mistakes
from nccourse.exercises.outcome import Outcome

Domain = Mapping[str, tuple[Any, Any]]

POINTS, DIGITS = 8, 30
_TOLERANCE = sp.Rational(1, 10**20)


def expect_expression(
    answer: Any,
    expected: Any,
    *,
    name: str = "the expression",
    domain: Domain | None = None,
    mistakes: Mistakes = (),
) -> Outcome:
    """Accept an expression or matrix equal to ``expected`` at random exact points, to 20 digits.

    Symbols are matched by name, whatever their assumptions. A point draws integers from 2..9 for an integer
    symbol, positive rationals for a positive one, else rationals of both signs.

    Args:
        answer: a sympy expression or matrix, or a number.
        expected: the true one.
        name: the quantity.
        domain: symbol name -> (low, high) where the identity is to hold, if narrower.
        mistakes: pairs (likely wrong expression, the sentence that helps whoever made it).

    >>> x = sp.Symbol("x", positive=True)
    >>> bool(expect_expression(sp.Symbol("x") ** 2 / x, x))
    True
    >>> expect_expression(sp.Symbol("y"), x + 1).reason
    'the expression: expected an expression in x, got one in y'
    """
    target = sp.sympify(expected)
    kind = _kind(target)
    value = _sympy(answer)
    if value is None or isinstance(value, sp.MatrixBase) != isinstance(target, sp.MatrixBase):
        return Outcome.wrong(name, expected=kind, got=describe(answer))
    if isinstance(value, sp.MatrixBase) and value.shape != target.shape:
        return Outcome.wrong(name, expected=kind, got=f"shape {value.shape}")
    value = _rename(value, target)
    strangers = value.free_symbols - target.free_symbols
    if strangers:
        return Outcome.wrong(name, expected=kind, got=f"one in {_names(value.free_symbols)}")
    if equal(value, target, domain):
        return Outcome.right()
    expected = kind if value.has(sp.nan, sp.oo, -sp.oo, sp.zoo) else another(kind)
    advice = _advice(value, mistakes, domain)
    return Outcome.wrong(name, expected=expected, got=describe(answer), advice=advice)


def equal(left: Any, right: Any, domain: Domain | None = None) -> bool:
    """Return whether two expressions (or matrices of one shape) in the same symbols agree."""
    if left == right:
        return True
    if isinstance(left, sp.MatrixBase) or isinstance(right, sp.MatrixBase):
        return getattr(left, "shape", None) == getattr(right, "shape", None) and all(
            equal(a, b, domain) for a, b in zip(left.flat(), right.flat(), strict=True)
        )
    agreements = [
        same for point in _points(left, right, domain) if (same := _agree(left, right, point)) is not None
    ]
    return all(agreements) if agreements else bool(sp.simplify(left - right) == 0)


def _sympy(answer: Any) -> Any:
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return sp.sympify(answer)
    return answer if isinstance(answer, sp.Expr | sp.MatrixBase) else None


def _kind(target: Any) -> str:
    names = _names(target.free_symbols)
    if isinstance(target, sp.MatrixBase):
        return f"a matrix of shape {target.shape}"
    return f"an expression in {names}" if names else "an exact number"


def _names(symbols: set[sp.Symbol]) -> str:
    return ", ".join(sorted(symbol.name for symbol in symbols))


def _rename(value: Any, target: Any) -> Any:
    by_name = {symbol.name: symbol for symbol in target.free_symbols}
    return value.xreplace({symbol: by_name.get(symbol.name, symbol) for symbol in value.free_symbols})


def _advice(value: Any, mistakes: Mistakes, domain: Domain | None) -> str:
    for wrong, sentence in mistakes:
        candidate = sp.sympify(wrong)
        if equal(_rename(value, candidate), candidate, domain):
            return sentence
    if value.has(sp.Float):
        return "It contains decimals: write exact numbers, such as sp.Rational(1, 3)."
    return ""


def _points(left: Any, right: Any, domain: Domain | None) -> list[dict[sp.Symbol, Any]]:
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    generator = random.Random(0)
    return [
        {symbol: _draw(symbol, (domain or {}).get(symbol.name), generator) for symbol in symbols}
        for _ in range(POINTS if symbols else 1)
    ]


def _draw(symbol: sp.Symbol, interval: tuple[Any, Any] | None, generator: random.Random) -> Any:
    if symbol.is_integer:
        low, high = interval or (2, 9)
        return sp.Integer(generator.randint(int(low), int(high)))
    low, high = interval or ((0, 3) if symbol.is_positive or symbol.is_nonnegative else (-3, 3))
    share = sp.Rational(generator.randint(1, 996), 997)
    return sp.nsimplify(low) + (sp.nsimplify(high) - sp.nsimplify(low)) * share


def _agree(left: Any, right: Any, point: dict[sp.Symbol, Any]) -> bool | None:
    values = [side.subs(point).doit().evalf(DIGITS) for side in (left, right)]
    if not all(value.is_number and value.is_finite for value in values):
        return None
    a, b = values
    return bool(abs(a - b) <= _TOLERANCE * (abs(b) + _TOLERANCE))
