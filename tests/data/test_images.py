import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.data import ImageData


def random_data(seed, size=7, channels=3, num_classes=4):
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(256, (size, channels, 5, 6), generator=generator, dtype=torch.uint8)
    labels = torch.randint(num_classes, (size,), generator=generator)
    return ImageData(images, labels, tuple(f"class {k}" for k in range(num_classes)))


@given(st.integers(0, 1000), st.integers(1, 9), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_mean_and_std_are_those_of_the_pixels(seed, size, channels):
    data = random_data(seed, size, channels)
    pixels = (data.images.double() / 255).transpose(0, 1).flatten(1)
    torch.testing.assert_close(torch.tensor(data.mean).double(), pixels.mean(1), rtol=1e-6, atol=0)
    torch.testing.assert_close(
        torch.tensor(data.std).double(), pixels.std(1, correction=0), rtol=1e-6, atol=1e-12
    )


def test_geometry_and_counts_come_from_the_images():
    data = random_data(0)
    assert (len(data), data.in_channels, data.image_size, data.num_classes) == (7, 3, (5, 6), 4)
    assert data.class_counts.tolist() == [int((data.labels == k).sum()) for k in range(4)]


def test_a_selection_keeps_order_and_names_and_leaves_the_original_alone():
    data = random_data(1)
    chosen = data.select(torch.tensor([5, 0]))
    assert torch.equal(chosen.images, data.images[[5, 0]])
    assert torch.equal(chosen.labels, data.labels[[5, 0]])
    assert chosen.class_names == data.class_names
    chosen.images.zero_()
    assert data.images.any()


def test_the_checksum_tells_every_change_apart():
    data = random_data(2)
    pixel, label = data.images.clone(), data.labels.clone()
    pixel[0, 0, 0, 0] ^= 1
    label[0] = (label[0] + 1) % 4
    changed = [
        ImageData(pixel, data.labels, data.class_names),
        ImageData(data.images, label, data.class_names),
    ]
    assert len({data.checksum, *(other.checksum for other in changed)}) == 3
    assert ImageData(data.images.clone(), data.labels, data.class_names).checksum == data.checksum
