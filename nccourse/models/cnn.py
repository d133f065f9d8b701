"""A small convolutional network for images of 8x8 pixels and more."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from nccourse.checks import integer
from nccourse.errors import InputValueError
from nccourse.models.mlp import positive_sizes
from nccourse.models.network import Backbone


class CNN(Backbone):
    """Halve the image in each block: 3x3 convolution, batch norm, ReLU, max pooling; then one linear layer.

    The linear layer too is followed by batch norm and ReLU.

    Args:
        in_channels: C.
        image_size: (H, W), at least 2^(number of blocks) each.
        channels: of the blocks.
        feature_dim: d.
        final_relu: apply ReLU to the features too (see :class:`~nccourse.models.MLP`).

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    >>> CNN(3, (32, 32))(torch.zeros(5, 3, 32, 32)).shape
    torch.Size([5, 64])
    """

    def __init__(
        self,
        in_channels: int,
        image_size: tuple[int, int],
        *,
        channels: Sequence[int] = (16, 32),
        feature_dim: int = 64,
        final_relu: bool = True,
    ) -> None:
        super().__init__()
        widths = [in_channels, *positive_sizes("channels", channels)]
        height, width = (side >> len(channels) for side in image_size)
        if height * width == 0:
            expected = f"at least {2 ** len(channels)} pixels a side for {len(channels)} blocks"
            raise InputValueError("image_size", expected=expected, got=str(image_size))
        self.out_features = integer("feature_dim", feature_dim, minimum=1)
        blocks = nn.Sequential(*(_block(inputs, outputs) for inputs, outputs in pairwise(widths)))
        # A third less time on a CPU, and what tensor cores want.
        self.blocks = blocks.to(memory_format=torch.channels_last)
        self.project = nn.Sequential(
            nn.Linear(widths[-1] * height * width, feature_dim, bias=False),
            nn.BatchNorm1d(feature_dim),
            nn.ReLU() if final_relu else nn.Identity(),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Return the (N, d) features of (N, C, H, W) images."""
        features: Tensor = self.project(self.blocks(images).flatten(1))
        return features


def _block(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )
