import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.data import DeviceBatches, ImageData, load


def numbered(size):
    """Images whose first pixel is their label, so that a batch shows which samples it holds."""
    images = torch.zeros(size, 1, 2, 2, dtype=torch.uint8)
    images[:, 0, 0, 0] = torch.arange(size)
    return ImageData(images, torch.arange(size), tuple(map(str, range(size))))


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 5), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_an_epoch_shows_every_sample_once_with_its_label(size, batch_size, seed, epoch):
    batches = DeviceBatches(numbered(size), batch_size, mean=[0.0], std=[1 / 255], seed=seed)
    drawn = list(batches.shuffled(epoch))
    assert len(drawn) == len(batches)
    assert all(len(labels) == batch_size for _, labels in drawn[:-1])
    images, labels = torch.cat([x for x, _ in drawn]), torch.cat([y for _, y in drawn])
    assert torch.equal(labels.sort().values, torch.arange(size))
    torch.testing.assert_close(images[:, 0, 0, 0], labels.float())


def order(seed, epoch):
    batches = DeviceBatches(numbered(50), 8, seed=seed)
    return tuple(torch.cat([labels for _, labels in batches.shuffled(epoch)]).tolist())


def test_the_order_is_a_function_of_seed_and_epoch():
    orders = {pair: order(*pair) for pair in [(0, 1), (0, 2), (1, 1), (1, 0), (2**32, 1)]}
    assert len(set(orders.values())) == len(orders)
    torch.rand(1)
    assert order(0, 2) == orders[0, 2]


def test_batches_are_normalised_by_their_own_moments():
    data = load("digits")
    images, labels = next(DeviceBatches(data, len(data)).in_order())
    assert images.dtype == torch.float32
    assert torch.equal(labels, data.labels)
    assert abs(float(images.mean())) < 1e-5
    assert float(images.std()) == pytest.approx(1, abs=1e-4)


def test_a_test_set_takes_the_moments_it_is_given():
    data = numbered(3)
    images, _ = next(DeviceBatches(data, 3, mean=[0.5], std=[0.25]).in_order())
    torch.testing.assert_close(images, (data.images / 255 - 0.5) / 0.25)


def test_a_constant_channel_is_centred_only():
    data = ImageData(torch.full((2, 1, 2, 2), 7, dtype=torch.uint8), torch.tensor([0, 1]), ("a", "b"))
    images, _ = next(DeviceBatches(data, 2).in_order())
    assert float(images.abs().max()) < 1e-6


def test_evaluation_batches_may_have_another_size():
    sizes = [len(labels) for _, labels in DeviceBatches(numbered(10), 3).in_order(8)]
    assert sizes == [8, 2]
