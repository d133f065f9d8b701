"""Paper A, Theorems 5 and 6, and what is really true: the exact local rates of convergence.

Gradient flow near the minimum converges mode by mode, each at the rate of an eigenvalue of the Riemannian
Hessian. At a simplex ETF the gradient with respect to an off-class logit is P/(nK) for one sample: P = p for
CE, D for BCE. Move w_j by δ_j and h_ik by ε_ik in the tangent spaces. Inside the span of the ETF write X_jk
= δ_j.w_k and Y^i_kj = ε_ik.w_j: matrices with zero diagonal and zero row sums. In units of γP, and for zero
column sums, the second derivative of the loss is

    (X, X) + (Y, Y)/n - (2/n) (X, Y) + (a'/n) |X' + Y|²,      a' = a for CE, a (1-D) for BCE, a = γ/(K-1),

which couples X only to the mean Y over the samples of a class: 2 x 2 blocks, one for X symmetric and one for
X antisymmetric.
"""

from __future__ import annotations

import sympy as sp

from nccourse.symbolic.normalized import GAP, NEGATIVE_SCORE, bce_bias_exponential
from nccourse.symbolic.symbols import K, gamma, n

CE_PROBABILITY = 1 / (K - 1 + sp.exp(GAP))
CURVATURE = gamma / (K - 1)


def bce_probability() -> sp.Expr:
    """Return D = σ(-γ/(K-1) - b*), the off-class probability at the minimum of the BCE."""
    return sp.exp(NEGATIVE_SCORE) / (sp.exp(NEGATIVE_SCORE) + bce_bias_exponential())


def inside_block(curvature: sp.Expr, parity: int) -> sp.ImmutableMatrix:
    """Return the 2 x 2 Hessian block over γP, in X and √n times the mean Y.

    Args:
        curvature: a', the second derivative of the loss in an off-class logit over P, times γ/(K-1).
        parity: +1 for symmetric X (equalises the angles; exists for K >= 4), -1 for antisymmetric X (turns W
            against H).

    >>> inside_block(sp.Integer(0), 1)
    Matrix([
    [         1, -1/sqrt(n)],
    [-1/sqrt(n),        1/n]])
    """
    coupling = (parity * curvature - 1) / sp.sqrt(n)
    return sp.ImmutableMatrix([[1 + curvature, coupling], [coupling, (1 + curvature) / n]])


def outside_block() -> sp.ImmutableMatrix:
    """Return the block over γP of directions outside the span, centred over classes: alignment, rotation."""
    return inside_block(sp.Integer(0), 1)


def etf_mode(curvature: sp.Expr, sign: int = -1) -> sp.Expr:
    """Return the rate over γP of the mode that equalises the angles.

    (1/2) [t ± sqrt(t² - 16 a'/n)] with t = (1+a')(1+1/n).

    >>> etf_mode(sp.Integer(0))
    0
    """
    t = (1 + curvature) * (1 + 1 / n)
    return (t + sign * sp.sqrt(t**2 - 16 * curvature / n)) / 2


def fastest_scale_alignment() -> sp.Expr:
    """Return the γ at which the CE's alignment mode γp is fastest, (K-1)/K (1 + W((K-1)/e)), W of Lambert."""
    return (K - 1) / K * (1 + sp.LambertW((K - 1) / sp.E))


def fastest_scale_etf_mode() -> sp.Expr:
    """Return the γ at which the CE's ETF mode 2γ²p/(K-1) (n = 1) is fastest, (K-1)/K (2 + W(2(K-1)/e²))."""
    return (K - 1) / K * (2 + sp.LambertW(2 * (K - 1) / sp.E**2))


def second_variation(weights: sp.MatrixBase, features: list[sp.MatrixBase], curvature: sp.Expr) -> sp.Expr:
    """Return the second derivative of the loss over γP along (X, Y), by the formula of this module.

    Args:
        weights: X, (K, K), zero diagonal, zero row and column sums.
        features: Y of each sample i, likewise.
        curvature: a'.
    """
    size = len(features)
    metric = sp.Rational(weights.rows - 1, weights.rows)
    total = _inner(weights, weights)
    for feature in features:
        sum_ = weights.T + feature
        total += (
            _inner(feature, feature) - 2 * _inner(weights, feature) + curvature * _inner(sum_, sum_)
        ) / size
    return metric * total


def second_derivative(
    weights: sp.MatrixBase,
    features: list[sp.MatrixBase],
    loss: str,
    bias: sp.Expr,
    bias_step: sp.MatrixBase | None = None,
) -> sp.Expr:
    """Return the second derivative of the loss on a curve of the spheres with tangent (X, Y), by definition.

    w_j(t) = w_j + t δ_j - t²/2 |δ_j|² w_j, h likewise, b_j(t) = bias + t (bias step)_j, a row; logits γ w.h -
    b; loss "ce" or "bce".   Source: A (2), (5), (6).
    """
    classes = weights.rows
    turn = sp.zeros(classes, classes) if bias_step is None else sp.ones(classes, 1) * bias_step
    kappa = sp.Rational(classes, classes - 1)
    w = _curve(weights / kappa, kappa)
    total = sp.Integer(0)
    for feature in features:
        h = _curve(feature / kappa, kappa)
        value, slope, bend = (
            gamma * kappa * sum((h[i] * w[order - i].T for i in range(order + 1)), sp.zeros(classes, classes))
            for order in range(3)
        )
        shift = bias * sp.ones(classes, classes)
        for k in range(classes):
            total += _sample(loss, k, (value - shift)[k, :], (slope - turn)[k, :], 2 * bend[k, :])
    return total / (classes * len(features))


def _curve(tangent: sp.MatrixBase, kappa: sp.Expr) -> list[sp.MatrixBase]:
    """Coefficients of 1, t, t² of the moving frame over sqrt(κ), starting at the rows of I - 11'/K."""
    size = tangent.rows
    frame = sp.eye(size) - sp.ones(size, size) / size
    step = tangent * frame
    lengths = [kappa * step[k, :].dot(step[k, :]) for k in range(size)]
    return [frame, step, -sp.diag(*lengths) * frame / 2]


def _sample(
    loss: str, label: int, value: sp.MatrixBase, slope: sp.MatrixBase, bend: sp.MatrixBase
) -> sp.Expr:
    """Second derivative of one sample's loss, given its logits, their first and second derivatives."""
    exponentials = [sp.exp(z) for z in value]
    if loss == "ce":
        weights = [e / sum(exponentials) for e in exponentials]
        mean = sum((p * z for p, z in zip(weights, slope, strict=True)), sp.Integer(0))
        spread = sum((p * z**2 for p, z in zip(weights, slope, strict=True)), sp.Integer(0)) - mean**2
    else:
        weights = [e / (1 + e) for e in exponentials]
        spread = sum((p * (1 - p) * z**2 for p, z in zip(weights, slope, strict=True)), sp.Integer(0))
    return spread + sum((p * z for p, z in zip(weights, bend, strict=True)), sp.Integer(0)) - bend[label]


def _inner(left: sp.MatrixBase, right: sp.MatrixBase) -> sp.Expr:
    return (left.T * right).trace()
