r"""Where the focal loss is convex in the logits: paper C's sufficient bound and the exact condition.

With p the probability of the own class the Hessian is A (e_k - p)(e_k - p)' + B (diag(p) - pp'), where
A = η'(p) p, B = -η(p) >= 0 and η(p) = p ξ'(p), ξ(p) = -(1-p)^β log p.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, limit
from nccourse.symbolic.focal import FOCUSING
from nccourse.symbolic.landscape import landscape_steps
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.verdict import Verdict

OWN = sp.Symbol("p", positive=True)
_INSIDE = {OWN: sp.Interval.open(0, 1)}
# p = 1/(1 + x): the form in which a machine sees signs on 0 < p < 1.
_ODDS = sp.Symbol("x", positive=True)
_FROM_ODDS = {OWN: 1 / (1 + _ODDS)}


def focal_in_probability(p: sp.Expr = OWN, beta: sp.Expr = FOCUSING) -> sp.Expr:
    """Return ξ(p) = -(1-p)^β log p.   Source: C (4), App. D."""
    return -sp.exp(beta * sp.log(1 - p)) * sp.log(p)


def printed_bound(p: sp.Expr = OWN) -> sp.Expr:
    """Return log p + 2 (1 - p), whose sign suffices for convexity.   Source: C App. D."""
    return sp.log(p) + 2 * (1 - p)


def printed_root() -> sp.Expr:
    """Return the root of :func:`printed_bound` below 1, -W(-2/e²)/2 = 0.203188, W Lambert's function.

    >>> printed_root().evalf(6)
    0.203188
    """
    return -sp.LambertW(-2 * sp.exp(-2)) / 2


def convexity(p: sp.Expr = OWN, beta: sp.Expr = FOCUSING) -> sp.Expr:
    """Return F(p) = (2β+1)(1-p) + β (1 - (1+β) p) log p; the Hessian is positive semidefinite iff F >= 0."""
    return (2 * beta + 1) * (1 - p) + beta * (1 - (1 + beta) * p) * sp.log(p)


def every_exponent(p: sp.Expr = OWN) -> sp.Expr:
    """Return (1-p) (2 + log p)² + 4 p log p, zero at the largest threshold over all β, p = 0.0584444."""
    return (1 - p) * (2 + sp.log(p)) ** 2 + 4 * p * sp.log(p)


def worst_exponent(p: sp.Expr = OWN) -> sp.Expr:
    """Return the β with the largest threshold p, (1-p)(2 + log p)/(2 p log p), 2.38186."""
    return (1 - p) * (2 + sp.log(p)) / (2 * p * sp.log(p))


def _curvatures() -> tuple[sp.Expr, sp.Expr]:
    """Return η'(p) and -η(p)."""
    eta = OWN * sp.diff(focal_in_probability(), OWN)
    return sp.diff(eta, OWN), -eta


def _printed_steps() -> Iterator[Step]:
    eta_slope, minus_eta = _curvatures()
    power = sp.exp(FOCUSING * sp.log(1 - OWN))
    yield identity(
        "η",
        minus_eta,
        power - FOCUSING * OWN * power / (1 - OWN) * sp.log(OWN),
        claim=r"-\eta = (1-p)^\beta - \beta p (1-p)^{\beta-1} \log p",
        reason="both terms are >= 0",
        equation="C App. D",
        domain=_INSIDE,
    )
    yield identity(
        "η'",
        eta_slope,
        FOCUSING * power / (1 - OWN) ** 2 * ((1 - FOCUSING * OWN) * sp.log(OWN) + 2 * (1 - OWN)),
        claim=r"\eta' = \beta (1-p)^{\beta-2} \left((1 - \beta p) \log p + 2 (1-p)\right)",
        reason="the term -β² p log p >= 0 is dropped in print",
        equation="C App. D",
        domain=_INSIDE,
    )
    yield inequality(
        "dropped term",
        (-FOCUSING * OWN * sp.log(OWN)).subs(_FROM_ODDS),
        ">",
        0,
        claim=r"-\beta p \log p > 0 \quad (0 < p < 1)",
        reason="p = 1/(1 + x)",
    )
    yield identity(
        "root of the bound",
        printed_root() * sp.exp(2 * (1 - printed_root())),
        1,
        claim=r"p_0\, e^{2 (1 - p_0)} = 1, \quad p_0 = -\tfrac12 W(-2 e^{-2}) = 0.203188\ldots",
        reason="W e^W = -2/e²; so log p_0 + 2 (1 - p_0) = 0, and 0.21 is this root rounded up",
    )
    yield inequality(
        "concave",
        sp.diff(printed_bound(), OWN, 2),
        "<",
        0,
        reason="with roots p_0 and 1 the bound is >= 0 exactly between them",
    )


