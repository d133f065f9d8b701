r"""Paper C's contrastive property: losses bounded below by a function φ of one contrast t.

For a sample of class k, t = Σ_{j≠k} (z_j - z_k), so t < 0 where the own logit leads, and at scores
z_k - z_j = u for all j it is t = -(K-1) u. The constant c = sqrt(n λ_W λ_H) is the price of one unit of |t|
(see :mod:`nccourse.symbolic.contrastive_theorem`). Cross-entropy is label smoothing with α = 0.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.bce_regularized import STRENGTH
from nccourse.symbolic.derivation import Step, identity, inequality, limit
from nccourse.symbolic.jensen import rival_steps
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

CONTRAST = sp.Symbol("t", real=True)
SMOOTHING = sp.Symbol("alpha", nonnegative=True)
UNSMOOTHED = sp.Integer(0)
# The strongest smoothing is approached as x grows: then 1 - α = 1/(1 + x) has a sign a machine sees.
_ODDS = sp.Symbol("x", nonnegative=True)
_BELOW_ONE = {SMOOTHING: _ODDS / (1 + _ODDS)}


def partition(t: sp.Expr = CONTRAST) -> sp.Expr:
    """Return ξ(t) = 1 + (K-1) e^(t/(K-1)), one over the probability of the own class.   Source: C B.2."""
    return 1 + (K - 1) * sp.exp(t / (K - 1))


def phi_smoothed(t: sp.Expr = CONTRAST, alpha: sp.Expr = SMOOTHING) -> sp.Expr:
    """Return φ_LS(t) = log(1 + (K-1) e^(t/(K-1))) - α t/K; α = 0 is φ_CE.   Source: C (8), B.3."""
    return sp.log(partition(t)) - alpha / K * t


def smoothed_gap(alpha: sp.Expr = SMOOTHING, strength: sp.Expr = STRENGTH) -> sp.Expr:
    """Return the score gap u = log(1/(c + α/K) - (K-1)) at which φ_LS(t) + c|t| is least, if it is positive.

    >>> sp.exp(smoothed_gap(sp.Integer(0), sp.Rational(1, 50)).subs(K, 4))
    47
    """
    return sp.log(1 / (strength + alpha / K) - (K - 1))


def _definition_steps() -> Iterator[Step]:
    own, other = sp.sqrt((K - 1) / K), 1 / sp.sqrt(K * (K - 1))
    yield from rival_steps("C (9)")
    yield identity(
        "unit length", own**2 + (K - 1) * other**2, 1, reason="the printed point lies on the unit sphere"
    )
    yield identity(
        "largest contrast",
        (K - 1) * own + (K - 1) * other,
        sp.sqrt((K - 1) ** 2 + (K - 1)),
        reason="(K-1) z_k - Σ z_j there equals the length of its coefficient vector: Cauchy-Schwarz is tight",
    )


def _minimum_steps(alpha: sp.Expr) -> Iterator[Step]:
    slope = sp.diff(phi_smoothed(alpha=alpha), CONTRAST)
    best = -(K - 1) * smoothed_gap(alpha)
    at_zero = sp.simplify(slope.subs(CONTRAST, 0))
    yield inequality(
        "strictly convex",
        sp.diff(phi_smoothed(), CONTRAST, 2),
        ">",
        0,
        claim=r"\phi'' > 0",
        reason="so φ(t) + c|t| is strictly convex and its minimizer t* unique",
    )
    yield identity(
        "slope at zero",
        at_zero,
        (1 - alpha) / K,
        claim=rf"\phi'(0) = {sp.latex((1 - alpha) / K)}",
        reason="the largest slope for t <= 0",
    )
    yield inequality(
        "t* is not positive",
        at_zero.subs(_BELOW_ONE),
        ">",
        0,
        claim=r"\phi'(0) > 0",
        reason="α < 1 written as x/(1+x); φ increases for t >= 0",
    )
    yield identity(
        "stationary",
        slope.subs(CONTRAST, best),
        STRENGTH,
        claim=r"\phi'(t^*) = c, \quad t^* = -(K-1) \log\left(\tfrac{1}{c + \alpha/K} - (K-1)\right)",
        reason="with e^(t/(K-1)) = x solve x/(1 + (K-1) x) = c + α/K",
    )
    yield identity(
        "threshold",
        (sp.exp(smoothed_gap(alpha)) - 1) * (STRENGTH + alpha / K),
        1 - alpha - K * STRENGTH,
        reason="t* < 0 iff K c < 1 - α; otherwise φ' < c on all t < 0 and t* = 0",
    )


def _ce_steps() -> Iterator[Step]:
    z, rest = sp.Symbol("z_k", real=True), sp.Symbol("R", positive=True)
    yield identity(
        "contrasts",
        -sp.log(sp.exp(z) / (sp.exp(z) + rest)),
        sp.log(1 + rest * sp.exp(-z)),
        reason="R = Σ_{j≠k} e^(z_j); then C.Def1, since log increases",
        equation="C (8)",
    )
    yield limit(
        "bounded below",
        sp.diff(phi_smoothed(alpha=UNSMOOTHED), CONTRAST),
        CONTRAST,
        -sp.oo,
        0,
        claim=r"\lim_{t \to -\infty} \phi' = 0 < c",
        reason="so φ + c|t| decreases first: the minimizer is finite",
    )
    yield from _minimum_steps(UNSMOOTHED)


def _ls_steps() -> Iterator[Step]:
    own, others = sp.symbols("z_k S", real=True)
    log_sum = sp.Symbol("L", real=True)
    yield identity(
        "contrasts",
        -(1 - (K - 1) * SMOOTHING / K) * (own - log_sum) - SMOOTHING / K * (others - (K - 1) * log_sum),
        log_sum - own - SMOOTHING / K * (others - (K - 1) * own),
        claim=r"\mathcal L_{LS} = \log \textstyle\sum_j e^{z_j - z_k} - \tfrac{\alpha}{K} t",
        reason="L = log Σ_j e^(z_j), S = Σ_{j≠k} z_j, t = S - (K-1) z_k; then C.Def1",
        equation="C B.3",
    )
    yield limit(
        "bounded below",
        sp.diff(phi_smoothed(), CONTRAST),
        CONTRAST,
        -sp.oo,
        -SMOOTHING / K,
        claim=r"\lim_{t \to -\infty} \phi' = -\tfrac{\alpha}{K} < c",
        reason="so φ + c|t| decreases first: the minimizer is finite",
    )
    yield from _minimum_steps(SMOOTHING)


STATEMENTS = (
    Statement(
        "C.Def1",
        "C",
        "definition",
        "Contrastive property (restated as Definition 3)",
        r"$\mathcal L(z, y_k) \ge \phi(t)$, $t = \sum_{j \ne k} (z_j - z_k)$, with equality only if all "
        r"other logits agree; and $\phi(t) + c|t|$ has one minimizer, $t^* \le 0$, for every $c > 0$. Here: "
        "the bound under every such loss, and the paper's example on the sphere.",
        "(8)-(10), (14), (15)",
        Verdict.PROVED,
        _definition_steps,
    ),
    Statement(
        "C.PhiCE",
        "C",
        "equation",
        "Cross-entropy has the contrastive property",
        r"$\phi_{CE}(t) = \log(1 + (K-1) e^{t/(K-1)})$; $t^* = -(K-1) \log(\frac1c - (K-1))$ if $Kc < 1$, "
        "else 0.",
        "(8), App. B.1",
        Verdict.PROVED,
        _ce_steps,
    ),
    Statement(
        "C.PhiLS",
        "C",
        "equation",
        "Label smoothing has the contrastive property",
        r"$\phi_{LS}(t) = \phi_{CE}(t) - \frac{\alpha}{K} t$, $0 \le \alpha < 1$; "
        r"$t^* = -(K-1) \log(\frac{1}{c + \alpha/K} - (K-1))$ if $Kc < 1 - \alpha$, else 0.",
        "App. B.3",
        Verdict.PROVED,
        _ls_steps,
    ),
)
