"""The loss on sigmoid probabilities: binary cross-entropy summed over classes."""

from __future__ import annotations

from torch import Tensor

from nccourse.losses.inputs import class_indices_or_probabilities, logits_of, reduced, reduction_of
from nccourse.losses.softplus import softplus


def binary_cross_entropy(logits: Tensor, targets: Tensor, *, reduction: str = "mean") -> Tensor:
    """Compute the binary cross-entropy (BCE) of one class against the rest, summed over the classes.

    L(z, y) = log(1 + exp(-z_y)) + Σ_{j≠y} log(1 + exp(z_j)) for a label;
    L(z, q) = Σ_j [q_j log(1 + exp(-z_j)) + (1 - q_j) log(1 + exp(z_j))] for probabilities.

    Args:
        logits: z = W h - b (N, K), floating, K >= 2; half precision is computed in float32.
        targets: y (N,) integers in [0, K), or q (N, K) floating rows >= 0 with sum 1. Values are checked on
            the CPU only.
        reduction: "mean", "sum" or "none" over the N samples; the K classes are always summed.

    Returns:
        Scalar, or (N,) for "none", in float32 or float64: >= 0, K times torch's mean over all entries. With
        labels the loss, its gradient and its Hessian keep full relative precision near 0.
        ∂L/∂z = σ(z) - q, with q the one-hot label.

    Raises:
        InputTypeError: an argument of the wrong type or dtype.
        InputValueError: a wrong shape, label, probability or reduction.

    Source: paper A, Eq. 5; paper B, Eq. 2.

    Cost: O(N K).

    >>> import torch
    >>> binary_cross_entropy(torch.zeros(5, 3), torch.tensor([0, 1, 2, 0, 1]))
    tensor(2.0794)
    """
    reduction = reduction_of(reduction)
    logits = logits_of(logits)
    targets = class_indices_or_probabilities(targets, logits)
    return reduced(_binary_cross_entropies(logits, targets), reduction)


def _binary_cross_entropies(logits: Tensor, targets: Tensor) -> Tensor:
    if targets.ndim == 1:
        index = targets[:, None]
        return softplus(logits.scatter(1, index, -logits.gather(1, index))).sum(dim=1)
    return (targets * softplus(-logits) + (1 - targets) * softplus(logits)).sum(dim=1)
