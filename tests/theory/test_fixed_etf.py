"""Paper E's forces and dot-regression dynamics against autograd, the iteration itself, and a reference."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.theory import fixed_etf


@settings(max_examples=30, deadline=None)
@given(N=st.integers(1, 6), K=st.integers(2, 6), d=st.integers(1, 5), seed=st.integers(0, 2**31))
def test_pull_and_push_sum_to_the_negative_gradient(N, K, d, seed):
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(N, d, dtype=torch.float64, generator=generator, requires_grad=True)
    W = torch.randn(K, d, dtype=torch.float64, generator=generator)
    targets = torch.randint(K, (N,), generator=generator)
    torch.nn.functional.cross_entropy(features @ W.T, targets, reduction="sum").backward()
    pull, push = fixed_etf.pull_push(features.detach(), targets, W)
    assert np.allclose(pull + push, -features.grad, atol=1e-13)
    p = torch.softmax(features.detach() @ W.T, dim=1)[torch.arange(N), targets]
    assert np.allclose(pull, (1 - p)[:, None] * W[targets], atol=1e-13)


def test_the_pull_keeps_its_digits_when_the_class_is_almost_certain():
    pull, _ = fixed_etf.pull_push([[50.0, 0.0]], [0], [[1.0, 0.0], [-1.0, 0.0]])
    assert pull[0, 0] == pytest.approx(math.exp(-100), rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(theta=st.floats(1e-3, math.pi - 1e-3))
def test_the_factor_is_one_projected_gradient_step(theta):
    h, target = np.array([math.cos(theta), math.sin(theta)]), np.array([1.0, 0.0])
    stepped = h + (1 - math.cos(theta)) * target
    stepped /= np.linalg.norm(stepped)
    expected = ((stepped - target) ** 2).sum() / ((h - target) ** 2).sum()
    assert fixed_etf.dot_regression_factor(math.cos(theta)) == pytest.approx(expected, rel=1e-9)


def test_factor_reference_and_ends():
    assert fixed_etf.dot_regression_factor(math.cos(0.5)) == pytest.approx(0.802785610448414274, rel=1e-13)
    assert fixed_etf.dot_regression_factor([1.0, -1.0]).tolist() == [1.0, 0.0]


def test_the_angle_shrinks_like_one_over_the_square_root_of_time():
    theta = 1.0
    for _ in range(20_000):
        theta = math.atan(math.sin(theta))
    assert theta**2 * 20_000 == pytest.approx(1.0, rel=1e-2)


@settings(max_examples=50, deadline=None)
@given(cosine=st.floats(-1, 1))
def test_the_papers_equality_is_an_upper_bound(cosine):
    assert fixed_etf.dot_regression_factor(cosine) <= (1 + cosine) / 2 + 1e-15


W2 = [[1.0, 0.0], [0.0, 1.0]]
BAD = [
    (lambda: fixed_etf.pull_push([1.0, 2.0], [0], W2), "features", InputValueError),
    (lambda: fixed_etf.pull_push([[1.0, 2.0, 3.0]], [0], W2), "features", InputValueError),
    (lambda: fixed_etf.pull_push([[math.nan, 0.0]], [0], W2), "features", InputValueError),
    (lambda: fixed_etf.pull_push([["a", "b"]], [0], W2), "features", InputTypeError),
    (lambda: fixed_etf.pull_push([[0.0, 0.0]], [0.5], W2), "targets", InputTypeError),
    (lambda: fixed_etf.pull_push([[0.0, 0.0]], [2], W2), "targets", InputValueError),
    (lambda: fixed_etf.pull_push([[0.0, 0.0]], [0, 1], W2), "targets", InputValueError),
    (lambda: fixed_etf.pull_push([[0.0, 0.0]], [0], [[math.inf, 0.0]]), "classifier", InputValueError),
    (lambda: fixed_etf.dot_regression_factor(1.5), "cosine", InputValueError),
    (lambda: fixed_etf.dot_regression_factor(math.nan), "cosine", InputValueError),
    (lambda: fixed_etf.dot_regression_factor("x"), "cosine", InputTypeError),
]


@pytest.mark.parametrize(("call", "what", "kind"), BAD)
def test_bad_input_says_what_is_wrong(call, what, kind):
    with pytest.raises(kind, match=f"^{what}: expected .*got ") as caught:
        call()
    assert isinstance(caught.value, NCCourseError)