def _exact_steps() -> Iterator[Step]:
    eta_slope, minus_eta = _curvatures()
    first, second = sp.symbols("m s", real=True)
    yield identity(
        "least variance",
        second - 2 * (first / (1 - OWN)) * first + (1 - OWN) * (first / (1 - OWN)) ** 2,
        second - first**2 / (1 - OWN),
        claim=r"\sum_{j \ne k} q_j (y_j - \bar y)^2 = \sum q_j y_j^2 - \tfrac{(\sum q_j y_j)^2}{1-p} \ge 0",
        reason="q_j the other probabilities, sum 1 - p, m = Σ q_j y_j, s = Σ q_j y_j²",
    )
    yield identity(
        "worst direction",
        OWN + OWN**2 / (1 - OWN),
        OWN / (1 - OWN),
        claim=r"\operatorname{Var}_p(v) \ge (v_k - \operatorname{E} v)^2\, \tfrac{p}{1-p}",
        reason="y = v - E v, so m = -p y_k; equal if all v_j, j ≠ k, agree. The Hessian is >= 0 iff "
        "A + B p/(1-p) >= 0",
    )
    power = sp.exp(FOCUSING * sp.log(1 - OWN))
    yield identity(
        "condition",
        eta_slope * OWN + minus_eta * OWN / (1 - OWN),
        OWN * power / (1 - OWN) ** 2 * convexity(),
        claim=r"A + B\,\tfrac{p}{1-p} = p\,(1-p)^{\beta-2} F(p), \quad F = (2\beta+1)(1-p) + \beta (1 - "
        r"(1+\beta) p) "
        r"\log p",
        reason="insert A and B",
        domain=_INSIDE,
    )
    yield inequality("concave", sp.diff(convexity(), OWN, 2), "<", 0, reason="F'' < 0")
    yield identity("end", convexity().subs(OWN, 1), 0, claim="F(1) = 0", reason="at p = 1")
    yield inequality(
        "from above",
        sp.diff(convexity(), OWN).subs(OWN, 1),
        "<",
        0,
        claim="F'(1) = -(1+\\beta)^2 < 0",
        reason="so F > 0 just below 1",
    )
    yield limit(
        "start",
        convexity(),
        OWN,
        0,
        -sp.oo,
        reason="so F changes sign once: convex iff p is at least that root, 0.0578 at β = 2, 0.0575 at β = 3",
    )


def _supremum_steps() -> Iterator[Step]:
    quadratic = (1 - OWN) + FOCUSING * (1 - OWN) * (2 + sp.log(OWN)) - FOCUSING**2 * OWN * sp.log(OWN)
    yield identity("quadratic in β", convexity(), quadratic, reason="collect powers of β")
    square = -OWN * sp.log(OWN) * (FOCUSING - worst_exponent()) ** 2
    yield identity(
        "complete the square",
        quadratic - square,
        (1 - OWN) / (4 * OWN * sp.log(OWN)) * every_exponent(),
        claim=r"F = -p \log p\, (\beta - \beta_0)^2 + \tfrac{(1-p)\left((1-p)(2 + \log p)^2 + 4 p \log "
        r"p\right)}"
        r"{4 p \log p}, \quad \beta_0 = \tfrac{(1-p)(2 + \log p)}{2 p \log p}",
        reason="-p log p > 0; the threshold is largest where β = β_0 and the rest is 0",
        domain={OWN: sp.Interval.open(0, sp.Rational(1, 10))},
    )
    for value, relation in ((sp.Rational(584444, 10**7), ">"), (sp.Rational(584445, 10**7), "<")):
        yield inequality(
            f"at p = {float(value):.7f}",
            every_exponent(value),
            relation,
            0,
            reason="the root lies between 0.0584444 and 0.0584445",
        )
    for value, relation in ((sp.Rational(584444, 10**7), ">"), (sp.Rational(584445, 10**7), "<")):
        yield inequality(
            f"exponent at p = {float(value):.7f}",
            worst_exponent(value),
            relation,
            sp.Rational(23818, 10**4) if relation == ">" else sp.Rational(2382, 10**3),
            reason="β_0 there lies between 2.3818 and 2.3820",
        )


def _region_steps() -> Iterator[Step]:
    z = sp.Symbol("z", real=True)
    yield inequality(
        "a convex region",
        sp.diff(sp.exp(z), z, 2),
        ">",
        0,
        reason="p_k >= p_0 iff Σ_{j≠k} e^(z_j - z_k) <= 1/p_0 - 1, a sublevel set of a convex function: "
        "Ω is convex",
    )
    yield from _printed_steps()
    yield from landscape_steps()


STATEMENTS = (
    Statement(
        "C.Cor2",
        "C",
        "corollary",
        "Local landscape of the focal loss",
        r"The focal loss is convex for $p_k \ge 0.21$, and that region Ω is convex: a critical point "
        "inside with "
        r"$\|G\| \le \sqrt{\lambda_W\lambda_H}$ is least within it, every other one a strict saddle "
        "(C.Thm2). That "
        "the global minimizer lies in Ω is not stated as a condition and can fail (C.Erratum6).",
        "(36), (37)",
        Verdict.CASES,
        _region_steps,
    ),
    Statement(
        "C.FocalConvexity",
        "C",
        "new",
        "Where the focal loss is convex, exactly",
        r"Its Hessian is positive semidefinite iff $(2\beta+1)(1-p) + \beta (1 - (1+\beta)p) \log p \ge "
        "0$, that is, "
        "iff $p$ is at least the one root of this.",
        "(36)",
        Verdict.PROVED,
        _exact_steps,
    ),
    Statement(
        "C.FocalConvexityBound",
        "C",
        "new",
        "Convex for every focusing exponent",
        r"For $p \ge 0.0584445$ the focal loss is convex whatever $\beta$; the threshold is largest, "
        "0.0584444…, at "
        r"$\beta = 2.3819$.",
        "",
        Verdict.POINTS,
        _supremum_steps,
    ),
)
