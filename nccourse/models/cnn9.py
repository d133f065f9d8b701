"""The convolutional network in use for open-set recognition."""

from __future__ import annotations

from torch import Tensor, nn

from nccourse.checks import real
from nccourse.errors import InputValueError
from nccourse.models.network import Backbone

_SLOPE = 0.2


class CNN9(Backbone):
    """Apply nine 3x3 convolutions, each with batch norm and leaky ReLU, and average over the image.

    They come in threes. The third of each halves the resolution; before the first of each, whole channels are
    dropped at random while training. The leaky ReLU has slope 0.2, so features can be negative.

    Args:
        in_channels: C.
        image_size: (H, W).
        dropout: probability that a channel is dropped, in [0, 1).

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    Source: Neal et al. (2018) and Chen et al. (2021), whom paper A follows for open sets (Tables 3 and 10).

    >>> import torch
    >>> CNN9(3, (32, 32)).eval()(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 128])
    """

    out_features = 128

    def __init__(self, in_channels: int, image_size: tuple[int, int], *, dropout: float = 0.2) -> None:
        super().__init__()
        rate = real("dropout", dropout, minimum=0.0)
        if rate >= 1:
            raise InputValueError("dropout", expected="a number in [0, 1)", got=f"{rate:g}")
        layers: list[nn.Module] = []
        inputs = in_channels
        for widths in ((64, 64, 128), (128, 128, 128), (128, 128, 128)):
            layers.append(nn.Dropout2d(rate))
            for index, channels in enumerate(widths):
                layers += _layer(inputs, channels, stride=2 if index == 2 else 1)
                inputs = channels
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Tensor) -> Tensor:
        """Return the (N, d) features of (N, C, H, W) images."""
        maps: Tensor = self.layers(images)
        return maps.mean(dim=(2, 3))


def _layer(inputs: int, channels: int, stride: int) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, channels, kernel_size=3, stride=stride, padding=1, bias=False)
    norm = nn.BatchNorm2d(channels)
    nn.init.normal_(convolution.weight, std=0.05)
    nn.init.normal_(norm.weight, mean=1.0, std=0.02)
    return [convolution, norm, nn.LeakyReLU(_SLOPE, inplace=True)]
