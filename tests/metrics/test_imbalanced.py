"""Paper D's measures at its minimizer, and away from it by their formulas."""

import math

import numpy as np
import pytest
import torch

from nccourse.geometry import orthogonal_frame
from nccourse.metrics import imbalanced_collapse, neural_collapse
from nccourse.theory import imbalanced

COUNTS = [4, 9, 2, 6]
DECAYS = (3e-3, 2e-3)


def minimizer(counts, *, d=7):
    """Features and weights of Theorem 1, from the norms of the closed form and D (10)."""
    solution = imbalanced.minimizer(counts, *DECAYS)
    K = len(counts)
    h = orthogonal_frame(
        torch.from_numpy(solution.feature_norms),
        d,
        nonnegative=True,
        generator=torch.Generator().manual_seed(0),
    )
    n = torch.tensor(counts, dtype=torch.float64)
    scaled = n.sqrt()[:, None] * h
    W = math.sqrt(DECAYS[1] / DECAYS[0] / (K * (K - 1))) * (K * scaled - scaled.sum(0))
    labels = torch.repeat_interleave(torch.arange(K), torch.tensor(counts))
    return h[labels], labels, W


def by_definition(features, labels, W, counts):
    """(20) and (21), entry by entry."""
    h, y, W, K = features.numpy(), labels.numpy(), W.numpy(), len(counts)
    N = sum(counts)
    means = np.stack([h[y == k].mean(0) for k in range(K)])
    target_W = np.stack(
        [
            K * math.sqrt(counts[k]) * means[k] - sum(math.sqrt(counts[m]) * means[m] for m in range(K))
            for k in range(K)
        ]
    )
    decay = math.sqrt((K - 1) / K * DECAYS[0] * DECAYS[1])
    inside = [(K - 1) * (math.sqrt(n) / (N * decay) - 1) for n in counts]
    margins = [max(0.0, math.log(x)) if x > 0 else 0.0 for x in inside]
    target = np.array([[margins[k] * ((j == k) - 1 / K) for k in range(K)] for j in range(K)])
    scores = W @ means.T

    def distance(a, b):
        return np.linalg.norm(a / np.linalg.norm(a) - b / np.linalg.norm(b))

    return distance(W, target_W), distance(scores, target)


def test_all_vanish_at_the_minimizer():
    assert list(imbalanced_collapse(*minimizer(COUNTS), *DECAYS)) == pytest.approx([0, 0, 0], abs=1e-12)


def test_a_collapsed_class_is_part_of_the_minimizer():
    counts = [400, 300, 1]
    features, labels, W = minimizer(counts)
    assert imbalanced.minimizer(counts, *DECAYS).collapsed.tolist() == [False, False, True]
    assert list(imbalanced_collapse(features, labels, W, *DECAYS)) == pytest.approx([0, 0, 0], abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("counts", [None, [40, 9, 2, 60]])
def test_values_are_the_definitions(seed, counts):
    generator = torch.Generator().manual_seed(seed)
    features, labels, W = minimizer(COUNTS)
    features = features + torch.rand(features.shape, generator=generator, dtype=torch.float64)
    W = W + torch.randn(W.shape, generator=generator, dtype=torch.float64)
    values = imbalanced_collapse(features, labels, W, *DECAYS, counts=counts)
    assert values.nc1 == neural_collapse(features, labels).nc1
    assert list(values[1:]) == pytest.approx(by_definition(features, labels, W, counts or COUNTS), rel=1e-12)


def test_where_the_targets_vanish_there_is_no_distance():
    features, labels, W = minimizer(COUNTS)
    all_collapse = imbalanced_collapse(features, labels, W, 10.0, 10.0)
    assert all_collapse.nc2 == pytest.approx(0, abs=1e-12)
    assert math.isnan(all_collapse.nc3)
    no_weights = imbalanced_collapse(features, labels, torch.zeros_like(W), *DECAYS)
    assert math.isnan(no_weights.nc2)
    assert math.isnan(no_weights.nc3)
    no_features = imbalanced_collapse(torch.zeros_like(features), labels, W, *DECAYS)
    assert all(math.isnan(value) for value in no_features)


@pytest.mark.parametrize("counts", [(40, 9, 2, 60), torch.tensor([40, 9, 2, 60]), np.array([40, 9, 2, 60])])
def test_counts_may_come_from_another_set(counts):
    arguments = (*minimizer(COUNTS), *DECAYS)
    assert imbalanced_collapse(*arguments, counts=counts) != imbalanced_collapse(*arguments)
    assert imbalanced_collapse(*arguments, counts=COUNTS) == imbalanced_collapse(*arguments)
