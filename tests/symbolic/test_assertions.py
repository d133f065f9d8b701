import pickle

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.symbolic import (
    FalseStatementError,
    K,
    UndecidedError,
    Verdict,
    assert_identity,
    assert_inequality,
    assert_limit,
    gamma,
)
from nccourse.symbolic.deciding import positive, vanishes

x = sp.Symbol("x", real=True)
y = sp.Symbol("y", positive=True)
rationals = st.fractions(min_value=-3, max_value=3, max_denominator=7).map(
    lambda f: sp.Rational(f.numerator, f.denominator)
)


@pytest.mark.parametrize(
    ("lhs", "rhs", "verdict"),
    [
        (K / (K - 1), 1 + 1 / (K - 1), Verdict.PROVED),
        (sp.exp(gamma * K / (K - 1)), sp.exp(gamma) * sp.exp(gamma / (K - 1)), Verdict.PROVED),
        (sp.log(1 + sp.exp(x)) - x, sp.log(1 + sp.exp(-x)), Verdict.PROVED),
        (sp.sqrt(sp.exp(2 * y) * (1 + y)), sp.exp(y) * sp.sqrt(1 + y), Verdict.PROVED),
        (sp.LambertW(y) * sp.exp(sp.LambertW(y)), y, Verdict.PROVED),
        (lambda k: sum(range(k)), lambda k: sp.Rational(k * (k - 1), 2), Verdict.CASES),
        (sp.Matrix([[K * x, 0]]), sp.Matrix([[x * K, 0]]), Verdict.PROVED),
        (2 ** (K + 1), 2 * 2**K, Verdict.PROVED),
        (sp.gamma(K + 1), sp.factorial(K), Verdict.CASES),
        (sp.sin(2 * x), 2 * sp.sin(x) * sp.cos(x), Verdict.POINTS),
    ],
)
def test_a_true_identity_says_how_it_was_established(lhs, rhs, verdict):
    assert assert_identity(lhs, rhs) == verdict


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (K**2, 2 * K),  # holds at K = 2
        (K * (K - 2) * (K - 3), 0),  # holds at K = 2, 3
        (x * abs(x), x**2),  # holds for x > 0
        (sp.sqrt(x**2), x),
        (sp.exp(x), 1 + x + x**2 / 2),
        (x, x + sp.Rational(1, 10**40)),  # beyond double precision by far
        (sp.Matrix([[1, x]]), sp.Matrix([[1, -x]])),
        (lambda k: sum(range(k)), lambda k: k - 1),  # holds at k = 2
        (sp.Integer(1), sp.Integer(2)),
    ],
)
def test_a_false_identity_fails(lhs, rhs):
    with pytest.raises(FalseStatementError, match="is false"):
        assert_identity(lhs, rhs)


@given(rationals, rationals, rationals)
@settings(max_examples=10, deadline=None)
def test_exponential_identities_are_proved_and_their_perturbations_refuted_with_a_counterexample(a, b, c):
    left = (sp.exp(a * y) + b) ** 2 * sp.exp(c * y)
    right = sp.exp((2 * a + c) * y) + 2 * b * sp.exp((a + c) * y) + b**2 * sp.exp(c * y)
    assert assert_identity(left, right) == Verdict.PROVED
    with pytest.raises(FalseStatementError) as caught:
        assert_identity(left, right + sp.Rational(1, 10**30) * sp.exp(c * y))
    point = caught.value.point
    assert set(point) <= {y}
    assert abs((left - right).subs(point).evalf(40)) < sp.Rational(1, 10**35)


@pytest.mark.parametrize(
    ("lhs", "relation", "rhs", "domain", "verdict"),
    [
        (x**2 + 1, ">=", 2 * x, None, Verdict.PROVED),
        (sp.exp(y), ">", 1, None, Verdict.PROVED),
        (1 / (K - 1), "<=", 1, None, Verdict.PROVED),
        (K**2, ">=", 2 * K, None, Verdict.PROVED),
        (x, "<", 2, {x: sp.Interval(-1, 1)}, Verdict.POINTS),
        (1 + x, "<=", sp.exp(x), None, Verdict.POINTS),
        (lambda k: k, ">", 1, None, Verdict.CASES),
    ],
)
def test_a_true_inequality_says_how_it_was_established(lhs, relation, rhs, domain, verdict):
    assert assert_inequality(lhs, relation, rhs, domain) == verdict


