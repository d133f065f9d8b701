"""Paper A's errata in the proofs of Theorems 1 and 2, each with a counterexample to what is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality, refutation
from nccourse.symbolic.frames import canonical_frame
from nccourse.symbolic.normalized import GAP, SEPARATION_SCALE, bce_bias, sigmoid, softplus
from nccourse.symbolic.normalized_lemmas import bias_above
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K, gamma
from nccourse.symbolic.verdict import Verdict

ONE = sp.Integer(1)


def lemma_14_remainder(gap: sp.Expr) -> sp.Expr:
    """Return -(K-2) b̂ + C on the set D_4, biases equal, given the gap of the scores.   Source: A (76)."""
    bias = bias_above(gap)
    return -(K - 2) * bias + softplus(gap - bias) + (K - 1) * softplus(bias)


def _jensen() -> Iterator[Step]:
    x = sp.Symbol("x", real=True)
    yield refutation(
        "printed (33)",
        softplus(ONE),
        ">=",
        (softplus(sp.Integer(0)) + softplus(sp.Integer(2))) / 2,
        reason="x = 0 and 2, mean 1: the value at the mean lies below the mean of values",
        equation="A (33)",
    )
    yield inequality(
        "convex", sp.diff(softplus(x), x, 2), ">", 0, reason="what is true, and what Lemma 11 needs"
    )


def _equality_index() -> Iterator[Step]:
    # score[j, k] of class j for a sample of class k, K = 2.
    score, bias = {(2, 1): ONE, (1, 2): ONE - 1}, {1: ONE - 1, 2: ONE}
    yield identity(
        "an equality in (46)",
        score[2, 1] - bias[2],
        score[1, 2] - bias[1],
        claim=r"s_2^{(1)} - b_2 = s_1^{(2)} - b_1 = 0",
        reason="both arguments agree, so this point is a case of equality",
        equation="A (46)",
        confirms=True,
    )
    yield refutation(
        "printed (48)",
        -score[2, 1] + bias[1],
        "=",
        -score[1, 2] + bias[1],
        reason="K = 2, s_2^(1) = 1, s_1^(2) = 0, b = (0, 1): with b_k for b_j the printed condition asks for "
        "something else",
        equation="A (48)",
        claim=r"-s_2^{(1)} + b_1 = -1 \ne 0 = -s_1^{(2)} + b_1",
    )


def _slope_sign() -> Iterator[Step]:
    score, bias = sp.symbols("s b", real=True)
    yield refutation(
        "printed (52)",
        sp.diff(softplus(score - bias), bias).subs({score: 1, bias: 0}),
        "=",
        -1 / (1 + sp.exp(ONE)),
        reason="K = 2, negative score 1, bias 0; the exponent's sign is reversed",
        equation="A (52)",
    )
    yield identity(
        "true", sp.diff(softplus(score - bias), bias), -1 / (1 + sp.exp(bias - score)), reason="differentiate"
    )


def _missing_exponential() -> Iterator[Step]:
    def bound(c: sp.Expr, x: sp.Expr) -> sp.Expr:
        return -c / (1 + c) * sp.log(c) + x / (1 + c) + sp.log(1 + c)

    yield refutation(
        "printed (58)",
        softplus(-ONE),
        "=",
        bound(ONE, -ONE),
        reason="x = -1 (score minus bias 1): the bound with c = 1 is not tight",
        equation="A (58), (69)",
    )
    x = sp.Symbol("x", real=True)
    yield identity(
        "true", softplus(x), bound(sp.exp(-x), x), reason="tight with c = e^(γ w.h - b)", equation="A (64)"
    )


def _frozen_constants() -> Iterator[Step]:
    yield refutation(
        "printed (81)-(89)",
        lemma_14_remainder(sp.Integer(0)).subs(K, 10),
        ">=",
        lemma_14_remainder(GAP).subs({K: 10, gamma: 1}),
        reason="K = 10, γ = 1: on D_4 with all vectors equal (gap 0) what is held constant is smaller than "
        "at D_5; "
        "A.Lem14 freezes the slopes instead",
        equation="A (81), (89)",
        claim=r"\left[-(K-2)\hat b + C\right]_{\rm gap\ 0} < \left[-(K-2)\hat b + C\right]_{\rm gap\ 10/9}",
    )
    yield from _remainder_slope_steps()


def _remainder_slope_steps() -> Iterator[Step]:
    gap = sp.Symbol("g", real=True)
    yield identity(
        "it grows with the gap",
        sp.diff(lemma_14_remainder(gap), gap),
        sigmoid(gap - bias_above(gap)),
        claim=r"\tfrac{d}{dg} \left[-(K-2)\hat b + C\right] = \sigma(g - \hat b) > 0",
        reason="g the gap of the scores, largest at neural collapse: the printed step is false on all of "
        "D_4 but "
        "there",
    )


def _summation_index() -> Iterator[Step]:
    frame = canonical_frame(2)
    yield identity(
        "true",
        frame[0, :] + frame[1, :],
        sp.zeros(1, 2),
        claim=r"\textstyle\sum_k h_i^{(k)} = 0",
        reason="the vectors of a simplex ETF, K = 2",
        confirms=True,
    )
    yield refutation(
        "printed (86)",
        frame[0, :].dot(frame[0, :] + frame[0, :]),
        "=",
        0,
        reason="n = 2 at collapse: the inner product of w_k with the sum over i of h_i^(k) is 2, not 0; the "
        "sum is over k",
        equation="A (86)",
        claim=r"w_k^\top \sum_i h_i^{(k)} = n = 2 \ne 0",
    )


def _separation() -> Iterator[Step]:
    scale = sp.Rational(27, 10)
    yield refutation(
        "printed (125)",
        sp.log(2 * K - 3).subs(K, 10),
        "<",
        scale,
        reason="K = 10, γ = 2.7: log(2K-3) exceeds γ",
        equation="A (125)",
    )
    yield inequality(
        "yet separated",
        bce_bias().subs({K: 10, gamma: scale}),
        "<",
        scale,
        reason="b* = 2.592",
        confirms=True,
    )
    yield inequality(
        "true threshold", SEPARATION_SCALE.subs(K, 10), "<", scale, reason="(1-1/K) log(2K-3)", confirms=True
    )


def _step_sign() -> Iterator[Step]:
    weight, feature, gradient = ONE, ONE, -ONE
    new = (weight - gradient) * feature
    yield refutation(
        "printed (207)",
        weight * feature - new,
        "=",
        -gradient * feature,
        reason="one dimension, γ = η = 1, w = h = 1, gradient -1 in w and 0 in h: (206) gives the step ŝ - "
        "s = 1, "
        "which (207) calls s - ŝ",
        equation="A (206), (207)",
        claim=r"s - \hat s = -1 \ne 1 = \hat s - s",
    )


def _sphere_step() -> Iterator[Step]:
    step = sp.Matrix([0, sp.Rational(1, 10)])
    yield refutation(
        "printed (204)",
        (sp.Matrix([1, 0]) - step).norm(),
        "=",
        1,
        reason="a unit vector minus a tangent step of length 1/10 is not a unit vector: a retraction is "
        "missing",
        equation="A (204)",
    )


def _product_index() -> Iterator[Step]:
    # K = 2, n = 1, all logits zero, so every sigmoid is 1/2; the last sum of (211) for k = 1, j = 2.
    half = sp.Rational(1, 2)
    inner = {1: sp.Integer(1), 2: sp.Rational(3, 5)}
    printed = sum((half * half * inner[j] for j in (2,)), sp.Integer(0))
    true = sum((half * half * inner[j] for j in (1,)), sp.Integer(0))
    yield refutation(
        "printed (211)",
        printed,
        "=",
        true,
        reason="K = 2, k = 1, j = 2, l' = 2, γ -> 0: the sum over l from (208) leaves out j, not k; w_1.h_2 "
        "= 1, w_2.h_2 = 3/5",
        equation="A (211), (212)",
    )


def _erratum(
    number: int, title: str, claim: str, equations: str, steps: Callable[[], Iterable[Step]]
) -> Statement:
    return Statement(f"A.Erratum{number}", "A", "erratum", title, claim, equations, Verdict.REFUTED, steps)


STATEMENTS = (
    _erratum(
        1,
        "Convex, not concave",
        r"Printed: $e^x$ and $\log(1+e^x)$ are concave and (33) follows. True: both are convex, (33) is "
        r"reversed.",
        "(31)-(33)",
        _jensen,
    ),
    _erratum(2, "Index in the equality condition", "Printed: $b_k$. True: $b_j$.", "(48)", _equality_index),
    _erratum(
        3,
        "Sign of an exponent",
        r"Printed: $\frac{K-1}{1+\exp(\gamma w_k^\top h - b_k)}$. True: $1+\exp(-\gamma w_k^\top h + b_k)$.",
        "(52)",
        _slope_sign,
    ),
    _erratum(
        4,
        "Constants without their exponential",
        r"Printed: $c_1 = w_k^\top h - b_k$. True: $c_1 = \exp(\gamma w_k^\top h - b_k)$, as in (64).",
        "(58), (69)",
        _missing_exponential,
    ),
    _erratum(
        5,
        "The proof of Lemma 14",
        r"Printed: $C$ and $\hat b$ keep their values while the vectors vary. True: $-(K-2)\hat b + C$ is "
        r"smaller "
        r"everywhere on $\mathbb D_4$ but at neural collapse; freeze the slopes instead (A.Lem14).",
        "(70)-(91)",
        _frozen_constants,
    ),
    _erratum(
        6, "Index of a sum", r"Printed: $\sum_i h_i^{(k)} = 0$. True: $\sum_k$.", "(86)", _summation_index
    ),
    _erratum(
        7,
        "Lemma 16 is sharp only before its last steps",
        r"Printed: (124) $\Leftrightarrow$ (125), $\gamma > \log(2K-3)$. True: (125) is sufficient, (124) "
        r"exact; $K > 2$ is not needed.",
        "(124)-(126)",
        _separation,
    ),
    _erratum(
        8,
        "Sign of the score's step",
        r"Printed: $s - \hat s$. True: $\hat s - s$.",
        "(206), (207)",
        _step_sign,
    ),
    _erratum(
        9,
        "The step leaves the sphere",
        "Printed: a plain gradient step, for vectors of length one. True: a step on the sphere projects and "
        "retracts.",
        "(204)",
        _sphere_step,
    ),
    _erratum(
        10,
        "Index in the last sum",
        r"Printed: $\ell \ne k$. True: $\ell \ne j$.",
        "(211), (212)",
        _product_index,
    ),
)
