"""Statements of paper B: gradients, the bias equation, Theorem 2 with its true condition, scores."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.bce_regularized import (
    BIAS_DECAY,
    GAP,
    OFFSET,
    STRENGTH,
    bias_equation,
    free_bias,
    free_bias_gap,
    negative_score,
    objective,
    positive_score,
)
from nccourse.symbolic.derivation import Step, identity, inequality, limit
from nccourse.symbolic.normalized import sigmoid, softplus
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, b, n
from nccourse.symbolic.verdict import Verdict

CENTRED = sp.Integer(0)


def _logit_steps() -> Iterator[Step]:
    z, rest = sp.Symbol("z", real=True), sp.Symbol("R", positive=True)
    ce = sp.log(sp.exp(z) + rest)
    softmax = sp.exp(z) / (sp.exp(z) + rest)
    mean = 1 / (n * K)
    yield identity(
        "CE, own class",
        sp.Derivative(mean * (ce - z), z),
        mean * (softmax - 1),
        reason="R the sum of the other exponentials; the factor 1/(nK) of (3) is missing in print",
        equation="B (18)",
    )
    yield identity(
        "CE, other class", sp.Derivative(mean * ce, z), mean * softmax, reason="likewise", equation="B (18)"
    )
    yield identity(
        "BCE, own class",
        sp.Derivative(mean * softplus(-z), z),
        mean * (sigmoid(z) - 1),
        reason="each logit has its own term",
        equation="B (19)",
    )
    yield identity(
        "BCE, other class",
        sp.Derivative(mean * softplus(z), z),
        mean * sigmoid(z),
        reason="likewise",
        equation="B (19)",
    )


def _bias_steps() -> Iterator[Step]:
    yield identity(
        "CE at collapse",
        1 - sp.exp(GAP) / (sp.exp(GAP) + K - 1) - (K - 1) / (sp.exp(GAP) + K - 1),
        0,
        reason="the softmax sums to one, so only λ_b b is left: b = 0, or a ridge when λ_b = 0",
        equation="B (20)",
    )
    yield identity(
        "BCE at collapse",
        sp.diff(objective(), b).subs(OFFSET, 0) / K,
        bias_equation(),
        reason="derivative of the objective in a common bias, over K",
        equation="B (12), (21)",
    )
    yield inequality(
        "increasing",
        sp.diff(bias_equation().subs(BIAS_DECAY, 0), b),
        ">",
        0,
        reason="two rising sigmoids (and λ_b >= 0 adds more), so there is at most one root",
        equation="B Lemma 5",
    )
    x = sp.Symbol("x", positive=True)
    free = bias_equation().subs({BIAS_DECAY: 0}).subs(b, sp.log(x))
    yield limit("low end", free, x, 0, -(K - 1) / K, reason="b -> -oo, x = e^b -> 0: negative")
    yield limit(
        "high end",
        free,
        x,
        sp.oo,
        1 / K,
        claim=r"\lim_{b \to \infty} \text{right side of (12)} = \tfrac1K \quad (\lambda_b = 0)",
        reason="positive, so there is exactly one root",
    )


def _free_steps() -> Iterator[Step]:
    own = sigmoid(free_bias() - positive_score(free_bias_gap(), CENTRED))
    other = sigmoid(negative_score(free_bias_gap(), CENTRED) - free_bias())
    small = {STRENGTH: sp.Interval.open(0, sp.Rational(1, 10))}
    yield identity(
        "other class", other, STRENGTH, reason="σ(s' - b) = c", domain=small, claim=r"\sigma(s' - b) = c"
    )
    yield identity(
        "own class",
        own,
        (K - 1) * STRENGTH,
        reason="σ(b - s) = (K-1) c",
        domain=small,
        claim=r"\sigma(b - s) = (K-1)c",
    )
    yield identity(
        "stationary in the bias",
        own - (K - 1) * other,
        0,
        reason="Eq. (12) for λ_b = 0",
        equation="B (12)",
        domain=small,
    )
    yield identity("stationary in the gap", own + other, K * STRENGTH, reason="and in u", domain=small)
    yield identity(
        "threshold",
        (1 - STRENGTH) * (1 - (K - 1) * STRENGTH) - (K - 1) * STRENGTH**2,
        1 - K * STRENGTH,
        reason="u > 0 iff K c < 1; beyond, W = H = 0",
    )
    yield identity(
        "scores",
        negative_score(GAP, CENTRED),
        -positive_score(GAP, CENTRED) / (K - 1),
        claim=r"s' = -\tfrac uK = -\tfrac{s}{K-1}, \quad s = \tfrac{(K-1) u}{K}",
        reason="the centred scores sum to zero",
        equation="B (13)",
    )


STATEMENTS = (
    Statement(
        "B.Gradients",
        "B",
        "equation",
        "Gradients in the logits",
        "Derivatives of both losses in one logit, with the factor $1/(nK)$ that (18), (19) leave out.",
        "(18), (19)",
        Verdict.PROVED,
        _logit_steps,
    ),
    Statement(
        "B.Eq12",
        "B",
        "equation",
        "The bias equation has one root",
        "At centred collapse the bias of BCE solves (12), whose right side increases strictly through zero.",
        "(12), (20), (21)",
        Verdict.PROVED,
        _bias_steps,
    ),
    Statement(
        "B.Eq13",
        "B",
        "equation",
        "Scores at the minimum with a free bias",
        r"For $\lambda_b = 0$ and $Kc < 1$: gap $\log(\frac1c - 1) + \log(\frac{1}{(K-1)c} - 1)$, $s' = "
        r"-s/(K-1)$.",
        "(13)",
        Verdict.PROVED,
        _free_steps,
    ),
)
