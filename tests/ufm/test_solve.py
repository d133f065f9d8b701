"""Solving: certified minima over all of the domain, independent witnesses, batches, traps and starts."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from nccourse.theory import normalized as theory
from nccourse.ufm import NormalizedUFM, solve
from nccourse.ufm.problems import State


def cosines(solution):
    return (solution.H @ solution.W.T).numpy()


def collapsed_cosines(K, labels):
    return np.where(labels[:, None] == np.arange(K), 1.0, -1.0 / (K - 1))


@given(
    K=st.integers(2, 12),
    n=st.integers(1, 4),
    extra=st.integers(0, 5),
    γ=st.floats(0.01, 64.0),
    loss=st.sampled_from(["ce", "bce"]),
    method=st.sampled_from(["auto", "full"]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=50, deadline=None)
def test_certified_and_collapsed(K, n, extra, γ, loss, method, seed):
    """The minimum within 1e-10 of itself, and the geometry and the bias of Theorems 1 and 2."""
    problem = NormalizedUFM(K, n, K - 1 + extra, γ, loss)
    solution = solve(problem, method=method, seed=seed)
    assert solution.status == "converged"
    assert abs(solution.gap) <= 1e-10 * min(1.0, problem.minimum)
    assert solution.gap == solution.objective - problem.minimum
    expected = collapsed_cosines(K, problem.labels)
    np.testing.assert_allclose(cosines(solution), expected, atol=2e-4 if γ < 0.1 else 1e-5)
    bias = theory.bce_bias(K, γ) if loss == "bce" else solution.b.mean().item()
    np.testing.assert_allclose(solution.b.numpy(), bias, atol=1e-4 * max(1.0, γ))


@pytest.mark.parametrize("method", ["auto", "full"])
@pytest.mark.parametrize("loss", ["ce", "bce"])
@pytest.mark.parametrize("γ", [1e-6, 1e-3, 128.0, 500.0, 1e4])
def test_extreme_scales(γ, loss, method):
    problem = NormalizedUFM(6, 2, 8, γ, loss)
    solution = solve(problem, method=method)
    assert solution.status == "converged"
    assert abs(solution.gap) <= 1e-10 * min(1.0, problem.minimum)


@pytest.mark.parametrize("γ", [0.1, 0.5, 2.0, 8.0, 30.0])
@pytest.mark.parametrize("K", [2, 3, 4, 10])
def test_without_bias_bce_reaches_the_leaning_minimum(K, γ):
    problem = NormalizedUFM(K, 2, K, γ, "bce", bias=False)
    solution = solve(problem)
    assert solution.status == "converged"
    assert not solution.b.any()
    with_bias = theory.bce_minimum(K, γ)
    assert solution.objective >= with_bias * (1 - 1e-12)
    if K >= 4:
        assert solution.objective > with_bias * (1 + 1e-6)


@pytest.mark.parametrize(
    ("K", "n", "d", "γ", "loss"), [(3, 2, 3, 4.0, "ce"), (4, 1, 3, 1.0, "bce"), (5, 1, 2, 3.0, "ce")]
)
def test_scipy_agrees(K, n, d, γ, loss):
    """BFGS on unnormalised vectors from ten starts, knowing nothing of the module: d < K-1 included."""
    problem = NormalizedUFM(K, n, d, γ, loss)
    own = problem.labels[:, None] == np.arange(K)

    def objective(x):
        rows = x[: K * (n + 1) * d].reshape(-1, d)
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        logits = γ * rows[K:] @ rows[:K].T - x[-K:]
        if loss == "ce":
            return np.mean(np.logaddexp.reduce(logits, axis=1) - logits[own])
        return np.logaddexp(0.0, np.where(own, -logits, logits)).sum() / len(logits)

    rng = np.random.default_rng(0)
    starts = rng.standard_normal((10 if d < K - 1 else 2, K * (n + 1) * d + K))
    best = min(minimize(objective, start, method="BFGS").fun for start in starts)
    solution = solve(problem)
    assert solution.status == "converged"
    assert (solution.gap is None) == (d < K - 1)
    assert solution.objective == pytest.approx(best, abs=1e-7)


def test_points_on_a_line():
    for loss in ("ce", "bce"):
        solution = solve(NormalizedUFM(2, 3, 1, 2.0, loss))
        assert solution.status == "converged"
        assert abs(solution.gap) < 1e-10


def test_a_sweep_is_one_batch_and_each_problem_alone():
    sweep = [NormalizedUFM(10, 5, 16, γ, loss) for γ in np.geomspace(0.1, 64.0, 14) for loss in ("ce", "bce")]
    solutions = solve(sweep)
    assert [s.status for s in solutions] == ["converged"] * 28
    assert len({s.seconds for s in solutions}) == 1
    for i in (0, 9, 27):
        alone = solve(sweep[i])
        assert solutions[i].objective == pytest.approx(alone.objective, rel=1e-12)
        assert solutions[i].steps == alone.steps


def test_different_shapes_in_one_list_keep_their_order():
    sizes = [(3, 2, 4), (5, 1, 5), (3, 2, 4), (2, 4, 3)]
    solutions = solve([NormalizedUFM(K, n, d, 2.0, bias=K > 2) for K, n, d in sizes])
    assert [tuple(s.H.shape) for s in solutions] == [(K * n, d) for K, n, d in sizes]
    assert all(s.status == "converged" for s in solutions)


def test_solution_is_what_it_says():
    problem = NormalizedUFM(4, 3, 7, 2.0, "bce")
    solution = solve(problem)
    assert [t.dtype for t in (solution.W, solution.H, solution.b, solution.labels)] == [torch.float64] * 3 + [
        torch.int64
    ]
    assert solution.labels.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    logits = 2.0 * solution.H @ solution.W.T - solution.b
    own = torch.nn.functional.one_hot(solution.labels, 4).double()
    losses = torch.nn.functional.binary_cross_entropy_with_logits(logits, own, reduction="none").sum(1)
    assert solution.objective == pytest.approx(losses.mean().item(), rel=1e-14)
    assert solution.gradient_norm < 1e-6
    assert solution.seconds > 0.0
    assert solution.steps > 0
    assert solution.history == {}
    assert repr(solution).startswith("Solution(converged: objective ")


@given(seed=st.integers(0, 2**32 - 1), γ=st.floats(0.1, 20.0), loss=st.sampled_from(["ce", "bce"]))
@settings(max_examples=20, deadline=None)
def test_permuting_classes_permutes_the_solution(seed, γ, loss):
    """Renumbering the classes of the start renumbers the trajectory's end and changes nothing else."""
    problem = NormalizedUFM(4, 1, 5, γ, loss)
    rng = np.random.default_rng(seed)
    W, H, b = problem.random_state(rng)
    order = rng.permutation(4)
    there = solve(problem, start=(W[order], H[order], b[order]), max_steps=5)
    here = solve(problem, start=(W, H, b), max_steps=5)
    assert there.objective == pytest.approx(here.objective, rel=1e-6)
    np.testing.assert_allclose(cosines(there), cosines(here)[order][:, order], atol=1e-4)


