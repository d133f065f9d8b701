"""Exercises of lesson 06, BCE and its bias."""

from __future__ import annotations

from typing import Any

import sympy as sp
from scipy.optimize import brentq
from scipy.special import expit

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K, b

_C, _U, _T = (sp.Symbol(name, positive=True) for name in "cut")
_Z, _Q = sp.Symbol("z", real=True), sp.Symbol("q", real=True)


@exercise(
    "06.1",
    title="Ten at the start",
    difficulty=2,
    minutes=3,
    hints=(
        "Which of the two losses changes when the same number is added to all biases?",
        "Softmax divides by the sum over all classes: a common factor cancels.",
        "A loss that does not see the common bias cannot move it; the other one can.",
    ),
    explanation="CE's gradient in b sums to zero over the classes, so that no step of SGD moves the mean.",
)
def where_it_ends(answer: Any) -> Outcome:
    """Judge the prediction that only CE keeps the mean of the biases."""
    return expect_choice(
        answer,
        "b",
        "abcd",
        name="the prediction",
        mistakes={
            "a": "A parameter moves only where the loss depends on it. Does CE depend on a common bias?",
            "c": "The other way round: softmax compares logits with each other, a sigmoid takes one alone.",
            "d": "No decision changes, but BCE asks each logit for its sign, not for its rank.",
        },
    )


@exercise(
    "06.2",
    title="BCE along the common bias",
    difficulty=2,
    minutes=6,
    hints=(
        "Write the loss at beta: log(1 + e^(beta - z)) + (K - 1) log(1 + e^(q - beta)).",
        "d/dx log(1 + e^x) is the sigmoid of x; the chain rule gives a minus in the second term.",
        "At beta = 0: sigmoid(-z) - (K - 1) sigmoid(q).",
    ),
    explanation="The own logit pulls the bias down, the K - 1 others push it up: they can balance.",
)
def slope_in_common_bias(answer: Any) -> Outcome:
    """Judge sigmoid(-z) - (K - 1) sigmoid(q)."""
    own, other = 1 / (1 + sp.exp(_Z)), 1 / (1 + sp.exp(-_Q))
    return expect_expression(
        answer,
        own - (K - 1) * other,
        name="the derivative",
        mistakes=[
            ((K - 1) * other - own, "The sign: biases are subtracted, so a logit falls as beta rises."),
            (own - other, "There are K - 1 other logits."),
            (own + (K - 1) * other, "The other logits enter as e^(q - beta): the chain rule gives a minus."),
            (1 - own - (K - 1) * other, "The own term is log(1 + e^(-z)): its slope is sigmoid(-z)."),
            ((own - (K - 1) * other) / K, "A sample's loss is a sum over the classes, not their mean."),
            (own - K * other, "One of the K logits is the own one; K - 1 others are left."),
        ],
    )


@exercise(
    "06.3",
    title="Find the root",
    difficulty=2,
    minutes=7,
    hints=(
        "Define a function of b that returns the right side of (B 12).",
        "sigmoid(b - s) is 1/(1 + exp(s - b)), sigmoid(s_neg - b) is 1/(1 + exp(b - s_neg)).",
        "Far to the left it is negative, far to the right positive: brentq(right_side, -50, 50).",
    ),
    explanation="One root, whatever the bracket; it need not lie between the two scores.",
)
def bias_root(answer: Any) -> Outcome:
    """Judge the root of (B 12) at several scores, decays and numbers of classes."""
    inputs = [(4.0, -1.0, 0.05, 30), (5.0, -5.0 / 3, 0.0, 4), (7.5, -2.36, 5e-4, 10), (2.0, -2.0, 0.3, 2)]
    inputs += [(1.35, -0.15, 0.0, 10)]  # the root is above both scores
    return expect_function(answer, inputs, _is_root, name="bias_root")


def _root(positive: float, negative: float, decay: float, classes: int, others: int) -> float:
    def right_side(bias: float) -> float:
        pull = expit(bias - positive) - others * expit(negative - bias)
        return float(pull / classes + decay * bias)

    return float(brentq(right_side, -60, 60, xtol=1e-13))


def _is_root(result: Any, s: float, s_neg: float, decay: float, classes: int) -> Outcome:
    value = as_number(result)
    if value is None:
        return Outcome.wrong("the result", expected="a number", got=describe(result))
    return expect_number(
        value,
        _root(s, s_neg, decay, classes, classes - 1),
        name="the result",
        tolerance=1e-6,
        mistakes=[
            (_root(s, s_neg, decay, classes, 1), "The second term has the factor K - 1."),
            (_root(s, s_neg, decay, classes, classes), "The factor is K - 1, not K."),
            (_root(s, s_neg, decay * classes, classes, classes - 1), "The sigmoids are divided by K."),
            (_root(s, s_neg, decay / classes, classes, classes - 1), "lambda_b b is not divided by K."),
            (
                (s + s_neg) / 2,
                "Half way between the scores is the answer for two classes without decay only.",
            ),
        ],
    )


