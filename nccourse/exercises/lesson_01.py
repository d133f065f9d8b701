"""Exercises of lesson 01, the phenomenon."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import sympy as sp
import torch
from torch import Tensor

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import call, expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome

K = sp.Symbol("K", positive=True)
n = sp.Symbol("n", positive=True)


@exercise(
    "01.1",
    title="After the last error",
    difficulty=1,
    minutes=2,
    hints=(
        "The cross-entropy loss of a correctly classified sample is small, but never zero.",
        "So there is still a gradient. What could make the loss of every sample of a class smaller at once?",
        "A common, typical feature for the class serves all its samples; nothing ever says 'enough'.",
    ),
    explanation="The loss keeps a gradient, and contraction goes on for as long as one cares to train.",
)
def after_the_last_error(answer: Any) -> Outcome:
    """Judge the predicted course of within-class spread."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the prediction",
        mistakes={
            "a": "The loss of a correctly classified sample is still positive: what does its gradient do?",
            "b": "These are training features. Overfitting shows in features of images never seen.",
            "d": "A gradient step changes features smoothly; nothing jumps to zero in one epoch.",
        },
    )


@exercise(
    "01.2",
    title="NC1 on a line",
    difficulty=2,
    minutes=5,
    hints=(
        "The class means are -2 and 2, the global mean is 0. In one dimension covariances are numbers.",
        "Sigma_W is the mean of the squared distances to the own class mean; Sigma_B that of 2 and -2 to 0.",
        "Sigma_W = 1 and Sigma_B = 4; do not forget the factor 1/K in front.",
    ),
    explanation="Spread 1, distance 4, and 1/K = 1/2.",
)
def nc1_on_a_line(answer: Any) -> Outcome:
    """Judge 1/8."""
    return expect_number(
        answer,
        sp.Rational(1, 8),
        name="NC1",
        mistakes=[
            (
                sp.Rational(1, 4),
                "The factor 1/K is missing, or Sigma_W is divided by less than the four samples.",
            ),
            (
                sp.Rational(1, 2),
                "Divide by Sigma_B, the mean squared distance of the means from the centre.",
            ),
            (2, "Upside down: the within-class covariance is divided by the between-class one."),
            (
                sp.Rational(1, 16),
                "Both covariances are plain averages: Sigma_W over four samples, Sigma_B over two classes.",
            ),
        ],
    )


@exercise(
    "01.3",
    title="Orthogonal weights",
    difficulty=3,
    minutes=7,
    hints=(
        "A = I/sqrt(K), since the identity has Frobenius norm sqrt(K). Find <A, B>, which is a trace.",
        "trace(I - J/K) = K - 1.",
        "<A, B> = (K-1)/(sqrt(K) sqrt(K-1)); insert it and take the root.",
    ),
    explanation="Small for many classes: orthogonal vectors are nearly an ETF then, as 0 is near -1/(K-1).",
)
def nc2_of_orthogonal(answer: Any) -> Outcome:
    """Judge sqrt(2 - 2 sqrt((K-1)/K))."""
    inner = sp.sqrt((K - 1) / K)
    return expect_expression(
        answer,
        sp.sqrt(2 - 2 * inner),
        name="NC2",
        domain={"K": (2, 9)},
        mistakes=[
            (2 - 2 * inner, "That is its square; the norm has a root."),
            (inner, "That is the inner product of the two matrices; the distance follows from it."),
            (sp.Integer(0), "The identity is not proportional to I - J/K: its rows do not sum to zero."),
            (sp.sqrt(2 - 2 * (K - 1) / K), "Mind the normalisation: the identity has norm sqrt(K)."),
            (sp.sqrt(K + 1 - 2 * sp.sqrt(K - 1)), "Divide W W^T by its norm first, which is sqrt(K)."),
        ],
    )


