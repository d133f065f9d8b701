"""Exercises of lesson 15, are all losses equal?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp
from scipy import stats

from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome

_EPS, _R = sp.symbols("eps r", positive=True)
_M = sp.Symbol("m", positive=True, integer=True)


@exercise(
    "15.1",
    title="Two claims",
    difficulty=1,
    minutes=4,
    hints=(
        "List for each claim: which losses, which quantity, on which set, after how much training.",
        "Two claims contradict each other only where they speak of the same losses and the same quantity.",
        "One quantity is named in both claims. Of which losses does each claim it?",
    ),
    explanation="Both name test accuracy, but of other losses. Whether both are true is a question for runs; "
    "that they can be, is one of reading.",
)
def compatible(answer: Any) -> Outcome:
    """Judge that the claims are about different things."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the answer",
        mistakes={
            "a": "A classifier is right as soon as the right score leads; by how much does not count.",
            "b": "Who has the same minimizer need not be equally close to it after 100 epochs.",
            "d": "Both use CIFAR-10. Compare what they measure on it.",
        },
    )


@exercise(
    "15.2",
    title="The same time, another rate",
    difficulty=2,
    minutes=5,
    hints=(
        "Write eps = exp(-eta lambda t).",
        "The other loss has come to exp(-eta r lambda t).",
        "That is the first expression to the power r.",
    ),
    explanation="A factor in the rate is a power in the distance: the longer one waits, the more it matters.",
)
def other_distance(answer: Any) -> Outcome:
    """Judge eps**r."""
    return expect_expression(
        answer,
        _EPS**_R,
        name="the distance",
        domain={"eps": (sp.Rational(1, 100), sp.Rational(9, 10)), "r": (sp.Rational(1, 4), 4)},
        mistakes=[
            (_EPS / _R, "A distance that falls exponentially is not divided by the factor of its rate."),
            (_EPS * _R, "The factor multiplies the rate, which stands in the exponent."),
            (_EPS ** (1 / _R), "That is closer for a slower loss: a higher rate must bring it closer."),
            (sp.exp(-_R * _EPS), "eps is a distance, not a time: eliminate the time first."),
        ],
    )


@exercise(
    "15.3",
    title="Collapsed and ignorant",
    difficulty=1,
    minutes=2,
    hints=(
        "An unseen image goes to one of ten vertices, each as likely as the others.",
        "Its label has nothing to do with the draw.",
        "So one draw in ten is right.",
    ),
    explanation="NC1 to NC4 hold exactly on the training set, and on the test set it guesses.",
)
def ignorant(answer: Any) -> Outcome:
    """Judge 1/10."""
    return expect_number(
        answer,
        sp.Rational(1, 10),
        name="the accuracy",
        mistakes=[
            (1, "That is its accuracy on the training set. Unseen images go anywhere."),
            (0, "A random vertex is right now and then."),
            (sp.Rational(9, 10), "That is how often a random vertex is wrong."),
            (10, "An accuracy as a fraction, please, not in percent."),
        ],
    )


@exercise(
    "15.4",
    title="The ruler",
    difficulty=2,
    minutes=4,
    hints=(
        "Insert p = 0.95 and n = 10000.",
        "p (1 - p) / n = 4.75e-6; take the root.",
        "Times 100 for percentage points.",
    ),
    explanation="About 0.22 points. The difference of two independent accuracies has sqrt(2) times that.",
)
def ruler(answer: Any) -> Outcome:
    """Judge 100 sqrt(p (1 - p) / n)."""
    exact = 100 * math.sqrt(0.95 * 0.05 / 10_000)
    return expect_number(
        answer,
        exact,
        name="the standard deviation",
        tolerance=0.02,
        mistakes=[
            (exact / 100, "That is a fraction; a percentage point is a hundredth."),
            (100 * math.sqrt(0.95 / 10_000), "The factor 1 - p is missing."),
            (100 * 0.95 * 0.05 / 10_000, "That is the variance: take the root, then turn it into points."),
            (100 * math.sqrt(0.95 * 0.05), "That is for a single image; a mean of n has 1/sqrt(n) of it."),
            (0.2, "Right to one digit: give a second one."),
            (exact**2, "That is the variance in points squared: take the root."),
        ],
    )


@exercise(
    "15.5",
    title="A confidence interval",
    difficulty=3,
    minutes=10,
    hints=(
        "Mean, standard deviation with ddof=1, and the number of differences are all the data needed.",
        "The quantile is stats.t.ppf((1 + level) / 2, m - 1).",
        "half = quantile * s / sqrt(m); return mean - half, mean + half.",
    ),
    explanation="With two seeds the quantile is 12.7: an interval from two runs says next to nothing.",
)
def interval(answer: Any) -> Outcome:
    """Judge Student's interval on small and larger samples, at several levels."""
    rng = np.random.default_rng(15)
    samples = [rng.normal(0.3, 0.5, size).tolist() for size in (3, 2, 5, 12)]
    inputs = [(sample, level) for sample in samples for level in (0.95, 0.99)]
    return expect_function(answer, inputs, _is_interval, name="interval")


