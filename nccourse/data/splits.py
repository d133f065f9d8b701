"""Index sets: parts of a data set chosen class by class.

Every choice shuffles each class with the seed and takes a prefix, so it depends on nothing else,
and with the same seed a smaller choice is contained in a larger one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from nccourse.checks import integer, real
from nccourse.checks import labels as check_labels
from nccourse.data.images import ImageData
from nccourse.errors import InputTypeError, InputValueError


class HeldOut(NamedTuple):
    """A training set without the samples held back, and these."""

    train: ImageData
    validation: ImageData


def stratified_split(labels: Tensor, fraction: float, *, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Divide the samples in two, each class in the same proportion.

    Args:
        labels: (N,) integers in [0, K).
        fraction: share of each class in the first part, in (0, 1); round(fraction n_k) samples.
        seed: which samples.

    Returns:
        Two int64 tensors of ascending indices, disjoint and together all of 0..N-1.

    Raises:
        InputTypeError, InputValueError: ``labels``, ``fraction`` or ``seed`` outside their domain.

    >>> first, second = stratified_split(torch.tensor([0, 0, 1, 1, 1, 1]), 0.5)
    >>> len(first), len(second)
    (3, 3)
    """
    labels = check_labels(labels)
    fraction = real("fraction", fraction, above=0.0)
    if fraction >= 1:
        raise InputValueError("fraction", expected="a number in (0, 1)", got=str(fraction))
    classes = _shuffled_classes(labels, int(labels.max()) + 1, seed)
    first = [members[: round(fraction * len(members))] for members in classes]
    second = [members[round(fraction * len(members)) :] for members in classes]
    return _ascending(first), _ascending(second)


def long_tailed(labels: Tensor, ratio: float, *, seed: int = 0) -> Tensor:
    """Choose samples whose class sizes decay exponentially, class 0 the largest.

    n_k = int(n_max ratio^(-k/(K-1))), with n_max the largest size for which every class has enough
    samples: that of one class where the classes are equally large.

    Args:
        labels: (N,) integers in [0, K), K >= 2.
        ratio: n_max / n_min, at least 1 (paper E's imbalance τ is 1/ratio).
        seed: which samples.

    Returns:
        (sum of n_k,) int64, ascending indices.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain, or a ratio that leaves the last
            class empty.

    Source: paper E, appendix: class sizes "decayed exponentially among classes".

    >>> labels = torch.arange(3).repeat_interleave(100)
    >>> torch.bincount(labels[long_tailed(labels, 100)])
    tensor([100,  10,   1])
    """
    labels = check_labels(labels)
    ratio = real("ratio", ratio, minimum=1.0)
    available = torch.bincount(labels).tolist()
    if len(available) < 2:
        raise InputValueError("labels", expected="at least two classes", got="one")
    shares = [ratio ** (-k / (len(available) - 1)) for k in range(len(available))]
    largest = int(min(size / share for size, share in zip(available, shares, strict=True)))
    counts = [int(largest * share) for share in shares]
    if counts[-1] < 1:
        expected = f"at most {largest}, so that the last class keeps a sample"
        raise InputValueError("ratio", expected=expected, got=f"{ratio:g}")
    return with_counts(labels, counts, seed=seed)


def with_counts(labels: Tensor, counts: Sequence[int] | Tensor, *, seed: int = 0) -> Tensor:
    """Choose counts[k] samples of each class k.

    Args:
        labels: (N,) integers in [0, K).
        counts: K integers n_k, each between 0 and the number of samples of class k, not all 0.
        seed: which samples.

    Returns:
        (sum of counts,) int64, ascending indices.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain, or more samples asked of a class
            than it has.

    Source: paper D, Sec. 5.2 lists class sizes.

    >>> labels = torch.tensor([0, 0, 1, 1, 1])
    >>> torch.bincount(labels[with_counts(labels, [2, 1])])
    tensor([2, 1])
    """
    sizes = _integers("counts", counts)
    labels = check_labels(labels, num_classes=len(sizes))
    available = torch.bincount(labels, minlength=len(sizes)).tolist()
    for k, (size, most) in enumerate(zip(sizes, available, strict=True)):
        integer(f"counts[{k}]", size, minimum=0, maximum=most)
    if not any(sizes):
        raise InputValueError("counts", expected="at least one sample", got="all 0")
    classes = _shuffled_classes(labels, len(sizes), seed)
    return _ascending(members[:size] for members, size in zip(classes, sizes, strict=True))


