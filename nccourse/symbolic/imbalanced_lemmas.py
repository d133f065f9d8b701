"""Paper D: who survives, the two lemmas, and the bound that Theorem 1 rests on."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.imbalanced import (
    BELOW_ONE,
    COLLAPSE_COUNT,
    COMMON_SLOPE,
    COUNT,
    DECAY_H,
    DECAY_W,
    SLOPE,
    TOTAL,
    WEIGHT_SCALE,
    class_loss,
    margin,
    slope,
)
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

X = sp.Symbol("x", real=True)


def _margin_steps() -> Iterator[Step]:
    yield identity(
        "zero", margin((K - 1) / K), 0, claim=r"\bar M|_{y = (K-1)/K} = 0", reason="y = c_1 / sqrt(n_k)"
    )
    yield identity(
        "falls",
        sp.diff(margin(), SLOPE),
        -1 / (SLOPE * (1 - SLOPE)),
        reason="negative for 0 < y < 1, so M > 0 iff y < (K-1)/K; from y = 1 on the logarithm is undefined",
        domain=BELOW_ONE,
    )
    yield identity(
        "in the paper's words",
        slope() * K / (K - 1),
        TOTAL / sp.sqrt(COUNT) * sp.sqrt(DECAY_W * DECAY_H) / sp.sqrt((K - 1) / K),
        claim=r"y_k\, \tfrac{K}{K-1} = \tfrac{N}{\sqrt{n_k}} \sqrt{\lambda_W \lambda_H} \Big/ "
        r"\sqrt{\tfrac{K-1}{K}}",
        reason="y < (K-1)/K iff N/sqrt(n_k) sqrt(λ_W λ_H) < sqrt((K-1)/K)",
        equation="D (6)",
    )
    yield identity(
        "in samples",
        slope(COLLAPSE_COUNT),
        (K - 1) / K,
        claim=r"y_k = \tfrac{K-1}{K} \text{ at } n_k = \tfrac{N^2 K}{K-1} \lambda_W \lambda_H",
        reason="so the class survives iff it has more samples",
        equation="D Corollary 4",
    )


def _trace_steps() -> Iterator[Step]:
    scale = sp.Symbol("a", positive=True)
    w, h = sp.symbols("w h", real=True)
    size_W, size_H = sp.symbols("S_W S_H", nonnegative=True)
    decay = (DECAY_W * scale**2 * size_W + DECAY_H * size_H / scale**2) / 2
    yield identity(
        "same logits",
        (scale * w) * (h / scale),
        w * h,
        claim=r"(a\, w)^\top (h / a) = w^\top h",
        reason="the curve (aW, H/a) keeps H >= 0 and W H",
    )
    yield identity(
        "decay along it",
        sp.Subs(sp.Derivative(decay, scale), scale, 1),
        DECAY_W * size_W - DECAY_H * size_H,
        reason="0 at a local minimum; and at a KKT point, whose multipliers are orthogonal to H",
        equation="D (43)",
    )
    yield identity(
        "at the minimizer",
        WEIGHT_SCALE**2 * ((K - 1) ** 2 + (K - 1)),
        DECAY_H / DECAY_W,
        claim=r"\textstyle\sum_m \|w_m\|^2 = \tfrac{\lambda_H}{\lambda_W} \sum_k n_k \|h_k\|^2",
        reason="axis k carries K - 1 in w_k and -1 in each other weight",
        confirms=True,
    )


def exchange_steps() -> Iterator[Step]:
    """Yield the bound on sum_m w_m.(sum_k u_k - K u_m) for features u_k >= 0.   Source: D (29)-(34)."""
    c = sp.Symbol("c", positive=True)
    w, v = sp.symbols("w v", real=True)
    yield identity(
        "exchange",
        lambda k: sum((sum(_ws(k)) - k * w) * u for w, u in zip(_ws(k), _us(k), strict=True)),
        lambda k: sum(w * (sum(_us(k)) - k * u) for w, u in zip(_ws(k), _us(k), strict=True)),
        claim=r"\textstyle\sum_k (\sum_m w_m - K w_k)^\top u_k = \sum_m w_m^\top (\sum_k u_k - K u_m)",
        reason="u_k = sqrt(n_k) y_k v_k, v_k = sqrt(n_k) h_k; coordinate by coordinate",
        equation="D (29)",
    )
    yield identity(
        "Young",
        w * v,
        -c / 2 * w**2 - v**2 / (2 * c) + (c * w + v) ** 2 / (2 * c),
        reason="with v a coordinate of sum_k u_k - K u_m; equality iff c w + v = 0",
        equation="D (30), (31)",
    )
    yield identity(
        "centred squares",
        lambda k: sum((sum(_us(k)) - k * u) ** 2 for u in _us(k)),
        lambda k: k**2 * sum(u**2 for u in _us(k)) - k * sum(_us(k)) ** 2,
        claim=r"\textstyle\sum_m \|\sum_k u_k - K u_m\|^2 = K^2 \sum_k \|u_k\|^2 - K \|\sum_k u_k\|^2",
        reason="expand",
        equation="D (32)",
    )
    yield inequality(
        "non-negative",
        lambda k: sum(_us(k, nonnegative=True)) ** 2,
        ">=",
        lambda k: sum(u**2 for u in _us(k, nonnegative=True)),
        claim=r"\textstyle\|\sum_k u_k\|^2 \ge \sum_k \|u_k\|^2",
        reason="H >= 0; equality iff features of different classes are orthogonal",
        equation="D (33), (34)",
    )


def _ws(classes: int) -> tuple[sp.Symbol, ...]:
    return tuple(sp.symbols(f"w_1:{classes + 1}", real=True))


def _us(classes: int, **assumptions: bool) -> tuple[sp.Symbol, ...]:
    return tuple(sp.symbols(f"u_1:{classes + 1}", **(assumptions or {"real": True})))


def _equality_steps() -> Iterator[Step]:
    square = sp.Symbol("q", nonnegative=True)
    gap = sp.sqrt(K / (K - 1)) * sp.sqrt(DECAY_H / DECAY_W) * sp.sqrt(COUNT) * square
    yield from exchange_steps()
    yield identity(
        "logit gap",
        WEIGHT_SCALE * K * sp.sqrt(COUNT) * square,
        gap,
        claim=r"z_k^{(k)} - z_k^{(m)} = \sqrt{\tfrac{K}{K-1}} \sqrt{\tfrac{\lambda_H}{\lambda_W}} "
        r"\sqrt{n_k}\, \|h_k\|^2",
        reason="from (45), q = h_k.h_k",
        equation="D (49), (50)",
    )
    yield identity(
        "t",
        1 / sp.diff(class_loss(X), X).subs(X, -gap) - 1,
        sp.exp(gap) / (K - 1),
        claim=r"t_k = \tfrac{1}{K-1} e^{z_k^{(k)} - z_k^{(m)}}",
        reason="the tangent must touch: 1/(1+t) is the slope there",
        equation="D (46)",
    )
    yield identity(
        "one constant",
        sp.sqrt(COUNT) / (1 + (1 / slope() - 1)),
        COMMON_SLOPE,
        claim=r"\sqrt{n_k} / (1 + t_k) = c_1",
        reason="for all classes, so a class with sqrt(n_k) <= c_1 K/(K-1) cannot have it: see erratum 3",
        equation="D (47), (51)",
    )


STATEMENTS = (
    Statement(
        "D.Eq6",
        "D",
        "equation",
        "Margins and who survives",
        r"$M_k > 0$ iff $\frac{N}{\sqrt{n_k}} \sqrt{\lambda_W \lambda_H} < \sqrt{\frac{K-1}{K}}$ iff "
        r"$n_k > \frac{N^2 K}{K-1} \lambda_W \lambda_H$.",
        "(6)",
        Verdict.PROVED,
        _margin_steps,
    ),
    Statement(
        "D.Lem1",
        "D",
        "lemma",
        "Balanced decay",
        r"At every KKT point $\|W\|_F^2 = \frac{\lambda_H}{\lambda_W} \sum_k n_k \|h_k\|^2$; repaired proof.",
        "(43)",
        Verdict.PROVED,
        _trace_steps,
    ),
    Statement(
        "D.Lem2",
        "D",
        "lemma",
        "When the bound is reached",
        "(38) is an equality iff features are orthogonal, weights centred, and (46), (47) hold; one constant "
        "for all classes is possible only if none collapses.",
        "(44)-(51)",
        Verdict.CASES,
        _equality_steps,
    ),
)
