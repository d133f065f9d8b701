"""Paper C's Theorem 2 and its first corollary, and the Hessian at zero.

The proof of the theorem is in :mod:`nccourse.symbolic.certificate`.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.certificate import certificate_steps, escape_steps
from nccourse.symbolic.contrastive import CONTRAST, SMOOTHING, phi_smoothed
from nccourse.symbolic.contrastive_lemmas import DECAY_H, DECAY_W
from nccourse.symbolic.contrastive_theorem import PRICE
from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.frames import CENTRING, product
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, n
from nccourse.symbolic.verdict import Verdict

SLOPE = sp.Symbol("s", positive=True)


def saddle_eigenvalue(slope: sp.Expr = SLOPE) -> sp.Expr:
    """Return the least Hessian eigenvalue at W = H = 0, (λ_W+λ_H)/2 - sqrt(((λ_W-λ_H)/2)² + s²).

    s = φ'(0)/sqrt(n): 1/(K sqrt n) for cross-entropy, (1-α)/(K sqrt n) for label smoothing.

    >>> saddle_eigenvalue(sp.Integer(1)).subs({DECAY_W: 1, DECAY_H: 1})
    0
    """
    half = sp.Rational(1, 2)
    return half * (DECAY_W + DECAY_H) - sp.sqrt((half * (DECAY_W - DECAY_H)) ** 2 + slope**2)


def zero_slope(alpha: sp.Expr = SMOOTHING) -> sp.Expr:
    """Return the non-zero singular value s = (1-α)/(K sqrt n) of the gradient in the logits at W = H = 0."""
    return (1 - alpha) / (K * sp.sqrt(n))


def landscape_steps() -> Iterator[Step]:
    """Yield C.Thm2: the certificate, and the way down without it."""
    yield from certificate_steps()
    yield from escape_steps()


def _gradient_at_zero_steps() -> Iterator[Step]:
    square = sp.Matrix(product(CENTRING, CENTRING)) * n * ((1 - SMOOTHING) / (n * K)) ** 2
    yield identity(
        "logit gradient",
        1 / K - (1 - SMOOTHING) - SMOOTHING / K,
        -(1 - SMOOTHING) * (1 - 1 / K),
        claim=r"G = -\tfrac{1 - \alpha}{nK} \left(I - \tfrac1K \mathbf{11}^\top\right) \quad \text{per "
        "group}",
        reason="softmax 1/K minus smoothed target; off the diagonal likewise (1-α)/K",
    )
    yield identity(
        "its singular values",
        square,
        sp.Matrix(CENTRING) * zero_slope() ** 2,
        claim=r"G G^\top = s^2 (I - \tfrac1K \mathbf{11}^\top), \quad s = \tfrac{1-\alpha}{K \sqrt n}",
        reason="n groups side by side",
    )
    yield identity(
        "slope of φ",
        sp.diff(phi_smoothed(), CONTRAST).subs(CONTRAST, 0) / sp.sqrt(n),
        zero_slope(),
        claim=r"s = \tfrac{\phi'(0)}{\sqrt n}",
        reason="the same number; in this form for the focal loss too",
    )


def _zero_hessian_steps() -> Iterator[Step]:
    yield from _gradient_at_zero_steps()
    x = sp.Symbol("x", real=True)
    block = sp.Matrix([[DECAY_W, -SLOPE], [-SLOPE, DECAY_H]])
    yield identity(
        "eigenvalue",
        (block - x * sp.eye(2)).det().subs(x, saddle_eigenvalue()),
        0,
        claim=r"\det\begin{pmatrix} \lambda_W - x & -s \\ -s & \lambda_H - x \end{pmatrix} = 0",
        reason="the second derivative along (u a', -a v') couples each singular pair of G; g'' and b do "
        "not enter",
    )
    yield inequality(
        "the smaller root",
        (DECAY_W + DECAY_H) / 2 - saddle_eigenvalue(),
        ">",
        0,
        claim=r"\tfrac{\lambda_W + \lambda_H}{2} - x > 0",
        reason="it lies below the mean of both roots",
    )
    yield identity(
        "sign",
        block.det().subs(SLOPE, zero_slope()) * n * K**2,
        (K * PRICE) ** 2 - (1 - SMOOTHING) ** 2,
        claim=r"n K^2 (\lambda_W \lambda_H - s^2) = (Kc)^2 - (1 - \alpha)^2",
        reason="the product of both roots is negative iff Kc < 1 - α: a strict saddle exactly where zero "
        "is not the "
        "minimizer",
    )


def _variance_steps() -> Iterator[Step]:
    def variance(classes: int) -> sp.Expr:
        p, v = _probabilities(classes)
        mean = sum((a * x for a, x in zip(p, v, strict=True)), sp.Integer(0))
        return sum((a * x**2 for a, x in zip(p, v, strict=True)), sp.Integer(0)) - mean**2

    def pairs(classes: int) -> sp.Expr:
        p, v = _probabilities(classes)
        return sum(
            (p[i] * p[j] * (v[i] - v[j]) ** 2 for i in range(classes) for j in range(i)), sp.Integer(0)
        )

    yield identity(
        "variance",
        variance,
        pairs,
        claim=r"v^\top (\operatorname{diag}(p) - p p^\top)\, v = \sum_{i<j} p_i p_j (v_i - v_j)^2 \ge 0",
        reason="Σ p_j = 1: the Hessian of cross-entropy and of label smoothing, whose targets sum to 1",
        equation="C (36)",
    )


def _probabilities(classes: int) -> tuple[list[sp.Expr], tuple[sp.Symbol, ...]]:
    free = list(sp.symbols(f"p_2:{classes + 1}", positive=True))
    return [1 - sum(free, sp.Integer(0)), *free], sp.symbols(f"v_1:{classes + 1}", real=True)


def _hessian_steps() -> Iterator[Step]:
    z = sp.Symbol("z", real=True)
    rest, target = sp.symbols("R y", positive=True)
    own = sp.exp(z) / (sp.exp(z) + rest)
    loss = sp.log(sp.exp(z) + rest) - target * z
    yield identity(
        "gradient", sp.Derivative(loss, z), own - target, reason="R the other exponentials, y the target"
    )
    yield identity(
        "Hessian",
        sp.Derivative(loss, (z, 2)),
        own - own**2,
        reason="the target drops out: diag(p) - pp'",
        equation="C (36)",
    )
    yield from _variance_steps()
    yield from landscape_steps()


STATEMENTS = (
    Statement(
        "C.Thm2",
        "C",
        "theorem",
        "Benign landscape of convex losses",
        r"For a convex loss and $d > K$ a critical point with $\|G\| \le \sqrt{\lambda_W \lambda_H}$ is "
        "a global "
        "minimizer, every other one a strict saddle.",
        "Theorem 2",
        Verdict.CASES,
        landscape_steps,
    ),
    Statement(
        "C.SaddleAtZero",
        "C",
        "new",
        "Hessian at zero",
        r"Least eigenvalue $\frac{\lambda_W + \lambda_H}{2} - \sqrt{(\frac{\lambda_W - \lambda_H}{2})^2 "
        "+ s^2}$, $s = "
        r"\frac{1 - \alpha}{K \sqrt n}$ (CE: $\alpha = 0$; any loss: $s = \phi'(0)/\sqrt n$); negative "
        "iff $c < "
        r"\phi'(0)$.",
        "",
        Verdict.PROVED,
        _zero_hessian_steps,
    ),
    Statement(
        "C.Cor1",
        "C",
        "corollary",
        "Benign landscape with label smoothing",
        "Label smoothing is convex in the logits; C.Thm2 applies.",
        "(36)",
        Verdict.CASES,
        _hessian_steps,
    ),
)
