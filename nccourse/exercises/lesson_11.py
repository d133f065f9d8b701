"""Exercises of lesson 11, minority collapse."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import equal, expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K
from nccourse.theory import imbalanced

_N, _W, _H = sp.symbols("N lambda_W lambda_H", positive=True)
_A, _B, _SMALL = sp.symbols("K_A K_B n_B", positive=True)
_F = sp.Symbol("f", positive=True)


@exercise(
    "11.1",
    title="More data for some",
    difficulty=1,
    minutes=3,
    hints=(
        "The margin of lesson 10 is log((K-1)(sqrt(n_k)/(N c) - 1)). What of it changes?",
        "Only N, the number of samples in all, which stands in the denominator.",
        "The margin of the small class falls; if it reaches zero, the class is gone.",
    ),
    explanation="N grows and n_k does not: the small class's share of the mean loss shrinks, and its margin.",
)
def more_data(answer: Any) -> Outcome:
    """Judge the prediction that samples of others can kill a class."""
    return expect_choice(
        answer,
        "c",
        "abc",
        name="the prediction",
        mistakes={
            "a": "Its samples are the same, but each of them is now a smaller share of the mean loss.",
            "b": "In a real network shared layers may learn from them; in the model nothing is shared but W.",
        },
    )


@exercise(
    "11.2",
    title="The threshold of a class",
    difficulty=2,
    minutes=6,
    hints=(
        "M = 0 means (K-1)(sqrt(n_k)/(N c) - 1) = 1.",
        "So sqrt(n_k) = N c K/(K-1).",
        "Square it and insert c^2 = (K-1)/K lambda_W lambda_H: one factor K/(K-1) cancels.",
    ),
    explanation="The threshold grows with the square of the number of samples in all.",
)
def threshold(answer: Any) -> Outcome:
    """Judge N^2 K/(K-1) lambda_W lambda_H."""
    right = _N**2 * K / (K - 1) * _W * _H
    return expect_expression(
        answer,
        right,
        name="the threshold",
        mistakes=[
            (_N**2 * _W * _H, "A factor in K is missing: M = 0 if the logarithm is zero; c contains K."),
            (_N**2 * (K - 1) / K * _W * _H, "That sets sqrt(n_k) = N c; M = 0 needs N c K/(K-1)."),
            (_N * sp.sqrt(K / (K - 1) * _W * _H), "That is the root of it: n_k stands under a root."),
            (_N**2 * (K / (K - 1)) ** 2 * _W * _H, "c^2 contains (K-1)/K, which cancels one factor."),
            (_N * K / (K - 1) * _W * _H, "N is squared together with the rest."),
        ],
    )


@exercise(
    "11.3",
    title="Who collapses",
    difficulty=2,
    minutes=7,
    hints=(
        "N is the sum of all counts, K their number.",
        "Compare each count with N^2 K/(K-1) lambda_W lambda_H.",
        "[n <= threshold for n in counts]",
    ),
    explanation="One threshold for all classes; which are below it depends on everyone's samples through N.",
)
def who_collapses(answer: Any) -> Outcome:
    """Judge a function on class sizes with none, some and all collapsed."""
    return expect_function(answer, _CASES, _names_the_collapsed, name="collapsed")


_CASES = [
    ([100, 20, 5], 1e-3, 1e-3),
    ([60, 6, 2], 3e-1, 2e-1),
    ([7, 64, 8, 16, 32], 3e-2, 2e-2),
    ([500, 500, 10, 10], 5e-3, 2e-3),
    ([300, 40, 40, 2, 1], 1e-2, 2e-4),
    # the second class exactly at the threshold, in powers of two, which do not round
    ([3, 1], 0.25, 0.125),
]


def _names_the_collapsed(result: Any, counts: list[int], lambda_W: float, lambda_H: float) -> Outcome:
    right = imbalanced.minimizer(counts, lambda_W, lambda_H).collapsed
    found = np.asarray(result) if isinstance(result, list | tuple | np.ndarray) else None
    kind = f"{len(counts)} booleans"
    if found is None or found.shape != right.shape or found.dtype != bool:
        return Outcome.wrong("the result", expected=kind, got=describe(result))
    if (found == right).all():
        return Outcome.right()
    sizes, classes, N = np.asarray(counts), len(counts), sum(counts)
    threshold = imbalanced.collapse_count(N, classes, lambda_W, lambda_H)
    slips = [
        (sizes < threshold, "A class exactly at the threshold has collapsed as well."),
        (sizes <= threshold / N, "N is squared in the threshold."),
        (sizes <= threshold * ((classes - 1) / classes) ** 2, "The factor is K/(K-1), not (K-1)/K."),
        (np.sort(sizes) <= threshold, "Keep the order of counts."),
        (np.sort(sizes)[::-1] <= threshold, "Keep the order of counts."),
    ]
    at_threshold = bool((sizes == threshold).any())
    telling = [
        text
        for slip, text in slips
        if (at_threshold or (slip.any() and not slip.all())) and (found == slip).all()
    ]
    advice = telling[0] if telling else ""
    if (found == ~right).all():
        advice = "True is to mean collapsed, not surviving."
    return Outcome.wrong("the result", expected=kind, got="another answer", advice=advice)


@exercise(
    "11.4",
    title="Solve for the ratio",
    difficulty=3,
    minutes=8,
    hints=(
        "n_B <= N^2 K/(K-1) lambda_W lambda_H with N = n_B (R K_A + K_B): divide by n_B.",
        "(R K_A + K_B)^2 >= (K-1)/(n_B K lambda_W lambda_H); take the root.",
        "Subtract K_B, divide by K_A.",
    ),
    explanation="A square root appears, because R enters N as well.",
)
def solved_ratio(answer: Any) -> Outcome:
    """Judge (17) solved for R."""
    inner = (K - 1) / (_SMALL * K * _W * _H)
    answer = _above_one(answer)
    if isinstance(answer, sp.Expr) and answer.has(sp.Max, sp.Min, sp.Piecewise):
        advice = "Give the solution itself, without cases."
        return Outcome.wrong("the ratio", expected="one formula", got="a choice of several", advice=advice)
    if isinstance(answer, sp.Rel):
        advice = "Give the smallest R alone, the side without R."
        return Outcome.wrong("the ratio", expected="an expression", got="an inequality", advice=advice)
    if isinstance(answer, sp.Expr):
        if sp.Symbol("N") in _bare(answer).free_symbols:
            advice = "N contains R: write it as n_B (R K_A + K_B) before you solve."
            return Outcome.wrong("the ratio", expected="one without N", got="one in N", advice=advice)
        if equal(_by_groups(answer), _by_groups((sp.sqrt(inner) - _B) / _A)):
            return Outcome.right()
    return expect_expression(
        answer,
        (sp.sqrt(inner) - _B) / _A,
        name="the ratio",
        mistakes=[
            ((inner - _B) / _A, "R K_A + K_B stands squared: N contains it, and N is squared."),
            ((-sp.sqrt(inner) - _B) / _A, "Of the two roots this one is negative; a ratio of sizes is not."),
            (sp.sqrt(inner) / _A - _B, "Divide K_B by K_A as well."),
            (sp.sqrt((K - 1) / (K * _W * _H)) / _A - _B / _A, "One n_B is left after dividing."),
        ],
    )


def _above_one(answer: Any) -> Any:
    # a ratio is at least 1 by definition: Max(1, R) says no more than R
    rest = [part for part in answer.args if part != 1] if isinstance(answer, sp.Max) else []
    return rest[0] if len(rest) == 1 else answer


def _bare(expression: sp.Expr) -> sp.Expr:
    return expression.xreplace({symbol: sp.Symbol(symbol.name) for symbol in expression.free_symbols})


def _by_groups(expression: sp.Expr) -> sp.Expr:
    # K may stand there, or K_A + K_B: sizes of groups and decays are positive
    bare = _bare(expression).subs(sp.Symbol("K"), sp.Symbol("K_A") + sp.Symbol("K_B"))
    return bare.xreplace({symbol: sp.Symbol(symbol.name, positive=True) for symbol in bare.free_symbols})


@exercise(
    "11.5",
    title="After the minority",
    difficulty=2,
    minutes=3,
    hints=(
        "Reset the laboratory and move R from left to right; watch the green mark.",
        "Read the margin of the large classes in the text before and after the first dotted line.",
        "At the second dotted line it reaches zero.",
    ),
    explanation="Both n_A and N grow with R, and the margin hangs on sqrt(n_A)/N: down once R > K_B/K_A.",
)
def after_the_minority(answer: Any) -> Outcome:
    """Judge what becomes of the majority's margin."""
    return expect_choice(
        answer,
        "c",
        "abc",
        name="the answer",
        mistakes={
            "a": "Follow the green curve to the right of the first dotted line.",
            "b": "It does not stop there; compare the text at both ends of the slider.",
        },
    )


