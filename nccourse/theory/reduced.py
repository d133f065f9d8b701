"""The regularised problem at an ETF-shaped or off-centred solution: three numbers, minimised exactly.

The scores are s+ = ((K-1) gap + offset)/K and s- = (offset - gap)/K, the bias b is common to all classes, and

    objective = loss(s+ - b, s- - b) + c ((K-1) gap + |offset|) + lambda_b K b^2 / 2,    gap >= 0.

CE, focal and label smoothing see only the gap. BCE and MSE also see the shift m = offset/K - b, for which the
cheaper of bias and offset pays: the bias up to |b| = c/lambda_b, the offset beyond.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize_scalar

_TINY = 1e-300


@dataclass(frozen=True)
class Decay:
    """What the size of a solution costs.

    Attributes:
        c: sqrt(n lambda_W lambda_H), the price of one unit of nuclear norm.
        lambda_b: bias decay, >= 0; inf where the model has no bias.
        off_centre: whether the dimension allows an offset (d >= K).
    """

    c: float
    lambda_b: float
    off_centre: bool

    @property
    def largest_bias(self) -> float:
        """The |b| beyond which leaning off centre is cheaper than more bias."""
        if not self.off_centre:
            return math.inf
        return self.c / self.lambda_b if self.lambda_b > 0 else math.inf

    def cost(self, K: int, gap: float, offset: float, b: float) -> float:
        """Return the three decay terms."""
        bias_cost = self.lambda_b * K * b * b / 2 if b else 0.0
        return self.c * ((K - 1) * gap + abs(offset)) + bias_cost


class Shape(NamedTuple):
    """A reduced solution: score gap, offset eigenvalue, bias, the objective there, and s+ and s-."""

    gap: float
    offset: float
    bias: float
    objective: float
    positive: float
    negative: float

    @classmethod
    def of(cls, K: int, gap: float, offset: float, bias: float, objective: float) -> Shape:
        """Return the solution with the scores that follow from gap and offset."""
        return cls(gap, offset, bias, objective, ((K - 1) * gap + offset) / K, (offset - gap) / K)


def minimize(loss: str, K: int, decay: Decay, **params: float) -> Shape:
    """Return the lowest reduced solution of one loss."""
    if loss in ("ce", "label_smoothing"):
        return _softmax(K, decay, params.get("smoothing", 0.0))
    if loss == "focal":
        return _focal(K, decay, params["focusing"])
    if loss == "bce":
        return _bce(K, decay)
    return _mse(K, decay, params["kappa"], params["beta"])


def _softmax(K: int, decay: Decay, smoothing: float) -> Shape:
    """CE (smoothing 0) and label smoothing: p_j = c + smoothing/K at the minimum, for the wrong classes j."""
    p = decay.c + smoothing / K
    # 1 - K p, not 1/p - (K-1), keeps the digits of a small gap.
    surplus = 1 - smoothing - K * decay.c
    gap = math.log1p(surplus / p) if surplus > 0 else 0.0
    value = math.log1p((K - 1) * math.exp(-gap)) + smoothing * (K - 1) / K * gap
    return Shape.of(K, gap, 0.0, 0.0, value + decay.cost(K, gap, 0.0, 0.0))


def _focal(K: int, decay: Decay, focusing: float) -> Shape:
    """Focal loss in q = 1 - p_y: stationary where slope(q) = c (K-1); slope rises from 0, then falls."""
    log_price = math.log(decay.c) + math.log(K - 1)

    def slope(q: float) -> float:
        return float(focusing * q**focusing * (1 - q) * -math.log1p(-q) + q ** (focusing + 1))

    def excess(x: float) -> float:
        """Return log(slope / (c (K-1))) at q = e^x, where slope itself may underflow."""
        q = math.exp(x)
        return (focusing + 1) * x + math.log1p(focusing * (1 - q) * -math.log1p(-q) / q) - log_price

    def value(gap: float) -> float:
        log_odds = math.log(K - 1) - gap
        minus_log_p = float(np.logaddexp(0.0, log_odds))
        q = 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0
        return float(q**focusing * minus_log_p) + decay.cost(K, gap, 0.0, 0.0)

    zero = Shape.of(K, 0.0, 0.0, 0.0, value(0.0))
    largest = (K - 1) / K
    log_peak = math.log(_peak(slope, largest))
    if excess(log_peak) <= 0:
        return zero
    lowest = (log_price - math.log1p(focusing)) / (focusing + 1)  # slope <= (focusing + 1) q^(focusing + 1)
    log_q = brentq(excess, lowest - 1, log_peak, xtol=1e-15)
    q = math.exp(log_q)
    gap = max(math.log(K - 1) + math.log1p(-q) - log_q, 0.0)
    return min(Shape.of(K, gap, 0.0, 0.0, value(gap)), zero, key=lambda shape: shape.objective)


def _peak(slope: Callable[[float], float], largest: float) -> float:
    found = minimize_scalar(
        lambda q: -slope(q), bounds=(0.0, largest), method="bounded", options={"xatol": 1e-12}
    )
    return max((float(found.x), largest), key=slope)


def _bce(K: int, decay: Decay) -> Shape:
    """BCE, with P = sigma(b_e - s+) and Q = sigma(s- - b_e) in the effective bias b_e = b - offset/K.

    With a gap, P + Q = K c and Q = c + price; without one, Q = 1/K + price. The price of b_e is lambda_b b_e
    until leaning off centre, at price c, is cheaper.
    """
    if K * decay.c >= 1:
        price, b_e = _settle(lambda p: _log_odds(1 / K + p), decay, 0.5 - 1 / K)
        gap = 0.0
    elif decay.off_centre:
        price, b_e = _settle(lambda p: _bce_bias(K, decay.c, p), decay, decay.c)
        gap = _log_odds((K - 1) * decay.c - price) + _log_odds(decay.c + price)
    else:
        price, b_e, gap = _bce_centred(K, decay)
    leans = decay.off_centre and price == decay.c and b_e > decay.largest_bias
    b = decay.largest_bias if leans else b_e
    offset = -K * (b_e - b) if leans else 0.0
    positive, negative = (K - 1) / K * gap - b_e, -gap / K - b_e
    value = float(np.logaddexp(0.0, -positive) + (K - 1) * np.logaddexp(0.0, negative))
    return Shape.of(K, gap, offset, b, value + decay.cost(K, gap, offset, b))


def _bce_bias(K: int, c: float, price: float) -> float:
    return (K - 1) / K * _log_odds(c + price) - _log_odds((K - 1) * c - price) / K


def _settle(bias_at: Callable[[float], float], decay: Decay, top: float) -> tuple[float, float]:
    """Return (p, b_e) with p = lambda_b b_e(p), b_e falling in p; p <= c where leaning is possible."""
    if decay.lambda_b == 0.0 or top <= 0.0 or bias_at(0.0) <= 0.0:
        return 0.0, max(bias_at(0.0), 0.0)
    if decay.off_centre and decay.c <= top and bias_at(decay.c) >= decay.c / decay.lambda_b:
        return decay.c, bias_at(decay.c)
    high = min(decay.c, top) if decay.off_centre else top
    price = brentq(lambda p: bias_at(p) - p / decay.lambda_b, 0.0, high, xtol=_TINY, rtol=1e-15)
    # Of two expressions equal at the root, the one that is not a difference of large numbers.
    return price, price / decay.lambda_b if decay.lambda_b > min(decay.c, 1.0) else bias_at(price)


def _bce_centred(K: int, decay: Decay) -> tuple[float, float, float]:
    """The same without room to lean, in x = log(1/P - 1) because P may be far below rounding of K c."""
    c = decay.c

    def P(x: float) -> float:
        return math.exp(-x) / (1 + math.exp(-x)) if x > 0 else 1 / (1 + math.exp(x))

    def bias_at(x: float) -> float:
        return (K - 1) / K * _log_odds(K * c - P(x)) - x / K

    low = _log_odds((K - 1) * c)
    if decay.lambda_b == 0.0 or K == 2:
        return 0.0, _bce_bias(K, c, 0.0), low + _log_odds(c)

    def excess(x: float) -> float:
        return bias_at(x) - ((K - 1) * c - P(x)) / decay.lambda_b

    x = brentq(excess, low, (K - 1) * _log_odds(c) + 1, xtol=_TINY, rtol=1e-15)
    price = (K - 1) * c - P(x)
    b_e = price / decay.lambda_b if decay.lambda_b > c else bias_at(x)
    return price, b_e, x + _log_odds(K * c - P(x))


def _mse(K: int, decay: Decay, kappa: float, beta: float) -> Shape:
    """MSE: a convex piecewise quadratic, whose minimum is the stationary point inside its own piece."""
    gap, shift = _mse_shift(K, decay, kappa, beta, with_gap=True)
    if gap <= 0:
        gap, shift = _mse_shift(K, decay, kappa, beta, with_gap=False)
    b = 0.0 if math.isinf(decay.lambda_b) else -min(shift, decay.largest_bias)
    offset, leans = K * (shift + b), shift > decay.largest_bias
    own, other = (K - 1) / K * gap + shift - beta, shift - gap / K
    if gap > 0 and (leans or not math.isinf(decay.lambda_b)):
        # Stationarity in gap and shift gives both residuals without the cancellation above.
        other = 0.0 if leans else (decay.c - decay.lambda_b * shift) / 2
        own = (other - decay.c * K / 2) / kappa
    value = kappa * own**2 + (K - 1) * other**2
    found = Shape.of(K, gap, offset, b, value + decay.cost(K, gap, offset, b))
    return found._replace(negative=b) if leans and gap > 0 else found


def _mse_shift(K: int, decay: Decay, kappa: float, beta: float, *, with_gap: bool) -> tuple[float, float]:
    """Return (gap, shift) of the leaning piece if it holds its stationary point, else of the centred one."""
    gap, shift = _mse_stationary(K, decay, kappa, beta, with_gap=with_gap, leans=True)
    if shift > decay.largest_bias:
        return gap, shift
    return _mse_stationary(K, decay, kappa, beta, with_gap=with_gap, leans=False)


def _mse_stationary(
    K: int, decay: Decay, kappa: float, beta: float, *, with_gap: bool, leans: bool
) -> tuple[float, float]:
    """Solve the two linear stationarity conditions of one piece for (gap, shift)."""
    c = decay.c
    gap_row = (
        ((kappa * (K - 1) + 1) / K, kappa - 1, kappa * beta - c * K / 2) if with_gap else (1.0, 0.0, 0.0)
    )
    if not leans and math.isinf(decay.lambda_b):
        shift_row = (0.0, 1.0, 0.0)
    else:
        price, force = (0.0, c * K) if leans else (decay.lambda_b * K, 0.0)
        shift_row = (
            2 * (K - 1) / K * (kappa - 1),
            2 * kappa + 2 * (K - 1) + price,
            2 * kappa * beta - force,
        )
    (a, b, e), (f, g, h) = gap_row, shift_row
    determinant = a * g - b * f
    return (e * g - b * h) / determinant, (a * h - e * f) / determinant


def _log_odds(probability: float) -> float:
    """log(1/p - 1), infinite at 0."""
    return math.log1p(-probability) - math.log(probability) if probability > 0 else math.inf
