"""Paper D's multilayer perceptron."""

from __future__ import annotations

from nccourse.checks import integer
from nccourse.models.mlp import MLP


class MLP6(MLP):
    """Apply six layers of one width: linear, batch norm, ReLU.

    Args:
        in_channels: C.
        image_size: (H, W).
        width: of every layer, and so d; the paper's are 1024 and 2048.
        batch_norm: normalise each layer over the batch (the paper does not say whether its network does).
        final_relu: apply ReLU to the features too, as the paper's model with non-negative features asks.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    Source: paper D, Sec. 5.2, the 6-layer backbone.

    >>> MLP6(3, (32, 32)).out_features
    1024
    """

    def __init__(
        self,
        in_channels: int,
        image_size: tuple[int, int],
        *,
        width: int = 1024,
        batch_norm: bool = True,
        final_relu: bool = True,
    ) -> None:
        widths = [integer("width", width, minimum=1)] * 6
        super().__init__(in_channels, image_size, widths=widths, batch_norm=batch_norm, final_relu=final_relu)
