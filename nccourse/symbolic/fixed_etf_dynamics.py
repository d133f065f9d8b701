"""Paper E: exact dynamics of projected gradient descent, dot regression and cross-entropy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, limit
from nccourse.symbolic.fixed_etf import (
    ACUTE,
    COSINE,
    CURVATURE,
    FEATURE_ENERGY,
    LENGTHS,
    STEP,
    WEIGHT_ENERGY,
    cosine_after,
    in_span_factor,
    out_of_span_factor,
    pull,
    rival_probability,
)
from nccourse.symbolic.frames import CENTRING, product
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

SINE_SQUARED = 1 - COSINE**2
RELATIVE_STEP = sp.Symbol("alpha", positive=True)
G, A = sp.symbols("g A", positive=True)
EPSILON = sp.Symbol("epsilon", real=True)


def _cotangent_squared(cosine: sp.Expr) -> sp.Expr:
    return cosine**2 / (1 - cosine**2)


def _dot_regression_steps() -> Iterator[Step]:
    time, start = sp.symbols("t q", positive=True)
    move = RELATIVE_STEP * (1 - COSINE)
    after = cosine_after(1 - COSINE)
    growth = (2 * RELATIVE_STEP * COSINE + RELATIVE_STEP**2 * (1 - COSINE)) / (1 + COSINE)
    yield identity(
        "one step",
        (1 - after**2) / after**2,
        SINE_SQUARED,
        claim=r"\tan^2\theta' = \sin^2\theta",
        reason="the step sqrt(E_H/E_W) moves by 1 - c along the weight: own part 1, the rest sin θ",
        equation="E (34)",
        domain=ACUTE,
    )
    yield identity(
        "solved",
        1 / (1 - after**2),
        1 + 1 / SINE_SQUARED,
        claim=r"\frac{1}{\sin^2\theta'} = 1 + \frac{1}{\sin^2\theta} \;\Rightarrow\; "
        r"\sin^2\theta_t = \frac{1}{t + 1/\sin^2\theta_0}",
        reason="so each step adds one",
        domain=ACUTE,
    )
    yield limit(
        "sublinear",
        time * sp.asin(1 / sp.sqrt(time + start)) ** 2,
        time,
        sp.oo,
        1,
        claim=r"\lim_{t \to \infty} \theta_t^2\, t = 1",
        reason="q = 1/sin² θ_0, whatever the start",
    )
    yield identity(
        "any step",
        _cotangent_squared(cosine_after(move)) - _cotangent_squared(COSINE),
        growth,
        claim=r"\cot^2\theta' - \cot^2\theta = \frac{2\alpha c + \alpha^2 (1 - c)}{1 + c}",
        reason="for the step α sqrt(E_H/E_W)",
        domain=ACUTE,
    )
    yield limit(
        "any step is sublinear",
        growth,
        COSINE,
        1,
        RELATIVE_STEP,
        reason="so cot² θ grows by α a step in the end, and θ² t tends to 1/α",
        direction="-",
    )


def _out_of_span_steps() -> Iterator[Step]:
    theta = sp.Symbol("theta", positive=True)
    tangent = sp.sin(theta) / (sp.cos(theta) + pull(sp.cos(theta)))
    own = 1 - (K - 1) * rival_probability(COSINE)
    yield identity(
        "pull and push together",
        (1 - own) + rival_probability(COSINE),
        K * rival_probability(COSINE),
        claim=r"(1 - p_c) w_c - \textstyle\sum_{k \ne c} p\, w_k = K p\, w_c",
        reason="the other classes tie, their weights sum to -w_c; with a step η this is a move G along w_c",
        equation="E (12)",
    )
    yield identity(
        "out of span",
        sp.diff(tangent, theta).subs(theta, 0),
        out_of_span_factor(pull()),
        claim=r"\tan\theta' = \frac{\sin\theta}{\cos\theta + G(\theta)},\quad "
        r"\left.\tfrac{d\theta'}{d\theta}\right|_0 = \tfrac{1}{1+g}",
        reason="exact at every angle, then at the optimum",
    )


def _in_span_steps() -> Iterator[Step]:
    score = sp.Symbol("nu", real=True)
    exponential = sp.exp(LENGTHS * (EPSILON * score - 1 / (K - 1)))
    partition = sp.exp(LENGTHS) + (K - 1) * sp.exp(-LENGTHS / (K - 1))
    a, c = product(CENTRING, CENTRING)
    yield identity(
        "probabilities move",
        (sp.diff(exponential, EPSILON) / partition).subs(EPSILON, 0),
        LENGTHS * score * rival_probability(),
        claim=r"\left.\tfrac{d p_k}{d\epsilon}\right|_0 = \sqrt{E_W E_H}\; p\, \nu_k",
        reason="h* displaced by ε along a unit n orthogonal to w_c, ν_k = n.w_k/sqrt(E_W); the sum of the "
        "exponentials is stationary since the ν_k sum to zero",
    )
    yield identity(
        "frame",
        K / (K - 1) * sp.Matrix([a, c]),
        K / (K - 1) * sp.Matrix(CENTRING),
        claim=r"\textstyle\sum_k (n^\top w_k) w_k = \tfrac{K}{K-1} E_W\, n",
        reason="W'W is K/(K-1) E_W times the projection on the span",
    )
    yield identity(
        "in span",
        STEP * rival_probability() * LENGTHS * K / (K - 1) * sp.sqrt(WEIGHT_ENERGY) / sp.sqrt(FEATURE_ENERGY),
        pull() * CURVATURE,
        claim=r"\eta\, p \sqrt{E_W E_H}\, \tfrac{K}{K-1} \sqrt{E_W / E_H} = g A",
        reason="what the step takes off ε, in units of sqrt(E_H); the radius grows to 1 + g: factor "
        "(1 - gA)/(1 + g)",
    )
    yield identity(
        "three classes in the plane",
        sp.diff(_plane_tangent(), EPSILON).subs(EPSILON, 0),
        in_span_factor(pull()).subs(K, 3),
        claim=r"\left.\tfrac{d \tan\theta'}{d\theta}\right|_0 = \tfrac{1 - gA}{1+g},\quad K = 3",
        reason="differentiating the exact step",
        confirms=True,
    )


def _plane_tangent() -> sp.Expr:
    """Return tan θ' after one cross-entropy step at angle ε to w_c, for three classes in the plane."""
    root, feature = sp.sqrt(3) / 2, sp.Matrix([sp.cos(EPSILON), sp.sin(EPSILON)])
    rows = sp.Matrix([[1, 0], [-sp.Rational(1, 2), root], [-sp.Rational(1, 2), -root]])
    exponentials = (LENGTHS * rows * feature).applyfunc(sp.exp)
    residual = sp.Matrix([1, 0, 0]) - exponentials / sum(exponentials)
    moved = feature + STEP * sp.sqrt(WEIGHT_ENERGY) / sp.sqrt(FEATURE_ENERGY) * rows.T * residual
    return moved[1] / moved[0]


