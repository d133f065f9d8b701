"""Paper E: Theorem 1, directly and by the paper's Lagrangian; pull and push gradients; dot regression."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.fixed_etf import (
    COSINE,
    FEATURE_ENERGY,
    LENGTHS,
    RATIO,
    WEIGHT_ENERGY,
    rival_probability,
)
from nccourse.symbolic.imbalanced import class_loss
from nccourse.symbolic.jensen import rival_steps
from nccourse.symbolic.softmax import cross_entropy, softmax_steps
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

SCORE = sp.Symbol("a", real=True)
TOTAL = sp.Symbol("N", integer=True, positive=True)
OWN_PRODUCT, RIVAL_PRODUCT = WEIGHT_ENERGY, -WEIGHT_ENERGY / (K - 1)


def dot_regression(score: sp.Expr = SCORE) -> sp.Expr:
    """Return (w.h - sqrt(E_W E_H))² / (2 sqrt(E_W E_H)), the dot-regression loss.   Source: E (14)."""
    return (score - LENGTHS) ** 2 / (2 * LENGTHS)


def _minimum_steps() -> Iterator[Step]:
    x = sp.Symbol("x", real=True)
    lack, distance = sp.symbols("E r", nonnegative=True)
    yield from rival_steps("")
    yield identity(
        "one score is left",
        -SCORE / (K - 1) - SCORE,
        -K * SCORE / (K - 1),
        claim=r"\textstyle\tfrac{1}{K-1} \sum_{j \ne c} w_j^\top h - w_c^\top h = -\tfrac{K}{K-1} w_c^\top h",
        reason="the weights of an ETF sum to zero; a = w_c.h",
    )
    yield identity(
        "Cauchy-Schwarz",
        FEATURE_ENERGY - 2 / RATIO * (LENGTHS - RATIO * (lack + distance) / 2) + FEATURE_ENERGY - lack,
        distance,
        claim=r"a = \sqrt{E_W E_H} - \tfrac12 \sqrt{E_W/E_H}\, (E_H - \|h\|^2 + \|h - h^*\|^2)",
        reason="expand the last square; both terms are >= 0, so a <= sqrt(E_W E_H), equality iff h is (33)",
    )
    yield inequality(
        "increasing",
        sp.diff(class_loss(x), x),
        ">",
        0,
        reason="so the largest score gives the least loss, for each sample alone: the counts do not matter",
    )
    yield from _value_steps()


def _value_steps() -> Iterator[Step]:
    own, rival = sp.sqrt(FEATURE_ENERGY / WEIGHT_ENERGY) * sp.Matrix([OWN_PRODUCT, RIVAL_PRODUCT])
    yield identity(
        "scores",
        sp.Matrix([own, rival]),
        LENGTHS * sp.Matrix([1, -1 / (K - 1)]),
        claim=r"w_c^\top h^* = \sqrt{E_H E_W},\quad w_k^\top h^* = -\tfrac{1}{K-1} \sqrt{E_H E_W}",
        reason="h* = sqrt(E_H/E_W) w_c: the rivals tie, so the bound is reached",
        equation="E (7), (33)",
    )
    yield identity(
        "minimum",
        cross_entropy(LENGTHS, sp.exp(LENGTHS) + (K - 1) * sp.exp(-LENGTHS / (K - 1))),
        class_loss(-K / (K - 1) * LENGTHS),
        reason="the value there",
    )


def _lagrangian_steps() -> Iterator[Step]:
    total, value = sp.symbols("S v", positive=True)
    multiplier = K * rival_probability() * RATIO / (2 * TOTAL)
    constant = -LENGTHS / (K - 1)
    yield inequality(
        "not inside",
        total * (OWN_PRODUCT - RIVAL_PRODUCT),
        ">",
        0,
        claim=r"\textstyle\sum_{j \ne k} p_j (w_k - w_j)^\top w_k = \tfrac{K}{K-1} E_W S > 0",
        reason="so the gradient never vanishes, S the sum of the p_j: the constraint is active, μ > 0",
        equation="E (20)-(22)",
    )
    yield identity(
        "one rival's score",
        (OWN_PRODUCT - RIVAL_PRODUCT),
        WEIGHT_ENERGY * (1 + 1 / (K - 1)),
        claim=r"\textstyle\sum_{j \ne k} p_j (w_j - w_k)^\top w_{j'} = p_{j'} E_W (1 + \tfrac{1}{K-1})",
        reason="the terms j ≠ j' cancel; with 2 N μ h.w_j' they make zero, so rivals' scores are negative",
        equation="E (24)",
    )
    yield inequality(
        "rivals tie",
        sp.diff(sp.exp(-value) / value, value),
        "<",
        0,
        claim=r"x = -v < 0:\quad -\tfrac{e^x}{x} = \tfrac{e^{-v}}{v} \text{ falls as } v \text{ grows}",
        reason="p_j over score is the same for all rivals (25), and e^x/x is one to one for x < 0: it "
        "decreases (printed: increases)",
        equation="E (25), (26)",
    )
    yield identity(
        "length",
        (1 - K) * constant / WEIGHT_ENERGY,
        1 / RATIO,
        claim=r"\tfrac{(1-K) C}{E_W} = \sqrt{\tfrac{E_H}{E_W}}",
        reason="h = (1-K) C/E_W w_k with length sqrt(E_H), so C = -sqrt(E_H E_W)/(K-1)",
        equation="E (31)-(33)",
    )
    yield identity(
        "multiplier",
        -K * rival_probability() / TOTAL + 2 * multiplier / RATIO,
        0,
        claim=r"\mu = \tfrac{K p}{2N} \sqrt{\tfrac{E_W}{E_H}}",
        reason="(23) at h*: the sum of p (w_j - w_k) is -K p w_k; a KKT point, so minimal by CE.Convex",
        equation="E (23), (29)",
    )


def _exponentials(classes: int, samples: int) -> tuple[sp.Matrix, sp.Matrix, sp.Matrix]:
    """Return features (samples, 2), weights (K, 2), and their softmax (samples, K)."""
    features = sp.Matrix(samples, 2, sp.symbols(f"h_1:{2 * samples + 1}", real=True))
    weights = sp.Matrix(classes, 2, sp.symbols(f"w_1:{2 * classes + 1}", real=True))
    exponentials = (features * weights.T).applyfunc(sp.exp)
    sums = [sum(exponentials[s, :]) for s in range(samples)]
    return features, weights, sp.Matrix(samples, classes, lambda s, k: exponentials[s, k] / sums[s])


def total_loss(classes: int, samples: int) -> sp.Expr:
    """Return the cross-entropy summed over samples, sample s of class s mod K, in two dimensions."""
    features, weights, _ = _exponentials(classes, samples)
    logits = features * weights.T
    return sum(
        (cross_entropy(logits[s, s % classes], sum(logits[s, :].applyfunc(sp.exp))) for s in range(samples)),
        sp.Integer(0),
    )


def _residual(classes: int, samples: int) -> sp.Matrix:
    labels = sp.Matrix(samples, classes, lambda s, k: int(s % classes == k))
    return _exponentials(classes, samples)[2] - labels


def _feature_gradient_steps() -> Iterator[Step]:
    yield from softmax_steps()
    yield identity(
        "chain rule",
        lambda k: sp.ImmutableMatrix(
            1, 2, lambda _, i: sp.diff(total_loss(k, 1), _exponentials(k, 1)[0][0, i])
        ),
        lambda k: sp.ImmutableMatrix(_residual(k, 1) * _exponentials(k, 1)[1]),
        claim=r"\nabla_h L = -(1 - p_c) w_c + \textstyle\sum_{k \ne c} p_k w_k",
        reason="logits w_k.h: minus pull, minus push; written out in two dimensions",
        equation="E (12), (13)",
    )


def _weight_gradient_steps() -> Iterator[Step]:
    yield from softmax_steps()
    yield identity(
        "sum over samples",
        lambda k: sp.ImmutableMatrix(
            1, 2, lambda _, i: sp.diff(total_loss(k, k + 1), _exponentials(k, k + 1)[1][0, i])
        ),
        lambda k: sp.ImmutableMatrix((_residual(k, k + 1).T * _exponentials(k, k + 1)[0])[0, :]),
        values=(2, 3, 4),
        claim=r"\nabla_{w_k} \textstyle\sum L = -\sum_i (1 - p_k(h_{k,i})) h_{k,i} + \sum_{k' \ne k} \sum_j "
        r"p_k(h_{k',j}) h_{k',j}",
        reason="two samples in the first class, one in each other, K = 2, 3, 4; the mean loss (4) has 1/N "
        "before it",
        equation="E (8)-(11)",
    )


def _dot_regression_steps() -> Iterator[Step]:
    radius = sp.Symbol("rho", positive=True)
    on_ray = sp.diff(dot_regression(), SCORE).subs(SCORE, sp.sqrt(WEIGHT_ENERGY) * radius * COSINE)
    yield identity(
        "gradient",
        sp.diff(dot_regression(), SCORE),
        -(1 - SCORE / LENGTHS),
        claim=r"\nabla_h L_{DR} = -\left(1 - \tfrac{w_c^\top h}{\sqrt{E_W E_H}}\right) w_c",
        reason="a = w_c.h; everywhere",
        equation="E (14)",
    )
    yield identity(
        "on the sphere",
        on_ray.subs(radius, sp.sqrt(FEATURE_ENERGY)),
        -(1 - COSINE),
        claim=r"\|h\|^2 = E_H:\quad \nabla_h L_{DR} = -(1 - \cos\angle(h, w_c))\, w_c",
        reason="there w_c.h = sqrt(E_W E_H) cos",
        equation="E (15)",
    )
    yield identity(
        "off the sphere",
        on_ray + (1 - COSINE),
        COSINE * (radius / sp.sqrt(FEATURE_ENERGY) - 1),
        claim=r"\|h\| = \rho:\quad \text{(15) is off by } c\, (\rho/\sqrt{E_H} - 1)\, w_c",
        reason="so elsewhere it holds only for h orthogonal to w_c",
    )
    yield inequality(
        "minimum",
        dot_regression(),
        ">=",
        0,
        reason="zero iff w_c.h = sqrt(E_W E_H), in the ball only at h*: the minimizer of E.Thm1",
    )


def _statement(
    label: str,
    kind: str,
    title: str,
    claim: str,
    equations: str,
    status: Verdict,
    steps: Callable[[], Iterator[Step]],
) -> Statement:
    return Statement(f"E.{label}", "E", kind, title, claim, equations, status, steps)


STATEMENTS = (
    _statement(
        "Thm1",
        "theorem",
        "Neural collapse with a fixed classifier",
        r"For a fixed ETF the only minimizer is $h_{k,i} = \sqrt{E_H/E_W}\, w_k$, whatever the class sizes, "
        r"with loss $\log(1 + (K-1) e^{-\sqrt{E_W E_H} K/(K-1)})$; here by Jensen and Cauchy-Schwarz.",
        "(5)-(7)",
        Verdict.PROVED,
        _minimum_steps,
    ),
    _statement(
        "Lagrangian",
        "equation",
        "Theorem 1 by its Lagrangian",
        r"The only KKT point is $h^* = \sqrt{E_H/E_W}\, w_k$, multiplier $\frac{Kp}{2N} \sqrt{E_W/E_H}$.",
        "(17)-(33)",
        Verdict.PROVED,
        _lagrangian_steps,
    ),
    _statement(
        "Eq8",
        "equation",
        "Pull and push on a weight",
        "The gradient of the summed loss in $w_k$: pulled to its own features, pushed from the others.",
        "(8)-(11)",
        Verdict.CASES,
        _weight_gradient_steps,
    ),
    _statement(
        "Eq12",
        "equation",
        "Pull and push on a feature",
        r"$-\nabla_h L = (1 - p_c) w_c - \sum_{k \ne c} p_k w_k$.",
        "(12), (13)",
        Verdict.CASES,
        _feature_gradient_steps,
    ),
    _statement(
        "Eq15",
        "equation",
        "Dot regression",
        r"Its gradient is $-(1 - \cos)\, w_c$ on the sphere $\|h\|^2 = E_H$, its minimizer that of E.Thm1.",
        "(14), (15)",
        Verdict.PROVED,
        _dot_regression_steps,
    ),
)
