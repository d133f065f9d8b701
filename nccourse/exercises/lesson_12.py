"""Exercises of lesson 12, the fixed classifier."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp

from nccourse.exercises.answers import describe
from nccourse.exercises.array import expect_array
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import expect_number
from nccourse.exercises.outcome import Outcome
from nccourse.symbolic import K
from nccourse.theory import fixed_etf

_P, _A = sp.symbols("p A", positive=True)
_THETA = sp.Symbol("theta", real=True)


@exercise(
    "12.1",
    title="Where features go",
    difficulty=1,
    minutes=2,
    hints=(
        "The weights cannot move. Whose feature does the loss of one sample depend on?",
        "On its own feature alone: the objective is a sum of problems that share no variable.",
        "So how often a class occurs cannot change where its features are best.",
    ),
    explanation="With fixed weights every sample has a problem of its own; counts say how often it occurs.",
)
def where_features_go(answer: Any) -> Outcome:
    """Judge the prediction that counts do not matter."""
    return expect_choice(
        answer,
        "a",
        "abc",
        name="the prediction",
        mistakes={
            "b": "What would shorten them? The bound on the length is the same for every sample.",
            "c": "They could only merge towards a common weight, but the weights are fixed and differ.",
        },
    )


@exercise(
    "12.2",
    title="Pull and push together",
    difficulty=2,
    minutes=5,
    hints=(
        "With K - 1 rivals of probability p each, 1 - p_c is the sum of theirs.",
        "The rivals' weights sum to -w_c, so the push, -p times that sum, is p w_c.",
        "(K - 1) p from the pull, p from the push.",
    ),
    explanation="Where the rivals tie, the push points along w_c as well: it helps.",
)
def together(answer: Any) -> Outcome:
    """Judge K p."""
    if {symbol.name for symbol in getattr(answer, "free_symbols", ())} - {"K", "p"} == {"p_c"}:
        advice = "The probabilities sum to one: write p_c in K and p."
        return Outcome.wrong(
            "the factor", expected="an expression in K, p", got=describe(answer), advice=advice
        )
    return expect_expression(
        answer,
        K * _P,
        name="the factor",
        mistakes=[
            ((K - 1) * _P, "That is the pull. What is left of the push when the weights sum to zero?"),
            ((K - 2) * _P, "Mind the signs: the rivals sum to -w_c, and the push has another minus."),
            (_P, "That is the push. Add the pull, 1 - p_c = (K - 1) p."),
            (1 - (K - 1) * _P, "That is p_c, the probability of the own class."),
            (-K * _P, "Mind the sign: that is the gradient, and pull and push are minus it."),
        ],
    )


@exercise(
    "12.3",
    title="Program pull and push",
    difficulty=3,
    minutes=9,
    hints=(
        "logits = W @ h; scipy.special.softmax(logits) gives the probabilities p.",
        "pull = (1 - p[c]) * W[c]. For the push leave class c out of the sum.",
        "push = -(p @ W - p[c] * W[c]); return (pull, push).",
    ),
    explanation="Together they are w_c - sum_k p_k w_k: the own weight minus the mean one the model expects.",
)
def pull_and_push(answer: Any) -> Outcome:
    """Judge a function against (13) on random classifiers."""
    return expect_function(answer, _forces(), _is_pull_and_push, name="pull_and_push")


def _forces() -> list[tuple[Any, int, Any]]:
    rng = np.random.default_rng(12)
    sizes = ((3, 2, 0), (3, 2, 2), (2, 4, 1), (6, 5, 3))
    return [(rng.normal(size=d), c, rng.normal(size=(k, d))) for k, d, c in sizes]


def _is_pull_and_push(result: Any, h: Any, c: int, W: Any) -> Outcome:
    pull, push = (force[0] for force in fixed_etf.pull_push(h[None], [c], W))
    if not isinstance(result, tuple | list) or len(result) != 2:
        return Outcome.wrong("the result", expected="a pair (pull, push)", got=describe(result))
    if expect_array(result[0], -pull) and expect_array(result[1], -push):
        return Outcome.wrong(
            "the result",
            expected="a pair (pull, push)",
            got="minus both",
            advice="That is the gradient; pull and push are the parts of the negative one.",
        )
    first = expect_array(result[0], pull, name="the pull in the result")
    if not first and expect_array(result[0], push) and expect_array(result[1], pull):
        return Outcome.wrong("the result", expected="a pair (pull, push)", got="push and pull swapped")
    return first and _judge_push(result[1], pull, push, W[c])


def _judge_push(found: Any, pull: Any, push: Any, own: Any) -> Outcome:
    outcome = expect_array(found, push, name="the push in the result")
    if outcome:
        return outcome
    if expect_array(found, -push):
        return _advise(outcome, "Its sign is wrong: a push leads away from the other weights.")
    if expect_array(found, push + pull - own):
        return _advise(outcome, "Leave the own class out of its sum.")
    if expect_array(found, push + pull):
        return _advise(outcome, "That is pull and push together.")
    return outcome


def _advise(outcome: Outcome, advice: str) -> Outcome:
    return replace(outcome, reason=f"{outcome.reason}. {advice}")


@exercise(
    "12.4",
    title="One step of dot regression",
    difficulty=2,
    minutes=6,
    hints=(
        "In units of sqrt(E_H), h has the part cos(theta) along w_c and sin(theta) across it.",
        "The step adds 1 - cos(theta) along w_c and nothing across; dividing by the length keeps the angle.",
        "tan(theta') = across / along, and along is cos(theta) + 1 - cos(theta).",
    ),
    explanation="Along the weight the step goes exactly as far as the optimum; across, it does nothing.",
)
def one_step(answer: Any) -> Outcome:
    """Judge tan theta' = sin theta."""
    sine, cosine = sp.sin(_THETA), sp.cos(_THETA)
    return expect_expression(
        answer,
        sine,
        name="tan(theta')",
        domain={"theta": (sp.Rational(1, 10), sp.Rational(3, 2))},
        mistakes=[
            (sine / cosine, "That is the angle before the step; add the step along w_c."),
            (sine / (1 - cosine), "That is the step alone; h had a part cos(theta) along w_c before."),
            (1 / sine, "The tangent is across over along, not along over across."),
            (sp.atan(sine), "That is theta' itself; its tangent is asked for."),
            (sine / sp.sqrt(1 + sine**2), "That is the sine of theta'; its tangent is asked for."),
            (sine / (2 * cosine - 1), "Mind the sign: the step is along w_c, so it adds to h."),
        ],
    )


