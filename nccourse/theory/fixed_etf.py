"""Closed forms for a fixed classifier (paper E): pull and push forces, exact dot-regression dynamics."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from nccourse.errors import InputTypeError, InputValueError

Array = NDArray[np.float64]


def pull_push(features: ArrayLike, targets: ArrayLike, classifier: ArrayLike) -> tuple[Array, Array]:
    """Split the negative cross-entropy gradient of each feature into its pull and its push.

    pull = (1 - p_c(h)) w_c and push = -sum_{k != c} p_k(h) w_k with p = softmax(W h); their sum is
    -dL/dh of one sample's cross-entropy, without the 1/N of the objective.

    Args:
        features: h, (N, d) finite reals.
        targets: the class c of each feature, (N,) integers in [0, K).
        classifier: W, (K, d) finite reals.

    Returns:
        pull (N, d) and push (N, d), float64; both vanish as the probability of the true class goes to 1.

    Raises:
        InputTypeError: targets are not integers, or an array is not numeric.
        InputValueError: shapes that do not fit, a target outside [0, K), or a value that is not finite.

    Source:
        Paper E, Eq. (13).

    >>> pull, push = pull_push([[0.0, 0.0]], [0], [[1.0, 0.0], [-1.0, 0.0]])
    >>> pull.tolist(), push.tolist()
    ([[0.5, 0.0]], [[0.5, 0.0]])
    """
    W = _matrix("classifier", classifier)
    h = _matrix("features", features, columns=W.shape[1])
    c = _targets(targets, len(h), len(W))
    rows = np.arange(len(h))
    others = softmax(h @ W.T, axis=1)
    others[rows, c] = 0.0
    # 1 - p_c as the sum of the others keeps its digits when p_c is within rounding of 1.
    pull = others.sum(axis=1, keepdims=True) * W[c]
    return pull, -others @ W


def dot_regression_factor(cosine: ArrayLike) -> Any:
    """Return the exact contraction of one projected dot-regression step, |h+ - h*|^2 / |h - h*|^2.

    With step sqrt(E_H / E_W) the angle theta to w_c obeys tan(theta') = sin(theta), whence the factor
    (1 + cos) / (s (1 + s)), s = sqrt(1 + sin^2). It tends to 1 as theta -> 0: convergence is sublinear,
    theta_t^2 t -> 1.

    Args:
        cosine: cos(theta) in [-1, 1], a number or an array.

    Returns:
        The factor in [0, 1], a float or an array of the shape of ``cosine``; 1 at collapse.

    Raises:
        InputValueError: a cosine outside [-1, 1] or not a number.

    Source:
        Differs from paper E, Eq. (16), which prints (1 + cos) / 2 as an equality; that is an upper bound.

    >>> round(dot_regression_factor(np.cos(0.5)), 5)
    0.80279
    """
    c = _numbers("cosine", cosine)
    if not bool(np.all(np.abs(c) <= 1.0)):
        raise InputValueError(
            "cosine", expected="values in [-1, 1]", got=str(cosine), advice="np.clip for rounding"
        )
    s = np.sqrt(1.0 + (1.0 - c) * (1.0 + c))
    factor = (1.0 + c) / (s * (1.0 + s))
    return factor if np.ndim(cosine) else float(factor)


def _numbers(name: str, value: ArrayLike) -> Array:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputTypeError(name, expected="real numbers", got=type(value).__name__) from error


def _matrix(name: str, value: ArrayLike, columns: int | None = None) -> Array:
    matrix = _numbers(name, value)
    size = "d" if columns is None else columns
    if matrix.ndim != 2 or 0 in matrix.shape or (columns is not None and matrix.shape[1] != columns):
        raise InputValueError(
            name, expected=f"a matrix with rows of length {size}", got=f"shape {matrix.shape}"
        )
    if not np.isfinite(matrix).all():
        raise InputValueError(
            name, expected="finite values", got="NaN or infinite", advice="looking where they arise"
        )
    return matrix


def _targets(value: ArrayLike, num_samples: int, num_classes: int) -> NDArray[np.int64]:
    targets = np.asarray(value)
    if targets.dtype.kind not in "iu":
        raise InputTypeError("targets", expected="integers", got=f"dtype {targets.dtype}")
    if targets.shape != (num_samples,) or targets.min() < 0 or targets.max() >= num_classes:
        raise InputValueError(
            "targets",
            expected=f"shape ({num_samples},) with values in [0, {num_classes})",
            got=f"shape {targets.shape}"
            if targets.shape != (num_samples,)
            else f"{targets.min()} to {targets.max()}",
        )
    return targets.astype(np.int64)
