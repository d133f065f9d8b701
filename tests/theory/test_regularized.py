"""The closed forms under weight decay against references, an independent optimiser, and their own laws."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize as scipy_minimize
from scipy.special import logsumexp, softmax

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.theory import regularized

EXAMPLE = (4, 2, 0.01, 0.02, 0.05)

# 30-digit values, each confirmed by a numeric run of the full problem: field -> value.
REFERENCES = [
    ("ce", EXAMPLE, {}, {"objective": 0.292884259820690987, "positive_score": 2.88761070128254394}),
    ("label_smoothing", EXAMPLE, {"smoothing": 0.1}, {"objective": 0.544094819367068272}),
    ("focal", EXAMPLE, {"focusing": 2.0}, {"objective": 0.148335384833374001}),
    ("mse", EXAMPLE, {"kappa": 1.0, "beta": 1.0}, {"objective": 0.0648975609756097561}),
    ("mse", EXAMPLE[:4], {"kappa": 1.0, "beta": 1.0, "bias": False}, {"objective": 0.0784}),
    (
        "bce",
        EXAMPLE,
        {},
        {
            "objective": 0.655776590936691817,
            "positive_score": 3.57805383034794562,
            "negative_score": -2.77805383034794562,
            "bias": 0.4,
        },
    ),
    ("bce", EXAMPLE, {"dim": 3}, {"objective": 0.718525077991513655}),
    (
        "bce",
        (10, 1, 5e-4, 6.4e-3, 0.0),
        {},
        {"objective": 0.200379098404369607, "bias": 5.28067801608031181},
    ),
    (
        "bce",
        (10, 5000, 5e-4, 5e-4, 5e-4),
        {},
        {"objective": 2.02226688283747872, "bias": 2.86176988592208965},
    ),
    (
        "bce",
        (10, 12.8, 5e-4, 5e-4, 5e-4),
        {},
        {"objective": 0.256504178835247875, "positive_score": 7.81003287378286164},
    ),
    ("focal", (30, 1, 0.041225, 0.041225, 0.01), {"focusing": 3.0}, {"objective": 3.07219702325823231}),
]


@pytest.mark.parametrize(("loss", "arguments", "options", "expected"), REFERENCES)
def test_agrees_with_thirty_digit_references(loss, arguments, options, expected):
    result = regularized.minimizer(loss, *arguments, **options)
    for field, value in expected.items():
        assert getattr(result, field) == pytest.approx(value, rel=1e-12), field


def sample_losses(loss, Z, focusing=2.0, smoothing=0.1, kappa=1.0, beta=1.0):
    """The papers' losses of K samples, one of each class, written independently of the package."""
    K = len(Z)
    log_p = Z - logsumexp(Z, axis=1, keepdims=True)
    own = np.diag(log_p)
    if loss == "ce":
        return -own
    if loss == "label_smoothing":
        return -((1 - smoothing) * own + smoothing * log_p.mean(axis=1))
    if loss == "focal":
        return -((1 - softmax(Z, axis=1).diagonal()) ** focusing) * own
    if loss == "bce":
        return np.logaddexp(0, Z * (1 - 2 * np.eye(K))).sum(axis=1)
    return kappa * (np.diag(Z) - beta) ** 2 + (Z**2).sum(axis=1) - np.diag(Z) ** 2


def numeric_minimum(loss, K, dim, decays, starts=4):
    """Minimise the full problem with one sample a class by L-BFGS-B from random starts."""
    lambda_W, lambda_H, lambda_b = decays

    def objective(x):
        W, H, b = x[: K * dim].reshape(K, dim), x[K * dim : 2 * K * dim].reshape(K, dim), x[2 * K * dim :]
        decay = lambda_W * (W**2).sum() + lambda_H * (H**2).sum() + lambda_b * (b**2).sum()
        return sample_losses(loss, H @ W.T - b).mean() + decay / 2

    rng = np.random.default_rng(0)
    options = {"maxiter": 2000, "maxfun": 10**6, "ftol": 1e-15, "gtol": 1e-9}
    return min(
        scipy_minimize(objective, rng.normal(size=2 * K * dim + K), method="L-BFGS-B", options=options).fun
        for _ in range(starts)
    )


PARAMETERS = {"focal": {"focusing": 2.0}, "mse": {"kappa": 1.0, "beta": 1.0}}


@pytest.mark.parametrize("loss", regularized.LOSSES)
@pytest.mark.parametrize("decays", [(0.05, 0.03, 0.02), (0.02, 0.02, 1.0), (0.4, 0.5, 0.3)])
@pytest.mark.parametrize("dim", [2, 3])
def test_no_start_of_a_general_optimiser_gets_lower(loss, decays, dim):
    closed = regularized.minimizer(loss, 3, 1, *decays, dim=dim, **PARAMETERS.get(loss, {}))
    assert numeric_minimum(loss, 3, dim, decays) == pytest.approx(closed.objective, abs=2e-8)


