"""Exercises of lesson 07, minima on the sphere."""

from __future__ import annotations

import math
from typing import Any

import sympy as sp
import torch
from torch import Tensor

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K, gamma

q = sp.Symbol("q", nonnegative=True)
p = sp.Symbol("p", positive=True)
GAP = gamma * K / (K - 1)


@exercise(
    "07.1",
    title="Wild biases",
    difficulty=2,
    minutes=4,
    hints=(
        "Random vectors are nearly orthogonal on average, so think of the biases alone.",
        "z_j - z_k then is b_k - b_j. What is the mean over all ordered pairs?",
        "Each pair occurs twice, as b_k - b_j and as b_j - b_k.",
    ),
    explanation="With classes of equal size each bias enters as often with plus as with minus.",
)
def wild_biases(answer: Any) -> Outcome:
    """Judge the prediction that the mean gap is about zero, to within one."""
    number = as_number(answer)
    if number is not None and abs(number) <= 1:
        return Outcome.right()
    return expect_number(
        answer,
        0,
        name="the mean gap",
        tolerance=0.1,
        mistakes=[
            (45, "That is the mean of the biases. A gap is a difference of two logits."),
            (-45, "That is the mean logit. A gap is a difference of two logits."),
            (-sp.Rational(20, 3), "That is the value at collapse; these vectors are random."),
        ],
    )


@exercise(
    "07.2",
    title="The spheres",
    difficulty=2,
    minutes=6,
    hints=(
        "Apply (A 77) to every k with u = w_k and v = the mean less h_k, and add up.",
        "The bound is -1/2 (sum of squared lengths of w_k) - 1/2 (scatter of the h_k).",
        "It reads -K/2 - (K - K q)/2.",
    ),
    explanation="It is lowest for q = 0: features whose mean is zero.",
)
def spheres(answer: Any) -> Outcome:
    """Judge -K + K q / 2."""
    return expect_expression(
        answer,
        -K + K * q / 2,
        name="the bound",
        domain={"q": (0, 1)},
        mistakes=[
            (-K, "True, but keep the mean: the scatter of the h_k is K - K q."),
            (-2 * K + K * q, "Each square in (A 77) has a factor 1/2."),
            (-3 * K / 2 + K * q, "The second square in (A 77) has a factor 1/2 as well."),
            (-3 * K / 2 + K * q / 2, "The first square in (A 77) has a factor 1/2 as well."),
            (-K + K * q, "The factor 1/2 of the second square belongs to all of the scatter."),
            (K - K * q / 2, "A lower bound is asked for: both squares enter with a minus sign."),
            (-(K - K * q) / 2, "The squares of the weights are missing; each w_k has length 1."),
            (
                -K - K * q / 2,
                "The scatter is K - K q and enters with a minus sign: two minus signs make plus.",
            ),
            (-1 + q / 2, "That is one term; sum over the K classes."),
        ],
    )


@exercise(
    "07.3",
    title="The wrong way round",
    difficulty=1,
    minutes=4,
    hints=(
        "Draw log(1 + e^x) and a chord between two of its points.",
        "The left side is the curve at the middle, the right side the middle of the chord.",
        "The chord of a strictly convex function lies above it: try 0 and 2.",
    ),
    explanation="Every list does in which not all numbers are equal: the function is strictly convex.",
)
def wrong_way_round(answer: Any) -> Outcome:
    """Judge any numbers that are not all equal, since log(1 + e^x) is strictly convex."""
    kind = "a list of numbers that make (A 33) false"
    numbers = _numbers(answer)
    if numbers is None:
        return Outcome.wrong("the counterexample", expected=kind, got=describe(answer))
    if len(set(numbers)) > 1:
        return Outcome.right()
    advice = "With all numbers equal both sides are the same."
    if len(numbers) < 2:
        advice = "One number is its own mean: take at least two."
    return Outcome.wrong("the counterexample", expected=kind, got=describe(answer), advice=advice)


