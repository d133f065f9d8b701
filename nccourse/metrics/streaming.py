"""Neural collapse measured batch by batch, on any device and across processes."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities.data import dim_zero_cat

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.metrics.agreement import Disagreement
from nccourse.metrics.collapse import assemble, require_classifier
from nccourse.metrics.definitions import DEFINITIONS, CollapseValues
from nccourse.metrics.moments import (
    ClassMoments,
    class_sums,
    require_finite_sums,
    require_labelled,
    require_no_empty_class,
    residual_blocks,
    rounded_means,
)
from nccourse.metrics.precision import full_precision
from nccourse.metrics.variability import variability, whitened_directions


class NeuralCollapse(Metric):
    """Measure neural collapse in one pass over batches: a torchmetrics ``Metric``.

    Exactly :func:`~nccourse.metrics.neural_collapse` of all batches together, from three float64 sufficient
    statistics: counts n_k, class means m_k and the within-class scatter S = sum_i (h_i - m)(h_i - m)'. Two
    parts a, b are merged by Chan's formula,

        S = S_a + S_b + sum_k n_ak n_bk / (n_ak + n_bk) (m_ak - m_bk)(m_ak - m_bk)',

    which holds for batches, for :meth:`merge_state`, and for processes alike.

    Args:
        num_classes: K >= 2.
        dim: d >= 1, the feature dimension.
        keep_features: keep all features and labels, which nc4 needs; it is nan otherwise.
        **options: torchmetrics' own, such as ``sync_on_compute`` or ``process_group``.

    Raises:
        InputTypeError, InputValueError: by the constructor for K and d; by ``update`` for features (N, d),
            labels (N,), labels outside [0, K), NaN or infinity; by ``set_classifier`` for W (K, d), b (K,);
            by ``compute`` when a class has had no sample yet.

    Source: paper C, Section 4; Chan, Golub and LeVeque (1983) for the merging.

    Cost: 2 N d^2 flops in float64 and d^2 + K d memory; with all features in memory the function is faster.

    >>> metric = NeuralCollapse(num_classes=3, dim=3, keep_features=True)
    >>> metric.set_classifier(torch.eye(3) - 1 / 3)
    >>> for _ in range(4):
    ...     metric.update(torch.eye(3), torch.arange(3))
    >>> values = metric.compute()
    >>> f"{values.nc1:.3f} {values.nc2:.3f} {values.nc3:.3f} {values.nc4:.3f}"
    '0.000 0.000 0.000 0.000'
    """

    is_differentiable = False
    higher_is_better = False
    full_state_update = False

    moments: Tensor
    kept_features: list[Tensor]
    kept_labels: list[Tensor]

    def __init__(self, num_classes: int, dim: int, *, keep_features: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.num_classes = checks.integer("num_classes", num_classes, minimum=2)
        self.dim = checks.integer("dim", dim, minimum=1)
        self.keep_features = keep_features
        # One state, because torchmetrics merges each state by itself and the merged means need the counts:
        # rows 0..K-1 are (m_k, n_k), rows K..K+d-1 are (S, 0).
        empty = torch.zeros(self.num_classes + self.dim, self.dim + 1, dtype=torch.float64)
        self.add_state("moments", default=empty, dist_reduce_fx=merge)
        self.add_state("kept_features", default=[], dist_reduce_fx="cat")
        self.add_state("kept_labels", default=[], dist_reduce_fx="cat")
        self._classifier: tuple[Tensor | None, Tensor | None] = (None, None)

    @property
    def counts(self) -> Tensor:
        """Samples seen of each class, (K,) float64."""
        return self.moments[: self.num_classes, self.dim]

    @property
    def means(self) -> Tensor:
        """Class means, (K, d) float64; 0 for a class not seen yet."""
        return self.moments[: self.num_classes, : self.dim]

    @property
    def scatter(self) -> Tensor:
        """Within-class scatter, (d, d) float64, not divided by the number of samples."""
        return self.moments[self.num_classes :, : self.dim]

    def set_classifier(self, W: Tensor | None, b: Tensor | None = None) -> None:
        """Set the classifier argmax_k(w_k.h - b_k) that nc2, nc3 and nc4 measure; ``reset`` keeps it.

        Args:
            W: (K, d) weights, copied; None measures nc1 only.
            b: (K,) biases, subtracted: ``-layer.bias`` of a torch layer.

        Raises:
            InputTypeError: not a floating tensor.
            InputValueError: wrong shape, NaN or infinity, or b without W.
        """
        if W is not None:
            checks.tensor("W", W, (self.num_classes, self.dim))
        W, b = require_classifier(W, b)
        self._classifier = (None if W is None else W.clone(), None if b is None else b.clone())

    def update(self, features: Tensor, labels: Tensor) -> None:
        """Take one more batch.

        Args:
            features: h, (N, d), any floating dtype; moved to the metric's device.
            labels: y, (N,) integers in [0, K); a batch need not have all classes.
        """
        checks.tensor("features", features, ("N", self.dim), finite=False)
        features, labels, _ = require_labelled(features.detach(), labels, self.num_classes)
        features, labels = features.to(self.moments.device), labels.to(self.moments.device)
        with full_precision(features.device):
            self.moments = merge(torch.stack([self.moments, _pack(features, labels, self.num_classes)]))
        if self.keep_features:
            self.kept_features.append(features.clone())
            self.kept_labels.append(labels.clone())

    def compute(self) -> CollapseValues:
        """Return nc1, nc2, nc3 and nc4 of all samples so far, across all processes."""
        if not bool(self.counts.any()):
            raise InputValueError(
                "samples",
                expected="at least one of each class",
                got="none",
                advice="update(features, labels) first",
            )
        require_no_empty_class(self.counts)
        moments = ClassMoments(self.counts.cpu(), self.means.cpu())
        definition = DEFINITIONS["paperC"]
        centred = moments.centred_means(weighted=definition.weighted)
        directions = whitened_directions(centred, moments.negligible)
        ratio = variability(self._mean_scatter(directions), len(directions), moments)
        return assemble(definition, ratio, self._classifier[0], centred, self._disagreement(moments))

    def _mean_scatter(self, directions: Tensor) -> float:
        scatter = self.scatter.cpu()
        along = ((directions @ scatter) * directions).sum() if len(directions) else scatter.trace()
        return max(0.0, float(along)) / float(self.counts.sum())

    def _disagreement(self, moments: ClassMoments) -> float:
        W, b = self._classifier
        if W is None or not self.keep_features:
            return math.nan
        features, labels = dim_zero_cat(self.kept_features), dim_zero_cat(self.kept_labels)
        with full_precision(features.device):
            disagreement = Disagreement(moments, W, b, features)
            for block in residual_blocks(features, labels, rounded_means(moments, features)):
                disagreement.add(block)
        return disagreement.fraction()


def merge(stacked: Tensor) -> Tensor:
    """Merge packed moments (parts, K + d, d + 1) into one (K + d, d + 1), by Chan's formula."""
    merged = stacked[0]
    for part in stacked[1:]:
        merged = _merge_two(merged, part)
    return merged


def _merge_two(a: Tensor, b: Tensor) -> Tensor:
    dim = a.shape[1] - 1
    num_classes = len(a) - dim
    counts_a, counts_b = a[:num_classes, dim], b[:num_classes, dim]
    total = counts_a + counts_b
    share = counts_b / total.clamp_min(1)
    step = b[:num_classes, :dim] - a[:num_classes, :dim]
    moved = step * (counts_a * share).sqrt()[:, None]
    merged = a + b
    merged[:num_classes, :dim] = a[:num_classes, :dim] + share[:, None] * step
    merged[num_classes:, :dim].addmm_(moved.T, moved)
    return merged


def _pack(features: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    """Return the packed moments of one batch."""
    dim = features.shape[1]
    packed = features.new_zeros(num_classes + dim, dim + 1, dtype=torch.float64)
    counts = torch.bincount(labels, minlength=num_classes)
    sums = class_sums(features, labels, num_classes)
    require_finite_sums(features, sums)
    packed[:num_classes, dim] = counts
    packed[:num_classes, :dim] = sums / counts.clamp_min(1)[:, None]
    for block in residual_blocks(features, labels, packed[:num_classes, :dim]):
        packed[num_classes:, :dim].addmm_(block.differences.T, block.differences)
    return packed
