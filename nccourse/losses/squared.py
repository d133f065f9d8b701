"""The squared losses: rescaled mean squared error on logits, dot regression on features."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.losses.inputs import (
    at_least_single,
    class_indices,
    class_indices_or_probabilities,
    class_weights_of,
    everywhere,
    logits_of,
    reduced,
    reduction_of,
    visible,
)


def mean_squared_error(
    logits: Tensor, targets: Tensor, *, kappa: float = 1.0, beta: float = 15.0, reduction: str = "mean"
) -> Tensor:
    """Compute the rescaled mean squared error (MSE) against β times the one-hot label.

    L(z, y) = κ (z_y - β)² + Σ_{j≠y} z_j², summed over the classes, without 1/2 and without 1/K.

    Args:
        logits: z (N, K), floating, K >= 2; half precision is computed in float32.
        targets: y (N,) integers in [0, K). Values are checked on the CPU only.
        kappa: κ > 0, weight of the labelled class.
        beta: β > 0, value wanted of its logit.
        reduction: "mean", "sum" or "none" over the N samples.

    Returns:
        Scalar, or (N,) for "none", in float32 or float64: >= 0, 0 exactly at z = β e_y.
        ∂L/∂z_y = 2κ(z_y - β), ∂L/∂z_j = 2 z_j.

    Raises:
        InputTypeError: an argument of the wrong type or dtype, probabilities as targets included.
        InputValueError: a wrong shape, label, kappa, beta or reduction.

    Source: paper C, Eq. 6.

    Cost: O(N K).

    >>> import torch
    >>> mean_squared_error(torch.tensor([[14.0, 2.0, 0.0]]), torch.tensor([0]))
    tensor(5.)
    """
    kappa = checks.real("kappa", kappa, above=0)
    beta = checks.real("beta", beta, above=0)
    reduction = reduction_of(reduction)
    logits = logits_of(logits)
    index = class_indices(targets, *logits.shape)[:, None]
    labelled = logits.gather(1, index).squeeze(1)
    others = logits.scatter(1, index, 0.0)
    return reduced(kappa * (labelled - beta).square() + others.square().sum(dim=1), reduction)


def dot_regression(
    features: Tensor,
    targets: Tensor,
    classifier: Tensor,
    *,
    feature_norm: float = 1.0,
    class_weights: Sequence[float] | Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Compute the dot-regression loss (DR) of features against a fixed classifier.

    L(h, c) = a_c (<w_c, h> - ‖w_c‖ r)² / (2 ‖w_c‖ r) with r = ``feature_norm``, for a label; Σ_c q_c L(h, c)
    for probabilities, as Mixup makes them. Features are not normalised.

    Args:
        features: h (N, d), floating, N >= 1; half precision is computed in float32.
        targets: c (N,) integers in [0, K), or q (N, K) floating rows >= 0 with sum 1. Values are checked on
            the CPU only.
        classifier: W (K, d), floating, K >= 2, fixed, with no zero row; checked on the CPU only.
        feature_norm: r = sqrt(E_H) > 0, the length features are held to.
        class_weights: a, K numbers > 0, one a class; None is 1 for all. a_c is a factor of the gradient as
            ‖w_c‖ is, but leaves the classifier that decides as it is.
        reduction: "mean", "sum" or "none" over the N samples; the mean divides by N, whatever the weights.

    Returns:
        Scalar, or (N,) for "none", in float32 or float64: >= 0, 0 at h = r w_c / ‖w_c‖. On ‖h‖ = r
        ∂L/∂h = -a_c (1 - cos(h, w_c)) w_c: a pull and no push.

    Raises:
        InputTypeError: an argument of the wrong type or dtype.
        InputValueError: a wrong shape, label, probability, feature_norm, class weight or reduction, or a zero
            row in the classifier.

    Source: paper E, Eqs. 14, 15. Differs by: ‖w_c‖ of each class where the paper has one sqrt(E_W) for all.

    Cost: O((N + K) d) with labels, O(N K d) with probabilities.

    >>> import torch
    >>> dot_regression(torch.tensor([[0.0, 1.0]]), torch.tensor([0]), torch.tensor([[2.0, 0.0], [-2.0, 0.0]]))
    tensor(1.)
    """
    feature_norm = checks.real("feature_norm", feature_norm, above=0)
    reduction = reduction_of(reduction)
    features = at_least_single(checks.tensor("features", features, ("N", "d"), finite=False))
    weights = _weights(classifier, features)
    rows = features.new_empty(len(features), len(weights))
    factors = class_weights_of(class_weights, rows)
    targets = class_indices_or_probabilities(targets, rows)
    wanted = feature_norm * torch.linalg.vector_norm(weights, dim=1)
    scale = 1 / (2 * wanted) if factors is None else factors / (2 * wanted)
    if targets.ndim == 2:
        dots = _products(features, at_least_single(weights))
        return reduced((targets * scale * (dots - wanted).square()).sum(dim=1), reduction)
    wanted, scale = wanted.index_select(0, targets), scale.index_select(0, targets)
    dots = (features * weights.index_select(0, targets)).sum(dim=1)
    return reduced(scale * (dots - wanted).square(), reduction)


def _products(features: Tensor, weights: Tensor) -> Tensor:
    """Return the (N, K) inner products, in full precision even under autocast."""
    kind = features.device.type
    with torch.autocast(kind, enabled=False) if torch.amp.is_autocast_available(kind) else nullcontext():
        return features @ weights.T


def _weights(classifier: Tensor, features: Tensor) -> Tensor:
    weights = checks.tensor("classifier", classifier, ("K", features.shape[1]), finite=False)
    if len(weights) < 2:
        raise InputValueError("classifier", expected="K >= 2 rows", got=f"shape {tuple(weights.shape)}")
    if visible(weights) and not everywhere((weights != 0).any(dim=1)):
        raise InputValueError("classifier", expected="no zero row", got="a row of zeros")
    return weights
