"""How a network takes in an image: at full resolution, or at a quarter of it."""

from __future__ import annotations

from torch import nn

from nccourse.checks import choice

STEMS = ("cifar", "imagenet")
"""The stems there are."""

# Up to Tiny-ImageNet's 64 pixels, the papers' networks keep the resolution.
_LARGEST_SMALL_IMAGE = 64


def resolve_stem(stem: str | None, image_size: tuple[int, int]) -> str:
    """Return the stem's name; None is "cifar" for images of at most 64 pixels a side, else "imagenet"."""
    if stem is None:
        return "cifar" if max(image_size) <= _LARGEST_SMALL_IMAGE else "imagenet"
    return choice("stem", stem, STEMS)


def first_convolution(in_channels: int, channels: int, stem: str) -> nn.Conv2d:
    """Return 3x3 with stride 1 for "cifar", 7x7 with stride 2 for "imagenet", started as torchvision does."""
    kernel, stride = (3, 1) if stem == "cifar" else (7, 2)
    convolution = nn.Conv2d(
        in_channels, channels, kernel_size=kernel, stride=stride, padding=kernel // 2, bias=False
    )
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    return convolution
