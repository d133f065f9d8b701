"""Exercises of lesson 04, all losses collapse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp

from nccourse.exercises.answers import describe
from nccourse.exercises.array import expect_array
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K, n
from nccourse.theory.contrastive import phi

_T = sp.Symbol("t", real=True)
_ALPHA, _C = sp.symbols("alpha c", positive=True)
_DECAY_W, _DECAY_H = sp.symbols("lambda_W lambda_H", positive=True)
# Where the score gap is positive for K = 2..9.
_SMALL = {"c": (0, sp.Rational(1, 20)), "alpha": (0, sp.Rational(1, 2))}


@exercise(
    "04.1",
    title="What a loss decides",
    difficulty=1,
    minutes=3,
    hints=(
        "All four losses treat the wrong classes alike. Can one of them prefer some angle to another?",
        "But they do not agree on how far apart the scores should be.",
        "Larger scores need longer vectors, and each loss buys as much of it as it finds worth the decay.",
    ),
    explanation="The angles are those of a simplex ETF for all four; only the size differs.",
)
def what_differs(answer: Any) -> Outcome:
    """Judge the prediction that only lengths differ."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the prediction",
        mistakes={
            "a": "What in these losses tells one wrong class from another? Without that, why unequal angles?",
            "b": "All of them treat the wrong classes alike, so ask rather how far each wants to push.",
            "d": "Each pushes the scores apart with its own strength, against the same decay.",
        },
    )


@exercise(
    "04.2",
    title="Label smoothing's bound",
    difficulty=2,
    minutes=5,
    hints=(
        "The sum in the second term has a name in this section.",
        "And L - z_k is cross-entropy, for which (C 8) gives the bound.",
        "phi_CE(t) - (alpha/K) t.",
    ),
    explanation="The new term is a function of t already, so nothing more is lost.",
)
def phi_of_label_smoothing(answer: Any) -> Outcome:
    """Judge log(1 + (K-1) e^(t/(K-1))) - alpha t/K."""
    ce = sp.log(1 + (K - 1) * sp.exp(_T / (K - 1)))
    return expect_expression(
        answer,
        ce - _ALPHA * _T / K,
        name="the bound",
        mistakes=[
            (ce, "That is cross-entropy's; keep the term with alpha."),
            (ce + _ALPHA * _T / K, "Mind the sign: a negative t raises the smoothed loss."),
            (ce - _ALPHA * _T, "Each class gets the share alpha/K, not alpha."),
            ((1 - _ALPHA) * ce - _ALPHA * _T / K, "L - z_k stands in the formula with the factor 1."),
            ((1 - _ALPHA) * ce, "L - z_k has the factor 1 in the formula, and a second term follows it."),
            (ce - _ALPHA * _T / (K - 1), "The smoothed target spreads alpha over the own class too."),
            (ce - _ALPHA * _T / (K * (K - 1)), "In the second term stands the whole sum, not its mean."),
            (sp.log(1 + (K - 1) * sp.exp(_T)) - _ALPHA * _T / K, "The exponent is the mean, not the sum."),
        ],
    )


@exercise(
    "04.3",
    title="Program the focal loss's bound",
    difficulty=2,
    minutes=8,
    hints=(
        "log(xi) = log(e^0 + e^(log(K-1) + t/(K-1))), which np.logaddexp adds without overflow.",
        "1 - 1/xi = 1 - e^(-log xi); np.expm1(x) is e^x - 1 with all its digits.",
        "Return (-np.expm1(-log_xi)) ** beta * log_xi.",
    ),
    explanation="Every term stays finite: only differences of logarithms are ever exponentiated.",
)
def phi_of_focal_loss(answer: Any) -> Outcome:
    """Judge eta(xi(t)) for numbers and arrays, small and large."""
    inputs: list[tuple[Any, int, float]] = [(-3.0, 5, 2.0), (0.0, 10, 3.0), (2.5, 2, 1.0), (-40.0, 10, 0.5)]
    inputs += [(-10_000.0, 10, 3.0), (1_000_000.0, 10, 3.0), (np.linspace(-60, 9, 7), 8, 2.0)]
    return expect_function(answer, inputs, _is_focal_bound, name="phi_focal")


