"""Batches of a set that lives on the device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from nccourse.checks import integer
from nccourse.data.images import ImageData
from nccourse.errors import InputTypeError, InputValueError


class DeviceBatches:
    """Hold a whole set on the device as bytes and hand out normalised float batches.

    A batch is (images / 255 - mean) / std per channel, float32. The order of an epoch depends on
    (seed, epoch) alone, so a resumed run sees what an uninterrupted one would. The last batch may be
    smaller. A channel of one single value (std 0) is centred only.

    Args:
        data: the images.
        batch_size: samples in a batch, at least 1.
        device: where the images live and the batches are made.
        mean: C numbers to subtract; None takes the set's own (give a test set the training set's).
        std: C positive numbers to divide by; None takes the set's own.
        seed: of the order, >= 0.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    >>> from nccourse.data import load
    >>> batches = DeviceBatches(load("digits"), 512)
    >>> [len(labels) for images, labels in batches.shuffled(epoch=1)]
    [512, 512, 414]
    """

    def __init__(
        self,
        data: ImageData,
        batch_size: int,
        *,
        device: str | torch.device = "cpu",
        mean: Sequence[float] | None = None,
        std: Sequence[float] | None = None,
        seed: int = 0,
    ) -> None:
        if not isinstance(data, ImageData):
            raise InputTypeError("data", expected="ImageData", got=type(data).__name__, advice="data.load")
        self.batch_size = integer("batch_size", batch_size, minimum=1)
        self.seed = integer("seed", seed, minimum=0)
        self.images = data.images.to(device)
        self.labels = data.labels.to(device)
        center = _per_channel("mean", data.mean if mean is None else mean, data.in_channels)
        spread = _per_channel("std", data.std if std is None else std, data.in_channels)
        spread = torch.where(spread > 0, spread, torch.ones_like(spread))
        self._factor = (1 / (255 * spread)).float().to(device)
        self._offset = (-center / spread).float().to(device)

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return -(-len(self.labels) // self.batch_size)

    def shuffled(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (images, labels) once through the set in the order of this epoch.

        Args:
            epoch: an integer >= 0.

        Returns:
            Batches: images (B, C, H, W) float32 and labels (B,) int64 on the device.
        """
        # SeedSequence mixes the pair; torch's generator would look at the low 32 bits of one seed only.
        rng = np.random.default_rng([self.seed, integer("epoch", epoch, minimum=0)])
        order = torch.from_numpy(rng.permutation(len(self.labels))).to(self.labels.device)
        for chosen in order.split(self.batch_size):
            yield self._normalize(self.images[chosen]), self.labels[chosen]

    def in_order(self, batch_size: int | None = None) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (images, labels) once through the set in its own order.

        Args:
            batch_size: samples in a batch; None is that of training.

        Returns:
            Batches as :meth:`shuffled` yields them.
        """
        size = self.batch_size if batch_size is None else integer("batch_size", batch_size, minimum=1)
        for images, labels in zip(self.images.split(size), self.labels.split(size), strict=True):
            yield self._normalize(images), labels

    def _normalize(self, images: Tensor) -> Tensor:
        return torch.addcmul(self._offset, images.float(), self._factor)


def _per_channel(name: str, values: Sequence[float], in_channels: int) -> Tensor:
    tensor = torch.as_tensor(values, dtype=torch.float64)
    if (
        tensor.shape != (in_channels,)
        or not bool(torch.isfinite(tensor).all())
        or (name == "std" and (tensor < 0).any())
    ):
        kind = "numbers >= 0" if name == "std" else "finite numbers"
        raise InputValueError(name, expected=f"{in_channels} {kind}, one a channel", got=str(values))
    return tensor[:, None, None]
