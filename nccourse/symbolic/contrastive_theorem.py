r"""Paper C's Theorem 1 with the right constants, by a line under φ instead of singular values.

Let t* minimise φ(t) + c|t|, c = sqrt(n λ_W λ_H), and suppose the line through (t*, φ(t*)) of slope
g = min(c, φ'(0)) lies below φ and touches it at t* only: so for every strictly convex φ (cross-entropy, label
smoothing), and for the focal loss if c <= 1/(K-1) (C.FocalSafe). Then, P = I - 11'/K centring the classes,

    mean loss  >=  φ(t*) + g (mean t - t*),        decay  >=  -c mean t,  -g mean t.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.bce_regularized import GAP, STRENGTH
from nccourse.symbolic.contrastive import (
    CONTRAST,
    SMOOTHING,
    UNSMOOTHED,
    partition,
    phi_smoothed,
    smoothed_gap,
)
from nccourse.symbolic.contrastive_lemmas import DECAY_H, DECAY_W
from nccourse.symbolic.derivation import Step, identity, inequality, shared
from nccourse.symbolic.frames import CENTRING, GRAM, explicit
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, n
from nccourse.symbolic.verdict import Verdict

PRICE = sp.sqrt(n * DECAY_W * DECAY_H)
_BEST, _LINE = sp.symbols("t_* g", real=True)


def smoothed_objective(gap: sp.Expr = GAP, alpha: sp.Expr = SMOOTHING) -> sp.Expr:
    """Return the objective of a simplex ETF with score gap u, φ_LS(-(K-1) u) + c (K-1) u; C (27)."""
    return phi_smoothed(-(K - 1) * gap, alpha) + STRENGTH * (K - 1) * gap


def squared_weight_norm(gap: sp.Expr = GAP) -> sp.Expr:
    """Return |w_k|² = sqrt(n λ_H/λ_W) u (K-1)/K at a simplex ETF with score gap u."""
    return sp.sqrt(n * DECAY_H / DECAY_W) * gap * (K - 1) / K


def _scores(classes: int) -> sp.ImmutableMatrix:
    return sp.ImmutableMatrix(classes, classes, lambda j, k: sp.Symbol(f"z_{j + 1}{k + 1}", real=True))


def _mean_contrast(classes: int) -> sp.Expr:
    """Return (1/K) Σ_k t_k of logits z_jk + b_j."""
    scores, biases = _scores(classes), sp.symbols(f"b_1:{classes + 1}", real=True)
    contrasts = (
        scores[j, k] + biases[j] - scores[k, k] - biases[k]
        for k in range(classes)
        for j in range(classes)
        if j != k
    )
    return sum(contrasts, sp.Integer(0)) / classes


def _centred_length(classes: int) -> sp.Expr:
    column = sp.Matrix(sp.symbols(f"w_1:{classes + 1}", real=True))
    centred = explicit(CENTRING, classes) * column
    return (column.T * column - centred.T * centred)[0]


@shared
def _bound_steps() -> Iterator[Step]:
    x, y = sp.symbols("x y", real=True)
    yield identity(
        "mean contrast",
        _mean_contrast,
        lambda k: -(explicit(CENTRING, k) * _scores(k)).trace(),
        claim=r"\tfrac1K \sum_k t_k = -\operatorname{tr}(P Z_i)",
        reason="logits z_jk + b_j: the biases cancel in the sum, so Lemma 7 is not needed",
        equation="C (30)",
    )
    yield identity(
        "Young, entry by entry",
        DECAY_W / (2 * n) * x**2 + DECAY_H / 2 * y**2 - sp.sqrt(DECAY_W * DECAY_H / n) * x * y,
        (sp.sqrt(DECAY_W / n) * x - sp.sqrt(DECAY_H) * y) ** 2 / 2,
        reason="x an entry of P W, y the same entry of H_i': their products sum to tr(P W H_i)",
        equation="C (11)",
    )
    yield identity(
        "centring shortens",
        _centred_length,
        lambda k: sum(sp.symbols(f"w_1:{k + 1}", real=True), sp.Integer(0)) ** 2 / k,
        claim=r"\|w\|^2 - \|P w\|^2 = \tfrac1K (\mathbf 1^\top w)^2 \ge 0",
        reason="for each column of W: so |P W| <= |W|, equal iff the weights sum to zero",
    )
    yield identity(
        "price",
        n * sp.sqrt(DECAY_W * DECAY_H / n),
        PRICE,
        claim=r"n \sqrt{\lambda_W \lambda_H / n} = \sqrt{n \lambda_W \lambda_H} = c",
        reason="n groups: the decay of W and H is at least -c times the mean of all t, and at least 0",
    )
    yield identity(
        "sum",
        phi_line(CONTRAST) - _LINE * CONTRAST,
        sp.Symbol("phi_*") - _LINE * _BEST,
        claim=r"\phi(t^*) + g (t - t^*) - g t = \phi(t^*) - g t^*",
        reason="line plus decay; g t* = c t* since g = c or t* = 0, and t* <= 0",
        equation="C (27), repaired: φ(t*) + c|t*|",
    )


def phi_line(t: sp.Expr) -> sp.Expr:
    """Return the line φ(t*) + g (t - t*) below φ."""
    return sp.Symbol("phi_*") + _LINE * (t - _BEST)


@shared
def _attained_steps() -> Iterator[Step]:
    yield identity(
        "attained",
        PRICE * (K - 1) * GAP,
        (
            DECAY_W * K * squared_weight_norm()
            + DECAY_H * n * K * DECAY_W / (n * DECAY_H) * squared_weight_norm()
        )
        / 2,
        claim=r"c (K-1) u = \tfrac{\lambda_W}{2} \|W\|^2 + \tfrac{\lambda_H}{2} \|H\|^2",
        reason="a simplex ETF with |w|² = sqrt(nλ_H/λ_W) u (K-1)/K, h = sqrt(λ_W/(nλ_H)) w, t* = -(K-1) "
        "u, b = 0",
        equation="C (28)",
    )


@shared
def _equality_steps() -> Iterator[Step]:
    common, total, bias = sp.symbols("A B b_k", real=True)
    others = (K - 1) * (common - bias) - (total - bias)
    yield identity(
        "features follow weights",
        (sp.sqrt(DECAY_W / n) / sp.sqrt(DECAY_H)) ** 2,
        DECAY_W / (n * DECAY_H),
        claim=r"h_{k,i} = \sqrt{\tfrac{\lambda_W}{n \lambda_H}}\, w_k, \quad \textstyle\sum_k w_k = 0",
        reason="equality in Young: y = sqrt(λ_W/(nλ_H)) x; in centring: P W = W. So Z_i = W W' times "
        "that: one "
        "symmetric matrix for all i, each column summing to zero",
        equation="C Lemma 9",
    )
    yield identity(
        "other scores",
        (common - bias) - sp.Symbol("b_j", real=True),
        (common - sp.Symbol("b_j", real=True)) - bias,
        claim=r"z_{jk} = A - b_j - b_k = z_{kj}",
        reason="equality in (9): z_jk + b_j is the same for all j ≠ k, say a_k; symmetry makes a_k + b_k = A",
    )
    yield identity(
        "contrasts",
        (K - 1) * (common - bias) - (K - 1) * (bias - others),
        (K - 1) * (K * (common - bias) - total),
        claim=r"t_k = (K-1) \left(K (A - b_k) - B\right), \quad B = \textstyle\sum_j b_j",
        reason="z_kk = -Σ_{j≠k} z_jk. All t_k = t*, where alone the line touches φ: so all b_k are "
        "equal, and 0 if "
        "λ_b > 0, whose term the bound left out",
    )
    yield identity(
        "simplex ETF",
        sp.Matrix(CENTRING) * GAP,
        sp.Matrix(GRAM) * GAP * (K - 1) / K,
        claim=r"u\,(I - \tfrac1K \mathbf{11}^\top) = \tfrac{u (K-1)}{K} \cdot \tfrac{K}{K-1} "
        r"(I - \tfrac1K \mathbf{11}^\top)",
        reason="Z_i has equal entries off the diagonal and columns summing to zero; W W' is Z_i times "
        "sqrt(nλ_H/λ_W). If t* = 0 then u = 0 and W = H = 0",
        equation="C Lemma 9",
    )


@shared
def theorem_steps() -> Iterator[Step]:
    """Yield the proof of C Theorem 1."""
    slope = sp.diff(phi_smoothed(), CONTRAST)
    yield inequality(
        "CE and LS: strictly convex",
        sp.diff(slope, CONTRAST),
        ">",
        0,
        claim=r"\phi_{LS}'' > 0",
        reason="so every tangent lies below and touches once; at t* = 0 take slope φ'(0) <= c",
    )
    yield identity(
        "CE and LS: slope c at t*",
        slope.subs(CONTRAST, -(K - 1) * smoothed_gap()),
        STRENGTH,
        claim=r"\phi_{LS}'(t^*) = c",
        reason="if t* < 0, the line has slope g = c",
    )
    yield inequality(
        "focal: level at most 1",
        (K - 1) * STRENGTH.subs(STRENGTH, 1 / (K - 1 + sp.Symbol("x", nonnegative=True))),
        "<=",
        1,
        claim=r"c \le \tfrac{1}{K-1} \;\Rightarrow\; (K-1)\, c \le 1",
        reason="then C.FocalSafe: φ_FL lies above its line of slope min(c, φ'(0)) at t*",
    )
    yield from _bound_steps()
    yield from _attained_steps()
    yield from _equality_steps()


def _scale_steps() -> Iterator[Step]:
    ce = smoothed_objective(alpha=UNSMOOTHED)
    at_best = (STRENGTH + SMOOTHING / K) * (K - 1)
    yield identity(
        "stationary",
        sp.diff(smoothed_objective(), GAP).subs(GAP, smoothed_gap()),
        0,
        claim=r"\partial_u f = 0 \quad \text{at } u = \log\left(\tfrac{1}{c + \alpha/K} - (K-1)\right)",
        reason="the objective of a simplex ETF with score gap u",
    )
    yield inequality(
        "convex",
        sp.diff(smoothed_objective(), GAP, 2),
        ">",
        0,
        reason="so it is the minimum",
        claim=r"\partial_u^2 f > 0",
    )
    yield identity(
        "probability",
        (1 - 1 / partition()).subs(CONTRAST, -(K - 1) * smoothed_gap()),
        at_best,
        claim=r"1 - p_k = (K-1) (c + \tfrac{\alpha}{K})",
        reason="each other class keeps probability c + α/K",
    )
    yield identity(
        "minimum of cross-entropy",
        ce.subs(GAP, smoothed_gap(UNSMOOTHED)),
        -sp.log(1 - (K - 1) * STRENGTH) + STRENGTH * (K - 1) * smoothed_gap(UNSMOOTHED),
        reason="α = 0",
        domain={STRENGTH: sp.Interval.open(0, sp.Rational(1, 8))},
    )
    yield identity(
        "own score",
        sp.sqrt(DECAY_W / (n * DECAY_H)) * squared_weight_norm(),
        GAP * (K - 1) / K,
        claim=r"w_k^\top h_k = \sqrt{\tfrac{\lambda_W}{n \lambda_H}} \|w_k\|^2 = \tfrac{u (K-1)}{K}",
        reason="so |w|² = sqrt(nλ_H/λ_W) u (K-1)/K and |h|² = sqrt(λ_W/(nλ_H)) u (K-1)/K",
    )


STATEMENTS = (
    Statement(
        "C.Lem8",
        "C",
        "lemma",
        "Lower bound of the objective",
        r"Printed with $(K-1)c$ and $Kc$. True with $c = \sqrt{n \lambda_W \lambda_H}$ and $\phi$ of the "
        "sum of "
        r"differences: $f \ge \phi(t^*) + c|t^*|$, where the line of slope $\min(c, \phi'(0))$ at $t^*$ "
        "lies below "
        r"$\phi$.",
        "(27)-(35)",
        Verdict.CASES,
        lambda: [*_bound_steps(), *_attained_steps()],
    ),
    Statement(
        "C.Lem9",
        "C",
        "lemma",
        "When the bound is attained",
        r"Only for $W W^\top$ a multiple of a simplex ETF's Gram matrix, $h_{k,i} = \sqrt{\lambda_W/(n "
        r"\lambda_H)}\, "
        r"w_k$, equal biases, zero if $\lambda_b > 0$; where the line touches $\phi$ at $t^*$ only.",
        "Lemma 9",
        Verdict.PROVED,
        _equality_steps,
    ),
    Statement(
        "C.Thm1",
        "C",
        "theorem",
        "Global minimizers collapse (restated as Theorem 3)",
        "Printed: for every contrastive loss. Here: for cross-entropy and label smoothing always, for "
        "the focal loss "
        r"if $c \le \frac{1}{K-1}$; beyond that it fails in a window (C.Erratum1). ETF of size 0 if $t^* "
        "= 0$. "
        r"$d \ge K - 1$ is enough.",
        "Theorems 1, 3",
        Verdict.CASES,
        theorem_steps,
    ),
    Statement(
        "C.Scale",
        "C",
        "new",
        "Scale of the cross-entropy and label-smoothing minimizers",
        r"Gap $u = \log(\frac{1}{c + \alpha/K} - (K-1))$ if $Kc < 1 - \alpha$, else 0; $\|w_k\|^2 = "
        r"\sqrt{n\lambda_H/\lambda_W}\, u\, \frac{K-1}{K}$. Cross-entropy is $\alpha = 0$.",
        "",
        Verdict.PROVED,
        _scale_steps,
    ),
)
