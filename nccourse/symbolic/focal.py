r"""Paper C's focal loss: its φ, whose slope rises and falls, and what that does to uniqueness.

With ξ one over the probability of the own class, the loss is η(ξ) = (1 - 1/ξ)^β log ξ, and along
ξ(t) = 1 + (K-1) e^(t/(K-1)) the slope is φ'(t) = ς(ξ)/(K-1). The paper's focusing exponent γ is β here.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.bce_regularized import GAP, STRENGTH
from nccourse.symbolic.contrastive import CONTRAST, partition
from nccourse.symbolic.derivation import Step, identity, inequality, limit
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

FOCUSING = sp.Symbol("beta", positive=True)
XI = sp.Symbol("xi", positive=True)
_ABOVE_ONE = {XI: sp.Interval.open(1, sp.oo)}


def _power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    # As an exponential it is one of the unknowns that identities are decided in.
    return sp.exp(exponent * sp.log(base))


def loss(xi: sp.Expr = XI, beta: sp.Expr = FOCUSING) -> sp.Expr:
    """Return the focal loss η(ξ) = (1 - 1/ξ)^β log ξ of a sample with own probability 1/ξ.

    Source: C (4).

    >>> loss(sp.Integer(2), sp.Integer(1))
    log(2)/2
    """
    return _power(xi - 1, beta) / _power(xi, beta) * sp.log(xi)


def slope(xi: sp.Expr = XI, beta: sp.Expr = FOCUSING) -> sp.Expr:
    """Return ς(ξ) = (ξ-1)^β (ξ - 1 + β log ξ) / ξ^(β+1), (K-1) times the slope of φ_FL.   Source: C B.2."""
    return _power(xi - 1, beta) / _power(xi, beta) / xi * (xi - 1 + beta * sp.log(xi))


def bend(xi: sp.Expr = XI, beta: sp.Expr = FOCUSING) -> sp.Expr:
    """Return ϑ(ξ) = -log ξ + β log ξ/(ξ-1) + 1 + (β+1)/β, which has the sign of φ''_FL.

    Source: C B.2. Differs by the summand 1, printed as the exponent.
    """
    return -sp.log(xi) + beta * sp.log(xi) / (xi - 1) + 1 + (beta + 1) / beta


def bend_factor(xi: sp.Expr = XI, beta: sp.Expr = FOCUSING) -> sp.Expr:
    """Return β (ξ-1)^β / ξ^(β+2), by which ϑ is multiplied in ς'."""
    return beta * _power(xi - 1, beta) / _power(xi, beta) / xi**2


def slope_at_zero(beta: sp.Expr = FOCUSING) -> sp.Expr:
    """Return φ'_FL(0) = (K-1)^(β-1) (K - 1 + β log K) / K^(β+1).

    Zero is a local minimum iff c is at least that.
    """
    return _power(K - 1, beta) / _power(K, beta) / (K * (K - 1)) * (K - 1 + beta * sp.log(K))


def collapsed_objective(
    gap: sp.Expr = GAP, beta: sp.Expr = FOCUSING, strength: sp.Expr = STRENGTH
) -> sp.Expr:
    """Return the objective of a simplex ETF with score gap u, the focal loss plus c (K-1) u."""
    return loss(1 + (K - 1) * sp.exp(-gap), beta) + strength * (K - 1) * gap


def _slope_steps() -> Iterator[Step]:
    yield identity(
        "slope",
        sp.diff(loss(), XI) * (XI - 1),
        slope(),
        claim=r"\eta'(\xi)\,(\xi - 1) = \varsigma(\xi) = \tfrac{(\xi-1)^\beta}{\xi^{\beta+1}} "
        r"(\xi - 1 + \beta \log \xi)",
        reason="dξ/dt = (ξ-1)/(K-1), so φ' = ς/(K-1)",
        equation="C B.2",
        domain=_ABOVE_ONE,
    )
    yield identity(
        "chain rule",
        sp.Derivative(partition(), CONTRAST),
        (partition() - 1) / (K - 1),
        reason="differentiate",
    )
    yield inequality(
        "increasing",
        slope(),
        ">",
        0,
        claim=r"\varsigma(\xi) > 0 \quad (\xi > 1)",
        reason="so η increases, which with C.Def1 gives the bound, and t* <= 0",
        domain=_ABOVE_ONE,
    )
    yield identity(
        "bend",
        sp.diff(slope(), XI),
        bend_factor() * bend(),
        claim=r"\varsigma'(\xi) = \tfrac{\beta (\xi-1)^\beta}{\xi^{\beta+2}}\, \vartheta(\xi), \quad "
        r"\vartheta = -\log \xi + \tfrac{\beta \log \xi}{\xi - 1} + 1 + \tfrac{\beta+1}{\beta}",
        reason="the printed constant β + (β+1)/β is a misprint, see C.Erratum2",
        equation="C B.2",
        domain=_ABOVE_ONE,
    )


