"""The residual network of 32 layers made for CIFAR."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.resnet import BasicBlock

from nccourse.checks import integer
from nccourse.models.network import Backbone
from nccourse.models.resnet import OpenEnded
from nccourse.models.stems import first_convolution

_BLOCKS_PER_STAGE = 5


class ResNet32(Backbone):
    """Apply a 3x3 convolution, three stages of five basic blocks, and average over the image.

    The stages have 1, 2 and 4 times ``channels``; each after the first halves the resolution. Shortcuts
    between stages have no parameters: every second pixel, padded with zero channels.

    Args:
        in_channels: C.
        image_size: (H, W).
        channels: of the first stage; d is four times as many. An ETF head needs d >= K-1: paper E's published
            code takes 32 for CIFAR100.
        final_relu: whether the last block ends in ReLU as all others do.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    Source: papers A (Table 2) and E (Tables 1 and 2), long tails.

    >>> import torch
    >>> ResNet32(3, (32, 32)).eval()(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 64])
    """

    def __init__(
        self,
        in_channels: int,
        image_size: tuple[int, int],
        *,
        channels: int = 16,
        final_relu: bool = True,
    ) -> None:
        super().__init__()
        channels = integer("channels", channels, minimum=1)
        self.out_features = 4 * channels
        self.stem = nn.Sequential(
            first_convolution(in_channels, channels, "cifar"), nn.BatchNorm2d(channels), nn.ReLU(inplace=True)
        )
        first, second = _stage(channels, channels), _stage(channels, 2 * channels)
        last = _stage(2 * channels, 4 * channels)
        self.stages = nn.Sequential(first, second, last)
        for module in self.stages.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if not final_relu:
            last[-1] = OpenEnded(last[-1])

    def forward(self, images: Tensor) -> Tensor:
        """Return the (N, d) features of (N, C, H, W) images."""
        maps: Tensor = self.stages(self.stem(images))
        return maps.mean(dim=(2, 3))


class _PaddedShortcut(nn.Module):
    """Take every second pixel and add zero channels, half of them before and half behind."""

    def __init__(self, added: int) -> None:
        super().__init__()
        self.before, self.behind = added // 2, added - added // 2

    def forward(self, x: Tensor) -> Tensor:
        return functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.before, self.behind))


def _stage(inputs: int, channels: int) -> nn.Sequential:
    widens = inputs != channels
    shortcut = _PaddedShortcut(channels - inputs) if widens else None
    first = BasicBlock(inputs, channels, stride=2 if widens else 1, downsample=shortcut)
    return nn.Sequential(first, *(BasicBlock(channels, channels) for _ in range(_BLOCKS_PER_STAGE - 1)))
