"""Scalar functions that neither overflow nor cancel, and the form in which closed forms return them.

Every function takes and returns float64 arrays. A closed form computes the logarithm of a small positive
value; :func:`unlog` turns it into the value without ever producing a subnormal number, a warning or a NaN.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from nccourse.errors import InputTypeError, InputValueError

Array = NDArray[np.float64]
Real = TypeVar("Real", float, NDArray[np.float64])

_SMALLEST_LOG = -709.196  # log(1e-308): below, float64 goes on with fewer and fewer digits


def softplus(t: Array) -> Array:
    """Return log(1 + e^t), to full relative accuracy in both tails."""
    return np.maximum(t, 0.0) + np.log1p(unlog(-np.abs(t)))


def log_softplus(t: Array) -> Array:
    """Return log(log(1 + e^t)), which tends to t on the far left, where the inner value underflows."""
    return np.where(t < -37.0, t, np.log(softplus(np.maximum(t, -37.0))))


def sigmoid(t: Array) -> Array:
    """Return 1 / (1 + e^-t), to full relative accuracy in both tails."""
    e = unlog(-np.abs(t))
    return np.where(t >= 0.0, 1.0, e) / (1.0 + e)


def unlog(exponent: Array) -> Array:
    """Return e^exponent, and 0 where that is below 1e-308."""
    return np.where(exponent >= _SMALLEST_LOG, np.exp(np.maximum(exponent, _SMALLEST_LOG)), 0.0)


def positive(name: str, value: Any) -> Array:
    """Return ``value`` as a float64 array of finite numbers > 0.

    Raises:
        InputTypeError: not a real number or an array of them.
        InputValueError: a value that is zero, negative, infinite or NaN.
    """
    expected = "finite numbers > 0"
    try:
        array = np.asarray(value)
    except (ValueError, RuntimeError) as error:
        raise InputTypeError(name, expected=expected, got=type(value).__name__) from error
    if array.dtype.kind not in "iuf":
        raise InputTypeError(
            name, expected=expected, got=f"{type(value).__name__} of {array.dtype}", advice=f"float({name})"
        )
    array = array.astype(np.float64)
    wrong = ~(np.isfinite(array) & (array > 0.0))
    if wrong.any():
        raise InputValueError(name, expected=expected, got=str(array[wrong].ravel()[0]))
    return array


def shaped_like(values: Array, scale: Real) -> Real:
    """Return ``values`` as a float where ``scale`` was a number, as an array where it was one."""
    return cast("Real", float(values) if np.ndim(scale) == 0 else values)
