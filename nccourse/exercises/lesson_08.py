"""Exercises of lesson 08, how fast."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp
from scipy.special import lambertw

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K, gamma, n

_P = sp.Symbol("p", positive=True)
_MODES = ("alignment", "ETF mode", "standard mode")


@exercise(
    "08.1",
    title="Twice the scale",
    difficulty=1,
    minutes=3,
    hints=(
        "The gradient of CE is proportional to the probabilities of the wrong classes.",
        "At the minimum such a probability is about e^(-gamma K/(K-1)).",
        "From 6 to 12 that falls by a factor of about e^6.7.",
    ),
    explanation="A sample that is already right by a wide margin hardly pulls: p falls exponentially with γ.",
)
def doubling(answer: Any) -> Outcome:
    """Judge the prediction that CE slows down by orders of magnitude."""
    return expect_choice(
        answer,
        "d",
        "abcd",
        name="the prediction",
        mistakes={
            "a": "Larger logits also mean near certainty about every sample. What pulls then?",
            "b": "That would be a rate like 1/gamma. How does a softmax probability depend on gamma?",
            "c": "That would be a rate like 1/gamma^2. How does a softmax probability depend on gamma?",
        },
    )


@exercise(
    "08.2",
    title="Steps from a rate",
    difficulty=1,
    minutes=4,
    hints=(
        "By (1) the error is multiplied by about exp(-eta lambda) in each step.",
        "Solve exp(-eta lambda t) = 1/1000 for t.",
        "t = log(1000) / (0.5 * 0.002), with the natural logarithm.",
    ),
    explanation="About 6,900 steps; seven e-folds, each of 1/(eta lambda) = 1000 steps.",
)
def steps_needed(answer: Any) -> Outcome:
    """Judge log(1000)/(eta lambda), exact or by the exponential."""
    return expect_number(
        answer,
        math.log(1000) / 0.001,
        name="the number of steps",
        tolerance=0.01,
        mistakes=[
            (3000, "That takes the logarithm to base 10; e^(-eta lambda t) asks for the natural one."),
            (math.log(1000) / 0.002, "The step size is missing: each step shrinks the error by eta lambda."),
            (math.log(1000) / 0.004, "Multiply rate and step size, do not divide them."),
            (math.log(1e6) / 0.001, "That is the time to a millionth; what is asked is a thousandth."),
            (math.log(1000) * 0.002 / 0.5, "A smaller rate must need more steps: divide by the rate."),
            (math.log(1000) * 0.001, "A smaller rate must need more steps: divide by rate and step size."),
            (1_000_000, "An error shrinks exponentially, so the logarithm of 1000 counts."),
            (1000, "After 1/(eta lambda) steps the error has fallen by e, not by 1000."),
        ],
    )


@exercise(
    "08.3",
    title="The rate of alignment",
    difficulty=2,
    minutes=5,
    hints=(
        "Set the rise equal to half of lambda times the squared distance.",
        "2 gamma p C theta^2 = (lambda / 2) * 2 C theta^2.",
        "C theta^2 cancels, and so does a factor of 2 against 1/2.",
    ),
    explanation="For n samples a class it is gamma p (1 + 1/n).",
)
def alignment_rate(answer: Any) -> Outcome:
    """Judge 2 gamma p."""
    return expect_expression(
        answer,
        2 * gamma * _P,
        name="the rate",
        mistakes=[
            (gamma * _P, "A bowl rises by half of lambda times the squared distance."),
            (4 * gamma * _P, "The squared distance is 2 C theta^2: weights and features both move."),
            (gamma * _P / 2, "Divide the rise by half the squared distance, not the other way round."),
        ],
    )


@exercise(
    "08.4",
    title="The ETF mode with one sample",
    difficulty=3,
    minutes=7,
    hints=(
        "With n = 1, t = 2 (1 + a).",
        "t^2 - 16 a = 4 (1 + a)^2 - 16 a = 4 (1 - a)^2, a square.",
        "For a < 1 its root is 2 (1 - a), and the bracket is 4 a; then insert a = gamma/(K-1).",
    ),
    explanation="One more factor of gamma/(K-1) than alignment has.",
)
def etf_rate(answer: Any) -> Outcome:
    """Judge 2 gamma^2 p / (K - 1), with no root left."""
    below, expected = {"gamma": (0, 1), "K": (3, 9)}, 2 * gamma**2 * _P / (K - 1)
    if _has_root(answer) and expect_expression(answer, expected, domain=below):
        advice = "It agrees with (2), but is not simplified yet: for gamma < K - 1 no root need stay."
        return Outcome.wrong(
            "the rate", expected="an expression without a root", got="one with it", advice=advice
        )
    return expect_expression(
        answer,
        expected,
        name="the rate",
        mistakes=[
            (
                2 * gamma * _P,
                "For a < 1 the root is 2(1 - a), not 2(a - 1): the other sign gives the fast mode.",
            ),
            (4 * gamma**2 * _P / (K - 1), "Mind the 1/2 in front of the bracket."),
            (4 * gamma / (K - 1), "That is the bracket; multiply by gamma p / 2."),
            (gamma**2 * _P / (K - 1), "The bracket is 4a: 2(1 + a) - 2(1 - a)."),
        ],
    )


def _has_root(answer: Any) -> bool:
    if not isinstance(answer, sp.Expr):
        return False
    powers = answer.atoms(sp.Pow)
    return answer.has(sp.Abs) or any(power.exp.is_Rational and not power.exp.is_integer for power in powers)


@exercise(
    "08.5",
    title="The limit for BCE",
    difficulty=3,
    minutes=7,
    hints=(
        "As gamma tends to 0, BCE gives each class its share: D tends to 1/K.",
        "So a' = gamma/(K-1) (1 - D) tends to gamma/(K-1) times (K-1)/K.",
        "Put one factor (K-1)/K on CE's limit.",
    ),
    explanation="Slower than CE by the factor (K-1)/K; the order in gamma is the same.",
)
def bce_limit(answer: Any) -> Outcome:
    """Judge 4/((n+1) K^2)."""
    ce = 4 / ((n + 1) * K * (K - 1))
    return expect_expression(
        answer,
        4 / ((n + 1) * K**2),
        name="the limit",
        mistakes=[
            (ce, "That is CE's limit; a' has the additional factor 1 - D."),
            (ce / K, "The factor is 1 - D, not D."),
            (ce / 2, "D tends to 1/K, not to 1/2: the bias tends to log(K-1), not to zero."),
            (ce * (1 - 1 / K) ** 2, "1 - D enters once, in a'; the factor in front is D itself."),
        ],
    )


@exercise(
    "08.6",
    title="What a bound proves",
    difficulty=2,
    minutes=4,
    hints=(
        "A score moves by at most so much in one step. May it move by less?",
        "A rate of order gamma^2 also lies below a bound of order gamma, for small gamma.",
        "The bound says 'no faster than', so the rate falls at least as quickly as the bound.",
    ),
    explanation="It rules out fast convergence; it cannot show that convergence is as fast as the bound.",
)
def bound_proves(answer: Any) -> Outcome:
    """Judge what follows from an upper bound."""
    return expect_choice(
        answer,
        "b",
        "abc",
        name="the answer",
        mistakes={
            "a": "A bound from one side does not fix the order: you have just met a rate far below it.",
            "c": "Decaying more slowly would leave the rate above the bound for small gamma.",
        },
    )


@exercise(
    "08.7",
    title="Which mode decides",
    difficulty=2,
    minutes=4,
    hints=(
        "The slowest mode is the one with the smallest rate: the lowest curve.",
        "Find 1 (written as 10 to the power 0) on the horizontal axis, then 8, just before 10.",
        "At 1 it is the steep curve from the lower left; at 8 another one has fallen below.",
    ),
    explanation="At large scales a trained bias can cancel what the scores do: a flat direction.",
)
def slowest_modes(answer: Any) -> Outcome:
    """Judge the pair (ETF mode, standard mode)."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return Outcome.wrong("the answer", expected="a pair of names", got=describe(answer))
    first, second = answer
    return expect_choice(
        first,
        "ETF mode",
        _MODES,
        name="the mode at 1",
        mistakes={
            "alignment": "Its curve is the highest of the three there; the slowest mode has the lowest.",
            "standard mode": "Another curve lies lower at 1; the two cross further right.",
        },
    ) and expect_choice(
        second,
        "standard mode",
        _MODES,
        name="the mode at 8",
        mistakes={
            "alignment": "Slow means a small rate: look for the lowest curve at 8.",
            "ETF mode": "It was the lowest at 1. At 8 another curve has fallen below it.",
        },
    )


