"""Try to falsify a claim at random rational points, with 80 digits of working precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import TypeAlias

import mpmath  # type: ignore[import-untyped]
import sympy as sp
from sympy.printing.pycode import MpmathPrinter

from nccourse.symbolic.deciding import vanishes
from nccourse.symbolic.symbols import Domain, random_point
from nccourse.symbolic.verdict import FalseStatementError, UndecidedError

Relation: TypeAlias = Callable[..., sp.Basic]

RELATIONS: dict[str, Relation] = {
    "=": sp.Eq,
    "<": sp.StrictLessThan,
    "<=": sp.LessThan,
    ">": sp.StrictGreaterThan,
    ">=": sp.GreaterThan,
}
DIGITS = 50
WORKING_DIGITS = 80
POINTS = 6
# As lambdify's own, but terms come in any order: sorting them is most of the cost of compiling a long sum.
_PRINTER = MpmathPrinter(
    {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True, "order": "none"}
)


def falsify(left: sp.Expr, right: sp.Expr, relation: Relation, domain: Domain | None, seed: int) -> None:
    """Raise unless the relation holds at every point tried; K takes the values 2, 3, ... in turn.

    Raises:
        FalseStatementError: with the counterexample.
        UndecidedError: no point at which both sides are real.
    """
    symbols, rng = left.free_symbols | right.free_symbols, Random(seed)
    sides = [_compiled(side) for side in (left, right)]
    defined = False
    for turn in range(POINTS if symbols else 1):
        point = random_point(symbols, rng, turn, domain)
        low, high = (side(point) for side in sides)
        if low is None or high is None:
            continue
        defined = True
        if not _holds(low, high, relation) or (_equal(low, high) and _tied(left, right, relation, point)):
            raise FalseStatementError(
                _claim(left, right, relation),
                point=point,
                expected=_show(right, point),
                got=_show(left, point),
            )
    if not defined:
        raise UndecidedError(
            _claim(left, right, relation),
            expected="real values of both sides",
            got="none at the points tried",
            advice="domain={symbol: Interval(...)}",
        )


def evaluate(side: sp.Expr, point: Mapping[sp.Symbol, sp.Rational]) -> mpmath.mpf | None:
    """Return the value of ``side`` at a rational point, computed with 80 digits; None where it is not real.

    >>> x = sp.Symbol("x")
    >>> mpmath.nstr(evaluate(sp.exp(x), {x: sp.Rational(1, 2)}), 12)
    '1.6487212707'
    """
    return _compiled(side)(point)


def _compiled(side: sp.Expr) -> Callable[[Mapping[sp.Symbol, sp.Rational]], mpmath.mpf | None]:
    """Translate an expression once, to be evaluated at many points."""
    if side.has(sp.Sum):
        # A sum needs its limits before it can be written out.
        return lambda point: evaluate(side.subs(point).doit(), {})
    symbols = tuple(side.free_symbols)
    function = sp.lambdify(symbols, side, "mpmath", printer=_PRINTER)

    def value(point: Mapping[sp.Symbol, sp.Rational]) -> mpmath.mpf | None:
        with mpmath.workdps(WORKING_DIGITS):
            return _real(function, [mpmath.mpf(point[symbol].p) / point[symbol].q for symbol in symbols])

    return value


def _real(function: Callable[..., object], arguments: list[mpmath.mpf]) -> mpmath.mpf | None:
    try:
        number = mpmath.mpmathify(function(*arguments))
    except (ZeroDivisionError, ValueError):
        return None
    if isinstance(number, mpmath.mpc):
        return number.real if abs(number.imag) < mpmath.mpf(10) ** -DIGITS else None
    return number if mpmath.isfinite(number) else None


def _equal(low: mpmath.mpf, high: mpmath.mpf) -> bool:
    with mpmath.workdps(WORKING_DIGITS):
        return bool(abs(low - high) <= mpmath.mpf(10) ** -DIGITS * max(1, abs(low), abs(high)))


def _holds(low: mpmath.mpf, high: mpmath.mpf, relation: Relation) -> bool:
    if _equal(low, high):
        return True
    return relation is not sp.Eq and (low < high) == (relation in (sp.LessThan, sp.StrictLessThan))


def _tied(left: sp.Expr, right: sp.Expr, relation: Relation, point: Mapping[sp.Symbol, sp.Rational]) -> bool:
    """Tell whether a strict inequality fails at ``point`` because both sides are exactly equal there."""
    if relation not in (sp.StrictLessThan, sp.StrictGreaterThan):
        return False
    return vanishes((left - right).subs(point))


def _claim(left: sp.Expr, right: sp.Expr, relation: Relation) -> str:
    sign = next(sign for sign, kind in RELATIONS.items() if kind is relation)
    return f"{left} {sign} {right}"


def _show(side: sp.Expr, point: Mapping[sp.Symbol, sp.Rational]) -> str:
    value = side.subs(point)
    return str(value) if value.is_Rational else str(mpmath.nstr(evaluate(side, point), 8))
