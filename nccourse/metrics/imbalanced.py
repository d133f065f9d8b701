"""Neural collapse of imbalanced classes: distance from the minimizer with non-negative features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.geometry import centring_matrix
from nccourse.metrics.collapse import measure, require_weights
from nccourse.metrics.definitions import DEFINITIONS, unit_distance
from nccourse.metrics.moments import class_moments, require_labelled
from nccourse.metrics.precision import full_precision
from nccourse.theory import imbalanced


class ImbalancedCollapseValues(NamedTuple):
    """The three measures of paper D: Python floats, all 0 at the minimizer, nan where undefined."""

    nc1: float
    nc2: float
    nc3: float


def imbalanced_collapse(
    features: Tensor,
    labels: Tensor,
    W: Tensor,
    lambda_W: float,
    lambda_H: float,
    *,
    counts: Sequence[int] | Tensor | None = None,
) -> ImbalancedCollapseValues:
    """Measure how far features and weights are from the imbalanced minimizer with non-negative features.

    With class means h_k, class sizes n_k, the margins M_k of D (6), and A the K x d matrix with rows
    K sqrt(n_k) h_k - sum_m sqrt(n_m) h_m::

        nc1 = tr(Sigma_W Sigma_B^+) / K
        nc2 = | W/|W|_F - A/|A|_F |_F
        nc3 = | WH/|WH|_F - T/|T|_F |_F,   (WH)_jk = w_j.h_k,   T_jk = M_k (delta_jk - 1/K)

    Args:
        features: h, (N, d), any floating dtype, finite; paper D has them non-negative (after a ReLU).
        labels: y, (N,) integers in [0, K), each class at least once.
        W: classifier weights, (K, d); paper D has no bias.
        lambda_W: weight decay, > 0.
        lambda_H: feature decay, > 0.
        counts: n_k of the training set, (K,) integers, where ``labels`` are not it; None counts them.

    Returns:
        ``.nc1`` in [0, inf], ``.nc2`` and ``.nc3`` in [0, 2], all 0 at the minimizer. nc1 as in
        :func:`~nccourse.metrics.neural_collapse`; nc2 nan when W or A is 0; nc3 nan when WH is 0 or when all
        classes collapse (every M_k = 0).

    Raises:
        InputTypeError: something is not of the right kind.
        InputValueError: wrong shape, K < 2, an empty class, a decay not positive, NaN or infinity.

    Source: paper D, Eqs. (19)-(21). Differs by h_G = 1/N sum (not 1/K) in (19), an erratum.

    Cost: O(N d K).

    >>> labels = torch.tensor([0, 0, 0, 0, 1])
    >>> features = torch.tensor([[1.0, 0.0], [0.0, 1.0]])[labels]
    >>> values = imbalanced_collapse(features, labels, torch.tensor([[2.0, -1.0], [-2.0, 1.0]]), 1e-2, 1e-2)
    >>> values.nc1, round(values.nc2, 6)
    (0.0, 0.0)
    """
    weights = require_weights("W", W, ("K", "d"))
    features, labels, num_classes = require_labelled(features, labels, len(weights))
    checks.tensor("W", W, ("K", features.shape[1]), finite=False)
    with full_precision(features.device):
        moments = class_moments(features, labels, num_classes)
        nc1 = measure(DEFINITIONS["paperC"], features, labels, moments).nc1
    sizes = moments.counts.long() if counts is None else _require_counts(counts, num_classes)
    margins = torch.from_numpy(imbalanced.minimizer(sizes.tolist(), lambda_W, lambda_H).margins)
    scaled = sizes.double().sqrt()[:, None] * moments.means
    target = centring_matrix(num_classes) * margins
    return ImbalancedCollapseValues(
        nc1=nc1,
        nc2=unit_distance(weights, num_classes * scaled - scaled.sum(0)),
        nc3=unit_distance(weights @ moments.means.T, target),
    )


def _require_counts(counts: Any, num_classes: int) -> Tensor:
    expected = f"{num_classes} integers n_k >= 1, one per class"
    try:
        sizes = torch.as_tensor(counts)
    except (TypeError, ValueError, RuntimeError):
        raise InputTypeError("counts", expected=expected, got=type(counts).__name__) from None
    if sizes.is_floating_point() or sizes.is_complex() or sizes.dtype == torch.bool:
        raise InputTypeError("counts", expected=expected, got=f"dtype {sizes.dtype}")
    if sizes.shape != (num_classes,):
        raise InputValueError("counts", expected=expected, got=f"shape {tuple(sizes.shape)}")
    if int(sizes.min()) < 1:
        raise InputValueError("counts", expected=expected, got=f"a count of {int(sizes.min())}")
    return sizes.cpu().long()
