"""The model with decay: certified minima, its traps, scipy as a witness, and gradient descent."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from nccourse import losses
from nccourse.theory import regularized as theory
from nccourse.ufm import RegularizedUFM, solve

LOSSES = ("ce", "bce", "focal", "label_smoothing", "mse")
decays = st.floats(-6.0, 0.0).map(lambda exponent: 10.0**exponent)


@given(
    K=st.integers(2, 10),
    n=st.integers(1, 4),
    extra=st.integers(0, 4),
    loss=st.sampled_from(LOSSES),
    lambda_W=decays,
    lambda_H=decays,
    lambda_b=st.one_of(st.just(0.0), decays),
    bias=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(max_examples=50, deadline=None)
def test_certified_by_both_methods(K, n, extra, loss, lambda_W, lambda_H, lambda_b, bias, seed):
    problem = RegularizedUFM(K, n, K + extra, loss, lambda_W, lambda_H, lambda_b, bias=bias)
    auto, full = (solve(problem, method=method, seed=seed) for method in ("auto", "full"))
    assert auto.objective == pytest.approx(full.objective, rel=1e-8, abs=1e-8)
    if problem.minimum is not None:
        assert auto.status == full.status == "converged"
        assert abs(auto.gap) <= 1e-10 * min(1.0, problem.minimum)
        assert abs(full.gap) <= 1e-10 * min(1.0, problem.minimum)
    if not bias:
        assert not auto.b.any()


@pytest.mark.parametrize("loss", LOSSES)
def test_the_minimizer_has_the_geometry_of_theory(loss):
    K, n = 4, 3
    problem = RegularizedUFM(K, n, 6, loss, 0.01, 0.004, 0.1)
    best = theory.minimizer(loss, K, n, 0.01, 0.004, 0.1)
    for method in ("auto", "full"):
        solution = solve(problem, method=method)
        own = torch.nn.functional.one_hot(solution.labels, K).double()
        scores = own * best.positive_score + (1 - own) * best.negative_score
        torch.testing.assert_close(solution.H @ solution.W.T, scores, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(
            solution.W.norm(dim=1), torch.full((K,), best.weight_norm).double(), rtol=1e-4, atol=0
        )
        torch.testing.assert_close(
            solution.H.norm(dim=1), torch.full((n * K,), best.feature_norm).double(), rtol=1e-4, atol=0
        )
        if loss in ("bce", "mse"):
            torch.testing.assert_close(solution.b, torch.full((K,), best.bias).double(), rtol=1e-4, atol=1e-4)
        assert (solution.b < 0).all() or loss != "mse"


@pytest.mark.parametrize("method", ["auto", "full"])
def test_the_off_centred_minimizer_is_found(method):
    """Paper B's Theorem 2 has 0.718525 for this model; with d >= K weights and features lean together."""
    leaning = solve(RegularizedUFM(4, 2, 5, "bce", 0.01, 0.02, 0.05), method=method, tolerance=1e-14)
    assert leaning.objective == pytest.approx(0.655777, abs=1e-6)
    assert leaning.b.numpy() == pytest.approx(0.4, abs=1e-5)
    assert leaning.W.mean(0).norm() > 0.1
    centred = solve(RegularizedUFM(4, 2, 3, "bce", 0.01, 0.02, 0.05), method=method)
    assert centred.objective == pytest.approx(0.718525, abs=1e-6)
    assert centred.gap is None
    assert centred.starts == 8


@pytest.mark.parametrize("λ_b", [0.05, 0.5])
def test_without_room_to_lean_a_centred_etf_is_not_the_minimum(λ_b):
    """K = 5, d = 4: two weights are longer than the other three, far below the ETF of paper B's Theorem 2."""
    problem = RegularizedUFM(5, 1, 4, "bce", 0.01, 0.01, λ_b)
    solution = solve(problem)
    etf = theory.minimizer("bce", 5, 1, 0.01, 0.01, λ_b, dim=4).objective
    assert problem.minimum is None
    assert solution.objective < etf - 0.1
    assert solution.gradient_norm < 1e-9
    assert solution.objective == pytest.approx(witness(problem, starts=6), abs=1e-7)


@pytest.mark.parametrize("method", ["auto", "full"])
def test_the_focal_window(method):
    """Paper C's Theorem 1 fails: with dead classes it is lower than neural collapse or zero."""
    problem = RegularizedUFM(30, 1, 31, "focal", 0.041225, 0.041225, 0.01, focusing=3.0)
    solution = solve(problem, method=method)
    collapsed = theory.minimizer("focal", 30, 1, 0.041225, 0.041225, 0.01, focusing=3.0).objective
    assert collapsed == pytest.approx(3.0721970, abs=1e-7)
    assert solution.objective == pytest.approx(3.0721716, abs=1e-7)
    assert (solution.W.norm(dim=1) > 0.1).sum() == 25
    assert (solution.gap, solution.starts, solution.status) == (None, 31, "converged")
    assert solution.gradient_norm < 1e-9


def test_slope_of_focal_loss_rises_above_one_and_falls_to_it():
    """What the proof of collapse outside the window rests on, for exponents up to 10."""
    q = np.linspace(1e-4, 1.0 - 1e-9, 100_001)
    for β in np.linspace(0.0, 10.0, 41):
        slope = q**β * (q - β * (1.0 - q) * np.log1p(-q))
        peak = slope.argmax()
        assert (np.diff(slope[: peak + 1]) > -1e-15).all()
        assert (np.diff(slope[peak:]) < 1e-15).all()
        assert slope[peak:].min() >= 1.0 - 1e-6