@exercise(
    "01.4",
    title="Program NC1",
    difficulty=2,
    minutes=10,
    hints=(
        "Stack the class means into a (K, d) tensor; means[labels] repeats them for every sample.",
        "Sigma_W averages over N samples, Sigma_B over K classes, and h_G is the mean of all features.",
        "torch.trace(sigma_W @ torch.linalg.pinv(sigma_B)) / K.",
    ),
    explanation="On unequal classes it matters that the global mean is over samples, not over class means.",
)
def program_nc1(answer: Any) -> Outcome:
    """Judge a function on balanced, imbalanced, low- and high-dimensional features."""
    return expect_function(answer, _samples(), _is_nc1, name="nc1")


def _samples() -> list[tuple[Tensor, Tensor]]:
    generator = torch.Generator().manual_seed(1)
    sets = []
    for counts, dim in (((5, 5, 5), 2), ((4, 4, 4), 8), ((9, 3, 2, 6), 3), ((2, 7), 1)):
        labels = torch.cat([torch.full((count,), k) for k, count in enumerate(counts)])
        order = torch.randperm(len(labels), generator=generator)
        centres = 3 * torch.randn(len(counts), dim, dtype=torch.float64, generator=generator)
        noise = torch.randn(len(labels), dim, dtype=torch.float64, generator=generator)
        sets.append(((centres[labels] + noise)[order], labels[order]))
    return sets


def _is_nc1(result: Any, features: Tensor, labels: Tensor) -> Outcome:
    value = as_number(result)
    if _near(value, _nc1(features, labels)):
        return Outcome.right()
    mistakes = _nc1_mistakes(features, labels).items()
    advice = next((text for text, wrong in mistakes if _near(value, wrong)), "")
    if value is not None and abs(value) > 1e6:
        advice = "Sigma_B has no inverse where d is K or more; torch.linalg.pinv is the pseudo-inverse."
    return Outcome.wrong("the result", expected="NC1", got=describe(result), advice=advice)


def _near(value: float | None, target: float) -> bool:
    return value is not None and math.isclose(value, target, rel_tol=1e-6)


def _nc1(features: Tensor, labels: Tensor) -> float:
    means, within = _means(features, labels)
    sigma_W = within.T @ within / len(features)
    return _ratio(sigma_W, means - features.mean(dim=0))


