"""Augmentations that change the targets: mixed images, smoothed labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from nccourse.checks import real

Mixing = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""(B, C, H, W) images and (B, K) targets to the same shapes."""


def mixup(num_classes: int, *, alpha: float = 1.0, probability: float = 1.0) -> Mixing:
    """Return a transform to λ x_i + (1 - λ) x_{i-1}, and targets alike, with one λ ~ Beta(α, α) a batch.

    Args:
        num_classes: K.
        alpha: α > 0; the larger, the nearer λ is to 1/2.
        probability: of mixing a batch at all.
    """
    from torchvision.transforms import v2

    return _sometimes(v2.MixUp(alpha=real("alpha", alpha, above=0.0), num_classes=num_classes), probability)


def cutmix(num_classes: int, *, alpha: float = 1.0, probability: float = 1.0) -> Mixing:
    """Return a transform that pastes one rectangle of x_{i-1} into x_i, for the whole batch.

    The targets are mixed by area: λ y_i + (1 - λ) y_{i-1} with 1 - λ the share of pixels replaced. The
    rectangle has area 1 - λ' with λ' ~ Beta(α, α) before it is cut off at the border.

    Args:
        num_classes: K.
        alpha: α > 0.
        probability: of mixing a batch at all.
    """
    from torchvision.transforms import v2

    return _sometimes(v2.CutMix(alpha=real("alpha", alpha, above=0.0), num_classes=num_classes), probability)


def label_smoothing(num_classes: int, *, smoothing: float = 0.1) -> Mixing:
    """Return a transform of the targets to (1 - smoothing) y + smoothing/K.

    Args:
        num_classes: K.
        smoothing: in [0, 1].
    """
    share = real("smoothing", smoothing, minimum=0.0, maximum=1.0)

    def smooth(images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        return images, (1 - share) * targets + share / num_classes

    return smooth


def one_of(mixings: Sequence[Mixing]) -> Mixing:
    """Return a transform that gives each batch to one of several, all equally likely."""

    def mix(images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        return mixings[int(torch.randint(len(mixings), ()))](images, targets)

    return mix


def one_hot(labels: Tensor, num_classes: int, like: Tensor) -> Tensor:
    """Return labels (B,) as targets (B, K) of the dtype of ``like``."""
    return functional.one_hot(labels, num_classes).to(like.dtype)


def _sometimes(mixing: Mixing, probability: float) -> Mixing:
    chance = real("probability", probability, minimum=0.0, maximum=1.0)

    def mix(images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        return mixing(images, targets) if float(torch.rand(())) < chance else (images, targets)

    return mix
