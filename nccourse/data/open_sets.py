"""Open-set recognition: some classes are known, others appear in testing only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from nccourse.checks import choice, integer
from nccourse.checks import labels as check_labels
from nccourse.data.images import ImageData
from nccourse.data.loading import load
from nccourse.data.splits import class_list
from nccourse.errors import InputTypeError, InputValueError


class OpenSetSplit(NamedTuple):
    """Sample indices of the classes a network is trained on, and of those it has never seen."""

    known: Tensor
    unknown: Tensor


class OpenSet(NamedTuple):
    """Images of one trial: known classes to train and test on, unknown ones to be told apart from them.

    Known classes are numbered anew in ``train`` and ``test``, unknown ones in ``unknown``, each in the order
    of ``known_classes`` and ``unknown_classes``, which hold the numbers they had.
    """

    train: ImageData
    test: ImageData
    unknown: ImageData
    known_classes: tuple[int, ...]
    unknown_classes: tuple[int, ...]


@dataclass(frozen=True)
class OpenSetting:
    """Say what a trial draws from.

    Args:
        data: the set whose classes are known or unknown, as :func:`nccourse.data.load` calls it.
        known: how many of its classes are known.
        unknown: how many classes are unknown.
        others: the set the unknown classes come from; None is ``data`` itself, then all that are not known.
    """

    data: str
    known: int
    unknown: int
    others: str | None = None


OPEN_SETTINGS = {
    "mnist": OpenSetting("mnist", 6, 4),
    "svhn": OpenSetting("svhn", 6, 4),
    "cifar10": OpenSetting("cifar10", 6, 4),
    "cifar+50": OpenSetting("cifar10", 4, 50, others="cifar100"),
}
"""Paper A's settings, Appendix C.1."""

OPEN_SET_TRIALS = 5
"""Over how many draws of the classes paper A averages (Table 10)."""


def open_set_split(labels: Tensor, known: int | Sequence[int] | Tensor, *, seed: int = 0) -> OpenSetSplit:
    """Separate the samples of known classes from those of unknown ones.

    Args:
        labels: (N,) integers in [0, K), K >= 2.
        known: the known classes, or how many of the K, then drawn with the seed; 1 <= number < K.
        seed: which classes; the same for training and test labels gives the same classes.

    Returns:
        ``.known`` and ``.unknown``: int64, ascending indices, disjoint and together all of 0..N-1. For
        training number the known classes anew, as :meth:`~nccourse.data.ImageData.keep_classes` does.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    Source: paper A, supplement C.1 (open-set recognition).

    >>> open_set_split(torch.tensor([0, 1, 2, 0]), [0, 2])
    OpenSetSplit(known=tensor([0, 2, 3]), unknown=tensor([1]))
    """
    labels = check_labels(labels).cpu()
    chosen = _known(known, int(labels.max()) + 1, integer("seed", seed, minimum=0))
    is_known = torch.isin(labels, torch.tensor(chosen))
    return OpenSetSplit(torch.nonzero(is_known).flatten(), torch.nonzero(~is_known).flatten())


def open_set(
    train: ImageData,
    test: ImageData,
    known: int | Sequence[int],
    *,
    others: ImageData | None = None,
    unknown: int | Sequence[int] | None = None,
    seed: int = 0,
) -> OpenSet:
    """Make one open-set trial of a training and a test set.

    Args:
        train: images to train on, once the unknown classes are gone.
        test: images to test on, of the same K classes.
        known: the known classes, or how many, then drawn with the seed.
        others: another test set, all of whose classes are new; None takes the unknown images from ``test``.
        unknown: the unknown classes, or how many, then drawn with the seed; None is every class of
            ``others``, or every class that is not known.
        seed: of the draws; ``known`` is drawn as by :func:`open_set_split`.

    Returns:
        The trial's images. Classes drawn are in ascending order.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain, sets that do not fit together, or a
            class both known and unknown.

    >>> digits = open_set(load("digits"), load("digits", train=False), known=6, seed=1)
    >>> digits.known_classes, digits.unknown_classes, digits.train.num_classes
    ((0, 1, 2, 4, 7, 8), (3, 5, 6, 9), 6)
    """
    _check_sets(train, test, others)
    seed = integer("seed", seed, minimum=0)
    inside = _known(known, train.num_classes, seed)
    if others is None:
        rest = [k for k in range(train.num_classes) if k not in inside]
        outside = rest if unknown is None else _unknown(unknown, rest, seed)
    else:
        outside = _unknown(unknown, list(range(others.num_classes)), seed)
    source = test if others is None else others
    return OpenSet(
        train.keep_classes(inside),
        test.keep_classes(inside),
        source.keep_classes(outside),
        tuple(inside),
        tuple(outside),
    )


