"""Paper B: binary cross-entropy with weight decay, and where its minimizer leaves the centre.

By convexity in the scores S = H W' and averaging over the permutations of classes it is enough to look at
scores that are equal for all samples: S = u (I - 11'/K) - t 11'/K with u, t >= 0. At fixed S the decay of W
and H costs at least c times the nuclear norm (K-1) u + t, c = sqrt(n λ_W λ_H). So the objective is the
function :func:`objective` of (u, t, b), and t > 0 means that features and weights share an offset of
opposite sign. Logits are scores minus b.
"""

from __future__ import annotations

import sympy as sp

from nccourse.symbolic.normalized import sigmoid, softplus
from nccourse.symbolic.symbols import K, b

GAP = sp.Symbol("u", positive=True)
OFFSET = sp.Symbol("t", nonnegative=True)
STRENGTH = sp.Symbol("c", positive=True)
BIAS_DECAY = sp.Symbol("lambda_b", nonnegative=True)


def positive_score(gap: sp.Expr = GAP, offset: sp.Expr = OFFSET) -> sp.Expr:
    """Return the score of the own class, u (K-1)/K - t/K.   Source: B (13) for t = 0."""
    return (gap * (K - 1) - offset) / K


def negative_score(gap: sp.Expr = GAP, offset: sp.Expr = OFFSET) -> sp.Expr:
    """Return the score of another class, -u/K - t/K.   Source: B (13) for t = 0."""
    return -(gap + offset) / K


def objective(gap: sp.Expr = GAP, offset: sp.Expr = OFFSET, bias: sp.Expr = b) -> sp.Expr:
    """Return the least objective at scores (u, t), bias b; all zero at u = t = 0.   Source: B (3)."""
    loss = softplus(bias - positive_score(gap, offset)) + (K - 1) * softplus(
        negative_score(gap, offset) - bias
    )
    return loss + STRENGTH * ((K - 1) * gap + offset) + BIAS_DECAY * K * bias**2 / 2


def entropy(p: sp.Expr) -> sp.Expr:
    """Return H(p) = -p log p - (1-p) log(1-p), for which log(1 + e^x) >= p x + H(p) whatever x."""
    return -p * sp.log(p) - (1 - p) * sp.log(1 - p)


def centred_lower_bound(q: sp.Expr) -> sp.Expr:
    """Return a lower bound of the objective of every centred simplex ETF, for any q in (0, K c).

    H(p) + (K-1) H(q) - (p - (K-1) q)²/(2 λ_b K) with p = K c - q: the gap u cancels, and the bias is
    minimised. It is reached where q is the probability σ(s' - b) at the best centred ETF.
    """
    p = K * STRENGTH - q
    return entropy(p) + (K - 1) * entropy(q) - (p - (K - 1) * q) ** 2 / (2 * BIAS_DECAY * K)


def bias_equation(gap: sp.Expr = GAP, bias: sp.Expr = b) -> sp.Expr:
    """Return the right side of B (12), with sqrt(λ_W/(n λ_H)) ρ/K = u (K-1)/K the positive score."""
    own, other = positive_score(gap, sp.Integer(0)), negative_score(gap, sp.Integer(0))
    return -(K - 1) / K * sigmoid(other - bias) + sigmoid(bias - own) / K + BIAS_DECAY * bias


def offcentre_gap() -> sp.Expr:
    """Return the gap u of the off-centred minimizer, log(1/(2c) - 1) + log(1/((K-2)c) - 1)."""
    return sp.log(1 / (2 * STRENGTH) - 1) + sp.log(1 / ((K - 2) * STRENGTH) - 1)


def effective_bias() -> sp.Expr:
    """Return b_e = b + t/K of the off-centred minimizer, log(1/(2c) - 1) - u/K."""
    return sp.log(1 / (2 * STRENGTH) - 1) - offcentre_gap() / K


def free_bias_gap() -> sp.Expr:
    """Return the gap for λ_b = 0, log(1/c - 1) + log(1/((K-1)c) - 1)."""
    return sp.log(1 / STRENGTH - 1) + sp.log(1 / ((K - 1) * STRENGTH) - 1)


def free_bias() -> sp.Expr:
    """Return the bias for λ_b = 0, log(1/c - 1) - u/K."""
    return sp.log(1 / STRENGTH - 1) - free_bias_gap() / K
