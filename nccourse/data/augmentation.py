"""The papers' augmentations by name, for whole batches on the device."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torch import Tensor

from nccourse.checks import choice, height_and_width, integer
from nccourse.data.geometric import ImageTransform, random_crop, random_flip, random_rotation
from nccourse.data.mixing import Mixing, cutmix, label_smoothing, mixup, one_hot, one_of
from nccourse.errors import InputTypeError, InputValueError

_GEOMETRIC: dict[str, Callable[..., ImageTransform]] = {
    "crop": random_crop,
    "flip": random_flip,
    "rotation": random_rotation,
}
_MIXING: dict[str, Callable[..., Mixing]] = {"mixup": mixup, "cutmix": cutmix}
_TARGETS: dict[str, Callable[..., Mixing]] = {"label_smoothing": label_smoothing}

AUGMENTATIONS = (*_GEOMETRIC, *_MIXING, *_TARGETS)
"""The names :func:`augment` knows."""


class Augmentation:
    """Change a batch at random, drawing from torch's global generator on the CPU.

    Made by :func:`augment`.

    Args:
        geometric: applied to the images one after another.
        mixing: applied after them to images and targets, one after another.
        image_size: (H, W) of the images it is for.
        num_classes: K.
    """

    def __init__(
        self,
        geometric: Iterable[ImageTransform],
        mixing: Iterable[Mixing],
        image_size: tuple[int, int],
        num_classes: int,
    ) -> None:
        self._geometric, self._mixing = tuple(geometric), tuple(mixing)
        self._image_size, self._num_classes = image_size, num_classes

    @property
    def mixes_labels(self) -> bool:
        """Whether the targets become probabilities (B, K), which not every loss takes."""
        return bool(self._mixing)

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the changed images and their targets.

        Args:
            images: (B, C, H, W) floats, normalised; left as they are.
            labels: (B,) int64.

        Returns:
            Images of the same shape, and the labels (B,) or, where ``mixes_labels``, targets (B, K) >= 0 with
            rows that sum to 1.

        Raises:
            InputTypeError, InputValueError: images that are not floats, or of another size.
        """
        if images.ndim != 4 or tuple(images.shape[2:]) != self._image_size:
            height, width = self._image_size
            expected = f"shape (B, C, {height}, {width})"
            raise InputValueError("images", expected=expected, got=f"shape {tuple(images.shape)}")
        if not images.is_floating_point():
            raise InputTypeError("images", expected="floats, normalised", got=f"dtype {images.dtype}")
        for transform in self._geometric:
            images = transform(images)
        if not self._mixing:
            return images, labels
        targets = one_hot(labels, self._num_classes, like=images)
        for mixing in self._mixing:
            images, targets = mixing(images, targets)
        return images, targets


def augment(
    names: Iterable[str | tuple[str, Mapping[str, Any]]],
    *,
    image_size: int | tuple[int, int],
    num_classes: int,
) -> Augmentation:
    """Return the named augmentations as one function of a batch.

    - "crop" moves each image at random: ``padding`` (an eighth of its side), ``fill`` (0).
    - "flip" mirrors each image left to right or not: ``probability`` (0.5).
    - "rotation" turns each image about its centre by up to ``degrees`` (15).
    - "mixup" makes λ x_i + (1-λ) x_{i-1}, the targets alike, λ ~ Beta(α, α): ``alpha`` (1), ``probability``
      (1).
    - "cutmix" pastes a rectangle of x_{i-1} into x_i, the targets mixed by area: ``alpha`` (1),
      ``probability`` (1).
    - "label_smoothing" makes the targets (1-s) y + s/K: ``smoothing`` s (0.1).

    Crop, flip and rotation come first, in the order given; each image has its own draw. Mixing has one draw a
    batch; with both "mixup" and "cutmix" each batch goes to one of the two by a fair coin, so that
    probability 0.8 for both mixes 0.8 of the batches. No names change nothing.

    Args:
        names: of the augmentations, each a name or a pair ``(name, options)``, none twice.
        image_size: (H, W) of the images, or one integer for both.
        num_classes: K >= 2.

    Returns:
        A function (images (B, C, H, W) floats, labels (B,)) -> (images, targets). Its randomness is torch's
        global generator on the CPU: after ``torch.manual_seed`` it repeats itself, the same on every device.

    Raises:
        InputTypeError, InputValueError: an unknown name or option, or a value outside its domain.

    Source: paper A, Table 4 (settings 5 and 6: all six, alpha 0.8 for Mixup and 1 for CutMix, probability
    0.8); paper B, Sec. 4.2 (DA1: crop and flip, DA2: Mixup and CutMix); paper E, Appendix D (Mixup, alpha 1).

    >>> import torch
    >>> change = augment(["flip", ("mixup", {"alpha": 0.2})], image_size=8, num_classes=3)
    >>> images, targets = change(torch.rand(4, 1, 8, 8), torch.tensor([0, 1, 2, 2]))
    >>> images.shape, targets.sum(dim=1)
    (torch.Size([4, 1, 8, 8]), tensor([1., 1., 1., 1.]))
    """
    size = height_and_width(image_size)
    number = integer("num_classes", num_classes, minimum=2)
    chosen = _by_name(names)
    geometric = [_make(_GEOMETRIC, name, size, options) for name, options in chosen if name in _GEOMETRIC]
    mixing = [_make(_MIXING, name, number, options) for name, options in chosen if name in _MIXING]
    targets = [_make(_TARGETS, name, number, options) for name, options in chosen if name in _TARGETS]
    return Augmentation(geometric, [one_of(mixing)] * bool(mixing) + targets, size, number)


def _by_name(names: Any) -> list[tuple[str, dict[str, Any]]]:
    expected = "names or pairs (name, options)"
    if isinstance(names, (str, Mapping)) or not isinstance(names, Iterable):
        raise InputTypeError("names", expected=f"a sequence of {expected}", got=type(names).__name__)
    chosen: list[tuple[str, dict[str, Any]]] = []
    for entry in names:
        pair = (entry, {}) if isinstance(entry, str) else entry
        is_pair = isinstance(pair, (tuple, list)) and len(pair) == 2 and isinstance(pair[1], Mapping)
        if not is_pair:
            raise InputTypeError("names", expected=expected, got=repr(entry))
        name = choice("names", pair[0], AUGMENTATIONS)
        if name in dict(chosen):
            raise InputValueError("names", expected="each name once", got=f"{name!r} twice")
        chosen.append((name, dict(pair[1])))
    return chosen


def _make(makers: Mapping[str, Callable[..., Any]], name: str, first: Any, options: dict[str, Any]) -> Any:
    parameters = inspect.signature(makers[name]).parameters.values()
    known = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    for option in options:
        if option not in known:
            expected = f"options of {name}: {', '.join(known)}"
            raise InputTypeError(option, expected=expected, got=f"{option}={options[option]!r}")
    return makers[name](first, **options)
