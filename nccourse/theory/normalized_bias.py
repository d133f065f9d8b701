"""The bias of normalized BCE, and the two exponents its loss, its minimum and its Hessian are made of."""

from __future__ import annotations

import math

import numpy as np

from nccourse import checks
from nccourse.theory.stable import Array, Real, positive, shaped_like, unlog


def bce_bias(K: int, scale: Real, *, log: bool = False) -> Real:
    """Return b* of normalized BCE, γ(K-2)/(2(K-1)) + log(K-1)/2 + asinh((K-2) e^(-x/2) / (2 sqrt(K-1))).

    The form is Eq. (11) with e^(x/2) taken out of the root: each term is non-negative, none overflows.

    Args:
        K: number of classes, at least 2.
        scale: γ > 0, a number or an array.
        log: return log b* instead (-inf at K = 2, where b* = 0).

    Returns:
        The bias all classes share, shaped like ``scale``: 0 for K = 2, else above log(K-1)/2; it tends to
        log(K-1) as γ -> 0. In the logits it is subtracted.

    Raises:
        InputValueError: K < 2, or a scale that is not finite and positive.
        InputTypeError: K is no integer, or scale is not numeric.

    Source: paper A, Theorem 2, Eq. (11).

    >>> round(bce_bias(10, 8.0), 12)
    4.66982537573
    """
    K = checks.integer("K", K, minimum=2)
    γ = positive("scale", scale)
    bias = γ * ((K - 2) / (2 * (K - 1))) + _offset(K, γ)
    if log:
        return shaped_like(np.log(bias) if K > 2 else np.full_like(bias, -np.inf), scale)
    return shaped_like(bias, scale)


def bce_exponents(K: int, γ: Array) -> tuple[Array, Array]:
    """Return b* - γ and -γ/(K-1) - b*: the loss is softplus of the first plus K-1 softplus of the second."""
    offset, half = _offset(K, γ), γ * (K / (2 * (K - 1)))
    return offset - half, -(offset + half)


def _offset(K: int, γ: Array) -> Array:
    """Return b* less its part linear in γ."""
    decay = unlog(-γ * (K / (2 * (K - 1))))
    return 0.5 * math.log(K - 1) + np.arcsinh((K - 2) / (2.0 * math.sqrt(K - 1)) * decay)
