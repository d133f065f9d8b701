"""Paper A, Theorem 2: the minimum of the normalized BCE, with the proof of Lemma 14 repaired.

log(1 + e^x) is convex, so by Jensen the loss is at least s(X) + (K-1) s(Y) with s = log(1 + e^x), X the mean
of b_k - (positive score), Y the mean of (negative score) - b_j. The repair: take the tangents at the values
X, Y have at neural collapse and keep their slopes fixed. Stationarity of b* makes the two slopes p = s'(X)
and (K-1) s'(Y) equal, so that only X + Y remains, in which the biases cancel; no restriction to a set where
the biases are optimal is needed.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, shared
from nccourse.symbolic.normalized import (
    GAP,
    NEGATIVE_SCORE,
    POSITIVE_SCORE,
    bce_at_etf,
    bce_bias,
    bce_bias_exponential,
    sigmoid,
    softplus,
)
from nccourse.symbolic.normalized_ce import mean_gap_of_vectors, scores, sphere_steps
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, b, gamma
from nccourse.symbolic.verdict import Verdict


def mean_arguments(classes: int, *, samples: int = 2) -> tuple[sp.Expr, sp.Expr]:
    """Return the mean arguments X (own class) and Y (other classes) of log(1 + e^x).   Source: A (42)."""
    model = scores(classes, samples)
    logits = gamma * model["H"] * model["W"].T - sp.ones(samples * classes, 1) * model["b"].T
    rows = range(samples * classes)
    own = [-logits[s, s % classes] for s in rows]
    other = [logits[s, j] for s in rows for j in range(classes) if j != s % classes]
    return sum(own, sp.Integer(0)) / len(own), sum(other, sp.Integer(0)) / len(other)


@shared
def _jensen_steps() -> Iterator[Step]:
    x, mean, slope = sp.symbols("x m s", real=True)
    yield inequality(
        "convex",
        sp.diff(softplus(x), x, 2),
        ">",
        0,
        reason="log(1 + e^x) is convex (the paper says concave): it lies above its tangents",
        equation="A (42)-(46)",
    )
    yield identity(
        "Jensen",
        lambda k: sum((softplus(mean) + slope * (x - _mean(k)) for x in _points(k)), sp.Integer(0)) / k,
        lambda _: softplus(mean),
        claim=r"\tfrac1N \sum_i s(x_i) \ge \tfrac1N \sum_i \left(s(m) + s'(m)(x_i - m)\right) = s(m)",
        reason="tangents at the mean m: the linear parts sum to zero; equality iff all x_i are equal",
        equation="A (42)",
    )


def _points(count: int) -> tuple[sp.Symbol, ...]:
    return tuple(sp.symbols(f"x_1:{count + 1}", real=True))


def _mean(count: int) -> sp.Expr:
    return sum(_points(count), sp.Integer(0)) / count


@shared
def _tangent_steps() -> Iterator[Step]:
    own, other = sigmoid(bce_bias() - POSITIVE_SCORE), sigmoid(NEGATIVE_SCORE - bce_bias())
    yield identity(
        "equal slopes",
        own,
        (K - 1) * other,
        claim=r"p := \sigma(b^* - \gamma) = (K-1)\, \sigma\!\left(-\tfrac{\gamma}{K-1} - b^*\right)",
        reason="b* is stationary; in the paper's notation 1/(1+c_1) = (K-1)/(1+c_2)",
        equation="A (52), (87)",
    )
    x, y, slope = sp.symbols("X Y p", real=True)
    tangents = softplus(b - POSITIVE_SCORE) + slope * (x - (b - POSITIVE_SCORE))
    tangents += (K - 1) * (softplus(NEGATIVE_SCORE - b) + slope / (K - 1) * (y - (NEGATIVE_SCORE - b)))
    yield identity(
        "tangents",
        tangents,
        bce_at_etf(b) + slope * (x + y + GAP),
        claim=r"s(X) + (K-1) s(Y) \ge f^* + p \left(X + Y + \tfrac{\gamma K}{K-1}\right)",
        reason="convexity at X* = b* - γ, Y* = -γ/(K-1) - b*, slopes frozen there: b* cancels in X* + Y*",
        equation="A (56), (70), repaired",
    )
    yield inequality(
        "slope", sigmoid(b - POSITIVE_SCORE), ">", 0, reason="so the least X + Y gives the bound"
    )


def _minimum_steps() -> Iterator[Step]:
    yield from _jensen_steps()
    yield from _tangent_steps()
    yield identity(
        "biases cancel",
        lambda k: sum(mean_arguments(k), sp.Integer(0)),
        mean_gap_of_vectors,
        claim=r"X + Y = \tfrac{\gamma}{n(K-1)} \sum_{i,k} w_k^\top (\tilde h_i - h_i^{(k)})",
        reason="the mean over k of b_k is the mean over k and j != k of b_j; any weights, features, biases "
        "(n = d = 2)",
        equation="A (71)-(76), repaired",
    )
    yield from sphere_steps()
    yield identity(
        "minimum",
        bce_at_etf(b) + sp.Symbol("p") * (-GAP + GAP),
        -2 * gamma - (K - 2) * b + softplus(gamma - b) + (K - 1) * softplus(b + gamma / (K - 1)),
        reason="X + Y >= -γK/(K-1), with b = b*",
        equation="A (10), (40), (66)",
    )
    yield identity(
        "the tangent point",
        sp.diff(bce_at_etf(b), b).subs(b, sp.log(bce_bias_exponential())),
        0,
        claim=r"\left.\partial_b f_{\rm ETF}(b)\right|_{b^*} = 0",
        reason="equality needs X = X*: since s is strictly convex and w.h = γ, all biases are b*",
        equation="A (95), (97)",
    )


STATEMENTS = (
    Statement(
        "A.Thm2",
        "A",
        "theorem",
        "Minimum of the normalized BCE",
        r"On unit spheres $f_{\rm bce} \ge -2\gamma - (K-2)b^* + \log(1+e^{\gamma-b^*}) + "
        r"(K-1)\log(1+e^{b^*+\gamma/(K-1)})$, with "
        "equality iff $w_k = h_i^{(k)}$ form a simplex ETF and all biases are $b^*$; for every $\\gamma > "
        "0$, $K \\ge 2$.",
        "(10), (11), (34)-(110)",
        Verdict.CASES,
        _minimum_steps,
    ),
    Statement(
        "A.Lem11",
        "A",
        "lemma",
        "Jensen bound of the BCE",
        "$f \\ge f'$, the loss at the mean arguments, by convexity of $\\log(1+e^x)$ (printed: concavity).",
        "(42)-(48)",
        Verdict.CASES,
        _jensen_steps,
    ),
    Statement(
        "A.Lem14",
        "A",
        "lemma",
        "The bound of f', proof repaired",
        r"$f' \ge f^* + p\,(X + Y + \gamma K/(K-1))$: with the slopes frozen at neural collapse the biases "
        r"cancel.",
        "(66)-(91)",
        Verdict.PROVED,
        _tangent_steps,
    ),
)
