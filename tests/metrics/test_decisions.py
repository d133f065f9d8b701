"""Accuracies and decision scores against counting sample by sample."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.metrics import accuracy, decision_scores, unbiased_accuracy, uniform_accuracy


def scores(data, N, K):
    # Few distinct values, so that ties are common.
    row = st.lists(st.integers(-2, 2), min_size=K, max_size=K)
    logits = torch.tensor(data.draw(st.lists(row, min_size=N, max_size=N))).float()
    labels = torch.tensor(data.draw(st.lists(st.integers(0, K - 1), min_size=N, max_size=N)))
    return logits, labels


sizes = {"data": st.data(), "N": st.integers(1, 8), "K": st.integers(2, 4)}


@settings(max_examples=30, deadline=None)
@given(**sizes)
def test_accuracy_counts_the_first_of_the_largest(data, N, K):
    logits, labels = scores(data, N, K)
    hits = sum(
        row.index(max(row)) == label for row, label in zip(logits.tolist(), labels.tolist(), strict=True)
    )
    assert accuracy(logits, labels) == hits / N


@settings(max_examples=40, deadline=None)
@given(**sizes)
def test_uniform_accuracy_is_the_best_of_all_thresholds(data, N, K):
    logits, labels = scores(data, N, K)
    rows = list(zip(logits.tolist(), labels.tolist(), strict=True))

    def share(threshold):
        return sum(row[y] > threshold >= max(row[:y] + row[y + 1 :]) for row, y in rows) / N

    best = max(share(step / 2) for step in range(-6, 7))
    assert uniform_accuracy(logits, labels) == best <= accuracy(logits, labels)


def test_uniform_accuracy_sees_that_no_one_threshold_serves_all():
    logits = torch.tensor([[3.0, 2.0], [2.0, 3.0], [1.0, 0.0], [0.0, 1.0]])
    labels = torch.tensor([0, 1, 0, 1])
    assert accuracy(logits, labels) == 1
    assert uniform_accuracy(logits, labels) == 0.5
    assert uniform_accuracy(logits - logits.mean(1, keepdim=True), labels) == 1


def test_unbiased_accuracy_undoes_the_bias():
    generator = torch.Generator().manual_seed(0)
    features, W = torch.randn(50, 4, generator=generator), torch.randn(3, 4, generator=generator)
    b = torch.tensor([5.0, 0.0, -5.0])
    labels = (features @ W.T).argmax(1)
    assert unbiased_accuracy(features @ W.T - b, labels, b) == 1
    assert accuracy(features @ W.T - b, labels) < 1


@settings(max_examples=20, deadline=None)
@given(N=st.integers(1, 6), K=st.integers(2, 5), d=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_decision_scores_split_the_logits(N, K, d, seed):
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(N, d, generator=generator, dtype=torch.float64)
    W = torch.randn(K, d, generator=generator, dtype=torch.float64)
    b = torch.randn(K, generator=generator, dtype=torch.float64)
    labels = torch.randint(K, (N,), generator=generator)
    positive, negative = decision_scores(features, labels, W, b)
    for i, y in enumerate(labels.tolist()):
        logits = [float(w @ features[i] - bias) for w, bias in zip(W, b, strict=True)]
        assert float(positive[i]) == pytest.approx(logits.pop(y))
        assert negative[i].tolist() == pytest.approx(logits)
    unbiased, _ = decision_scores(features, labels, W)
    assert torch.allclose(unbiased, positive + b[labels])


def test_decision_scores_of_narrow_features_are_float32_without_gradient():
    layer = torch.nn.Linear(3, 2)
    features = torch.ones(2, 3, dtype=torch.bfloat16)
    with torch.autocast("cpu", torch.bfloat16):
        positive, negative = decision_scores(features, torch.tensor([0, 1]), layer.weight, -layer.bias)
    expected = layer(torch.ones(2, 3)).detach()
    assert positive.dtype == negative.dtype == torch.float32
    assert not positive.requires_grad
    assert torch.allclose(positive, expected[0])
    assert negative.shape == (2, 1)
