r"""Paper A's slowest mode with a trained bias: one number a class, shared by weights, features and biases.

Take e in R^K with Σ e_k = 0 and |e| = 1, and let u = Σ e_i v_i for the ETF's vectors v. Weights move by x
times the tangential parts of u, features by y times the same, biases by z e. With X as in
:mod:`nccourse.symbolic.rates`, X_jk = κ (e_k - e_j G_jk), κ = K/(K-1), of squared length κ² (K-2).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.frames import GRAM, explicit
from nccourse.symbolic.normalized import bce_bias
from nccourse.symbolic.rates import CE_PROBABILITY, CURVATURE, bce_probability, etf_mode, second_derivative
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, gamma, n
from nccourse.symbolic.verdict import Verdict

WEIGHT, FEATURE, BIAS = sp.symbols("x y z", real=True)
_SAMPLES = 2


def standard_squares(loss: str, probability: sp.Expr) -> list[sp.Expr]:
    """Return the squares whose sum, times P, is the Hessian, for unit steps x of W, y of H and z of b.

    Args:
        loss: "ce" or "bce".
        probability: P, of a wrong class.
    """
    right, rest = 1 - (K - 1) * probability, 1 - probability
    lean = gamma * sp.sqrt(K - 2) * K / (K - 1) * WEIGHT
    across = gamma / (K - 1) * WEIGHT + gamma / sp.sqrt(n) * FEATURE - sp.sqrt(K - 2) * BIAS
    spheres = [
        gamma * (WEIGHT - FEATURE / ((K - 1) * sp.sqrt(n))) ** 2,
        gamma * K * (K - 2) / (n * (K - 1) ** 2) * FEATURE**2,
    ]
    if loss == "ce":
        return [*spheres, right / (K * (K - 1)) * (lean + K * BIAS) ** 2, across**2 / (K - 1)]
    return [
        *spheres,
        rest / (K * (K - 1)) * (lean + BIAS) ** 2,
        rest / (K - 1) * across**2,
        (K - 1) / K * right * BIAS**2,
    ]


def _direction(classes: int) -> tuple[sp.MatrixBase, sp.MatrixBase]:
    """Return e as a row and the X of one unit step of all weights, e = (1, -1, 0, ...)/sqrt 2."""
    pattern = sp.Matrix(1, classes, lambda _, k: {0: 1, 1: -1}.get(k, 0)) / sp.sqrt(2)
    gram = explicit(GRAM, classes)
    unit = sp.Matrix(classes, classes, lambda j, k: pattern[k] - pattern[j] * gram[j, k])
    return pattern, unit / sp.sqrt(classes - 2)


def _by_definition(classes: int, loss: str) -> sp.Expr:
    pattern, unit = _direction(classes)
    features = [FEATURE / sp.sqrt(_SAMPLES) * unit] * _SAMPLES
    bias = sp.Integer(0) if loss == "ce" else bce_bias().subs(K, classes)
    return second_derivative(WEIGHT * unit, features, loss, bias, BIAS * pattern)


def _by_formula(classes: int, loss: str) -> sp.Expr:
    probability = CE_PROBABILITY if loss == "ce" else bce_probability()
    return (probability * sum(standard_squares(loss, probability))).subs({K: classes, n: _SAMPLES})


def _steps() -> Iterator[Step]:
    for loss in ("ce", "bce"):
        yield identity(
            f"block, {loss.upper()}",
            partial(_by_definition, loss=loss),
            partial(_by_formula, loss=loss),
            values=(3, 4),
            method="points",
            claim=r"\left.\tfrac{d^2 f}{dt^2}\right|_0 = P \sum_i r_i(x, y, z)^2",
            reason="against the derivative along a curve on the spheres: the spheres' bend, the gap, the "
            "wrong "
            "classes and, for BCE, the right one; K = 3, 4, n = 2",
        )
    for name, part in (("right class", 1 - (K - 1) * CE_PROBABILITY), ("wrong classes", 1 - CE_PROBABILITY)):
        yield inequality(
            name,
            part,
            ">",
            0,
            reason="so every square has a positive weight, and for K >= 3 they vanish together only at x = "
            "y = z = 0: "
            "a strict minimum",
        )
    for loss, probability in (("CE", CE_PROBABILITY), ("BCE", bce_probability())):
        yield inequality(
            f"slowest, {loss}",
            _shifted_determinant(loss.lower(), probability),
            "<",
            0,
            claim=r"\det(B - \lambda_{ETF} I) < 0",
            reason="K = 10, n = 1, γ = 2.3: an odd number of the block's eigenvalues lies below the ETF "
            "mode's",
        )


def _shifted_determinant(loss: str, probability: sp.Expr) -> sp.Expr:
    """Return det(B - λ I) at K = 10, n = 1, γ = 2.3, B the block over P and λ the rate of the ETF mode."""
    at = {K: 10, n: 1, gamma: sp.Rational(23, 10)}
    curvature = CURVATURE * (1 if loss == "ce" else 1 - probability)
    total = sp.expand(sum(standard_squares(loss, probability)).subs(at))
    block = sp.hessian(total, (WEIGHT, FEATURE, BIAS)) / 2 - (gamma * etf_mode(curvature)).subs(at) * sp.eye(
        3
    )
    first, second, third = (block[row, :] for row in range(3))
    return sp.Matrix(first).dot(sp.Matrix(second).cross(sp.Matrix(third)))


STATEMENTS = (
    Statement(
        "A.StandardMode",
        "A",
        "new",
        "The mode that couples scores and biases",
        "One number a class, in weights, features and biases: a 3 x 3 block (2 x 2 with the bias fixed), "
        "given as a "
        "sum of squares. With a trained bias its least eigenvalue is the slowest rate around the best scale.",
        "",
        Verdict.POINTS,
        _steps,
    ),
)
