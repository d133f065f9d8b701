"""The losses as functions of the logits, with the first two derivatives, at full relative accuracy.

Accuracy matters where the loss is nearly zero: at γ = 64 cross-entropy is near 1e-30 and so are its
derivatives, and a minimiser needs digits of those. Logits are (..., K, n, K): class, sample, class scored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nccourse.ufm.problems.base import Array


@dataclass(frozen=True)
class LogitTerms:
    """A loss at some logits.

    Attributes:
        value: loss of each sample, (..., K, n).
        gradient: derivative by the logits, (..., K, n, K).
        product: maps a change of the logits to that of the gradient, to first order.
    """

    value: Array
    gradient: Array
    product: Callable[[Array], Array]


def cross_entropy(logits: Array) -> LogitTerms:
    """Return log Σ_j e^(z_j - z_k) of the right class k, with derivatives."""
    margins = logits - own_class(logits)[..., None]
    own_class(margins)[...] = -np.inf
    top = np.maximum(margins.max(axis=-1), 0.0)
    probability = np.exp(margins - top[..., None])
    wrong, right = probability.sum(axis=-1), np.exp(-top)
    probability /= (wrong + right)[..., None]
    gradient = probability.copy()
    own_class(gradient)[...] = -probability.sum(axis=-1)
    own_class(probability)[...] = right / (wrong + right)

    def product(change: Array) -> Array:
        # Relative to the right class, whose probability may be 1 - 1e-30: nothing then cancels.
        change = change - own_class(change)[..., None]
        weighted = probability * change
        return np.asarray(weighted - probability * weighted.sum(axis=-1, keepdims=True))

    return LogitTerms(top + np.log1p(wrong + np.expm1(-top)), gradient, product)


def binary_cross_entropy(logits: Array) -> LogitTerms:
    """Return log(1 + e^-z_k) + Σ_{j≠k} log(1 + e^z_j), with derivatives."""
    wrongness = logits.copy()
    own_class(wrongness)[...] *= -1.0
    decay = np.exp(-np.abs(wrongness))
    gradient = np.where(wrongness > 0.0, 1.0, decay) / (1.0 + decay)
    own_class(gradient)[...] *= -1.0
    curvature = decay / (1.0 + decay) ** 2
    value = (np.maximum(wrongness, 0.0) + np.log1p(decay)).sum(axis=-1)
    return LogitTerms(value, gradient, lambda change: curvature * change)


LOGIT_LOSSES: dict[str, Callable[[Array], LogitTerms]] = {"ce": cross_entropy, "bce": binary_cross_entropy}


def own_class(logits: Array) -> Array:
    """Return the entries of the right class (..., K, n), as a writable view."""
    own: Array = np.einsum("...knk->...kn", logits)
    return own


def mixed(losses: Sequence[tuple[str, slice]], logits: Array) -> LogitTerms:
    """Return the terms of a batch whose slices have different losses."""
    if len(losses) == 1:
        return LOGIT_LOSSES[losses[0][0]](logits)
    terms = [LOGIT_LOSSES[loss](logits[part]) for loss, part in losses]

    def product(change: Array) -> Array:
        parts = [term.product(change[part]) for term, (_, part) in zip(terms, losses, strict=True)]
        return np.concatenate(parts)

    value, gradient = (
        np.concatenate(parts) for parts in zip(*((t.value, t.gradient) for t in terms), strict=True)
    )
    return LogitTerms(value, gradient, product)
