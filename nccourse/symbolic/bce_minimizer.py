r"""Paper B's two theorems with their true conditions, its two lemmas without a text, and who is separated.

Where all classes are alike the slopes of the loss are A = -σ(b - s) in the own logit and B = σ(s' - b) in
each other one, s and s' the positive and negative scores; b_e is the bias as the scores see it.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.bce_regularized import (
    BIAS_DECAY,
    GAP,
    OFFSET,
    STRENGTH,
    effective_bias,
    negative_score,
    objective,
    offcentre_gap,
    positive_score,
)
from nccourse.symbolic.certificate import certificate_steps, symmetric_gradient_steps
from nccourse.symbolic.contrastive_theorem import theorem_steps
from nccourse.symbolic.derivation import Step, identity, inequality, refutation, shared, unavailable
from nccourse.symbolic.normalized import sigmoid, softplus
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, b
from nccourse.symbolic.verdict import Verdict

_OWN, _OTHER = sigmoid(b - positive_score()), sigmoid(negative_score() - b)


def _stationarity_steps() -> Iterator[Step]:
    yield identity(
        "in the gap",
        sp.diff(objective(), GAP) * K / (K - 1),
        K * STRENGTH - _OWN - _OTHER,
        claim=r"\tfrac{K}{K-1}\, \partial_u f = Kc - \sigma(b - s) - \sigma(s' - b)",
        reason="so |A - B| = Kc at a stationary gap: the first half of the certificate, as an equality",
    )
    yield identity(
        "in the bias",
        sp.diff(objective(), b),
        _OWN - (K - 1) * _OTHER + BIAS_DECAY * K * b,
        claim=r"\partial_b f = \sigma(b - s) - (K-1)\, \sigma(s' - b) + \lambda_b K b",
        reason="Eq. (12), times K; so A + (K-1) B = λ_b K b: the second half asks for λ_b |b| <= c",
        equation="B (12)",
    )
    yield identity(
        "in the offset",
        sp.diff(objective(), OFFSET),
        STRENGTH - BIAS_DECAY * b + sp.diff(objective(), b) / K,
        claim=r"\partial_t f = c - \lambda_b b + \tfrac1K \partial_b f",
        reason="the same condition: the centre t = 0 is best iff λ_b b* <= c, and λ_b b = c where t > 0",
    )


def _existence_steps() -> Iterator[Step]:
    z = sp.Symbol("z", real=True)
    low, more = sp.Symbol("r", positive=True), sp.Symbol("y", nonnegative=True)
    yield inequality(
        "strictly convex",
        sp.Derivative(softplus(z), (z, 2)),
        ">",
        0,
        reason="in each logit, so the certificate holds, all minimizers have the same logits, and f(u, t, "
        "b) is "
        "convex",
    )
    yield identity("softplus", softplus(z) - z, softplus(-z), reason="take e^z out of the logarithm")
    yield inequality(
        "bounded sublevel sets",
        softplus(-z),
        ">",
        0,
        claim=r"\log(1 + e^z) > \max(z, 0)",
        reason="so f >= c ((K-1) u + t), f >= b - s and f >= s' - b: u, t and b are bounded where f is, "
        "and f(u, t, "
        "b), continuous, has a minimum",
    )
    yield inequality(
        "the bias is not negative",
        (K - 1) * sigmoid(-low) - sigmoid(-low - sp.log(1 + more)),
        ">=",
        0,
        claim=r"\partial_b f|_{b = 0} = \sigma(-s) - (K-1)\, \sigma(s') \le 0 \quad (s \ge -s')",
        reason="f is convex in b, so b* >= 0 and |b*| = b*",
    )


@shared
def _common_steps() -> Iterator[Step]:
    yield from certificate_steps()
    yield from symmetric_gradient_steps()
    yield from _stationarity_steps()
    yield from _existence_steps()


@shared
def _offcentre_steps() -> Iterator[Step]:
    place = {GAP: offcentre_gap(), OFFSET: K * (effective_bias() - b)}
    wide = {K: sp.Range(3, sp.oo), STRENGTH: sp.Interval.open(0, sp.Rational(1, 10))}
    yield identity(
        "other class",
        _OTHER.subs(place),
        2 * STRENGTH,
        claim=r"\sigma(s' - b_e) = 2c",
        reason="subtract the stationarities in u and b, with λ_b b = c",
        domain=wide,
    )
    yield identity(
        "own class",
        _OWN.subs(place),
        (K - 2) * STRENGTH,
        claim=r"\sigma(b_e - s) = (K-2)c",
        reason="add",
        domain=wide,
    )
    yield identity(
        "gap positive",
        (1 - 2 * STRENGTH) * (1 - (K - 2) * STRENGTH) - 2 * (K - 2) * STRENGTH**2,
        1 - K * STRENGTH,
        reason="u > 0 iff e^u > 1 iff K c < 1, the same threshold as in the centre",
    )
    yield identity(
        "critical",
        ((K - 1) * GAP * -K * STRENGTH - OFFSET * K * STRENGTH) / K,
        -STRENGTH * ((K - 1) * GAP + OFFSET),
        claim=r"\langle G, W H \rangle = \tfrac1K \left((K-1)\, u\, (A - B) - t\, (A + (K-1) B)\right) = -c "
        r"\left((K-1) u + t\right)",
        reason="minus both decays of scores u (I - 11'/K) - t 11'/K by C.Lem2, as at a critical point. All K "
        "singular values are positive if t > 0: that takes d >= K",
    )


def _offcentre_statement_steps() -> Iterator[Step]:
    yield from _common_steps()
    yield from _offcentre_steps()


def _theorem_two_steps() -> Iterator[Step]:
    yield from _offcentre_statement_steps()
    numbers = {K: 4, STRENGTH: sp.Rational(1, 50), BIAS_DECAY: sp.Rational(1, 20)}
    yield refutation(
        "Theorem 2 as printed",
        (K * (effective_bias() - STRENGTH / BIAS_DECAY)).subs(numbers),
        "=",
        0,
        reason="K = 4, n = 2, λ = (.01, .02, .05): the offset t of the minimizer is not 0",
        equation="B (9), (11)",
        claim=r"t = K (b_e - c/\lambda_b) = 4.75\ldots \ne 0",
    )


def _separation_steps() -> Iterator[Step]:
    z = sp.Symbol("z", real=True)
    yield identity(
        "half", sigmoid(z).subs(z, 0), sp.Rational(1, 2), claim=r"\sigma(0) = \tfrac12", reason="by symmetry"
    )
    yield inequality(
        "increasing",
        sp.Derivative(sigmoid(z), z),
        ">",
        0,
        reason="so b < s iff σ(b - s) < 1/2, and s' < b iff σ(s' - b) < 1/2",
    )
    yield inequality(
        "free bias",
        STRENGTH,
        "<=",
        (K - 1) * STRENGTH,
        reason="λ_b = 0 has σ(s' - b) = c and σ(b - s) = (K-1) c (B.Eq13): both below 1/2 iff 2 (K-1) c < 1",
    )
    yield from _offcentre_steps()


def _missing_text(what: str) -> Iterator[Step]:
    yield unavailable(
        "text",
        r"\text{stands in the supplement}",
        reason=f"the main text only refers to it: {what}",
    )


STATEMENTS = (
    Statement(
        "B.Thm1",
        "B",
        "theorem",
        "Minimizers of contrastive losses (quoted from paper C)",
        "Printed: for every contrastive loss the minimizers are centred ETFs, with $b^* = 0$ or "
        "$\\lambda_b = 0$. "
        "Here: C.Thm1, so for cross-entropy and label smoothing always, for the focal loss if $c \\le "
        "\\frac{1}{K-1}$, the ETF of size 0 included (B.Erratum2).",
        "(7)-(11)",
        Verdict.CASES,
        theorem_steps,
    ),
    Statement(
        "B.Thm2",
        "B",
        "theorem",
        "Minimizers of the regularized BCE",
        r"Printed: always a centred ETF. True for $d \ge K$: iff $\lambda_b b^* \le c$ and $Kc < 1$, $c = "
        r"\sqrt{n\lambda_W\lambda_H}$; beyond, off-centred (B.OffCentre). With $\lambda_b b^* \le c$ $d = "
        r"K-1$ is "
        r"enough; beyond, $d = K-1$ does not save it (B.Erratum1).",
        "(7)-(12)",
        Verdict.REFUTED,
        _theorem_two_steps,
    ),
    Statement(
        "B.OffCentre",
        "B",
        "new",
        "The off-centred minimizer",
        r"For $d \ge K \ge 3$, $Kc < 1$ and $\lambda_b b^* > c$ weights and features share an offset: "
        r"$\sigma(b_e "
        r"- s) = (K-2)c$, $\sigma(s' - b_e) = 2c$, $b = c/\lambda_b$, offset $t = K(b_e - b)$.",
        "",
        Verdict.PROVED,
        _offcentre_statement_steps,
    ),
    Statement(
        "B.Separation",
        "B",
        "new",
        "When the bias separates the scores",
        r"With $\lambda_b = 0$: iff $2(K-1)c < 1$. At the off-centred minimizer: iff $2(K-2)c < 1$ and $4c "
        r"< 1$.",
        "",
        Verdict.PROVED,
        _separation_steps,
    ),
    Statement(
        "B.Lem5",
        "B",
        "lemma",
        "The bias equation has one solution (text in a supplement)",
        "The main text says that by this lemma (12) has only one solution. B.Eq12 proves that.",
        "Lemma 5",
        Verdict.UNAVAILABLE,
        lambda: _missing_text("Eq. (12) has only one solution"),
    ),
    Statement(
        "B.Lem6",
        "B",
        "lemma",
        "When the bias separates the scores (text in a supplement)",
        "The main text says that by this lemma the bias separates the scores if Eq. (165) of the "
        "supplement holds. "
        "B.Separation says when it does.",
        "Lemma 6, (165)",
        Verdict.UNAVAILABLE,
        lambda: _missing_text("the bias separates the scores under Eq. (165)"),
    ),
)
