"""The sets torchvision downloads, verifies and reads."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import torch
from torch import Tensor

from nccourse.data.images import ImageData
from nccourse.errors import InputTypeError, MissingDataError


@dataclass(frozen=True)
class Archive:
    """Say how torchvision calls a set, and which files under the root show that it is there."""

    dataset: str
    files: tuple[str, ...]


def _idx(folder: str) -> tuple[str, ...]:
    return tuple(
        f"{folder}/raw/{part}-{kind}-ubyte"
        for part in ("train", "t10k")
        for kind in ("images-idx3", "labels-idx1")
    )


ARCHIVES = {
    "mnist": Archive("MNIST", _idx("MNIST")),
    "fashionmnist": Archive("FashionMNIST", _idx("FashionMNIST")),
    "cifar10": Archive("CIFAR10", ("cifar-10-batches-py/data_batch_1", "cifar-10-batches-py/test_batch")),
    "cifar100": Archive("CIFAR100", ("cifar-100-python/train", "cifar-100-python/test")),
    "svhn": Archive("SVHN", ("train_32x32.mat", "test_32x32.mat")),
    "stl10": Archive("STL10", ("stl10_binary/train_X.bin", "stl10_binary/test_X.bin")),
}
"""The sets by name; they lie under the root as torchvision puts them, so an existing folder can be shared."""


def data_root(root: str | Path | None = None) -> Path:
    """Return where the sets lie: the argument, else $NCCOURSE_DATA, else the user's cache directory."""
    if not isinstance(root, (str, Path, type(None))):
        raise InputTypeError("root", expected="a path", got=type(root).__name__)
    chosen = root or os.environ.get("NCCOURSE_DATA")
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("nccourse")) / "data"


def download_command(name: str, root: Path) -> str:
    """Return the shell command that puts the set under ``root``."""
    command = f"nccourse data download {name}"
    return command if root == data_root() else f"NCCOURSE_DATA={root} {command}"


def is_present(name: str, root: Path) -> bool:
    """Tell whether the set's files lie under ``root`` (their contents are verified when read)."""
    return all((root / file).is_file() for file in ARCHIVES[name].files)


def read_archive(name: str, *, train: bool, root: Path, download: bool) -> ImageData:
    """Read one split through torchvision, which verifies checksums; download it first only if asked.

    Raises:
        MissingDataError: the set is not there, incomplete, or could not be downloaded.
    """
    if not download and not is_present(name, root):
        raise _missing(name, root, got="none there")
    try:
        return _convert(_open(name, train=train, root=root, download=download))
    # Truncated idx files pass torchvision's check, which looks for their names, and fail in its reader.
    except (RuntimeError, OSError, ValueError, AssertionError) as error:
        raise _missing(name, root, got=f"{type(error).__name__} ({error})") from error


def _open(name: str, *, train: bool, root: Path, download: bool) -> Any:
    import torchvision.datasets

    dataset = getattr(torchvision.datasets, ARCHIVES[name].dataset)
    split = {"split": "train" if train else "test"} if name in ("svhn", "stl10") else {"train": train}
    if download:
        root.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        # The CIFAR pickles date from numpy 1 and spell dtype(align=False) as 0, which numpy 2.4 deprecates.
        warnings.simplefilter("ignore", np.exceptions.VisibleDeprecationWarning)
        return dataset(root, download=download, **split)


def _convert(dataset: Any) -> ImageData:
    images = torch.as_tensor(np.asarray(dataset.data))
    if images.ndim == 3:
        images = images[:, None]
    elif images.shape[-1] == 3:
        images = images.permute(0, 3, 1, 2)
    return ImageData(images.contiguous(), _labels(dataset), _class_names(dataset))


def _labels(dataset: Any) -> Tensor:
    labels = dataset.targets if hasattr(dataset, "targets") else dataset.labels
    return torch.as_tensor(np.asarray(labels)).long()


def _class_names(dataset: Any) -> tuple[str, ...]:
    names = getattr(dataset, "classes", "0123456789")
    return tuple(name.split(" - ")[0] for name in names)


def _missing(name: str, root: Path, *, got: str) -> MissingDataError:
    return MissingDataError(
        name, expected=f"its files under {root}", got=got, advice=f"`{download_command(name, root)}`"
    )
