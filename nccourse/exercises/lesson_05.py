"""Exercises of lesson 05, the landscape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp
import torch
from scipy.optimize import brentq
from scipy.special import lambertw

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome

lambda_W, lambda_H, s = sp.symbols("lambda_W lambda_H s", positive=True)


@exercise(
    "05.1",
    title="Away from zero",
    difficulty=1,
    minutes=2,
    hints=(
        "By lesson 04 the minimum at little decay is not zero. Is zero a hollow then?",
        "The loss falls as soon as weights and features of a class point the same way.",
        "Small random entries are enough to have such a part; it grows.",
    ),
    explanation="Near zero the gradient is tiny; the good part grows exponentially.",
)
def from_zero(answer: Any) -> Outcome:
    """Judge the prediction about a start next to zero."""
    return expect_choice(
        answer,
        "b",
        "abc",
        name="the prediction",
        mistakes={
            "a": "With little decay the loss gains more than decay costs, also close to zero.",
            "c": "Lesson 04 solved the same models from several starts: did they end at different values?",
        },
    )


@exercise(
    "05.2",
    title="The lowest curvature at zero",
    difficulty=2,
    minutes=6,
    hints=(
        "Eigenvalues m of a 2 x 2 matrix solve m^2 - (trace) m + determinant = 0.",
        "The trace is lambda_W + lambda_H, the determinant lambda_W lambda_H - s^2.",
        "Half the trace, less the root of (half the trace)^2 - determinant; simplify what is under the root.",
    ),
    explanation="With equal decays it is simply lambda - s.",
)
def lowest_curvature(answer: Any) -> Outcome:
    """Judge the smaller eigenvalue of the 2 x 2 block."""
    half, difference = (lambda_W + lambda_H) / 2, (lambda_W - lambda_H) / 2
    root = sp.sqrt(difference**2 + s**2)
    return expect_expression(
        answer,
        half - root,
        name="the eigenvalue",
        mistakes=[
            (half + root, "That is the larger one; take the other sign of the root."),
            (half - s, "That holds for equal decays only."),
            (lambda_W * lambda_H - s**2, "That is the determinant, the product of both eigenvalues."),
            (2 * (half - root), "The solution of a quadratic equation has a factor 1/2."),
        ],
    )


@exercise(
    "05.3",
    title="Ways down from zero",
    difficulty=2,
    minutes=4,
    hints=(
        "Each pair (singular pair of G, unit vector a) gives one block (2), with one negative eigenvalue.",
        "G has K - 1 singular values that are not zero; independent vectors a there are d.",
        "In the list above: K = 3, d = 4, and 8 directions. The number of samples does not enter.",
    ),
    explanation="(K-1) d. The other directions are flat against the loss: decay alone bends them upwards.",
)
def ways_down(answer: Any) -> Outcome:
    """Judge (K-1) d = 144."""
    return expect_number(
        answer,
        144,
        name="the number of directions",
        mistakes=[
            (9, "Each singular pair can be combined with d independent vectors a."),
            (160, "G has K - 1 non-zero singular values, not K: its rows sum to zero."),
            (16, "That counts the vectors a; there are several singular pairs, too."),
            (720, "Samples do not add directions down: the rank of G is K - 1 for any n."),
            (288, "Each block (2) has two eigenvalues, but only one is negative."),
        ],
    )


@exercise(
    "05.4",
    title="From a matrix to a number",
    difficulty=2,
    minutes=4,
    hints=(
        "Write the shapes of all terms in (C 26): b is a vector with K entries.",
        "What is the gradient of g by the matrix WH + b 1'? It has K rows and N columns.",
        "A matrix times the ones vector is the vector of its row sums. Need they be equal?",
    ),
    explanation="The row sums are equal when all classes play one role, as at the minimum; in general not.",
)
def wrong_step(answer: Any) -> Outcome:
    """Judge which step of the printed proof fails."""
    return expect_choice(
        answer,
        "b",
        "abc",
        name="the answer",
        mistakes={
            "a": "The first equation is the chain rule and holds.",
            "c": "The point has a positive decay of the bias, so dividing is allowed.",
        },
    )


@exercise(
    "05.5",
    title="The way down",
    difficulty=3,
    minutes=10,
    hints=(
        "torch.linalg.svd(G) returns U, the singular values, and V transposed.",
        "u is the first column of U, of length N; v the first row of V transposed, of length K.",
        "torch.outer(v, a) has shape (K, d). Mind the minus sign of D_H, and the fourth roots.",
    ),
    explanation="Inserted into (1) it gives -2 (sigma - sqrt(lambda_W lambda_H)).",
)
def escape(answer: Any) -> Outcome:
    """Judge directions by their shapes, by the unused dimension, and by (1)."""
    return expect_function(answer, _escapes(), _leads_down, name="escape")


def _escapes() -> list[tuple[Any, ...]]:
    rng = torch.Generator().manual_seed(5)

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=rng, dtype=torch.float64)

    cases = []
    for samples, classes, dim, decays in (
        (6, 3, 4, (0.1, 0.1)),
        (4, 4, 5, (0.3, 0.02)),
        (9, 3, 7, (0.01, 0.4)),
    ):
        a = random(dim)
        cases.append((random(samples, classes), *decays, a / a.norm()))
    return cases


def _leads_down(result: Any, G: torch.Tensor, decay_W: float, decay_H: float, a: torch.Tensor) -> Outcome:
    shapes = (G.shape[1], len(a)), (G.shape[0], len(a))
    expected = f"tensors of shape {shapes[0]} and {shapes[1]}"
    if not isinstance(result, tuple | list) or len(result) != 2:
        return Outcome.wrong("the result", expected=expected, got=describe(result))
    parts = [torch.from_numpy(part) if _is_real_array(part) else part for part in result]
    if not all(isinstance(part, torch.Tensor) and part.is_floating_point() for part in parts):
        return Outcome.wrong("the result", expected=expected, got=describe(result))
    D_W, D_H = (part.detach().double() for part in parts)
    if (tuple(D_W.shape), tuple(D_H.shape)) != shapes:
        got = f"{tuple(D_W.shape)} and {tuple(D_H.shape)}"
        return Outcome.wrong("the shapes", expected=expected, got=got)
    return _judge_curvature(D_W, D_H, G, (decay_W, decay_H), a)


def _is_real_array(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.dtype in (np.float32, np.float64)


def _judge_curvature(
    D_W: torch.Tensor, D_H: torch.Tensor, G: torch.Tensor, decays: tuple[float, float], a: torch.Tensor
) -> Outcome:
    if max(float((D - torch.outer(D @ a, a)).abs().max()) for D in (D_W, D_H)) > 1e-8:
        return Outcome.wrong(
            "the directions",
            expected="rows along a, the dimension nobody uses",
            got="rows with a part elsewhere",
        )
    pull = 2 * float((G * (D_H @ D_W.T)).sum())
    cost = decays[0] * float((D_W**2).sum()) + decays[1] * float((D_H**2).sum())
    norm, size = float(torch.linalg.matrix_norm(G, 2)), float(D_W.norm() * D_H.norm())
    best = -2 * (norm - math.sqrt(decays[0] * decays[1]))
    if abs(pull + cost - best) <= 1e-8 * abs(best):
        return Outcome.right()
    if abs(abs(pull) / 2 - norm * size) > 1e-8 * norm * size or size == 0:
        advice = "<G, D_H D_W'> should be minus the largest singular value: are u and v the first pair?"
    elif pull > 0:
        advice = "The loss rises along it: D_H needs the opposite sign."
    elif abs(size - 1) > 1e-8:
        advice = "<G, D_H D_W'> should be minus the largest singular value: check the lengths of D_W and D_H."
    else:
        advice = "The loss falls as it should, but decay costs too much: check the fourth roots."
    return Outcome.wrong("the curvature (1)", expected="that of (4)", got=f"{pull + cost:.6g}", advice=advice)


@exercise(
    "05.6",
    title="The exact threshold",
    difficulty=3,
    minutes=9,
    hints=(
        "Write F as a function of p alone inside convex_from.",
        "F(1) = 0, so the interval must end before 1. All thresholds lie below 0.06.",
        "For small beta the root is tiny; start the interval at 1e-300 and end it at 0.1.",
    ),
    explanation="At beta = 3, as in paper C's experiments, 0.0575: a quarter of the printed bound.",
)
def convex_from(answer: Any) -> Outcome:
    """Judge the threshold for several exponents."""
    return expect_function(
        answer, [3.0, 2.0, 1.0, 0.5, 0.2, 2.3819, 5.0, 20.0], _is_threshold, name="convex_from"
    )


def _is_threshold(result: Any, focusing: float) -> Outcome:
    value = as_number(result)
    if value is None:
        return Outcome.wrong("the result", expected="a number", got=describe(result))

    def F(p: float) -> float:
        return (2 * focusing + 1) * (1 - p) + focusing * (1 - (1 + focusing) * p) * math.log(p)

    return expect_number(
        value,
        brentq(F, 1e-300, 0.1, xtol=1e-300, rtol=1e-12),
        name="the result",
        tolerance=1e-6,
        mistakes=[
            (1.0, "F(1) = 0, but that is the other root: end the interval before 1."),
            (
                -float(lambertw(-2 * math.exp(-2)).real) / 2,
                "That is the root of (5), not of (6).",
            ),
        ],
    )


@exercise(
    "05.7",
    title="Why it is stuck",
    difficulty=2,
    minutes=4,
    hints=(
        "Follow the circle from that feature to its own weight, on one side and on the other.",
        "Whose weights stand on the way?",
        "Cross-entropy of a feature is large where a wrong class's weight is close and its own is not.",
    ),
    explanation="Both ways lead over a wrong class's weight. In space there is a way around.",
)
def why_stuck(answer: Any) -> Outcome:
    """Judge the reading of the trapped feature."""
    return expect_choice(
        answer,
        "b",
        "abc",
        name="the answer",
        mistakes={
            "a": "It is as far from its own weight as it can be; its loss is the largest of all.",
            "c": "The weight does not move any more: everything has come to rest.",
        },
    )
