r"""Paper C's Theorem 2 and its corollaries: the certificate, the escape from saddles, the Hessian at zero.

Write f = g(W H + b 1') + λ_W/2 |W|² + λ_H/2 |H|² + λ_b/2 |b|² with G the gradient of g in the logits.
Moving from a critical point along (D_W, D_H, 0) the second derivative of f is

    2 <G, D_W D_H> + λ_W |D_W|² + λ_H |D_H|² + g''[D_W H + W D_H].
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.contrastive import CONTRAST, SMOOTHING, phi_smoothed
from nccourse.symbolic.contrastive_lemmas import DECAY_B, DECAY_H, DECAY_W
from nccourse.symbolic.contrastive_theorem import PRICE
from nccourse.symbolic.derivation import Step, identity, inequality, unchecked
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


def _certificate_steps() -> Iterator[Step]:
    x, y = sp.symbols("x y", nonnegative=True)
    inner, weights = sp.symbols("G w", real=True)
    yield identity(
        "decay at a critical point",
        (inner + DECAY_W * weights) * weights,
        inner * weights + DECAY_W * weights**2,
        claim=r"0 = \langle \nabla_W f, W \rangle = \langle G, W H \rangle + \lambda_W \|W\|^2",
        reason="entry by entry, G standing for G H'; with C.Lem5 the decay of W and H is λ_W |W|² = -<G, "
        "W H>",
    )
    yield identity(
        "decay elsewhere",
        DECAY_W * x**2 / 2 + DECAY_H * y**2 / 2 - sp.sqrt(DECAY_W * DECAY_H) * x * y,
        (sp.sqrt(DECAY_W) * x - sp.sqrt(DECAY_H) * y) ** 2 / 2,
        claim=r"\tfrac{\lambda_W}{2} x^2 + \tfrac{\lambda_H}{2} y^2 - \sqrt{\lambda_W \lambda_H}\, x y "
        r"= \tfrac12 (\sqrt{\lambda_W}\, x - \sqrt{\lambda_H}\, y)^2",
        reason="x, y the norms of other W', H', for which <G, W'H'> >= -|G| x y, |G| the spectral norm: "
        "so <G, W'H'> "
        "plus their decay is >= 0 if |G| <= sqrt(λ_W λ_H)",
    )
    bias, other_bias = sp.symbols("b b'", real=True)
    yield identity(
        "biases",
        DECAY_B / 2 * other_bias**2 - DECAY_B * bias * (other_bias - bias) - DECAY_B / 2 * bias**2,
        DECAY_B / 2 * (other_bias - bias) ** 2,
        reason="the gradient of g in b is -λ_b b, so the tangent of g loses no more than the decay gains",
    )
    base, here, there, decay = sp.symbols("g L L' D'", real=True)
    yield identity(
        "certificate",
        base + (there - here) + decay,
        (base - here) + (there + decay),
        claim=r"g(Z') + D' \ge g + (L' - L) + D' = (g - L) + (L' + D') \ge g - L = f",
        reason="g lies above its tangent, L = <G, W H>, L' = <G, W'H'>: a critical point with |G| <= "
        "sqrt(λ_W λ_H) "
        "is a global minimizer",
    )


def _escape_steps() -> Iterator[Step]:
    top = sp.Symbol("sigma", positive=True)
    share_w, share_h = sp.sqrt(DECAY_H / DECAY_W), sp.sqrt(DECAY_W / DECAY_H)
    yield unchecked(
        "top singular pair",
        r"u^\top G v = \sigma = \|G\|, \quad \|u\| = \|v\| = 1",
        reason="exists by compactness",
    )
    yield unchecked(
        "room",
        r"W a = 0, \quad \|a\| = 1",
        reason="exists since d > K >= rank W; by C.Lem5 H'a = 0 too, so D_W H + W D_H = 0",
    )
    yield identity(
        "second derivative",
        -2 * top * sp.sqrt(share_w * share_h) + DECAY_W * share_w + DECAY_H * share_h,
        -2 * (top - sp.sqrt(DECAY_W * DECAY_H)),
        claim=r"-2\sigma + \lambda_W \sqrt{\tfrac{\lambda_H}{\lambda_W}} + \lambda_H "
        r"\sqrt{\tfrac{\lambda_W}{\lambda_H}} = -2 (\sigma - \sqrt{\lambda_W \lambda_H})",
        reason="D_W = (λ_H/λ_W)^(1/4) u a', D_H = -(λ_W/λ_H)^(1/4) a v': negative as soon as σ > "
        "sqrt(λ_W λ_H)",
    )


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
    yield landscape_step()


def landscape_step() -> Step:
    """Return the step that hands a convex loss over to C.Thm2."""
    return unchecked(
        "landscape",
        r"\|G\| \le \sqrt{\lambda_W \lambda_H} \text{ or a strict saddle}",
        reason="C.Thm2, whose top singular pair and room are existence claims",
    )


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
        Verdict.UNCHECKED,
        lambda: [*_certificate_steps(), *_escape_steps()],
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
        Verdict.UNCHECKED,
        _hessian_steps,
    ),
)
