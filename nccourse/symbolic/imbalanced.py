"""Paper D: expressions of the cross-entropy minimizer with non-negative features and any class sizes.

Classes k and j have ``COUNT`` = n_k and ``OTHER`` = n_j of the N samples. Everything hangs on ``SLOPE`` =
y_k, the probability that a sample of class k gives to the other classes: y_k = N sqrt((K-1)/K λ_W λ_H) /
sqrt(n_k) for a class that survives, (K-1)/K for one that collapses.
"""

from __future__ import annotations

import sympy as sp

from nccourse.symbolic.symbols import K

COUNT, OTHER = sp.symbols("n_k n_j", integer=True, positive=True)
TOTAL = sp.Symbol("N", integer=True, positive=True)
DECAY_W, DECAY_H = sp.symbols("lambda_W lambda_H", positive=True)
SLOPE = sp.Symbol("y", positive=True)
MARGIN = sp.Symbol("M", positive=True)

BELOW_ONE = {SLOPE: sp.Interval.open(0, 1)}
COMMON_SLOPE = TOTAL * sp.sqrt((K - 1) / K) * sp.sqrt(DECAY_W * DECAY_H)
WEIGHT_SCALE = sp.sqrt(DECAY_H / DECAY_W) / sp.sqrt(K * (K - 1))
COLLAPSE_COUNT = TOTAL**2 * K / (K - 1) * DECAY_W * DECAY_H


def slope(count: sp.Expr = COUNT) -> sp.Expr:
    """Return y_k = c_1 / sqrt(n_k) with c_1 = N sqrt((K-1)/K λ_W λ_H).   Source: D (41).

    >>> slope(4 * COUNT) / slope(COUNT)
    1/2
    """
    return COMMON_SLOPE / sp.sqrt(count)


def margin(y: sp.Expr = SLOPE) -> sp.Expr:
    """Return M = log((K-1)(1/y - 1)), the margin where it is positive, else the class collapses.

    Source: D (6).

    >>> margin(1 - 1 / K).simplify()
    0
    """
    return sp.log((K - 1) * (1 / y - 1))


def class_loss(x: sp.Expr) -> sp.Expr:
    """Return log(1 + (K-1) e^x), the cross-entropy when every rival's logit exceeds the own one by x.

    Source: D (23).
    """
    return sp.log(1 + (K - 1) * sp.exp(x))


def bound_of_class(y: sp.Expr, gap: sp.Expr) -> sp.Expr:
    """Return log(1 + (K-1) e^-M) + y M, the share n_k/N of which class k has in the minimum."""
    return class_loss(-gap) + y * gap


def feature_square(gap: sp.Expr = MARGIN, count: sp.Expr = COUNT) -> sp.Expr:
    """Return ||h_k||^2 = sqrt((K-1)/K λ_W/λ_H 1/n_k) M_k.   Source: D (9)."""
    return sp.sqrt((K - 1) / K) * sp.sqrt(DECAY_W / DECAY_H) / sp.sqrt(count) * gap


def weights(classes: int) -> sp.ImmutableMatrix:
    """Return K v_k - sum_m v_m in rows, without the factor, for orthogonal v_k = sqrt(n_k) h_k on the axes.

    Source: D (10).

    >>> weights(2)
    Matrix([
    [ v_1, -v_2],
    [-v_1,  v_2]])
    """
    lengths = sp.symbols(f"v_1:{classes + 1}", nonnegative=True)
    centring = classes * sp.eye(classes) - sp.ones(classes, classes)
    return sp.ImmutableMatrix(centring * sp.diag(*lengths))


def weight_rows(own: sp.Expr, other: sp.Expr, rest: sp.Expr) -> tuple[sp.ImmutableMatrix, sp.ImmutableMatrix]:
    """Return w_k and w_j without the factor, for any K, in three coordinates.

    Args:
        own: ||v_k||^2 = n_k ||h_k||^2, on the axis of class k.
        other: ||v_j||^2.
        rest: sum of ||v_m||^2 over the other classes, whose part in both weights is -sum_m v_m.

    Source: D (10).
    """
    axis_k, axis_j, axis_rest = (sp.sqrt(square) for square in (own, other, rest))
    return (
        sp.ImmutableMatrix([[(K - 1) * axis_k, -axis_j, -axis_rest]]),
        sp.ImmutableMatrix([[-axis_k, (K - 1) * axis_j, -axis_rest]]),
    )
