import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.data import (
    hold_out,
    load,
    long_tailed,
    open_set_split,
    step_imbalance,
    stratified_split,
    with_counts,
)

seeds = st.integers(0, 100)
class_sizes = st.lists(st.integers(1, 30), min_size=2, max_size=6)


def labels_of(sizes, seed):
    labels = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    return labels[torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))]


def assert_partition(parts, total):
    assert torch.equal(torch.cat(parts).sort().values, torch.arange(total))
    for part in parts:
        assert torch.equal(part, part.sort().values)


@given(class_sizes, seeds, st.floats(0.05, 0.95))
@settings(max_examples=30, deadline=None)
def test_a_stratified_split_is_a_partition_in_proportion(sizes, seed, fraction):
    labels = labels_of(sizes, seed)
    first, second = stratified_split(labels, fraction, seed=seed)
    assert_partition((first, second), len(labels))
    counts = torch.bincount(labels[first], minlength=len(sizes)).tolist()
    assert counts == [round(fraction * size) for size in sizes]


@given(class_sizes, seeds, st.data())
@settings(max_examples=30, deadline=None)
def test_counts_are_met_exactly_and_smaller_choices_are_nested(sizes, seed, data):
    labels = labels_of(sizes, seed)
    large = [data.draw(st.integers(1, size)) for size in sizes]
    small = [data.draw(st.integers(1, count)) for count in large]
    chosen = {tuple(c): with_counts(labels, c, seed=seed) for c in (large, small)}
    for counts, indices in chosen.items():
        assert torch.bincount(labels[indices], minlength=len(sizes)).tolist() == list(counts)
        assert len(indices.unique()) == len(indices)
    assert torch.isin(chosen[tuple(small)], chosen[tuple(large)]).all()


def test_a_class_may_be_left_out():
    labels = torch.tensor([0, 1, 1, 2])
    assert labels[with_counts(labels, torch.tensor([1, 0, 1]))].tolist() == [0, 2]


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        # CIFAR10-LT as everyone makes it: 5000 images a class, imbalance 100.
        (100, [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]),
        (10, [5000, 3871, 2997, 2320, 1796, 1391, 1077, 834, 645, 500]),
        (1, [5000] * 10),
    ],
)
def test_long_tails_have_the_sizes_of_the_published_sets(ratio, expected):
    labels = torch.arange(10).repeat_interleave(5000)
    assert torch.bincount(labels[long_tailed(labels, ratio)]).tolist() == expected


@given(class_sizes, seeds, st.floats(1, 5))
@settings(max_examples=30, deadline=None)
def test_a_long_tail_decays_and_uses_the_largest_head_the_data_allow(sizes, seed, ratio):
    sizes = [size + 5 for size in sizes]
    labels = labels_of(sizes, seed)
    counts = torch.bincount(labels[long_tailed(labels, ratio, seed=seed)], minlength=len(sizes))
    assert (counts.diff() <= 0).all()
    shares = [ratio ** (-k / (len(sizes) - 1)) for k in range(len(sizes))]
    head = int(counts[0])
    assert all(int(head * share) <= size for share, size in zip(shares, sizes, strict=True))
    assert any((head + 1) * share > size for share, size in zip(shares, sizes, strict=True))


@given(class_sizes, seeds, st.floats(1, 5), st.data())
@settings(max_examples=30, deadline=None)
def test_a_step_has_two_sizes_at_the_ratio_and_is_as_large_as_the_data_allow(sizes, seed, ratio, data):
    sizes = [size + 5 for size in sizes]
    labels = labels_of(sizes, seed)
    small = data.draw(st.sets(st.integers(0, len(sizes) - 1), min_size=1, max_size=len(sizes) - 1))
    chosen = step_imbalance(labels, ratio, minority=sorted(small), seed=seed)
    assert len(chosen.unique()) == len(chosen)
    counts = torch.bincount(labels[chosen], minlength=len(sizes)).tolist()
    (most,) = {count for k, count in enumerate(counts) if k not in small}
    (few,) = {count for k, count in enumerate(counts) if k in small}
    assert few == int(most / ratio)
    assert all(most <= (ratio * size if k in small else size) for k, size in enumerate(sizes))
    # One more would be too many for a class.
    assert any(most + 1 > (ratio * size if k in small else size) for k, size in enumerate(sizes))


def test_the_minority_is_the_last_half_unless_said():
    labels = torch.arange(5).repeat_interleave(100)

    def counts(**options):
        return torch.bincount(labels[step_imbalance(labels, 10, **options)]).tolist()

    assert counts() == [100, 100, 100, 10, 10]
    assert counts(minority=1) == [100, 100, 100, 100, 10]
    assert counts(minority=[0, 2]) == [10, 100, 10, 100, 100]
    assert torch.bincount(labels[step_imbalance(labels, 1)]).tolist() == [100] * 5


@given(st.floats(0.05, 0.5), seeds)
@settings(max_examples=10, deadline=None)
def test_samples_held_out_are_the_same_share_of_each_class_and_no_longer_trained_on(fraction, seed):
    digits = load("digits")
    train, validation = hold_out(digits, fraction, seed=seed)
    assert (train.class_counts + validation.class_counts).tolist() == digits.class_counts.tolist()
    assert validation.class_counts.tolist() == [round(fraction * n) for n in digits.class_counts.tolist()]
    rows = [sorted(part.images.flatten(1).tolist()) for part in (train, validation)]
    assert sorted(rows[0] + rows[1]) == sorted(digits.images.flatten(1).tolist())


@given(class_sizes, seeds, st.data())
@settings(max_examples=30, deadline=None)
def test_an_open_set_split_divides_by_class(sizes, seed, data):
    labels = labels_of(sizes, seed)
    number = data.draw(st.integers(1, len(sizes) - 1))
    split = open_set_split(labels, number, seed=seed)
    assert_partition(tuple(split), len(labels))
    known, unknown = (set(labels[part].tolist()) for part in split)
    assert len(known) == number
    assert not known & unknown
    again = open_set_split(labels, sorted(known))
    assert torch.equal(again.known, split.known)


def test_training_and_test_sets_get_the_same_known_classes():
    parts = [load("digits", train=train).labels for train in (True, False)]
    known = [set(labels[open_set_split(labels, 6, seed=3).known].tolist()) for labels in parts]
    assert known[0] == known[1]
    drawn = {tuple(open_set_split(parts[1], 6, seed=seed).known.tolist()) for seed in range(5)}
    assert len(drawn) > 1


@pytest.mark.parametrize(
    "split",
    [
        lambda labels, seed: stratified_split(labels, 0.5, seed=seed)[0],
        lambda labels, seed: long_tailed(labels, 4, seed=seed),
        lambda labels, seed: with_counts(labels, [10, 10, 10], seed=seed),
        lambda labels, seed: step_imbalance(labels, 4, seed=seed),
    ],
)
def test_the_seed_and_nothing_else_chooses(split):
    labels = labels_of([40, 40, 40], seed=0)
    first = split(labels, 1)
    torch.rand(3)
    assert torch.equal(first, split(labels, 1))
    assert not torch.equal(first, split(labels, 2))