def _is_focal_bound(result: Any, t: Any, classes: int, beta: float) -> Outcome:
    expected = phi("focal", classes, t, focusing=beta)
    if isinstance(expected, np.ndarray):
        return expect_array(result, expected, name="the result")
    value = as_number(result)
    if value is not None and not math.isfinite(value):
        advice = "A power of e overflowed: let np.logaddexp form the logarithm."
        return Outcome.wrong("the result", expected="a finite number", got=describe(result), advice=advice)
    return expect_number(
        result, expected, name="the result", tolerance=1e-9, mistakes=_slips(t, classes, beta)
    )


def _slips(t: float, classes: int, beta: float) -> list[tuple[float, str]]:
    """What likely slips give, where they give a number."""
    cross_entropy = float(phi("ce", classes, t))
    summed = float(phi("focal", classes, (classes - 1) * t, focusing=beta))
    own = math.exp(-cross_entropy)
    one = float(np.logaddexp(0, t / (classes - 1)))
    return [
        ((1 - math.exp(-one)) ** beta * one, "xi has K - 1 exponentials, not one: where is their number?"),
        (cross_entropy, "That is log(xi) alone; the factor (1 - 1/xi)^beta is missing."),
        (own**beta * cross_entropy, "The factor is 1 - p to the power beta, not p."),
        (summed, "The exponent is t/(K-1), the mean difference, not the sum t."),
        (-float(phi("focal", classes, t, focusing=beta)), "A loss is positive: log(xi) is minus log p."),
    ]


@exercise(
    "04.4",
    title="The price of a singular value",
    difficulty=2,
    minutes=6,
    hints=(
        "By (C 11) the bracket |W|^2 + a |H_i|^2 is at least 2 sqrt(a) times the nuclear norm.",
        "Put a = n lambda_H/lambda_W into (lambda_W/(2n)) * 2 sqrt(a).",
        "(lambda_W/n) sqrt(n lambda_H/lambda_W): bring all under one root.",
    ),
    explanation="Summed over n groups this becomes c = sqrt(n lambda_W lambda_H).",
)
def price_of_a_group(answer: Any) -> Outcome:
    """Judge sqrt(lambda_W lambda_H / n)."""
    root = sp.sqrt(_DECAY_W * _DECAY_H)
    return expect_expression(
        answer,
        root / sp.sqrt(n),
        name="the factor",
        mistakes=[
            (root * sp.sqrt(n), "That is the price for all n groups together; asked is the share of one."),
            (root, "The n in lambda_W/(2n) and the n inside a do not cancel completely."),
            (root / (2 * sp.sqrt(n)), "The 2 in (C 11) cancels the 2 of lambda_W/(2n)."),
            (root / n, "sqrt(a) contains sqrt(n)."),
        ],
    )


