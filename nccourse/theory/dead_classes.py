"""The focal loss with some classes given up: why paper C's Theorem 1 fails near a tie of two minima."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from nccourse import checks
from nccourse.theory import regularized


def focal_minimum(K: int, alive: int, c: float, lambda_b: float, *, focusing: float = 3.0) -> float:
    """Return the least focal objective at which ``alive`` classes form a simplex ETF and the others are dead.

    A dead class has w_k = h_k = 0. Let u >= 0 be the score gap among the living, and m and l the logits that
    the biases give living and dead classes, alive m + (K - alive) l = 0. Minimised over u and l is

        (1/K) sum_k (1 - 1/ξ_k)^focusing log ξ_k + c (alive-1) u + lambda_b/2 (alive m^2 + (K-alive) l^2),

    ξ_k one over the probability of the own class.

    Args:
        K: number of classes, >= 2.
        alive: how many live, 1..K; K is neural collapse, or zero where that is lower.
        c: sqrt(n lambda_W lambda_H), > 0.
        lambda_b: bias decay, > 0.
        focusing: exponent, >= 0.

    Returns:
        The objective, which the model with decay reaches for d >= alive - 1: an upper bound of its minimum.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: an argument outside its domain.

    Source:
        A counterexample to paper C, Theorem 1.

    >>> collapse, with_dead = (focal_minimum(30, alive, 0.041225, 0.01) for alive in (30, 25))
    >>> round(collapse, 7), round(with_dead, 7)
    (3.072197, 3.0721716)
    """
    model = _Model(
        checks.integer("K", K, minimum=2),
        checks.integer("alive", alive, minimum=1, maximum=K),
        checks.real("c", c, above=0),
        checks.real("lambda_b", lambda_b, above=0),
        checks.real("focusing", focusing, minimum=0),
    )
    best = regularized.minimizer("focal", K, 1, c, c, focusing=focusing)
    if alive == K:
        return float(best.objective)
    # The gap among the living is close to that of collapse, or to 1 where collapse is zero.
    gaps = {best.positive_score - best.negative_score or 1.0, 1.0}
    options = {"xatol": 1e-10, "fatol": 1e-15, "maxiter": 4000}
    return min(
        float(minimize(model.objective, (gap, 0.0), method="Nelder-Mead", options=options).fun)
        for gap in gaps
    )


@dataclass(frozen=True)
class _Model:
    """The focal loss of ``alive`` living classes among K, at a gap and a logit of the dead."""

    K: int
    alive: int
    c: float
    lambda_b: float
    focusing: float

    def objective(self, place: NDArray[np.float64]) -> float:
        """Return the objective at (gap, logit of the dead)."""
        dead, gap, low = self.K - self.alive, abs(float(place[0])), float(place[1])
        high = -dead * low / self.alive
        own = gap * (self.alive - 1) / self.alive + high
        of_alive = math.log1p((self.alive - 1) * math.exp(-gap) + dead * math.exp(low - own))
        of_dead = math.log(dead + self.alive * math.exp(high - low))
        loss = self.alive * self._loss(of_alive) + dead * self._loss(of_dead)
        biases = self.lambda_b / 2 * (self.alive * high**2 + dead * low**2)
        return loss / self.K + self.c * (self.alive - 1) * gap + biases

    def _loss(self, log_xi: float) -> float:
        missed: float = (-math.expm1(-log_xi)) ** self.focusing
        return missed * log_xi
