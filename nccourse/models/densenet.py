"""torchvision's densely connected networks, with a stem for small images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from torch import Tensor, nn
from torchvision.models import densenet

from nccourse.checks import integer
from nccourse.errors import InputValueError
from nccourse.models.mlp import positive_sizes
from nccourse.models.network import Backbone
from nccourse.models.stems import first_convolution, resolve_stem


class DenseNet(Backbone):
    """Apply blocks in which each layer sees all layers before it, then batch norm, ReLU and averaging.

    The bottleneck form with reduction 0.5 (DenseNet-BC): between two blocks channels and resolution are
    halved.

    Args:
        in_channels: C.
        image_size: (H, W), at least 2^(blocks - 1) pixels a side, four times that with the "imagenet" stem.
        growth: channels each layer adds.
        blocks: layers in each block.
        first_channels: of the stem.
        stem: "imagenet" (7x7 with stride 2, then pooling), "cifar" (3x3 with stride 1 only), or None: "cifar"
            for images of at most 64 pixels a side.
        final_relu: whether the features pass through the last ReLU.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    Source: papers A and B (DenseNet121); paper E, Appendix D: depth 150, growth 12, reduction 0.5. Three
    blocks of equal length cannot have 150 layers; its published code rounds down to 24 in each, 148, and
    d = 510.

    >>> DenseNet(3, (32, 32), growth=12, blocks=(24, 24, 24), first_channels=24).out_features
    510
    """

    def __init__(
        self,
        in_channels: int,
        image_size: tuple[int, int],
        *,
        growth: int,
        blocks: Sequence[int],
        first_channels: int,
        stem: str | None = None,
        final_relu: bool = True,
    ) -> None:
        super().__init__()
        stem = resolve_stem(stem, image_size)
        first_channels = integer("first_channels", first_channels, minimum=1)
        lengths = positive_sizes("blocks", blocks)
        _check_size(image_size, len(lengths), stem)
        body = densenet.DenseNet(
            growth_rate=integer("growth", growth, minimum=1),
            # torchvision takes any number of blocks, whatever its annotation says.
            block_config=cast("tuple[int, int, int, int]", tuple(lengths)),
            num_init_features=first_channels,
        )
        self.out_features = body.classifier.in_features
        self.maps = body.features
        self.maps.conv0 = first_convolution(in_channels, first_channels, stem)
        if stem == "cifar":
            # The first layer of the first block starts with its own batch norm and ReLU.
            del self.maps.norm0, self.maps.relu0, self.maps.pool0
        self.final = nn.ReLU() if final_relu else nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        """Return the (N, d) features of (N, C, H, W) images."""
        maps: Tensor = self.final(self.maps(images))
        return maps.mean(dim=(2, 3))


def _check_size(image_size: tuple[int, int], blocks: int, stem: str) -> None:
    least = 2 ** (blocks - 1) * (1 if stem == "cifar" else 4)
    if min(image_size) < least:
        expected = f"at least {least} pixels a side for {blocks} blocks with the {stem} stem"
        raise InputValueError("image_size", expected=expected, got=str(image_size))
