"""Gradient descent: the stated dynamics step by step, its rates against theory, and the record of it."""

import numpy as np
import pytest
import torch

from nccourse.theory import normalized as theory
from nccourse.ufm import NormalizedUFM, solve


def descend(problem, **options):
    return solve(problem, method="gradient_descent", **options)


@pytest.mark.parametrize("loss", ["ce", "bce"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_three_steps_by_hand(loss, momentum):
    """Against autograd: step along the projected gradient, normalise, project the velocity."""
    problem, rate = NormalizedUFM(3, 2, 4, 2.0, loss), 0.3
    rng = np.random.default_rng(0)
    W, H, b = (torch.tensor(array) for array in problem.random_state(rng))
    start = (W.clone(), H.clone(), b.clone())
    labels = torch.tensor(problem.labels)
    own = torch.nn.functional.one_hot(labels, 3).double()
    velocity = [torch.zeros_like(x) for x in (W, H, b)]
    for _ in range(3):
        variables = [x.detach().requires_grad_() for x in (W, H, b)]
        logits = 2.0 * variables[1] @ variables[0].T - variables[2]
        if loss == "ce":
            value = torch.nn.functional.cross_entropy(logits, labels)
        else:
            value = (
                torch.nn.functional.binary_cross_entropy_with_logits(logits, own, reduction="none")
                .sum(1)
                .mean()
            )
        value.backward()
        gradients = [tangent(x, x.grad) for x in variables[:2]] + [variables[2].grad]
        velocity = [momentum * v + g for v, g in zip(velocity, gradients, strict=True)]
        W, H, b = (x.detach() - rate * v for x, v in zip(variables, velocity, strict=True))
        W, H = (torch.nn.functional.normalize(x) for x in (W, H))
        velocity = [tangent(W, velocity[0]), tangent(H, velocity[1]), velocity[2]]
    solution = descend(problem, start=start, step_size=rate, momentum=momentum, max_steps=3)
    assert (solution.status, solution.steps) == ("max_steps", 3)
    for found, expected in zip((solution.W, solution.H, solution.b), (W, H, b), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-13, atol=1e-14)


def tangent(points, vectors):
    points = points.detach()
    return vectors - (vectors * points).sum(1, keepdim=True) * points


@pytest.mark.parametrize("case", range(12))
def test_default_step_does_not_climb(case):
    rng = np.random.default_rng(case)
    K, n, d = (int(rng.integers(low, high)) for low, high in ((2, 13), (1, 6), (2, 15)))
    γ, loss = 10 ** rng.uniform(-2, 2.3), ("ce", "bce")[case % 2]
    solution = descend(NormalizedUFM(K, n, d, γ, loss), max_steps=60, record=1, seed=case)
    objective = solution.history["objective"]
    assert (np.diff(objective) <= 1e-13 * objective[:-1]).all()


@pytest.mark.parametrize(("loss", "γ"), [("ce", 1.0), ("bce", 2.0), ("ce", 5.0)])
def test_late_rate_is_the_smallest_eigenvalue(loss, γ):
    """Near the minimum each step shrinks the gap by (1 - η rate)²."""
    K, n = 5, 2
    problem, η = NormalizedUFM(K, n, 6, γ, loss), 2.0
    solution = descend(problem, step_size=η, max_steps=20_000, tolerance=1e-13, record=1)
    assert solution.status == "converged"
    gap = solution.history["gap"]
    late = gap[(gap > 1e-13) & (gap < 1e-11)]
    rate = theory.local_rate(K, n, γ, loss)
    assert np.log(late[1:] / late[:-1]).mean() == pytest.approx(2 * np.log1p(-η * rate), rel=0.02)


def test_agrees_with_newton():
    problem = NormalizedUFM(6, 3, 8, 3.0, "bce")
    slow, fast = descend(problem, step_size=4.0), solve(problem)
    assert slow.status == fast.status == "converged"
    assert slow.objective == pytest.approx(fast.objective, abs=1e-9)
    assert slow.b.numpy() == pytest.approx(fast.b.numpy(), abs=1e-3)


def test_a_list_descends_together_and_stops_apart():
    sweep = [NormalizedUFM(4, 2, 5, γ, loss) for γ in (1.0, 2.0, 8.0) for loss in ("ce", "bce")]
    together = descend(sweep, step_size=1.0, max_steps=400)
    assert {s.status for s in together} == {"converged", "max_steps"}
    for problem, solution in zip(sweep, together, strict=True):
        alone = descend(problem, step_size=1.0, max_steps=400)
        assert solution.steps == alone.steps
        assert solution.objective == pytest.approx(alone.objective, rel=1e-10)


def test_history():
    problem = NormalizedUFM(3, 2, 4, 2.0, "bce")
    every = descend(problem, max_steps=25, record=10).history
    assert every["step"].tolist() == [0, 10, 20, 25]
    listed = descend(problem, max_steps=25, record=[3, 20, 21, 400]).history
    assert listed["step"].tolist() == [3, 20, 21]
    np.testing.assert_array_equal(listed["H"][1], every["H"][2])
    assert set(every) == {
        *("step", "objective", "gap", "gradient_norm", "W", "H", "b"),
        *("positive_mean", "positive_std", "negative_mean", "negative_std", "deviation"),
    }
    assert every["H"].shape == (4, 6, 4)
    assert every["b"].shape == (4, 3)
    assert every["gap"] == pytest.approx(every["objective"] - problem.minimum)
    assert (np.diff(every["deviation"]) < 0.0).all()


def test_a_critical_point_stalls():
    W = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    solution = descend(NormalizedUFM(4, 1, 3, 1.0), start=(W, W, np.zeros(4)))
    assert (solution.status, solution.steps) == ("stalled", 1)


def test_without_closed_form_the_gradient_decides():
    solution = descend(NormalizedUFM(5, 1, 2, 2.0), step_size=2.0, tolerance=1e-6)
    assert (solution.status, solution.gap) == ("converged", None)
    assert solution.gradient_norm <= 1e-6
