"""The symbols every derivation shares, and the sets their values come from.

``K`` classes, ``n`` samples per class, ``d`` feature dimension, ``gamma`` the scale γ of paper A, ``b`` a
bias.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import TypeAlias

import sympy as sp

from nccourse.errors import InputTypeError, InputValueError

K = sp.Symbol("K", integer=True, positive=True)
n = sp.Symbol("n", integer=True, positive=True)
d = sp.Symbol("d", integer=True, positive=True)
gamma = sp.Symbol("gamma", positive=True)
b = sp.Symbol("b", real=True)

CLASS_COUNTS = range(2, 7)

Domain: TypeAlias = Mapping[sp.Symbol, sp.Set]


def exact(name: str, value: object) -> sp.Basic:
    """Return ``value`` as a sympy expression or matrix without any floating-point number.

    Raises:
        InputTypeError: not something sympy can compute with.
        InputValueError: a float stands in it.

    >>> exact("lhs", 3)
    3
    """
    expected = "an exact sympy expression or matrix"
    if value is None or value is ... or isinstance(value, (bool, str)):
        raise InputTypeError(name, expected=expected, got=repr(value))
    try:
        expression = sp.ImmutableMatrix(value) if isinstance(value, sp.MatrixBase) else sp.sympify(value)
    except (sp.SympifyError, TypeError) as error:
        raise InputTypeError(name, expected=expected, got=type(value).__name__) from error
    if not isinstance(expression, (sp.Expr, sp.MatrixBase)):
        raise InputTypeError(name, expected=expected, got=type(value).__name__)
    if expression.has(sp.Derivative, sp.Subs):
        # Written out, not carried out, so that a step shows what is differentiated.
        expression = expression.doit()
    floats = expression.atoms(sp.Float)
    if floats:
        raise InputValueError(
            name,
            expected="exact numbers",
            got=f"the float {sorted(floats)[0]:.6g}",
            advice="sympy.Rational, e.g. Rational(1, 2) for one half",
        )
    return expression


def domain_of(symbol: sp.Symbol, domain: Domain | None = None) -> sp.Set:
    """Return the set a symbol ranges over: given, or from its assumptions; K is an integer >= 2."""
    if domain and symbol in domain:
        return domain[symbol]
    if symbol.name == "K":
        return sp.Range(2, sp.oo)
    if symbol.is_integer:
        return sp.Range(1, sp.oo) if symbol.is_positive else sp.Range(-sp.oo, sp.oo)
    return sp.Interval(0, sp.oo, left_open=bool(symbol.is_positive)) if symbol.is_nonnegative else sp.S.Reals


def class_count(symbols: Iterable[sp.Basic]) -> sp.Symbol | None:
    """Return the symbol named K among ``symbols``, the one specialised when no general proof is found."""
    return next((symbol for symbol in symbols if isinstance(symbol, sp.Symbol) and symbol.name == "K"), None)


def random_point(
    symbols: Iterable[sp.Symbol], rng: Random, turn: int, domain: Domain | None = None
) -> dict[sp.Symbol, sp.Rational]:
    """Draw a rational value for each symbol from its set; K takes its turn-th smallest value."""
    return {
        symbol: _draw(symbol, domain_of(symbol, domain), rng, turn) for symbol in sorted(symbols, key=str)
    }


def _draw(symbol: sp.Symbol, values: sp.Set, rng: Random, turn: int) -> sp.Rational:
    if isinstance(values, sp.FiniteSet):
        return rng.choice(sorted(values))
    low, high = values.inf, values.sup
    if isinstance(values, sp.Range):
        first = low if low.is_finite else sp.Integer(-5)
        last = min(high, first + 5)
        return (
            min(first + turn, last) if symbol.name == "K" else sp.Integer(rng.randint(int(first), int(last)))
        )
    start, end = _span(low, high)
    return start + (end - start) * sp.Rational(rng.randint(1, 996), 997)


def _span(low: sp.Expr, high: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    if low.is_finite and high.is_finite:
        return low, high
    if low.is_finite:
        return low, low + 6
    return (high - 6, high) if high.is_finite else (sp.Integer(-4), sp.Integer(4))