def test_seeds_differ_by_a_rotation_only():
    one, two = (solve(NormalizedUFM(5, 2, 8, 3.0), tolerance=1e-14, seed=seed) for seed in (0, 1))
    assert not torch.allclose(one.W, two.W, atol=1e-2)
    np.testing.assert_allclose(cosines(one), cosines(two), atol=1e-8)
    assert torch.equal(one.W, solve(NormalizedUFM(5, 2, 8, 3.0), tolerance=1e-14, seed=0).W)


def bipolar(K, d):
    """Half the classes at u, half at -u: same separability as the ETF, an exact critical point."""
    W = np.zeros((K, d))
    W[:, 0] = np.where(np.arange(K) < K // 2, 1.0, -1.0)
    return State(W, W.copy(), np.zeros(K))


def test_a_saddle_is_not_called_a_solution():
    problem = NormalizedUFM(10, 1, 12, 2.0)
    stuck = solve(problem, start=tuple(bipolar(10, 12)))
    assert stuck.status == "stalled"
    assert stuck.gap > 1e-3
    assert stuck.gradient_norm < 1e-14


def test_a_nudge_leaves_the_saddle():
    problem = NormalizedUFM(10, 1, 12, 2.0)
    W, H, b = bipolar(10, 12)
    nudged = H + 1e-6 * np.random.default_rng(0).standard_normal(H.shape)
    assert solve(problem, start=(W, nudged, b)).status == "converged"


def test_bipolar_curvature():
    """The steepest descent direction at the bipolar saddle has curvature -γ tanh(γ)/K."""
    K, γ = 10, 2.0
    problem = NormalizedUFM(K, 1, 3, γ)
    landscape = problem.landscape([problem])
    point = landscape.evaluate(landscape.pack(State(*(array[None] for array in bipolar(K, 3)))))
    size = K * 6 + K
    hessian = np.stack([point.hessian_product(row[None])[0] for row in np.eye(size)])
    lowest = np.linalg.eigvalsh((hessian + hessian.T) / 2)[0]
    assert lowest == pytest.approx(-γ * math.tanh(γ) / K, rel=1e-10)


def test_a_warm_start_is_quick():
    first = solve(NormalizedUFM(6, 2, 8, 3.0, "bce"))
    again = solve(NormalizedUFM(6, 2, 8, 3.2, "bce"), start=first)
    assert again.status == "converged"
    assert again.steps < first.steps / 2


def test_running_out_of_steps_is_said():
    solution = solve(NormalizedUFM(20, 2, 24, 5.0), max_steps=1)
    assert (solution.status, solution.steps, solution.starts) == ("max_steps", 1, 1)
    assert solution.gap > 1e-6


def test_steps_on_the_way_through_an_easier_scale_count():
    for max_steps in (1, 3, 7, 12):
        solution = solve(NormalizedUFM(10, 2, 12, 64.0, "bce"), max_steps=max_steps, record=1)
        assert (solution.status, solution.steps) == ("max_steps", max_steps)
        assert solution.history["step"].tolist() == list(range(max_steps + 1))


def test_an_impossible_tolerance_is_not_met():
    solution = solve(NormalizedUFM(5, 1, 6, 3.0), tolerance=0.0, seed=4)
    assert solution.status in ("converged", "stalled")
    assert (solution.status == "converged") == (solution.gap <= 0.0)


def test_history_of_newton_steps():
    problem = NormalizedUFM(4, 2, 6, 20.0, "bce")
    solution = solve(problem, record=1)
    history = solution.history
    assert history["step"].tolist() == list(range(solution.steps + 1))
    assert history["W"].shape == (solution.steps + 1, 4, 6)
    assert history["H"].shape == (solution.steps + 1, 8, 6)
    assert history["objective"][-1] == pytest.approx(solution.objective, rel=1e-12)
    np.testing.assert_array_equal(history["W"][-1], solution.W.numpy())
    assert history["gap"][0] > 0.1