@exercise(
    "04.5",
    title="Which constants are right",
    difficulty=3,
    minutes=6,
    hints=(
        "The ETF with score gap u has t = -(K-1) u, all other logits equal, and decay c (K-1) u.",
        "Equal logits make its loss phi(t) exactly; so the bound must charge exactly c (K-1) u.",
        "That is c |t|. Which candidate charges the same?",
    ),
    explanation="With rho = t/(K-1), (K-1) c |rho| is c |t|; the others charge more than the ETF pays.",
)
def right_bound(answer: Any) -> Outcome:
    """Judge that the mean goes with (K-1) c."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the bound",
        mistakes={
            "a": "At t = -(K-1) u this charges K (K-1) c u, but the ETF pays only (K-1) c u: no lower bound.",
            "b": "At t = -(K-1) u this charges (K-1)^2 c u, but the ETF pays only (K-1) c u: no lower bound.",
            "d": "At rho = -u this charges K c u, slightly more than the ETF's decay (K-1) c u.",
        },
    )


@exercise(
    "04.6",
    title="The score gap",
    difficulty=2,
    minutes=6,
    hints=(
        "Bring alpha/K to the other side: 1/(e^u + K - 1) = c + alpha/K.",
        "Take the reciprocal of both sides.",
        "e^u = 1/(c + alpha/K) - (K - 1); then the logarithm.",
    ),
    explanation="At the minimum each wrong class keeps the probability c + alpha/K.",
)
def score_gap(answer: Any) -> Outcome:
    """Judge log(1/(c + alpha/K) - (K-1))."""
    each = _C + _ALPHA / K
    return expect_expression(
        answer,
        sp.log(1 / each - (K - 1)),
        name="the score gap",
        domain=_SMALL,
        mistakes=[
            (1 / each - (K - 1), "That is e^u; take the logarithm."),
            (sp.log(1 / each + (K - 1)), "K - 1 changes its sign when it goes to the other side."),
            (sp.log(1 / _C - (K - 1)), "That is cross-entropy; alpha adds to c."),
            (sp.log(1 / (_C - _ALPHA / K) - (K - 1)), "alpha/K goes to the other side with a plus."),
            (-(K - 1) * sp.log(1 / each - (K - 1)), "That is the contrast t*; the gap is u = -t*/(K-1)."),
        ],
    )


@exercise(
    "04.7",
    title="CIFAR-100, taken literally",
    difficulty=2,
    minutes=5,
    hints=(
        "Compute c = sqrt(n lambda_W lambda_H) first, then K c.",
        "sqrt(500) is about 22.4, so c is about 0.0112.",
        "K c is above 1: look at (2) before you use the formula of exercise 04.6.",
    ),
    explanation="K c = 1.118, so everything is zero; the formula's logarithm has a negative argument.",
)
def cifar_gap(answer: Any) -> Outcome:
    """Judge that the gap is zero."""
    c = math.sqrt(500) * 5e-4
    value = as_number(answer)
    negative = [(value, "A gap below zero raises the loss and costs decay. What does (2) say of this K c?")]
    return expect_number(
        answer,
        0,
        name="the score gap",
        mistakes=[
            (math.nan, "That comes of a negative number's logarithm. What does (2) say about this K c?"),
            (1 / c - 99, "A negative e^u has no logarithm. What does (2) say about this K c?"),
            (math.log(1 / 5e-4 - 99), "c contains sqrt(n): the features of all n samples have to be paid."),
            (math.log(99 - 1 / c), "The argument is 1/c - 99, which is negative. What does (2) say?"),
            (100 * c, "That is K c. Compare it with 1 in (2)."),
            *(negative if value is not None and value < 0 else []),
        ],
    )


@exercise(
    "04.8",
    title="How many live",
    difficulty=1,
    minutes=3,
    hints=(
        "The horizontal axis counts the living classes; look for the lowest mark.",
        "It lies half way between 20 and 30.",
        "Count marks back from 30, which is the one on the dashed line.",
    ),
    explanation="Five classes are given up, at a gain of about 2.5e-5 nats.",
)
def living_classes(answer: Any) -> Outcome:
    """Judge the number of living classes at the lowest point."""
    return expect_number(
        answer,
        25,
        name="the number of living classes",
        kind="a whole number read off the figure",
        mistakes=[
            (30, "At 30 the curve meets the dashed line; there are lower points to its left."),
            (5, "That is how many are dead; asked is how many live."),
            (24, "Close: compare its height with that of its right neighbour."),
            (26, "Close, and lower than collapse, but compare it with its left neighbour."),
            (15, "There the curve is far above the dashed line."),
            *((m, "Lower than collapse, but the curve still falls to the left.") for m in (27, 28, 29)),
            *((m, "Lower than collapse, but the curve still falls to the right.") for m in (21, 22, 23)),
        ],
    )


@exercise(
    "04.9",
    title="Two ways to zero",
    difficulty=2,
    minutes=5,
    hints=(
        "Watch the star on the right-hand picture, and the row t* of the read-out.",
        "Cross-entropy's phi is strictly convex, so its one minimum moves continuously.",
        "For the focal loss look between Kc = 1.17 and 1.18.",
    ),
    explanation="Physicists would call the second a transition of first order: two minima, and a jump. "
    "Near it the model itself may do better with dead classes, as you saw.",
)
def way_to_zero(answer: Any) -> Outcome:
    """Judge that only the focal loss jumps."""
    return expect_choice(
        answer,
        "b",
        "abcd",
        name="the answer",
        mistakes={
            "a": "Go from Kc = 1.17 to 1.18 with the focal loss, and compare t* before and after.",
            "c": "The other way round: which of the two curves can have two minima?",
            "d": "Look at cross-entropy just below Kc = 1: how large is the gap?",
        },
    )
