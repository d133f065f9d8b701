"""The streaming metric against the one-shot function, over batches, merges and processes."""

import math
import pickle
from itertools import pairwise

import pytest
import torch
import torch.distributed
import torch.multiprocessing
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.metrics import NeuralCollapse, neural_collapse

K, D = 4, 6


def sample(seed=0, *, dtype=torch.float64, num_samples=60, offset=0.0):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.cat([torch.arange(K), torch.randint(K, (num_samples - K,), generator=generator)])
    means = torch.randn(K, D, generator=generator, dtype=torch.float64)
    noise = torch.randn(num_samples, D, generator=generator, dtype=torch.float64)
    return (means[labels] + noise + offset).to(dtype), labels, means, torch.linspace(-1, 1, K)


def fed(features, labels, W=None, b=None, *, batches=((0, None),), keep_features=False):
    metric = NeuralCollapse(K, D, keep_features=keep_features)
    metric.set_classifier(W, b)
    for start, stop in batches:
        metric.update(features[start:stop], labels[start:stop])
    return metric


def within(values, expected, rel):
    return list(values) == pytest.approx(list(expected), rel=rel, nan_ok=True)


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 59), max_size=6, unique=True),
    offset=st.sampled_from([0.0, 1.0, 1e4]),
    seed=st.integers(0, 10**6),
)
def test_any_batches_give_the_one_shot_values(cuts, offset, seed):
    features, labels, W, b = sample(seed, offset=offset)
    edges = [0, *sorted(cuts), 60]
    batches = list(pairwise(edges))
    metric = fed(features, labels, W, b, batches=batches, keep_features=True)
    expected = neural_collapse(features, labels, W, b=b)
    assert within(metric.compute(), expected, rel=1e-9)
    assert torch.equal(metric.counts, torch.bincount(labels, minlength=K).double())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_narrow_features_agree_to_their_own_precision(dtype):
    features, labels, W, b = sample(dtype=dtype)
    metric = fed(features, labels, W, b, batches=[(0, 13), (13, 60)], keep_features=True)
    assert within(metric.compute(), neural_collapse(features, labels, W, b=b), rel=1e-6)


def test_collapsed_float32_features_keep_their_digits():
    features, labels, means, _ = sample(num_samples=400)
    features = (means[labels] + 1e-6 * (features - means[labels])).float()
    metric = fed(features, labels, batches=[(start, start + 32) for start in range(0, 400, 32)])
    expected = neural_collapse(features.double(), labels).nc1
    assert expected < 1e-11
    assert metric.compute().nc1 == pytest.approx(expected, rel=1e-6)


def test_scatter_is_the_sum_of_outer_products():
    features, labels, _, _ = sample()
    metric = fed(features, labels, batches=[(0, 20), (20, 45), (45, 60)])
    means = torch.stack([features[labels == k].mean(0) for k in range(K)])
    residuals = features - means[labels]
    assert torch.allclose(metric.means, means, rtol=1e-13, atol=1e-13)
    assert torch.allclose(metric.scatter, residuals.T @ residuals, rtol=1e-12, atol=1e-12)


def test_nc4_needs_the_features():
    features, labels, W, b = sample()
    assert math.isnan(fed(features, labels, W, b).compute().nc4)
    kept = fed(features, labels, W, b, keep_features=True).compute().nc4
    assert kept == neural_collapse(features, labels, W, b=b).nc4


def test_kept_features_are_not_views_of_the_batch():
    features, labels, W, _ = sample()
    metric = fed(features, labels, W, keep_features=True)
    expected = neural_collapse(features, labels, W).nc4
    features.zero_()
    assert metric.compute().nc4 == expected


def test_the_classifier_is_copied_and_outlives_a_reset():
    features, labels, W, _ = sample()
    expected = neural_collapse(features, labels, W).nc2
    metric = fed(features, labels, W)
    W.zero_()
    metric.reset()
    metric.update(features, labels)
    assert metric.compute().nc2 == expected
    metric.set_classifier(None)
    metric.update(features, labels)
    assert math.isnan(metric.compute().nc2)


def test_merging_two_ranks_is_measuring_all():
    features, labels, W, b = sample()
    # The first rank sees only class 0 and 1, so the other classes are empty there.
    first = labels < 2
    ranks = [fed(features[part], labels[part], W, b, keep_features=True) for part in (first, ~first)]
    whole = fed(features, labels)
    merged = whole._reductions["moments"](torch.stack([rank.moments for rank in ranks]))
    assert torch.allclose(merged, whole.moments, rtol=1e-12, atol=1e-12)
    ranks[0].merge_state(ranks[1])
    assert within(ranks[0].compute(), neural_collapse(features, labels, W, b=b), rel=1e-11)


def test_calling_the_metric_gives_the_batch_and_keeps_the_total():
    features, labels, W, _ = sample()
    metric = NeuralCollapse(K, D)
    metric.set_classifier(W)
    order = torch.argsort(torch.arange(60) % 2, stable=True)
    halves = [(features[part], labels[part]) for part in (order[:30], order[30:])]
    for part in halves:
        assert within(metric(*part)[:3], neural_collapse(*part, W)[:3], rel=1e-10)
    assert within(metric.compute()[:3], neural_collapse(features, labels, W)[:3], rel=1e-10)


def test_state_survives_pickling_and_stays_float64():
    features, labels, W, b = sample(dtype=torch.float32)
    metric = fed(features, labels, W, b, keep_features=True)
    copy = pickle.loads(pickle.dumps(metric)).to("cpu").half().float()
    assert copy.moments.dtype == torch.float64
    assert copy.compute() == metric.compute()


def _measure_in_rank(rank, path):
    torch.distributed.init_process_group("gloo", init_method=f"file://{path}", rank=rank, world_size=2)
    features, labels, W, b = sample()
    half = slice(0, 23) if rank == 0 else slice(23, 60)
    metric = fed(features[half], labels[half], W, b, keep_features=True)
    values, local = metric.compute(), float(metric.counts.sum())
    torch.save((list(values), local), f"{path}.{rank}")
    torch.distributed.destroy_process_group()


@pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="torch is built without gloo")
def test_two_processes_measure_all_samples(tmp_path):
    path = str(tmp_path / "rendezvous")
    torch.multiprocessing.start_processes(_measure_in_rank, args=(path,), nprocs=2, start_method="fork")
    features, labels, W, b = sample()
    expected = neural_collapse(features, labels, W, b=b)
    for rank, own in enumerate((23, 37)):
        values, local = torch.load(f"{path}.{rank}")
        assert within(values, expected, rel=1e-11)
        assert local == own  # unsynchronised again after compute