@exercise(
    "11.6",
    title="A remark about multipliers",
    difficulty=2,
    minutes=5,
    hints=(
        "What does affine buy? That the KKT conditions are necessary, not that multipliers vanish.",
        "A multiplier is zero for sure only where its constraint is slack, that is, an entry positive.",
        "At the minimizer most entries of H are zero, and the table shows their gradients.",
    ),
    explanation="The paper uses the remark for Lemma 1 alone; there the trace suffices, as mu H = 0.",
)
def first_false(answer: Any) -> Outcome:
    """Judge which part of the remark fails first."""
    return expect_choice(
        answer,
        "b",
        "abc",
        name="the answer",
        mistakes={
            "a": "Affine constraints need no further condition for KKT; that part is sound.",
            "c": "That is false as well, but it follows from an earlier part that is false already.",
        },
    )


@exercise(
    "11.7",
    title="The price of a dead class",
    difficulty=3,
    minutes=6,
    hints=(
        "The minimum is a sum over classes, and with equal sizes each has the share f/K.",
        "K - 1 classes keep theirs. What does the dead one pay, whose logits are all zero?",
        "Its loss is log K, its decay nothing; it is 1/K of the samples.",
    ),
    explanation="The others do not even notice: y_k depends on n_k and N alone.",
)
def dead_class(answer: Any) -> Outcome:
    """Judge (K-1)/K f + log(K)/K."""
    return expect_expression(
        answer,
        (K - 1) / K * _F + sp.log(K) / K,
        name="the objective",
        mistakes=[
            (_F + sp.log(K) / K, "The dead class no longer pays its share f/K."),
            ((K - 1) / K * _F, "A class with zero logits has a loss: it guesses among K."),
            ((K - 1) / K * _F + sp.log(K), "Its samples are one K-th of all."),
            ((K - 1) / K * _F + sp.log(K - 1) / K, "With all logits zero it guesses among all K."),
        ],
    )


@exercise(
    "11.8",
    title="How many starts",
    difficulty=2,
    minutes=4,
    hints=(
        "All m starts fail with probability q^m.",
        "Solve q^m < 1e-6: m > log(1e-6)/log(q).",
        "log(1e6)/log(6) is about 7.7; starts are whole.",
    ),
    explanation="Failing often is cheap to mend, as long as a closed form or a bound says when to stop.",
)
def how_many_starts(answer: Any) -> Outcome:
    """Judge 8."""
    return expect_number(
        answer,
        8,
        name="the number of starts",
        mistakes=[
            (9, "Nine are enough, but so is a smaller number."),
            (7, "Seven leave a chance of 1/6^7, still above one in a million."),
            (6, "After six starts all have failed with probability 1/6^6."),
            (1_000_000, "Chances multiply: the logarithm of a million counts."),
            (76, "q is the chance to fail, 1/6, not 5/6."),
        ],
    )
