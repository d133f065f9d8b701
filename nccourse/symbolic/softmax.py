"""Cross-entropy as a function of the logits: its gradient, softmax minus label, and its convexity."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, shared
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.verdict import Verdict

LOGIT, OWN_LOGIT = sp.symbols("z_k z_c", real=True)
REST = sp.Symbol("R", positive=True)


def cross_entropy(own: sp.Expr, exponentials: sp.Expr) -> sp.Expr:
    """Return log(sum of e^z over all classes) - z_c.

    Args:
        own: z_c, the logit of the sample's class.
        exponentials: the sum of e^z over all classes.

    Source: A (2) with b = 0, D (3), E (3).

    >>> cross_entropy(LOGIT, sp.exp(LOGIT)).simplify()
    0
    """
    return sp.log(exponentials) - own


@shared
def softmax_steps() -> Iterator[Step]:
    """Yield the derivatives of the cross-entropy in its logits, for any number of classes."""
    probability, own = sp.exp(LOGIT) / (sp.exp(LOGIT) + REST), sp.exp(OWN_LOGIT) / (sp.exp(OWN_LOGIT) + REST)
    yield identity(
        "own logit",
        sp.Derivative(cross_entropy(OWN_LOGIT, sp.exp(OWN_LOGIT) + REST), OWN_LOGIT),
        -(1 - own),
        claim=r"\partial L / \partial z_c = -(1 - p_c)",
        reason="R the sum of the other exponentials",
    )
    yield identity(
        "rival logit",
        sp.Derivative(cross_entropy(OWN_LOGIT, sp.exp(LOGIT) + REST), LOGIT),
        probability,
        claim=r"\partial L / \partial z_k = p_k,\quad k \ne c",
        reason="R the sum of all exponentials but this one",
    )


@shared
def convexity_steps() -> Iterator[Step]:
    """Yield the second derivative of the cross-entropy along a line of logits, a variance."""
    time = sp.Symbol("t", real=True)
    yield identity(
        "second derivative",
        lambda k: sp.diff(sp.log(sum(e * sp.exp(a * time) for e, a in _line(k))), time, 2).subs(time, 0),
        lambda k: _pairs(k) / sum(e for e, _ in _line(k)) ** 2,
        claim=r"\textstyle\frac{d^2}{dt^2} L(z + t a)|_{t=0} = \sum_{i<j} p_i p_j (a_i - a_j)^2 \ge 0",
        reason="the variance of a under the softmax, e_i = e^(z_i); the own logit is linear",
    )


def _line(classes: int) -> list[tuple[sp.Symbol, sp.Symbol]]:
    weights = sp.symbols(f"e_1:{classes + 1}", positive=True)
    slopes = sp.symbols(f"a_1:{classes + 1}", real=True)
    return list(zip(weights, slopes, strict=True))


def _pairs(classes: int) -> sp.Expr:
    line = _line(classes)
    return sum(
        (e * f * (a - b) ** 2 for i, (e, a) in enumerate(line) for f, b in line[:i]),
        sp.Integer(0),
    )


def _steps() -> Iterator[Step]:
    yield from softmax_steps()
    yield from convexity_steps()


STATEMENTS = (
    Statement(
        "CE.Convex",
        "all",
        "lemma",
        "Cross-entropy of the logits: gradient and convexity",
        "$\\partial L / \\partial z = p - y$, softmax minus label; $L$ is convex in the logits, hence in a "
        "feature for fixed weights.",
        "A (186), E (12)",
        Verdict.CASES,
        _steps,
    ),
)
