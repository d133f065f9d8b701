"""Statements on the speed of convergence in paper A: modes, limits, the fastest scales."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, limit, refutation
from nccourse.symbolic.normalized import GAP, NEGATIVE_SCORE, bce_bias
from nccourse.symbolic.rates import (
    CE_PROBABILITY,
    CURVATURE,
    bce_probability,
    etf_mode,
    fastest_scale_alignment,
    fastest_scale_etf_mode,
    inside_block,
    outside_block,
    second_derivative,
    second_variation,
)
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, gamma, n
from nccourse.symbolic.verdict import Verdict

_CIRCULANTS = {4: (0, 1, -2, 1), 5: (0, 1, -1, -1, 1)}


def _directions(classes: int) -> tuple[sp.Matrix, list[sp.Matrix]]:
    """A direction X and two Y: circulants of zero diagonal and sums, with arbitrary coefficients."""
    row = _CIRCULANTS[classes]
    symmetric = sp.Matrix(classes, classes, lambda i, j: row[(j - i) % classes])
    antisymmetric = sp.Matrix(
        classes, classes, lambda i, j: {1: 1, classes - 1: -1}.get((j - i) % classes, 0)
    )
    coefficients = sp.symbols("x_1 x_2 y_1 y_2 z_1 z_2", real=True)
    first, second, third = (
        coefficients[i] * symmetric + coefficients[i + 1] * antisymmetric for i in range(0, 6, 2)
    )
    return first, [second, third]


def _off_class(classes: int, loss: str) -> sp.Expr:
    return (CE_PROBABILITY if loss == "ce" else bce_probability()).subs(K, classes)


def _by_formula(classes: int, loss: str) -> sp.Expr:
    probability = _off_class(classes, loss)
    curvature = gamma / (classes - 1) * (1 if loss == "ce" else 1 - probability)
    return gamma * probability * second_variation(*_directions(classes), curvature)


def _mode_steps() -> Iterator[Step]:
    curvature = sp.Symbol("c", positive=True)
    yield identity(
        "second variation, CE",
        lambda k: second_derivative(*_directions(k), "ce", sp.Integer(0)),
        lambda k: _by_formula(k, "ce"),
        values=(4, 5),
        method="points",
        claim=r"\left.\tfrac{d^2 f}{dt^2}\right|_0 = \gamma p\,\tfrac{K-1}{K}\left[|X|^2 + \tfrac1n \sum_i "
        r"\left(|Y^i|^2 "
        r"- 2 (X, Y^i) + a |X^\top + Y^i|^2\right)\right]",
        reason="against the derivative along a curve on the spheres; K = 4, 5, n = 2, random directions",
    )
    yield identity(
        "second variation, BCE",
        lambda k: second_derivative(*_directions(k), "bce", bce_bias().subs(K, k)),
        lambda k: _by_formula(k, "bce"),
        values=(4, 5),
        method="points",
        claim=r"\text{the same with } p \to D,\ a \to a(1 - D) \text{ at } b = b^*",
        reason="stationarity makes the own-class slope (K-1) D; likewise",
    )
    value, symmetric, antisymmetric = sp.Symbol("x"), inside_block(curvature, 1), inside_block(curvature, -1)
    yield identity(
        "ETF mode",
        symmetric.charpoly(value).as_expr(),
        sp.expand((value - etf_mode(curvature, -1)) * (value - etf_mode(curvature, 1))),
        claim=r"\text{symmetric } X:\ \lambda = \tfrac{\gamma P}{2} \left[t \mp \sqrt{t^2 - 16 "
        r"a'/n}\right],\ "
        r"t = (1 + a')(1 + \tfrac1n)",
        reason="eigenvalues of the block; such X exist from K = 4 on (dimension K(K-3)/2)",
    )
    yield identity(
        "antisymmetric mode",
        antisymmetric.charpoly(value).as_expr(),
        value * (value - (1 + curvature) * (1 + 1 / n)),
        claim=r"\text{antisymmetric } X:\ \lambda = 0 \text{ (rotation)},\ \gamma P (1 + a')(1 + \tfrac1n)",
        reason="eigenvalues of the block",
    )
    yield identity(
        "alignment",
        outside_block().charpoly(value).as_expr(),
        value * (value - (1 + 1 / n)),
        claim=r"\text{outside the span: } \lambda = 0 \text{ (rotation)},\ \gamma P (1 + \tfrac1n)",
        reason="no logit changes to first order; only the sphere's curvature counts",
    )
    for name, part in (("determinant", symmetric.det()), ("trace", symmetric.trace())):
        yield inequality(name, part, ">", 0, reason="so both eigenvalues of the ETF mode are positive")


def _small_scale_steps() -> Iterator[Step]:
    a = sp.Symbol("a", positive=True)
    yield limit("mode", etf_mode(a) / a, a, 0, 4 / (n + 1), reason="sqrt(t² - 16a/n) = t - 8a/(n t) + ...")
    yield limit("probability, CE", CE_PROBABILITY, gamma, 0, 1 / K, reason="all classes equally likely")
    yield limit("probability, BCE", bce_probability(), gamma, 0, 1 / K, reason="b* -> log(K-1)")
    yield identity(
        "CE",
        1 / K * (4 / (n + 1)) / (K - 1),
        4 / ((n + 1) * K * (K - 1)),
        claim=r"\lim_{\gamma \to 0} \tfrac{\lambda_{\rm ETF}}{\gamma^2} = \tfrac{4}{(n+1) K (K-1)}",
        reason="λ = γ p · (4/(n+1)) · γ/(K-1): quadratic in γ",
    )
    yield identity(
        "BCE",
        1 / K * (4 / (n + 1)) / (K - 1) * (1 - 1 / K),
        4 / ((n + 1) * K**2),
        claim=r"\lim_{\gamma \to 0} \tfrac{\lambda_{\rm ETF}}{\gamma^2} = \tfrac{4}{(n+1) K^2}",
        reason="a' = (1 - D) γ/(K-1) and 1 - D -> (K-1)/K",
    )
    yield limit(
        "not linear",
        gamma * CE_PROBABILITY * CURVATURE / gamma,
        gamma,
        0,
        0,
        claim=r"\lim_{\gamma \to 0} \lambda_{\rm ETF} / \gamma = 0",
        reason="λ <= 2 γ p a' t^{-1} · 4/n is of second order, so no linear rate for K >= 4",
    )
    yield limit(
        "alignment is linear",
        gamma * CE_PROBABILITY * (1 + 1 / n) / gamma,
        gamma,
        0,
        (1 + 1 / n) / K,
        reason="the modes the paper's argument sees (K = 2, 3 have no ETF mode)",
    )


def _large_scale_steps() -> Iterator[Step]:
    x = sp.Symbol("x", positive=True)
    yield limit("CE", CE_PROBABILITY * sp.exp(GAP), gamma, sp.oo, 1, reason="p ~ e^(-γK/(K-1)): κ = K/(K-1)")
    scaled = 1 / (1 + ((K - 2) + sp.sqrt((K - 2) ** 2 + 4 * (K - 1) / x**2)) / 2)
    yield identity(
        "substitute",
        bce_probability(),
        scaled.subs(x, sp.exp(-GAP / 2)),
        reason="D = 1/(1 + e^(γ/(K-1) + b*)), with x = e^(-γK/(2(K-1)))",
    )
    yield limit("BCE", scaled / x, x, 0, 1 / sp.sqrt(K - 1), reason="D ~ x/sqrt(K-1): half the CE's exponent")
    yield identity(
        "half", GAP / 2, (gamma - NEGATIVE_SCORE) / 2, reason="the bias sits in the middle of the gap"
    )


def _fastest_steps() -> Iterator[Step]:
    u, w = sp.Symbol("u", positive=True), sp.Symbol("w", positive=True)
    alignment, etf = gamma * CE_PROBABILITY, gamma**2 * CE_PROBABILITY
    yield identity(
        "alignment stationary",
        (sp.diff(alignment, gamma) / CE_PROBABILITY**2).subs(gamma, u * (K - 1) / K),
        K - 1 - (u - 1) * sp.exp(u),
        reason="u = γK/(K-1): stationary iff (u-1) e^(u-1) = (K-1)/e",
    )
    yield identity(
        "ETF mode stationary",
        (sp.diff(etf, gamma) / CE_PROBABILITY**2 / gamma).subs(gamma, u * (K - 1) / K),
        2 * (K - 1) - (u - 2) * sp.exp(u),
        reason="stationary iff (u-2) e^(u-2) = 2(K-1)/e²; for n = 1 and γ < K - 1 the mode's rate is "
        "2γ²p/(K-1)",
    )
    yield identity(
        "ETF mode, n = 1",
        (etf_mode(u).subs(n, 1) - 2 * u).subs(u, 1 / (1 + w)),
        0,
        claim=r"\tfrac12\left[t - \sqrt{t^2 - 16 a}\right] = 2a \quad (n = 1,\ a < 1)",
        reason="t = 2(1+a), t² - 16a = 4(1-a)²; a = 1/(1+w) with w > 0",
    )
    fastest = (("alignment", fastest_scale_alignment(), 1), ("ETF mode", fastest_scale_etf_mode(), 2))
    for name, scale, order in fastest:
        yield identity(
            f"{name} fastest",
            ((scale * K / (K - 1) - order) * sp.exp(scale * K / (K - 1) - order)),
            order * (K - 1) / sp.E**order,
            reason="W(z) e^W(z) = z",
        )
    for name, scale, low in (
        ("alignment", fastest_scale_alignment(), sp.Rational(1890, 1000)),
        ("ETF mode", fastest_scale_etf_mode(), sp.Rational(2651, 1000)),
    ):
        yield inequality(
            f"{name} at K = 10", scale.subs(K, 10), ">", low, reason="to three decimals", confirms=True
        )


def _theorem_steps(loss: str) -> Iterator[Step]:
    ce = loss == "ce"
    probability = CE_PROBABILITY if ce else bce_probability()
    etf = probability * CURVATURE * (1 if ce else 1 - probability)
    margin, shift = sp.symbols("s b", positive=True)
    linear = "rate over γ: these modes do slow down linearly, and for K = 2, 3 all do"
    yield limit("(1), alignment", probability * (1 + 1 / n), gamma, 0, (1 + 1 / n) / K, reason=linear)
    yield limit(
        "(1), ETF mode",
        etf,
        gamma,
        0,
        0,
        reason="rate over γ, up to the factor 4/(n+1): for K >= 4 the slowest rate is quadratic",
    )
    yield refutation(
        "(1), as printed",
        sp.limit(etf.subs(K, 10), gamma, 0),
        ">",
        0,
        claim=r"\lim_{\gamma \to 0} \lambda_{\rm ETF} / \gamma = 0 \not> 0",
        reason="a linear rate would leave a positive limit",
    )
    yield limit(
        "(2)",
        gamma**3 / (1 + sp.exp(margin * gamma - shift)),
        gamma,
        sp.oo,
        0,
        reason="for a fixed bias and a margin s bounded below every term decays exponentially; else not "
        "(A.Erratum11)",
    )


STATEMENTS = (
    Statement(
        "A.Thm5",
        "A",
        "theorem",
        "Convergence of the CE against scale",
        "Printed: the rate decays linearly as $\\gamma \\to 0$, exponentially as $\\gamma \\to \\infty$ "
        "once all samples are classified. "
        "True: quadratically for $K \\ge 4$; exponentially while the margin stays bounded below.",
        "Theorem 24, (214)-(216)",
        Verdict.REFUTED,
        lambda: _theorem_steps("ce"),
    ),
    Statement(
        "A.Thm6",
        "A",
        "theorem",
        "Convergence of the BCE against scale",
        "The same for BCE with critical condition II and, in addition, a fixed bias.",
        "Theorem 23, (204)-(213)",
        Verdict.REFUTED,
        lambda: _theorem_steps("bce"),
    ),
    Statement(
        "A.Modes",
        "A",
        "new",
        "Riemannian Hessian at the minimum, mode by mode",
        "Rates of gradient flow at neural collapse with bias-free modes: alignment, antisymmetric, ETF mode.",
        "",
        Verdict.POINTS,
        _mode_steps,
    ),
    Statement(
        "A.SmallScale",
        "A",
        "new",
        "The rate for small scale is quadratic",
        r"For $K \ge 4$ the slowest rate behaves as $\frac{4\gamma^2}{(n+1)K(K-1)}$ (CE), "
        r"$\frac{4\gamma^2}{(n+1)K^2}$ (BCE).",
        "",
        Verdict.PROVED,
        _small_scale_steps,
    ),
    Statement(
        "A.LargeScale",
        "A",
        "new",
        "The rate for large scale: half the exponent for BCE",
        r"$p \sim e^{-\gamma K/(K-1)}$ for CE and $D \sim e^{-\gamma K/(2(K-1))}/\sqrt{K-1}$ for BCE.",
        "",
        Verdict.PROVED,
        _large_scale_steps,
    ),
    Statement(
        "A.FastestScale",
        "A",
        "new",
        "The scale at which a mode converges fastest",
        r"Alignment (CE): $\frac{K-1}K(1 + W(\frac{K-1}e))$; ETF mode (CE, $n = 1$): $\frac{K-1}K(2 + "
        r"W(\frac{2(K-1)}{e^2}))$.",
        "",
        Verdict.PROVED,
        _fastest_steps,
    ),
)
