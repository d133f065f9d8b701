"""The normalized problem itself: objective, derivatives, reduction and minimum, before any solver."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

from nccourse.theory import normalized as theory
from nccourse.ufm import NormalizedUFM
from nccourse.ufm.problems import State

problems = st.builds(
    NormalizedUFM,
    num_classes=st.integers(2, 6),
    samples_per_class=st.integers(1, 3),
    dim=st.integers(2, 7),
    scale=st.floats(0.01, 60.0),
    loss=st.sampled_from(["ce", "bce"]),
    bias=st.booleans(),
)


def torch_objective(problem, W, H, b):
    """The objective by torch's losses, rows normalised: at unit x, f(x/|x|) has f's Riemannian gradient."""
    unit = torch.nn.functional.normalize
    labels = torch.tensor(problem.labels)
    logits = problem.scale * unit(H) @ unit(W).T - b
    if problem.loss == "ce":
        return cross_entropy(logits, labels)
    targets = one_hot(labels, problem.num_classes).double()
    return binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(1).mean()


def random_point(problem, seed):
    rng = np.random.default_rng(seed)
    W, H, b = problem.random_state(rng)
    b = rng.standard_normal(b.shape) if problem.bias else b
    landscape = problem.landscape([problem])
    return landscape, landscape.pack(State(W[None], H[None], b[None]))


@given(problem=problems, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_objective_and_gradient_match_differentiation(problem, seed):
    landscape, point = random_point(problem, seed)
    arrays = [torch.tensor(array[0], requires_grad=True) for array in landscape.unpack(point)]
    value = torch_objective(problem, *arrays)
    value.backward()
    expected = np.concatenate([a.grad.numpy().ravel() for a in arrays[: 2 + problem.bias]])
    found = landscape.evaluate(point)
    assert found.objective[0] == pytest.approx(value.item(), rel=1e-12)
    np.testing.assert_allclose(found.gradient[0], expected, rtol=1e-9, atol=1e-12 * problem.scale)


@given(problem=problems, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_hessian_product_is_the_change_of_the_gradient(problem, seed):
    """Central differences of the transported gradient along a retraction, whose slope in the step is 2."""
    landscape, point = random_point(problem, seed)
    direction = landscape.project(point, np.random.default_rng(seed).standard_normal(point.shape))
    product = landscape.evaluate(point).hessian_product(direction)

    def error(step):
        gradients = [
            landscape.project(
                point, landscape.evaluate(landscape.retract(point, sign * step * direction)).gradient
            )
            for sign in (1, -1)
        ]
        return np.linalg.norm((gradients[0] - gradients[1]) / (2 * step) - product)

    step = 1e-3 / (1.0 + problem.scale)
    assert error(step) <= 1e-3 * (1.0 + problem.scale**2)
    assert error(step) <= 0.011 * error(10 * step) + 1e-8 * (1.0 + problem.scale**2)


@given(problem=problems, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_hessian_is_symmetric_and_blind_to_rotation(problem, seed):
    landscape, point = random_point(problem, seed)
    rng = np.random.default_rng(seed)
    x, y = (landscape.project(point, rng.standard_normal(point.shape)) for _ in range(2))
    here = landscape.evaluate(point)
    size = 1e-12 * (1.0 + problem.scale**2)
    assert np.vdot(x, here.hessian_product(y)) == pytest.approx(
        np.vdot(y, here.hessian_product(x)), rel=1e-9, abs=size
    )
    generator = rng.standard_normal((problem.dim, problem.dim))
    W, H, b = landscape.unpack(point)
    turn = landscape.pack(State(W, H, 0 * b)) * 0
    for part, rows in zip(landscape.unpack(turn)[:2], (W, H), strict=True):
        part[...] = rows @ (generator - generator.T)
    assert np.vdot(here.gradient, turn) == pytest.approx(0.0, abs=size * problem.dim)


def test_a_batch_of_mixed_losses_is_each_problem_alone():
    batch = [NormalizedUFM(4, 2, 5, γ, loss) for loss in ("bce", "ce") for γ in (0.5, 3.0, 40.0)]
    landscape = batch[0].landscape(batch)
    rng = np.random.default_rng(0)
    states = State(
        rng.standard_normal((6, 4, 5)), rng.standard_normal((6, 8, 5)), rng.standard_normal((6, 4))
    )
    points = landscape.pack(states)
    direction = landscape.project(points, rng.standard_normal(points.shape))
    together = landscape.evaluate(points)
    products = together.hessian_product(direction)
    for i, problem in enumerate(batch):
        alone = problem.landscape([problem]).evaluate(points[i : i + 1])
        assert together.objective[i] == pytest.approx(alone.objective[0], rel=1e-14)
        np.testing.assert_allclose(together.gradient[i], alone.gradient[0], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(
            products[i], alone.hessian_product(direction[i : i + 1])[0], rtol=1e-10, atol=1e-13
        )
        assert landscape.take(np.array([i])).minimum[0] == problem.minimum


def test_tiny_losses_keep_their_digits():
    """At the ETF and γ = 64 the objective is the closed form, 1e-30, to 12 digits; the gradient vanishes."""
    K, γ = 10, 64.0
    vertices = (np.eye(K) - 1 / K) * math.sqrt(K / (K - 1))
    for loss, minimum in (("ce", theory.ce_minimum(K, γ)), ("bce", theory.bce_minimum(K, γ))):
        problem = NormalizedUFM(K, 1, K, γ, loss)
        landscape = problem.landscape([problem])
        bias = np.full((1, K), theory.bce_bias(K, γ))
        point = landscape.evaluate(landscape.pack(State(vertices[None], vertices[None], bias)))
        assert point.objective[0] == pytest.approx(minimum, rel=1e-12, abs=0.0)
        assert np.abs(point.gradient).max() <= 1e-10 * minimum


@pytest.mark.parametrize("γ", [1000.0, 1e5])
@pytest.mark.parametrize("loss", ["ce", "bce"])
def test_huge_scales_stay_finite(loss, γ):
    problem = NormalizedUFM(5, 2, 6, γ, loss)
    landscape, point = random_point(problem, 3)
    here = landscape.evaluate(point)
    assert np.isfinite(here.objective).all()
    assert np.isfinite(here.hessian_product(here.gradient)).all()


@given(problem=problems, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_lifting_keeps_the_objective(problem, seed):
    small = problem.reduced()
    assert (small.samples_per_class, small.dim) == (1, min(problem.dim, problem.num_classes + 1))
    landscape, point = random_point(small, seed)
    state = State(*(array[0] for array in landscape.unpack(point)))
    lifted = problem.lift(state, np.random.default_rng(seed))
    full = problem.landscape([problem])
    above = full.evaluate(full.pack(State(*(array[None] for array in lifted)))).objective[0]
    assert above == pytest.approx(landscape.evaluate(point).objective[0], rel=1e-12)


@given(problem=problems, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_no_state_is_below_the_minimum(problem, seed):
    landscape, point = random_point(problem, seed)
    if problem.minimum is not None:
        assert landscape.evaluate(point).objective[0] >= problem.minimum * (1 - 1e-12)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (NormalizedUFM(5, 1, 4, 2.0), theory.ce_minimum(5, 2.0)),
        (NormalizedUFM(5, 1, 3, 2.0), None),
        (NormalizedUFM(5, 1, 4, 2.0, bias=False), theory.ce_minimum(5, 2.0)),
        (NormalizedUFM(5, 3, 9, 2.0, "bce"), theory.bce_minimum(5, 2.0)),
        (NormalizedUFM(5, 3, 5, 2.0, "bce", bias=False), theory.bce_minimum_without_bias(5, 2.0)),
        (NormalizedUFM(5, 3, 4, 9.0, "bce", bias=False), None),
        (NormalizedUFM(2, 3, 1, 9.0, "bce", bias=False), theory.bce_minimum_without_bias(2, 9.0)),
        (NormalizedUFM(10, 1, 1, 0.1, "bce", bias=False), theory.bce_minimum_without_bias(10, 0.1)),
    ],
)
def test_minimum_is_given_where_a_theorem_gives_it(problem, expected):
    assert problem.minimum == expected


def test_observables_at_a_known_state():
    problem = NormalizedUFM(2, 1, 2, 3.0)
    state = State(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.zeros(2))
    watched = problem.observables(state)
    assert watched == pytest.approx(
        {
            "positive_mean": 1.5,
            "positive_std": 1.5,
            "negative_mean": -1.5,
            "negative_std": 1.5,
            "deviation": 1.0,
        }
    )
