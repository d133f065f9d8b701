"""The minimum of BCE without a bias: the bound holds, it is attained, and when the ETF attains it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.theory import normalized
from nccourse.theory.normalized_offset import offset_without_bias


def loss_without_bias(W, H, γ):
    scores = γ * H @ W.T
    own = np.eye(len(W), dtype=bool)
    return np.logaddexp(0.0, np.where(own, -scores, scores)).sum() / len(W)


def leaning_etf(K, ρ):
    """Weights and features of the module's equality case, in R^K."""
    v = (np.eye(K) - 1 / K) * math.sqrt(K / (K - 1))
    u = np.full(K, 1 / math.sqrt(K))
    return math.sqrt(ρ) * u + math.sqrt(1 - ρ) * v, -math.sqrt(ρ) * u + math.sqrt(1 - ρ) * v


@given(K=st.integers(2, 12), γ=st.floats(0.01, 40.0), d=st.integers(1, 14), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_nothing_is_below_and_the_leaning_etf_attains(K, γ, d, seed):
    minimum = normalized.bce_minimum_without_bias(K, γ)
    W, H = leaning_etf(K, offset_without_bias(K, γ))
    assert loss_without_bias(W, H, γ) == pytest.approx(minimum, rel=1e-12)
    rng = np.random.default_rng(seed)
    W, H = (
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True) for vectors in rng.normal(size=(2, K, d))
    )
    assert loss_without_bias(W, H, γ) >= minimum * (1 - 1e-12)
    assert minimum >= normalized.bce_minimum(K, γ) * (1 - 1e-12)


@given(K=st.integers(2, 12), γ=st.floats(0.01, 40.0))
@settings(max_examples=50, deadline=None)
def test_offset_is_the_best_on_a_grid(K, γ):
    best = min(loss_without_bias(*leaning_etf(K, ρ), γ) for ρ in np.linspace(0.0, 1.0, 301))
    assert normalized.bce_minimum_without_bias(K, γ) <= best * (1 + 1e-14)


def test_the_centred_etf_is_optimal_only_for_few_classes():
    threshold = 2 * math.log(1 + math.sqrt(2))
    scales = np.geomspace(0.01, 100.0, 41)
    assert (offset_without_bias(2, scales) == 0.0).all()
    assert offset_without_bias(3, threshold * 0.9999) == 0.0
    assert offset_without_bias(3, threshold * 1.0001) > 0.0
    assert all((offset_without_bias(K, scales) > 0.0).all() for K in (4, 5, 10, 100))
