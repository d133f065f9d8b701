"""Paper A at neural collapse: the losses at a simplex ETF, the stationary bias b*, Lemma 16.

Features and weights have length one and logits are γ w.h - b. At a simplex ETF with w_k = h_k the positive
score is γ, each negative one -γ/(K-1).
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, limit
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, b, gamma
from nccourse.symbolic.verdict import Verdict

POSITIVE_SCORE = gamma
NEGATIVE_SCORE = -gamma / (K - 1)
GAP = gamma * K / (K - 1)
CE_MINIMUM = sp.log(1 + (K - 1) * sp.exp(-GAP))
SEPARATION_SCALE = (1 - 1 / K) * sp.log(2 * K - 3)


def softplus(x: sp.Expr) -> sp.Expr:
    """Return log(1 + e^x)."""
    return sp.log(1 + sp.exp(x))


def sigmoid(x: sp.Expr) -> sp.Expr:
    """Return 1 / (1 + e^-x)."""
    return 1 / (1 + sp.exp(-x))


def ce_at_etf(bias: sp.Expr = b) -> sp.Expr:
    """Return the cross-entropy of one sample at a simplex ETF with equal biases.

    -log softmax of its own class.       Source: A (2) at A (9).
    """
    own, other = sp.exp(POSITIVE_SCORE - bias), sp.exp(NEGATIVE_SCORE - bias)
    return -sp.log(own / (own + (K - 1) * other))


def bce_at_etf(bias: sp.Expr = b) -> sp.Expr:
    """Return the binary cross-entropy of one sample, summed over classes, at a simplex ETF with equal biases.

    log(1 + e^(b - γ)) + (K-1) log(1 + e^(-γ/(K-1) - b)).   Source: A (5) at A (9).
    """
    return softplus(bias - POSITIVE_SCORE) + (K - 1) * softplus(NEGATIVE_SCORE - bias)


def bce_bias_exponential() -> sp.Expr:
    """Return exp(b*), the positive root of :func:`bias_quadratic`.   Source: A (39)."""
    low = sp.exp(NEGATIVE_SCORE)
    return ((K - 2) * low + sp.sqrt((K - 2) ** 2 * low**2 + 4 * (K - 1) * low * sp.exp(gamma))) / 2


def bce_bias() -> sp.Expr:
    """Return b*(γ, K), the bias at which binary cross-entropy at a simplex ETF is least.

    Source: A (11), (39).

    >>> sp.simplify(bce_bias().subs(K, 2))
    0
    """
    return sp.log(bce_bias_exponential())


def bias_quadratic(x: sp.Expr) -> sp.Expr:
    """Return q(x) = x² - (K-2) e^(-γ/(K-1)) x - (K-1) e^(γ - γ/(K-1)), whose positive root is exp(b*)."""
    low = sp.exp(NEGATIVE_SCORE)
    return x**2 - (K - 2) * low * x - (K - 1) * low * sp.exp(gamma)


def _ce_steps() -> Iterator[Step]:
    yield identity(
        "value",
        ce_at_etf(),
        CE_MINIMUM,
        reason="divide by e^(γ-b): the bias cancels",
        equation="A (8)",
    )
    yield identity(
        "any equal bias",
        sp.Derivative(ce_at_etf(), b),
        0,
        reason="softmax ignores a common shift",
        equation="A (131)",
    )
    yield inequality(
        "falls with scale", sp.diff(CE_MINIMUM, gamma), "<", 0, reason="a wider gap, a smaller loss"
    )
    yield limit("small scale", CE_MINIMUM, gamma, 0, sp.log(K), reason="all K classes equally likely")
    yield limit("large scale", CE_MINIMUM, gamma, sp.oo, 0, reason="the gap grows without bound")


def _bias_steps() -> Iterator[Step]:
    x = sp.Symbol("x", positive=True)
    slope = sigmoid(b - POSITIVE_SCORE) - (K - 1) * sigmoid(NEGATIVE_SCORE - b)
    yield identity(
        "slope", sp.diff(bce_at_etf(), b), slope, reason="differentiate", equation="A (52), repaired"
    )
    yield inequality(
        "convex",
        sp.diff(bce_at_etf(), b, 2),
        ">",
        0,
        reason="so a stationary bias is the only minimum",
    )
    yield identity(
        "quadratic",
        slope.subs(b, sp.log(x)) * (x + sp.exp(POSITIVE_SCORE)) * (x + sp.exp(NEGATIVE_SCORE)),
        bias_quadratic(x),
        reason="x = e^b, times the positive denominators",
        equation="A (53)",
    )
    yield identity(
        "root", bias_quadratic(bce_bias_exponential()), 0, reason="quadratic formula", equation="A (39)"
    )
    yield inequality(
        "one positive root",
        bias_quadratic(sp.Integer(0)),
        "<",
        0,
        reason="the product of the roots is negative, so b* is the only stationary bias",
    )
    yield identity(
        "second form",
        bce_bias(),
        NEGATIVE_SCORE + sp.log(((K - 2) + sp.sqrt((K - 2) ** 2 + 4 * (K - 1) * sp.exp(GAP))) / 2),
        reason="take e^(-γ/(K-1)) out of the root",
        equation="A (39)",
    )
    yield identity(
        "value",
        bce_at_etf(),
        -2 * gamma - (K - 2) * b + softplus(gamma - b) + (K - 1) * softplus(b + gamma / (K - 1)),
        reason="log(1+e^-x) = log(1+e^x) - x; true at every bias, so at b*",
        equation="A (10), (40)",
    )


def _bias_limit_steps() -> Iterator[Step]:
    yield limit("small scale", bce_bias(), gamma, 0, sp.log(K - 1), reason="the two terms become K-2 and K")
    x = sp.Symbol("x", positive=True)
    scaled = ((K - 2) * x + sp.sqrt((K - 2) ** 2 * x**2 + 4 * (K - 1))) / 2
    yield identity(
        "substitute",
        bce_bias() - gamma * (K - 2) / (2 * (K - 1)),
        sp.log(scaled).subs(x, sp.exp(-GAP / 2)),
        reason="x = e^(-γK/(2(K-1))), which tends to 0",
    )
    yield limit(
        "large scale", sp.log(scaled), x, 0, sp.log(K - 1) / 2, reason="b* grows like γ(K-2)/(2(K-1))"
    )
    yield identity(
        "midpoint",
        gamma * (K - 2) / (2 * (K - 1)),
        (POSITIVE_SCORE + NEGATIVE_SCORE) / 2,
        reason="so b* goes to the middle of the scores, shifted by log(K-1)/2",
    )


def _separation_steps() -> Iterator[Step]:
    low, high = sp.exp(NEGATIVE_SCORE), sp.exp(POSITIVE_SCORE)
    above = sp.Symbol("delta", positive=True)
    yield identity(
        "at the positive score",
        bias_quadratic(high),
        high**2 * (1 - (2 * K - 3) * sp.exp(-GAP)),
        reason="the parabola has one positive root e^(b*), so b* < γ iff it is positive here",
        equation="A (122)",
    )
    yield identity(
        "threshold",
        (1 - (2 * K - 3) * sp.exp(-GAP)).subs(gamma, SEPARATION_SCALE),
        0,
        reason="at γ = (1-1/K) log(2K-3)",
        equation="A (124)",
    )
    yield inequality(
        "increasing",
        sp.diff(1 - (2 * K - 3) * sp.exp(-GAP), gamma),
        ">",
        0,
        reason="so it is positive exactly above the threshold",
    )
    yield identity(
        "at the negative score",
        bias_quadratic(low),
        -(low**2) * ((K - 1) * sp.exp(GAP) + K - 3),
        reason="b* > -γ/(K-1) iff it is negative here",
        equation="A (117)",
    )
    yield inequality(
        "always above",
        (K - 1) * (1 + above) + K - 3,
        ">",
        0,
        claim=r"(K-1)\,e^{\gamma K/(K-1)} + K - 3 > 0",
        reason="e^(γK/(K-1)) = 1 + δ with δ > 0; K = 2 included",
    )


STATEMENTS = (
    Statement(
        "A.Eq8",
        "A",
        "equation",
        "Cross-entropy at a simplex ETF",
        r"At neural collapse with equal biases the loss is $\log(1 + (K-1) e^{-\gamma K/(K-1)})$, whatever "
        r"the bias.",
        "(8), (9)",
        Verdict.PROVED,
        _ce_steps,
    ),
    Statement(
        "A.Eq39",
        "A",
        "equation",
        "The bias of binary cross-entropy",
        "At neural collapse binary cross-entropy has exactly one stationary bias $b^*(\\gamma, K)$, its "
        "minimum.",
        "(10), (11), (39), (40), (52), (53)",
        Verdict.PROVED,
        _bias_steps,
    ),
    Statement(
        "A.BiasLimits",
        "A",
        "new",
        "Limits of the bias",
        r"$b^* \to \log(K-1)$ as $\gamma \to 0$; $b^* - \frac{\gamma(K-2)}{2(K-1)} \to \frac12\log(K-1)$ as "
        r"$\gamma \to \infty$.",
        "(11)",
        Verdict.PROVED,
        _bias_limit_steps,
    ),
    Statement(
        "A.Lem16",
        "A",
        "lemma",
        "When the bias separates the scores",
        r"$-\frac{\gamma}{K-1} < b^* < \gamma$ if and only if $\gamma > (1 - \frac1K) \log(2K-3)$; for $K = "
        r"2$ too.",
        "(111)-(124)",
        Verdict.PROVED,
        _separation_steps,
    ),
)