@exercise(
    "12.5",
    title="Count the steps",
    difficulty=2,
    minutes=4,
    hints=(
        "Each step adds one to 1/sin^2(theta).",
        "At the start it is 1/sin^2(30 degrees) = 4; at the end it must be 1/0.01^2.",
        "10,000 - 4.",
    ),
    explanation="For one more digit a hundred times as many steps: that is what sublinear means here.",
)
def count_the_steps(answer: Any) -> Outcome:
    """Judge 9996."""
    return expect_number(
        answer,
        9996,
        name="the number of steps",
        mistakes=[
            (10_000, "Nearly: the start counts, too. 1/sin^2 is not 0 at 30 degrees."),
            (10_004, "Mind the sign: each step adds to what 1/sin^2 is at the start."),
            (9998, "At 30 degrees sin is 1/2, and its square is asked for."),
            (96, "1/sin^2 must become 1/0.01^2, and that is a square."),
            (100, "1/sin^2 must become 1/0.01^2, and that is a square."),
        ],
    )


@exercise(
    "12.6",
    title="The best fixed step",
    difficulty=3,
    minutes=7,
    hints=(
        "As g grows, 1/(1+g) falls. |1 - gA|/(1+g) falls to 0 at g = 1/A and then rises.",
        "The larger of the two is least where they are equal, beyond 1/A.",
        "(gA - 1)/(1 + g) = 1/(1 + g).",
    ),
    explanation="The factor there is A/(A+2): far from 1 unless A = sqrt(E_W E_H)/(K-1) is large.",
)
def best_step(answer: Any) -> Outcome:
    """Judge g = 2/A."""
    return expect_expression(
        answer,
        2 / _A,
        name="the best g",
        domain={"A": (sp.Rational(1, 2), 9)},
        mistakes=[
            (1 / _A, "There the factor in the span is 0, but the other one could still shrink."),
            (2 / (_A - 1), "That is where the factor in the span reaches 1: the end of stability."),
            (_A / (_A + 2), "That is the factor reached; the step is asked for."),
        ],
    )


@exercise(
    "12.7",
    title="Where Theorem 2 fails",
    difficulty=3,
    minutes=6,
    hints=(
        "Read (41) again: on which side of the sign does the distance after the step stand?",
        "If x <= B and B >= c, what follows for x and c?",
        "Nothing. The proof shows that a bound is large, not that what it bounds is.",
    ),
    explanation="The same happens at (36) for dot regression: an upper bound is printed as an equality.",
)
def where_it_fails(answer: Any) -> Outcome:
    """Judge which step of the printed proof fails."""
    return expect_choice(
        answer,
        "b",
        "abcd",
        name="the answer",
        mistakes={
            "a": "A projection on a convex set never increases a distance; (37) may use that.",
            "c": "They do tie, exactly, for a feature displaced orthogonally to all weights.",
            "d": "It may: the least value over all steps lies below that of every fixed step.",
        },
    )


@exercise(
    "12.8",
    title="Who is ahead, and when",
    difficulty=2,
    minutes=3,
    hints=(
        "Find the two curves of the figure that belong to L = 6 and to dot regression.",
        "Lower is better. On the left of the figure dot regression is below.",
        "Find where they cross, and read the steps below.",
    ),
    explanation="Dot regression goes like 1/sqrt(steps), cross-entropy with L = 6 exponentially, but slowly.",
)
def who_is_ahead(answer: Any) -> Outcome:
    """Judge where the curves cross."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the answer",
        mistakes={
            "a": "That is so at L = 1; look at the curve of L = 6.",
            "b": "At a hundred steps dot regression is still clearly below.",
            "d": "Follow both curves to the right end: which one is lower there?",
        },
    )