def load_open_set(
    name: str,
    *,
    trial: int = 0,
    data: str | Path | None = None,
    others: str | Path | None = None,
    root: str | Path | None = None,
    download: bool = False,
) -> OpenSet:
    """Load one trial of one of paper A's open-set settings.

    "mnist", "svhn", "cifar10": six of the ten classes are known, the other four unknown. "cifar+50": four
    classes of CIFAR10 are known, fifty of CIFAR100's hundred unknown. Unknown images are test images. The
    classes are drawn at random with the trial as the seed, as the paper says; it does not name those it drew.

    Args:
        name: "mnist", "svhn", "cifar10" or "cifar+50".
        trial: which draw, >= 0; the paper averages over five.
        data: a name or path to load in place of the set itself, e.g. "mnist5k" or an .npz file.
        others: the same for CIFAR100 in "cifar+50".
        root: where torchvision's sets lie (see :func:`nccourse.data.load`).
        download: get sets that are not there.

    Returns:
        The trial's images.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.
        MissingDataError: a set is not on this machine.

    Source: paper A, Appendix C.1, Tables 3 and 10.

    >>> trial = load_open_set("mnist", trial=2, data="mnist5k")
    >>> len(trial.known_classes), len(trial.unknown_classes)
    (6, 4)
    """
    setting = OPEN_SETTINGS[choice("name", name, tuple(OPEN_SETTINGS))]
    trial = integer("trial", trial, minimum=0)
    if others is not None and setting.others is None:
        raise InputValueError("others", expected=f"None for {name}, one set of images", got=str(others))
    source = data or setting.data
    options: dict[str, Any] = {"root": root, "download": download}
    train, test = load(source, **options), load(source, train=False, **options)
    new = None
    if setting.others is not None:
        new = load(others or setting.others, train=False, **options)
    return open_set(train, test, setting.known, others=new, unknown=setting.unknown, seed=trial)


def _check_sets(train: Any, test: Any, others: Any) -> None:
    for name, part in (("train", train), ("test", test), ("others", others)):
        if part is not None and not isinstance(part, ImageData):
            raise InputTypeError(name, expected="ImageData", got=type(part).__name__, advice="data.load")
    for name, part in (("test", test), ("others", others)):
        if part is not None and part.images.shape[1:] != train.images.shape[1:]:
            expected = f"images of shape {tuple(train.images.shape[1:])}, as train's"
            raise InputValueError(name, expected=expected, got=f"shape {tuple(part.images.shape[1:])}")
    if test.num_classes != train.num_classes:
        raise InputValueError("test", expected=f"{train.num_classes} classes", got=str(test.num_classes))


def _known(known: Any, num_classes: int, seed: int) -> list[int]:
    if not isinstance(known, int):
        return class_list("known", known, num_classes)
    number = integer("known", known, minimum=1, maximum=num_classes - 1)
    return _drawn(number, num_classes, np.random.default_rng(seed))


def _unknown(unknown: Any, candidates: list[int], seed: int) -> list[int]:
    if unknown is None:
        return candidates
    if isinstance(unknown, int):
        number = integer("unknown", unknown, minimum=1, maximum=len(candidates))
        # A stream of its own: the known classes are drawn from the seed alone.
        drawn = _drawn(number, len(candidates), np.random.default_rng([seed, 1]))
        return [candidates[k] for k in drawn]
    chosen = class_list("unknown", unknown, max(candidates) + 1, all_allowed=True)
    known = [k for k in chosen if k not in candidates]
    if known:
        raise InputValueError("unknown", expected="classes that are not known", got=str(known))
    return chosen


def _drawn(number: int, num_classes: int, rng: np.random.Generator) -> list[int]:
    return sorted(rng.permutation(num_classes)[:number].tolist())