def step_imbalance(
    labels: Tensor, ratio: float, *, minority: int | Sequence[int] | None = None, seed: int = 0
) -> Tensor:
    """Choose samples of which the classes have two sizes, n_A of the majority and n_B of the minority.

    n_B = int(n_A / ratio), and n_A is what the smallest class of either kind allows: its size in the
    majority, ratio times its size, rounded down, in the minority.

    Args:
        labels: (N,) integers in [0, K), K >= 2.
        ratio: n_A / n_B, at least 1.
        minority: the minority classes, or how many, then the last ones; None is half of the K, rounded down.
            At least one class, fewer than K.
        seed: which samples.

    Returns:
        (K_A n_A + K_B n_B,) int64, ascending indices.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain, or a ratio that leaves the minority
            empty.

    Source: paper D, Corollaries 3 and 4: majority and minority classes.

    >>> labels = torch.arange(4).repeat_interleave(100)
    >>> torch.bincount(labels[step_imbalance(labels, 20)])
    tensor([100, 100,   5,   5])
    """
    labels = check_labels(labels)
    ratio = real("ratio", ratio, minimum=1.0)
    available = torch.bincount(labels).tolist()
    small = set(_minority(minority, len(available)))
    most = min(size if k not in small else int(size * ratio) for k, size in enumerate(available))
    sizes = [int(most / ratio) if k in small else most for k in range(len(available))]
    if min(sizes) < 1:
        expected = f"at most {most}, so that the minority classes keep a sample"
        raise InputValueError("ratio", expected=expected, got=f"{ratio:g}")
    return with_counts(labels, sizes, seed=seed)


def hold_out(data: ImageData, fraction: float = 0.1, *, seed: int = 0) -> HeldOut:
    """Hold back part of a training set, the same share of each class, to choose by.

    Args:
        data: the training set.
        fraction: share of each class held back, in (0, 1).
        seed: which samples.

    Returns:
        ``.train`` and ``.validation``, disjoint and together all of ``data``.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    Source: paper C, Sec. 4.2 holds out 10 percent of the training set; its test accuracy is that of the epoch
    with the best validation accuracy. Its published code does not look at the classes.

    >>> from nccourse.data import load
    >>> train, validation = hold_out(load("digits"))
    >>> len(train), len(validation)
    (1295, 143)
    """
    if not isinstance(data, ImageData):
        raise InputTypeError("data", expected="ImageData", got=type(data).__name__, advice="data.load")
    held, kept = stratified_split(data.labels, fraction, seed=seed)
    return HeldOut(data.select(kept), data.select(held))


def class_list(name: str, classes: Any, num_classes: int, *, all_allowed: bool = False) -> list[int]:
    """Return ``classes`` as distinct class numbers, at least one of the K and, unless allowed, not all."""
    chosen = _integers(name, classes)
    for k in chosen:
        integer(name, k, minimum=0, maximum=num_classes - 1)
    most = num_classes if all_allowed else num_classes - 1
    if len(set(chosen)) != len(chosen) or not 0 < len(chosen) <= most:
        expected = f"distinct classes, at least one and at most {most}"
        raise InputValueError(name, expected=expected, got=str(chosen))
    return chosen


def _minority(minority: Any, num_classes: int) -> list[int]:
    if num_classes < 2:
        raise InputValueError("labels", expected="at least two classes", got="one")
    if minority is not None and not isinstance(minority, int):
        return class_list("minority", minority, num_classes)
    number = num_classes // 2 if minority is None else minority
    number = integer("minority", number, minimum=1, maximum=num_classes - 1)
    return list(range(num_classes - number, num_classes))


def _integers(name: str, values: Any) -> list[int]:
    items = values.tolist() if isinstance(values, (Tensor, np.ndarray)) else values
    if isinstance(items, str) or not isinstance(items, Iterable):
        raise InputTypeError(name, expected="a sequence of integers", got=type(values).__name__)
    return [integer(name, item) for item in items]


def _shuffled_classes(labels: Tensor, num_classes: int, seed: int) -> list[Tensor]:
    rng = np.random.default_rng(integer("seed", seed, minimum=0))
    array = labels.cpu().numpy()
    return [torch.from_numpy(rng.permutation(np.flatnonzero(array == k))) for k in range(num_classes)]


def _ascending(parts: Iterable[Tensor]) -> Tensor:
    return torch.cat(list(parts)).sort().values
