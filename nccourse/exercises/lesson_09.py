"""Exercises of lesson 09, the scale on networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K

_GAP = 0.5 * 10 / 9


@exercise(
    "09.1",
    title="Two perfect numbers",
    difficulty=2,
    minutes=3,
    hints=(
        "Both numbers are means. Which arrangements of class vectors have this mean cosine?",
        "May two classes have the same vector? Compactness looks inside a class only.",
        "Put five classes at one end of a line and five at the other, and compute the mean cosine.",
    ),
    explanation="Five classes at each end of a line have both values, and their names cannot be told apart.",
)
def two_perfect_numbers(answer: Any) -> Outcome:
    """Judge the predicted accuracy."""
    return expect_choice(
        answer,
        "c",
        "abc",
        name="the prediction",
        mistakes={
            "a": "That is so at collapse. Is collapse the only arrangement with these two values?",
            "b": "What would keep several classes from sharing one vector, as long as the mean is right?",
        },
    )


@exercise(
    "09.2",
    title="The mean cosine of a sum of zero",
    difficulty=1,
    minutes=3,
    hints=(
        "The square of the sum is the sum of all inner products, those of a vector with itself included.",
        "There are K of these, each 1, and K(K-1) others, whose mean is m.",
        "0 = K + K(K-1) m.",
    ),
    explanation="So the mean is that of the ETF, whatever the single cosines are.",
)
def mean_cosine(answer: Any) -> Outcome:
    """Judge -1/(K-1)."""
    return expect_expression(
        answer,
        -1 / (K - 1),
        name="the mean cosine",
        mistakes=[
            (1 / (K - 1), "Mind the sign: the squares of the vectors are positive, the whole is zero."),
            (-1 / K, "There are K(K-1) ordered pairs, not K squared."),
            (0, "The squares of the vectors are part of the sum: K of them, each 1."),
            (K / (2 * (K - 1)), "That is the separability, (1 - m)/2; the mean cosine m itself is asked."),
            (-K, "That is the sum over all pairs; divide it by their number."),
            (-2 / (K - 1), "The sum has every pair twice; so has the number K(K-1)."),
        ],
    )


@exercise(
    "09.3",
    title="A slight variance",
    difficulty=1,
    minutes=3,
    hints=(
        "The sentence before this exercise has the gap as a formula.",
        "With K = 10 and gamma = 0.5 it is 0.5 * 10/9.",
        "Divide that by 0.03.",
    ),
    explanation="Biases that differ by so much less than the gap could not change a decision at collapse.",
)
def gap_in_deviations(answer: Any) -> Outcome:
    """Judge gamma K/(K-1) over the standard deviation."""
    return expect_number(
        answer,
        _GAP / 0.03,
        name="the number of deviations",
        tolerance=0.0281,  # from 18 to 19: the deviation has one digit
        mistakes=[
            (_GAP, "That is the gap itself; how often does 0.03 go into it?"),
            (0.5 / 0.03, "At collapse wrong scores are negative, so the gap is more than gamma."),
            (_GAP / 0.03**2, "0.03 is the standard deviation already; its square is the variance."),
            (_GAP / 0.03**0.5, "0.03 is the standard deviation already, not the variance."),
            (10 / 9 / 0.03, "The scale is missing: scores are gamma times a cosine."),
            (0.03 / _GAP, "That is the other way round."),
        ],
    )


@exercise(
    "09.4",
    title="A merged pair",
    difficulty=2,
    minutes=5,
    hints=(
        "The sum is 2u + s_1 + ... + s_{K-2}, since the pair has two classes.",
        "Times u: the square of u is 1, and each single contributes delta.",
        "0 = 2 + (K - 2) delta.",
    ),
    explanation="Farther from a pair than from a single: the pair counts twice in the sum.",
)
def pair_to_single(answer: Any) -> Outcome:
    """Judge -2/(K-2)."""
    return expect_expression(
        answer,
        -2 / (K - 2),
        name="the cosine",
        mistakes=[
            (-1 / (K - 2), "Two classes lie at u, so the sum has 2u."),
            (-2 / (K - 1), "Two of the K classes are the pair; how many singles are left?"),
            (-1 / (K - 1), "That is the cosine without a merged pair."),
            (2 / (K - 2), "Mind the sign: 2 and the singles' part add up to zero."),
        ],
    )


@exercise(
    "09.5",
    title="A small variance",
    difficulty=2,
    minutes=4,
    hints=(
        "A score is gamma times a cosine. How large can the standard deviation of cosines be?",
        "Five classes at each end of a line have cosines of plus and minus one. And scores, at gamma = 0.1?",
        "Which quantity has to be looked at to compare geometries at different gamma?",
    ),
    explanation="Divided by gamma, the spread of the paper's scores is far from zero, its value at collapse.",
)
def small_variance(answer: Any) -> Outcome:
    """Judge what is wrong with the reading."""
    return expect_choice(
        answer,
        "a",
        "abcd",
        name="the error",
        mistakes={
            "b": "Scores are without biases in the paper's table; nothing has to be subtracted.",
            "c": "At collapse the variance is exactly zero at every scale, so it does say something.",
            "d": "Positive scores of compact features are all gamma, merged or not. Which scores see a pair?",
        },
    )


@exercise(
    "09.6",
    title="Counting dimensions",
    difficulty=2,
    minutes=6,
    hints=(
        "Divide each row by its norm first: np.linalg.norm(vectors, axis=1, keepdims=True).",
        "G = unit @ unit.T, and its squared Frobenius norm is (G ** 2).sum().",
        "return len(vectors) ** 2 / (G ** 2).sum()",
    ),
    explanation="An ETF has K - 1 dimensions, a line 1, an orthonormal basis K.",
)
def dimensions(answer: Any) -> Outcome:
    """Judge a function on frames and on random rows of any length."""
    return expect_function(answer, _frames(), _counts, name="dimensions")


def _frames() -> list[np.ndarray[Any, Any]]:
    generator = np.random.default_rng(9)
    centred = np.eye(5) - 1 / 5
    line = np.outer([1.0, 1.0, -1.0, -1.0], [0.6, 0.8])
    return [np.eye(4), line, centred, 3.0 * centred, generator.standard_normal((6, 3))]


def _counts(result: Any, vectors: Any) -> Outcome:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    gram, raw = unit @ unit.T, vectors @ vectors.T
    columns = vectors / np.linalg.norm(vectors, axis=0)
    centred = vectors - vectors.mean(axis=0)
    centred = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    number = len(vectors)
    square = (gram**2).sum()
    return expect_number(
        result,
        number**2 / square,
        name="the result",
        mistakes=[
            (number**2 / (raw**2).sum(), "The rows need not have unit length; divide each by its norm."),
            (
                number**2 / ((columns @ columns.T) ** 2).sum(),
                "Those are the columns at unit length; each row has its own norm (axis=1).",
            ),
            (
                number**2 * np.linalg.norm(vectors) ** 4 / (raw**2).sum(),
                "All rows were divided by one common norm; each row has its own (axis=1).",
            ),
            (
                number**2 / ((centred @ centred.T) ** 2).sum(),
                "Nothing is subtracted: (1) has the cosines of the vectors themselves.",
            ),
            (
                number**2 / np.linalg.norm(gram, 2) ** 2,
                "The norm in (1) is Frobenius's, over all entries, not the largest singular value.",
            ),
            (number**2 / square**0.5, "The norm of G is squared in (1)."),
            (number / square, "In (1) the number of rows is squared."),
            (square / number**2, "That is 1/D."),
            (np.linalg.matrix_rank(vectors), "The rank counts a direction fully, however little it is used."),
        ],
    )


@exercise(
    "09.7",
    title="Reading the left end",
    difficulty=1,
    minutes=3,
    hints=(
        "The right panel has AdamW; the dashed line is the value of an ETF.",
        "Find the leftmost mark of each curve and read its height.",
        "One of them is close to the height of a line, the other lies between the line and the ETF.",
    ),
    explanation="Both have almost the separability of collapse, neither has its geometry.",
)
def left_end(answer: Any) -> Outcome:
    """Judge a reading of the figure."""
    return expect_choice(
        answer,
        "b",
        "abcd",
        name="the reading",
        mistakes={
            "a": "So it would be if separability saw angles. Read the heights of the leftmost marks.",
            "c": "An ETF of ten classes is the dashed line, at nine. Is the paper's mark near it?",
            "d": "Look again at our mark: it is well above the paper's.",
        },
    )


@exercise(
    "09.8",
    title="What two runs establish",
    difficulty=2,
    minutes=5,
    hints=(
        "Name what was seen: one curve rises slowly, the other hardly moves. Neither had ended.",
        "Would a run that stops rising below b* have looked different up to here?",
        "Two starts of an unfinished run can neither show where it ends nor that there are two ends.",
    ),
    explanation="Consistent with a slow transient, and no more. Longer runs can decide it.",
)
def established(answer: Any) -> Outcome:
    """Judge what follows from two unfinished runs."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the conclusion",
        mistakes={
            "a": "Two of our curves had not arrived. What entitles you to their future, and to every run?",
            "b": "Four runs that have not ended cannot show that b* is wrong, whichever way they move.",
            "d": "Curves that still move are not at minima, and the feature model's minimum is unique.",
        },
    )