def _numbers(answer: Any) -> list[float] | None:
    """Return the numbers in a list, tuple, array or tensor, None where it holds anything else."""
    try:
        values = [as_number(value) for value in answer]
    except (TypeError, RuntimeError):
        return None
    numbers = [value for value in values if value is not None and math.isfinite(value)]
    return numbers if len(numbers) == len(values) else None


@exercise(
    "07.4",
    title="The slope at collapse",
    difficulty=2,
    minutes=5,
    hints=(
        "Differentiate log(1 + (K-1) e^y) with the chain rule.",
        "It is (K-1) e^y / (1 + (K-1) e^y). Insert y = -G.",
        "G = gamma K/(K-1), so e^y becomes exp(-gamma*K/(K-1)).",
    ),
    explanation="It is the probability that the softmax at collapse gives to all wrong classes together.",
)
def slope_at_collapse(answer: Any) -> Outcome:
    """Judge (K-1) e^-G / (1 + (K-1) e^-G)."""
    low = sp.exp(-GAP)
    return expect_expression(
        answer,
        (K - 1) * low / (1 + (K - 1) * low),
        name="the slope",
        mistakes=[
            (
                1 / (1 + (K - 1) * low),
                "That is the chain rule's outer part; the inner derivative is missing.",
            ),
            (low / (1 + (K - 1) * low), "The inner derivative of (K-1) e^y keeps the factor K - 1."),
            (low / (1 + low), "Phi holds K - 1 exponentials, not one."),
            ((K - 1) / (low + K - 1), "The tangent touches at y = -G, not at G."),
            (sp.log(1 + (K - 1) * low), "That is the value there; the slope is asked for."),
            (-(K - 1) * low / (1 + (K - 1) * low), "Check the sign: does Phi rise or fall with y?"),
            (-K * low / (1 + (K - 1) * low), "The derivative is with respect to y, not to gamma."),
        ],
    )


@exercise(
    "07.5",
    title="What the spheres do not see",
    difficulty=3,
    minutes=6,
    hints=(
        "Take one sample and write down its ten logits: each is gamma or -gamma.",
        "Four other classes share its direction. Are the nine other logits equal, as (A 139) needs?",
        "Its gap y is the mean of four zeros and five -2 gamma, which is the same for every sample.",
    ),
    explanation="Four wrong classes have the same logit as the right one, and the exponential punishes that.",
)
def strict_inequality(answer: Any) -> Outcome:
    """Judge which inequality the bipolar model leaves strict."""
    return expect_choice(
        answer,
        "a",
        "abc",
        name="the inequality",
        mistakes={
            "b": "The tangent touches at y = -G. Compute y of one sample: is it different?",
            "c": "The printout shows the mean gap at its lowest, which is equality in (2).",
        },
    )


