"""Normalized BCE without a bias: weights and features lean apart, doing the work of the missing b.

With b = 0 the simplex ETF is in general not optimal. Write w̄, h̄ for the means of the weights and of the
features, s, t for the mean positive and negative cosines. Convexity gives
f >= softplus(-γs) + (K-1) softplus(γt), where (K-1) t = K w̄·h̄ - s, and Cauchy-Schwarz gives
s <= w̄·h̄ + sqrt((1-|w̄|²)(1-|h̄|²)). If w̄·h̄ = -ρ <= 0 then |w̄||h̄| >= ρ, hence s <= 1 - 2ρ; if w̄·h̄ > 0
then ρ = 0 is at least as good. So f >= min over ρ in [0, 1] of the convex
φ(ρ) = softplus(-γ(1-2ρ)) + (K-1) softplus(-γ(1+(K-2)ρ)/(K-1)).
Equality: w_k = sqrt(ρ) u + sqrt(1-ρ) v_k, h_k = -sqrt(ρ) u + sqrt(1-ρ) v_k with an ETF v and a unit u
orthogonal to it. That takes d >= K, or d >= K-1 if ρ = 0, or d >= 1 if ρ = 1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from nccourse import checks
from nccourse.theory.stable import Array, Real, log_softplus, positive, shaped_like, softplus

_HALVINGS = 60  # of [0, 1]: below the spacing of float64 around any interior root that matters


def bce_minimum_without_bias(K: int, scale: Real, *, log: bool = False) -> Real:
    """Return the minimum of normalized BCE with b = 0, min over ρ in [0, 1] of φ(ρ).

    φ(ρ) = log(1 + e^(-γ(1-2ρ))) + (K-1) log(1 + e^(-γ(1+(K-2)ρ)/(K-1))), summed over classes as everywhere.

    Args:
        K: number of classes, at least 2.
        scale: γ > 0, a number or an array.
        log: return the logarithm of the minimum, finite where the minimum is below 1e-308.

    Returns:
        The minimum over all unit weights and features with d >= K (a lower bound for smaller d), shaped like
        ``scale``; never below :func:`~nccourse.theory.normalized.bce_minimum`.

    Raises:
        InputValueError: K < 2, or a scale that is not finite and positive.
        InputTypeError: K is no integer, or scale is not numeric.

    Source: proved at the top of :mod:`nccourse.theory.normalized_offset`; not in paper A, whose Theorem 2
    trains the bias.

    >>> round(bce_minimum_without_bias(10, 1.0), 12)
    4.132616875182
    """
    K = checks.integer("K", K, minimum=2)
    γ = positive("scale", scale)
    own, other = _exponents(K, γ, _offset(K, γ))
    if log:
        return shaped_like(np.logaddexp(log_softplus(own), math.log(K - 1) + log_softplus(other)), scale)
    return shaped_like(softplus(own) + (K - 1) * softplus(other), scale)


def offset_without_bias(K: int, scale: Real) -> Real:
    """Return ρ = -w̄·h̄ at the minimum of normalized BCE with b = 0, the argmin of φ over [0, 1].

    Args:
        K: number of classes, at least 2.
        scale: γ > 0, a number or an array.

    Returns:
        ρ, shaped like ``scale``: 0 where the ETF is optimal (K = 2; K = 3 up to γ = 2 log(1 + sqrt 2)), 1
        where all weights oppose all features. The scores are γ(1-2ρ) and -γ(1+(K-2)ρ)/(K-1).

    Raises:
        InputValueError: K < 2, or a scale that is not finite and positive.
        InputTypeError: K is no integer, or scale is not numeric.

    Source: proved at the top of this module.

    >>> offset_without_bias(2, 5.0), offset_without_bias(10, 0.1)
    (0.0, 1.0)
    """
    K = checks.integer("K", K, minimum=2)
    return shaped_like(_offset(K, positive("scale", scale)), scale)


def _offset(K: int, γ: Array) -> Array:
    """Bisect φ', whose sign is that of 2 σ(own exponent) - (K-2) σ(other exponent), keeping 0 and 1 exact."""
    low, high = np.zeros_like(γ), np.ones_like(γ)
    if K == 2:
        return low
    rises_at_one, rises_at_zero = _rises(K, γ, high), _rises(K, γ, low)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        rises = _rises(K, γ, middle)
        low, high = np.where(rises, low, middle), np.where(rises, middle, high)
    return np.where(rises_at_zero, 0.0, np.where(rises_at_one, 0.5 * (low + high), 1.0))


def _rises(K: int, γ: Array, ρ: Array) -> NDArray[np.bool_]:
    """Tell where φ' >= 0, comparing logarithms, since either sigmoid may underflow."""
    own, other = _exponents(K, γ, ρ)
    # log σ(t) = -softplus(-t)
    return np.asarray(math.log(2.0) - softplus(-own) >= math.log(K - 2) - softplus(-other))


def _exponents(K: int, γ: Array, ρ: Array) -> tuple[Array, Array]:
    return -γ * (1.0 - 2.0 * ρ), -γ * ((1.0 + (K - 2) * ρ) / (K - 1))
