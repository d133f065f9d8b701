"""torchvision's vision transformer, at the size that small images allow."""

from __future__ import annotations

from torch import Tensor, nn
from torchvision.models.vision_transformer import VisionTransformer

from nccourse.checks import integer, real
from nccourse.errors import InputValueError
from nccourse.models.network import Backbone


class ViT(Backbone):
    """Cut the image into patches, attend over them and a class token, and return the token's layer norm.

    Args:
        in_channels: C.
        image_size: (H, W), equal and divisible by the size of a patch.
        patch_size: pixels a side of a patch.
        num_layers: of the encoder.
        num_heads: of the attention.
        hidden_dim: d, divisible by ``num_heads``.
        mlp_dim: hidden units of each layer's MLP.
        dropout: in [0, 1).

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    Source: paper A, Appendix C.1, trained from scratch. It names Chhabra (2024), whose network these defaults
    give: 64 patches of 4x4 pixels, 6 layers, 4 heads, d = 128; without dropout, as the paper wants none.

    >>> import torch
    >>> ViT(3, (32, 32)).eval()(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 128])
    """

    def __init__(
        self,
        in_channels: int,
        image_size: tuple[int, int],
        *,
        patch_size: int = 4,
        num_layers: int = 6,
        num_heads: int = 4,
        hidden_dim: int = 128,
        mlp_dim: int = 256,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.out_features = _width(hidden_dim, num_heads)
        side, patch = _side(image_size, integer("patch_size", patch_size, minimum=1))
        self.encoder = VisionTransformer(
            image_size=side,
            patch_size=patch,
            num_layers=integer("num_layers", num_layers, minimum=1),
            num_heads=num_heads,
            hidden_dim=hidden_dim,
            mlp_dim=integer("mlp_dim", mlp_dim, minimum=1),
            dropout=_rate(dropout),
        )
        # torchvision's class is made for three channels and a classifier of its own.
        self.encoder.conv_proj = _patches(in_channels, hidden_dim, patch)
        self.encoder.heads = nn.Sequential()

    def forward(self, images: Tensor) -> Tensor:
        """Return the (N, d) features of (N, C, H, W) images."""
        features: Tensor = self.encoder(images)
        return features


def _patches(in_channels: int, hidden_dim: int, patch: int) -> nn.Conv2d:
    projection = nn.Conv2d(in_channels, hidden_dim, kernel_size=patch, stride=patch)
    for name, parameter in projection.named_parameters():
        if name == "weight":
            nn.init.trunc_normal_(parameter, std=(in_channels * patch**2) ** -0.5)
        else:
            nn.init.zeros_(parameter)
    return projection


def _width(hidden_dim: int, num_heads: int) -> int:
    heads = integer("num_heads", num_heads, minimum=1)
    if integer("hidden_dim", hidden_dim, minimum=1) % heads:
        raise InputValueError(
            "hidden_dim", expected=f"a multiple of num_heads = {heads}", got=str(hidden_dim)
        )
    return hidden_dim


def _side(image_size: tuple[int, int], patch: int) -> tuple[int, int]:
    height, width = image_size
    if height != width or height % patch:
        expected = f"a square whose side is a multiple of patch_size = {patch}"
        raise InputValueError("image_size", expected=expected, got=str(image_size))
    return height, patch


def _rate(dropout: float) -> float:
    rate = real("dropout", dropout, minimum=0.0)
    if rate >= 1:
        raise InputValueError("dropout", expected="a number in [0, 1)", got=f"{rate:g}")
    return rate
