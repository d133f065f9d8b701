"""Exercises of lesson 02, the simplex ETF."""

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
from nccourse.geometry import centred, cosines, simplex_etf
from nccourse.symbolic import K


@exercise(
    "02.1",
    title="Many classes",
    difficulty=1,
    minutes=2,
    hints=(
        "Draw the best arrangements for K = 2 and K = 3 and write down their cosines.",
        "K = 2 gives -1, K = 3 gives -1/2. In which direction does it move?",
        "It keeps growing, but nothing forces a pair to be closer than a right angle in a very large space.",
    ),
    explanation="The best common cosine is -1/(K-1), proved below; it tends to 0 from below.",
)
def many_classes(answer: Any) -> Outcome:
    """Judge the predicted limit of the best common cosine."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the limit",
        mistakes={
            "a": "Room does not help: once two vectors oppose each other, where does a third go?",
            "b": "That is K = 3. Does a fourth vector fit without any pair coming closer?",
            "d": "Random vectors in a large space are nearly orthogonal, so crowding can be avoided.",
        },
    )


@exercise(
    "02.2",
    title="The smallest common cosine",
    difficulty=1,
    minutes=4,
    hints=(
        "All K(K-1) terms of the last sum in (1) are the same.",
        "(1) becomes 0 <= K + K(K-1) c.",
        "Divide by K and solve 0 = 1 + (K-1) c for c.",
    ),
    explanation="The bound is reached exactly when the vectors sum to zero.",
)
def smallest_cosine(answer: Any) -> Outcome:
    """Judge -1/(K-1) as an expression."""
    return expect_expression(
        answer,
        -1 / (K - 1),
        name="the smallest cosine",
        mistakes=[
            (-1 / K, "Each vector meets K - 1 others, so there are K(K-1) ordered pairs, not K squared."),
            (1 / (K - 1), "Mind the sign when the K moves to the other side."),
            (-2 / (K - 1), "The sum over i != j counts each pair twice already; do not halve it."),
            (-K / (K - 1), "Divide by K on both sides: the first term of (1) is K, one for each vector."),
            (-1 / (K * (K - 1)), "The first term of (1) is K, not 1: every vector has squared length 1."),
            (-1, "Two vectors can oppose each other, more cannot. Where does K enter in (1)?"),
        ],
    )


@exercise(
    "02.3",
    title="Room for ten",
    difficulty=2,
    minutes=4,
    hints=(
        "The dimension must be at least the rank of the Gram matrix.",
        "rank = trace / (K/(K-1)), because every nonzero eigenvalue is K/(K-1).",
        "The trace is K, since the diagonal of G holds K ones.",
    ),
    explanation="rank G = K - 1. Three directions need a plane, four need space; ten need nine dimensions.",
)
def smallest_dim(answer: Any) -> Outcome:
    """Judge the dimension K - 1 for K = 10."""
    return expect_number(
        answer,
        9,
        name="the dimension",
        kind="a whole number",
        mistakes=[
            (10, "The vectors sum to zero, so one of them is a combination of the others."),
            (8, "Count again: one linear relation among ten vectors removes one dimension, not two."),
            (3, "In space only four directions can be equally far apart."),
        ],
    )


@exercise(
    "02.4",
    title="Build a simplex ETF",
    difficulty=2,
    minutes=8,
    hints=(
        "Start from K orthonormal vectors, the rows of the identity, and make them sum to zero.",
        "Subtract the mean of the rows: the matrix I - J/K. Its Gram matrix is itself; compare it with G.",
        "Multiply by sqrt(K/(K-1)) so that every row has length 1.",
    ),
    explanation="(I - J/K) is symmetric and idempotent, so its Gram matrix is itself, (K-1)/K times G.",
)
def build_etf(answer: Any) -> Outcome:
    """Judge a function by the properties of the frames it returns."""
    return expect_function(answer, (2, 3, 4, 10), _is_unit_etf, name="my_simplex_etf")


def _is_unit_etf(frame: Any, num_classes: int) -> Outcome:
    what = f"my_simplex_etf({num_classes})"
    kind = f"a ({num_classes}, {num_classes}) float64 tensor"
    if not isinstance(frame, Tensor):
        return Outcome.wrong(what, expected=kind, got=describe(frame))
    if tuple(frame.shape) != (num_classes, num_classes) or frame.dtype != torch.float64:
        return Outcome.wrong(what, expected=kind, got=f"shape {tuple(frame.shape)}, {frame.dtype}")
    gram = frame @ frame.T
    different = ~torch.eye(num_classes, dtype=torch.bool)
    if not torch.allclose(gram.diagonal(), torch.ones(num_classes, dtype=torch.float64), atol=1e-8):
        lengths = gram.diagonal().clamp(min=0).sqrt()
        even = torch.allclose(lengths, lengths.mean(), atol=1e-8)
        advice = "Only the scale is missing: which factor makes each row a unit vector?" if even else ""
        got = f"lengths up to {lengths.max():.4g}"
        return Outcome.wrong(what, expected="rows of length 1", got=got, advice=advice)
    if not torch.allclose(gram[different], gram[different].mean(), atol=1e-8):
        return Outcome.wrong(what, expected="the same cosine for all pairs", got="several cosines")
    if not torch.allclose(frame.sum(dim=0), torch.zeros(num_classes, dtype=torch.float64), atol=1e-8):
        return Outcome.wrong(
            what,
            expected="rows that sum to zero",
            got="another sum",
            advice="What do centred vectors sum to?",
        )
    return Outcome.right()


@exercise(
    "02.5",
    title="A dimension overlooked",
    difficulty=3,
    minutes=6,
    hints=(
        "How many orthonormal columns can a matrix with d rows have?",
        "P is d x K with K orthonormal columns, so it needs d >= K. The rank of G asks for less.",
        "Exercise 02.3 found the least dimension for K = 10; write it for general K.",
    ),
    explanation="The theorem's condition d >= K-1 is right; 'greater than the number of classes' and the "
    "definition's P ask for more than needed. The frame of Helmert's basis lives in d = K-1.",
)
def overlooked_dim(answer: Any) -> Outcome:
    """Judge K - 1 as the dimension the papers' construction misses."""
    return expect_expression(
        answer,
        K - 1,
        name="the dimension",
        mistakes=[
            (K, "With d = K the identity is such a P, so that dimension is covered."),
            (K + 1, "There P exists: take the identity with a row of zeros below."),
            (K - 2, "Rank G is larger than that, so no simplex ETF exists there either."),
        ],
    )


