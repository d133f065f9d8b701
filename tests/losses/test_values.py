"""The losses have the values of their formulas in as many digits as it takes, at any logits."""

import functools
import math

import mpmath
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional
from torch.testing import assert_close

from nccourse import losses

laws = settings(max_examples=25, deadline=None)
FOCUSING, SMOOTHING, KAPPA, BETA = 2.5, 0.2, 3.0, 4.0

PARAMETERS = {
    "ce": {},
    "bce": {},
    "focal": {"focusing": FOCUSING},
    "label_smoothing": {"smoothing": SMOOTHING},
    "mse": {"kappa": KAPPA, "beta": BETA},
}


def exact(name, row, label):
    """Evaluate a paper's formula as printed, in the digits mpmath is set to."""
    z = [mpmath.mpf(value) for value in row]
    total = mpmath.fsum(mpmath.exp(value) for value in z)
    p = [mpmath.exp(value) / total for value in z]
    others = [value for j, value in enumerate(z) if j != label]
    if name == "ce":
        return -mpmath.log(p[label])
    if name == "bce":
        negatives = mpmath.fsum(mpmath.log(1 + mpmath.exp(value)) for value in others)
        return mpmath.log(1 + mpmath.exp(-z[label])) + negatives
    if name == "focal":
        return -((1 - p[label]) ** FOCUSING) * mpmath.log(p[label])
    if name == "label_smoothing":
        smoothed = [SMOOTHING / len(z) + (1 - SMOOTHING) * (j == label) for j in range(len(z))]
        return -mpmath.fsum(q * mpmath.log(share) for q, share in zip(smoothed, p, strict=True))
    return KAPPA * (z[label] - BETA) ** 2 + mpmath.fsum(value**2 for value in others)


@functools.cache
def exact_float(name, row, label):
    # 1 - p of the smallest loss a double can hold is 1e-308, so 330 digits leave it twenty.
    with mpmath.workdps(330):
        return float(exact(name, row, label))


def evaluate(name, logits, labels, **options):
    return losses.get(name)(logits, labels, **PARAMETERS[name], **options)


@pytest.mark.parametrize("name", losses.NAMES)
@pytest.mark.parametrize("scale", [1.0, 30.0, 300.0])
def test_value_is_the_formula_to_full_relative_precision(name, scale):
    generator = torch.Generator().manual_seed(0)
    logits = scale * torch.randn(12, 4, generator=generator, dtype=torch.float64)
    labels = torch.arange(12) % 4
    # The most certain samples: every label the largest logit by far.
    certain = torch.cat([logits, logits + 2 * scale * functional.one_hot(labels, 4)])
    found = evaluate(name, certain, labels.repeat(2), reduction="none")
    rows = zip(certain.tolist(), labels.repeat(2).tolist(), strict=True)
    expected = [exact_float(name, tuple(row), label) for row, label in rows]
    assert found.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-307)


LARGE = 1e4
CORNERS = [
    # logits, label: right, wrong, tied, and all alike at either end
    ([LARGE, -LARGE, -LARGE], 0),
    ([LARGE, -LARGE, -LARGE], 1),
    ([LARGE, LARGE, -LARGE], 0),
    ([LARGE, LARGE, LARGE], 2),
    ([-LARGE, -LARGE, -LARGE], 2),
]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16])
@pytest.mark.parametrize("name", losses.NAMES)
@pytest.mark.parametrize(("row", "label"), CORNERS)
def test_logits_of_ten_thousand_give_exact_values_and_finite_gradients(name, row, label, dtype):
    logits = torch.tensor([row], dtype=dtype, requires_grad=True)
    loss = evaluate(name, logits, torch.tensor([label]))
    expected = exact_float(name, tuple(logits[0].tolist()), label)
    precision = 1e-14 if dtype == torch.float64 else 1e-6
    assert loss.item() == pytest.approx(expected, rel=precision, abs=0)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert bool(gradient.isfinite().all())
    assert gradient.dtype == dtype


