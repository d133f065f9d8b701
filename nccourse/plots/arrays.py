"""What a plot is given, as numpy arrays: lists, numpy, pandas and torch alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nccourse.errors import InputTypeError, InputValueError

Array = NDArray[np.float64]


def array(name: str, value: Any, shape: tuple[int | str, ...], *, finite: bool = True) -> Array:
    """Return ``value`` as a float64 array of the given shape.

    Args:
        name: the argument's name.
        value: numbers in a list, numpy array, pandas series or torch tensor (on any device, with or
            without gradient).
        shape: an int is the required size, a string names a free one >= 1, e.g. ``("K", 3)``.
        finite: refuse NaN and infinities; curves may have gaps and say False.

    Returns:
        A copy or view of shape ``shape``, float64.

    Raises:
        InputTypeError: not numbers.
        InputValueError: wrong shape, empty, or a value that is not finite.

    >>> array("scale", [1, 2, 4], ("T",))
    array([1., 2., 4.])
    """
    expected = f"numbers of shape ({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        advice = "np.asarray of real numbers, every row of one length"
        raise InputTypeError(name, expected=expected, got=type(value).__name__, advice=advice) from problem
    if not _fits(found.shape, shape):
        raise InputValueError(name, expected=expected, got=f"shape {found.shape}")
    if finite and not np.isfinite(found).all():
        count = int((~np.isfinite(found)).sum())
        advice = "looking where they arise"
        raise InputValueError(name, expected="finite values", got=f"{count} NaN or infinite", advice=advice)
    return found


def class_labels(value: Any, num_samples: int, num_classes: int) -> NDArray[np.int64]:
    """Return class labels as int64 of shape (N,) with values in [0, K).

    Raises:
        InputTypeError: not numbers.
        InputValueError: wrong shape, not whole, or outside [0, K).
    """
    found = array("labels", value, (num_samples,))
    whole = found.astype(np.int64)
    if (whole != found).any() or whole.min() < 0 or whole.max() >= num_classes:
        got = f"values from {found.min():g} to {found.max():g}"
        raise InputValueError("labels", expected=f"whole numbers in [0, {num_classes})", got=got)
    return whole


def _fits(found: tuple[int, ...], shape: tuple[int | str, ...]) -> bool:
    return len(found) == len(shape) and all(
        size >= 1 if isinstance(wanted, str) else size == wanted
        for size, wanted in zip(found, shape, strict=True)
    )
