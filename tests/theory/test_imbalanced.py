"""Paper D's closed form against references, the KKT conditions, and a bounded optimiser."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize as scipy_minimize
from scipy.special import logsumexp, softmax

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.theory import imbalanced

REFERENCES = [
    ([1, 2, 4], 0.01, 0.02, "margins", 0, 3.12428303814777743),
    ([1, 2, 4], 0.01, 0.02, "margins", 2, 3.86045948359643465),
    ([1, 2, 4], 0.01, 0.02, "weight_cosines", (0, 1), -0.303204902172656684),
    ([1, 2, 4], 0.01, 0.02, "weight_cosines", (1, 2), -0.642966622257535567),
    ([1, 2, 4], 0.01, 0.02, "feature_norms", 2, math.sqrt(1.11441866102502261)),
    ([1, 2, 4], 0.01, 0.02, "weight_norms", 0, math.sqrt(4.84253444976818744)),
    ([1, 1, 6, 6], 0.1, 0.08, "margins", 0, 0.0),
    ([1, 1, 6, 6], 0.1, 0.08, "margins", 3, 1.32874714953449470),
    ([1, 1, 6, 6], 0.1, 0.08, "weight_cosines", (0, 1), 1.0),
    ([1, 1, 6, 6], 0.1, 0.08, "weight_cosines", (2, 3), -0.6),
]
OBJECTIVES = [
    ([1, 2, 4], 0.01, 0.02, 0.234753000105998649),
    ([1, 1, 6, 6], 0.1, 0.08, 1.20342509912059005),
    ([100, 100, 200, 200, 300, 300, 400, 400, 500, 500], 1e-4, 1e-5, 0.0425340869858719217),
]


@pytest.mark.parametrize(("counts", "lambda_W", "lambda_H", "field", "index", "value"), REFERENCES)
def test_agrees_with_thirty_digit_references(counts, lambda_W, lambda_H, field, index, value):
    result = imbalanced.minimizer(counts, lambda_W, lambda_H)
    assert getattr(result, field)[index] == pytest.approx(value, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("counts", "lambda_W", "lambda_H", "value"), OBJECTIVES)
def test_objective_agrees_with_thirty_digit_references(counts, lambda_W, lambda_H, value):
    assert imbalanced.minimizer(counts, lambda_W, lambda_H).objective == pytest.approx(value, rel=1e-12)


def explicit(counts, lambda_W, lambda_H):
    """Class features and weights of paper D, Eqs. (8)-(10), with features along the axes."""
    n, K = np.asarray(counts, float), len(counts)
    H = np.diag(imbalanced.minimizer(counts, lambda_W, lambda_H).feature_norms)
    roots = np.sqrt(n)[:, None] * H
    W = math.sqrt(lambda_H / lambda_W / (K * (K - 1))) * (K * roots - roots.sum(axis=0))
    return n, W, H


many_counts = st.lists(st.integers(1, 500), min_size=2, max_size=8)
decay = st.floats(1e-6, 0.3)


@settings(max_examples=50, deadline=None)
@given(counts=many_counts, lambda_W=decay, lambda_H=decay)
def test_satisfies_the_kkt_conditions_of_the_full_problem(counts, lambda_W, lambda_H):
    n, W, H = explicit(counts, lambda_W, lambda_H)
    result = imbalanced.minimizer(counts, lambda_W, lambda_H)
    assert np.allclose(H @ W.T, result.logits, atol=1e-10)
    assert np.allclose(np.linalg.norm(W, axis=1), result.weight_norms, atol=1e-10)
    residual = n[:, None] / n.sum() * (softmax(H @ W.T, axis=1) - np.eye(len(n)))
    gradient_W = residual.T @ H + lambda_W * W
    multiplier = residual @ W + lambda_H * n[:, None] * H
    assert np.abs(gradient_W).max() < 1e-12
    assert multiplier.min() > -1e-12
    assert np.abs(multiplier * H).max() < 1e-12


@settings(max_examples=50, deadline=None)
@given(counts=many_counts, lambda_W=decay, lambda_H=decay)
def test_a_class_collapses_exactly_at_the_collapse_count(counts, lambda_W, lambda_H):
    result = imbalanced.minimizer(counts, lambda_W, lambda_H)
    threshold = imbalanced.collapse_count(sum(counts), len(counts), lambda_W, lambda_H)
    for count, collapsed, margin in zip(counts, result.collapsed, result.margins, strict=True):
        if not math.isclose(count, threshold, rel_tol=1e-9):
            assert collapsed == (count < threshold)
            assert (margin == 0.0) == collapsed


@settings(max_examples=100, deadline=None)
@given(
    count=st.floats(0.1, 1e3),
    majors=st.integers(1, 9),
    minors=st.integers(1, 9),
    lambda_W=decay,
    lambda_H=decay,
    above=st.floats(1.0, 50.0),
)
def test_groups_collapse_from_their_ratios_on(count, majors, minors, lambda_W, lambda_H, above):
    def collapsed(ratio):
        total = count * (majors * ratio + minors)
        threshold = imbalanced.collapse_count(total, majors + minors, lambda_W, lambda_H)
        return count * (1 - 1e-9) <= threshold, count * ratio * (1 - 1e-9) <= threshold

    minority, complete = imbalanced.collapse_ratios(count, majors, minors, lambda_W, lambda_H)
    assert 1.0 <= minority <= complete
    assert collapsed(minority * above)[0]
    assert collapsed(complete * above) == (True, True)
    if minority > 1.001:
        assert not collapsed(0.999 * minority)[0]
    if complete > 1.001:
        assert not all(collapsed(0.999 * complete))


@settings(max_examples=25, deadline=None)
@given(counts=many_counts, seed=st.integers(0, 2**31))
def test_the_order_of_the_classes_is_only_an_order(counts, seed):
    order = np.random.default_rng(seed).permutation(len(counts))
    plain = imbalanced.minimizer(counts, 1e-3, 2e-3)
    shuffled = imbalanced.minimizer([counts[i] for i in order], 1e-3, 2e-3)
    assert np.allclose(shuffled.margins, plain.margins[order], rtol=1e-12)
    assert np.allclose(shuffled.weight_cosines, plain.weight_cosines[np.ix_(order, order)], equal_nan=True)


def test_equal_counts_give_a_simplex_etf_of_weights():
    result = imbalanced.minimizer([7] * 5, 1e-3, 1e-3)
    off_diagonal = result.weight_cosines[~np.eye(5, dtype=bool)]
    assert np.allclose(off_diagonal, -1 / 4, atol=1e-14)


def test_complete_collapse_leaves_cosines_undefined():
    result = imbalanced.minimizer([2, 2, 2], 1.0, 1.0)
    assert result.collapsed.all()
    assert np.isnan(result.weight_cosines).all()
    assert result.objective == pytest.approx(math.log(3), rel=1e-15)


@pytest.mark.parametrize(
    ("counts", "lambda_W", "lambda_H"), [([1, 2, 4], 0.03, 0.02), ([1, 1, 6], 0.15, 0.1)]
)
def test_no_start_of_a_bounded_optimiser_gets_lower(counts, lambda_W, lambda_H):
    n, K = np.asarray(counts, float), len(counts)

    def objective(x):
        W, H = x.reshape(2, K, K)
        Z = H @ W.T
        fit = n @ (logsumexp(Z, axis=1) - Z.diagonal()) / n.sum()
        return fit + (lambda_W * (W**2).sum() + lambda_H * (n[:, None] * H**2).sum()) / 2

    rng = np.random.default_rng(0)
    bounds = [(None, None)] * K**2 + [(0, None)] * K**2
    lowest = min(
        scipy_minimize(
            objective,
            np.abs(rng.normal(size=2 * K * K)),
            bounds=bounds,
            options={"maxiter": 3000, "maxfun": 10**6, "ftol": 1e-15, "gtol": 1e-9},
        ).fun
        for _ in range(12)
    )
    assert lowest == pytest.approx(imbalanced.minimizer(counts, lambda_W, lambda_H).objective, abs=2e-8)


BAD = [
    (lambda: imbalanced.minimizer([3], 0.1, 0.1), "counts", InputValueError),
    (lambda: imbalanced.minimizer([3, 0], 0.1, 0.1), "counts", InputValueError),
    (lambda: imbalanced.minimizer([3.5, 2.0], 0.1, 0.1), "counts", InputTypeError),
    (lambda: imbalanced.minimizer([[3, 2]], 0.1, 0.1), "counts", InputValueError),
    (lambda: imbalanced.minimizer([3, 2], 0.0, 0.1), "lambda_W", InputValueError),
    (lambda: imbalanced.minimizer([3, 2], 0.1, math.nan), "lambda_H", InputValueError),
    (lambda: imbalanced.minimizer([3, 2], "0.1", 0.1), "lambda_W", InputTypeError),
    (lambda: imbalanced.collapse_count(0, 3, 0.1, 0.1), "N", InputValueError),
    (lambda: imbalanced.collapse_count(10, 1, 0.1, 0.1), "K", InputValueError),
    (lambda: imbalanced.collapse_count(10, 3, 0.1, -1), "lambda_H", InputValueError),
    (lambda: imbalanced.collapse_ratios(0, 3, 3, 0.1, 0.1), "minority_count", InputValueError),
    (lambda: imbalanced.collapse_ratios(1, 0, 3, 0.1, 0.1), "majors", InputValueError),
    (lambda: imbalanced.collapse_ratios(1, 1, 2.5, 0.1, 0.1), "minors", InputTypeError),
    (lambda: imbalanced.collapse_ratios(1, 1, 2, 0.0, 0.1), "lambda_W", InputValueError),
]


@pytest.mark.parametrize(("call", "what", "kind"), BAD)
def test_bad_input_says_what_is_wrong(call, what, kind):
    with pytest.raises(kind, match=f"^{what}: expected .*got ") as caught:
        call()
    assert isinstance(caught.value, NCCourseError)
