"""The multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from torch import Tensor, nn

from nccourse.checks import integer
from nccourse.errors import InputTypeError, InputValueError
from nccourse.models.network import Backbone


class MLP(Backbone):
    """Flatten the image and apply layers: linear, batch norm, ReLU.

    Args:
        in_channels: C.
        image_size: (H, W).
        widths: of the layers; the last one is the feature dimension d.
        batch_norm: normalise each layer over the batch, then of two samples or more; collapse shows within a
            hundred epochs, without it often not at all.
        final_relu: apply ReLU to the features too, which keeps them non-negative; without it they can centre
            at 0, as the theory's free features do.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    >>> import torch
    >>> MLP(1, (8, 8), widths=(128, 64))(torch.zeros(5, 1, 8, 8)).shape
    torch.Size([5, 64])
    """

    def __init__(
        self,
        in_channels: int,
        image_size: tuple[int, int],
        *,
        widths: Sequence[int] = (128, 128, 64),
        batch_norm: bool = True,
        final_relu: bool = True,
    ) -> None:
        super().__init__()
        sizes = [in_channels * image_size[0] * image_size[1], *positive_sizes("widths", widths)]
        layers: list[nn.Module] = [nn.Flatten()]
        for inputs, outputs in pairwise(sizes):
            layers.append(nn.Linear(inputs, outputs, bias=not batch_norm))
            if batch_norm:
                layers.append(nn.BatchNorm1d(outputs))
            layers.append(nn.ReLU())
        self.layers = nn.Sequential(*(layers if final_relu else layers[:-1]))
        self.out_features = sizes[-1]

    def forward(self, images: Tensor) -> Tensor:
        """Return the (N, d) features of (N, C, H, W) images."""
        features: Tensor = self.layers(images)
        return features


def positive_sizes(name: str, sizes: Any) -> list[int]:
    """Return layer sizes as a non-empty list of positive ints."""
    if isinstance(sizes, str) or not isinstance(sizes, Sequence):
        raise InputTypeError(name, expected="a sequence of integers", got=type(sizes).__name__)
    if not sizes:
        raise InputValueError(name, expected="at least one size", got="none")
    return [integer(f"{name}[{index}]", size, minimum=1) for index, size in enumerate(sizes)]
