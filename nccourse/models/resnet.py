"""torchvision's residual networks, with a stem for small images and features that may be negative."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models import resnet

from nccourse.checks import real
from nccourse.errors import InputValueError, MissingDataError
from nccourse.models.network import Backbone
from nccourse.models.stems import first_convolution, resolve_stem

_LAYERS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}


class ResNet(Backbone):
    """Apply a residual network of torchvision's and average its last maps over the image.

    Args:
        in_channels: C.
        image_size: (H, W).
        depth: 18, 34, 50 or 101.
        width: X of WideResNet-X. At 50 and 101 layers it multiplies the inner channels of each block, as
            torchvision's and paper C's networks do (2 is wide_resnet50_2), and d stays 2048; at 18 and 34 it
            multiplies the channels of every stage, and d = 512 X.
        stem: "imagenet" (7x7 with stride 2, then pooling), "cifar" (3x3 with stride 1, no pooling), or None:
            "cifar" for images of at most 64 pixels a side.
        final_relu: whether the last block ends in ReLU as all others do; without it the features can be
            negative (paper A, Fig. 1 and Table 5).
        weights: file of a state dict of torchvision's network to start from, "imagenet" stem and three
            channels; its classifier is left out. None starts at random.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain, or weights of another network.
        MissingDataError: no file of that name.

    Cost: at 32x32 pixels with the "cifar" stem 0.56 GMACs an image at depth 18, 1.3 at depth 50.

    >>> ResNet(3, (32, 32), depth=18).eval()(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 512])
    """

    def __init__(
        self,
        in_channels: int,
        image_size: tuple[int, int],
        *,
        depth: int,
        width: float = 1.0,
        stem: str | None = None,
        final_relu: bool = True,
        weights: str | Path | None = None,
    ) -> None:
        super().__init__()
        if depth not in _LAYERS:
            raise InputValueError("depth", expected=f"one of {', '.join(map(str, _LAYERS))}", got=str(depth))
        stem = resolve_stem(stem, image_size)
        body: Any = _body(depth, real("width", width, above=0.0))
        self.out_features = body.fc.in_features
        body.fc = nn.Identity()
        if stem == "cifar":
            body.maxpool = nn.Identity()
        if stem == "cifar" or in_channels != 3:
            body.conv1 = first_convolution(in_channels, 64, stem)
        if weights is not None:
            _load(body, Path(weights).expanduser())
        if not final_relu:
            body.layer4[-1] = OpenEnded(body.layer4[-1])
        self.body = body

    def forward(self, images: Tensor) -> Tensor:
        """Return the (N, d) features of (N, C, H, W) images."""
        features: Tensor = self.body(images)
        return features


class OpenEnded(nn.Module):
    """Apply a residual block of torchvision's without the ReLU at its end.

    Args:
        block: a BasicBlock or a Bottleneck.
    """

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block = block

    def forward(self, x: Tensor) -> Tensor:
        """Return residual(x) + shortcut(x)."""
        block: Any = self.block
        residual = block.bn2(block.conv2(block.relu(block.bn1(block.conv1(x)))))
        if isinstance(block, resnet.Bottleneck):
            residual = block.bn3(block.conv3(block.relu(residual)))
        total: Tensor = residual + (x if block.downsample is None else block.downsample(x))
        return total


class _WideStages(resnet.ResNet):
    """A residual network of basic blocks whose stages have ``width`` times the channels."""

    def __init__(self, layers: tuple[int, ...], width: float) -> None:
        # torchvision builds the stages in its constructor and asks this method for each.
        object.__setattr__(self, "_width", width)
        super().__init__(resnet.BasicBlock, list(layers))
        self.fc = nn.Linear(_channels(512, width), 1)

    def _make_layer(self, block: Any, planes: int, *arguments: Any, **options: Any) -> nn.Sequential:
        planes = _channels(planes, self._width)
        stage: nn.Sequential = super()._make_layer(block, planes, *arguments, **options)
        return stage


def _body(depth: int, width: float) -> resnet.ResNet:
    if depth >= 50:
        layers = list(_LAYERS[depth])
        return resnet.ResNet(resnet.Bottleneck, layers, width_per_group=_channels(64, width))
    return _WideStages(_LAYERS[depth], width)


def _channels(channels: int, width: float) -> int:
    scaled = round(channels * width)
    if scaled < 1:
        raise InputValueError("width", expected=f"at least 1/{channels}", got=f"{width:g}")
    return scaled


def _load(body: nn.Module, path: Path) -> None:
    if not path.is_file():
        raise MissingDataError(str(path), expected="a file of weights", got="none", advice="another path")
    expected = "a state dict of torchvision's network of this depth and width, with its stem"
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        own = {key: value for key, value in state.items() if not key.startswith("fc.")}
        body.load_state_dict(own)
    except (pickle.UnpicklingError, RuntimeError, EOFError, AttributeError) as error:
        reason = f"{path}, which does not fit or is none ({type(error).__name__})"
        raise InputValueError("weights", expected=expected, got=reason) from error
