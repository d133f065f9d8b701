"""Paper A in closed form: the minima of normalized CE and BCE, the bias, the scores, the local rates.

The objective is f(W, H, b) = (1/N) Σ L(γ W h - b) over unit vectors w_k, h_i and b in R^K, with n samples in
each of K classes and d >= K - 1. At its minimum w_k = h_i = vertex k of a simplex ETF. Throughout,
x = γ K/(K-1) is the gap between the positive and the negative unbiased score. Every function takes a scale
or an array of scales and costs O(1) per scale, whatever K is.
"""

from __future__ import annotations

import math

import numpy as np

from nccourse import checks
from nccourse.theory.normalized_bias import bce_bias, bce_exponents
from nccourse.theory.normalized_hessian import hessian_spectrum, local_rate
from nccourse.theory.normalized_offset import bce_minimum_without_bias
from nccourse.theory.stable import Array, Real, log_softplus, positive, shaped_like, softplus

__all__ = [
    "bce_bias",
    "bce_minimum",
    "bce_minimum_without_bias",
    "ce_minimum",
    "hessian_spectrum",
    "local_rate",
    "separation_scale",
    "unbiased_scores",
]


def ce_minimum(K: int, scale: Real, *, log: bool = False) -> Real:
    """Return the minimum of normalized cross-entropy, log(1 + (K-1) e^-x) with x = γ K/(K-1).

    Args:
        K: number of classes, at least 2.
        scale: γ > 0, a number or an array.
        log: return the logarithm of the minimum, finite where the minimum is below 1e-308.

    Returns:
        The value in (0, log K), shaped like ``scale``; 0 where it is below 1e-308.

    Raises:
        InputValueError: K < 2, or a scale that is not finite and positive.
        InputTypeError: K is no integer, or scale is not numeric.

    Source: paper A, Theorem 1, Eq. (8).

    >>> round(ce_minimum(10, 8.0), 12)
    0.001240445613
    >>> round(ce_minimum(10, 1000.0, log=True), 6)
    -1108.913887
    """
    K = checks.integer("K", K, minimum=2)
    exponent = math.log(K - 1) - _score_gap(K, positive("scale", scale))
    return shaped_like(log_softplus(exponent) if log else softplus(exponent), scale)


def bce_minimum(K: int, scale: Real, *, log: bool = False) -> Real:
    """Return the minimum of normalized BCE, log(1 + e^(b*-γ)) + (K-1) log(1 + e^(-b*-γ/(K-1))).

    The two exponents are c - x/2 and -(c + x/2), where x = γ K/(K-1) and c is b* less its part linear in γ,
    so nothing cancels. The loss is summed over classes, as everywhere in this package.

    Args:
        K: number of classes, at least 2.
        scale: γ > 0, a number or an array.
        log: return the logarithm of the minimum, finite where the minimum is below 1e-308.

    Returns:
        The value in (0, K log K - (K-1) log(K-1)), shaped like ``scale``; 0 where it is below 1e-308.

    Raises:
        InputValueError: K < 2, or a scale that is not finite and positive.
        InputTypeError: K is no integer, or scale is not numeric.

    Source: paper A, Theorem 2, Eq. (10), written there with e^(γ-b*), e^(b*+γ/(K-1)) and the
    linear terms that make up for the signs.

    >>> round(bce_minimum(10, 1.0), 12)
    2.313088008562
    """
    K = checks.integer("K", K, minimum=2)
    own, other = bce_exponents(K, positive("scale", scale))
    if log:
        return shaped_like(np.logaddexp(log_softplus(own), math.log(K - 1) + log_softplus(other)), scale)
    return shaped_like(softplus(own) + (K - 1) * softplus(other), scale)


def unbiased_scores(K: int, scale: Real) -> tuple[Real, Real]:
    """Return the positive score γ and the negative score -γ/(K-1) every sample has at the minimum.

    Args:
        K: number of classes, at least 2.
        scale: γ > 0, a number or an array.

    Returns:
        (positive, negative), each shaped like ``scale``, before the bias is subtracted.

    Raises:
        InputValueError: K < 2, or a scale that is not finite and positive.
        InputTypeError: K is no integer, or scale is not numeric.

    Source: paper A, Eqs. (12), (13).

    >>> unbiased_scores(5, 2.0)
    (2.0, -0.5)
    """
    K = checks.integer("K", K, minimum=2)
    γ = positive("scale", scale)
    return shaped_like(γ, scale), shaped_like(-γ / (K - 1), scale)


def separation_scale(K: int) -> float:
    """Return the scale above which b* lies between the negative and the positive scores, (1-1/K) log(2K-3).

    Args:
        K: number of classes, at least 2.

    Returns:
        The γ at which b* = γ; 0 for K = 2, where every γ separates.

    Raises:
        InputValueError: K < 2.
        InputTypeError: K is no integer.

    Source: paper A, Lemma 16, Eq. (111); differs by holding exactly if and only if, and for K = 2 too.

    >>> round(separation_scale(10), 12)
    2.549892009651
    """
    K = checks.integer("K", K, minimum=2)
    return (1.0 - 1.0 / K) * math.log(2 * K - 3)


def _score_gap(K: int, γ: Array) -> Array:
    return γ * (K / (K - 1))
