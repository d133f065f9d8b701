"""The closed forms of paper A against 50-digit arithmetic and independent minimisation."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from nccourse.theory import normalized

CLASSES = (2, 3, 4, 10, 100, 10_000)
SCALES = (1e-6, 1e-3, 0.1, 0.9, 2.7, 8.0, 33.0, 64.0, 250.0, 600.0, 1000.0)


def exact_bias(K: int, γ: float) -> mpmath.mpf:
    """Eq. (11) as printed."""
    e = mpmath.exp(-mpmath.mpf(γ) / (K - 1))
    return mpmath.log(
        (K - 2) * e + mpmath.sqrt((K - 2) ** 2 * e**2 + 4 * (K - 1) * mpmath.exp(γ) * e)
    ) - mpmath.log(2)


def exact_minimum(K: int, γ: float, loss: str) -> mpmath.mpf:
    """Eqs. (8) and (10) as printed."""
    γ = mpmath.mpf(γ)
    if loss == "ce":
        return mpmath.log1p((K - 1) * mpmath.exp(-γ * K / (K - 1)))
    b = exact_bias(K, γ)
    return (
        -2 * γ
        - (K - 2) * b
        + mpmath.log1p(mpmath.exp(γ - b))
        + (K - 1) * mpmath.log1p(mpmath.exp(b + γ / (K - 1)))
    )


MINIMA = {"ce": normalized.ce_minimum, "bce": normalized.bce_minimum}


@pytest.mark.parametrize("loss", MINIMA)
@pytest.mark.parametrize("K", CLASSES)
def test_minimum_to_full_accuracy(K, loss):
    for γ in SCALES:
        with mpmath.workdps(1000):  # Eq. (10) subtracts terms of order γ to leave e^-γ
            exact = exact_minimum(K, γ, loss)
            log = mpmath.log(exact)
        assert MINIMA[loss](K, γ, log=True) == pytest.approx(float(log), rel=1e-12)
        expected = float(exact) if exact > 1e-308 else 0.0
        assert MINIMA[loss](K, γ) == pytest.approx(expected, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("K", CLASSES)
def test_bias_to_full_accuracy(K):
    for γ in SCALES:
        with mpmath.workdps(50):
            exact = exact_bias(K, γ)
        assert normalized.bce_bias(K, γ) == pytest.approx(float(exact), rel=1e-12, abs=1e-40)
    assert normalized.bce_bias(K, 1e-9) == pytest.approx(math.log(K - 1), abs=1e-8)


@given(K=st.integers(2, 1000), γ=st.floats(1e-3, 1e3))
@settings(max_examples=50, deadline=None)
def test_log_is_the_logarithm(K, γ):
    for function in (*MINIMA.values(), normalized.bce_minimum_without_bias):
        value = function(K, γ)
        assert value == 0.0 or function(K, γ, log=True) == pytest.approx(
            math.log(value), rel=1e-12, abs=1e-12
        )
    bias = normalized.bce_bias(K, γ)
    assert normalized.bce_bias(K, γ, log=True) == (math.log(bias) if K > 2 else -math.inf)


@given(K=st.integers(2, 200), γ=st.floats(1e-3, 300.0))
@settings(max_examples=50, deadline=None)
def test_bias_makes_the_etf_stationary(K, γ):
    b = normalized.bce_bias(K, γ)
    positive, negative = normalized.unbiased_scores(K, γ)
    pull, push = -np.logaddexp(0.0, positive - b), -np.logaddexp(0.0, b - negative)  # log sigmoids
    assert pull == pytest.approx(math.log(K - 1) + push, abs=1e-10)


@pytest.mark.parametrize("K", [2, 3, 10, 1000])
def test_bias_separates_exactly_above_the_threshold(K):
    threshold = normalized.separation_scale(K)
    above, below = threshold * 1.001 + 1e-9, threshold * 0.999
    assert normalized.unbiased_scores(K, above)[1] < normalized.bce_bias(K, above) < above
    if K > 2:
        assert normalized.bce_bias(K, below) > below


@pytest.mark.parametrize("loss", ["ce", "bce"])
@pytest.mark.parametrize("γ", [0.3, 2.0, 6.0])
def test_minimum_is_what_a_general_optimiser_finds(loss, γ):
    """All features free, unit vectors by normalisation, gradients by differences."""
    K, d, own = 3, 3, np.eye(3, dtype=bool)

    def objective(x):
        vectors, b = x[: 2 * K * d].reshape(2, K, d), x[2 * K * d :]
        W, H = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
        logits = γ * H @ W.T - b
        if loss == "ce":
            return np.mean(np.logaddexp.reduce(logits, axis=1) - np.diag(logits))
        return np.logaddexp(0.0, np.where(own, -logits, logits)).sum() / K

    start = np.random.default_rng(1).standard_normal(2 * K * d + K)
    found = minimize(objective, start, method="BFGS", options={"gtol": 1e-7})
    assert found.fun == pytest.approx(MINIMA[loss](K, γ), abs=1e-9)
    if loss == "bce":
        assert found.x[-K:] == pytest.approx(normalized.bce_bias(K, γ), abs=1e-3)


@pytest.mark.parametrize(
    "function", [*MINIMA.values(), normalized.bce_bias, normalized.bce_minimum_without_bias]
)
def test_arrays_and_numbers_agree(function):
    scales = np.array([[0.1, 1.0, 5.0], [20.0, 100.0, 1000.0]])
    values = function(10, scales)
    assert values.shape == scales.shape
    assert [function(10, γ) for γ in scales.ravel()] == values.ravel().tolist()
    assert type(function(10, 2)) is float


def test_smallest_values_are_zero_and_the_edge_is_accurate():
    K = 2
    assert normalized.ce_minimum(K, 709.0 / 2) == pytest.approx(math.exp(-709.0), rel=1e-12, abs=0.0)
    assert normalized.ce_minimum(K, 710.0 / 2) == 0.0
    with np.errstate(all="raise", under="ignore"):
        for function in (*MINIMA.values(), normalized.bce_bias, normalized.bce_minimum_without_bias):
            function(10_000, np.geomspace(1e-6, 1e6, 25))


@pytest.mark.parametrize(
    ("quantity", "value", "expected"),
    [  # 30-digit references for K = 10, cut to 20
        ("b*(γ=1)", normalized.bce_bias(10, 1.0), 2.2481643610931125182),
        ("b*(γ=64)", normalized.bce_bias(10, 64.0), 29.543056733112554619),
        ("min BCE(γ=8)", normalized.bce_minimum(10, 8.0), 0.069778278018434442422),
        ("min CE(γ=8)", normalized.ce_minimum(10, 8.0), 0.0012404456131574047393),
        ("γ of separation", normalized.separation_scale(10), 2.5498920096504745722),
    ],
)
def test_reference_values(quantity, value, expected):
    assert value == pytest.approx(expected, rel=1e-14), quantity
