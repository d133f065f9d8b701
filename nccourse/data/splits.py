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
from nccourse.errors import InputTypeError, InputValueError


class OpenSetSplit(NamedTuple):
    """Sample indices of the classes a network is trained on, and of those it has never seen."""

    known: Tensor
    unknown: Tensor


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


def open_set_split(labels: Tensor, known: int | Sequence[int] | Tensor, *, seed: int = 0) -> OpenSetSplit:
    """Separate the samples of known classes from those of unknown ones.

    Args:
        labels: (N,) integers in [0, K), K >= 2.
        known: the known classes, or how many of the K, then drawn with the seed; 1 <= number < K.
        seed: which classes; the same for training and test labels gives the same classes.

    Returns:
        ``.known`` and ``.unknown``: int64, ascending indices, disjoint and together all of 0..N-1. For
        training number the known classes anew: ``labels[split.known].unique(return_inverse=True)[1]``.

    Raises:
        InputTypeError, InputValueError: an argument outside its domain.

    Source: paper A, supplement C.1 (open-set recognition).

    >>> open_set_split(torch.tensor([0, 1, 2, 0]), [0, 2])
    OpenSetSplit(known=tensor([0, 2, 3]), unknown=tensor([1]))
    """
    labels = check_labels(labels).cpu()
    num_classes = int(labels.max()) + 1
    if isinstance(known, int):
        number = integer("known", known, minimum=1, maximum=num_classes - 1)
        chosen = (
            np.random.default_rng(integer("seed", seed, minimum=0)).permutation(num_classes)[:number].tolist()
        )
    else:
        chosen = _known_classes(known, num_classes)
    is_known = torch.isin(labels, torch.tensor(chosen))
    return OpenSetSplit(torch.nonzero(is_known).flatten(), torch.nonzero(~is_known).flatten())


def _known_classes(known: Any, num_classes: int) -> list[int]:
    classes = _integers("known", known)
    for k in classes:
        integer("known", k, minimum=0, maximum=num_classes - 1)
    if len(set(classes)) != len(classes) or not 0 < len(classes) < num_classes:
        expected = f"distinct classes, at least one and fewer than {num_classes}"
        raise InputValueError("known", expected=expected, got=str(classes))
    return classes


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