@exercise(
    "08.8",
    title="Program the best scale",
    difficulty=3,
    minutes=9,
    hints=(
        "lambertw(z) returns the W (a complex number, take .real) with W e^W = z.",
        "So u - 1 = lambertw((K-1)/e).",
        "gamma = (K-1)/K * u; return a float.",
    ),
    explanation="For ten classes 1.89. With two it is 0.64, and it grows like log K.",
)
def best_scale(answer: Any) -> Outcome:
    """Judge the maximiser of gamma p."""
    return expect_function(answer, [10, 2, 3, 5, 40, 1000], _is_best, name="best_scale")


def _is_best(result: Any, classes: int) -> Outcome:
    value, factor = as_number(result), (classes - 1) / classes
    u = 1 + float(lambertw((classes - 1) / np.e).real)
    if value is None:
        advice = "Take .real of lambertw." if isinstance(result, complex) else ""
        return Outcome.wrong("the result", expected="a number", got=describe(result), advice=advice)
    if 1e-5 < abs(value / (factor * u) - 1) < 0.03:
        advice = "Near, but not accurate enough: search on a finer grid around your best."
        return Outcome.wrong("the result", expected="another number", got=describe(result), advice=advice)
    return expect_number(
        value,
        factor * u,
        name="the result",
        tolerance=1e-5,
        mistakes=[
            (u, "That is u; the scale is gamma = u (K-1)/K."),
            (factor * (u - 1), "lambertw gives u - 1; add 1."),
            (u / factor, "gamma = u (K-1)/K, not u K/(K-1)."),
            (
                factor * (2 + float(lambertw(2 * (classes - 1) / np.e**2).real)),
                "That is the ETF mode's best scale, where gamma enters squared.",
            ),
        ],
    )
