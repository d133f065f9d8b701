r"""A certificate of global minima, and the way down from every critical point that lacks it.

Write f = g(W H + b 1') + λ_W/2 |W|² + λ_H/2 |H|² + λ_b/2 |b|² with g convex in the logits and G its gradient,
K x nK; |G| is the largest singular value. A critical point with |G| <= sqrt(λ_W λ_H) is a global minimizer.
Nothing has to exist for that: the point is given. Moving from a critical point along (D_W, D_H, 0) the second
derivative of f is

    2 <G, D_W D_H> + λ_W |D_W|² + λ_H |D_H|² + g''[D_W H + W D_H].
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.contrastive_lemmas import DECAY_B, DECAY_H, DECAY_W
from nccourse.symbolic.contrastive_theorem import PRICE
from nccourse.symbolic.derivation import Step, identity, shared
from nccourse.symbolic.frames import CENTRING
from nccourse.symbolic.symbols import K, n

OWN_SLOPE, OTHER_SLOPE = sp.symbols("A B", real=True)
_TIME = sp.Symbol("t", real=True)


def _matrix(name: str, rows: int, columns: int) -> sp.ImmutableMatrix:
    return sp.ImmutableMatrix(rows, columns, lambda i, j: sp.Symbol(f"{name}_{i + 1}{j + 1}", real=True))


@shared
def certificate_steps() -> Iterator[Step]:
    """Yield the proof that a critical point with |G| <= sqrt(λ_W λ_H) is a global minimizer.

    Source: C Theorem 2.
    """
    x, y = sp.symbols("x y", nonnegative=True)
    inner, weights = sp.symbols("G w", real=True)
    yield identity(
        "decay at a critical point",
        (inner + DECAY_W * weights) * weights,
        inner * weights + DECAY_W * weights**2,
        claim=r"0 = \langle \nabla_W f, W \rangle = \langle G, W H \rangle + \lambda_W \|W\|^2",
        reason="entry by entry, G standing for G H'; with C.Lem5 the decay of W and H is λ_W |W|² = -<G, W "
        "H>",
    )
    yield identity(
        "decay elsewhere",
        DECAY_W * x**2 / 2 + DECAY_H * y**2 / 2 - sp.sqrt(DECAY_W * DECAY_H) * x * y,
        (sp.sqrt(DECAY_W) * x - sp.sqrt(DECAY_H) * y) ** 2 / 2,
        claim=r"\tfrac{\lambda_W}{2} x^2 + \tfrac{\lambda_H}{2} y^2 - \sqrt{\lambda_W \lambda_H}\, x y "
        r"= \tfrac12 (\sqrt{\lambda_W}\, x - \sqrt{\lambda_H}\, y)^2",
        reason="x, y the norms of other W', H', for which <G, W'H'> >= -|G| x y: so <G, W'H'> plus their "
        "decay "
        "is >= 0 if |G| <= sqrt(λ_W λ_H)",
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
        reason="g lies above its tangent, L = <G, W H>, L' = <G, W'H'>, D' the decay elsewhere",
    )


def kernel_vector(classes: int) -> sp.ImmutableMatrix:
    """Return a with W a = 0 for the symbolic K x (K+1) matrix W: its minors with alternating signs."""
    weights = _matrix("w", classes, classes + 1)
    return sp.ImmutableMatrix(
        classes + 1,
        1,
        lambda i, _: (-1) ** i * weights[:, [j for j in range(classes + 1) if j != i]].det(),
    )


def _curve(classes: int) -> sp.ImmutableMatrix:
    """Return (W + t D_W)(H + t D_H) in two dimensions."""
    moved_w = _matrix("w", classes, 2) + _TIME * _matrix("d", classes, 2)
    return sp.ImmutableMatrix(moved_w * (_matrix("h", 2, classes) + _TIME * _matrix("e", 2, classes)))


@shared
def escape_steps() -> Iterator[Step]:
    """Yield the direction of negative curvature at a critical point with |G| > sqrt(λ_W λ_H), d > K.

    Source: C Theorem 2.
    """
    top = sp.Symbol("sigma", positive=True)
    share_w, share_h = sp.sqrt(DECAY_H / DECAY_W), sp.sqrt(DECAY_W / DECAY_H)
    yield identity(
        "second derivative of the logits",
        lambda k: _curve(k).diff(_TIME, 2),
        lambda k: sp.ImmutableMatrix(2 * _matrix("d", k, 2) * _matrix("e", 2, k)),
        values=(2, 3),
        claim=r"\tfrac{d^2}{dt^2} (W + t D_W)(H + t D_H) = 2 D_W D_H",
        reason="so f has 2 <G, D_W D_H> beside the decay and g'' in D_W H + W D_H; written out for K = 2, 3",
    )
    yield identity(
        "room",
        lambda k: sp.ImmutableMatrix((_matrix("w", k, k + 1) * kernel_vector(k)).expand()),
        lambda k: sp.zeros(k, 1),
        values=(2, 3, 4),
        claim=r"W a = 0, \quad a_i = (-1)^i \det W_{\text{without column } i}",
        reason="a matrix with more columns than rows maps some a ≠ 0 to zero (K = 2, 3, 4); if all these "
        "minors "
        "vanish a row depends on the others, and fewer rows do",
    )
    yield identity(
        "room in the features",
        lambda k: (_matrix("a", 2, 1).T * _matrix("w", k, 2).T * _matrix("w", k, 2) * _matrix("a", 2, 1))[0],
        lambda k: sum(((row * _matrix("a", 2, 1))[0] ** 2 for row in _rows(k)), sp.Integer(0)),
        values=(2, 3),
        claim=r"\lambda_H \|H^\top a\|^2 = \lambda_W\, a^\top W^\top W a = \lambda_W \|W a\|^2 = 0",
        reason="first C.Lem5: so with D_W = α u a', D_H = -β a v' the logits do not move to first order",
    )
    yield identity(
        "second derivative",
        -2 * top * sp.sqrt(share_w * share_h) + DECAY_W * share_w + DECAY_H * share_h,
        -2 * (top - sp.sqrt(DECAY_W * DECAY_H)),
        claim=r"-2\sigma + \lambda_W \sqrt{\tfrac{\lambda_H}{\lambda_W}} + \lambda_H "
        r"\sqrt{\tfrac{\lambda_W}{\lambda_H}} = -2 (\sigma - \sqrt{\lambda_W \lambda_H})",
        reason="D_W = (λ_H/λ_W)^(1/4) u a', D_H = -(λ_W/λ_H)^(1/4) a v', |a| = 1, with unit u, v for which "
        "u'G v "
        "= σ > sqrt(λ_W λ_H): the supremum |G| is larger, so there are such; it need not be attained",
    )


def _rows(classes: int) -> list[sp.MatrixBase]:
    weights = _matrix("w", classes, 2)
    return [weights[k, :] for k in range(classes)]


@shared
def symmetric_gradient_steps() -> Iterator[Step]:
    """Yield the singular values of G where all classes are alike, and what the certificate asks of them."""
    scale = 1 / (n * K)
    parts = (OWN_SLOPE - OTHER_SLOPE, OWN_SLOPE + (K - 1) * OTHER_SLOPE)
    yield identity(
        "two parts",
        sp.Matrix([OWN_SLOPE - OTHER_SLOPE, OTHER_SLOPE]),
        parts[0] * sp.Matrix(CENTRING) + parts[1] * sp.Matrix([0, 1 / K]),
        claim=r"(A - B)\, I + B\, \mathbf{11}^\top = (A - B) (I - \tfrac1K \mathbf{11}^\top) + "
        r"(A + (K-1) B)\, \tfrac1K \mathbf{11}^\top",
        reason="A the slope of the loss in the own logit, B in each other one: nK G, one such block for each "
        "sample of a class",
    )
    yield identity(
        "certificate in both parts",
        sp.Matrix([n * (scale * part) ** 2 - DECAY_W * DECAY_H for part in parts]),
        sp.Matrix([(part**2 - (K * PRICE) ** 2) / (n * K**2) for part in parts]),
        claim=r"\|G\| \le \sqrt{\lambda_W \lambda_H} \iff |A - B| \le Kc \text{ and } |A + (K-1) B| \le Kc",
        reason="n blocks side by side have singular values sqrt(n) |A - B|/(nK) and sqrt(n) |A + (K-1) "
        "B|/(nK)",
    )
