"""NC4 against a sample-by-sample comparison of the two decisions."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.metrics import neural_collapse


def one_by_one(features, labels, W, b):
    """Compare argmax_k(w_k.h - b_k) with argmin_k |h - mean_k|, the first of equals, sample by sample."""
    h, W, b = features.double(), W.double(), b.double()
    means = torch.stack([h[labels == k].mean(0) for k in range(len(W))])
    differ = 0
    for x in h:
        scores = [float(w @ x - bias) for w, bias in zip(W, b, strict=True)]
        distances = [float((x - m).square().sum()) for m in means]
        differ += scores.index(max(scores)) != distances.index(min(distances))
    return differ / len(h)


@settings(max_examples=30, deadline=None)
@given(
    K=st.integers(2, 6),
    d=st.integers(1, 8),
    spread=st.sampled_from([0.0, 1e-3, 0.3, 1.0, 10.0]),
    offset=st.sampled_from([0.0, 1.0, 1e3]),
    double=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_nc4_counts_the_samples_decided_differently(K, d, spread, offset, double, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(K).repeat(12)
    means = torch.randn(K, d, generator=generator)
    features = means[labels] + spread * torch.randn(len(labels), d, generator=generator) + offset
    features = features.double() if double else features
    W = means + 0.5 * torch.randn(K, d, generator=generator)
    b = W @ torch.full((d,), offset) + 0.5 * torch.randn(K, generator=generator)
    assert neural_collapse(features, labels, W, b=b).nc4 == one_by_one(features, labels, W, b)


@settings(max_examples=30, deadline=None)
@given(data=st.data(), K=st.integers(2, 4), d=st.integers(1, 3))
def test_ties_of_whole_numbers_go_to_the_lowest_index(data, K, d):
    def whole(rows):
        row = st.lists(st.integers(-2, 2), min_size=d, max_size=d)
        return torch.tensor(data.draw(st.lists(row, min_size=rows, max_size=rows))).float()

    # Class means at whole numbers too: each class is symmetric about its own.
    means, steps = whole(K), whole(4 * K)
    labels = torch.arange(K).repeat(8)
    features = means[labels] + torch.cat([steps, -steps])
    W, b = whole(K), whole(K)[:, 0]
    assert neural_collapse(features, labels, W, b=b).nc4 == one_by_one(features, labels, W, b)


def test_equal_classifier_rows_decide_for_the_first_of_them():
    features = 3 * torch.eye(3).repeat(5, 1)
    labels = torch.arange(3).repeat(5)
    W = torch.tensor([[1.0, 0, 0], [0, 1, 1], [0, 1, 1]])
    assert neural_collapse(features, labels, W).nc4 == pytest.approx(1 / 3)


def test_the_bias_is_subtracted():
    features = torch.tensor([[1.0], [-1.0]]).repeat(3, 1)
    labels = torch.tensor([0, 1]).repeat(3)
    W = torch.tensor([[1.0], [-1.0]])
    assert neural_collapse(features, labels, W, b=torch.tensor([0.0, 1.0])).nc4 == 0
    assert neural_collapse(features, labels, W, b=torch.tensor([3.0, 0.0])).nc4 == 0.5


def test_a_bias_common_to_all_classes_decides_nothing():
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(4).repeat(50)
    features = torch.randn(200, 6, generator=generator)
    W = torch.randn(4, 6, generator=generator)
    plain = neural_collapse(features, labels, W).nc4
    assert 0 < plain < 1
    assert neural_collapse(features, labels, W, b=torch.full((4,), 1e6)).nc4 == plain