def _means(features: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the class means and the features relative to their own."""
    means = torch.stack([features[labels == k].mean(dim=0) for k in range(int(labels.max()) + 1)])
    return means, features - means[labels]


def _ratio(sigma_W: Tensor, between: Tensor) -> float:
    sigma_B = between.T @ between / len(between)
    return float(torch.trace(sigma_W @ torch.linalg.pinv(sigma_B, hermitian=True))) / len(between)


def _nc1_mistakes(features: Tensor, labels: Tensor) -> dict[str, float]:
    """Return what each likely mistake makes of NC1, under the sentence that helps."""
    right, num_classes = _nc1(features, labels), int(labels.max()) + 1
    means, within = _means(features, labels)
    sigma_W = within.T @ within / len(features)
    between = means - features.mean(dim=0)
    sizes = torch.bincount(labels).to(features)
    per_class = within / sizes[labels, None].sqrt()
    return {
        "The factor 1/K is missing.": right * num_classes,
        "The global mean is the mean of all features, not of the class means.": _ratio(
            sigma_W, means - means.mean(dim=0)
        ),
        "Sigma_W is divided by N, the number of samples.": right * len(features) / num_classes,
        "Sigma_W is an average: divide the sum by N.": right * len(features),
        "Sigma_B is an average: divide the sum by K.": right / num_classes,
        "Sigma_W averages over samples, so that a large class counts more.": _ratio(
            per_class.T @ per_class / num_classes, between
        ),
        "Sigma_B averages over classes, each counted once whatever its size.": _ratio(
            sigma_W, between * (sizes * num_classes / len(features)).sqrt()[:, None]
        ),
        "Subtract the global mean from the class means before forming Sigma_B.": _ratio(sigma_W, means),
        "Take the trace of the product Sigma_W Sigma_B^+, not a ratio of traces.": float(
            sigma_W.trace() / between.square().sum()
        ),
    }


@exercise(
    "01.5",
    title="A normaliser in print",
    difficulty=2,
    minutes=4,
    hints=(
        "A mean divides a sum by the number of its terms.",
        "How many features does the double sum run over?",
        "n samples in each of K classes: K n terms.",
    ),
    explanation="As printed, h_G is n times the global mean. Section 3 of the paper has it right, with 1/N.",
)
def right_factor(answer: Any) -> Outcome:
    """Judge 1/(K n)."""
    return expect_expression(
        answer,
        1 / (K * n),
        name="the factor",
        mistakes=[
            (1 / K, "That is what is printed: count the terms of the double sum."),
            (1 / n, "That averages within a class, but sums over the classes."),
            (K * n, "That is the number of terms; a mean divides by it."),
        ],
    )


@exercise(
    "01.6",
    title="Read the fall",
    difficulty=2,
    minutes=5,
    hints=(
        "The vertical line marks the first epoch; NC1 has a logarithmic axis.",
        "log.nc1[log.epoch == perfect] is the value there, log.nc1.iloc[-1] the last one.",
        "Divide the first by the second.",
    ),
    explanation="All of that fall came when training accuracy had nothing left to gain.",
)
def read_the_fall(answer: Any) -> Outcome:
    """Judge the ratio read from the learner's own run, given as (factor, log)."""
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], pd.DataFrame)):
        return Outcome.wrong("the answer", expected="the pair (factor, log)", got=describe(answer))
    factor, log = answer
    perfect = log[log.train_accuracy == 1.0]
    if perfect.empty:
        text = "a run that reaches training accuracy 1"
        return Outcome.wrong("the run", expected=text, got="none", advice="Train for more epochs.")
    true = float(perfect.nc1.iloc[0] / perfect.nc1.iloc[-1])
    value = as_number(factor)
    if value is not None and true / 2 <= value <= true * 2:
        return Outcome.right()
    advice = ""
    if value is not None and value > 0:
        if true / 2 <= 1 / value <= true * 2:
            advice = "Upside down: the later value is the smaller one."
        elif _within_two(value, float(log.nc1.iloc[0] / log.nc1.iloc[-1])):
            advice = "That counts from the first epoch; start where the last training error is gone."
        elif _within_two(value, math.log10(true)):
            advice = "Those are the decades on the log axis: ten to that power."
    return Outcome.wrong("the factor", expected="a number", got=describe(factor), advice=advice)


def _within_two(value: float, target: float) -> bool:
    return target / 2 <= value <= target * 2


@exercise(
    "01.7",
    title="Accurate but spread",
    difficulty=4,
    minutes=10,
    hints=(
        "The classifier looks only at the first coordinate, NC1 along the line through the class means.",
        "If only the first coordinates of the means differ, NC1 stays below 1. Let the second differ too.",
        "Class means (1, 1) and (-1, -1); move the two samples of a class far up and down.",
    ),
    explanation="Along the line through the means the classes overlap; the classifier looks elsewhere. "
    "Accuracy is a matter of sides, collapse one of distances.",
)
def accurate_but_spread(answer: Any) -> Outcome:
    """Judge four points by the sides they lie on and by their NC1."""
    if not callable(answer):
        return Outcome.wrong("accurate_but_spread", expected="a function", got=describe(answer))
    points = call(answer)
    if not isinstance(points, Tensor) or tuple(points.shape) != (4, 2) or points.dtype != torch.float64:
        kind = "a float64 tensor of shape (4, 2)"
        found = f"{points.dtype}, {tuple(points.shape)}" if isinstance(points, Tensor) else describe(points)
        return Outcome.wrong("the result", expected=kind, got=found)
    labels = torch.tensor([0, 0, 1, 1])
    correct = (points[:, 0] > 0) == (labels == 0)
    if not bool(correct.all()) or bool((points[:, 0] == 0).any()):
        got = f"{int(correct.sum())} of 4"
        advice = "The logits are x and -x: class 0 needs a positive first coordinate, class 1 a negative."
        return Outcome.wrong("the classification", expected="4 of 4 correct", got=got, advice=advice)
    value = _nc1(points, labels)
    if value > 10:
        return Outcome.right()
    advice = "Spread the samples of a class along the line that joins the class means."
    return Outcome.wrong("NC1", expected="more than 10", got=f"{value:.3g}", advice=advice)