def _cross_entropy_steps() -> Iterator[Step]:
    yield from _out_of_span_steps()
    yield from _in_span_steps()


def _best_step_steps() -> Iterator[Step]:
    beyond = -in_span_factor(G, A)
    yield inequality(
        "longer steps help out of span", sp.diff(out_of_span_factor(G), G), "<", 0, reason="while d >= K"
    )
    yield inequality(
        "and hurt in span",
        sp.diff(beyond, G),
        ">",
        0,
        reason="once gA > 1; before, the factor in span is the smaller one",
    )
    yield identity(
        "they meet",
        beyond.subs(G, 2 / A),
        A / (A + 2),
        claim=r"\tfrac{gA - 1}{1 + g}\big|_{g = 2/A} = \tfrac{A}{A+2}",
        reason="at g = 2/A",
    )
    yield identity("best rate", out_of_span_factor(2 / A), A / (A + 2), reason="the larger of both is least")
    yield identity(
        "least dimension",
        in_span_factor(1 / A, A),
        0,
        claim=r"\tfrac{1 - gA}{1 + g}\big|_{g = 1/A} = 0",
        reason="d = K - 1: only in span, g = 1/A",
    )
    yield identity(
        "stable",
        (1 + G) * (1 - beyond),
        2 - G * (A - 1),
        claim=r"\tfrac{gA - 1}{1 + g} < 1 \iff g (A - 1) < 2",
        reason="a longer step moves away from the optimum",
    )


def _statement(
    label: str, kind: str, title: str, claim: str, equations: str, steps: Callable[[], Iterator[Step]]
) -> Statement:
    return Statement(f"E.{label}", "E", kind, title, claim, equations, Verdict.PROVED, steps)


STATEMENTS = (
    _statement(
        "DRDynamics",
        "new",
        "Exact dynamics of dot regression",
        r"With step $\sqrt{E_H/E_W}$: $\tan\theta' = \sin\theta$, so $1/\sin^2\theta_t = t + "
        r"1/\sin^2\theta_0$ and $\theta_t^2\, t \to 1$, sublinear; with $\alpha$ times that step "
        r"$\theta_t^2\, t \to 1/\alpha$.",
        "(34)-(36)",
        _dot_regression_steps,
    ),
    _statement(
        "CEDynamics",
        "new",
        "Exact dynamics of cross-entropy at the optimum",
        r"A step multiplies displacements by $\frac{1}{1+g}$ out of the weights' span and $\frac{1-gA}{1+g}$ "
        r"within, $g = \eta K p \sqrt{E_W/E_H}$, $A = \frac{\sqrt{E_W E_H}}{K-1}$: linear.",
        "(37)-(43)",
        _cross_entropy_steps,
    ),
    _statement(
        "BestStep",
        "new",
        "The best fixed step of cross-entropy",
        r"For $d \ge K \ge 3$ it is $g = 2/A$, with factor $\frac{A}{A+2}$; for $d = K-1$ it is $g = 1/A$, "
        r"with factor 0. It converges locally iff $g(A-1) < 2$.",
        "",
        _best_step_steps,
    ),
)
