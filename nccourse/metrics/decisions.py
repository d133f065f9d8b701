"""Decision scores and the accuracies made of them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.metrics.precision import full_precision


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Return the fraction of samples whose own class has the largest logit.

    A = 1/N #{i : argmax_k z_ik = y_i}, ties to the lowest index.

    Args:
        logits: z, (N, K) floats, finite.
        labels: y, (N,) integers in [0, K).

    Returns:
        Float in [0, 1].

    Raises:
        InputTypeError: logits or labels are not tensors of floats and integers.
        InputValueError: wrong shape, a label outside [0, K), NaN or infinity.

    Source: paper A, Eq. (19). Differs by ties, which A's Eq. (18) counts as correct.

    >>> accuracy(torch.tensor([[2.0, 1.0], [0.0, 0.0]]), torch.tensor([0, 1]))
    0.5
    """
    logits, labels = _require_logits(logits, labels)
    return int((logits.argmax(1) == labels).sum()) / len(labels)


def unbiased_accuracy(logits: Tensor, labels: Tensor, b: Tensor) -> float:
    """Return the accuracy of the scores without their biases, A*.

    A* = 1/N #{i : argmax_k (z_ik + b_k) = y_i}, where z_ik = w_k.h_i - b_k.

    Args:
        logits: z, (N, K) floats, finite, with the biases already subtracted.
        labels: y, (N,) integers in [0, K).
        b: (K,) floats, finite; ``-layer.bias`` of a torch layer.

    Returns:
        Float in [0, 1].

    Raises:
        InputTypeError: an argument is not a tensor of the right kind.
        InputValueError: wrong shape, a label outside [0, K), NaN or infinity.

    Source: paper A, Eq. (21).

    >>> unbiased_accuracy(torch.tensor([[0.0, 1.0]]), torch.tensor([0]), torch.tensor([3.0, 0.0]))
    1.0
    """
    logits, labels = _require_logits(logits, labels)
    biases = checks.tensor("b", b, (logits.shape[1],))
    return accuracy(logits + biases.to(logits), labels)


def uniform_accuracy(logits: Tensor, labels: Tensor) -> float:
    """Return the largest fraction of samples that one threshold decides correctly.

    max over t of 1/N #{i : z_{i,y_i} > t >= max_{k != y_i} z_ik}.

    Args:
        logits: z, (N, K) floats, finite, K >= 2.
        labels: y, (N,) integers in [0, K).

    Returns:
        Float in [0, 1], at most the accuracy; 1 when one threshold separates all positive from all negative
        scores, as at the BCE minimum.

    Raises:
        InputTypeError: logits or labels are not tensors of floats and integers.
        InputValueError: wrong shape, a label outside [0, K), NaN or infinity.

    Source: paper B, Eq. (17). Its own definition stands in a supplement; this is a reading of the equation.

    Cost: O(N K + N log N).

    >>> uniform_accuracy(torch.tensor([[3.0, 2.0], [-1.0, 1.0]]), torch.tensor([0, 1]))
    0.5
    """
    logits, labels = _require_logits(logits, labels, min_classes=2)
    positive, negative = split_scores(logits, labels)
    rival = negative.amax(1)
    correct = positive > rival
    # Sample i is decided correctly by t in [rival_i, positive_i): count the intervals open at each left end.
    starts, ends = rival[correct].sort().values, positive[correct].sort().values
    opened = torch.searchsorted(starts, starts, right=True)
    closed = torch.searchsorted(ends, starts, right=True)
    return int((opened - closed).max()) / len(labels) if len(starts) else 0.0


def decision_scores(
    features: Tensor, labels: Tensor, W: Tensor, b: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Split the decision scores w_k.h_i - b_k into those of the own class and those of the others.

    Args:
        features: h, (N, d), any floating dtype, finite.
        labels: y, (N,) integers in [0, K).
        W: classifier weights, (K, d), K >= 2; times the scale for scores with paper A's scale.
        b: classifier biases, (K,), subtracted; None gives the unbiased scores.

    Returns:
        positive (N,) and negative (N, K-1), the other classes in order; at least float32, without gradient.

    Raises:
        InputTypeError: an argument is not a tensor of the right kind.
        InputValueError: wrong shape, a label outside [0, K), NaN or infinity.

    Source: papers A (Section 3) and B (Section 3). Paper C adds the bias.

    >>> positive, negative = decision_scores(torch.eye(2), torch.tensor([0, 1]), torch.eye(2), torch.ones(2))
    >>> positive.tolist(), negative.tolist()
    ([0.0, 0.0], [[-1.0], [-1.0]])
    """
    features = checks.tensor("features", features, ("N", "d"))
    W = checks.tensor("W", W, ("K", features.shape[1]))
    biases = None if b is None else checks.tensor("b", b, (len(W),))
    labels = checks.labels(labels, len(features), _at_least("W", W, 0, 2)).to(features.device)
    dtype = torch.promote_types(torch.promote_types(features.dtype, W.dtype), torch.float32)
    with full_precision(features.device):
        logits = features.to(dtype) @ W.to(features.device, dtype).T
        return split_scores(logits if biases is None else logits - biases.to(logits), labels)


def split_scores(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the scores of the own class (N,) and of the others (N, K-1)."""
    own = torch.zeros_like(logits, dtype=torch.bool).scatter_(1, labels[:, None], True)
    return logits[own], logits[~own].view(len(logits), -1)


def _require_logits(logits: Any, labels: Any, *, min_classes: int = 1) -> tuple[Tensor, Tensor]:
    logits = checks.tensor("logits", logits, ("N", "K")).detach()
    labels = checks.labels(labels, len(logits), _at_least("logits", logits, 1, min_classes))
    return logits, labels.to(logits.device)


def _at_least(name: str, value: Tensor, axis: int, minimum: int) -> int:
    if value.shape[axis] < minimum:
        raise InputValueError(name, expected=f"K >= {minimum} classes", got=f"shape {tuple(value.shape)}")
    return value.shape[axis]
