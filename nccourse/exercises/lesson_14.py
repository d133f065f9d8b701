"""Exercises of lesson 14, open sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
import torch

from nccourse import metrics
from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K, gamma
from nccourse.theory.normalized_offset import offset_without_bias

_RHO = sp.Symbol("rho", positive=True)
_IMPOSSIBLE = {("svhn", "bce"), ("cifar+50", "bce")}


@exercise(
    "14.1",
    title="How sure of what it never saw",
    difficulty=1,
    minutes=2,
    hints=(
        "Nothing in the loss ever asked for low probabilities on anything.",
        "The softmax compares six logits; with gamma = 32 small gaps of cosines are large ones of logits.",
        "A difference of 0.07 in the cosines is already a factor of nine in the probabilities.",
    ),
    explanation="Softmax compares six logits with each other; the scale makes small differences large.",
)
def confident(answer: Any) -> Outcome:
    """Judge the prediction that unknown images get large probabilities."""
    return expect_choice(
        answer,
        "c",
        "abc",
        name="the prediction",
        mistakes={
            "a": "Equal probabilities need equal logits. At gamma = 32, how equal must cosines be for that?",
            "b": "Think of how the scale blows up small differences between six cosines.",
        },
    )


@exercise(
    "14.2",
    title="An AUROC by hand",
    difficulty=1,
    minutes=3,
    hints=(
        "There are 3 times 2 pairs.",
        "The image with score 3 wins both its pairs.",
        "Each image with score 2 wins one pair and ties in the other.",
    ),
    explanation="Two wins, and twice one win and a half: 5 of 6.",
)
def by_hand(answer: Any) -> Outcome:
    """Judge 5/6."""
    return expect_number(
        answer,
        sp.Rational(5, 6),
        name="the AUROC",
        tolerance=0.002,
        mistakes=[
            (sp.Rational(4, 6), "Two pairs are ties; each counts half, not nothing."),
            (1, "Two pairs are ties; each counts half, not one."),
            (5, "That is the sum; divide by the number of pairs."),
            (sp.Rational(1, 6), "That is the share of pairs in which the unknown image scores higher."),
            *((wrong, "Give a fraction, not percent.") for wrong in (83, 500 / 6)),
            (0.83, "Two digits are too few here; give a fraction."),
        ],
    )


@exercise(
    "14.3",
    title="Program the AUROC",
    difficulty=2,
    minutes=6,
    hints=(
        "known[:, None] - unknown[None, :] holds the difference of every pair.",
        "Comparisons give arrays of booleans, and the mean of booleans is a share.",
        "Weigh the booleans of d > 0 and of d == 0 as (1) does, add, and average over both axes.",
    ),
    explanation="The package sorts the unknown scores instead: N log M steps where this takes N M.",
)
def program_auroc(answer: Any) -> Outcome:
    """Judge (1) on scores with and without ties."""
    return expect_function(answer, _score_pairs(), _is_auroc, name="auroc")


@exercise(
    "14.4",
    title="Program the OSCR",
    difficulty=2,
    minutes=6,
    hints=(
        "Only the factor [i correct] is new.",
        "correct[:, None] is a column that multiplies every pair of a known image.",
        "Divide by all N M pairs, as in (2), not by those of correct images.",
    ),
    explanation="With every image correct it is the AUROC.",
)
def program_oscr(answer: Any) -> Outcome:
    """Judge (2) on scores with ties and wrong images."""
    return expect_function(answer, _scored_classes(), _is_oscr, name="oscr")


@exercise(
    "14.5",
    title="Rows that cannot be",
    difficulty=2,
    minutes=5,
    hints=(
        "(3) has a lower bound, which needs the accuracy, and an upper one, which does not.",
        "Compare the columns auroc and oscr of each row.",
        "Four rows are of CE, four of BCE; look at every one, without[mask] shows those of a mask.",
    ),
    explanation="An OSCR above the AUROC: dropping pairs cannot add any.",
)
def impossible_rows(answer: Any) -> Outcome:
    """Judge the rows with an OSCR above their AUROC."""
    found = _as_pairs(answer)
    if found is None:
        return Outcome.wrong("the rows", expected="a list of pairs (split, loss)", got=describe(answer))
    if found == _IMPOSSIBLE:
        return Outcome.right()
    advice = "In a row that contradicts (3) the OSCR is above the AUROC."
    if found < _IMPOSSIBLE:
        advice = "These are right; there is another."
    elif any(loss == "ce" for _, loss in found):
        advice = "CE's rows have a far lower OSCR than AUROC on two splits, which (3) allows: low accuracy."
    return Outcome.wrong("the rows", expected="those that (3) excludes", got=describe(answer), advice=advice)


@exercise(
    "14.6",
    title="Farthest from all corners",
    difficulty=2,
    minutes=4,
    hints=(
        "Compute the cosines of -w_1 with w_1, and with another weight.",
        "Different weights of an ETF have the cosine -1/(K-1).",
        "Turning a vector round turns the sign of each of its cosines.",
    ),
    explanation="The weights are the corners of a simplex, and this is the radius of the ball inside it.",
)
def farthest(answer: Any) -> Outcome:
    """Judge 1/(K-1)."""
    return expect_expression(
        answer,
        1 / (K - 1),
        name="the cosine",
        mistakes=[
            (-1 / (K - 1), "That is the cosine of w_1 itself with the others; -w_1 is on the other side."),
            (sp.Integer(-1), "That is the cosine with w_1, the smallest; the largest is asked for."),
            (sp.Integer(0), "0 is reached only by leaving the span of the weights."),
            (1 / K, "The cosine of two corners of an ETF has K - 1 below the fraction bar."),
        ],
    )


@exercise(
    "14.7",
    title="Deleting a bias",
    difficulty=2,
    minutes=3,
    hints=(
        "All logits of all images rise by 5.",
        "Does the largest logit of any image overtake that of another one?",
        "(1) knows the order of the scores only.",
    ),
    explanation="Equal biases act in training or not at all.",
)
def deleted(answer: Any) -> Outcome:
    """Judge that a common shift changes no order."""
    return expect_choice(
        answer,
        "b",
        "abc",
        name="the answer",
        mistakes={
            "a": "In training it does, perhaps. Now every score of every image rises by the same 5.",
            "c": "Known and unknown scores rise alike. What becomes of a pair's order?",
        },
    )


@exercise(
    "14.8",
    title="What leaning costs",
    difficulty=3,
    minutes=6,
    hints=(
        "u is orthogonal to all v_k, so each inner product is one of u's plus one of v's.",
        "u contributes -rho to both; v_k and v_j have the cosine -1/(K-1).",
        "The parts of u cancel in the difference; the parts of v carry the factor 1 - rho.",
    ),
    explanation="The ETF's gap, smaller by the factor 1 - rho. The threshold has its price.",
)
def gap(answer: Any) -> Outcome:
    """Judge gamma (1 - rho) K/(K-1)."""
    return expect_expression(
        answer,
        gamma * (1 - _RHO) * K / (K - 1),
        name="the gap",
        mistakes=[
            (gamma * (1 - 2 * _RHO), "That is the own score; subtract another class's."),
            ((1 - _RHO) * K / (K - 1), "The scores carry the factor gamma."),
            (gamma * K / (K - 1), "That is the gap without leaning; sqrt(1 - rho) of each vector is left."),
            (gamma * (1 - _RHO), "The other classes' v are not orthogonal to v_k: their cosine is -1/(K-1)."),
            (gamma * sp.sqrt(1 - _RHO) * K / (K - 1), "Both vectors of a product carry sqrt(1 - rho)."),
        ],
    )


@exercise(
    "14.9",
    title="Read off the lean",
    difficulty=1,
    minutes=2,
    hints=(
        "Find the curve of BCE without bias; CE's has its lowest point at the left end.",
        "Go to its lowest point and straight down.",
        "The solved model's mark sits there.",
    ),
    explanation="With K = 6 and gamma = 32 theory has 0.293.",
)
def read_off(answer: Any) -> Outcome:
    """Judge the minimum of (5) to about 0.02."""
    exact, value = float(offset_without_bias(6, 32.0)), as_number(answer) or 0.0
    side = "That is too far to the " + ("left." if value < exact else "right.")
    mistakes = [(0, "That is where CE has its minimum."), (value, side)]
    return expect_number(answer, exact, name="the lean", tolerance=0.07, mistakes=mistakes)


def _score_pairs() -> list[tuple[Any, Any]]:
    rng = np.random.default_rng(14)
    smooth = [(rng.normal(1.0, 1.0, n), rng.normal(0.0, 1.0, m)) for n, m in ((5, 8), (1, 3), (40, 30))]
    tied = [(rng.integers(3, size=n) * 1.0, rng.integers(3, size=m) * 1.0) for n, m in ((6, 4), (9, 9))]
    return [*smooth, *tied]


def _scored_classes() -> list[tuple[Any, Any, Any]]:
    rng = np.random.default_rng(15)
    return [(known, rng.random(len(known)) < 0.6, unknown) for known, unknown in _score_pairs()]


def _is_auroc(result: Any, known: Any, unknown: Any) -> Outcome:
    wins, ties = (known[:, None] > unknown).mean(), (known[:, None] == unknown).mean()
    exact = metrics.auroc(torch.from_numpy(known), torch.from_numpy(unknown))
    return _judge_area(result, exact, wins, wins + ties, 1 - exact, wins * known.size * unknown.size)


def _is_oscr(result: Any, known: Any, correct: Any, unknown: Any) -> Outcome:
    pairs = (known[:, None] > unknown) * correct[:, None], (known[:, None] == unknown) * correct[:, None]
    wins, ties = (pair.mean() for pair in pairs)
    exact = metrics.oscr(torch.from_numpy(known), torch.from_numpy(correct), torch.from_numpy(unknown))
    area = metrics.auroc(torch.from_numpy(known), torch.from_numpy(unknown))
    value = as_number(result)
    advice = ""
    if value is not None and correct.any() and not correct.all():
        if abs(value - exact / correct.mean()) < 1e-9 and exact > 0:
            advice = "Divide by all pairs: an image that is wrong counts as a pair lost, it is not left out."
        elif abs(value - area) < 1e-9 and abs(area - exact) > 1e-9:
            advice = "That is the AUROC; pairs of images that are wrong do not count."
    if advice:
        return Outcome.wrong("the result", expected="another number", got=describe(result), advice=advice)
    return _judge_area(result, exact, wins, wins + ties, 1 - exact, exact * known.size * unknown.size)


def _judge_area(
    result: Any, exact: float, strict: float, full: float, swapped: float, total: float
) -> Outcome:
    return expect_number(
        result,
        exact,
        name="the result",
        tolerance=1e-9,
        mistakes=[
            (strict, "A tie counts half, here it counted nothing."),
            (full, "A tie counts half, here it counted fully."),
            (swapped, "The share is of pairs in which the known image scores higher, not the unknown one."),
            (total, "That is a sum; divide by the number of pairs."),
        ],
    )


def _as_pairs(answer: Any) -> set[tuple[str, str]] | None:
    if not isinstance(answer, list | tuple | set):
        return None
    entries = list(answer)
    if not all(isinstance(entry, list | tuple) and len(entry) == 2 for entry in entries):
        return None
    return {(str(split).lower(), str(loss).lower()) for split, loss in entries}
