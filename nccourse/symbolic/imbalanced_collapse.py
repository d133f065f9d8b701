"""Paper D, Corollary 4 and beyond: when classes collapse, what holds the zeros, and the dead-class trap."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.imbalanced import (
    BELOW_ONE,
    COLLAPSE_COUNT,
    COUNT,
    DECAY_H,
    DECAY_W,
    MARGIN,
    OTHER,
    SLOPE,
    TOTAL,
    WEIGHT_SCALE,
    bound_of_class,
    margin,
    slope,
    weight_rows,
)
from nccourse.symbolic.softmax import convexity_steps
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict

MAJORS, MINORS = sp.symbols("K_A K_B", integer=True, positive=True)
MAJOR_COUNT, MINOR_COUNT, RATIO = sp.symbols("n_A n_B R", positive=True)
LENGTH = sp.Symbol("h_j", positive=True)
REST = sp.Symbol("r", nonnegative=True)


def multiplier(count: sp.Expr = COUNT, other: sp.Expr = OTHER, length: sp.Expr = LENGTH) -> sp.Expr:
    """Return the multiplier that holds a sample of a surviving class k at zero on class j's axis.

    λ_H/(K-1) sqrt(n_j/n_k) ||h_j||; a mean spread over several axes has its coordinate in place of ||h_j||.

    Args:
        count: n_k.
        other: n_j.
        length: ||h_j||.
    """
    return DECAY_H / (K - 1) * sp.sqrt(other / count) * length


def collapse_ratio() -> sp.Expr:
    """Return the ratio R = n_A/n_B from which the minority collapses, for a fixed n_B.

    (sqrt((K-1)/(n_B K λ_W λ_H)) - K_B) / K_A.   Source: D (17), solved for R.
    """
    return (sp.sqrt((K - 1) / (MINOR_COUNT * K * DECAY_W * DECAY_H)) - MINORS) / MAJORS


def printed_ratio(total: sp.Expr = TOTAL) -> sp.Expr:
    """Return the right side of (17) as printed, in which N contains R.   Source: D (17)."""
    return ((K - 1) / (total * K * DECAY_W * DECAY_H) - MINORS) / MAJORS


def _collapse_steps() -> Iterator[Step]:
    total = MINOR_COUNT * (RATIO * MAJORS + MINORS)
    classes = MAJORS + MINORS
    solved = collapse_ratio() * MAJORS + MINORS
    yield identity(
        "equal weights",
        weight_rows(sp.Integer(0), sp.Integer(0), REST)[0],
        weight_rows(sp.Integer(0), sp.Integer(0), REST)[1],
        claim=r"h_k = h_j = 0 \;\Rightarrow\; w_k = w_j",
        reason="by (10) both are minus the common sum; h_k = 0 iff n_k <= C, D (6)",
        equation="D Corollary 4",
    )
    yield identity(
        "threshold of the ratio",
        (MINOR_COUNT / COLLAPSE_COUNT) * (RATIO * MAJORS + MINORS),
        (K - 1) / (K * TOTAL * DECAY_W * DECAY_H) * (total / TOTAL),
        claim=r"n_B \le C \iff R K_A + K_B \ge \tfrac{K-1}{N K \lambda_W \lambda_H},\; N = n_B (R K_A + K_B)",
        reason="n_B / C <= 1, times R K_A + K_B = N / n_B",
        equation="D (17)",
    )
    yield identity(
        "solved for R",
        (RATIO - collapse_ratio()) * MAJORS * (total / MINOR_COUNT + solved) * MINOR_COUNT,
        (total**2 - (K - 1) * MINOR_COUNT / (K * DECAY_W * DECAY_H)) / MINOR_COUNT,
        claim=r"N^2 \ge \tfrac{(K-1)\, n_B}{K \lambda_W \lambda_H} \iff R \ge \tfrac{1}{K_A} \left("
        r"\sqrt{\tfrac{K-1}{n_B K \lambda_W \lambda_H}} - K_B\right)",
        reason="a difference of squares with N = n_B (R K_A + K_B); n_B fixed",
        equation="D (17), solved",
    )
    yield identity(
        "complete collapse",
        (MAJOR_COUNT - COLLAPSE_COUNT) * (K - 1) / (K * DECAY_W * DECAY_H * MAJOR_COUNT),
        (K - 1) / (K * DECAY_W * DECAY_H) - TOTAL**2 / MAJOR_COUNT,
        claim=r"n_A \le C \iff \tfrac{N^2}{n_A} \ge \tfrac{K-1}{K \lambda_W \lambda_H}",
        reason="even the largest classes are at most C: all features zero, and by (10) all weights",
        equation="D (18)",
    )
    yield identity(
        "balanced",
        (TOTAL**2 / MAJOR_COUNT).subs(TOTAL, MAJOR_COUNT * classes),
        classes**2 * MAJOR_COUNT,
        claim=r"N = nK \;\Rightarrow\; N^2 / n = n K^2",
        reason="so complete collapse needs n K² large against 1/(λ_W λ_H)",
        confirms=True,
    )


def push(own_gap: sp.Expr, rival: sp.Expr) -> sp.Expr:
    """Return sum_m (p_m - [m = k]) w_m.e_j, the pull on a sample of class k along the axis e_j of class j.

    Args:
        own_gap: 1 - p_k.
        rival: p_m of each other class.

    Source: D (10), with w_j.e_j = (K-1) κ sqrt(n_j) ||h_j|| and w_m.e_j = -κ sqrt(n_j) ||h_j||.
    """
    unit = WEIGHT_SCALE * sp.sqrt(OTHER) * LENGTH
    return unit * (own_gap + (K - 1) * rival - (K - 2) * rival)


def _multiplier_steps() -> Iterator[Step]:
    rival = sp.exp(-margin()) / (1 + (K - 1) * sp.exp(-margin()))
    yield identity(
        "probabilities",
        rival,
        SLOPE / (K - 1),
        claim=r"p_m = \tfrac{y_k}{K-1},\quad 1 - p_k = y_k",
        reason="softmax of the logits (11), (12)",
        domain=BELOW_ONE,
    )
    yield identity(
        "own axis",
        slope() * WEIGHT_SCALE * K * sp.sqrt(COUNT) / TOTAL,
        DECAY_H,
        claim=r"\tfrac1N \cdot y_k\, \kappa K \sqrt{n_k}\, \|h_k\| = \lambda_H \|h_k\|",
        reason="loss against decay along h_k: stationary, multiplier zero; κ the factor of (10)",
    )
    yield identity(
        "another axis",
        push(slope(), slope() / (K - 1)) / TOTAL,
        multiplier(),
        claim=r"\mu_{kj} = \tfrac{\lambda_H}{K-1} \sqrt{\tfrac{n_j}{n_k}}\, \|h_j\|",
        reason="the gradient along the axis of class j, where the feature is zero",
    )
    yield inequality("positive", multiplier(), ">", 0, reason="so the constraint h >= 0 is strictly active")
    yield identity(
        "collapsed class",
        push((K - 1) / K, 1 / K) / TOTAL,
        WEIGHT_SCALE * sp.sqrt(OTHER) * LENGTH / TOTAL,
        claim=r"\mu_{kj} = \tfrac{\kappa}{N} \sqrt{n_j}\, \|h_j\|",
        reason="a class with h_k = 0 has p = 1/K: another value, also positive",
    )


def _dead_steps() -> Iterator[Step]:
    share = bound_of_class((K - 1) / (K - 1 + sp.exp(MARGIN)), MARGIN)
    yield identity(
        "share of a dead class",
        share.subs(MARGIN, 0),
        sp.log(K),
        claim=r"F(0) = \log K,\quad F(M) = \log(1 + (K-1) e^{-M}) + y M",
        reason="the minimum is the sum of n_k/N F(M_k); n = (2, 2, 2) with one class dead: (2/3) f* + (1/3) "
        "log 3",
    )
    yield inequality(
        "above the minimum",
        sp.diff(share, MARGIN),
        "<",
        0,
        claim=r"F'(M) < 0",
        reason="so to lose a class that would survive costs n_k/N (log K - F(M_k)) > 0",
    )
    yield identity(
        "pushed back",
        push((K - 1) / K, 1 / K),
        WEIGHT_SCALE * sp.sqrt(OTHER) * LENGTH,
        claim=r"\textstyle\sum_m (\tfrac1K - [m = k])\, w_m^\top e_j = \kappa \sqrt{n_j}\, \|h_j\| > 0",
        reason="on every axis that another class uses, h_k > 0 raises the loss to first order",
    )
    yield from convexity_steps()
    yield identity(
        "free axis",
        DECAY_W * DECAY_H - COUNT * (K - 1) / (K * TOTAL**2),
        DECAY_W * DECAY_H * (1 - COUNT / COLLAPSE_COUNT),
        claim=r"\det \begin{pmatrix} \lambda_W & -s \\ -s & \lambda_H \end{pmatrix} < 0 \iff n_k > C,\quad "
        r"s = \tfrac{\sqrt{n_k}}{N} \sqrt{\tfrac{K-1}{K}}",
        reason="Hessian in sqrt(n_k) h_k and the weights e_k - 1/K on an axis no class uses: there the point "
        "is a strict saddle. Without such an axis it is a local minimum: f is convex in h_k with a positive "
        "slope, and with h_k = 0 the bound of Theorem 1 holds for the others",
    )


STATEMENTS = (
    Statement(
        "D.Cor4",
        "D",
        "corollary",
        "Minority and complete collapse",
        r"$h_k = 0$ iff $n_k \le \frac{N^2 K}{K-1} \lambda_W \lambda_H$; for two groups iff "
        r"$R \ge \frac1{K_A} (\sqrt{\frac{K-1}{n_B K \lambda_W \lambda_H}} - K_B)$.",
        "(17), (18)",
        Verdict.PROVED,
        _collapse_steps,
    ),
    Statement(
        "D.KKT",
        "D",
        "new",
        "What holds the zeros",
        r"At the minimizer a sample of a surviving class k has multiplier "
        r"$\frac{\lambda_H}{K-1} \sqrt{n_j/n_k}\, \|h_j\| > 0$ on the axis of class $j \ne k$.",
        "remark in 7.1",
        Verdict.PROVED,
        _multiplier_steps,
    ),
    Statement(
        "D.DeadClass",
        "D",
        "new",
        "Dead classes: local minima that are not global",
        "A point minimal but for one class at zero is a spurious local minimum if the other class means "
        "leave no axis free (one is spread over several), a strict saddle if an axis is free: use "
        "several starts.",
        "",
        Verdict.CASES,
        _dead_steps,
    ),
)
