"""Closed form of the cross-entropy minimizer with non-negative features and any class sizes (paper D)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ImbalancedMinimizer:
    """The global minimizer of UFM+ cross-entropy, as quantities that no rotation changes.

    Attributes:
        margins: M_k, (K,) >= 0; 0 for a collapsed class.
        feature_norms: ||h_k||, (K,); the features of different classes are orthogonal.
        weight_norms: ||w_k||, (K,).
        weight_cosines: cos(w_k, w_j), (K, K); nan where a weight is 0.
        logits: ``logits[k, j]`` is the logit of class j for a sample of class k, (K, K).
        objective: the minimum, a float.
        collapsed: (K,) booleans, True where h_k = 0.
    """

    margins: Array
    feature_norms: Array
    weight_norms: Array
    weight_cosines: Array
    logits: Array
    objective: float
    collapsed: NDArray[np.bool_]


def minimizer(counts: Sequence[int], lambda_W: float, lambda_H: float) -> ImbalancedMinimizer:
    """Return the global minimizer of UFM+ cross-entropy for any class sizes.

    It minimises (1/N) sum CE + lambda_W/2 ||W||^2 + lambda_H/2 ||H||^2 over W and H >= 0:
    M_k = max(0, log((K-1) (sqrt(n_k) / (N sqrt((K-1)/K lambda_W lambda_H)) - 1))),
    ||h_k||^2 = sqrt((K-1)/K lambda_W/lambda_H / n_k) M_k; the weights follow from the features.

    Args:
        counts: n_k, (K,) integers >= 1, K >= 2, in any order; results keep it.
        lambda_W: weight decay, > 0.
        lambda_H: feature decay, > 0.

    Returns:
        The :class:`ImbalancedMinimizer`; needs a feature dimension d >= K.

    Raises:
        InputTypeError: counts or decays of the wrong type.
        InputValueError: fewer than two classes, an empty class, or a decay that is not positive.

    Source:
        Paper D, Theorem 1, Proposition 1, Eqs. (6), (9)-(12).

    >>> result = minimizer([100, 100, 1], 1e-2, 1e-2)
    >>> result.collapsed.tolist()
    [False, False, True]
    """
    n = _counts(counts)
    decay_W, decay_H = _decay("lambda_W", lambda_W), _decay("lambda_H", lambda_H)
    K, N = len(n), n.sum()
    # y < (K-1)/K exactly when the class survives; log1p keeps the margin's digits near that threshold.
    y = N / np.sqrt(n) * math.sqrt((K - 1) / K) * math.sqrt(decay_W) * math.sqrt(decay_H)
    collapsed = y >= (K - 1) / K
    safe = np.where(collapsed, (K - 1) / K, y)
    margins = np.where(collapsed, 0.0, np.log1p((K - 1 - K * safe) / safe))
    strength = np.sqrt(n) * margins
    feature_norms = np.sqrt(math.sqrt((K - 1) / K) * math.sqrt(decay_W / decay_H) * margins / np.sqrt(n))
    gram = _weight_gram(strength) * math.sqrt(decay_H / decay_W)
    weight_norms = np.sqrt(np.diag(gram))
    penalty = math.sqrt((K - 1) / K) * math.sqrt(decay_W) * math.sqrt(decay_H) * strength.sum()
    return ImbalancedMinimizer(
        margins=margins,
        feature_norms=feature_norms,
        weight_norms=weight_norms,
        weight_cosines=_cosines(gram, weight_norms),
        logits=margins[:, None] * (np.eye(K) - 1 / K),
        objective=float(n @ np.log1p((K - 1) * np.exp(-margins)) / N + penalty),
        collapsed=collapsed,
    )


def collapse_count(N: float, K: int, lambda_W: float, lambda_H: float) -> float:
    """Return the class size at and below which a class collapses, N^2 K/(K-1) lambda_W lambda_H.

    Args:
        N: samples in all, > 0.
        K: number of classes, >= 2.
        lambda_W: weight decay, > 0.
        lambda_H: feature decay, > 0.

    Returns:
        The threshold on n_k, a float > 0. N contains n_k itself, so this is no solution for n_k alone.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: an argument outside its domain.

    Source:
        Paper D, Corollary 4.

    >>> round(collapse_count(3000, 10, 1e-4, 1e-5), 12)
    0.01
    """
    total = checks.real("N", N, above=0)
    classes = checks.integer("K", K, minimum=2)
    return (
        total * total * classes / (classes - 1) * _decay("lambda_W", lambda_W) * _decay("lambda_H", lambda_H)
    )


def collapse_ratios(
    minority_count: float, majors: int, minors: int, lambda_W: float, lambda_H: float
) -> tuple[float, float]:
    """Return the ratios R = n_A/n_B from which on the minority, and then every class, is collapsed.

    K_A classes have n_A = R n_B samples, K_B have n_B, which is fixed. With a = n_B K/(K-1) lambda_W lambda_H
    the minority collapses iff a (K_A R + K_B)^2 >= 1, the majority iff a (K_A R + K_B)^2 >= R.

    Args:
        minority_count: n_B, > 0.
        majors: K_A >= 1.
        minors: K_B >= 1.
        lambda_W: weight decay, > 0.
        lambda_H: feature decay, > 0.

    Returns:
        (minority, complete), both >= 1 and in this order: at these ratios and all larger ones the classes are
        at zero.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: an argument outside its domain.

    Source:
        Paper D, Corollary 4. Differs by: (17) and (18) solved for R, which they contain in N as well.

    >>> [round(ratio, 6) for ratio in collapse_ratios(1, 1, 1, 1 / 20, 1 / 10)]
    [9.0, 97.989795]
    """
    K_A, K_B = checks.integer("majors", majors, minimum=1), checks.integer("minors", minors, minimum=1)
    count = checks.real("minority_count", minority_count, above=0)
    decays = math.sqrt(_decay("lambda_W", lambda_W)) * math.sqrt(_decay("lambda_H", lambda_H))
    root = math.sqrt(count * (K_A + K_B) / (K_A + K_B - 1)) * decays
    minority = max(1.0, (1.0 / root - K_B) / K_A)
    # root (K_A s^2 + K_B) >= s with s = sqrt(R): for every s, or from the larger solution on.
    discriminant = 1.0 - 4.0 * root * root * K_A * K_B
    larger = (1.0 + math.sqrt(discriminant)) / (2.0 * root * K_A) if discriminant > 0 else 1.0
    return minority, max(minority, larger * larger)


def _weight_gram(strength: Array) -> Array:
    """W W^T / sqrt(lambda_H / lambda_W) of Proposition 1, with strength_k = sqrt(n_k) M_k."""
    K = len(strength)
    # w_k ~ K a_k - sum_m a_m with orthogonal a_m, |a_m|^2 ~ strength_m.
    centring = K * np.eye(K) - 1.0
    return (centring * strength) @ centring / (K * math.sqrt(K * (K - 1)))


def _cosines(gram: Array, norms: Array) -> Array:
    safe = np.where(norms > 0, norms, np.nan)
    return np.clip(gram / safe[:, None] / safe[None, :], -1.0, 1.0)


def _counts(counts: Sequence[int]) -> Array:
    n = np.asarray(counts)
    if n.dtype.kind not in "iu":
        raise InputTypeError("counts", expected="integers n_k, one per class", got=f"dtype {n.dtype}")
    if n.ndim != 1 or len(n) < 2 or n.min() < 1:
        raise InputValueError(
            "counts", expected="at least two classes, each n_k >= 1", got=str(list(np.ravel(n)[:8]))
        )
    return n.astype(np.float64)


def _decay(name: str, value: float) -> float:
    return checks.real(name, value, above=0)
