"""Exercises of lesson 10, imbalance."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K
from nccourse.theory import imbalanced

n_k, N, c = sp.symbols("n_k N c", positive=True)


@exercise(
    "10.1",
    title="Whose weight is longer",
    difficulty=1,
    minutes=2,
    hints=(
        "The loss is an average over samples. Whose mistakes weigh more in it?",
        "Decay charges all lengths alike, so length goes where it lowers the average loss most.",
        "A class with many samples gains more from a longer weight.",
    ),
    explanation="The average loss pays most attention to the class with the most samples.",
)
def whose_weight(answer: Any) -> Outcome:
    """Judge the prediction about lengths of weights."""
    return expect_choice(
        answer,
        "a",
        "abc",
        name="the prediction",
        mistakes={
            "b": "Who would pay for the help? The objective is an average over samples.",
            "c": "That needs symmetry between the classes, which different sizes break.",
        },
    )


@exercise(
    "10.2",
    title="The margin of a class",
    difficulty=3,
    minutes=8,
    hints=(
        "The derivative of log(1 + (K-1) e^(-M)) is -(K-1)/(e^M + K - 1).",
        "Set (n_k/N) (K-1)/(e^M + K - 1) = c sqrt(n_k) and solve for e^M + K - 1.",
        "e^M = (K-1) sqrt(n_k)/(N c) - (K-1).",
    ),
    explanation="With c = sqrt((K-1)/K lambda_W lambda_H) this is (D 6).",
)
def margin_of_a_class(answer: Any) -> Outcome:
    """Judge e^M at the stationary point."""
    right = (K - 1) * (sp.sqrt(n_k) / (N * c) - 1)
    return expect_expression(
        answer,
        right,
        name="exp(M)",
        mistakes=[
            (sp.log(right), "That is the margin itself; its exponential is asked for."),
            ((K - 1) * sp.sqrt(n_k) / (N * c), "Subtract K - 1: the denominator is e^M + K - 1."),
            ((K - 1) * (n_k / (N * c) - 1), "The cost has sqrt(n_k) too, so one root is left."),
            (sp.sqrt(n_k) / (N * c) - 1, "A factor K - 1 comes from the derivative of the inner sum."),
        ],
    )


@exercise(
    "10.3",
    title="Back to balance",
    difficulty=2,
    minutes=4,
    hints=(
        "Divide by the common s: the formulas become numbers in K.",
        "The inner product is -2(K-1) + (K-2), as K - 2 classes are neither k nor j.",
        "The squared length is (K-1)^2 + (K-1) = K (K-1).",
    ),
    explanation="-K over K (K-1): the simplex ETF of lesson 02.",
)
def back_to_balance(answer: Any) -> Outcome:
    """Judge -1/(K-1)."""
    return expect_expression(
        answer,
        -1 / (K - 1),
        name="the cosine",
        domain={"K": (3, 9)},
        mistakes=[
            (-K / (K - 1), "The squared length is (K-1)^2 plus K - 1 further terms."),
            (-sp.Integer(1), "Count the classes other than k and j: K - 2 of them add to the inner product."),
            (1 / (K - 1), "Mind the sign: -2(K-1) + (K-2) = -K."),
            (-1 / K, "That is a logit for M = 1, (D 12). The cosine comes from the two formulas above."),
            *(
                (sp.Rational(-1, number - 1), "Right for one K only: give it in K, not as a number.")
                for number in (4, 6, 10)
            ),
        ],
    )


@exercise(
    "10.4",
    title="A sentence and a proposition",
    difficulty=2,
    minutes=4,
    hints=(
        "Which s_k enters the squared norm with the largest factor?",
        "For the cosine read the row of means below the map, largest class first.",
        "The plot of lengths shows the first, the row of means the second.",
    ),
    explanation="Norms grow with n_k, mean cosines fall: 'negatively correlated' holds for the cosine alone. "
    "Even that is not true pair by pair.",
)
def true_half(answer: Any) -> Outcome:
    """Judge which half of the paper's sentence holds."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the answer",
        mistakes={
            "a": "Look at the plot of lengths again: which way do the weights go?",
            "b": "It is the norm that contradicts Corollary 2.",
            "d": "A single pair may go either way; the mean cosine with the others is asked for.",
        },
    )


@exercise(
    "10.5",
    title="The longest feature",
    difficulty=3,
    minutes=10,
    hints=(
        "Only M_k / sqrt(n_k) matters; constants in front are the same for all classes.",
        "N c = N decay sqrt((K-1)/K); then M = log((K-1)(sqrt(n)/(N c) - 1)).",
        "Where the argument of the logarithm is below 1 the margin is 0: np.maximum(..., 1).",
    ),
    explanation="M/sqrt(n) rises from 0 at the collapse count, has a maximum, then falls: the winner need be "
    "neither the largest nor the smallest class.",
)
def longest_feature(answer: Any) -> Outcome:
    """Judge a function on several class sizes, some collapsed."""
    return expect_function(answer, _CASES, _is_longest, name="longest_feature")


_CASES = [
    ([100, 20, 5], 1e-3),
    ([500, 100, 20, 4, 1], 5e-4),
    ([3, 50, 7], 2e-3),
    ([64, 32, 16, 8, 4, 2, 1], 1e-2),
    ([300, 299, 2], 8e-3),
]


def _is_longest(result: Any, counts: list[int], decay: float) -> Outcome:
    theory = imbalanced.minimizer(counts, decay, decay)
    value = as_number(result)
    if value is not None and value == int(np.argmax(theory.feature_norms)):
        return Outcome.right()
    advice = ""
    if value == int(np.argmax(theory.margins)):
        advice = "That class has the largest margin; (D 9) divides it by sqrt(n_k)."
    elif value == int(np.argmin(counts)):
        advice = "The smallest class may have collapsed: its margin is then 0."
    elif value == int(np.argmin(np.where(theory.collapsed, np.inf, counts))):
        advice = "The smallest class that survives may be close to collapse: its margin is then small."
    return Outcome.wrong("the result", expected="an index", got=describe(result), advice=advice)


@exercise(
    "10.6",
    title="Small classes together",
    difficulty=2,
    minutes=4,
    hints=(
        "Reset the laboratory, choose two groups and move R from left to right; read the last cosine.",
        "Every weight has the part - sum_m sqrt(n_m) h_m in common.",
        "For a small class less and less is left beside it.",
    ),
    explanation="w_k is its own feature, scaled by K sqrt(n_k), minus something common to all. As R grows, "
    "the small classes' margins shrink, and with them their own parts. Their weights coincide only when the "
    "small classes collapse (lesson 11).",
)
def small_classes(answer: Any) -> Outcome:
    """Judge what the cosine of two small classes' weights does."""
    return expect_choice(
        answer,
        "c",
        "abc",
        name="the answer",
        mistakes={
            "a": "Read 'Cosine of two small classes' as R grows: it does not fall.",
            "b": "That is where it starts, at R = 1; move R on.",
        },
    )