def _unimodal_steps() -> Iterator[Step]:
    deficit = sp.log(XI) - 1 + 1 / XI
    some = sp.Symbol("g", positive=True)
    yield identity(
        "no deficit",
        deficit.subs(XI, 1),
        0,
        claim=r"g(1) = 0, \quad g(\xi) = \log \xi - 1 + \tfrac1\xi",
        reason="where no other class has any probability",
    )
    yield inequality(
        "deficit grows",
        sp.factor(sp.diff(deficit, XI)),
        ">",
        0,
        reason="so g > 0 for ξ > 1",
        domain=_ABOVE_ONE,
    )
    yield identity(
        "bend falls",
        sp.diff(bend(), XI),
        -1 / XI - FOCUSING * deficit / (XI - 1) ** 2,
        reason="ϑ' in terms of g",
        domain=_ABOVE_ONE,
    )
    yield inequality(
        "so it decreases",
        -1 / XI - FOCUSING * some / (XI - 1) ** 2,
        "<",
        0,
        reason="ϑ changes sign at most once, from + to -",
        domain=_ABOVE_ONE,
    )
    yield limit(
        "bend at the start", bend(), XI, 1, FOCUSING + 1 + (FOCUSING + 1) / FOCUSING, reason="positive"
    )
    yield limit(
        "bend at the end", bend(), XI, sp.oo, -sp.oo, reason="negative: ς rises to one peak, then falls"
    )


def _phi_steps() -> Iterator[Step]:
    yield from _slope_steps()
    yield from _unimodal_steps()
    yield identity(
        "slope at zero",
        slope(K) / (K - 1),
        slope_at_zero(),
        claim=r"\phi'(0) = \tfrac{(K-1)^{\beta-1} (K - 1 + \beta \log K)}{K^{\beta+1}}",
        reason="ξ(0) = K. So φ(t) + c|t| has at most two stationary points t < 0, first a minimum, then a "
        "maximum; t* is that minimum or 0, and unique unless both tie",
        equation="C B.2",
    )


def _safe_steps() -> Iterator[Step]:
    yield from _unimodal_steps()
    yield limit(
        "power",
        (1 - 1 / XI) ** FOCUSING,
        XI,
        sp.oo,
        1,
        reason="first factor of ς",
        claim=r"\lim_{\xi \to \infty} (1 - \tfrac1\xi)^\beta = 1",
    )
    yield limit(
        "slope at the end",
        (XI - 1 + FOCUSING * sp.log(XI)) / XI,
        XI,
        sp.oo,
        1,
        reason="second factor: ς rises from 0 beyond 1, then falls back to 1. So it crosses a level "
        "c(K-1) <= 1 exactly once, and φ(t) - c t falls, then rises: φ lies above its line of slope c at t*",
    )
    yield inequality(
        "wider than cross-entropy's range",
        1 / K,
        "<",
        1 / (K - 1),
        reason="where cross-entropy's minimizer is not zero, K c < 1, the focal one collapses as printed",
    )


def _transition_steps() -> Iterator[Step]:
    log_k = sp.Symbol("L", positive=True)
    threshold = 2 * sp.sqrt(log_k / (K - 1)) - (log_k - 2)
    yield identity(
        "best exponent",
        -log_k + FOCUSING * log_k / (K - 1) + 2 + 1 / FOCUSING,
        threshold + (sp.sqrt(FOCUSING * log_k / (K - 1)) - 1 / sp.sqrt(FOCUSING)) ** 2,
        claim=r"\vartheta(K) = 2 \sqrt{\tfrac{L}{K-1}} - (L - 2) + "
        r"\left(\sqrt{\tfrac{\beta L}{K-1}} - \tfrac{1}{\sqrt\beta}\right)^2, \quad L = \log K",
        reason="complete the square in β",
    )
    for classes in range(2, 18):
        yield inequality(
            f"K = {classes}",
            threshold.subs({log_k: sp.log(classes), K: classes}),
            ">",
            0,
            reason="ϑ(K) > 0 for every β: φ is convex for t <= 0, no tie at any c",
        )
    for classes, beta, relation in ((18, 2, "<"), (18, 3, "<"), (23, 1, ">"), (24, 1, "<")):
        yield inequality(
            f"K = {classes}, β = {beta}",
            bend(sp.Integer(classes), sp.Integer(beta)),
            relation,
            0,
            reason="where φ'' < 0 at 0, zero and a smaller t are both minima for some c",
        )
    at = {K: 30, FOCUSING: 3}
    for strength, relation in ((sp.Rational(1649, 40000), "<"), (sp.Rational(413, 10000), ">")):
        yield inequality(
            f"K = 30, c = {strength}",
            collapsed_objective(sp.Rational(49, 60), strength=strength).subs(at),
            relation,
            loss(sp.Integer(30), sp.Integer(3)),
            reason="a gap of 49/60 against zero, β = 3; the tie is at c = 0.0412289, gap 0.81458",
        )


STATEMENTS = (
    Statement(
        "C.PhiFL",
        "C",
        "equation",
        "The focal loss and the contrastive property",
        r"$\phi_{FL}(t) = \eta(\xi(t))$ increases; its slope rises, then falls. Printed: $t^*$ is unique. "
        "True: unless two minima tie (C.FocalTransition, C.Erratum1).",
        "App. B.2",
        Verdict.PROVED,
        _phi_steps,
    ),
    Statement(
        "C.FocalSafe",
        "C",
        "new",
        "Where the focal loss is safe",
        r"For $c \le \frac{1}{K-1}$ the line of slope $\min(c, \phi'(0))$ touches $\phi_{FL}$ at $t^*$ only "
        "and lies below it: C.Thm1 holds, for every focusing.",
        "",
        Verdict.PROVED,
        _safe_steps,
    ),
    Statement(
        "C.FocalTransition",
        "C",
        "new",
        "When two focal minima tie",
        r"Some $\beta$ has a $c$ with two minimizers iff $\log K - 2 > 2\sqrt{\log K/(K-1)}$: never for "
        r"$K \le 17$; at $K = 18$ for $\beta = 2, 3$; but for $\beta = 1$ only from $K = 24$ on.",
        "",
        Verdict.POINTS,
        _transition_steps,
    ),
)
