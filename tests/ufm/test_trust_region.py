"""The inner solver on quadratics whose answers are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.ufm.trust_region import conjugate_gradients


def quadratic(eigenvalues, seed):
    size = len(eigenvalues)
    rng = np.random.default_rng(seed)
    frame = np.linalg.qr(rng.standard_normal((size, size)))[0]
    return (frame * eigenvalues) @ frame.T, rng.standard_normal((1, size))


def model(matrix, gradient, step):
    return (gradient * step).sum() + 0.5 * (step @ matrix @ step.T).item()


@given(st.lists(st.floats(0.1, 10.0), min_size=1, max_size=8), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_inside_the_ball_it_is_newton(eigenvalues, seed):
    matrix, gradient = quadratic(np.array(eigenvalues), seed)
    step, decrease, interior = conjugate_gradients(
        lambda v: v @ matrix, gradient, np.array([1e6]), np.array([1e-10])
    )
    assert interior.all()
    np.testing.assert_allclose(step[0], -np.linalg.solve(matrix, gradient[0]), rtol=1e-6, atol=1e-8)
    assert decrease[0] == pytest.approx(-model(matrix, gradient, step), rel=1e-9)


@given(
    st.lists(st.floats(-5.0, 5.0), min_size=2, max_size=8), st.floats(0.01, 10.0), st.integers(0, 2**32 - 1)
)
@settings(max_examples=40, deadline=None)
def test_any_curvature_stays_in_the_ball_and_beats_the_cauchy_point(eigenvalues, radius, seed):
    matrix, gradient = quadratic(np.array(eigenvalues), seed)
    step, decrease, interior = conjugate_gradients(
        lambda v: v @ matrix, gradient, np.array([radius]), np.array([1e-8])
    )
    length, size = np.linalg.norm(step), np.linalg.norm(gradient)
    assert length <= radius * (1 + 1e-6)
    assert interior.all() or length == pytest.approx(radius, rel=1e-6) or len(eigenvalues) > 2
    curvature = (gradient @ matrix @ gradient.T).item()
    reach = radius / size if curvature * radius <= size**3 else size**2 / curvature
    cauchy = model(matrix, gradient, -reach * gradient)
    assert model(matrix, gradient, step) <= cauchy + 1e-9 * abs(cauchy)
    assert decrease[0] == pytest.approx(-model(matrix, gradient, step), rel=1e-6)


def test_a_batch_is_each_alone():
    cases = [quadratic(np.linspace(low, 3.0, 5), seed) for seed, low in enumerate((-1.0, 0.5, 2.0))]
    matrices, gradients = np.stack([m for m, _ in cases]), np.concatenate([g for _, g in cases])
    radius, forcing = np.array([0.5, 2.0, 100.0]), np.full(3, 1e-6)
    together = conjugate_gradients(lambda v: np.einsum("bp,bpq->bq", v, matrices), gradients, radius, forcing)
    for i, (matrix, gradient) in enumerate(cases):
        alone = conjugate_gradients(
            lambda v, m=matrix: v @ m, gradient, radius[i : i + 1], forcing[i : i + 1]
        )
        for found, expected in zip(together, alone, strict=True):
            np.testing.assert_allclose(found[i], expected[0], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("curvature", [5e-324, 1e-310, 1e-200, 0.0, -1e-310])
def test_curvature_too_small_for_a_newton_step_leads_to_the_edge(curvature):
    """Where the Newton step overflows and the gradient has zeros, infinity times zero is not inside."""
    gradient = np.array([[3.0, 0.0, -4.0], [0.0, 0.0, 1e-3]])
    step, decrease, interior = conjugate_gradients(
        lambda v: curvature * v, gradient, np.array([2.0, 0.5]), np.full(2, 1e-8)
    )
    np.testing.assert_allclose(step, [[-1.2, 0.0, 1.6], [0.0, 0.0, -0.5]], rtol=1e-14)
    np.testing.assert_allclose(decrease, [10.0, 5e-4], rtol=1e-14)
    assert not interior.any()


def test_no_gradient_no_step():
    step, decrease, interior = conjugate_gradients(lambda v: v, np.zeros((1, 3)), np.ones(1), np.ones(1))
    assert not step.any()
    assert decrease[0] == 0.0
    assert interior.all()