@exercise(
    "07.6",
    title="Find the false step",
    difficulty=3,
    minutes=7,
    hints=(
        "A curve is bounded below by its value at the right end if it never lies below that end.",
        "Look at each curve in turn: which one rises towards its dot?",
        "Two of the three curves fall to their dots, so their values there bound them from below.",
    ),
    explanation="R is smaller than R(G) everywhere to the left, so putting in R(G) makes the bound too big.",
)
def false_step(answer: Any) -> Outcome:
    """Judge which claim of the printed proof fails."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the row",
        mistakes={
            "a": "That is a computation, and the third curve is the sum of the other two at every g.",
            "b": "The line -g falls to its dot, so it is nowhere below it.",
            "d": "The curve of F falls to its dot: this is true. How it was reached is the question.",
        },
    )


@exercise(
    "07.7",
    title="How false",
    difficulty=2,
    minutes=5,
    hints=(
        "R and F differ by something simple.",
        "F(g) = -g + R(g), so R(g) = F(g) + g.",
        "Differentiate both terms, with F' = -p.",
    ),
    explanation="As p < 1 it is positive: R rises everywhere and is largest at collapse.",
)
def slope_of_remainder(answer: Any) -> Outcome:
    """Judge 1 - p."""
    return expect_expression(
        answer,
        1 - p,
        name="the slope",
        domain={"p": (0, 1)},
        mistakes=[
            (-p, "That is the slope of F. R = F + g."),
            (-1 - p, "F = -g + R, so g goes to the other side with a plus."),
            (p - 1, "Check the sign: R = F + g."),
            (1 + p, "The slope of F is -p."),
            (p, "That is the slope of -F. R = F + g."),
            (p * (1 - p), "That is how a sigmoid changes. F' = -p is all you need."),
        ],
    )


@exercise(
    "07.8",
    title="Repair the bound",
    difficulty=3,
    minutes=6,
    hints=(
        "Each tangent has the form value + slope times (x - x*).",
        "Together: f* + p* (X - X*) + p* (Y - Y*), so the box holds -(X* + Y*).",
        "X* + Y* = (b* - gamma) + (-gamma/(K-1) - b*): the bias drops out.",
    ),
    explanation="It is G, exactly what the spheres allow: at the lowest mean gap the bracket is zero.",
)
def repair_the_bound(answer: Any) -> Outcome:
    """Judge gamma K/(K-1)."""
    return expect_expression(
        answer,
        GAP,
        name="the box",
        mistakes=[
            (-GAP, "The tangent is in X - X*: subtracting a negative number adds."),
            (gamma * (K - 2) / (K - 1), "Both scores enter with the same sign: gamma + gamma/(K-1)."),
            (gamma, "The point of contact of the second tangent is missing."),
            (gamma / (K - 1), "The point of contact of the first tangent is missing."),
            (2 * gamma, "The second tangent's slope, the factor K - 1 counted, is p*: no further factor."),
        ],
    )


@exercise(
    "07.9",
    title="Measure the mean gap",
    difficulty=2,
    minutes=8,
    hints=(
        "The own logits are logits[torch.arange(len(labels)), labels], or gather.",
        "Subtract them from all logits; the own column then is zero and does not disturb the sum.",
        "Sum everything and divide by N (K - 1).",
    ),
    explanation="The least CE that any model with mean gap t can have is log(1 + (K-1) e^t).",
)
def measure_gap(answer: Any) -> Outcome:
    """Judge a function on random logits, with classes of equal and of unequal size."""
    return expect_function(answer, _logits(), _is_mean_gap, name="mean_gap")


def _logits() -> list[tuple[Tensor, Tensor]]:
    generator = torch.Generator().manual_seed(7)
    logits = 3 * torch.randn(12, 4, dtype=torch.float64, generator=generator)
    equal, unequal = torch.arange(12) % 4, torch.tensor([0] * 7 + [1, 2, 2, 3, 3])
    return [(logits, equal), (logits, unequal), (logits[:, :2] + 5, equal % 2)]


def _is_mean_gap(result: Any, logits: Tensor, labels: Tensor) -> Outcome:
    number = logits.shape[1]
    gaps = logits - logits.gather(1, labels[:, None])
    right = float(gaps.sum()) / (len(logits) * (number - 1))
    if advice := _not_one_number(result):
        return Outcome.wrong("the result", expected="a number", got=describe(result), advice=advice)
    others = (logits.sum() - logits.gather(1, labels[:, None]).sum()) / (len(logits) * (number - 1))
    return expect_number(
        result,
        right,
        name="the result",
        tolerance=1e-5,  # float32 will do
        mistakes=[
            (-right, "The other logit comes first: z_j - z_own."),
            (float(gaps.mean()), "There are K - 1 other classes, not K."),
            (right * (number - 1), "Average over the other classes: divide by K - 1."),
            (right * len(logits), "Average over the samples as well."),
            (_over_classes(gaps, labels), "Average over the samples, not over the classes: sizes differ."),
            (float(logits.mean()), "Subtract each sample's own logit."),
            (float(others), "Subtract each sample's own logit."),
        ],
    )


def _not_one_number(result: Any) -> str:
    if isinstance(result, Tensor) and result.numel() > 1:
        return "Average over the samples as well."
    return "Return the number itself, not a list." if isinstance(result, list | tuple) else ""


def _over_classes(gaps: Tensor, labels: Tensor) -> float:
    means = torch.stack([gaps[labels == k].mean() for k in labels.unique()])
    return float(means.mean()) * gaps.shape[1] / (gaps.shape[1] - 1)