@exercise(
    "02.6",
    title="What centring costs",
    difficulty=2,
    minutes=4,
    hints=(
        "The squared length is printed above, as an expression in K and rho.",
        "It is rho^2 (K-1)/K. Insert K = 10 and rho = 1.",
        "The question asks for the length, not its square.",
    ),
    explanation="The mean of K orthonormal vectors has squared length 1/K, and that is what is lost.",
)
def centred_length(answer: Any) -> Outcome:
    """Judge sqrt(9/10)."""
    return expect_number(
        answer,
        sp.sqrt(sp.Rational(9, 10)),
        name="the length",
        tolerance=2e-3,
        mistakes=[
            (sp.Rational(9, 10), "That is the squared length."),
            (1 / math.sqrt(10), "That is the length of the mean, the part that is lost."),
            (1 - 1 / math.sqrt(10), "Lengths do not subtract; at a right angle their squares do."),
            (1, "Subtracting the mean shortens every vector."),
            (math.sqrt(10 / 9), "Upside down: centring is a projection, so it cannot lengthen a vector."),
        ],
    )


@exercise(
    "02.7",
    title="Measure the shape",
    difficulty=3,
    minutes=8,
    hints=(
        "Subtract the mean row first; then divide every row by its length, or use geometry.cosines.",
        "Compare only the entries off the diagonal with -1/(K-1); K is the number of rows.",
        "A mask ~torch.eye(K, dtype=torch.bool) selects them; take abs() and max().",
    ),
    explanation="Cosines ignore size and rotation, and centring finds the ETF in ReLU means too.",
)
def largest_deviation(answer: Any) -> Outcome:
    """Judge a function on ETFs, on disturbed ones, and on frames far from the origin."""
    return expect_function(answer, _frames(), _deviates_as_it_should, name="largest_deviation")


def _frames() -> list[Tensor]:
    generator = torch.Generator().manual_seed(7)
    etf = simplex_etf(4, 6, norm=3.0, generator=generator)
    noise = torch.randn(4, 6, dtype=torch.float64, generator=generator)
    return [etf, etf + 5.0, etf + 0.3 * noise, torch.eye(5, dtype=torch.float64), noise]


def _deviates_as_it_should(result: Any, class_means: Tensor) -> Outcome:
    value = as_number(result)
    if _near(value, _differences(centred(class_means)).abs().max()):
        return Outcome.right()
    mistakes = _deviation_mistakes(class_means).items()
    advice = next((text for text, wrong in mistakes if _near(value, wrong)), "")
    kind = "the largest deviation"
    return Outcome.wrong("the result", expected=kind, got=describe(result), advice=advice)


def _near(value: float | None, target: Tensor) -> bool:
    return value is not None and abs(value - float(target)) <= 1e-8


def _differences(vectors: Tensor) -> Tensor:
    """Return how far the cosine of each pair is from -1/(K-1)."""
    number = len(vectors)
    return cosines(vectors)[~torch.eye(number, dtype=torch.bool)] + 1 / (number - 1)


def _deviation_mistakes(class_means: Tensor) -> dict[str, Tensor]:
    means, number = centred(class_means), len(class_means)
    differences = _differences(means)
    products = (means @ means.T)[~torch.eye(number, dtype=torch.bool)]
    across = class_means - class_means.mean(dim=1, keepdim=True)
    return {
        "Are the class means centred first?": _differences(class_means).abs().max(),
        "The largest difference is asked for, not the mean.": differences.abs().mean(),
        "A cosine below -1/(K-1) deviates as well: take the absolute value.": differences.max(),
        "Leave out the diagonal: a class makes cosine 1 with itself.": (
            cosines(means) + 1 / (number - 1)
        ).max(),
        "Mind the sign: the difference to -1/(K-1) adds 1/(K-1).": (differences - 2 / (number - 1))
        .abs()
        .max(),
        "Divide the centred means by their lengths before taking inner products.": (
            (products + 1 / (number - 1)).abs().max()
        ),
        "Subtract the mean of the rows, dim=0: the centre of all classes.": _differences(across).abs().max(),
    }
