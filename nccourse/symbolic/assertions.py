"""Assert an identity, an inequality or a limit exactly, and say how it was established.

Each function first tries to falsify the claim at random rational points (50 digits), then to prove it with
all symbols free, then for each K = 2..6, and returns the :class:`~nccourse.symbolic.verdict.Verdict` it
reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import sympy as sp

from nccourse.errors import InputTypeError, InputValueError
from nccourse.symbolic.deciding import positive, vanishes
from nccourse.symbolic.falsifying import RELATIONS, falsify
from nccourse.symbolic.symbols import CLASS_COUNTS, Domain, class_count, domain_of, exact
from nccourse.symbolic.verdict import FalseStatementError, UndecidedError, Verdict

Side: TypeAlias = sp.Basic | int | Callable[[int], sp.Basic | int]

_METHODS = ("symbolic", "cases", "points")


def assert_identity(
    lhs: Side,
    rhs: Side,
    *,
    values: Iterable[int] | None = None,
    domain: Domain | None = None,
    method: str | None = None,
    seed: int = 0,
) -> Verdict:
    """Assert lhs = rhs for all values of the symbols and return how that was established.

    Args:
        lhs: exact expression or matrix, or a function of the integer K returning one (a sum or matrix of K
            entries).
        rhs: likewise.
        values: the K tried when no proof for general K is found; default 2..6.
        domain: set of values of a symbol; default from its assumptions, and K an integer >= 2.
        method: None takes the strongest that succeeds; "symbolic" insists on a proof with every symbol free,
            "cases" on one for each K, "points" only evaluates.
        seed: of the random points.

    Returns:
        ``Verdict.PROVED``, ``CASES`` (each K proved) or ``POINTS`` (no counterexample at six rational
        points).

    Raises:
        FalseStatementError: with a counterexample.
        UndecidedError: true at every point tried, but not established by the method asked for.
        InputValueError: a float in either side; two matrices of different shape.

    Source: the check behind every derivation of the course.

    >>> K = sp.Symbol("K", integer=True, positive=True)
    >>> print(assert_identity(K / (K - 1) - 1, 1 / (K - 1)))
    proved symbolically
    >>> assert_identity(K**2, 2 * K)
    Traceback (most recent call last):
    nccourse.symbolic.verdict.FalseStatementError: K**2 = 2*K is false at K = 3: expected 6, got 9
    """
    _check_method(method)
    if callable(lhs) or callable(rhs):
        verdicts = [
            assert_identity(_at(lhs, k), _at(rhs, k), domain=domain, method=method, seed=seed)
            for k in _class_counts(values, domain)
        ]
        return Verdict.weakest(verdicts).at_most(Verdict.CASES)
    for left, right in _pairs(exact("lhs", lhs), exact("rhs", rhs)):
        falsify(left, right, sp.Eq, domain, seed)
    return _establish(
        lambda left, right: vanishes(left - right),
        _pairs(exact("lhs", lhs), exact("rhs", rhs)),
        _class_counts(values, domain),
        method,
    )


def assert_inequality(
    lhs: Side,
    relation: str,
    rhs: Side,
    domain: Domain | None = None,
    *,
    values: Iterable[int] | None = None,
    method: str | None = None,
    seed: int = 0,
) -> Verdict:
    """Assert lhs ``relation`` rhs on the domain and return how that was established.

    Args:
        lhs: exact expression, or a function of the integer K returning one.
        relation: "<", "<=", ">" or ">=".
        rhs: likewise.
        domain: set of values of each symbol; default from assumptions, and K an integer >= 2.
        values: the K tried when no proof for general K is found; default 2..6.
        method: as in :func:`assert_identity`.
        seed: of the random points.

    Raises:
        FalseStatementError: with a counterexample.
        UndecidedError: not established by the method asked for.
        InputValueError: an unknown relation or a float.

    >>> x = sp.Symbol("x", real=True)
    >>> print(assert_inequality(x**2 + 1, ">=", 2 * x))
    proved symbolically
    """
    _check_method(method)
    if relation not in RELATIONS or relation == "=":
        raise InputValueError("relation", expected="one of <, <=, >, >=", got=repr(relation))
    if callable(lhs) or callable(rhs):
        verdicts = [
            assert_inequality(_at(lhs, k), relation, _at(rhs, k), domain, method=method, seed=seed)
            for k in _class_counts(values, domain)
        ]
        return Verdict.weakest(verdicts).at_most(Verdict.CASES)
    left, right = _scalar("lhs", lhs), _scalar("rhs", rhs)
    falsify(left, right, RELATIONS[relation], domain, seed)
    difference = left - right
    if method in (None, "points") and not difference.free_symbols and not difference.is_Rational:
        # Two irrational numbers were just compared to 50 digits; their closed forms decide nothing more.
        return Verdict.POINTS
    sign = 1 if relation[0] == ">" else -1
    strict = "=" not in relation
    return _establish(
        lambda low, high: positive(sign * (low - high), domain, strict=strict),
        [(left, right)],
        _class_counts(values, domain),
        method,
    )


def assert_limit(
    expression: sp.Expr,
    symbol: sp.Symbol,
    point: sp.Expr | int,
    value: sp.Expr | int,
    *,
    direction: str = "+",
) -> Verdict:
    """Assert that ``expression`` tends to ``value`` as ``symbol`` tends to ``point``.

    Args:
        expression: exact expression.
        symbol: the variable.
        point: where it goes, ``sympy.oo`` included.
        value: the claimed limit, ``sympy.oo`` included.
        direction: "+" from above, "-" from below.

    Returns:
        ``Verdict.PROVED``, or ``CASES`` when sympy finds the limit only for each K = 2..6.

    Raises:
        FalseStatementError: the limit is another.
        UndecidedError: sympy finds no limit.

    >>> x = sp.Symbol("x", positive=True)
    >>> print(assert_limit(x * sp.exp(-x), x, sp.oo, 0))
    proved symbolically
    """
    if not isinstance(symbol, sp.Symbol):
        raise InputTypeError("symbol", expected="a sympy symbol", got=repr(symbol))
    if direction not in ("+", "-"):
        raise InputValueError("direction", expected="'+' or '-'", got=repr(direction))
    function, claimed = exact("expression", expression), exact("value", value)
    target = exact("point", point)
    classes = class_count(function.free_symbols)
    if classes is None:
        return _compare_limit(function, claimed, _find_limit(function, symbol, target, direction))
    more = sp.Dummy("M", integer=True, positive=True)
    try:
        # With K = M + 1 sympy knows the sign of K - 1.
        found = _find_limit(function.subs(classes, more + 1), symbol, target, direction)
        return _compare_limit(function, claimed, found.subs(more, classes - 1))
    except UndecidedError:
        for k in CLASS_COUNTS:
            case = function.subs(classes, k)
            _compare_limit(case, claimed.subs(classes, k), _find_limit(case, symbol, target, direction))
        return Verdict.CASES


def _find_limit(function: sp.Expr, symbol: sp.Symbol, target: sp.Expr, direction: str) -> sp.Expr:
    try:
        found = sp.limit(function, symbol, target, direction)
    except (NotImplementedError, ValueError, TypeError):
        found = None
    if found is None or found.has(sp.Limit, sp.nan):
        raise UndecidedError(f"limit of {function}", expected="a limit sympy finds", got="none")
    return found


def _compare_limit(function: sp.Expr, claimed: sp.Expr, found: sp.Expr) -> Verdict:
    if found == claimed:
        return Verdict.PROVED
    if found.is_finite is not False and claimed.is_finite is not False and vanishes(found - claimed):
        return Verdict.PROVED
    raise FalseStatementError(f"limit of {function}", expected=str(claimed), got=str(found))


def _check_method(method: str | None) -> None:
    if method is not None and method not in _METHODS:
        raise InputValueError("method", expected=f"None or one of {', '.join(_METHODS)}", got=repr(method))


def _class_counts(values: Iterable[int] | None, domain: Domain | None) -> list[int]:
    if values is not None:
        return list(values)
    classes = class_count(domain or ())
    return [k for k in CLASS_COUNTS if classes is None or domain is None or k in domain_of(classes, domain)]


def _scalar(name: str, side: Side) -> sp.Expr:
    expression = exact(name, side)
    if isinstance(expression, sp.MatrixBase):
        raise InputValueError(name, expected="a scalar", got=_shape(expression))
    return expression


def _at(side: Side, classes: int) -> sp.Basic | int:
    return side(classes) if callable(side) else side


def _pairs(lhs: sp.Basic, rhs: sp.Basic) -> list[tuple[sp.Expr, sp.Expr]]:
    if isinstance(lhs, sp.MatrixBase) != isinstance(rhs, sp.MatrixBase) or (
        isinstance(lhs, sp.MatrixBase) and lhs.shape != rhs.shape
    ):
        raise InputValueError("rhs", expected=f"the shape of lhs, {_shape(lhs)}", got=_shape(rhs))
    return list(dict.fromkeys(zip(lhs, rhs, strict=True))) if isinstance(lhs, sp.MatrixBase) else [(lhs, rhs)]


def _shape(side: sp.Basic) -> str:
    return f"a {side.rows} x {side.cols} matrix" if isinstance(side, sp.MatrixBase) else "a scalar"


def _establish(
    decide: Callable[[sp.Expr, sp.Expr], bool],
    pairs: list[tuple[sp.Expr, sp.Expr]],
    values: list[int],
    method: str | None,
) -> Verdict:
    if method != "points":
        if method != "cases" and all(decide(left, right) for left, right in pairs):
            return Verdict.PROVED
        classes = class_count(set().union(*(left.free_symbols | right.free_symbols for left, right in pairs)))
        if classes is not None and method != "symbolic" and _every_case(decide, pairs, classes, values):
            return Verdict.CASES
        if method is not None:
            left, right = pairs[0]
            raise UndecidedError(
                f"{left} against {right}", expected=f"a proof by method {method!r}", got="none found"
            )
    return Verdict.POINTS


def _every_case(
    decide: Callable[[sp.Expr, sp.Expr], bool],
    pairs: list[tuple[sp.Expr, sp.Expr]],
    classes: sp.Symbol,
    values: list[int],
) -> bool:
    return all(
        decide(left.subs(classes, k).doit(), right.subs(classes, k).doit())
        for k in values
        for left, right in pairs
    )
