"""Class counts, class means and residuals of labelled features, in two streaming passes.

The sums are accumulated in float64. Residuals keep the precision of the features: they are taken from the
class means *rounded to that precision*, because the difference of two nearby floats is exact (Sterbenz), and
what the rounding moved the means by is accounted for afterwards, at K x d cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputValueError

# Rows are processed in blocks of about this many numbers: small enough for the cache, large enough that
# the cost of calling an operation does not show.
_BLOCK = {"cpu": 2**19, "cuda": 2**26}


@dataclass(frozen=True)
class ClassMoments:
    """Counts (K,) and means (K, d) of the classes: float64, on the CPU."""

    counts: Tensor
    means: Tensor

    def centred_means(self, *, weighted: bool) -> Tensor:
        """Return the class means minus the mean of all samples, or minus the mean of the class means."""
        return self.means - self.global_mean(weighted=weighted)

    def global_mean(self, *, weighted: bool) -> Tensor:
        """Return the mean of all samples, or the mean of the class means."""
        weights = self.counts if weighted else torch.ones_like(self.counts)
        return (weights @ self.means) / weights.sum()

    @property
    def rounding(self) -> float:
        """Bound the error of the means, relative to the largest features they are means of."""
        return float(self.counts.max()) * torch.finfo(torch.float64).eps

    @property
    def negligible(self) -> float:
        """Bound the error of the means of features no larger than they: closer means count as equal."""
        return self.rounding * float(self.means.abs().max())


class Residuals(NamedTuple):
    """A block of rows, its labels, and its differences from the rounded means of their classes."""

    rows: Tensor
    labels: Tensor
    differences: Tensor


def require_labelled(features: Any, labels: Any, num_classes: int | None) -> tuple[Tensor, Tensor, int]:
    """Return features (N, d), labels (N,) on one device able to add in float64, and K.

    Finiteness is left to the class sums, which show it without another pass.
    """
    features = checks.tensor("features", features, ("N", "d"), finite=False)
    labels = checks.labels(labels, len(features), num_classes)
    if features.shape[1] == 0:
        raise InputValueError("features", expected="d >= 1", got=f"shape {tuple(features.shape)}")
    found = int(labels.max()) + 1 if num_classes is None else num_classes
    if found < 2:
        raise InputValueError(
            "labels" if num_classes is None else "W",
            expected="at least two classes",
            got=str(found),
            advice="neural collapse compares classes, so give samples of two or more",
        )
    if features.device.type == "mps":  # which has no float64
        features = features.cpu()
    return features, labels.to(features.device), found


def class_moments(features: Tensor, labels: Tensor, num_classes: int) -> ClassMoments:
    """Return counts and means of the classes.

    Raises:
        InputValueError: a class has no sample, or a feature is NaN or infinite.
    """
    counts = torch.bincount(labels, minlength=num_classes)
    require_no_empty_class(counts)
    sums = class_sums(features, labels, num_classes)
    require_finite_sums(features, sums)
    counts = counts.double().cpu()
    return ClassMoments(counts, sums.cpu() / counts[:, None])


def class_sums(features: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    """Return the sum of each class's features, (K, d) float64, added block by block."""
    sums = features.new_zeros(num_classes, features.shape[1], dtype=torch.float64)
    for block in blocks(features):
        sums.index_add_(0, labels[block], features[block].double())
    return sums


def require_no_empty_class(counts: Tensor) -> None:
    """Refuse counts with a zero."""
    empty = (counts == 0).nonzero().flatten().tolist()
    if empty:
        listed = ", ".join(map(str, empty[:5])) + (", ..." if len(empty) > 5 else "")
        raise InputValueError(
            "labels",
            expected=f"samples of each of the {len(counts)} classes",
            got=f"none of class {listed}",
            advice="leaving that class out and renumbering the rest",
        )


def require_finite_sums(features: Tensor, sums: Tensor) -> None:
    """Refuse features whose class sums are not finite, saying whether they or only the sums are at fault."""
    if bool(torch.isfinite(sums).all()):
        return
    checks.tensor("features", features, ("N", "d"))
    raise InputValueError(
        "features",
        expected="values whose class sums stay below 1.8e308",
        got=f"values up to {float(features.abs().max()):.3g}",
        advice="scaling the features, which the metrics do not depend on",
    )


def residual_blocks(features: Tensor, labels: Tensor, centres: Tensor) -> Iterator[Residuals]:
    """Yield features[i] - centres[labels[i]] block by block, in the dtype of ``centres``.

    The differences are overwritten by the next block.
    """
    space = None
    for block in blocks(features):
        rows, kinds = features[block], labels[block]
        space = centres.new_empty(rows.shape) if space is None else space[: len(rows)]
        torch.index_select(centres, 0, kinds, out=space)
        yield Residuals(rows, kinds, torch.sub(rows, space, out=space))


def rounded_means(moments: ClassMoments, features: Tensor) -> Tensor:
    """Return the class means on the features' device, float64 for float64 features, else float32."""
    dtype = torch.float64 if features.dtype == torch.float64 else torch.float32
    return moments.means.to(features.device, dtype)


def blocks(features: Tensor) -> Iterator[slice]:
    """Cut the rows into slices of about one cache's worth of numbers."""
    size = _BLOCK.get(features.device.type, _BLOCK["cpu"])
    step = max(1, size // features.shape[1])
    return (slice(start, start + step) for start in range(0, len(features), step))
