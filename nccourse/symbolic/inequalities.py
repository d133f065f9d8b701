"""Paper A's two inequalities, Lemmas 8 and 9: Young's and Jensen's, which every later bound rests on."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.contrastive_lemmas import young_steps
from nccourse.symbolic.derivation import Step, identity, inequality, refutation
from nccourse.symbolic.jensen import points
from nccourse.symbolic.normalized import softplus
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.verdict import Verdict


def _young_steps() -> Iterator[Step]:
    yield from young_steps()
    u, v = sp.symbols("u v", real=True)
    yield identity(
        "p = q = 2",
        (u**2 + v**2) / 2 - u * v,
        (u - v) ** 2 / 2,
        reason="the case both proofs use, coordinate by coordinate; equality iff u = v",
        equation="A (77), (156)",
    )


def _weighted_mean(count: int) -> tuple[list[sp.Symbol], sp.Expr]:
    """Return weights λ_i that sum to one, and the mean of :func:`points` under them."""
    free = sp.symbols(f"lambda_2:{count + 1}", nonnegative=True)
    weights = [1 - sum(free, sp.Integer(0)), *free]
    return weights, sum((w * x for w, x in zip(weights, points(count), strict=True)), sp.Integer(0))


def _sum_of_tangents(count: int) -> sp.Expr:
    value, slope = sp.symbols("f_m s", real=True)
    weights, mean = _weighted_mean(count)
    return sum(
        (w * (value + slope * (x - mean)) for w, x in zip(weights, points(count), strict=True)), sp.Integer(0)
    )


def _jensen_steps() -> Iterator[Step]:
    x = sp.Symbol("x", real=True)
    positive = sp.Symbol("x", positive=True)
    yield identity(
        "tangents at the mean",
        _sum_of_tangents,
        lambda _: sp.Symbol("f_m", real=True),
        claim=r"\textstyle\sum_i \lambda_i \left(f(m) + s\,(x_i - m)\right) = f(m), \quad m = \sum_i "
        r"\lambda_i x_i",
        reason="a convex f lies above its tangent at m, of slope s; K points, weights that sum to one. "
        "Equality "
        "iff f meets the tangent at every point of positive weight, for a strictly convex f at m only",
        equation="A (28)",
    )
    yield inequality(
        "exp is convex", sp.Derivative(sp.exp(x), (x, 2)), ">", 0, reason="so (31) holds", equation="A (31)"
    )
    yield inequality(
        "log is concave",
        sp.Derivative(sp.log(positive), (positive, 2)),
        "<",
        0,
        reason="so (32) holds",
        equation="A (32)",
    )
    yield inequality(
        "log(1 + e^x) is convex",
        sp.Derivative(softplus(x), (x, 2)),
        ">",
        0,
        reason="so the inequality of (33) is the other way round",
        equation="A (33), reversed",
    )
    yield refutation(
        "(33) as printed",
        softplus(sp.Integer(1)),
        ">=",
        (softplus(sp.Integer(0)) + softplus(sp.Integer(2))) / 2,
        reason="x = 0 and 2, mean 1",
        equation="A (33)",
    )


STATEMENTS = (
    Statement(
        "A.Lem8",
        "A",
        "lemma",
        "Young's inequality",
        r"$|ab| \le |a|^p/p + |b|^q/q$ for $\frac1p + \frac1q = 1$, with equality iff $|a|^p = |b|^q$; for "
        r"$p = "
        r"q = 2$ the mean inequality $|ab| \le \frac12 (a^2 + b^2)$.",
        "(27)",
        Verdict.PROVED,
        _young_steps,
    ),
    Statement(
        "A.Lem9",
        "A",
        "lemma",
        "Jensen's inequality",
        r"True: $f(\sum_i \lambda_i x_i) \le \sum_i \lambda_i f(x_i)$ for convex $f$, with (31), (32). "
        r"Printed as "
        r"well: $e^x$, $\log(1+e^x)$ are concave and (33); both are convex and (33) is reversed "
        r"(A.Erratum1).",
        "(28)-(33)",
        Verdict.CASES,
        _jensen_steps,
    ),
)
