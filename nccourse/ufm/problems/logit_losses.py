"""The losses as functions of the logits, with the first two derivatives, at full relative accuracy.

Accuracy matters where the loss is nearly zero: at γ = 64 cross-entropy is near 1e-30 and so are its
derivatives, and a minimiser needs digits of those. Logits are (B, N, K): problem, sample, class scored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Own = tuple[slice, NDArray[np.intp], NDArray[np.intp]]
_SMALLEST = 1e-300


@dataclass(frozen=True)
class LogitTerms:
    """A loss at some logits.

    Attributes:
        value: loss of each sample, (B, N).
        gradient: derivative by the logits, (B, N, K).
        product: maps a change of the logits to that of the gradient, to first order.
    """

    value: Array
    gradient: Array
    product: Callable[[Array], Array]


LogitLoss = Callable[[Array, Own], LogitTerms]


class Run(NamedTuple):
    """Consecutive problems of a batch that share a loss."""

    loss: LogitLoss
    members: slice


def own_entries(labels: NDArray[np.int64]) -> Own:
    """Return the index of the right class's logit of each sample."""
    return slice(None), np.arange(len(labels)), labels.astype(np.intp)


def cross_entropy(logits: Array, own: Own) -> LogitTerms:
    """Return log Σ_j e^(z_j - z_y) of the right class y, with derivatives."""
    margins = logits - logits[own][..., None]
    margins[own] = -np.inf
    top = np.maximum(margins.max(axis=-1), 0.0)
    probability = np.exp(margins - top[..., None])
    wrong, right = probability.sum(axis=-1), np.exp(-top)
    total = wrong + right
    probability /= total[..., None]
    gradient = probability.copy()
    gradient[own] = -wrong / total
    probability[own] = right / total

    def product(change: Array) -> Array:
        # Relative to the right class, whose probability may be 1 - 1e-30: nothing then cancels.
        change = change - change[own][..., None]
        change -= np.vecdot(probability, change)[..., None]
        change *= probability
        return np.asarray(change)

    return LogitTerms(top + np.log1p(wrong + np.expm1(-top)), gradient, product)


def binary_cross_entropy(logits: Array, own: Own) -> LogitTerms:
    """Return log(1 + e^-z_y) + Σ_{j≠y} log(1 + e^z_j), with derivatives."""
    wrongness = logits.copy()
    wrongness[own] *= -1.0
    decay = np.exp(-np.abs(wrongness))
    gradient = np.where(wrongness > 0.0, 1.0, decay) / (1.0 + decay)
    gradient[own] *= -1.0
    curvature = decay / (1.0 + decay) ** 2
    value = (np.maximum(wrongness, 0.0) + np.log1p(decay)).sum(axis=-1)
    return LogitTerms(value, gradient, lambda change: curvature * change)


def focal(logits: Array, own: Own, *, focusing: float) -> LogitTerms:
    """Return (1-p)^β (-log p), p the softmax probability of the right class, with derivatives."""
    entropy = cross_entropy(logits, own)
    q = np.maximum(-entropy.gradient[own], _SMALLEST)  # 1 - p
    ratio = (1.0 - q) * entropy.value / q  # p (-log p) / (1-p)
    # With s = -log p the gradient is force times that of s, and force' that of the force by s.
    force = q**focusing * (1.0 + focusing * ratio)
    bend = focusing * (1.0 - q) * q**focusing * (2.0 - entropy.value + (focusing - 1.0) * ratio) / q

    def product(change: Array) -> Array:
        along = np.vecdot(entropy.gradient, change)
        return np.asarray(
            force[..., None] * entropy.product(change) + (bend * along)[..., None] * entropy.gradient
        )

    return LogitTerms(q**focusing * entropy.value, force[..., None] * entropy.gradient, product)


def label_smoothing(logits: Array, own: Own, *, smoothing: float) -> LogitTerms:
    """Return cross-entropy + α (z_y - mean of all z), which is that to smoothed labels, with derivatives."""
    entropy = cross_entropy(logits, own)
    gradient = entropy.gradient - smoothing / logits.shape[-1]
    gradient[own] += smoothing
    value = entropy.value + smoothing * (logits[own] - logits.mean(axis=-1))
    return LogitTerms(value, gradient, entropy.product)


def mean_squared_error(logits: Array, own: Own, *, kappa: float, beta: float) -> LogitTerms:
    """Return κ (z_y - β)² + Σ_{j≠y} z_j², with derivatives."""
    distance, weight = logits.copy(), np.full(logits.shape[1:], 2.0)
    distance[own] -= beta
    weight[own[1:]] *= kappa
    gradient = weight * distance
    value = 0.5 * np.vecdot(gradient, distance)
    return LogitTerms(value, gradient, lambda change: weight * change)


def dot_regression(logits: Array, own: Own, *, targets: Array) -> LogitTerms:
    """Return (z_y - t)² / 2t for targets t (B, N), with derivatives."""

    def placed(values: Array) -> Array:
        placed = np.zeros_like(logits)
        placed[own] = values
        return placed

    distance = logits[own] - targets
    value = 0.5 * distance**2 / targets
    return LogitTerms(value, placed(distance / targets), lambda change: placed(change[own] / targets))


_LOGIT_LOSSES: dict[str, Callable[..., LogitTerms]] = {
    "ce": cross_entropy,
    "bce": binary_cross_entropy,
    "focal": focal,
    "label_smoothing": label_smoothing,
    "mse": mean_squared_error,
}


def runs(losses: list[tuple[str, Mapping[str, float]]]) -> list[Run]:
    """Return each stretch of equal (loss, parameters) as one loss and its slice of the batch."""
    starts = [i for i, loss in enumerate(losses) if i == 0 or loss != losses[i - 1]]
    stops = [*starts[1:], len(losses)]
    return [
        Run(partial(_LOGIT_LOSSES[losses[start][0]], **losses[start][1]), slice(start, stop))
        for start, stop in zip(starts, stops, strict=True)
    ]


def mixed(batch: list[Run], logits: Array, own: Own) -> LogitTerms:
    """Return the terms of a batch whose slices have different losses."""
    if len(batch) == 1:
        return batch[0].loss(logits, own)
    terms = [run.loss(logits[run.members], own) for run in batch]

    def product(change: Array) -> Array:
        parts = [term.product(change[run.members]) for term, run in zip(terms, batch, strict=True)]
        return np.concatenate(parts)

    value, gradient = (
        np.concatenate(parts) for parts in zip(*((t.value, t.gradient) for t in terms), strict=True)
    )
    return LogitTerms(value, gradient, product)