@pytest.mark.parametrize("name", ["ce", "bce"])
@pytest.mark.parametrize(("row", "label"), CORNERS)
def test_gradients_at_ten_thousand_are_the_limits(name, row, label):
    logits = torch.tensor([row], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(evaluate(name, logits, torch.tensor([label])), logits)
    largest = [value == max(row) for value in row]
    shares = [tie / sum(largest) for tie in largest] if name == "ce" else [value > 0 for value in row]
    expected = [share - (j == label) for j, share in enumerate(shares)]
    assert gradient[0].tolist() == pytest.approx(expected, abs=1e-14)


@laws
@given(st.integers(1, 6), st.integers(2, 7), st.integers(0, 2**31))
def test_values_agree_with_torch_where_torch_has_the_loss(num_samples, num_classes, seed):
    generator = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(num_samples, num_classes, generator=generator, dtype=torch.float64)
    labels = torch.randint(num_classes, (num_samples,), generator=generator)
    soft = torch.randn(num_samples, num_classes, generator=generator, dtype=torch.float64).softmax(dim=1)
    entropy = functional.cross_entropy
    binary = functional.binary_cross_entropy_with_logits
    one_hot = functional.one_hot(labels, num_classes).double()
    for targets, rows in ((labels, one_hot), (soft, soft)):
        pairs = [
            (losses.cross_entropy(logits, targets), entropy(logits, targets)),
            (
                losses.label_smoothing(logits, targets, smoothing=0.3),
                entropy(logits, targets, label_smoothing=0.3),
            ),
            (losses.binary_cross_entropy(logits, targets), num_classes * binary(logits, rows)),
        ]
        for ours, torchs in pairs:
            assert float(ours) == pytest.approx(float(torchs), rel=1e-12)


@pytest.mark.parametrize(
    ("num_classes", "scale", "minimum"),
    # Thirty-digit minima of the normalized losses at a simplex ETF, paper A, Theorem 1.
    [(4, 1.0, 0.582657653061800452302303503426), (10, 8.0, 0.00124044560631540473)],
)
def test_cross_entropy_at_a_simplex_is_the_normalized_minimum(num_classes, scale, minimum):
    cosines = torch.full((num_classes, num_classes), -1 / (num_classes - 1), dtype=torch.float64)
    logits = scale * cosines.fill_diagonal_(1)
    assert float(losses.cross_entropy(logits, torch.arange(num_classes))) == pytest.approx(minimum, rel=1e-8)


def test_binary_cross_entropy_at_a_simplex_with_the_optimal_bias():
    # K = 10, γ = 8: the least normalized BCE and its bias, paper A, Theorem 2.
    bias, minimum = 4.66982537572956914, 0.06977827801843424
    logits = torch.full((10, 10), -8 / 9, dtype=torch.float64).fill_diagonal_(8) - bias
    assert float(losses.binary_cross_entropy(logits, torch.arange(10))) == pytest.approx(minimum, rel=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_certain_predictions_keep_their_pull(dtype):
    # 1 - p is far below the rounding of 1: log_softmax would report loss and pull as 0.
    logits = torch.tensor([[60.0, 0.0, 0.0]], dtype=dtype, requires_grad=True)
    for name, least in (("ce", 2 * math.exp(-60)), ("bce", None)):
        loss = evaluate(name, logits, torch.tensor([0]))
        (gradient,) = torch.autograd.grad(loss, logits)
        assert gradient[0, 0].item() == pytest.approx(-(least or math.exp(-60)), rel=1e-5)
        if least:
            assert loss.item() == pytest.approx(least, rel=1e-5)


def test_dot_regression_is_its_formula_with_a_norm_per_class():
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    classifier = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    labels = torch.tensor([3, 0, 1, 2, 3])
    found = losses.dot_regression(features, labels, classifier, feature_norm=1.7, reduction="none")
    for loss, h, c in zip(found, features, labels, strict=True):
        target = float(classifier[c].norm()) * 1.7
        assert float(loss) == pytest.approx((float(classifier[c] @ h) - target) ** 2 / (2 * target))


def test_dot_regression_of_mixed_targets_mixes_losses():
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    classifier = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    first, second = torch.tensor([3, 0, 1, 2, 3]), torch.tensor([0, 0, 2, 1, 1])
    one_hot = torch.nn.functional.one_hot
    mixed = 0.3 * one_hot(first, 4).double() + 0.7 * one_hot(second, 4).double()
    each = [
        losses.dot_regression(features, labels, classifier, reduction="none") for labels in (first, second)
    ]
    found = losses.dot_regression(features, mixed, classifier, reduction="none")
    assert_close(found, 0.3 * each[0] + 0.7 * each[1])


def test_class_weights_multiply_the_losses_of_their_class():
    generator = torch.Generator().manual_seed(2)
    logits = torch.randn(6, 3, generator=generator, dtype=torch.float64)
    labels, weights = torch.tensor([0, 2, 1, 1, 0, 2]), (0.5, 2.0, 4.0)
    plain = losses.cross_entropy(logits, labels, reduction="none")
    weighted = losses.cross_entropy(logits, labels, class_weights=weights, reduction="none")
    assert_close(weighted, plain * torch.tensor(weights, dtype=torch.float64)[labels])
    soft = torch.nn.functional.one_hot(labels, 3).double()
    by_tensor = losses.cross_entropy(logits, soft, class_weights=torch.tensor(weights), reduction="none")
    assert_close(by_tensor, weighted)
    mean = losses.cross_entropy(logits, labels, class_weights=weights)
    assert_close(mean, weighted.sum() / 6)


def test_class_weights_of_dot_regression_are_lengths_of_the_classifier():
    generator = torch.Generator().manual_seed(3)
    unit = functional.normalize(torch.randn(3, 4, generator=generator, dtype=torch.float64))
    features = torch.randn(6, 4, generator=generator, dtype=torch.float64)
    labels, weights = torch.tensor([0, 2, 1, 1, 0, 2]), torch.tensor([0.5, 2.0, 4.0], dtype=torch.float64)
    weighted = losses.dot_regression(features, labels, unit, class_weights=weights)
    assert_close(weighted, losses.dot_regression(features, labels, weights[:, None] * unit))


def test_dot_regression_vanishes_at_collapse_alone():
    classifier = torch.tensor([[3.0, 4.0], [-1.0, 0.0]], dtype=torch.float64)
    collapsed = 2.0 * torch.nn.functional.normalize(classifier)
    labels = torch.tensor([0, 1])
    assert float(losses.dot_regression(collapsed, labels, classifier, feature_norm=2.0)) < 1e-30
    assert float(losses.dot_regression(-collapsed, labels, classifier, feature_norm=2.0)) > 1


def test_mean_squared_error_vanishes_at_its_target():
    logits = 15.0 * torch.eye(4)
    assert float(losses.mean_squared_error(logits, torch.arange(4))) == 0
