import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from nccourse.models import CosineHead, ETFHead, LinearHead, balanced_lengths

HEADS = {
    "linear": lambda d, K: LinearHead(d, K, bias_variance=1.0),
    "cosine": lambda d, K: CosineHead(d, K, scale=7.0, bias_variance=1.0),
    "etf": lambda d, K: ETFHead(d, K, weight_norm=2.0, feature_norm=3.0, bias=True),
    "etf, free features": lambda d, K: ETFHead(d, K, feature_norm=None),
}
sizes = st.integers(2, 6).flatmap(lambda K: st.tuples(st.integers(K - 1, K + 4), st.just(K)))


@pytest.mark.parametrize("make", HEADS.values(), ids=HEADS)
@given(size=sizes, seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_logits_are_embedded_features_times_w_minus_b(make, size, seed):
    torch.manual_seed(seed)
    head = make(*size).double()
    features = torch.randn(5, size[0], dtype=torch.float64)
    embedded = head.embed(features)
    assert head.W.shape == (size[1], size[0])
    assert head.b.shape == (size[1],)
    torch.testing.assert_close(head(features), embedded @ head.W.T - head.b)
    torch.testing.assert_close(head.embed(embedded), embedded)


def test_the_sign_of_the_bias_is_opposite_to_that_of_nn_linear():
    layer, head = nn.Linear(4, 3), LinearHead(4, 3)
    head.load_state_dict({"weight": layer.weight, "b": -layer.bias})
    features = torch.randn(6, 4)
    torch.testing.assert_close(head(features), layer(features))


@given(sizes, st.floats(0.1, 64), st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_cosine_logits_are_scaled_cosines_whatever_the_lengths(size, scale, seed):
    torch.manual_seed(seed)
    head = CosineHead(*size, scale=scale, bias=False)
    features = torch.randn(5, size[0])
    cosines = functional.cosine_similarity(features[:, None], head.weight[None], dim=2)
    torch.testing.assert_close(head(features), scale * cosines, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(head(100 * features), head(features))


def test_a_zero_feature_has_cosine_zero_and_a_finite_gradient():
    head = CosineHead(4, 3, scale=8.0)
    features = torch.zeros(1, 4, requires_grad=True)
    logits = head(features)
    assert torch.equal(logits, torch.zeros(1, 3))
    logits.sum().backward()
    assert torch.isfinite(features.grad).all()


@pytest.mark.parametrize("head", [LinearHead, lambda *a, **o: CosineHead(*a, scale=8.0, **o)])
def test_the_initial_bias_has_the_mean_and_variance_asked_for(head):
    torch.manual_seed(0)
    b = head(2, 20_000, bias_mean=5.0, bias_variance=4.0).b.detach()
    assert float(b.mean()) == pytest.approx(5, abs=0.1)
    assert float(b.var()) == pytest.approx(4, abs=0.2)
    assert head(2, 3, bias_mean=5.0).b.tolist() == [5.0] * 3


@pytest.mark.parametrize("make", [LinearHead, lambda *a, **o: CosineHead(*a, scale=8.0, **o), ETFHead])
def test_a_head_without_bias_has_a_zero_that_is_not_trained(make):
    head = make(4, 3, bias=False)
    assert torch.equal(head.b, torch.zeros(3))
    assert "b" not in dict(head.named_parameters())
    assert "b" in dict(make(4, 3, bias=True).named_parameters())


@given(sizes, st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_the_fixed_classifier_is_a_simplex_etf_and_has_nothing_to_learn(size, seed):
    torch.manual_seed(seed)
    dim, K = size
    head = ETFHead(dim, K, weight_norm=2.0)
    expected = 4.0 * (torch.eye(K) * K / (K - 1) - 1 / (K - 1))
    torch.testing.assert_close(head.W @ head.W.T, expected, atol=1e-5, rtol=0)
    assert not list(head.parameters())
    assert "weight" in head.state_dict()


def test_the_rotation_of_the_fixed_classifier_follows_the_global_seed():
    frames = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        frames.append(ETFHead(6, 4).W)
    assert torch.equal(frames[0], frames[1])
    assert not torch.allclose(frames[0], frames[2])


def test_the_fixed_classifier_takes_a_length_for_each_class():
    lengths = [1.0, 2.0, 3.0]
    head = ETFHead(5, 3, weight_norm=lengths)
    assert head.W.norm(dim=1).tolist() == pytest.approx(lengths, rel=1e-6)
    assert head.embed(torch.randn(4, 5)).norm(dim=1).tolist() == pytest.approx([1.0] * 4, rel=1e-6)


@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=8))
@settings(max_examples=30, deadline=None)
def test_balanced_lengths_give_every_class_the_same_weight(counts):
    lengths = torch.tensor(balanced_lengths(counts), dtype=torch.float64)
    total = torch.tensor(counts, dtype=torch.float64)
    torch.testing.assert_close(lengths * total, torch.full_like(total, sum(counts) / len(counts)))
    roots = torch.tensor(balanced_lengths(torch.tensor(counts), exponent=0.5), dtype=torch.float64)
    torch.testing.assert_close(roots**2, lengths)


def test_balanced_lengths_balance_the_gradient_of_dot_regression():
    from nccourse.losses import dot_regression

    torch.manual_seed(0)
    counts = [8, 4, 1]
    head = ETFHead(5, 3, weight_norm=balanced_lengths(counts)).double()
    labels = torch.arange(3).repeat_interleave(torch.tensor(counts))
    # Every feature at the same angle to its class vector, here a right one.
    features = torch.zeros(13, 5, dtype=torch.float64, requires_grad=True)
    dot_regression(features, labels, head.W, reduction="sum").backward()
    strength = features.grad.norm(dim=1)
    sums = torch.stack([strength[labels == k].sum() for k in range(3)])
    torch.testing.assert_close(sums, sums[:1].expand(3))


def test_free_features_are_classified_as_they_are():
    head = ETFHead(4, 3, feature_norm=None)
    features = torch.randn(5, 4)
    assert torch.equal(head.embed(features), features)
    torch.testing.assert_close(head(3 * features), 3 * head(features))


@given(st.integers(0, 100))
@settings(max_examples=10, deadline=None)
def test_non_negative_features_cannot_align_with_a_rotated_frame(seed):
    torch.manual_seed(seed)
    W = ETFHead(64, 10).W
    best = W.clamp(min=0)
    bound = best.norm(dim=1)
    # By Cauchy-Schwarz w.h <= max(w, 0).h <= |max(w, 0)| |h|, with equality along max(w, 0).
    torch.testing.assert_close((functional.normalize(best) * W).sum(dim=1), bound)
    features = torch.rand(200, 64)
    assert bool((functional.normalize(features) @ W.T <= bound).all())
    assert 0.5 < float(bound.mean()) < 0.85


@pytest.mark.parametrize(
    ("head", "shown"),
    [
        (LinearHead(8, 3, bias=False), "LinearHead(8, 3, bias=False)"),
        (CosineHead(8, 3, scale=16.0), "CosineHead(8, 3, bias=True, scale=16)"),
        (ETFHead(8, 3), "ETFHead(8, 3, bias=False)"),
    ],
    ids=["linear", "cosine", "etf"],
)
def test_a_printed_head_says_what_it_is(head, shown):
    assert repr(head) == shown
