"""The values neural_collapse takes where its definitions divide by zero."""

import math

import pytest
import torch

from nccourse.metrics import NeuralCollapse, neural_collapse

LABELS = torch.tensor([0, 1, 2]).repeat(40)
GENERATOR = torch.Generator().manual_seed(0)
W = torch.randn(3, 4, generator=GENERATOR, dtype=torch.float64)
SPREAD = torch.randn(120, 4, generator=GENERATOR, dtype=torch.float64)


def streamed(features, labels, W=None):
    metric = NeuralCollapse(3, features.shape[1], keep_features=True)
    metric.set_classifier(W)
    for part in torch.arange(len(labels)).split(17):
        metric.update(features[part], labels[part])
    return metric.compute()


both = pytest.mark.parametrize("measure", [neural_collapse, streamed])


@both
@pytest.mark.parametrize("value", [0.0, 0.1, -1e8, 1e-30, 12345.678])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_all_features_equal(measure, value, dtype):
    features = torch.full((120, 4), value, dtype=dtype)
    labels = torch.tensor([0] * 100 + [1] * 13 + [2] * 7)  # unequal sizes round differently
    values = measure(features, labels, W)
    assert math.isnan(values.nc1)
    assert math.isnan(values.nc3)
    assert math.isfinite(values.nc2)


@both
@pytest.mark.parametrize("offset", [0.0, 0.1, 1e4])
def test_equal_class_means_with_spread(measure, offset):
    # Each class has the same rows, in another order, so that their sums round differently.
    rows = SPREAD[:40] + offset
    order = torch.cat([torch.randperm(40, generator=torch.Generator().manual_seed(k)) for k in range(3)])
    labels = torch.arange(3).repeat_interleave(40)
    values = measure(rows[order], labels, W)
    assert values.nc1 == math.inf
    assert math.isnan(values.nc3)


@both
def test_equal_class_means_at_zero_with_spread(measure):
    # The sums cancel but for their rounding, which is all the means have, and it differs between classes.
    rows = torch.cat([SPREAD[:40], -SPREAD[:40]])
    order = torch.cat([torch.randperm(80, generator=torch.Generator().manual_seed(k)) for k in range(3)])
    values = measure(rows[order], torch.arange(3).repeat_interleave(80), W)
    assert values.nc1 == math.inf
    assert math.isnan(values.nc3)


def test_variants_built_on_the_class_means_have_no_nc2_when_these_are_equal():
    features = torch.full((120, 4), 0.1, dtype=torch.float64)
    for variant in ("papyan", "rhubarbwu"):
        assert math.isnan(neural_collapse(features, LABELS, W, variant=variant).nc2)


@both
def test_no_spread_is_perfect_variability_collapse(measure):
    values = measure(SPREAD[:3][LABELS], LABELS, W)
    assert values.nc1 == pytest.approx(0, abs=1e-28)
    assert values.nc3 > 0


def test_without_a_classifier_only_nc1_is_defined():
    values = neural_collapse(SPREAD, LABELS)
    assert values.nc1 == neural_collapse(SPREAD, LABELS, W).nc1
    assert all(math.isnan(value) for value in values[1:])


@both
def test_zero_weights(measure):
    values = measure(SPREAD, LABELS, torch.zeros(3, 4))
    assert math.isnan(values.nc2)
    assert math.isnan(values.nc3)
    assert math.isfinite(values.nc1)


def test_zero_weights_decide_for_the_lowest_index():
    means = 10 * torch.eye(3)[LABELS]
    assert neural_collapse(means, LABELS, torch.zeros(3, 3)).nc4 == pytest.approx(2 / 3)
    biased = neural_collapse(means, LABELS, torch.zeros(3, 3), b=torch.tensor([0.0, 0.0, -1.0]))
    assert biased.nc4 == pytest.approx(2 / 3)


def test_weights_orthogonal_to_the_class_means_have_no_nc3():
    features = torch.eye(6)[:3][LABELS]
    assert math.isnan(neural_collapse(features, LABELS, torch.eye(6)[3:]).nc3)


@pytest.mark.parametrize(
    ("scale", "dtype"),
    [(1e-140, torch.float64), (1e140, torch.float64), (1e-25, torch.float32), (1e25, torch.float32)],
)
def test_extreme_scales_neither_overflow_nor_vanish(scale, dtype):
    expected = neural_collapse(SPREAD, LABELS, W)
    values = neural_collapse((SPREAD * scale).to(dtype), LABELS, W * scale)
    assert list(values) == pytest.approx(list(expected), rel=1e-5)
    assert 0 < values.nc4 < 1


def test_rank_is_cut_at_the_stated_threshold():
    # Two directions of between-class scatter; the weaker one counts only above 1e-5 in length.
    def measured(weak):
        means = torch.tensor([[1.0, 0], [-1, 0], [0, weak], [0, -weak]], dtype=torch.float64)
        labels = torch.arange(4).repeat(2)
        noise = torch.tensor([0.0, weak], dtype=torch.float64) * torch.tensor([1.0] * 4 + [-1.0] * 4)[:, None]
        return neural_collapse(means[labels] + noise, labels).nc1

    assert measured(1.1e-5) == pytest.approx(0.5, rel=1e-6)
    assert measured(0.9e-5) == 0
