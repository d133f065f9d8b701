"""Random crops, flips and rotations, one drawn for each image of a batch.

torchvision's own transforms draw one for the whole batch. Numbers are drawn on the CPU, so that they are the
same on every device; the images stay where they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from nccourse.checks import integer, real

ImageTransform = Callable[[Tensor], Tensor]
"""(B, C, H, W) floats to the same shape."""


def random_crop(
    image_size: tuple[int, int], *, padding: int | None = None, fill: float = 0.0
) -> ImageTransform:
    """Return a transform that moves each image by up to ``padding`` pixels, each way equally likely.

    The image is padded with ``fill`` on every side and a piece of its own size cut out.

    Args:
        image_size: (H, W).
        padding: pixels >= 0; None is an eighth of the longer side, rounded up: 4 of 32.
        fill: what comes in from outside, in the units of the batch: 0 is the mean colour of a normalised set.
    """
    most = -(-max(image_size) // 8) if padding is None else integer("padding", padding, minimum=0)
    fill = real("fill", fill)

    def crop(images: Tensor) -> Tensor:
        number, _, height, width = images.shape
        padded = functional.pad(images, (most, most, most, most), value=fill)
        down, right = torch.randint(2 * most + 1, (2, number)).to(images.device)
        # (B, C, rows down, columns right, H, W): every piece there is, as a view.
        pieces = padded.unfold(2, height, 1).unfold(3, width, 1)
        return pieces[torch.arange(number, device=images.device), :, down, right]

    return crop


def random_flip(image_size: tuple[int, int], *, probability: float = 0.5) -> ImageTransform:
    """Return a transform that mirrors each image left to right with this probability.

    Args:
        image_size: (H, W).
        probability: in [0, 1].
    """
    chance = real("probability", probability, minimum=0.0, maximum=1.0)

    def flip(images: Tensor) -> Tensor:
        chosen = (torch.rand(len(images)) < chance).to(images.device)
        return torch.where(chosen[:, None, None, None], images.flip(3), images)

    return flip


def random_rotation(image_size: tuple[int, int], *, degrees: float = 15.0) -> ImageTransform:
    """Return a transform that turns each image about its centre, uniformly within [-degrees, degrees].

    Between pixels it interpolates linearly; from outside comes 0, the mean colour of a normalised set.

    Args:
        image_size: (H, W).
        degrees: the largest angle, in [0, 180].
    """
    largest = math.radians(real("degrees", degrees, minimum=0.0, maximum=180.0))
    height, width = image_size

    def rotate(images: Tensor) -> Tensor:
        angles = (2 * torch.rand(len(images)) - 1) * largest
        cosine, sine, zero = angles.cos(), angles.sin(), torch.zeros_like(angles)
        # affine_grid measures both sides as 2: the factors keep the turn rigid where they differ.
        first = torch.stack([cosine, -sine * height / width, zero], dim=1)
        second = torch.stack([sine * width / height, cosine, zero], dim=1)
        turns = torch.stack([first, second], dim=1).to(images)
        grid = functional.affine_grid(turns, list(images.shape), align_corners=False)
        return functional.grid_sample(images, grid, align_corners=False)

    return rotate
