"""Least-squares fits of epochs over the scale, as paper A makes them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy.optimize import OptimizeWarning, curve_fit

from nccourse.errors import InputValueError


def reciprocal(scales: Any, epochs: Any) -> tuple[float, float]:
    """Fit epochs = slope / γ + offset.

    Args:
        scales: γ > 0, (T,), T >= 2.
        epochs: (T,).

    Returns:
        Slope and offset.

    Source: paper A, Eq. (218).

    >>> tuple(round(value, 6) for value in reciprocal([0.1, 0.2, 0.4], [25, 15, 10]))
    (2.0, 5.0)
    """
    slope, offset = np.polyfit(1 / np.asarray(scales, float), np.asarray(epochs, float), 1)
    return float(slope), float(offset)


def exponential(scales: Any, epochs: Any) -> tuple[float, float, float]:
    """Fit epochs = factor e^(rate γ) + offset.

    Args:
        scales: (T,), T >= 3.
        epochs: (T,), growing.

    Returns:
        Factor, rate and offset.

    Raises:
        InputValueError: the numbers do not grow exponentially.

    Source: paper A, Eq. (219).

    >>> g = np.array([6.0, 7.0, 8.0, 9.0])
    >>> tuple(round(value, 6) for value in exponential(g, 0.5 * np.exp(0.8 * g) - 10))
    (0.5, 0.8, -10.0)
    """
    scales, epochs = np.asarray(scales, float), np.asarray(epochs, float)
    rate = np.polyfit(scales, np.log(epochs), 1)[0]
    start = (epochs[-1] / np.exp(rate * scales[-1]), rate, 0.0)
    with warnings.catch_warnings():
        # Three points determine the three numbers and leave no variance to estimate.
        warnings.simplefilter("ignore", OptimizeWarning)
        try:
            found, _ = curve_fit(_exponential, scales, epochs, p0=start, maxfev=20_000)
        except RuntimeError as error:
            raise InputValueError("epochs", expected="exponential growth", got=str(error)) from error
    factor, rate, offset = map(float, found)
    if factor <= 0 or rate <= 0:
        got = f"{factor:.3g} e^({rate:.3g} γ) + {offset:.3g}"
        raise InputValueError("epochs", expected="exponential growth", got=got)
    return factor, rate, offset


def _exponential(scale: Any, factor: float, rate: float, offset: float) -> Any:
    return factor * np.exp(rate * scale) + offset