@given(
    K=st.integers(2, 25),
    β=st.floats(0.0, 5.0),
    c=st.floats(-4.0, 0.0).map(lambda exponent: 10.0**exponent),
)
@settings(max_examples=15, deadline=None)
def test_no_start_beats_what_focal_loss_is_proved_to_have(K, β, c):
    problem = RegularizedUFM(K, 1, K + 1, "focal", c, c, 0.01, focusing=β)
    solution = solve(problem)
    best = theory.minimizer("focal", K, 1, c, c, 0.01, focusing=β).objective
    assert solution.objective <= best * (1.0 + 1e-9)
    if problem.minimum is not None:
        assert solution.objective >= best * (1.0 - 1e-9)


def witness(problem, starts):
    """L-BFGS-B on the objective by torch's autograd, from random starts; knows nothing of the solver."""
    K, N, d = problem.num_classes, len(problem.labels), problem.dim
    labels, loss = torch.tensor(problem.labels), losses.get(problem.loss)

    def fun(x):
        x = torch.tensor(x, requires_grad=True)
        W, H = x[: K * d].reshape(K, d), x[K * d : (K + N) * d].reshape(N, d)
        b = x[(K + N) * d :] if problem.bias else torch.zeros(K, dtype=torch.float64)
        value = loss(H @ W.T - b, labels, **problem.loss_params)
        value = value + 0.5 * problem.lambda_W * W.square().sum() + 0.5 * problem.lambda_H * H.square().sum()
        value = value + 0.5 * problem.lambda_b * b.square().sum()
        value.backward()
        return value.item(), x.grad.numpy()

    rng = np.random.default_rng(0)
    size = (K + N) * d + K * problem.bias
    options = {"maxiter": 5000, "maxfun": 10_000, "ftol": 1e-15, "gtol": 1e-10}
    runs = (
        minimize(fun, rng.standard_normal(size), jac=True, method="L-BFGS-B", options=options)
        for _ in range(starts)
    )
    return min(run.fun for run in runs)


@pytest.mark.parametrize(
    "problem",
    [
        RegularizedUFM(3, 2, 3, "ce", 0.02, 0.01, 0.01),
        RegularizedUFM(3, 2, 4, "focal", 0.01, 0.01, 0.1),
        RegularizedUFM(3, 1, 3, "bce", 0.02, 0.01, 0.3),
        RegularizedUFM(4, 1, 2, "ce", 0.02, 0.01, bias=False),
        RegularizedUFM(3, 1, 2, "mse", 0.05, 0.05, 1.0, beta=2.0),
        RegularizedUFM(3, 2, 3, "label_smoothing", 0.01, 0.02, 0.1, smoothing=0.2),
    ],
    ids=repr,
)
def test_scipy_agrees(problem):
    assert solve(problem).objective == pytest.approx(witness(problem, starts=3), abs=1e-7)


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_descent_arrives(loss):
    problem = RegularizedUFM(3, 2, 4, loss, 0.05, 0.04, 0.2, **({"beta": 1.0} if loss == "mse" else {}))
    solution = solve(problem, method="gradient_descent", tolerance=1e-8, record=50)
    assert (solution.status, solution.starts) == ("converged", 1)
    assert (np.diff(solution.history["objective"]) <= 1e-14).all()
    assert {"positive_mean", "negative_std", "weight_norm", "feature_norm"} <= set(solution.history)


def test_a_gradient_step_by_hand():
    problem = RegularizedUFM(3, 2, 4, "ce", 0.02, 0.03, 0.05)
    W, H, b = (torch.tensor(x, requires_grad=True) for x in problem.random_state(np.random.default_rng(0)))
    value = losses.cross_entropy(H @ W.T - b, torch.tensor(problem.labels))
    (value + 0.01 * W.square().sum() + 0.015 * H.square().sum() + 0.025 * b.square().sum()).backward()
    start = tuple(x.detach() for x in (W, H, b))
    solution = solve(problem, method="gradient_descent", start=start, step_size=0.3, max_steps=1)
    for found, x in zip((solution.W, solution.H, solution.b), (W, H, b), strict=True):
        torch.testing.assert_close(found, (x - 0.3 * x.grad).detach(), rtol=1e-13, atol=1e-15)


def test_zero_is_a_saddle_that_random_starts_leave():
    problem = RegularizedUFM(4, 2, 6, "ce", 0.01, 0.01, 0.1)
    zero = (np.zeros((4, 6)), np.zeros((8, 6)), np.zeros(4))
    stuck = solve(problem, start=zero)
    assert (stuck.status, stuck.objective) == ("stalled", pytest.approx(math.log(4)))
    tiny = tuple(1e-8 * np.random.default_rng(0).standard_normal(x.shape) for x in zero)
    assert solve(problem, start=tiny).status == "converged"


def test_zero_where_it_is_the_minimum():
    solution = solve(RegularizedUFM(4, 1, 5, "ce", 0.3, 0.3, 0.1))
    assert solution.status == "converged"
    assert solution.W.norm() < 1e-5
    assert solution.objective == pytest.approx(math.log(4), rel=1e-12)


def test_a_sweep_over_losses_and_decays_is_one_batch():
    sweep = [RegularizedUFM(5, 3, 6, loss, λ, λ / 2, 0.01) for λ in (1e-3, 1e-2) for loss in LOSSES]
    solutions = solve(sweep)
    assert {s.status for s in solutions} == {"converged"}
    assert len({s.seconds for s in solutions}) == 1
    for i in (0, 3, 9):
        assert solutions[i].objective == pytest.approx(solve(sweep[i]).objective, rel=1e-9)


def test_problems_are_values():
    one, same = (RegularizedUFM(3, 2, 4, "mse", 0.1, 0.2, beta=2) for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)
    assert one != RegularizedUFM(3, 2, 4, "mse", 0.1, 0.2, beta=3)
    assert dict(one.loss_params) == {"kappa": 1.0, "beta": 2.0}
