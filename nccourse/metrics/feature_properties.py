"""Compactness within classes and separability between them, of features alone."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from nccourse.metrics.moments import blocks, class_moments, require_labelled
from nccourse.metrics.precision import full_precision


def compactness(features: Tensor, labels: Tensor) -> float:
    """Return the intra-class compactness E_com: 1/2 plus half the mean cosine within classes.

    E_com = 1/2 [1/K sum_k 1/n_k^2 sum_{i,i'} cos(h_ki - m, h_ki' - m) + 1], m the mean of all samples, over
    all n_k^2 pairs, i = i' included. The double sum is the squared length of the mean unit vector, so pairs
    are never formed. A zero vector has cosine 0 with every vector.

    Args:
        features: h, (N, d), any floating dtype, finite.
        labels: y, (N,) integers in [0, K), K = labels.max() + 1 >= 2, each class at least once.

    Returns:
        Float in [1/2, 1]; 1 at collapse.

    Raises:
        InputTypeError: features or labels are not tensors of floats and integers.
        InputValueError: wrong shape, K < 2, an empty class, NaN or infinity.

    Source: paper A, Eq. (23).

    Cost: O(N d), in float64.

    >>> features = torch.tensor([[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0], [-2.0, 0.0]])
    >>> compactness(features, torch.tensor([0, 0, 1, 1]))
    1.0
    """
    features, labels, num_classes = require_labelled(features, labels, None)
    with full_precision(features.device):
        moments = class_moments(features, labels, num_classes)
        centre = moments.global_mean(weighted=True).to(features.device)
        # Around the mean, what is shorter than the mean's own error has no direction.
        shortest = moments.negligible * math.sqrt(features.shape[1])
        directions = _mean_directions(features, labels, moments.counts, centre, shortest)
        return 0.5 * (float(directions.square().sum()) / num_classes + 1)


def separability(features: Tensor, labels: Tensor) -> float:
    """Return the inter-class separability E_sep: 1/2 minus half the mean cosine between classes.

    E_sep = 1/2 [1 - 1/(K(K-1)) sum_{k != k'} 1/(n_k n_k') sum_{i,i'} cos(h_ki, h_k'i')], not centred. With
    the mean unit vectors v_k the sum is |sum_k v_k|^2 - sum_k |v_k|^2, so pairs are never formed. A zero
    vector has cosine 0 with every vector.

    Args:
        features: h, (N, d), any floating dtype, finite.
        labels: y, (N,) integers in [0, K), K = labels.max() + 1 >= 2, each class at least once.

    Returns:
        Float in [0, K/(2(K-1))], the upper end at collapse; but also for any collapsed classes of unit
        vectors whose means sum to zero, so it does not see which geometry they have.

    Raises:
        InputTypeError: features or labels are not tensors of floats and integers.
        InputValueError: wrong shape, K < 2, an empty class, NaN or infinity.

    Source: paper A, Eq. (24); used as the distinctiveness of paper B, whose definition is in a supplement.

    Cost: O(N d), in float64.

    >>> separability(torch.tensor([[1.0, 0.0], [-3.0, 0.0]]), torch.tensor([0, 1]))
    1.0
    """
    features, labels, num_classes = require_labelled(features, labels, None)
    with full_precision(features.device):
        moments = class_moments(features, labels, num_classes)
        centre = features.new_zeros(features.shape[1], dtype=torch.float64)
        directions = _mean_directions(features, labels, moments.counts, centre, 0.0)
        between = float(directions.sum(0).square().sum() - directions.square().sum())
        return 0.5 * (1 - between / (num_classes * (num_classes - 1)))


def _mean_directions(
    features: Tensor, labels: Tensor, counts: Tensor, centre: Tensor, shortest: float
) -> Tensor:
    """Return the mean of (h - centre)/|h - centre| over each class, (K, d); 0 up to length ``shortest``."""
    sums = centre.new_zeros(len(counts), len(centre))
    for block in blocks(features):
        rows = features[block] - centre
        lengths = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
        rows.mul_(torch.where(lengths > shortest, 1 / lengths, 0))
        sums.index_add_(0, labels[block], rows)
    return sums.cpu() / counts[:, None]