def _is_interval(result: Any, sample: Sequence[float], level: float) -> Outcome:
    ends = [as_number(end) for end in result] if isinstance(result, (tuple, list, np.ndarray)) else []
    if len(ends) != 2 or None in ends:
        return Outcome.wrong("the result", expected="a pair of numbers", got=type(result).__name__)
    low, high = (float(end) for end in ends if end is not None)
    mean, count = float(np.mean(sample)), len(sample)
    error = float(np.std(sample, ddof=1)) / math.sqrt(count)
    half = error * stats.t.ppf((1 + level) / 2, count - 1)
    if math.isclose(low, mean - half, abs_tol=1e-8) and math.isclose(high, mean + half, abs_tol=1e-8):
        return Outcome.right()
    if not math.isclose((low + high) / 2, mean, abs_tol=1e-8):
        advice = "Its middle should be the mean of the differences, its lower end first."
    else:
        advice = _advice((high - low) / 2, half, error, count, level)
    expected = "a lower and an upper end at the right distance from the mean"
    return Outcome.wrong("the result", expected=expected, got=f"({low:.4g}, {high:.4g})", advice=advice)


def _advice(found: float, half: float, error: float, count: int, level: float) -> str:
    likely = {
        -half: "The ends are in the wrong order: lower end first.",
        half * math.sqrt((count - 1) / count): "Use the standard deviation with m - 1, ddof=1.",
        half * math.sqrt(count): "The mean of m differences varies by s / sqrt(m), not by s.",
        half / math.sqrt(count): "Divide s by sqrt(m), not by m.",
        error * stats.norm.ppf((1 + level) / 2): "s is estimated from few runs: Student's quantile, not the "
        "normal one.",
        error * 1.96: "1.96 is the normal quantile, and s is estimated from few runs: Student's.",
        error * stats.t.ppf(0.975, count - 1): "Right at one level only: the quantile depends on `level`.",
        error * stats.t.ppf(level, count - 1): "Both ends can miss: the quantile at (1 + level)/2.",
        error * stats.t.ppf((1 + level) / 2, count): "There are m - 1 degrees of freedom.",
    }
    return next((text for value, text in likely.items() if math.isclose(found, value, rel_tol=1e-5)), "")


@exercise(
    "15.6",
    title="At least one",
    difficulty=2,
    minutes=4,
    hints=(
        "One interval contains zero with probability 19/20.",
        "All m do with probability (19/20)^m.",
        "At least one does not with the rest, 1 - (19/20)^m.",
    ),
    explanation="For m = 20 that is 0.64. Whoever reports only the one that excluded zero reports noise.",
)
def false_alarm(answer: Any) -> Outcome:
    """Judge 1 - (19/20)^m."""
    return expect_expression(
        answer,
        1 - sp.Rational(19, 20) ** _M,
        name="the probability",
        mistakes=[
            (_M / 20, "That is the expected number of false alarms, and exceeds 1 for many."),
            (sp.Rational(19, 20) ** _M, "That is the probability that none excludes zero."),
            (sp.Rational(1, 20) ** _M, "That is the probability that all of them exclude zero."),
            (1 - sp.Rational(1, 20) ** _M, "That is the probability that not all exclude zero."),
        ],
    )


@exercise(
    "15.7",
    title="Consistently?",
    difficulty=2,
    minutes=4,
    hints=(
        "`margins` holds BCE's number less CE's for each setting, by quantity.",
        "Look at margins['accuracy'], and count what is negative.",
        "int((margins['accuracy'] < 0).sum())",
    ),
    explanation="All four are with AdamW. The largest loss, 0.46 points, is ResNet50's on CIFAR-10.",
)
def counted(answer: Any) -> Outcome:
    """Judge 4."""
    return expect_number(
        answer,
        4,
        name="the count",
        mistakes=[
            (20, "That is how often BCE's accuracy is higher."),
            (0, "That holds for uniform accuracy; count for the plain one."),
            (1, "That is for compactness, in Table 3."),
            (8, "That is for distinctiveness, in Table 3."),
            (2, "On both data sets together, please."),
        ],
    )


@exercise(
    "15.8",
    title="What shrinks the lead",
    difficulty=2,
    minutes=4,
    hints=(
        "In the right panel, compare the two marks of each line, and then lines that differ in one word.",
        "AdamW has the smaller lead in most pairs; find the one in which it has not.",
        "In each line of the right panel the square is left of the circle.",
    ),
    explanation="Soft labels ask for moderate scores, of CE too, and scores alike have a common threshold.",
)
def shrinks(answer: Any) -> Outcome:
    """Judge Mixup and CutMix."""
    return expect_choice(
        answer,
        "d",
        "abcd",
        name="the answer",
        mistakes={
            "a": "In most pairs, but not for ResNet50 on CIFAR-100 with crop and flip alone.",
            "b": "Compare the lines of the two networks on CIFAR-10 with SGD, circles.",
            "c": "On CIFAR-100 the lead is much larger.",
        },
    )