@pytest.mark.parametrize(
    ("lhs", "relation", "rhs"),
    [
        (x, "<", x),
        (K * (K - 2), ">", 0),  # equal at K = 2
        (x**2, ">", 1),
        (sp.log(2 * K - 3), "<", 1),  # holds at K = 2
        (y, ">", 1),
        (sp.Integer(2), "<=", sp.Integer(1)),
    ],
)
def test_a_false_inequality_fails(lhs, relation, rhs):
    with pytest.raises(FalseStatementError):
        assert_inequality(lhs, relation, rhs)


@pytest.mark.parametrize(
    ("expression", "symbol", "point", "value"),
    [
        (y * sp.exp(-y), y, sp.oo, 0),
        (sp.log(K - 1 + sp.exp(-gamma)), gamma, sp.oo, sp.log(K - 1)),
        (sp.sin(y) / y, y, 0, 1),
        (y**2, y, sp.oo, sp.oo),
    ],
)
def test_true_limits(expression, symbol, point, value):
    assert assert_limit(expression, symbol, point, value) == Verdict.PROVED


@pytest.mark.parametrize(
    ("expression", "symbol", "point", "value"),
    [
        (y * sp.exp(-y), y, sp.oo, 1),
        (sp.log(K - 1 + sp.exp(-gamma)), gamma, sp.oo, sp.log(K)),
        (y**2, y, sp.oo, 0),
        (sp.exp(-y), y, sp.oo, sp.oo),
    ],
)
def test_false_limits_fail(expression, symbol, point, value):
    with pytest.raises(FalseStatementError, match="limit of"):
        assert_limit(expression, symbol, point, value)


def test_a_counterexample_falsifies_and_survives_pickling():
    with pytest.raises(FalseStatementError) as caught:
        assert_inequality(x**2, ">", 1)
    error = caught.value
    assert abs(error.point[x]) <= 1
    assert isinstance(error, AssertionError)
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.point) == (str(error), error.point)


def test_a_method_is_insisted_on():
    with pytest.raises(UndecidedError, match="symbolic"):
        assert_inequality(1 + x, "<=", sp.exp(x), method="symbolic")
    assert assert_identity(K, K, method="points") == Verdict.POINTS
    assert assert_identity(K + 1, 1 + K, method="cases") == Verdict.CASES


def test_a_claim_without_real_values_is_not_passed():
    with pytest.raises(UndecidedError, match="real values"):
        assert_identity(sp.sqrt(-y), 0)


def test_an_oscillating_limit_is_undecided():
    with pytest.raises(UndecidedError):
        assert_limit(sp.Function("f")(y), y, sp.oo, 0)


coefficients = st.lists(st.integers(-4, 4), min_size=3, max_size=6)


@given(coefficients, coefficients)
@settings(max_examples=25, deadline=None)
def test_nothing_negative_is_proved_positive(top, bottom):
    ratio = sp.Poly(top, y).as_expr() / (sp.Poly([abs(c) for c in bottom] + [1], y).as_expr())
    shifted = ratio.subs(y, sp.exp(y) - 1) if len(top) % 2 else ratio
    if positive(shifted):
        assert all(shifted.subs(y, sp.Rational(k, 7)).evalf(30) > 0 for k in (1, 3, 8, 20, 60))


@given(coefficients)
@settings(max_examples=20, deadline=None)
def test_only_zero_vanishes(numbers):
    expression = sum(c * sp.exp(k * y) * sp.log(1 + y) ** (k % 2) for k, c in enumerate(numbers))
    assert vanishes(expression) == (not any(numbers))
