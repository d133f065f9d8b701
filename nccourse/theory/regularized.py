"""Closed forms of the minimizers under weight decay (papers B and C), for every loss of the course.

At the minimum all samples of a class share one feature, and the K x K matrix of scores W H^T is
gap (I - J/K) + offset J/K with J the all-ones matrix: an ETF part of size ``gap`` and a part in which
all weights and features lean together. Balancing weights against features turns the two decay terms into
c ((K-1) gap + |offset|), c = sqrt(n lambda_W lambda_H), so three numbers remain: gap, offset and bias.
:mod:`nccourse.theory.reduced` minimises over them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.theory import reduced

LOSSES = ("ce", "bce", "focal", "label_smoothing", "mse")
_PARAMETERS: dict[str, dict[str, float]] = {
    "ce": {},
    "bce": {},
    "focal": {"focusing": 3.0},
    "label_smoothing": {"smoothing": 0.1},
    "mse": {"kappa": 1.0, "beta": 15.0},
}


@dataclass(frozen=True)
class RegularizedMinimizer:
    """The minimizer of a loss with weight decay, as quantities that no rotation changes.

    Every field is a float, or an array of the broadcast shape of n and the lambdas (``trivial``: bool).

    Attributes:
        objective: the minimum.
        positive_score: w_k . h_k, without the bias.
        negative_score: w_j . h_k for j != k, without the bias.
        bias: the common bias b, subtracted from the scores; 0 where any common bias is optimal.
        weight_norm: ||w_k||.
        feature_norm: ||h_k||.
        trivial: True where W = H = 0.
    """

    objective: Any
    positive_score: Any
    negative_score: Any
    bias: Any
    weight_norm: Any
    feature_norm: Any
    trivial: Any


def minimizer(
    loss: str,
    K: int,
    n: ArrayLike,
    lambda_W: ArrayLike,
    lambda_H: ArrayLike,
    lambda_b: ArrayLike = 0.0,
    *,
    dim: int | None = None,
    bias: bool = True,
    **loss_params: float,
) -> RegularizedMinimizer:
    """Return the best of the ETF-shaped, the off-centred and the zero solution.

    The objective is (1/N) sum loss + lambda_W/2 ||W||^2 + lambda_H/2 ||H||^2 + lambda_b/2 ||b||^2, N = nK.
    For the convex losses (all but focal) and d >= K this is the global minimum. With d = K - 1 it is the
    best centred solution: where BCE or MSE would lean, a less symmetric one can lie lower (K = 5, n = 1,
    lambdas 0.01, 0.01, 0.05). Focal has a window in which a configuration with dead classes lies lower
    (paper C's Theorem 1 fails there).

    Args:
        loss: "ce", "bce", "focal", "label_smoothing" or "mse".
        K: number of classes, >= 2.
        n: samples per class, any positive real (an effective number is meaningful), scalar or array.
        lambda_W: weight decay, > 0, scalar or array.
        lambda_H: feature decay, > 0, scalar or array.
        lambda_b: bias decay, >= 0, scalar or array.
        dim: feature dimension d; None means d >= K. d = K - 1 leaves no room to lean off centre.
        bias: whether the model has a bias.
        **loss_params: focusing >= 0 (focal, 3), 0 <= smoothing < 1 (label_smoothing, 0.1),
            kappa > 0 and beta > 0 (mse, 1 and 15).

    Returns:
        A :class:`RegularizedMinimizer` of floats, or of arrays when n or a lambda is one.

    Raises:
        InputTypeError: an argument of the wrong type, or a parameter the loss does not have.
        InputValueError: an argument outside its domain, dim < K - 1, or sqrt(n lambda_W lambda_H) outside
            [1e-300, 1e300].

    Source:
        Paper B, Theorems 1 and 2, Eqs. (12), (13); paper C, Theorem 1. Differs from B Theorem 2, which omits
        the off-centred minimizer: it takes over when lambda_b b* > c and d >= K.

    >>> result = minimizer("bce", 4, 2, 0.01, 0.02, 0.05)
    >>> round(result.objective, 6), round(result.bias, 6)  # Theorem 2's centred ETF has 0.718525
    (0.655777, 0.4)
    """
    checks.choice("loss", loss, LOSSES)
    checks.integer("K", K, minimum=2)
    off_centre = _room_off_centre(K, dim)
    params = loss_parameters(loss, loss_params)
    numbers = np.broadcast_arrays(
        _positive("n", n),
        _positive("lambda_W", lambda_W),
        _positive("lambda_H", lambda_H),
        _nonnegative("lambda_b", lambda_b) if bias else math.inf,
    )
    _within_float64(*numbers[:3])
    rows = [
        _minimize(loss, K, *(float(x) for x in row), off_centre=off_centre, params=params)
        for row in zip(*(array.ravel() for array in numbers), strict=True)
    ]
    shape = numbers[0].shape
    columns = [np.array(column).reshape(shape) for column in zip(*rows, strict=True)]
    return RegularizedMinimizer(*(column if shape else column.item() for column in columns))


def _minimize(
    loss: str,
    K: int,
    n: float,
    decay_W: float,
    decay_H: float,
    decay_b: float,
    *,
    off_centre: bool,
    params: dict[str, float],
) -> tuple[float, float, float, float, float, float, bool]:
    c = math.sqrt(n) * math.sqrt(decay_W) * math.sqrt(decay_H)
    shape = reduced.minimize(loss, K, reduced.Decay(c, decay_b, off_centre=off_centre), **params)
    # ||W||^2 = sqrt(n lambda_H / lambda_W) ||Z||_*, ||H||^2 / n is its mirror image; K classes share each.
    size = ((K - 1) * shape.gap + abs(shape.offset)) / K
    balance = n**0.25 * (decay_H**0.25 / decay_W**0.25)  # of fourth roots: no ratio overflows
    return (
        shape.objective,
        shape.positive,
        shape.negative,
        shape.bias,
        math.sqrt(size) * balance,
        math.sqrt(size) / balance,
        size == 0.0,
    )


def _within_float64(
    n: NDArray[np.float64], lambda_W: NDArray[np.float64], lambda_H: NDArray[np.float64]
) -> None:
    logs = 0.5 * (np.log10(n) + np.log10(lambda_W) + np.log10(lambda_H))
    if logs.size and not -300 <= logs.min() <= logs.max() <= 300:
        raise InputValueError(
            "n, lambda_W, lambda_H",
            expected="sqrt(n lambda_W lambda_H) in [1e-300, 1e+300]",
            got=f"powers of ten from {logs.min():.1f} to {logs.max():.1f}",
        )


def _room_off_centre(K: int, dim: int | None) -> bool:
    if dim is None:
        return True
    return checks.integer("dim", dim, minimum=K - 1) >= K


def loss_parameters(loss: str, given: dict[str, float]) -> dict[str, float]:
    """Return the parameters of a loss, defaults filled in.

    Args:
        loss: one of ``LOSSES``.
        given: some of them by name, as :func:`minimizer` takes them.

    Raises:
        InputTypeError: a parameter of the wrong type, or one the loss does not have.
        InputValueError: a parameter outside its domain.

    >>> loss_parameters("mse", {"beta": 1})
    {'kappa': 1.0, 'beta': 1.0}
    """
    known = _PARAMETERS[loss]
    for name in given:
        if name not in known:
            listed = ", ".join(known) or "no parameters"
            raise InputTypeError(name, expected=f"{listed} for loss {loss!r}", got=f"{name}={given[name]!r}")
    params = known | given
    for name, value in params.items():
        if name == "focusing":
            checks.real(name, value, minimum=0)
        elif name == "smoothing":
            if not 0 <= checks.real(name, value) < 1:
                raise InputValueError(name, expected="a number in [0, 1)", got=str(value))
        else:
            checks.real(name, value, above=0)
    return {name: float(value) for name, value in params.items()}


def _positive(name: str, value: ArrayLike) -> NDArray[np.float64]:
    numbers = _finite(name, value)
    if not bool((numbers > 0).all()):
        raise InputValueError(name, expected="finite numbers > 0", got=str(value))
    return numbers


def _nonnegative(name: str, value: ArrayLike) -> NDArray[np.float64]:
    numbers = _finite(name, value)
    if not bool((numbers >= 0).all()):
        raise InputValueError(name, expected="finite numbers >= 0", got=str(value))
    return numbers


def _finite(name: str, value: ArrayLike) -> NDArray[np.float64]:
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf":
        raise InputTypeError(name, expected="a real number or an array of them", got=repr(value))
    if not bool(np.isfinite(numbers).all()):
        raise InputValueError(name, expected="finite numbers", got=str(value))
    return numbers.astype(np.float64)
