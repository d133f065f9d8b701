r"""Mean squared error with weight decay, with and without bias, and when every loss collapses to zero.

Loss κ (z_k - β)² + Σ_{j≠k} z_j². At scores that are equal for all samples, S = u (I - 11'/K) + r 11'/K, and
common bias -m (so logits are scores + m) the logits are z_k = (K-1) u/K + r/K + m and
z_j = -u/K + r/K + m. The decay is c times the nuclear norm (K-1) u + |r|. The loss is convex, so that
averaging over the permutations of classes and the nuclear norm as least decay (C.Lem2) leave only u, r >= 0
and m.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic import bce_regularized
from nccourse.symbolic.bce_regularized import BIAS_DECAY, GAP, STRENGTH
from nccourse.symbolic.certificate import certificate_steps, symmetric_gradient_steps
from nccourse.symbolic.contrastive import CONTRAST, SMOOTHING, phi_smoothed
from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.focal import slope, slope_at_zero
from nccourse.symbolic.normalized import sigmoid
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, b
from nccourse.symbolic.verdict import Verdict

KAPPA, TARGET = sp.symbols("kappa beta", positive=True)
LEAN = sp.Symbol("r", nonnegative=True)
SHIFT = sp.Symbol("m", real=True)
_OWN, _OTHER = sp.symbols("z_k z_j", real=True)


def _sample_loss() -> sp.Expr:
    """Return the loss in the own logit and one other."""
    return KAPPA * (_OWN - TARGET) ** 2 + _OTHER**2


def own_logit() -> sp.Expr:
    """Return z_k = ((K-1) u + r)/K + m."""
    return ((K - 1) * GAP + LEAN) / K + SHIFT


def other_logit() -> sp.Expr:
    """Return z_j = (r - u)/K + m."""
    return (LEAN - GAP) / K + SHIFT


def mse_objective() -> sp.Expr:
    """Return loss + c ((K-1) u + r) + λ_b K m²/2.   Source: C (6), (7)."""
    loss = KAPPA * (own_logit() - TARGET) ** 2 + (K - 1) * other_logit() ** 2
    return loss + STRENGTH * ((K - 1) * GAP + LEAN) + BIAS_DECAY * K * SHIFT**2 / 2


def mse_gap() -> sp.Expr:
    """Return the score gap for a free bias, β - c (κ + K - 1)/(2κ), if positive.

    >>> mse_gap().subs({KAPPA: 1, TARGET: 1, K: 4, STRENGTH: sp.Rational(1, 50)})
    24/25
    """
    return TARGET - STRENGTH * (KAPPA + K - 1) / (2 * KAPPA)


def shift_at_zero() -> sp.Expr:
    """Return the best common logit m_0 = κβ/(κ + K - 1 + λ_b K/2) when W = H = 0."""
    return KAPPA * TARGET / (KAPPA + K - 1 + BIAS_DECAY * K / 2)


def _stationarity_steps() -> Iterator[Step]:
    own, other = KAPPA * (own_logit() - TARGET), other_logit()
    yield from certificate_steps()
    yield from symmetric_gradient_steps()
    yield identity(
        "convex loss",
        sp.Matrix([sp.diff(_sample_loss(), z, 2) for z in (_OWN, _OTHER)]),
        sp.Matrix([2 * KAPPA, 2]),
        claim=r"\partial_{z_k}^2 \mathcal L = 2\kappa > 0, \quad \partial_{z_j}^2 \mathcal L = 2 > 0",
        reason="strictly convex in the logits, so the certificate holds and all minimizers have the same "
        "logits",
    )
    yield identity(
        "slopes",
        sp.Matrix([sp.diff(_sample_loss(), z) for z in (_OWN, _OTHER)]).subs(
            {_OWN: own_logit(), _OTHER: other_logit()}
        ),
        2 * sp.Matrix([own, other]),
        claim=r"\partial_{z_k} \mathcal L = 2A, \quad \partial_{z_j} \mathcal L = 2 z_j, \quad A = \kappa "
        r"(z_k - \beta)",
        reason="so where the next three lines are stationary, |2 (A - z_j)| = Kc and |2 (A + (K-1) z_j)| "
        "is Kc, or "
        "λ_b K m without lean: the certificate is λ_b m <= c. d >= K with lean, d >= K - 1 without",
    )
    yield identity(
        "in the gap",
        sp.diff(mse_objective(), GAP) * K / (K - 1),
        2 * (own - other) + K * STRENGTH,
        claim=r"\tfrac{K}{K-1}\, \partial_u f = 2 (A - z_j) + K c",
        reason="A = κ (z_k - β)",
    )
    yield identity(
        "in the lean",
        sp.diff(mse_objective(), LEAN) * K,
        2 * (own + (K - 1) * other) + K * STRENGTH,
        claim=r"K\, \partial_r f = 2 (A + (K-1) z_j) + K c",
        reason="r > 0 lets all weights and features lean together",
    )
    yield identity(
        "in the shift",
        sp.diff(mse_objective(), SHIFT),
        2 * (own + (K - 1) * other) + BIAS_DECAY * K * SHIFT,
        claim=r"\partial_m f = 2 (A + (K-1) z_j) + \lambda_b K m",
        reason="at a stationary m, K ∂_r f = K (c - λ_b m): no lean iff λ_b m <= c",
    )


def _with_bias_steps() -> Iterator[Step]:
    yield from _stationarity_steps()
    free = {BIAS_DECAY: 0, LEAN: 0, GAP: mse_gap(), SHIFT: STRENGTH / 2 + mse_gap() / K}
    yield identity(
        "other logit",
        other_logit().subs(free),
        STRENGTH / 2,
        reason="A - z_j = -Kc/2, A = -(K-1) z_j",
        claim=r"z_j = \tfrac c2 \quad (\lambda_b = 0)",
    )
    yield identity(
        "own logit",
        own_logit().subs(free),
        TARGET - (K - 1) * STRENGTH / (2 * KAPPA),
        claim=r"z_k = \beta - \tfrac{(K-1) c}{2\kappa}",
        reason="from A",
    )
    yield identity(
        "stationary",
        sp.Matrix([sp.diff(mse_objective(), GAP), sp.diff(mse_objective(), SHIFT)]).subs(free),
        sp.zeros(2, 1),
        claim=r"\partial_u f = \partial_m f = 0",
        reason="u = β - c (κ + K - 1)/(2κ); the minimum, since f is convex",
    )
    yield identity(
        "any bias decay, κ = 1",
        sp.diff(mse_objective(), GAP).subs({KAPPA: 1, GAP: TARGET - K * STRENGTH / 2}),
        0,
        claim=r"\kappa = 1: \quad u = \beta - \tfrac{Kc}{2}",
        reason="κ = 1 decouples the gap from shift and lean: this gap with every bias, with none too",
    )


def _without_bias_steps() -> Iterator[Step]:
    yield from _stationarity_steps()
    edge = TARGET - K * STRENGTH / (2 * KAPPA)
    orthogonal = {SHIFT: 0, GAP: edge, LEAN: edge}
    yield identity(
        "other logit",
        other_logit().subs(orthogonal),
        0,
        reason="the two stationarities, subtracted",
        claim="z_j = 0",
    )
    yield identity(
        "own logit",
        own_logit().subs(orthogonal),
        edge,
        claim=r"z_k = \beta - \tfrac{Kc}{2\kappa}",
        reason="A = -Kc/2",
    )
    yield identity(
        "stationary",
        sp.Matrix([sp.diff(mse_objective(), GAP), sp.diff(mse_objective(), LEAN)]).subs(orthogonal),
        sp.zeros(2, 1),
        claim=r"\partial_u f = \partial_r f = 0 \quad \text{at } u = r = \beta - \tfrac{Kc}{2\kappa}",
        reason="W H' = u I: weights and means are an orthogonal frame, not a simplex ETF (d >= K)",
    )
    yield identity(
        "threshold",
        sp.diff(mse_objective(), GAP).subs({SHIFT: 0, GAP: 0, LEAN: 0}) * K / (K - 1),
        K * STRENGTH - 2 * KAPPA * TARGET,
        claim=r"\tfrac{K}{K-1}\, \partial_u f = Kc - 2\kappa\beta \quad \text{at zero}",
        reason="likewise in r: W = H = 0 iff Kc >= 2κβ",
    )


def _softmax_zero_steps() -> Iterator[Step]:
    yield identity(
        "CE and LS",
        (sp.diff(phi_smoothed(), CONTRAST).subs(CONTRAST, 0) - STRENGTH) * K,
        1 - SMOOTHING - K * STRENGTH,
        claim=r"\phi_{LS}'(0) \le c \iff Kc \ge 1 - \alpha",
        reason="strictly convex: exactly then t* = 0, W = H = 0 (C.Thm1); α = 0 is cross-entropy",
    )
    yield identity(
        "focal, second order",
        slope(K) / (K - 1),
        slope_at_zero(),
        claim=r"\phi_{FL}'(0) \le c \iff c \ge \tfrac{(K-1)^{\beta-1} (K - 1 + \beta \log K)}{K^{\beta+1}}",
        reason="exactly then zero is a local minimum along t (in equality if φ'' >= 0 there); it need "
        "not be the global one, see C.FocalTransition",
    )


def _zero_steps() -> Iterator[Step]:
    yield from _softmax_zero_steps()
    at_zero = {GAP: 0, LEAN: 0}
    yield identity(
        "MSE, shift",
        sp.diff(mse_objective(), SHIFT).subs(at_zero).subs(SHIFT, shift_at_zero()),
        0,
        claim=r"m_0 = \tfrac{\kappa\beta}{\kappa + K - 1 + \lambda_b K/2}",
        reason="the best common logit when W = H = 0",
    )
    yield identity(
        "MSE, gap",
        sp.diff(mse_objective(), GAP).subs(at_zero).subs(SHIFT, shift_at_zero()) * K / (K - 1),
        K * STRENGTH - 2 * (KAPPA * TARGET - (KAPPA - 1) * shift_at_zero()),
        claim=r"\tfrac{K}{K-1}\, \partial_u f = Kc - 2 \left(\kappa\beta - (\kappa - 1) m_0\right)",
        reason="slope over singular values, C.Thm2's certificate: W = H = 0 iff this is >= 0 and λ_b m_0 "
        "<= c",
    )
    yield identity(
        "MSE, free bias",
        (KAPPA * TARGET - (KAPPA - 1) * shift_at_zero()).subs(BIAS_DECAY, 0),
        KAPPA * TARGET * K / (KAPPA + K - 1),
        claim=r"\lambda_b = 0: \quad Kc \ge \tfrac{2\kappa\beta K}{\kappa + K - 1}",
        reason="2 at κ = β = 1",
    )
    bce = bce_regularized.objective()
    place = {bce_regularized.GAP: 0, bce_regularized.OFFSET: 0}
    yield identity(
        "BCE, gap",
        sp.diff(bce, bce_regularized.GAP).subs(place) * K / (K - 1),
        K * STRENGTH - 1,
        claim=r"\tfrac{K}{K-1}\, \partial_u f = Kc - 1",
        reason="σ(b) + σ(-b) = 1, whatever the bias",
    )
    yield identity(
        "BCE, offset",
        sp.diff(bce, bce_regularized.OFFSET).subs(place),
        STRENGTH - BIAS_DECAY * b + sp.diff(bce, b).subs(place) / K,
        claim=r"\partial_t f = c - \lambda_b b_0 \quad \text{where } \partial_b f = 0",
        reason="slope over singular values, C.Thm2's certificate: W = H = 0 iff Kc >= 1 and λ_b b_0 <= c",
    )
    yield identity(
        "BCE, bias",
        sp.diff(bce, b).subs(place),
        sigmoid(b) - (K - 1) * sigmoid(-b) + BIAS_DECAY * K * b,
        claim=r"\sigma(b_0) - (K-1)\, \sigma(-b_0) + \lambda_b K b_0 = 0",
        reason="increasing in b, so b_0 is unique",
    )
    yield inequality(
        "CE and LS, strictly convex",
        sp.diff(phi_smoothed(), CONTRAST, 2),
        ">",
        0,
        claim=r"\phi_{LS}'' > 0",
        reason="what makes the first threshold exact",
    )


STATEMENTS = (
    Statement(
        "C.MSE",
        "C",
        "new",
        "Mean squared error with a bias",
        r"A simplex ETF. For $\lambda_b = 0$ the logits are $z_j = \frac c2$, $z_k = \beta - "
        r"\frac{(K-1)c}{2\kappa}$, "
        r"the gap $\beta - \frac{c (\kappa + K - 1)}{2\kappa}$; for $\kappa = 1$ the gap is $\beta - "
        r"\frac{Kc}{2}$ "
        r"with every $\lambda_b$. Beyond $\lambda_b m = c$ it leans off centre ($d \ge K$).",
        "(6)",
        Verdict.PROVED,
        _with_bias_steps,
    ),
    Statement(
        "C.MSENoBias",
        "C",
        "new",
        "Mean squared error without a bias",
        r"$W H^\top = (\beta - \frac{Kc}{2\kappa})\, I$: an orthogonal frame, not a simplex ETF; zero iff "
        r"$Kc \ge 2\kappa\beta$.",
        "(6)",
        Verdict.PROVED,
        _without_bias_steps,
    ),
    Statement(
        "C.Zero",
        "C",
        "new",
        "When everything collapses to zero",
        r"$W = H = 0$: CE iff $Kc \ge 1$; LS iff $Kc \ge 1 - \alpha$; BCE iff $Kc \ge 1$ and $\lambda_b "
        r"b_0 \le c$; "
        r"MSE iff $Kc \ge 2(\kappa\beta - (\kappa-1) m_0)$ and $\lambda_b m_0 \le c$. Focal: locally iff "
        r"$c \ge "
        r"\phi_{FL}'(0)$.",
        "",
        Verdict.PROVED,
        _zero_steps,
    ),
)
