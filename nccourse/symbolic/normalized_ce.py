"""Paper A, Theorem 1: the minimum of the normalized cross-entropy, through Lemmas 18 to 20.

Write y for the mean, over the other classes j of one sample, of logit_j - logit_k. Two convexities (of exp,
then of log(1 + (K-1) e^y)) bound the loss below by a line in y; averaged over all samples the biases cancel
in y and the spheres bound what is left.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, shared
from nccourse.symbolic.normalized import CE_MINIMUM, GAP
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, b, gamma
from nccourse.symbolic.verdict import Verdict

CONSTANT = sp.exp(GAP) / (K - 1)


def tangent_constant(constant: sp.Expr = CONSTANT) -> sp.Expr:
    """Return C' = c'/(1+c') log((1+c')/c') + log((1+c')(K-1))/(1+c') for c' = c'_1.   Source: A (134)."""
    weight = 1 / (1 + constant)
    return constant * weight * sp.log((1 + constant) / constant) + weight * sp.log((1 + constant) * (K - 1))


def scores(classes: int, samples: int = 2, dimension: int = 2) -> dict[str, sp.ImmutableMatrix]:
    """Return symbolic weights (K, d), features (nK, d) and biases (K, 1), of any value."""
    return {
        "W": sp.ImmutableMatrix(classes, dimension, lambda k, a: sp.Symbol(f"w_{k}_{a}", real=True)),
        "H": sp.ImmutableMatrix(
            samples * classes, dimension, lambda s, a: sp.Symbol(f"h_{s}_{a}", real=True)
        ),
        "b": sp.ImmutableMatrix(classes, 1, lambda k, _: sp.Symbol(f"b_{k}", real=True)),
    }


def mean_gap(classes: int, *, samples: int = 2) -> sp.Expr:
    """Return y averaged over all samples; feature row i K + k is sample i of class k.   Source: A (151)."""
    model = scores(classes, samples)
    logits = gamma * model["H"] * model["W"].T - sp.ones(samples * classes, 1) * model["b"].T
    total = sum(
        (logits[s, j] - logits[s, s % classes] for s in range(samples * classes) for j in range(classes)),
        sp.Integer(0),
    )
    return total / (samples * classes * (classes - 1))


def mean_gap_of_vectors(classes: int, *, samples: int = 2) -> sp.Expr:
    """Return γ/(n(K-1)) Σ_i Σ_k w_k . (mean_j h_i^(j) - h_i^(k)).   Source: A (155), (76)."""
    model = scores(classes, samples)
    total = sp.Integer(0)
    for i in range(samples):
        features = model["H"][i * classes : (i + 1) * classes, :]
        mean = sp.ones(1, classes) * features / classes
        total += sum((model["W"][k, :].dot(mean - features[k, :]) for k in range(classes)), sp.Integer(0))
    return gamma * total / (samples * (classes - 1))


@shared
def sphere_steps() -> Iterator[Step]:
    """Yield the steps that bound the mean gap on the spheres by -γK/(K-1), reached at an ETF only."""
    length = sp.Symbol("q", nonnegative=True)
    u, v = (sp.Matrix(sp.symbols(f"{name}_1:4", real=True)) for name in "uv")
    yield identity(
        "Young",
        u.dot(v),
        (u + v).dot(u + v) / 2 - (u.dot(u) + v.dot(v)) / 2,
        claim=r"u^\top v = \tfrac12 \|u + v\|^2 - \tfrac12 (\|u\|^2 + \|v\|^2) \ge -\tfrac12 (\|u\|^2 + "
        r"\|v\|^2)",
        reason="with u = w_k, v = mean - h_k; equality iff w_k = h_k - mean; written out in three dimensions",
        equation="A (77), (156)",
    )
    yield identity(
        "spread",
        lambda k: sum(((_mean(k) - x) ** 2 for x in _coordinates(k)), sp.Integer(0)),
        lambda k: sum((x**2 for x in _coordinates(k)), sp.Integer(0)) - k * _mean(k) ** 2,
        claim=r"\sum_k \|\tilde h - h_k\|^2 = \sum_k \|h_k\|^2 - K \|\tilde h\|^2 = K - K \|\tilde h\|^2",
        reason="the centred sum of squares, coordinate by coordinate",
        equation="A (79), (159)",
    )
    yield identity(
        "sum over classes",
        gamma / (K - 1) * (-(K + K - K * length) / 2),
        -GAP + GAP * length / 2,
        claim=r"\tfrac{\gamma}{K-1}\left(-\tfrac12 (K + K - K q)\right) = -\tfrac{\gamma K}{K-1} + "
        r"\tfrac{\gamma K}{2(K-1)} q",
        reason="unit vectors; q the squared length of the mean, averaged over i",
        equation="A (80), (160)",
    )
    yield inequality(
        "drop the mean",
        -GAP + GAP * length / 2,
        ">=",
        -GAP,
        reason="equality iff every mean is zero; then w_k = h_k and the weights sum to zero",
        equation="A (81), (164)",
    )


def _coordinates(classes: int) -> list[sp.Symbol]:
    return [sp.Symbol(f"h_{k}", real=True) for k in range(classes)]


def _mean(classes: int) -> sp.Expr:
    return sum(_coordinates(classes), sp.Integer(0)) / classes


@shared
def _jensen_steps() -> Iterator[Step]:
    t, low = sp.symbols("t y", real=True)
    tangent = sp.exp(t) - 1 - t
    yield identity(
        "touches",
        sp.Matrix([tangent, tangent.diff(t)]).subs(t, 0),
        sp.zeros(2, 1),
        claim=r"f(t) = e^t - 1 - t:\quad f(0) = f'(0) = 0",
        reason="the line 1 + t is the tangent of e^t at 0",
        equation="A (31)",
    )
    yield inequality(
        "convex", tangent.diff(t, 2), ">", 0, reason="so e^t lies above its tangent, touching only at 0"
    )
    yield identity(
        "Jensen",
        lambda k: (
            sp.exp(low) * sum((1 + x - _mean(k - 1) for x in _coordinates(k - 1)), sp.Integer(0)) / (k - 1)
        ),
        lambda _: sp.exp(low),
        claim=r"\tfrac{1}{K-1} \sum_{j \ne k} e^{x_j} \ge \tfrac{1}{K-1} \sum_{j \ne k} e^{y} (1 + x_j - y) "
        r"= e^y",
        reason="tangents at the mean y: the linear parts sum to zero; equality iff all x_j are equal",
        equation="A (137)-(140)",
    )
    loss = sp.log(1 + (K - 1) * sp.exp(low))
    slope = sp.diff(loss, low).subs(low, -GAP)
    yield inequality(
        "convex loss", sp.diff(loss, low, 2), ">", 0, reason="so the loss lies above its tangent in y"
    )
    yield identity(
        "slope", slope, 1 / (1 + CONSTANT), reason="with c'_1 = e^(γK/(K-1))/(K-1)", equation="A (168)"
    )
    yield identity(
        "tangent",
        CE_MINIMUM + slope * (low + GAP),
        low / (1 + CONSTANT) + tangent_constant(),
        claim=r"\log(1 + (K-1)e^{-\gamma K/(K-1)}) + \tfrac{1}{1+c_1'} \left(y + \tfrac{\gamma "
        r"K}{K-1}\right) "
        r"= \tfrac{y}{1 + c_1'} + C'",
        reason="the paper's bound is the tangent at y = -γK/(K-1)",
        equation="A (133), (134), (144)",
    )


@shared
def _tangent_steps() -> Iterator[Step]:
    yield from _jensen_steps()
    y = sp.Symbol("y", real=True)
    constant = sp.Symbol("c", positive=True)
    excess = sp.log(1 + (K - 1) * sp.exp(y)) - y / (1 + constant) - tangent_constant(constant)
    touching = -sp.log((K - 1) * constant)
    yield identity(
        "touches, any constant",
        sp.Matrix([excess.subs(y, touching), sp.diff(excess, y).subs(y, touching)]),
        sp.zeros(2, 1),
        claim=r"\log(1 + (K-1) e^y) \ge \tfrac{y}{1 + c_1'} + C', \text{ equal iff } c_1' = "
        r"\tfrac{e^{-y}}{K-1}",
        reason="value and slope agree there, and the loss is strictly convex in y; for every c'_1 > 0",
        equation="A (141)-(147)",
    )


@shared
def _bound_steps() -> Iterator[Step]:
    yield from _jensen_steps()
    yield identity(
        "biases cancel",
        mean_gap,
        mean_gap_of_vectors,
        claim=r"\tfrac{1}{nK} \sum_{i,k} y_i^{(k)} = \tfrac{\gamma}{n(K-1)} \sum_{i,k} w_k^\top (\tilde h_i "
        r"- h_i^{(k)})",
        reason="each bias occurs K-1 times with each sign; any weights, features and biases (n = d = 2)",
        equation="A (149)-(155)",
    )
    yield from sphere_steps()
    yield identity(
        "minimum",
        -GAP / (1 + CONSTANT) + tangent_constant(),
        CE_MINIMUM,
        claim=r"\tfrac{y}{1 + c_1'} + C' = \log\left(1 + (K-1) e^{-\gamma K/(K-1)}\right) \quad \text{at } "
        r"y = "
        r"-\tfrac{\gamma K}{K-1}",
        reason="put the least y into the line: its value there is the loss at an ETF",
        equation="A (8), (169)",
    )


@shared
def _equality_steps() -> Iterator[Step]:
    cosine = sp.Symbol("c", real=True)
    yield identity(
        "equal cosines",
        sp.solve(1 + (K - 1) * cosine, cosine)[0],
        -1 / (K - 1),
        claim=r"0 = w_k^\top \sum_j w_j = 1 + (K-1) c \;\Rightarrow\; c = -\tfrac{1}{K-1}",
        reason="equality needs w_k = h_k, sum zero, and equal y's terms: for one k all γ c_jk - b_j agree",
        equation="A (182)-(184)",
    )
    shift, ratio = sp.symbols("B r", real=True)
    yield identity(
        "equal biases",
        sp.solve(sp.Eq(K / (K - 1) * (ratio - shift), 0), ratio)[0],
        shift,
        claim=r"\tfrac{K}{K-1} (b_k - \bar b) = 0 \;\Rightarrow\; b_k = \bar b",
        reason="and every sample's y equals -γK/(K-1), while y_k = K/(K-1) (b_k - mean b - γ)",
        equation="A (179)-(181)",
    )
    own, other = sp.exp(gamma - b), sp.exp(-gamma / (K - 1) - b)
    yield identity(
        "any common bias",
        1 - own / (own + (K - 1) * other) - (K - 1) * other / (own + (K - 1) * other),
        0,
        claim=r"n\, \partial_{b_k} f \propto 1 - p_k - (K-1)\, p_j = 0",
        reason="at neural collapse, p_k the probability of the own class, p_j of another: no bias is "
        "preferred",
        equation="A (186)-(191)",
    )


def _minimum_steps() -> Iterator[Step]:
    yield from _bound_steps()
    yield from _equality_steps()


STATEMENTS = (
    Statement(
        "A.Thm1",
        "A",
        "theorem",
        "Minimum of the normalized CE",
        r"On unit spheres $f_{\rm ce} \ge \log(1 + (K-1)e^{-\gamma K/(K-1)})$, with equality iff $w_k = "
        r"h_i^{(k)}$ form a simplex "
        "ETF and all biases are equal.",
        "(8), (9), (127)-(191)",
        Verdict.CASES,
        _minimum_steps,
    ),
    Statement(
        "A.Lem18",
        "A",
        "lemma",
        "Tangent bound of the CE of one sample",
        r"$L \ge \frac{y}{1+c_1'} + C'$ with $y$ the mean logit gap, for every $c_1' > 0$; at neural "
        r"collapse $c_1' "
        r"= e^{\gamma K/(K-1)}/(K-1)$.",
        "(133)-(147)",
        Verdict.CASES,
        _tangent_steps,
    ),
    Statement(
        "A.Lem19",
        "A",
        "lemma",
        "Lower bound of the normalized CE",
        r"On unit spheres $f_{\rm ce} \ge \log(1 + (K-1)e^{-\gamma K/(K-1)})$.",
        "(148)-(169)",
        Verdict.CASES,
        _bound_steps,
    ),
    Statement(
        "A.Lem20",
        "A",
        "lemma",
        "When the bound of the CE is reached",
        r"Only if $w_k = h_i^{(k)}$, the weights sum to zero with equal cosines, and all biases agree; any "
        r"common "
        "bias will do.",
        "(170)-(191)",
        Verdict.PROVED,
        _equality_steps,
    ),
)
