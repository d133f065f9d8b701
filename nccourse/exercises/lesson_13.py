"""Exercises of lesson 13, long tails."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from nccourse.exercises.array import expect_array
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K

_N, _SIZE = sp.symbols("N n_k", positive=True)
_TOLERANCE = 1e-6  # weights may come from torch, in single precision


@exercise(
    "13.1",
    title="Where rare images go",
    difficulty=1,
    minutes=2,
    hints=(
        "Cross-entropy counts samples. Which error costs it more in training?",
        "A hundred zeros weigh more than two nines, so the border moves.",
        "The border moves away from the larger class: its region grows at the cost of the rare one.",
    ),
    explanation="Larger classes take up more space, so a rare image that is lost falls to one of them.",
)
def where_rare_images_go(answer: Any) -> Outcome:
    """Judge the prediction that they fall to larger classes."""
    return expect_choice(
        answer,
        "b",
        "abc",
        name="the prediction",
        mistakes={
            "a": "Other rare classes have small regions, too. Whose region is large?",
            "c": "That would be so if all classes took up the same space. Do they?",
        },
    )


@exercise(
    "13.2",
    title="Push over pull",
    difficulty=2,
    minutes=5,
    hints=(
        "The pull has n_k terms, each of strength 1 - p_k = 1 - 1/K.",
        "The push has N - n_k terms, each of strength p_k = 1/K.",
        "Divide (N - n_k)/K by n_k (K - 1)/K.",
    ),
    explanation="It is 1 for balanced classes and grows like 1/n_k for rare ones.",
)
def push_over_pull(answer: Any) -> Outcome:
    """Judge (N - n_k) / ((K - 1) n_k)."""
    ratio = (_N - _SIZE) / ((K - 1) * _SIZE)
    return expect_expression(
        answer,
        ratio,
        name="the ratio",
        mistakes=[
            (1 / ratio, "That is the pull over the push."),
            ((_N - _SIZE) / _SIZE, "Terms have strengths, too: 1 - 1/K in the pull, 1/K in the push."),
            (_N / ((K - 1) * _SIZE), "The own samples pull; only N - n_k samples push."),
            ((_N - _SIZE) / (K * _SIZE), "Each term of the pull has the strength 1 - 1/K, not 1."),
            (K - 1, "That compares one term of each kind. How many terms has each?"),
            (1 / (K - 1), "That compares one term of each kind. How many terms has each?"),
            (_N / _SIZE, "The own samples do not push, and terms have strengths, too."),
        ],
    )


@exercise(
    "13.3",
    title="Weights that balance",
    difficulty=2,
    minutes=5,
    hints=(
        "n_k a_k is to be the same number for every class. Call it c.",
        "The K of them sum to N, so c = N / K.",
        "a_k = N / (K n_k): n.sum() / (len(n) * n).",
    ),
    explanation="Paper E's 1/(K n_k), times N: without the N the learning rate would have to grow.",
)
def class_weights(answer: Any) -> Outcome:
    """Judge weights by their two laws."""
    sizes = ([30, 10, 20], [5, 5], [100, 64, 41, 2], [1, 999])
    return expect_function(answer, [(list(n),) for n in sizes], _balances, name="class_weights")


def _balances(result: Any, counts: list[int]) -> Outcome:
    sizes = np.asarray(counts, dtype=float)
    wanted = sizes.sum() / (len(sizes) * sizes)
    outcome = expect_array(result, wanted, name="the result", tolerance=_TOLERANCE)
    if outcome:
        return outcome
    if total := _common_total(result, sizes):
        got = f"weights whose n_k a_k sum to {total:.4g} for the sizes {counts}"
        advice = "Every n_k a_k is the same, as it should be; their sum is not N yet."
        return Outcome.wrong("the result", expected="weights whose n_k a_k sum to N", got=got, advice=advice)
    for wrong, advice in (
        (sizes / sizes.sum(), "These favour the frequent classes even more."),
        (sizes * len(sizes) / sizes.sum(), "These favour the frequent classes even more."),
        (np.sqrt(wanted), "Without the root: n_k a_k is to be the same for every class."),
        (np.ones(len(sizes)), "Classes then count as many times as they have samples."),
    ):
        if expect_array(result, wrong):
            return Outcome.wrong("the result", expected="weights", got="other weights", advice=advice)
    return outcome


def _common_total(result: Any, sizes: np.ndarray) -> float | None:
    """Return the sum of the n_k a_k if they are all the same positive number."""
    try:
        first = float(result[0]) * float(sizes[0])
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        return None
    if not 0 < first < np.inf or not expect_array(result, first / sizes, tolerance=_TOLERANCE):
        return None
    return first * len(sizes)


@exercise(
    "13.4",
    title="What a ReLU can reach",
    difficulty=3,
    minutes=7,
    hints=(
        "Where w is negative, what is the best entry of h?",
        "It is 0 there. Elsewhere h should be parallel to w.",
        "h = max(w, 0); its cosine with w is |max(w, 0)| / |w|.",
    ),
    explanation="The best h is the positive part of w, and all that is negative in w is lost.",
)
def best_cosine(answer: Any) -> Outcome:
    """Judge |max(w, 0)| / |w| on random vectors."""
    rng = np.random.default_rng(13)
    vectors = [rng.normal(size=size) for size in (3, 5, 8, 40)]
    vectors = [np.where(w == w.max(), np.abs(w), w) for w in vectors] + [np.array([3.0, 4.0, -12.0])]
    return expect_function(answer, [(w,) for w in vectors], _is_best_cosine, name="best_cosine")


def _is_best_cosine(result: Any, w: np.ndarray) -> Outcome:
    positive, length = np.maximum(w, 0), np.linalg.norm(w)
    best = np.linalg.norm(positive) / length
    return expect_number(
        result,
        best,
        name="the result",
        tolerance=1e-8,
        mistakes=[
            (best**2, "That is the share of the square; take the root."),
            (np.linalg.norm(positive), "A cosine: divide by the length of w as well."),
            (positive.max() / length, "h may have several positive entries, not one."),
            (positive.sum() / length / len(w) ** 0.5, "That is the h with equal entries; follow w instead."),
            (1.0, "Only if w has no negative entry."),
            (0.5**0.5, "That is where half of the square is positive; look at this w."),
            (float(np.mean(w > 0)), "How large the positive entries are counts, not how many."),
            (positive.sum(), "That is a sum of entries. A cosine divides by lengths, and so is at most 1."),
            (positive.sum() / length, "Divide by the length of h as well."),
            (positive.sum() / np.abs(w).sum(), "Lengths are roots of sums of squares, not sums of entries."),
        ],
    )


@exercise(
    "13.5",
    title="Read the plot",
    difficulty=1,
    minutes=3,
    hints=(
        "Follow both curves to d = 512. Where are they, and how far apart?",
        "Both are close to the dashed line, 1/√2.",
        "Which angle has the cosine 1/√2?",
    ),
    explanation="The best and the worst class are both near 1/√2, the cosine of 45 degrees.",
)
def nearest_angle(answer: Any) -> Outcome:
    """Judge the angle read off."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the answer",
        mistakes={
            "a": "Training cannot pass a bound that holds for every h >= 0.",
            "b": "At d = 512 the curves of the best and the worst class nearly meet.",
            "d": "Orthogonal would be a cosine of 0; the curves are far above it.",
        },
    )


