"""The losses on softmax probabilities: cross-entropy, label smoothing and focal loss.

With labels all three are functions of the log-odds against the label, log((1 - p_y) / p_y), computed without
forming p. So the loss, its gradient and its Hessian keep full relative precision however certain the
prediction. By way of log_softmax the loss rounds to 0, and the pull on the labelled logit with it, once
1 - p_y falls below e^-17 in float32 or e^-37 in float64, as for collapsed features at a large scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor
from torch.nn import functional

from nccourse import checks
from nccourse.losses.inputs import (
    class_indices,
    class_indices_or_probabilities,
    class_weights_of,
    logits_of,
    reduced,
    reduction_of,
)
from nccourse.losses.softplus import softplus


def cross_entropy(
    logits: Tensor,
    targets: Tensor,
    *,
    class_weights: Sequence[float] | Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Compute the cross-entropy (CE) of softmax probabilities.

    L(z, y) = a_y log Σ_j exp(z_j - z_y) for a label; L(z, q) = -Σ_j a_j q_j log softmax(z)_j for
    probabilities.

    Args:
        logits: z (N, K), floating, K >= 2; half precision is computed in float32.
        targets: y (N,) integers in [0, K), or q (N, K) floating rows >= 0 with sum 1. Values are checked on
            the CPU only.
        class_weights: a, K numbers > 0, one a class; None is 1 for all. N/(K n_k) balances classes of n_k
            samples (paper E's CE*).
        reduction: "mean", "sum" or "none" over the N samples; the mean divides by N, whatever the weights.

    Returns:
        Scalar, or (N,) for "none", in float32 or float64: >= 0. At the collapsed minimum of the normalized
        model with scale γ, log(1 + (K-1) exp(-γ K/(K-1))). ∂L/∂z = a_y (p - q), with q the one-hot label.

    Raises:
        InputTypeError: an argument of the wrong type or dtype.
        InputValueError: a wrong shape, label, probability, class weight or reduction.

    Source: paper A, Eq. 2; paper C, Eq. 3; weighted in paper E, Table 1. Differs from torch's by keeping
    losses below its rounding, by refusing every label outside [0, K), -100 included, and by its mean of
    weighted losses, which torch divides by the sum of the weights.

    Cost: O(N K).

    >>> import torch
    >>> cross_entropy(torch.tensor([[50.0, 0.0]]), torch.tensor([0]))
    tensor(1.9287e-22)
    """
    reduction = reduction_of(reduction)
    logits = logits_of(logits)
    weights = class_weights_of(class_weights, logits)
    targets = class_indices_or_probabilities(targets, logits)
    return reduced(_cross_entropies(logits, targets, weights), reduction)


def label_smoothing(
    logits: Tensor, targets: Tensor, *, smoothing: float = 0.1, reduction: str = "mean"
) -> Tensor:
    """Compute the cross-entropy against targets mixed with the uniform distribution (LS).

    L(z, y) = (1-α) L_CE(z, y) - (α/K) Σ_j log p_j, p = softmax(z): cross-entropy with the target
    (1-α) e_y + (α/K) 1.

    Args:
        logits: z (N, K), floating, K >= 2; half precision is computed in float32.
        targets: y (N,) integers in [0, K), or (N, K) probabilities, as for :func:`cross_entropy`.
        smoothing: α in [0, 1]; 0 is cross-entropy.
        reduction: "mean", "sum" or "none" over the N samples.

    Returns:
        Scalar, or (N,) for "none", in float32 or float64: at least the entropy of the smoothed target.

    Raises:
        InputTypeError: an argument of the wrong type or dtype.
        InputValueError: a wrong shape, label, probability, smoothing or reduction.

    Source: paper C, Eq. 5.

    Cost: O(N K).

    >>> import torch
    >>> label_smoothing(torch.zeros(1, 4), torch.tensor([2]))
    tensor(1.3863)
    """
    smoothing = checks.real("smoothing", smoothing, minimum=0, maximum=1)
    reduction = reduction_of(reduction)
    logits = logits_of(logits)
    hard = _cross_entropies(logits, class_indices_or_probabilities(targets, logits))
    uniform = -functional.log_softmax(logits, dim=1).mean(dim=1)
    return reduced((1 - smoothing) * hard + smoothing * uniform, reduction)


def focal_loss(logits: Tensor, targets: Tensor, *, focusing: float = 3.0, reduction: str = "mean") -> Tensor:
    """Compute the focal loss (FL), which weighs down samples already classified well.

    L(z, y) = -(1 - p_y)^γ log p_y, p = softmax(z); coded as exp(-γ softplus(-o)) softplus(o) with the
    log-odds o = log((1 - p_y) / p_y), since log(1 - p_y) = -softplus(-o).

    Args:
        logits: z (N, K), floating, K >= 2; half precision is computed in float32.
        targets: y (N,) integers in [0, K). Values are checked on the CPU only.
        focusing: γ >= 0 of the focal loss; 0 is cross-entropy.
        reduction: "mean", "sum" or "none" over the N samples.

    Returns:
        Scalar, or (N,) for "none", in float32 or float64: >= 0, 0 in the limit p_y -> 1. Convex in z where
        (2γ+1)(1-p_y) + γ(1-(1+γ)p_y) log p_y >= 0, in particular for every γ where p_y >= 0.0585.

    Raises:
        InputTypeError: an argument of the wrong type or dtype, probabilities as targets included.
        InputValueError: a wrong shape, label, focusing or reduction.

    Source: paper C, Eq. 4. Differs by: its 0.21 for the convex region is not sharp.

    Cost: O(N K).

    >>> import torch
    >>> focal_loss(torch.zeros(1, 2), torch.tensor([0]), focusing=1.0)
    tensor(0.3466)
    """
    focusing = checks.real("focusing", focusing, minimum=0)
    reduction = reduction_of(reduction)
    logits = logits_of(logits)
    odds = _log_odds_against(logits, class_indices(targets, *logits.shape))
    return reduced((-focusing * softplus(-odds)).exp() * softplus(odds), reduction)


def _cross_entropies(logits: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    if targets.ndim == 2:
        return functional.cross_entropy(logits, targets, weight=weights, reduction="none")
    values = softplus(_log_odds_against(logits, targets))
    return values if weights is None else values * weights.index_select(0, targets)


def _log_odds_against(logits: Tensor, labels: Tensor) -> Tensor:
    index = labels[:, None]
    # Differences first: a common offset of the logits, however large, then costs no digits.
    behind = logits - logits.gather(1, index)
    return behind.scatter(1, index, -math.inf).logsumexp(dim=1)
