"""AUROC and OSCR against the areas under their curves, ties included."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from nccourse.metrics import auroc, oscr

few = st.integers(-2, 2)  # few distinct values, so that ties are common
lists = st.lists(few, min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(known=lists, unknown=lists)
def test_auroc_is_scikit_learns(known, unknown):
    truth = [1] * len(known) + [0] * len(unknown)
    expected = roc_auc_score(truth, known + unknown)
    assert auroc(torch.tensor(known).float(), torch.tensor(unknown).double()) == pytest.approx(expected)


def area_under_the_curve(known, correct, unknown):
    """Lower the threshold through every score and add up the trapezia."""
    points = [(0.0, 0.0)]
    for threshold in sorted({*known, *unknown}, reverse=True):
        accepted = sum(u >= threshold for u in unknown) / len(unknown)
        right = sum(c and s >= threshold for s, c in zip(known, correct, strict=True)) / len(known)
        points.append((accepted, right))
    return sum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in pairwise(points))


@settings(max_examples=50, deadline=None)
@given(known=st.lists(st.tuples(few, st.booleans()), min_size=1, max_size=12), unknown=lists)
def test_oscr_is_the_area_under_its_curve(known, unknown):
    known_scores, correct = map(list, zip(*known, strict=True))
    value = oscr(torch.tensor(known_scores).float(), torch.tensor(correct), torch.tensor(unknown).float())
    assert value == pytest.approx(area_under_the_curve(known_scores, correct, unknown))


def test_order_within_ties_does_not_matter():
    known, unknown = torch.zeros(4), torch.zeros(3)
    correct = torch.tensor([True, False, True, True])
    assert auroc(known, unknown) == 0.5
    assert oscr(known, correct, unknown) == oscr(known, correct.flip(0), unknown) == 0.75 / 2


def test_both_see_only_the_order_of_scores():
    generator = torch.Generator().manual_seed(0)
    known, unknown = torch.randn(50, generator=generator), torch.randn(70, generator=generator)
    correct = torch.rand(50, generator=generator) < 0.7
    assert auroc(known.exp(), unknown.exp()) == auroc(known, unknown)
    assert auroc(unknown, known) == pytest.approx(1 - auroc(known, unknown))
    assert oscr(known, torch.ones(50, dtype=torch.bool), unknown) == auroc(known, unknown)
    assert oscr(known + 100, correct, unknown) == pytest.approx(float(correct.float().mean()))


def test_scores_of_different_precision_are_compared_exactly():
    narrow, wide = torch.tensor([0.1]), torch.tensor([0.1], dtype=torch.float64)
    assert auroc(narrow, wide) == 1  # 0.1 rounded to float32 is larger
