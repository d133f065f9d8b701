r"""Paper A's lemmas between Theorem 2 and its proof: the best bias, the tangent bound, the equality case.

On the set D_1 all own-class arguments b_k - (positive score) have one value X, all others one value Y. A
common shift of all biases stays in D_1 and moves X and Y against each other.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.frames import COSINE, GRAM
from nccourse.symbolic.normalized import bce_bias, sigmoid, softplus
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, b, gamma
from nccourse.symbolic.verdict import Verdict

SCORE_GAP = sp.Symbol("g", real=True)


def bias_above(gap: sp.Expr = SCORE_GAP) -> sp.Expr:
    """Return b̂ = log(((K-2) + sqrt((K-2)² + 4(K-1) e^g))/2), the bias above the negative score.

    Args:
        gap: g, positive minus negative score.

    Source: A (50).

    >>> bias_above(sp.Integer(0)).subs(K, 3)
    log(2)
    """
    return sp.log(((K - 2) + sp.sqrt((K - 2) ** 2 + 4 * (K - 1) * sp.exp(gap))) / 2)


def tangent_bound(constant: sp.Expr, x: sp.Expr) -> sp.Expr:
    """Return -c/(1+c) log c + x/(1+c) + log(1+c), a line below log(1 + e^x) for every c > 0.

    Source: A (56), (57).
    """
    return -constant / (1 + constant) * sp.log(constant) + x / (1 + constant) + sp.log(1 + constant)


def _condition_one_steps() -> Iterator[Step]:
    own, other = sp.symbols("s_k s_j", real=True)
    yield identity(
        "biases cancel",
        (own - b) - (other - b),
        own - other,
        claim=r"(s_k - b) - (s_j - b) = s_k - s_j",
        reason="with equal biases the largest logit is the largest score: (14) for every sample says that "
        "all "
        "are classified correctly",
        equation="A (14)",
    )


def _condition_two_steps() -> Iterator[Step]:
    own, other = sp.symbols("s t", positive=True)
    yield from _condition_one_steps()
    yield inequality(
        "stronger than condition I",
        own - (-other),
        ">",
        0,
        claim=r"s_k = s > 0 > s_j = -t \;\Rightarrow\; s_k - s_j > 0",
        reason="so (15) implies (14); 0 is then one threshold between all positive and all negative scores",
        equation="A (15)",
    )


def _bias_steps() -> Iterator[Step]:
    x, y, shift = sp.symbols("X Y delta", real=True)
    ratio = sp.Symbol("r", positive=True)
    moved = softplus(x + shift) + (K - 1) * softplus(y - shift)
    slope = sigmoid(x) - (K - 1) * sigmoid(y)
    yield identity(
        "slope",
        sp.Subs(sp.Derivative(moved, shift), shift, 0),
        slope,
        reason="shift all biases by δ: X rises, Y falls, and the point stays in D_1",
        equation="A (52), repaired",
    )
    yield inequality(
        "convex", sp.Derivative(moved, (shift, 2)), ">", 0, reason="so a stationary shift is the only minimum"
    )
    place = {x: sp.log(ratio) - SCORE_GAP, y: -sp.log(ratio)}
    quadratic = ratio**2 - (K - 2) * ratio - (K - 1) * sp.exp(SCORE_GAP)
    yield identity(
        "quadratic",
        slope.subs(place) * (ratio + sp.exp(SCORE_GAP)) * (ratio + 1),
        quadratic,
        reason="b = negative score + log r, so Y = -log r and X = log r - g, with g the gap of the scores",
        equation="A (53)",
    )
    yield identity(
        "root",
        quadratic.subs(ratio, sp.exp(bias_above())),
        0,
        claim=r"q(e^{\hat b}) = 0",
        reason="quadratic formula",
        equation="A (54), (55)",
    )
    yield inequality(
        "the other root is negative",
        quadratic.subs(ratio, 0),
        "<",
        0,
        reason="the product of the roots",
        equation="A (53)",
    )


def _tangent_steps() -> Iterator[Step]:
    x = sp.Symbol("x", real=True)
    constant = sp.Symbol("c", positive=True)
    excess = softplus(x) - tangent_bound(constant, x)
    yield identity(
        "touches",
        excess.subs(x, -sp.log(constant)),
        0,
        claim=r"\log(1 + e^x) = -\tfrac{c}{1+c} \log c + \tfrac{x}{1+c} + \log(1+c) \quad \text{at } c = "
        r"e^{-x}",
        reason="so the constants of equality carry an exponential, which (58) leaves out (A.Erratum4)",
        equation="A (64), (65)",
    )
    yield identity(
        "same slope",
        sp.Subs(sp.Derivative(excess, x), x, -sp.log(constant)),
        0,
        claim=r"\left.\partial_x \log(1 + e^x)\right|_{x = -\log c} = \tfrac{1}{1+c}",
        reason="a tangent",
    )
    yield inequality(
        "convex",
        sp.Derivative(excess, (x, 2)),
        ">",
        0,
        claim=r"\partial_x^2 \log(1 + e^x) > 0",
        reason="so the line lies below and touches only there; once with c_1, K - 1 times with c_2",
        equation="A (56)-(61)",
    )


def _equality_steps() -> Iterator[Step]:
    own, other = sp.symbols("b_k b_j", real=True)
    cosine = sp.Symbol("c", real=True)
    yield identity(
        "equal biases",
        (gamma * 1 - own) - (gamma * 1 - other),
        other - own,
        claim=r"(\gamma\, w_k^\top w_k - b_k) - (\gamma\, w_j^\top w_j - b_j) = b_j - b_k = 0",
        reason="on D_5 the left side is zero, and the weights have length one",
        equation="A (101)-(103)",
    )
    yield identity(
        "equal cosines",
        (1 + (K - 1) * cosine).subs(cosine, COSINE),
        0,
        claim=r"w_k^\top \textstyle\sum_j w_j = 1 + (K-1)\, c = 0 \text{ at } c = -\tfrac{1}{K-1}",
        reason="all inner products of w_k with the others agree, and the weights sum to zero",
        equation="A (104)-(106)",
    )
    yield identity(
        "simplex ETF",
        sp.Matrix([1 - COSINE, COSINE]),
        sp.Matrix(GRAM),
        claim=r"(1 - c)\, I + c\, \mathbf{11}^\top = \tfrac{K}{K-1} (I - \tfrac1K \mathbf{11}^\top)",
        reason="ones on the diagonal, c beside it",
        equation="A (107)",
    )
    yield identity(
        "bias",
        gamma * COSINE + bias_above(gamma - gamma * COSINE),
        bce_bias(),
        claim=r"-\tfrac{\gamma}{K-1} + \hat b = b^*",
        reason="A.Lem12 with the scores γ and -γ/(K-1)",
        equation="A (97), (109), (110)",
    )
    yield identity(
        "constants",
        sp.Matrix([softplus(-sp.log(sp.exp(gamma - b))), softplus(-sp.log(sp.exp(b - gamma * COSINE)))]),
        sp.Matrix([softplus(b - gamma), softplus(-gamma / (K - 1) - b)]),
        claim=r"c_1 = e^{\gamma - b^*}, \quad c_2 = e^{b^* + \gamma/(K-1)}",
        reason="the points -log c_1, -log c_2 where A.Lem13 touches are the two arguments at neural collapse",
        equation="A (96), (108)",
    )


STATEMENTS = (
    Statement(
        "A.Def3",
        "A",
        "definition",
        "Critical condition I",
        "Every sample's positive score exceeds its negative ones; with equal biases that is the same as an "
        "accuracy of one.",
        "(14)",
        Verdict.PROVED,
        _condition_one_steps,
    ),
    Statement(
        "A.Def4",
        "A",
        "definition",
        "Critical condition II",
        "All positive scores are above 0, all negative ones below; it implies critical condition I.",
        "(15)",
        Verdict.PROVED,
        _condition_two_steps,
    ),
    Statement(
        "A.Lem12",
        "A",
        "lemma",
        "The best bias on D_1",
        r"On $\mathbb D_1$ the minimum points of $f'$ have $b_k = \gamma w_k^\top h_i^{(j)} + \hat b_k$, "
        r"$\hat b_k "
        r"= \log\frac12\left((K-2) + \sqrt{(K-2)^2 + 4(K-1) e^g}\right)$, $g$ the gap of the scores; the "
        r"sign of "
        "an exponent in (52) mended (A.Erratum3).",
        "(49)-(55)",
        Verdict.PROVED,
        _bias_steps,
    ),
    Statement(
        "A.Lem13",
        "A",
        "lemma",
        "A line below f' for all constants",
        r"$f' \ge f''$ for all $c_1, c_2 > 0$, with equality iff $c_1 = e^{-X}$, $c_2 = e^{-Y}$.",
        "(56)-(65)",
        Verdict.PROVED,
        _tangent_steps,
    ),
    Statement(
        "A.Lem15",
        "A",
        "lemma",
        "What D_5 consists of",
        r"On $\mathbb D_5$ the weights equal the features and form a simplex ETF, all biases are $b^*$, "
        r"and $c_1 = "
        r"e^{\gamma - b^*}$, $c_2 = e^{b^* + \gamma/(K-1)}$.",
        "(92)-(110)",
        Verdict.PROVED,
        _equality_steps,
    ),
)
