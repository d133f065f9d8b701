"""The expressions against independent numbers: 30-digit references and the numeric packages."""

import mpmath
import pytest
import sympy as sp

from nccourse import geometry
from nccourse.symbolic import K, gamma, n, normalized, rates, simplex_etf


def value(expression, **numbers):
    symbols = {"K": K, "gamma": gamma, "n": n}
    return expression.subs({symbols[name]: sp.sympify(number) for name, number in numbers.items()}).evalf(30)


def close(left, right):
    return abs(left - sp.Float(right, 30)) < 1e-25 * max(1, abs(left))


@pytest.mark.parametrize(
    ("scale", "bias"),
    [
        (sp.Rational(1, 10), "2.19767652767367771272612167808"),
        (1, "2.24816436109311251819714618761"),
        (8, "4.66982537572956914034984662125"),
        (64, "29.5430567331125546181839975858"),
    ],
)
def test_bias_against_bracketed_roots(scale, bias):
    assert close(value(normalized.bce_bias(), K=10, gamma=scale), bias)


def test_minima_against_solved_models():
    at_minimum = normalized.bce_at_etf(normalized.bce_bias())
    assert close(value(at_minimum, K=10, gamma=8), "0.0697782780184344424402220141136")
    assert close(value(normalized.CE_MINIMUM, K=4, gamma=1), "0.582657653061800452302303503426")
    assert close(value(normalized.SEPARATION_SCALE, K=10), "2.54989200965059447222458115609")


@pytest.mark.parametrize(
    ("loss", "mode", "rate"),
    [
        ("ce", "ETF-", "0.0542099610534280128044671500159"),
        ("ce", "ETF+", "0.115068130973523815275332488977"),
        ("ce", "antisym", "0.169278092026951828079799638993"),
        ("ce", "align", "0.0967303383011153303313140794246"),
        ("bce", "ETF-", "0.153898440283645810362558233620"),
        ("bce", "ETF+", "0.336197789559677187791402956470"),
        ("bce", "antisym", "0.490096229843322998153961190090"),
        ("bce", "align", "0.287951771602772701333925514130"),
    ],
)
def test_rates_against_the_numeric_hessian_at_five_classes(loss, mode, rate):
    probability = rates.CE_PROBABILITY if loss == "ce" else rates.bce_probability()
    curvature = rates.CURVATURE * (1 if loss == "ce" else 1 - probability)
    over_unit = {
        "ETF-": rates.etf_mode(curvature, -1),
        "ETF+": rates.etf_mode(curvature, 1),
        "antisym": (1 + curvature) * (1 + 1 / n),
        "align": 1 + 1 / n,
    }[mode]
    assert close(value(gamma * probability * over_unit, K=5, gamma=3, n=2), rate)


def test_fastest_scales_against_maximisation():
    probability = rates.CE_PROBABILITY.subs(K, 10)
    for power, scale in ((1, rates.fastest_scale_alignment()), (2, rates.fastest_scale_etf_mode())):
        slope = sp.lambdify(gamma, sp.diff(gamma**power * probability, gamma), "mpmath")
        assert mpmath.almosteq(mpmath.findroot(slope, 2), mpmath.mpf(str(value(scale, K=10))), 1e-12)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_frames_have_the_gram_matrix_of_the_numeric_ones(classes):
    numeric = geometry.simplex_etf(classes, classes - 1)
    wanted = (numeric @ numeric.T).tolist()
    for frame in (simplex_etf.canonical_frame(classes), simplex_etf.helmert_frame(classes)):
        gram = (frame * frame.T).evalf().tolist()
        assert all(
            abs(a - b) < 1e-14
            for row, other in zip(gram, wanted, strict=True)
            for a, b in zip(row, other, strict=True)
        )
