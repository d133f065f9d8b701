"""A set of labelled images in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from nccourse.checks import integer
from nccourse.checks import labels as check_labels
from nccourse.errors import InputTypeError, InputValueError


@dataclass(frozen=True, eq=False, repr=False)
class ImageData:
    """Hold N images of K classes, bytes as they come from disk.

    Args:
        images: (N, C, H, W) uint8.
        labels: (N,) integers in [0, K).
        class_names: K names in the order of the labels; a class may be empty.

    Raises:
        InputTypeError: ``images`` is not a uint8 tensor, ``labels`` not an integer tensor.
        InputValueError: the shapes do not fit, there is no image, or a label is outside [0, K).

    >>> data = ImageData(torch.zeros(3, 1, 8, 8, dtype=torch.uint8), torch.tensor([0, 1, 1]), ("cat", "dog"))
    >>> data
    ImageData(3 images of 1x8x8, 2 classes)
    >>> data.class_counts
    tensor([1, 2])
    """

    images: Tensor
    labels: Tensor
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_images(self.images)
        names = tuple(map(str, self.class_names))
        object.__setattr__(self, "class_names", names)
        object.__setattr__(self, "labels", check_labels(self.labels, len(self.images), len(names)))

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        channels, height, width = self.images.shape[1:]
        return f"ImageData({len(self)} images of {channels}x{height}x{width}, {self.num_classes} classes)"

    @property
    def num_classes(self) -> int:
        """K, empty classes included."""
        return len(self.class_names)

    @property
    def in_channels(self) -> int:
        """C: 1 for grey images, 3 for colour."""
        return self.images.shape[1]

    @property
    def image_size(self) -> tuple[int, int]:
        """(H, W) in pixels."""
        return self.images.shape[2], self.images.shape[3]

    @property
    def class_counts(self) -> Tensor:
        """(K,) int64, the number of samples n_k of each class."""
        return torch.bincount(self.labels, minlength=self.num_classes)

    @cached_property
    def mean(self) -> tuple[float, ...]:
        """Mean of images/255 per channel, over this set (normalise a test set with the training set's)."""
        return tuple(self._moments[0].tolist())

    @cached_property
    def std(self) -> tuple[float, ...]:
        """Standard deviation of images/255 per channel, over this set, divided by the number of pixels."""
        return tuple(self._moments[1].tolist())

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the image bytes followed by the int64 labels: the identity of this set."""
        digest = hashlib.sha256(self.images.contiguous().numpy().data)
        digest.update(self.labels.contiguous().numpy().data)
        return digest.hexdigest()

    def select(self, indices: Tensor) -> ImageData:
        """Return the samples at ``indices``, in that order, with the same class names.

        Args:
            indices: (M,) integers in [0, N), for instance from :func:`nccourse.data.long_tailed`.

        Returns:
            A new set of M images (a copy).
        """
        indices = check_labels(indices, num_classes=len(self), name="indices")
        return ImageData(self.images[indices], self.labels[indices], self.class_names)

    def keep_classes(self, classes: Sequence[int]) -> ImageData:
        """Return the samples of some classes, numbered anew in the order given.

        Args:
            classes: distinct integers in [0, K).

        Returns:
            A new set of len(classes) classes (a copy), samples in the order they had.

        Raises:
            InputTypeError, InputValueError: ``classes`` are none, not classes, or without a sample.

        >>> labels, names = torch.tensor([0, 1, 2, 1]), ("cat", "dog", "fox")
        >>> data = ImageData(torch.zeros(4, 1, 8, 8, dtype=torch.uint8), labels, names).keep_classes([2, 1])
        >>> data.labels, data.class_names
        (tensor([1, 0, 1]), ('fox', 'dog'))
        """
        numbers = [integer("classes", k, minimum=0, maximum=self.num_classes - 1) for k in classes]
        if not numbers or len(set(numbers)) != len(numbers):
            raise InputValueError("classes", expected="distinct classes, at least one", got=str(numbers))
        position = torch.full((self.num_classes,), -1)
        position[numbers] = torch.arange(len(numbers))
        new_labels = position[self.labels.cpu()].to(self.labels.device)
        kept = new_labels >= 0
        if not kept.any():
            raise InputValueError("classes", expected="a class with samples", got=str(numbers))
        names = tuple(self.class_names[k] for k in numbers)
        return ImageData(self.images[kept], new_labels[kept], names)

    @cached_property
    def _moments(self) -> tuple[Tensor, Tensor]:
        # A histogram per channel is exact and needs no float copy of the images.
        values = torch.arange(256, dtype=torch.float64) / 255
        channels = [channel.reshape(-1) for channel in self.images.unbind(1)]
        counts = torch.stack([torch.bincount(channel, minlength=256) for channel in channels]).double()
        weights = counts / counts.sum(1, keepdim=True)
        mean = weights @ values
        return mean, (weights * (values - mean[:, None]) ** 2).sum(1).sqrt()


def _check_images(images: Any) -> None:
    expected = "a uint8 tensor of shape (N, C, H, W)"
    if not isinstance(images, Tensor):
        raise InputTypeError("images", expected=expected, got=type(images).__name__, advice="torch.as_tensor")
    if images.dtype != torch.uint8:
        advice = "(255 * images).round().to(torch.uint8) if they are in [0, 1]"
        raise InputTypeError("images", expected=expected, got=f"dtype {images.dtype}", advice=advice)
    if images.ndim != 4 or 0 in images.shape:
        raise InputValueError(
            "images", expected=f"{expected}, none of them 0", got=f"shape {tuple(images.shape)}"
        )
