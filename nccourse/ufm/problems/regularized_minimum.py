"""Where a theorem gives the minimum of a model with decay, and its value there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nccourse.theory import regularized as theory

if TYPE_CHECKING:
    from nccourse.ufm.problems.regularized import RegularizedUFM


def proven_minimum(problem: RegularizedUFM) -> float | None:
    """Return the global minimum, or None where no theorem gives it.

    CE, label smoothing, BCE and MSE are convex in the scores, and with d >= K the two decays amount to the
    nuclear norm of the class scores, a convex problem that no renumbering of the classes changes; so a
    minimizer is as symmetric, which is the three numbers :mod:`nccourse.theory.reduced` minimises over. With
    d = K-1 this still holds if that minimizer has rank K-1, as it has unless it leans off centre. Focal loss
    is not convex: see :func:`_focal_collapses`.
    """
    K, d = problem.num_classes, problem.dim
    if d < K - 1 or (problem.loss == "focal" and not _focal_collapses(problem)):
        return None
    decays = problem.lambda_W, problem.lambda_H, problem.lambda_b
    best = theory.minimizer(
        problem.loss, K, problem.samples_per_class, *decays, bias=problem.bias, **problem.loss_params
    )
    offset = best.positive_score + (K - 1) * best.negative_score
    gap = best.positive_score - best.negative_score
    leans = abs(offset) > 1e-9 * gap > 0.0
    return None if leans and d < K else float(best.objective)


def _focal_collapses(problem: RegularizedUFM) -> bool:
    """Tell whether neural collapse, or zero, is proved to be focal loss's minimum.

    With q = 1 - p and x the score of the right class less the mean of the others, focal loss is at least its
    value φ(x) where the others are equal, and the decay is at least price (K-1) times the mean of x for every
    price from 0 to c = sqrt(n λ_W λ_H). So min over all real x of φ(x) + price (K-1) x bounds the objective
    from below. Its terms fall and rise as slope(q) = q^β (q - β p log p), which grows from 0 to above 1 and
    falls to 1 at q = 1, compares with price (K-1). If that is below 1 there is one minimum, and a collapsed
    state is there: at price c, or, if x were then negative, W = H = 0 at the price that makes it x = 0.
    """
    K, β = problem.num_classes, problem.loss_params["focusing"]
    c = math.sqrt(problem.samples_per_class * problem.lambda_W * problem.lambda_H)
    q = (K - 1) / K
    at_zero = q**β * (q + β / K * math.log(K))
    return bool(min(c * (K - 1), at_zero) < 1.0)
