r"""Paper A's compactness and separability, and what separability cannot see: bipolar features.

With u_k the mean of the unit features of class k, E_sep = ½ [1 - (|Σ u_k|² - Σ |u_k|²)/(K(K-1))]: it is
largest for *any* collapsed classes whose means sum to zero, be they a simplex ETF or two opposite poles.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.frames import canonical_frame
from nccourse.symbolic.normalized import sigmoid
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, gamma
from nccourse.symbolic.verdict import Verdict

SEPARABILITY = K / (2 * (K - 1))
LEAN = sp.Symbol("rho", nonnegative=True)


def separability(features: sp.MatrixBase, classes: int) -> sp.Expr:
    """Return E_sep of unit features, row i K + k being sample i of class k.   Source: A (24).

    >>> separability(sp.Matrix([1, -1]), 2)
    1
    """
    return (1 - _mean_cosine(features, classes, same=False) / (classes - 1)) / 2


def compactness(features: sp.MatrixBase, classes: int) -> sp.Expr:
    """Return E_com of unit features whose mean is zero.   Source: A (23)."""
    return (1 + _mean_cosine(features, classes, same=True)) / 2


def _mean_cosine(features: sp.MatrixBase, classes: int, *, same: bool) -> sp.Expr:
    samples = features.rows // classes
    cosines = features * features.T
    pairs = (
        cosines[i, j]
        for i in range(features.rows)
        for j in range(features.rows)
        if (i % classes == j % classes) is same
    )
    return sum(pairs, sp.Integer(0)) / (classes * samples**2)


def _collapsed(classes: int) -> sp.MatrixBase:
    return sp.Matrix.vstack(canonical_frame(classes), canonical_frame(classes))


def _property_steps() -> Iterator[Step]:
    lack, square = sp.symbols("E q", nonnegative=True)
    value = (1 - (square - (K - lack)) / (K * (K - 1))) / 2
    yield identity(
        "at neural collapse",
        lambda k: sp.Matrix([compactness(_collapsed(k), k), separability(_collapsed(k), k)]),
        lambda k: sp.Matrix([1, SEPARABILITY.subs(K, k)]),
        values=(2, 3, 4, 5),
        claim=r"\mathcal E_{com} = 1, \quad \mathcal E_{sep} = \tfrac{K}{2(K-1)}",
        reason="two samples on each vector of the frame, whose mean is zero; K = 2 to 5",
        equation="A (23), (24)",
    )
    yield identity(
        "in terms of class means",
        lambda k: sum(_axis(k), sp.Integer(0)) ** 2 - sum((u**2 for u in _axis(k)), sp.Integer(0)),
        lambda k: sum(
            (u * v for i, u in enumerate(_axis(k)) for j, v in enumerate(_axis(k)) if i != j), sp.Integer(0)
        ),
        claim=r"\textstyle\|\sum_k u_k\|^2 - \sum_k \|u_k\|^2 = \sum_{k \ne k'} u_k^\top u_{k'}",
        reason="u_k the mean unit feature of class k; coordinate by coordinate",
    )
    yield inequality(
        "largest value",
        SEPARABILITY - value,
        ">=",
        0,
        claim=r"\mathcal E_{sep} \le \tfrac{K}{2(K-1)}",
        reason="q = |Σ u_k|² >= 0, and Σ |u_k|² = K - E with E >= 0",
    )
    yield identity(
        "when it is reached",
        SEPARABILITY - value,
        (square + lack) / (2 * K * (K - 1)),
        reason="iff q = E = 0: every class on one point, the points summing to zero. No angle enters",
    )
    yield identity(
        "two poles reach it",
        lambda k: separability(poles(k), k),
        lambda k: SEPARABILITY.subs(K, k),
        values=(4, 6, 10),
        claim=r"\mathcal E_{sep} = \tfrac{K}{2(K-1)} \text{ at } h_k = \pm e",
        reason="half of the classes on each of two opposite points, far from a simplex ETF; K = 4, 6, 10",
    )


def _axis(classes: int) -> tuple[sp.Symbol, ...]:
    return tuple(sp.symbols(f"u_1:{classes + 1}", real=True))


def poles(classes: int) -> sp.ImmutableMatrix:
    """Return unit features ±1 on a line, half of the classes on each side.

    >>> poles(4).T
    Matrix([[1, 1, -1, -1]])
    """
    return sp.ImmutableMatrix(classes, 1, lambda k, _: 1 if 2 * k < classes else -1)


def _tilted_loss(classes: int, time: sp.Symbol) -> sp.Expr:
    """Return the CE when weights and features of two classes at each pole are tilted by ±t, together."""
    signs = [int(s) for s in poles(classes)]
    tilts = [1 if k % (classes // 2) == 0 else -1 if k % (classes // 2) == 1 else 0 for k in range(classes)]
    vectors = [
        sp.Matrix([s * sp.cos(tilt * time), sp.sin(tilt * time)])
        for s, tilt in zip(signs, tilts, strict=True)
    ]
    total = sp.Integer(0)
    for k, feature in enumerate(vectors):
        logits = [gamma * weight.dot(feature) for weight in vectors]
        total += sp.log(sum((sp.exp(z) for z in logits), sp.Integer(0))) - logits[k]
    return total / classes


def _tilted_slope(classes: int, order: int) -> sp.Expr:
    time = sp.Symbol("t", real=True)
    return sp.diff(_tilted_loss(classes, time), time, order).subs(time, 0)


def _pole_steps() -> Iterator[Step]:
    first, second = sp.symbols("x y", real=True)
    yield identity(
        "critical",
        sp.Subs(sp.Derivative(sp.cos(first - second), first), first, second),
        0,
        reason="at ±e every inner product is ±1, extremal in each vector: no logit changes to first order",
    )
    yield identity(
        "curvature",
        lambda k: _tilted_slope(k, 2) / 8,
        lambda k: -gamma / k * (sp.exp(gamma) - sp.exp(-gamma)) / (sp.exp(gamma) + sp.exp(-gamma)),
        values=(4, 6, 10),
        claim=r"\frac{1}{|\dot x|^2} \left.\frac{d^2 f}{dt^2}\right|_0 = -\frac{\gamma \tanh \gamma}{K}",
        reason="two classes at each pole tilt apart, weight and feature together: eight vectors at unit "
        "speed, "
        "so |x'|² = 8 (n = 1; K = 4, 6, 10)",
    )
    yield inequality(
        "negative",
        -gamma / K * (1 - sp.exp(-2 * gamma)) / (1 + sp.exp(-2 * gamma)),
        "<",
        0,
        claim=r"-\tfrac{\gamma \tanh \gamma}{K} < 0",
        reason="a strict saddle, flat like γ² for small γ: gradient descent leaves it slowly, and E_sep "
        "cannot "
        "tell it from neural collapse",
    )


def lean_scores() -> tuple[sp.Expr, sp.Expr]:
    """Return 1 - 2ρ and -(1 + (K-2)ρ)/(K-1), own and other score over γ where weights and features lean."""
    return 1 - 2 * LEAN, -(1 + (K - 2) * LEAN) / (K - 1)


def _no_bias_steps() -> Iterator[Step]:
    slope = 2 * gamma * sigmoid(-gamma) - gamma * (K - 2) * sigmoid(-gamma / (K - 1))
    own, other = lean_scores()
    loss = sp.log(1 + sp.exp(-gamma * own)) + (K - 1) * sp.log(1 + sp.exp(gamma * other))
    yield identity(
        "scores",
        sp.Matrix([-LEAN + (1 - LEAN), -LEAN + (1 - LEAN) * -1 / (K - 1)]),
        sp.Matrix([own, other]),
        claim=r"w_k^\top h_k = 1 - 2\rho, \quad w_j^\top h_k = -\tfrac{1 + (K-2) \rho}{K-1}",
        reason="w_k = sqrt(ρ) u + sqrt(1-ρ) v_k, h_k = -sqrt(ρ) u + sqrt(1-ρ) v_k, v an ETF, u orthogonal "
        "to it "
        "(d >= K): weights and features lean apart",
    )
    yield identity(
        "slope at the ETF",
        sp.Subs(sp.Derivative(loss, LEAN), LEAN, 0),
        slope,
        reason="b = 0 held fixed; the loss is convex in ρ",
    )
    small, rest = sp.symbols("r s", positive=True)
    yield inequality(
        "four classes or more",
        2 * sigmoid(-small - rest) - (K - 2) * sigmoid(-small),
        "<",
        0,
        domain={K: sp.Range(4, sp.oo)},
        claim=r"2\, \sigma(-\gamma) < (K-2)\, \sigma(-\tfrac{\gamma}{K-1}) \quad (K \ge 4)",
        reason="γ/(K-1) = r and γ = r + s: leaning lowers the loss at every γ, so the ETF is not optimal",
    )
    root = 2 * sp.log(1 + sp.sqrt(2))
    yield identity(
        "three classes",
        (2 * sigmoid(-gamma) - sigmoid(-gamma / 2)).subs(gamma, root),
        0,
        claim=r"K = 3: \quad 2\, \sigma(-\gamma) = \sigma(-\tfrac\gamma2) \text{ at } \gamma = 2 \log(1 + "
        r"\sqrt2)",
        reason="optimal up to there only; for two classes the slope is positive and the ETF stays optimal",
    )


STATEMENTS = (
    Statement(
        "A.Eq23",
        "A",
        "equation",
        "Compactness and separability",
        r"At neural collapse $\mathcal E_{com} = 1$ and $\mathcal E_{sep} = \frac{K}{2(K-1)}$; but the "
        r"latter is "
        "the largest value for any collapsed classes whose means sum to zero.",
        "(23), (24)",
        Verdict.CASES,
        _property_steps,
    ),
    Statement(
        "A.Poles",
        "A",
        "new",
        "Two poles: largest separability, no neural collapse",
        r"With half of the classes on each of two opposite points the CE is critical, its curvature "
        r"$-\frac{\gamma\tanh\gamma}{K}$ in the direction that parts them.",
        "",
        Verdict.CASES,
        _pole_steps,
    ),
    Statement(
        "A.NoBias",
        "A",
        "new",
        "BCE without its bias does not collapse to an ETF",
        r"With $b = 0$ held fixed and $d \ge K$ weights and features of the minimizer lean apart for every "
        r"$K \ge 4$, for $K = 3$ beyond $\gamma = 2\log(1 + \sqrt2)$: the bias that Theorem 2 trains "
        r"matters.",
        "",
        Verdict.PROVED,
        _no_bias_steps,
    ),
)
