"""Paper E: a fixed simplex ETF classifier, its minimizers, and one projected gradient step on the sphere.

Weights have length sqrt(E_W), features at most sqrt(E_H), as at the optimum. A feature on the sphere is
described by c, the cosine of its angle θ to its class's weight. A displacement
is "out of span" if it is orthogonal to all weights, which needs d >= K, and "in span" if it is in their span,
which needs K >= 3.
"""

from __future__ import annotations

import sympy as sp

from nccourse.symbolic.symbols import K

WEIGHT_ENERGY, FEATURE_ENERGY = sp.symbols("E_W E_H", positive=True)
STEP, MOVE, COSINE = sp.symbols("eta m c", positive=True)
ACUTE = {COSINE: sp.Interval.open(0, 1)}

LENGTHS = sp.sqrt(WEIGHT_ENERGY) * sp.sqrt(FEATURE_ENERGY)
RATIO = sp.sqrt(WEIGHT_ENERGY) / sp.sqrt(FEATURE_ENERGY)
CURVATURE = LENGTHS / (K - 1)


def rival_probability(cosine: sp.Expr | int = 1) -> sp.Expr:
    """Return p, the probability of each other class, where all of them tie.

    1 / (K - 1 + exp(sqrt(E_W E_H) c K/(K-1))).   Source: E (26); at the optimum c = 1.

    >>> rival_probability(0)
    1/K
    """
    return 1 / (K - 1 + sp.exp(LENGTHS * cosine * K / (K - 1)))


def pull(cosine: sp.Expr | int = 1) -> sp.Expr:
    """Return G = η K p sqrt(E_W/E_H), the move of a cross-entropy step along the own weight; g where c = 1.

    In units of sqrt(E_H), where the other classes tie.
    """
    return STEP * K * rival_probability(cosine) * RATIO


def norm_after(move: sp.Expr = MOVE, cosine: sp.Expr = COSINE) -> sp.Expr:
    """Return D = sqrt(1 + 2 c m + m²), the length after a move m along the own weight, before projection."""
    return sp.sqrt(1 + 2 * cosine * move + move**2)


def cosine_after(move: sp.Expr = MOVE, cosine: sp.Expr = COSINE) -> sp.Expr:
    """Return cos θ' = (c + m)/D after a move m >= 0 along the own weight and back to the sphere."""
    return (cosine + move) / norm_after(move, cosine)


def regularity(move: sp.Expr = MOVE, cosine: sp.Expr = COSINE) -> sp.Expr:
    """Return η_h = ‖h⁺ - h*‖² / ‖h - h*‖² = (1 + c) / (D (D + c + m)) for such a step.

    Source: E Definition 2, computed exactly.

    >>> regularity(1 - COSINE).subs(COSINE, 1)
    1
    """
    norm = norm_after(move, cosine)
    return (1 + cosine) / (norm * (norm + cosine + move))


def printed_regularity(cosine: sp.Expr = COSINE) -> sp.Expr:
    """Return (1 + c)/2, which (16) prints as the number of dot regression.   Source: E (16), (36)."""
    return (1 + cosine) / 2


def out_of_span_factor(g: sp.Expr) -> sp.Expr:
    """Return 1/(1+g), by which cross-entropy shortens small displacements orthogonal to all weights."""
    return 1 / (1 + g)


def in_span_factor(g: sp.Expr, curvature: sp.Expr = CURVATURE) -> sp.Expr:
    """Return (1 - g A)/(1 + g), A = sqrt(E_W E_H)/(K-1), for small displacements within the span."""
    return (1 - g * curvature) / (1 + g)
