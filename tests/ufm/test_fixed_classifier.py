"""Features before a fixed classifier: cvxpy as a witness, closed forms, and paper E's dynamics exactly."""

import cvxpy
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse import geometry
from nccourse.theory import fixed_etf, normalized
from nccourse.ufm import FixedClassifierUFM, solve


@given(
    counts=st.lists(st.integers(1, 20), min_size=2, max_size=7),
    extra=st.integers(0, 6),
    length=st.floats(0.3, 3.0),
    radius=st.floats(0.1, 20.0),
    loss=st.sampled_from(["ce", "dr"]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40, deadline=None)
def test_an_etf_collapses_whatever_the_counts(counts, extra, length, radius, loss, seed):
    K = len(counts)
    W = geometry.simplex_etf(K, K - 1 + extra, norm=length)
    problem = FixedClassifierUFM(counts, W, radius, loss)
    assert problem.minimum == (
        0.0 if loss == "dr" else pytest.approx(normalized.ce_minimum(K, length * radius))
    )
    for method in ("auto", "full"):
        solution = solve(problem, method=method, seed=seed)
        assert (solution.status, solution.starts) == ("converged", 1)
        assert torch.equal(solution.W, W.double())
        expected = radius / length * solution.W[solution.labels]
        np.testing.assert_allclose(solution.H, expected, atol=(1e-4 if loss == "ce" else 1e-2) * radius)
        assert not solution.b.any()


@pytest.mark.parametrize("radius", [0.5, 3.0])
@pytest.mark.parametrize("shape", [(3, 2), (5, 2), (3, 6), (3, 1)])
def test_cvxpy_agrees(shape, radius):
    """Any classifier: features may end inside their balls, where classes lie between others."""
    W = np.random.default_rng(1).standard_normal(shape)
    counts = tuple(range(1, len(W) + 1))
    H = cvxpy.Variable((len(W), shape[1]))
    terms = [n * (cvxpy.log_sum_exp(W @ H[k]) - W[k] @ H[k]) for k, n in enumerate(counts)]
    inside = [cvxpy.norm(H[k]) <= radius for k in range(len(W))]
    witness = cvxpy.Problem(cvxpy.Minimize(sum(terms) / sum(counts)), inside)
    witness.solve(solver=cvxpy.CLARABEL)
    problem = FixedClassifierUFM(counts, W, radius)
    for method in ("auto", "full"):
        solution = solve(problem, method=method)
        assert (solution.status, solution.gap) == ("converged", None)
        assert solution.gradient_norm < 1e-9
        assert solution.objective == pytest.approx(witness.value, abs=1e-7)
    slow = solve(problem, method="gradient_descent", tolerance=1e-6, max_steps=100_000)
    assert slow.objective == pytest.approx(witness.value, abs=1e-6)


@given(seed=st.integers(0, 1000), K=st.integers(2, 12), d=st.integers(1, 12), radius=st.floats(0.1, 30.0))
@settings(max_examples=25, deadline=None)
def test_duality_certifies_any_classifier(seed, K, d, radius):
    """By convexity f - min f <= Σ (g·h + r |g|), g the gradient by each feature."""
    W = np.random.default_rng(seed).standard_normal((K, d))
    problem = FixedClassifierUFM((2,) * K, W, radius)
    auto, full = (solve(problem, method=method, seed=seed) for method in ("auto", "full"))
    H = auto.H.clone().requires_grad_()
    torch.nn.functional.cross_entropy(H @ auto.W.T, auto.labels).backward()
    gap = ((H.grad * auto.H).sum(1) + radius * H.grad.norm(dim=1)).sum().item()
    assert gap <= 1e-7
    assert auto.objective == pytest.approx(full.objective, rel=1e-8, abs=1e-12)


def test_scales_of_a_classifier_may_differ_widely():
    W = np.random.default_rng(0).standard_normal((30, 20)) * np.geomspace(0.1, 2.0, 30)[:, None]
    auto, full = (solve(FixedClassifierUFM((3,) * 30, W, 10.0), method=m) for m in ("auto", "full"))
    assert auto.status == full.status == "converged"
    assert auto.objective == pytest.approx(full.objective, rel=1e-9)


def on_sphere(K, radius, seed=0, near=0.3):
    """An ETF and features near their weights, on the sphere."""
    W = geometry.simplex_etf(K, K + 1).double().numpy()
    rows = W + near * np.random.default_rng(seed).standard_normal(W.shape) / np.sqrt(K + 1)
    return W, radius * rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_dot_regression_obeys_its_exact_factor():
    """Each step at sqrt(E_H/E_W), the default, takes |h - h*|² by the factor of theory.fixed_etf."""
    W, H = on_sphere(4, 2.0)
    problem = FixedClassifierUFM((1,) * 4, W, 2.0, "dr")
    history = solve(
        problem, method="gradient_descent", start=(W, H, np.zeros(4)), max_steps=30, record=1
    ).history
    distance = np.square(history["H"] - 2.0 * W).sum(axis=2)
    cosine = np.einsum("tkd,kd->tk", history["H"], W) / 2.0
    np.testing.assert_allclose(
        distance[1:] / distance[:-1], fixed_etf.dot_regression_factor(cosine[:-1].clip(-1, 1)), rtol=1e-9
    )
    np.testing.assert_allclose(np.linalg.norm(history["H"], axis=2), 2.0)
    np.testing.assert_allclose(history["cosines"], cosine, rtol=1e-12)


def test_cross_entropy_converges_linearly_at_the_stated_factor():
    """Out of the ETF's span 1/(1+g), within it |1-gA|/(1+g): g = step K p |w|/r, A = |w| r/(K-1)."""
    K, radius, step = 4, 2.0, 1.0
    W, H = on_sphere(K, radius, near=1e-3)
    problem = FixedClassifierUFM((1,) * K, W, radius)
    history = solve(
        problem,
        method="gradient_descent",
        start=(W, H, np.zeros(K)),
        step_size=step * K,
        tolerance=0.0,
        max_steps=12,
        record=1,
    ).history
    A = radius / (K - 1)
    g = step * K / radius / (K - 1 + np.exp(radius + A))
    off = history["H"] - radius * W
    span = np.linalg.svd(W)[2][: K - 1]
    within, out = np.linalg.norm(off @ span.T, axis=2), np.linalg.norm(off - off @ span.T @ span, axis=2)
    np.testing.assert_allclose(out[3:] / out[2:-1], 1.0 / (1.0 + g), rtol=1e-4)
    np.testing.assert_allclose(within[3:] / within[2:-1], abs(1.0 - g * A) / (1.0 + g), rtol=1e-2)


def test_descent_from_inside_stays_in_the_ball_and_never_climbs():
    W = np.random.default_rng(3).standard_normal((5, 3))
    for loss in ("ce", "dr"):
        history = solve(
            FixedClassifierUFM((1, 2, 3, 4, 5), W, 2.0, loss),
            method="gradient_descent",
            max_steps=500,
            record=1,
        ).history
        assert np.linalg.norm(history["H"], axis=2).max() <= 2.0 * (1.0 + 1e-12)
        assert (np.diff(history["objective"]) <= 1e-15).all()


def test_a_start_on_the_sphere_can_leave_it():
    W = np.array([[-1.0], [0.1], [1.0]])
    H = np.full((3, 1), 5.0)
    solution = solve(FixedClassifierUFM((1, 1, 1), W, 5.0), start=(W, H, np.zeros(3)))
    assert solution.status == "converged"
    assert abs(solution.H[1].item()) < 4.0


def test_a_batch_of_radii():
    W = geometry.simplex_etf(4, 6)
    solutions = solve([FixedClassifierUFM((3, 2, 1, 1), W, r) for r in (0.5, 2.0, 30.0)])
    assert [s.status for s in solutions] == ["converged"] * 3
    assert len({s.seconds for s in solutions}) == 1