@exercise(
    "13.6",
    title="The canonical frame",
    difficulty=3,
    minutes=6,
    hints=(
        "The row is e_k - 1/K: one entry 1 - 1/K, and K - 1 entries -1/K.",
        "Its positive part has the length 1 - 1/K; its squared length is (1 - 1/K)^2 + (K - 1)/K^2.",
        "That is 1 - 1/K, so the cosine is (1 - 1/K) / sqrt(1 - 1/K).",
    ),
    explanation="It goes to 1 as K grows: with many classes the centred axes are nearly the axes.",
)
def canonical_frame(answer: Any) -> Outcome:
    """Judge sqrt((K - 1) / K)."""
    return expect_expression(
        answer,
        sp.sqrt((K - 1) / K),
        name="the best cosine",
        mistakes=[
            ((K - 1) / K, "That is the positive entry itself; divide by the length of w_k."),
            (1 / sp.sqrt(2), "That is the random frame's. Here a single entry is positive."),
            (1 / sp.sqrt(K), "That is the cosine of e_k with the all-ones vector."),
            (sp.sqrt(K / (K - 1)), "A cosine is at most 1; this is its inverse."),
        ],
    )


@exercise(
    "13.7",
    title="Wins by a clear margin",
    difficulty=2,
    minutes=4,
    hints=(
        "Go through the six columns, and compare the last row with the best of the other three.",
        "Without Mixup, ETF with CE is the strongest rival at two of the three imbalances.",
        "The leads are 1.6, 0.1, -1.1 without Mixup and 3.4, 2.6, 1.7 with it.",
    ),
    explanation="Four: all three with Mixup, and the strongest imbalance without.",
)
def clear_wins(answer: Any) -> Outcome:
    """Judge the count of columns with a lead above half a point."""
    return expect_number(
        answer,
        4,
        name="the number of columns",
        mistakes=[
            (5, "One of these leads is a tenth of a point."),
            (6, "That is so against the learnable classifiers. Compare with all three others."),
            (3, "Mixup's three are right; look again without Mixup at the strongest imbalance."),
        ],
    )


@exercise(
    "13.8",
    title="Check the sentence",
    difficulty=1,
    minutes=3,
    hints=(
        "Subtract the column ce from the column dot_regression.",
        "ResNet-34 and ResNet-101 both gain 0.8 points.",
        "ResNet-50: 86.1 - 85.5.",
    ),
    explanation="The gains as printed are 0.8, 0.6 and 0.8 points; percent should read percentage points.",
)
def smallest_improvement(answer: Any) -> Outcome:
    """Judge 0.6 points."""
    return expect_number(
        answer,
        sp.Rational(6, 10),
        name="the improvement",
        tolerance=1e-6,
        mistakes=[
            (0.8, "That one agrees with the sentence. Another does not."),
            (0.7, "No improvement in the table is 0.7; subtract again."),
            (-0.6, "Dot regression minus CE, not the other way round."),
            (0.006, "In points: accuracies in the table are in percent."),
        ],
    )
