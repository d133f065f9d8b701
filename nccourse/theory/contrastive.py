r"""Paper C's φ: the lower bound of a softmax loss by one number, the contrast t of a sample.

For a sample of class k the contrast is t = sum_{j != k} (z_j - z_k), negative where the own logit leads; at
scores that all trail the own one by u it is -(K-1) u. The loss is at least phi(t), with equality where the
other logits agree. The minimizer t* of phi(t) + c|t|, c = sqrt(n lambda_W lambda_H), belongs to the model
with weight decay: ``regularized.minimizer(loss, K, 1, c, c)`` has the score gap u = -t*/(K-1).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.theory.regularized import loss_parameters

LOSSES = ("ce", "focal", "label_smoothing")

_Array = NDArray[np.float64]


def phi(loss: str, K: int, t: ArrayLike, **loss_params: float) -> Any:
    """Return the least loss of a sample with contrast t.

    With ξ = 1 + (K-1) e^(t/(K-1)): log ξ for ce, log ξ - smoothing t/K for label_smoothing, and
    (1 - 1/ξ)^focusing log ξ for focal.

    Args:
        loss: "ce", "focal" or "label_smoothing".
        K: number of classes, >= 2.
        t: contrast sum_{j != k} (z_j - z_k), scalar or array.
        **loss_params: focusing >= 0 (focal, 3), 0 <= smoothing < 1 (label_smoothing, 0.1).

    Returns:
        A float, or an array of the shape of t.

    Raises:
        InputTypeError: an argument of the wrong type, or a parameter the loss does not have.
        InputValueError: an argument outside its domain.

    Source:
        Paper C, Eq. (8), Appendix B.

    >>> round(phi("ce", 4, 0.0), 6)  # log 4
    1.386294
    """
    at, params = _sample(loss, K, t, loss_params)
    if loss == "focal":
        value = at.missed ** params["focusing"] * at.surprise
    else:
        value = at.surprise - params.get("smoothing", 0.0) / K * at.contrast
    return _as_given(value)


def phi_slope(loss: str, K: int, t: ArrayLike, **loss_params: float) -> Any:
    """Return the derivative of :func:`phi` with respect to t.

    With q = 1 - 1/ξ: q/(K-1) for ce, q/(K-1) - smoothing/K for label_smoothing, and
    q^focusing (q + focusing (1-q) log ξ)/(K-1) for focal. Where it is at least c for some t < 0, leaving
    zero can pay.

    Args:
        loss: "ce", "focal" or "label_smoothing".
        K: number of classes, >= 2.
        t: contrast, scalar or array.
        **loss_params: as for :func:`phi`.

    Returns:
        A float, or an array of the shape of t.

    Raises:
        InputTypeError: an argument of the wrong type, or a parameter the loss does not have.
        InputValueError: an argument outside its domain.

    Source:
        Paper C, Appendix B.

    >>> phi_slope("label_smoothing", 4, 0.0, smoothing=0.2)  # (1 - smoothing)/K
    0.2
    """
    at, params = _sample(loss, K, t, loss_params)
    q = at.missed
    if loss == "focal":
        beta = params["focusing"]
        return _as_given(q**beta * (q + beta * (1 - q) * at.surprise) / (K - 1))
    return _as_given(q / (K - 1) - params.get("smoothing", 0.0) / K)


class _Sample(NamedTuple):
    """A sample whose other logits agree: its contrast t, log ξ, and q = 1 - 1/ξ."""

    contrast: _Array
    surprise: _Array
    missed: _Array


def _sample(loss: str, K: int, t: ArrayLike, given: dict[str, float]) -> tuple[_Sample, dict[str, float]]:
    checks.choice("loss", loss, LOSSES)
    checks.integer("K", K, minimum=2)
    params = loss_parameters(loss, given)
    contrast = _contrasts(t)
    log_odds = math.log(K - 1) + contrast / (K - 1)
    return _Sample(contrast, np.logaddexp(0.0, log_odds), expit(log_odds)), params


def _contrasts(t: ArrayLike) -> _Array:
    numbers = np.asarray(t)
    if numbers.dtype.kind not in "iuf":
        raise InputTypeError("t", expected="a real number or an array of them", got=repr(t))
    if not bool(np.isfinite(numbers).all()):
        raise InputValueError("t", expected="finite numbers", got=str(t))
    return numbers.astype(np.float64)


def _as_given(value: _Array) -> Any:
    return value if np.ndim(value) else float(value)
