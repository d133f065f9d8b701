"""UFM+: certified minima past dead classes, scipy as a witness, minority collapse, projected descent."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from nccourse.theory import imbalanced as theory
from nccourse.ufm import NonnegativeUFM, solve

decays = st.floats(-4.0, -1.0).map(lambda exponent: 10.0**exponent)


@given(
    counts=st.lists(st.integers(1, 30), min_size=2, max_size=7),
    extra=st.integers(0, 5),
    lambda_W=decays,
    lambda_H=decays,
    seed=st.integers(0, 1000),
)
@settings(max_examples=30, deadline=None)
def test_certified_by_both_methods(counts, extra, lambda_W, lambda_H, seed):
    problem = NonnegativeUFM(counts, len(counts) + extra, lambda_W, lambda_H)
    for method in ("auto", "full"):
        solution = solve(problem, method=method, seed=seed)
        assert solution.status == "converged"
        assert abs(solution.gap) <= 1e-10 * min(1.0, problem.minimum)
        assert (solution.H >= 0.0).all()
        assert not solution.b.any()


@pytest.mark.parametrize("method", ["auto", "full"])
def test_minority_collapse_and_general_orthogonal_frame(method):
    counts = (100, 40, 40, 1)
    best = theory.minimizer(counts, 5e-3, 5e-3)
    solution = solve(NonnegativeUFM(counts, 6, 5e-3, 5e-3), method=method, tolerance=1e-13, record=1)
    assert best.collapsed.tolist() == [False, False, False, True]
    means = np.stack([solution.H[solution.labels == k].mean(0).numpy() for k in range(4)])
    np.testing.assert_allclose(means @ means.T, np.diag(best.feature_norms**2), atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(solution.W, axis=1), best.weight_norms, atol=1e-4)
    np.testing.assert_allclose(solution.history["feature_norms"][-1], best.feature_norms, atol=1e-3)
    assert solution.gradient_norm < 1e-4


def test_a_dead_class_is_a_trap_and_is_left():
    """(2/3) f* + (1/3) log 3 at n = (2, 2, 2), λ = 0.01: a local minimum that some starts end in."""
    problem = NonnegativeUFM((2, 2, 2), 3, 0.01, 0.01)
    trap = 2 / 3 * problem.minimum + math.log(3) / 3
    alone = [solve(problem, start=tuple(problem.random_state(np.random.default_rng(i)))) for i in range(12)]
    trapped = [s for s in alone if s.objective == pytest.approx(trap, rel=1e-8)]
    assert trapped
    assert all(s.status == "stalled" for s in trapped)
    again = [solve(problem, seed=seed) for seed in range(12)]
    assert {s.status for s in again} == {"converged"}
    assert max(s.starts for s in again) > 1


@pytest.mark.parametrize(
    ("counts", "dim", "λ_W", "λ_H"),
    [
        ((2, 2, 2), 3, 0.01, 0.01),
        ((1, 2, 4), 4, 0.02, 0.01),
        ((2, 2, 2), 2, 0.01, 0.01),
        ((1, 1), 1, 0.05, 0.02),
    ],
)
def test_scipy_agrees(counts, dim, λ_W, λ_H):
    """L-BFGS-B with bounds from twelve starts."""
    problem = NonnegativeUFM(counts, dim, λ_W, λ_H)
    K, N, labels = len(counts), sum(counts), problem.labels
    own = labels[:, None] == np.arange(K)

    def fun(x):
        W, H = x[: K * dim].reshape(K, dim), x[K * dim :].reshape(N, dim)
        scores = H @ W.T
        top = np.logaddexp.reduce(scores, axis=1)
        slope = (np.exp(scores - top[:, None]) - own) / N
        value = (top - scores[own]).mean() + 0.5 * λ_W * (W**2).sum() + 0.5 * λ_H * (H**2).sum()
        gradient = np.concatenate([(slope.T @ H + λ_W * W).ravel(), (slope @ W + λ_H * H).ravel()])
        return value, gradient

    bounds = [(None, None)] * (K * dim) + [(0.0, None)] * (N * dim)
    rng = np.random.default_rng(0)
    options = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 5000}
    starts = (np.abs(rng.standard_normal((K + N) * dim)) for _ in range(12))
    best = min(
        minimize(fun, x, jac=True, bounds=bounds, method="L-BFGS-B", options=options).fun for x in starts
    )
    solution = solve(problem)
    assert (solution.gap is None) == (dim < K)
    assert solution.status == "converged"
    assert solution.objective == pytest.approx(best, abs=1e-8)
    if dim < K:
        assert solution.starts == 32
        assert solve(problem, method="full").objective == pytest.approx(solution.objective, rel=1e-8)


def test_projected_descent_step_by_step():
    problem = NonnegativeUFM((1, 2), 3, 0.02, 0.1)
    rng = np.random.default_rng(0)
    W, H, b = problem.random_state(rng)
    H[:, 0] = 0.0
    start, own = (W.copy(), H.copy(), b), problem.labels[:, None] == np.arange(2)
    for _ in range(5):
        scores = H @ W.T
        slope = (np.exp(scores) / np.exp(scores).sum(1, keepdims=True) - own) / 3
        W, H = W - 0.8 * (slope.T @ H + 0.02 * W), np.maximum(0.0, H - 0.8 * (slope @ W + 0.1 * H))
    solution = solve(problem, method="gradient_descent", start=start, step_size=0.8, max_steps=5)
    np.testing.assert_allclose(solution.W, W, rtol=1e-12)
    np.testing.assert_allclose(solution.H, H, rtol=1e-12)
    assert not H.all()


def test_projected_descent_arrives():
    solution = solve(NonnegativeUFM((10, 10, 3, 3), 6, 0.005, 0.005), method="gradient_descent", record=20)
    assert solution.status == "converged"
    assert (np.diff(solution.history["objective"]) <= 1e-14).all()
    assert (solution.history["H"] >= 0.0).all()
    assert solution.history["feature_norms"].shape[1:] == (4,)


def test_sizes_may_be_any_sequence():
    sizes = ((3, 1), [3, 1], np.array([3, 1]))
    assert len({NonnegativeUFM(counts, 2, 0.1, 0.1) for counts in sizes}) == 1
