"""Compactness and separability against their sums over pairs, and at the papers' configurations."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.geometry import simplex_etf
from nccourse.metrics import compactness, separability


def cosine(u, v):
    lengths = float(u.norm() * v.norm())
    return float(u @ v) / lengths if lengths else 0.0


def mean_cosine(a, b):
    return sum(cosine(u, v) for u in a for v in b) / (len(a) * len(b))


def over_pairs(features, labels):
    """Paper A's (23) and (24), pair by pair."""
    K = int(labels.max()) + 1
    raw = [features[labels == k] for k in range(K)]
    centred = [part - features.mean(0) for part in raw]
    compact = sum(mean_cosine(part, part) for part in centred) / K
    between = sum(mean_cosine(raw[k], raw[j]) for k in range(K) for j in range(K) if k != j)
    return 0.5 * (compact + 1), 0.5 * (1 - between / (K * (K - 1)))


@settings(max_examples=20, deadline=None)
@given(
    counts=st.lists(st.integers(1, 6), min_size=2, max_size=4),
    d=st.integers(1, 5),
    zeros=st.integers(0, 2),
    seed=st.integers(0, 10**6),
)
def test_both_are_their_sums_over_pairs(counts, d, zeros, seed):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    features = torch.randn(len(labels), d, generator=generator, dtype=torch.float64)
    features[:zeros] = 0
    expected = over_pairs(features, labels)
    assert (compactness(features, labels), separability(features, labels)) == pytest.approx(
        expected, abs=1e-12
    )


@pytest.mark.parametrize("K", [2, 3, 10])
def test_values_at_collapse(K):
    labels = torch.arange(K).repeat(4)
    features = simplex_etf(K)[labels]
    assert compactness(features, labels) == pytest.approx(1)
    assert separability(features, labels) == pytest.approx(K / (2 * (K - 1)))


def test_separability_cannot_tell_merged_pairs_of_classes_from_collapse():
    labels = torch.arange(10).repeat(3)
    bipolar = torch.tensor([[1.0, 0.0]] * 5 + [[-1.0, 0.0]] * 5)[labels]
    assert separability(bipolar, labels) == pytest.approx(5 / 9)


def test_features_far_off_centre_keep_their_compactness():
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(3).repeat(20)
    features = torch.randint(-8, 8, (60, 5), generator=generator).float()
    assert compactness(features + 2.0**20, labels) == pytest.approx(compactness(features, labels), rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_equal_features_have_no_direction_around_their_mean(value, dtype):
    features = torch.full((70, 3), value, dtype=dtype)
    labels = torch.tensor([0] * 60 + [1] * 10)
    assert compactness(features, labels) == 0.5
    assert separability(features, labels) == pytest.approx(0.5 if value == 0 else 0.0)


@pytest.mark.parametrize("measure", [compactness, separability])
def test_narrow_features_are_measured_in_float64_and_left_alone(measure):
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(40, 6, generator=generator).bfloat16()
    labels = torch.arange(4).repeat(10)
    before = features.clone()
    assert measure(features, labels) == measure(features.double(), labels)
    assert torch.equal(features, before)
    assert not math.isnan(measure(features, labels))
