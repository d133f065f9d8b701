"""Paper D, Theorem 1, with a proof that needs no critical point and allows collapsed classes.

The paper bounds the loss at critical points of the problem without constraint and gives every class the same
constant c_1. Here each class's loss is bounded by its tangent at the margin it will turn out to have, of
slope y_k capped at (K-1)/K; then sqrt(n_k) y_k <= c_1 for every class, and the decay cancels exactly.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.imbalanced import (
    BELOW_ONE,
    COMMON_SLOPE,
    COUNT,
    DECAY_H,
    DECAY_W,
    MARGIN,
    SLOPE,
    TOTAL,
    WEIGHT_SCALE,
    bound_of_class,
    class_loss,
    feature_square,
    margin,
    slope,
    weight_rows,
)
from nccourse.symbolic.imbalanced_lemmas import X, exchange_steps
from nccourse.symbolic.jensen import rival_steps
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

YOUNG = TOTAL * (K - 1) * DECAY_W


def _grouping_steps() -> Iterator[Step]:
    mean = sp.Symbol("m", real=True)
    yield from rival_steps("D (24)")
    yield inequality(
        "mean sample",
        sp.diff(class_loss(X), X, 2),
        ">",
        0,
        reason="log(1 + (K-1) e^x) is convex, so the mean over a class is at least the value at the mean",
        equation="D (25)",
    )
    yield identity(
        "spread",
        X**2,
        mean**2 + 2 * mean * (X - mean) + (X - mean) ** 2,
        reason="each coordinate of each h_i about the class mean: the middle terms cancel in the sum, so "
        "equality iff all samples of a class agree",
        equation="D (7)",
    )


def _tangent_steps() -> Iterator[Step]:
    odds = 1 / SLOPE - 1
    intercept = SLOPE * sp.log((1 + odds) * (K - 1)) + (1 - SLOPE) * sp.log((1 + odds) / odds)
    yield identity(
        "slope",
        sp.diff(class_loss(X), X).subs(X, -margin()),
        SLOPE,
        claim=r"\varphi'(-M) = y,\quad \varphi(x) = \log(1 + (K-1) e^x)",
        reason="the tangent of slope y = 1/(1+t) touches at -M",
        equation="D (28)",
        domain=BELOW_ONE,
    )
    yield identity(
        "intercept",
        bound_of_class(SLOPE, margin()),
        intercept,
        claim=r"\varphi(-M) + y M = \tfrac{\log((1+t)(K-1))}{1+t} + \tfrac{t}{1+t} \log\tfrac{1+t}{t}",
        reason="so the tangent is x y + c_2, the paper's bound by the concavity of log",
        equation="D (26), (27)",
        domain=BELOW_ONE,
    )
    yield identity(
        "capped",
        sp.diff(class_loss(X), X).subs(X, 0),
        (K - 1) / K,
        claim=r"\varphi'(0) = \tfrac{K-1}{K}",
        reason="a class with c_1/sqrt(n_k) >= (K-1)/K gets this slope instead: its tangent touches at M = 0",
    )


def _decay_steps() -> Iterator[Step]:
    yield identity(
        "weight decay",
        YOUNG / (TOTAL * (K - 1)),
        DECAY_W,
        claim=r"\tfrac{1}{N(K-1)} \cdot \tfrac{c}{2} = \tfrac{\lambda_W}{2},\quad c = N(K-1)\lambda_W",
        reason="the linear parts lose as much as the weight decay adds",
        equation="D (37)",
    )
    yield identity(
        "feature decay",
        K * (K - 1) * COMMON_SLOPE**2 / (TOTAL * (K - 1) * YOUNG),
        DECAY_H,
        claim=r"\tfrac{1}{N(K-1)} \cdot \tfrac{K(K-1)}{2c}\, c_1^2 = \tfrac{\lambda_H}{2}",
        reason="sqrt(n_k) y_k <= c_1 for every class, with < where the slope is capped; so f >= sum_k n_k/N "
        "(φ(-M_k) + y_k M_k), whatever the weights and the features H >= 0",
        equation="D (38)",
    )


def _structure_steps() -> Iterator[Step]:
    own, rival = weight_rows(COUNT * feature_square(), sp.Symbol("s_m", positive=True), sp.Integer(0))
    yield identity(
        "weights",
        COMMON_SLOPE / YOUNG,
        WEIGHT_SCALE,
        claim=r"\tfrac{c_1}{c} = \sqrt{\tfrac{\lambda_H}{\lambda_W}} \tfrac{1}{\sqrt{K(K-1)}}",
        reason="c w_m = K u_m - sum_k u_k with u_k = c_1 v_k; the sum over m is zero; h_k = 0 where "
        "sqrt(n_k) y_k < c_1",
        equation="D (10), (31)",
    )
    yield from _logit_steps()
    yield identity(
        "norm",
        WEIGHT_SCALE * (own - rival)[0] * sp.sqrt(feature_square()),
        MARGIN,
        claim=r"(w_k - w_m)^\top h_k = \sqrt{\tfrac{\lambda_H}{\lambda_W}} \sqrt{\tfrac{K}{K-1}} "
        r"\sqrt{n_k}\, "
        r"\|h_k\|^2 = M_k",
        reason="w_k and w_m meet h_k on its own axis only; equality in the tangent: own minus rival logit "
        "is M_k",
        equation="D (9)",
    )
    yield identity(
        "attained",
        DECAY_H * COUNT * feature_square(),
        COUNT / TOTAL * slope() * MARGIN,
        claim=r"\lambda_H\, n_k \|h_k\|^2 = \tfrac{n_k}{N}\, y_k M_k",
        reason="both decays together, by Lemma 1, are the sum of n_k/N y_k M_k: the bound is reached, by "
        "orthogonal features, which need d >= K when all survive",
    )


def _logit_steps() -> Iterator[Step]:
    square = sp.Symbol("q", nonnegative=True)
    own, rival = (factor * WEIGHT_SCALE * sp.sqrt(COUNT) * square for factor in (K - 1, -1))
    at_margin = {square: feature_square()}
    yield identity(
        "logits sum to zero",
        own + (K - 1) * rival,
        0,
        claim=r"z_k^{(k)} + (K-1) z_k^{(m)} = 0",
        reason="w_m.h_k from (10) and orthogonality, q = h_k.h_k",
        equation="D (49), (50)",
    )
    yield identity(
        "own logit",
        own.subs(at_margin),
        (K - 1) / K * MARGIN,
        claim=r"z_k^{(k)} = \tfrac{K-1}{K} M_k",
        reason="with the norm (9)",
        equation="D (11)",
    )
    yield identity(
        "rival logit",
        rival.subs(at_margin),
        -MARGIN / K,
        claim=r"z_k^{(m)} = -\tfrac1K M_k",
        reason="likewise",
        equation="D (12)",
    )


def _theorem_steps() -> Iterator[Step]:
    for steps in (_grouping_steps, _tangent_steps, exchange_steps, _decay_steps, _structure_steps):
        yield from steps()


STATEMENTS = (
    Statement(
        "D.Thm1",
        "D",
        "theorem",
        "Structure of the minimizers with non-negative features",
        r"For $d \ge K$ every minimizer has equal features within a class, orthogonal class means with "
        r"$\|h_k\|^2 = \sqrt{\frac{K-1}{K} \frac{\lambda_W}{\lambda_H} \frac1{n_k}} M_k$, weights "
        r"$w_k \propto K \sqrt{n_k} h_k - \sum_m \sqrt{n_m} h_m$ and logits $\frac{K-1}{K} M_k$, "
        r"$-\frac1K M_k$; collapsed classes ($M_k = 0$) included.",
        "(6)-(12), (22)-(42)",
        Verdict.CASES,
        _theorem_steps,
    ),
)
