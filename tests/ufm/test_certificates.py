"""The models of papers B to E reach the theorems' minima, traps included; independent solvers agree."""

import math

import cvxpy
import numpy as np
import pytest
import torch

from nccourse import geometry, theory, ufm
from nccourse.errors import InputTypeError, InputValueError

MSE = {"kappa": 1.0, "beta": 1.0}
REGULARIZED = [
    ("ce", 4, 2, 6, (0.01, 0.02, 0.05), {}),
    ("label_smoothing", 4, 2, 6, (0.01, 0.02, 0.05), {"smoothing": 0.1}),
    ("focal", 4, 2, 6, (0.01, 0.02, 0.05), {"focusing": 2.0}),
    ("mse", 4, 2, 6, (0.01, 0.02, 0.05), MSE),
    ("bce", 4, 2, 6, (0.01, 0.02, 0.05), {}),  # off-centred
    ("bce", 4, 2, 3, (0.01, 0.02, 0.05), {}),  # no room to lean
    ("bce", 10, 1, 12, (5e-4, 6.4e-3, 0.0), {}),
]


@pytest.mark.parametrize(("loss", "K", "n", "d", "decays", "options"), REGULARIZED)
@pytest.mark.parametrize("method", ["auto", "full"])
def test_regularized_reaches_the_closed_form(loss, K, n, d, decays, options, method):
    solution = ufm.solve(ufm.RegularizedUFM(K, n, d, loss, *decays, **options), method=method)
    exact = theory.regularized.minimizer(loss, K, n, *decays, dim=min(d, K), **options)
    assert solution.objective == pytest.approx(exact.objective, abs=1e-8)
    own = (solution.H * solution.W[solution.labels]).sum(dim=1)
    assert own.numpy() == pytest.approx(exact.positive_score, abs=1e-3)
    if decays[2] > 0:
        assert solution.b.numpy() == pytest.approx(exact.bias, abs=1e-3)


def test_focal_finds_the_minimum_with_dead_classes_below_collapse():
    decay = 0.041225
    problem = ufm.RegularizedUFM(30, 1, 31, "focal", decay, decay, 0.01, focusing=3.0)
    solution = ufm.solve(problem)
    collapsed = 3.07219702325823231  # paper C, Theorem 1
    assert solution.objective < collapsed - 1e-6
    assert (solution.W.norm(dim=1) < 1e-3).any()


@pytest.mark.parametrize("counts", [(1, 2, 4), (2, 2, 6, 6), (30, 5, 1), (3, 3, 3)])
@pytest.mark.parametrize("method", ["auto", "full"])
def test_nonnegative_reaches_the_closed_form(counts, method):
    problem = ufm.NonnegativeUFM(counts, len(counts) + 1, 0.03, 0.02)
    solution = ufm.solve(problem, method=method)
    exact = theory.imbalanced.minimizer(counts, 0.03, 0.02)
    assert solution.objective == pytest.approx(exact.objective, abs=1e-8)
    assert float(solution.H.min()) >= 0
    assert solution.W.norm(dim=1).numpy() == pytest.approx(exact.weight_norms, abs=1e-3)


@pytest.mark.parametrize("loss", ["ce", "dr"])
def test_fixed_classifier_puts_features_on_their_weights(loss):
    W = geometry.simplex_etf(4, 6, norm=1.5, generator=torch.Generator().manual_seed(3))
    solution = ufm.solve(ufm.FixedClassifierUFM((5, 3, 1, 8), W, 2.0, loss=loss))
    assert torch.equal(solution.W, W)
    assert torch.allclose(solution.H, 2.0 / 1.5 * W[solution.labels], atol=1e-3)
    expected = math.log1p(3 * math.exp(-1.5 * 2.0 * 4 / 3)) if loss == "ce" else 0.0
    assert solution.objective == pytest.approx(expected, abs=1e-8)


def test_fixed_classifier_agrees_with_a_convex_solver():
    generator = torch.Generator().manual_seed(1)
    W = torch.randn(3, 2, dtype=torch.float64, generator=generator)
    counts, radius = (2, 1, 1), 1.3
    H = cvxpy.Variable((3, 2))
    logits = H @ W.numpy().T
    fit = sum(n * (cvxpy.log_sum_exp(logits[k]) - logits[k, k]) for k, n in enumerate(counts)) / sum(counts)
    convex = cvxpy.Problem(cvxpy.Minimize(fit), [cvxpy.norm(H[k]) <= radius for k in range(3)])
    convex.solve(solver=cvxpy.CLARABEL)
    solution = ufm.solve(ufm.FixedClassifierUFM(counts, W, radius))
    assert solution.objective == pytest.approx(convex.value, abs=1e-7)


@pytest.mark.parametrize(
    "problem",
    [
        ufm.RegularizedUFM(3, 2, 4, "bce", 0.05, 0.03, 0.02),
        ufm.NonnegativeUFM((4, 2, 3), 4, 0.03, 0.03),
        ufm.FixedClassifierUFM((2, 3), torch.eye(2, dtype=torch.float64), 1.0, loss="dr"),
    ],
    ids=["regularized", "nonnegative", "fixed"],
)
def test_gradient_descent_comes_down_to_the_same_value(problem):
    descent = ufm.solve(problem, method="gradient_descent", max_steps=4000, record=100)
    exact = ufm.solve(problem)
    assert np.all(np.diff(descent.history["objective"]) <= 1e-12)
    assert descent.objective == pytest.approx(exact.objective, abs=1e-3)


def test_problems_of_one_shape_are_solved_as_one_batch():
    problems = [ufm.RegularizedUFM(4, 3, 5, "ce", lam, lam) for lam in (1e-3, 1e-2, 5e-2)]
    for together, alone in zip(ufm.solve(problems), map(ufm.solve, problems), strict=True):
        assert together.objective == pytest.approx(alone.objective, abs=1e-9)


BAD = [
    (lambda: ufm.RegularizedUFM(1, 2, 4, "ce", 0.1, 0.1), "num_classes", InputValueError),
    (lambda: ufm.RegularizedUFM(3, 2, 4, "hinge", 0.1, 0.1), "loss", InputValueError),
    (lambda: ufm.RegularizedUFM(3, 2, 4, "ce", -0.1, 0.1), "lambda_W", InputValueError),
    (lambda: ufm.RegularizedUFM(3, 2, 4, "ce", 0.1, math.nan), "lambda_H", InputValueError),
    (lambda: ufm.NonnegativeUFM((3, 0), 4, 0.1, 0.1), "counts", InputValueError),
    (lambda: ufm.NonnegativeUFM((3, 2), 4, 0.1, "0.1"), "lambda_H", InputTypeError),
    (lambda: ufm.FixedClassifierUFM((3, 2), torch.eye(3), 1.0), "classifier", InputValueError),
    (lambda: ufm.FixedClassifierUFM((3, 2), torch.eye(2), -1.0), "feature_norm", InputValueError),
]


@pytest.mark.parametrize(("call", "what", "kind"), BAD)
def test_bad_input_says_what_is_wrong(call, what, kind):
    with pytest.raises(kind, match=r"expected .*got ") as caught:
        call()
    assert what in caught.value.what