@exercise(
    "06.4",
    title="The gap without bias decay",
    difficulty=2,
    minutes=6,
    hints=(
        "Solve sigmoid(x) = p for x: it is x = -log(1/p - 1).",
        "So b - s' = log(1/c - 1), and s - b = log(1/((K-1)c) - 1).",
        "Add the two: b cancels.",
    ),
    explanation="The product (1/c - 1)(1/((K-1)c) - 1) is above one exactly when Kc < 1.",
)
def gap(answer: Any) -> Outcome:
    """Judge log(1/c - 1) + log(1/((K-1)c) - 1), where it is positive."""
    others, own = sp.log(1 / _C - 1), sp.log(1 / ((K - 1) * _C) - 1)
    small = {"c": (sp.Rational(1, 100), sp.Rational(1, 10))}
    return expect_expression(
        answer,
        others + own,
        name="the gap",
        domain=small,
        mistakes=[
            (sp.log(1 / _C - (K - 1)), "That is cross-entropy's gap, from lesson 04."),
            (-others - own, "The sign: sigmoid(x) = p means x = -log(1/p - 1)."),
            (others - own, "s - s' = (s - b) + (b - s'): add the two."),
            (own - others, "s - s' = (s - b) + (b - s'): add the two."),
            (2 * others, "The own class has the probability (K - 1) c to be missed, not c."),
            (-sp.log(_C) - sp.log((K - 1) * _C), "That drops the -1 under the logarithm: 1/p - 1."),
        ],
    )


@exercise(
    "06.5",
    title="From where leaning pays",
    difficulty=2,
    minutes=4,
    hints=(
        "Leaning pays if f falls as t grows from zero.",
        "The slope in t at the best bias is c - lambda_b b.",
        "Set it to zero and solve for lambda_b.",
    ),
    explanation="With lambda_b = 0 it never pays; the larger the bias that BCE wants, the sooner it does.",
)
def critical_decay(answer: Any) -> Outcome:
    """Judge c / b."""
    return expect_expression(
        answer,
        _C / b,
        name="the critical decay",
        mistakes=[
            (b / _C, "Turn it over: the slope vanishes where lambda_b b = c."),
            (_C, "That is the price of leaning; compare it with lambda_b times b."),
            (_C * b, "The slope is c - lambda_b b: divide by b."),
            (2 * _C / b, "The decay lambda_b b^2/2 of a bias has the slope lambda_b b."),
        ],
    )


@exercise(
    "06.6",
    title="The angle of leaning weights",
    difficulty=3,
    minutes=6,
    hints=(
        "An entry of I is 1 on the diagonal and 0 off it; an entry of (1/K) 1 1^T is 1/K everywhere.",
        "The diagonal is u (1 - 1/K) + t/K, all other entries are -u/K + t/K.",
        "A cosine is the entry off the diagonal over the one on it.",
    ),
    explanation="At t = 0 it is -1/(K-1); at t = u the weights are orthogonal; beyond, they draw together.",
)
def leaning_cosine(answer: Any) -> Outcome:
    """Judge (t - u) / ((K - 1) u + t)."""
    return expect_expression(
        answer,
        (_T - _U) / ((K - 1) * _U + _T),
        name="the cosine",
        mistakes=[
            (-1 / (K - 1), "That is the centred ETF, t = 0."),
            ((_T - _U) / K, "That is the inner product; divide by the diagonal entry."),
            ((_U - _T) / ((K - 1) * _U + _T), "The sign: off the diagonal u comes with -1/K."),
            (-(_T + _U) / ((K - 1) * _U - _T), "That takes -t; a Gram matrix has no negative values."),
            ((_T - _U) / (K * _U + _T), "The diagonal of I - (1/K) 1 1^T is (K - 1)/K, not 1."),
        ],
    )


@exercise(
    "06.7",
    title="What Table 1 contradicts",
    difficulty=3,
    minutes=5,
    hints=(
        "Compute -7.50/9. How far is -2.36 from it, in printed standard deviations of 0.02 to 0.05?",
        "Small standard deviations mean that all samples have nearly the same score: collapsed, then.",
        "A centred ETF has scores that sum to zero over the classes. Do these?",
    ),
    explanation="7.50 - 9 * 2.36 is about -14: all scores are shifted down, by t/K = 1.37.",
)
def conclusion(answer: Any) -> Outcome:
    """Judge that the scores are not centred."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the conclusion",
        mistakes={
            "a": "-7.50/9 is -0.83. The printed standard deviations are below a tenth.",
            "b": "Subtracting a bias shifts both scores by it; the caption says without bias.",
            "d": "Printed standard deviations of a few hundredths: the scores have settled, elsewhere.",
        },
    )
