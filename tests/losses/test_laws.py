"""What the losses have in common: symmetries, limits in their parameters, reductions."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import one_hot
from torch.testing import assert_close

from nccourse import losses

laws = settings(max_examples=20, deadline=None)


@st.composite
def batches(draw):
    num_samples, num_classes = draw(st.integers(1, 6)), draw(st.integers(2, 7))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    logits = 5 * torch.randn(num_samples, num_classes, generator=generator, dtype=torch.float64)
    return logits, torch.randint(num_classes, (num_samples,), generator=generator), generator


@laws
@given(st.sampled_from(losses.NAMES), batches())
def test_reductions_are_over_samples(name, batch):
    logits, labels, _ = batch
    each = losses.get(name)(logits, labels, reduction="none")
    one_by_one = [losses.get(name)(row[None], label[None]) for row, label in zip(logits, labels, strict=True)]
    assert_close(each, torch.stack(one_by_one))
    assert_close(losses.get(name)(logits, labels), each.mean())
    assert_close(losses.get(name)(logits, labels, reduction="sum"), each.sum())
    assert bool((each >= 0).all())


@laws
@given(st.sampled_from(losses.NAMES), batches())
def test_classes_are_alike(name, batch):
    logits, labels, generator = batch
    order = torch.randperm(logits.shape[1], generator=generator)
    renamed = torch.argsort(order)[labels]
    assert_close(losses.get(name)(logits[:, order], renamed), losses.get(name)(logits, labels))


@laws
@given(st.sampled_from(["ce", "focal", "label_smoothing"]), batches(), st.sampled_from([-1e4, 3.0, 1e4]))
def test_softmax_losses_ignore_a_common_offset(name, batch, offset):
    logits, labels, _ = batch
    # Rounded to a grid that survives the offset, so that the differences are the same numbers.
    logits = (logits * 2**20).round() / 2**20
    assert_close(
        losses.get(name)(logits + offset, labels), losses.get(name)(logits, labels), rtol=1e-12, atol=0
    )


@laws
@given(batches())
def test_parameters_at_their_ends_leave_cross_entropy(batch):
    logits, labels, _ = batch
    plain = losses.cross_entropy(logits, labels, reduction="none")
    assert_close(losses.focal_loss(logits, labels, focusing=0.0, reduction="none"), plain)
    assert_close(losses.label_smoothing(logits, labels, smoothing=0.0, reduction="none"), plain)
    assert bool((losses.focal_loss(logits, labels, reduction="none") <= plain).all())
    uniform = torch.full_like(logits, 1 / logits.shape[1])
    assert_close(losses.label_smoothing(logits, labels, smoothing=1.0), losses.cross_entropy(logits, uniform))


@laws
@given(st.sampled_from(["ce", "bce", "label_smoothing"]), batches(), st.floats(0, 1))
def test_soft_targets_extend_labels_linearly(name, batch, share):
    logits, labels, generator = batch
    num_classes = logits.shape[1]
    others = torch.randint(num_classes, labels.shape, generator=generator)
    mixed = share * one_hot(labels, num_classes) + (1 - share) * one_hot(others, num_classes)
    loss = losses.get(name)
    expected = share * loss(logits, labels) + (1 - share) * loss(logits, others)
    assert_close(loss(logits, mixed.double()), expected)


def test_defaults_are_the_papers():
    logits, labels = torch.tensor([[1.0, -2.0, 0.5]]), torch.tensor([2])
    assert_close(losses.focal_loss(logits, labels), losses.focal_loss(logits, labels, focusing=3.0))
    assert_close(
        losses.label_smoothing(logits, labels), losses.label_smoothing(logits, labels, smoothing=0.1)
    )
    assert_close(
        losses.mean_squared_error(logits, labels),
        losses.mean_squared_error(logits, labels, kappa=1.0, beta=15.0),
    )


def test_names_lead_to_the_functions():
    assert {name: losses.get(name) for name in losses.NAMES} == {
        "ce": losses.cross_entropy,
        "bce": losses.binary_cross_entropy,
        "focal": losses.focal_loss,
        "label_smoothing": losses.label_smoothing,
        "mse": losses.mean_squared_error,
    }


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int32])
def test_labels_may_be_of_any_integer_dtype(dtype):
    logits, labels = torch.randn(4, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([2, 0, 1, 1])
    for name in losses.NAMES:
        assert torch.equal(losses.get(name)(logits, labels.to(dtype)), losses.get(name)(logits, labels))