decay = st.floats(1e-4, 1.0)


@settings(max_examples=50, deadline=None)
@given(
    loss=st.sampled_from(regularized.LOSSES),
    K=st.integers(2, 40),
    n=st.floats(0.5, 200.0),
    decays=st.tuples(decay, decay, st.floats(0, 2)),
    bias=st.booleans(),
)
def test_objective_is_the_loss_plus_the_decay_of_what_is_returned(loss, K, n, decays, bias):
    lambda_W, lambda_H, lambda_b = decays
    result = regularized.minimizer(loss, K, n, *decays, bias=bias, **PARAMETERS.get(loss, {}))
    Z = np.full((K, K), result.negative_score)
    np.fill_diagonal(Z, result.positive_score)
    decay_terms = lambda_W * K * result.weight_norm**2 + lambda_H * n * K * result.feature_norm**2
    value = sample_losses(loss, Z - result.bias).mean() + decay_terms / 2
    assert value + lambda_b * K * result.bias**2 / 2 == pytest.approx(result.objective, rel=1e-10)
    # Stationarity of any minimizer under W -> tW, H -> H/t.
    assert lambda_W * result.weight_norm**2 == pytest.approx(n * lambda_H * result.feature_norm**2, rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(
    loss=st.sampled_from(regularized.LOSSES),
    K=st.integers(2, 12),
    decays=st.tuples(decay, decay, st.floats(1e-3, 2)),
    factor=st.floats(0.5, 1.5),
    shift=st.floats(-1, 1),
)
def test_no_neighbour_on_the_symmetric_family_is_lower(loss, K, decays, factor, shift):
    """Scale the gap and split any shift between bias and offset: nothing gets below the minimum."""
    lambda_W, lambda_H, lambda_b = decays
    c = math.sqrt(lambda_W * lambda_H)
    result = regularized.minimizer(loss, K, 1, *decays, **PARAMETERS.get(loss, {}))
    gap = (result.positive_score - result.negative_score) * factor
    offset = result.positive_score + (K - 1) * result.negative_score
    for new_offset, new_bias in [(offset + shift, result.bias), (offset, result.bias + shift)]:
        Z = gap * (np.eye(K) - 1 / K) + new_offset / K - new_bias
        size = c * ((K - 1) * gap + abs(new_offset)) + lambda_b * K * new_bias**2 / 2
        lower = result.objective * (1 - 1e-12)
        assert sample_losses(loss, Z).mean() + size >= lower


def test_bce_leaves_the_centred_etf_exactly_where_theorem_2_fails():
    K, n, lam = 10, 12.8, 5e-4
    critical = 0.000385257346778742137
    for lambda_b, leans in [(critical * (1 - 1e-9), False), (critical * (1 + 1e-9), True)]:
        result = regularized.minimizer("bce", K, n, lam, lam, lambda_b)
        offset = result.positive_score + (K - 1) * result.negative_score
        assert (abs(offset) > 1e-9) is leans


@pytest.mark.parametrize(
    ("loss", "options", "threshold"),
    [
        ("ce", {}, 1.0),
        ("label_smoothing", {"smoothing": 0.2}, 0.8),
        ("mse", {"kappa": 1.0, "beta": 1.0}, 2.0),
        ("mse", {"kappa": 3.0, "beta": 0.5}, 2 * 3 * 0.5 * 6 / 8),
    ],
)
def test_everything_collapses_to_zero_at_the_threshold(loss, options, threshold):
    K = 6
    for factor, trivial in [(1 - 1e-9, False), (1 + 1e-9, True)]:
        c = threshold * factor / K
        assert regularized.minimizer(loss, K, 1, c, c, **options).trivial is trivial


@pytest.mark.parametrize(("K", "focusing"), [(4, 2.0), (10, 3.0)])
def test_focal_leaves_zero_at_the_second_order_threshold(K, focusing):
    c = (K - 1) ** (focusing - 1) * (K - 1 + focusing * math.log(K)) / K ** (focusing + 1)
    for factor, trivial in [(0.999, False), (1.001, True)]:
        result = regularized.minimizer("focal", K, 1, c * factor, c * factor, focusing=focusing)
        assert result.trivial is trivial


def test_vectorises_over_decays_and_n():
    lambdas, counts = np.geomspace(1e-6, 1, 7), np.array([1.0, 50.0])[:, None]
    result = regularized.minimizer("bce", 5, counts, lambdas, 1e-3, 1e-2)
    assert result.objective.shape == (2, 7)
    assert result.trivial.dtype == bool
    single = regularized.minimizer("bce", 5, 50.0, float(lambdas[3]), 1e-3, 1e-2)
    assert result.positive_score[1, 3] == single.positive_score


@pytest.mark.parametrize("loss", regularized.LOSSES)
@pytest.mark.parametrize("K", [2, 3, 10_000])
@pytest.mark.parametrize("lam", [1e-150, 1e-12, 1e3, 1e150])
@pytest.mark.parametrize("lambda_b", [0.0, 1e-12, 1e12])
@pytest.mark.parametrize("dim", [None, "K-1"])
def test_extreme_arguments_give_finite_numbers_and_no_warning(loss, K, lam, lambda_b, dim):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = regularized.minimizer(loss, K, 1, lam, lam, lambda_b, dim=K - 1 if dim else None)
    values = [result.objective, result.positive_score, result.negative_score, result.bias]
    assert all(math.isfinite(value) for value in values)


@pytest.mark.parametrize("K", [3, 7, 10, 10_000])
@pytest.mark.parametrize("c", [1e-12, 1e-40, 1e-150])
def test_mse_keeps_its_digits_where_the_fit_is_all_but_exact(K, c):
    """To first order in c the scores are (β, 0) and their decay is all; a residual of 1e-15 would show."""
    β = 15.0
    free = regularized.minimizer("mse", K, 1, c, c)
    assert free.objective == pytest.approx(c * (K - 1) * β, rel=1e-6, abs=0.0)
    leaning = regularized.minimizer("mse", K, 1, c, c, 1e3)
    assert leaning.objective == pytest.approx(c * K * β, rel=1e-6, abs=0.0)
    assert leaning.negative_score == pytest.approx(-c / 1e3, rel=1e-12, abs=0.0)
    assert regularized.minimizer("mse", K, 1, c, c, bias=False).negative_score == 0.0


def test_bce_keeps_the_digits_of_a_small_bias():
    """Under features of no use b solves λ_b b = σ(-b) - 1/K, to first order (1/2 - 1/K)/λ_b."""
    result = regularized.minimizer("bce", 10, 5000, 1e150, 1e150, 1e12)
    assert result.bias == pytest.approx(0.4 / (1e12 + 0.25), rel=1e-14, abs=0.0)


@pytest.mark.parametrize("focusing", [0.0, 3.0, 30.0])
def test_focal_gap_at_the_smallest_decay(focusing):
    """Stationary where (f + 1) q^(f + 1) = c for K = 2, to first order in q; the gap is -log q."""
    result = regularized.minimizer("focal", 2, 1, 1e-299, 1e-299, focusing=focusing)
    q = (1e-299 / (focusing + 1)) ** (1 / (focusing + 1))
    gap = result.positive_score - result.negative_score
    assert gap == pytest.approx(-math.log(q), rel=1e-12 if focusing < 1 else q)


@pytest.mark.parametrize("loss", regularized.LOSSES)
@pytest.mark.parametrize("decays", [(1e-300, 1e300), (1e300, 1e-300), (1e299, 1e299), (1e-299, 1e-299)])
def test_the_ends_of_float64_give_finite_numbers(loss, decays):
    result = regularized.minimizer(loss, 3, 1, *decays, 1e-3)
    assert all(math.isfinite(value) for value in vars(result).values())


BAD = [
    (lambda: regularized.minimizer("hinge", 3, 1, 1, 1), "loss", InputValueError),
    (lambda: regularized.minimizer("ce", 1, 1, 1, 1), "K", InputValueError),
    (lambda: regularized.minimizer("ce", 3.0, 1, 1, 1), "K", InputTypeError),
    (lambda: regularized.minimizer("ce", 3, 0, 1, 1), "n", InputValueError),
    (lambda: regularized.minimizer("ce", 3, 1, -1, 1), "lambda_W", InputValueError),
    (lambda: regularized.minimizer("ce", 3, 1, 1, math.nan), "lambda_H", InputValueError),
    (lambda: regularized.minimizer("bce", 3, 1, 1, 1, -0.1), "lambda_b", InputValueError),
    (lambda: regularized.minimizer("ce", 3, 1, 1e-301, 1e-301), "n, lambda_W, lambda_H", InputValueError),
    (lambda: regularized.minimizer("bce", 3, 1, "1", 1), "lambda_W", InputTypeError),
    (lambda: regularized.minimizer("bce", 3, 1, 1, 1, dim=1), "dim", InputValueError),
    (lambda: regularized.minimizer("ce", 3, 1, 1, 1, focusing=2.0), "focusing", InputTypeError),
    (lambda: regularized.minimizer("focal", 3, 1, 1, 1, focusing=-1.0), "focusing", InputValueError),
    (
        lambda: regularized.minimizer("label_smoothing", 3, 1, 1, 1, smoothing=1.0),
        "smoothing",
        InputValueError,
    ),
    (lambda: regularized.minimizer("mse", 3, 1, 1, 1, kappa=0.0), "kappa", InputValueError),
]


@pytest.mark.parametrize(("call", "what", "kind"), BAD)
def test_bad_input_says_what_is_wrong(call, what, kind):
    with pytest.raises(kind, match=f"^{what}: expected .*got ") as caught:
        call()
    assert isinstance(caught.value, NCCourseError)
