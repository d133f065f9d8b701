"""Exercises of lesson 16, the capstone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import sympy as sp
import torch

from nccourse.exercises.answers import describe
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import expect_function
from nccourse.exercises.number import as_number, expect_number
from nccourse.exercises.outcome import Outcome

_m = sp.Symbol("m", positive=True, integer=True)


@exercise(
    "16.1",
    title="What the verdict will be about",
    difficulty=2,
    minutes=4,
    hints=(
        "Twenty epochs of 1,438 images are about 240 steps.",
        "How often does a network see the same training image unchanged?",
        "Could it fit its training set in these steps if no image were changed? And with the changes?",
    ),
    explanation="The table of runs below shows how far each had come, and a control shows why.",
)
def what_it_is_about(answer: Any) -> Outcome:
    """Judge the prediction."""
    return expect_choice(
        answer,
        "b",
        "abc",
        name="the prediction",
        mistakes={
            "a": "They are asked to fit plain images; how many plain ones do they see in training?",
            "c": "On images it has not seen, and to the last one? Think of the training images first.",
        },
    )


@exercise(
    "16.2",
    title="The judge",
    difficulty=3,
    minutes=10,
    hints=(
        "Group by optimizer and loss, and take means of test_accuracy.",
        '`.unstack("loss")` makes one column a loss; subtract them.',
        "The lowest difference, times 100.",
    ),
    explanation="A judge that is a function cannot change its mind after seeing the results.",
)
def worst_gap(answer: Any) -> Outcome:
    """Judge a function of records on made-up results."""
    return expect_function(answer, _made_up(), _is_worst_gap, name="worst_gap")


def _records(accuracies: dict[tuple[str, str], list[float]]) -> pd.DataFrame:
    rows = [(*key, seed, value) for key, values in accuracies.items() for seed, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["optimizer", "loss", "seed", "test_accuracy"])


def _made_up() -> list[pd.DataFrame]:
    # Here the gap nearest to zero is the worst one, so that a sign left out shows.
    narrow = {
        ("sgd", "ce"): [0.95],
        ("sgd", "bce"): [0.94],
        ("adamw", "ce"): [0.91],
        ("adamw", "bce"): [0.95],
    }
    even = {("sgd", "ce"): [0.95], ("sgd", "bce"): [0.93], ("adamw", "ce"): [0.94], ("adamw", "bce"): [0.95]}
    seeds = {
        ("sgd", "ce"): [0.90, 0.94],
        ("sgd", "bce"): [0.96, 0.92],
        ("adamw", "ce"): [0.80, 0.90],
        ("adamw", "bce"): [0.86, 0.85],
    }
    return [_records(narrow), _records(even), _records(seeds), _records(dict(reversed(seeds.items())))]


def _is_worst_gap(result: Any, records: pd.DataFrame) -> Outcome:
    means = records.groupby(["optimizer", "loss"]).test_accuracy.mean().unstack("loss")
    gaps = 100 * (means.bce - means.ce)
    value = as_number(result)
    by_pair = records.pivot(index=["optimizer", "seed"], columns="loss", values="test_accuracy")
    mistakes = [
        (float(-gaps.max()), "That is CE less BCE at its worst; the claim is about BCE less CE."),
        (float(gaps.max()), "That is the best optimizer for BCE; the claim says nowhere, so take the worst."),
        (float(gaps.mean()), "Means over optimizers hide the worst one."),
        (float(gaps.min() / 100), "In points: a difference of 0.01 is one point."),
        (float(-gaps.min()), "A difference has a sign: BCE less CE, below zero where BCE is behind."),
        (float(100 * (by_pair.bce - by_pair.ce).min()), "Take the mean over the seeds before the lowest."),
    ]
    if value is not None:
        if abs(value - gaps.min()) < 1e-6:
            return Outcome.right()
        for wrong, advice in mistakes:
            if abs(value - wrong) < 1e-6:
                return Outcome.wrong("the result", expected="a number", got=describe(result), advice=advice)
    return Outcome.wrong("the result", expected="a number, in points", got=describe(result))


@exercise(
    "16.3",
    title="Behind in every pair",
    difficulty=1,
    minutes=3,
    hints=(
        "One pair: one half.",
        "The pairs are independent, so probabilities multiply.",
        "One half to the power of the number of pairs.",
    ),
    explanation="'One loss behind in all three pairs, whichever it is' has probability 2/8.",
)
def all_behind(answer: Any) -> Outcome:
    """Judge 2^-m."""
    half = sp.Rational(1, 2)
    return expect_expression(
        answer,
        half**_m,
        name="the probability",
        domain={"m": (1, 9)},
        mistakes=[
            (half / _m, "Independent events multiply."),
            (_m * half, "Probabilities of independent events multiply; they do not add."),
            (1 - half**_m, "That is the probability of being ahead at least once."),
            (2 * half**_m, "That counts both directions; only BCE behind is asked."),
        ],
    )


@exercise(
    "16.4",
    title="Which runs have fitted",
    difficulty=1,
    minutes=4,
    hints=(
        "All training samples correct means a train_accuracy of exactly 1.",
        "A comparison of a column with 1 gives a column of truth values.",
        "Truth values can be summed: `(records.train_accuracy == 1).sum()`.",
    ),
    explanation="What a run says about collapsed networks it can say only after that point.",
)
def fitted(answer: Any) -> Outcome:
    """Judge a function that counts the runs that fit their training set."""
    tables = [
        pd.DataFrame({"train_accuracy": values})
        for values in ([1.0, 0.999, 1.0], [0.95, 0.9], [1.0], [0.9999, 1.0, 1.0, 0.2])
    ]
    return expect_function(answer, tables, _counts_fitted, name="fitted")


def _counts_fitted(result: Any, records: pd.DataFrame) -> Outcome:
    whole = int((records.train_accuracy == 1).sum())
    return expect_number(
        result,
        whole,
        name="the result",
        mistakes=[
            (len(records) - whole, "That counts the runs that do not fit it."),
            (whole / len(records), "A number of runs, not a share."),
            (int((records.train_accuracy > 0.99).sum()), "All samples: exactly 1, not nearly."),
        ],
    )


@exercise(
    "16.5",
    title="The report",
    difficulty=2,
    minutes=5,
    hints=(
        "Which networks, which images were tried?",
        "In how many ways do the two settings differ? Which runs have fitted their training set?",
        "A report may say no more than what was run.",
    ),
    explanation="It says where the claim held, in what the settings differ, and what was not tried.",
)
def report(answer: Any) -> Outcome:
    """Judge which report the tables support."""
    return expect_choice(
        answer,
        "c",
        "abcd",
        name="the report",
        mistakes={
            "a": "That is one setting. What does the other table say?",
            "b": "On which network and which images is it confirmed? The paper's were not tried.",
            "d": "How many runs have fitted their training set? Is length all that differs?",
        },
    )


@exercise(
    "16.6",
    title="A loss of your own",
    difficulty=3,
    minutes=15,
    hints=(
        "`logits.gather(1, labels[:, None])` picks the logit of the right class.",
        "Hide the right class before taking the maximum over the others: set it to minus infinity.",
        "`torch.relu(1 + rival - own).square().mean()`.",
    ),
    explanation="It is zero once the right class leads by 1, and its gradient touches the best rival alone.",
)
def my_loss(answer: Any) -> Outcome:
    """Judge values and gradient of the squared hinge."""
    return expect_function(answer, _logits(), _is_hinge, name="my_loss")


def _hinge(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    rivals = logits.scatter(1, labels[:, None], -torch.inf).max(dim=1).values
    own = logits.gather(1, labels[:, None])[:, 0]
    return torch.relu(1 + rivals - own).square().mean()


def _logits() -> list[tuple[torch.Tensor, torch.Tensor]]:
    generator = torch.Generator().manual_seed(0)
    cases = [(torch.tensor([[0.5, 0.0, -1.0]]), torch.tensor([0])), (torch.zeros(1, 4), torch.tensor([3]))]
    for samples, classes, size in ((7, 3, 1.0), (20, 10, 5.0), (5, 2, 1e6)):
        logits = size * torch.randn(samples, classes, generator=generator)
        cases.append((logits, torch.randint(classes, (samples,), generator=generator)))
    return [(logits.double().requires_grad_(), labels) for logits, labels in cases]


def _is_hinge(result: Any, logits: torch.Tensor, labels: torch.Tensor) -> Outcome:
    if not isinstance(result, torch.Tensor) or result.numel() != 1:
        return Outcome.wrong("the result", expected="a tensor with one element", got=describe(result))
    if result.grad_fn is None:
        advice = "Use torch operations only; .item() and .detach() cut the graph."
        return Outcome.wrong(
            "the result", expected="a tensor that depends on the logits", got=describe(result), advice=advice
        )
    right = float(_hinge(logits, labels).detach())
    value = float(result.detach().sum())
    scale = max(1.0, abs(right))
    if abs(value - right) <= 1e-5 * scale:
        return Outcome.right()
    slack = logits.detach() - logits.detach().gather(1, labels[:, None]) + 1
    others = torch.relu(slack.scatter(1, labels[:, None], 0.0))
    lead = slack.scatter(1, labels[:, None], -torch.inf).max(dim=1).values
    plain = float(torch.relu(lead).mean())
    own = logits.detach().gather(1, labels[:, None])[:, 0]
    zeroed = logits.detach().scatter(1, labels[:, None], 0.0).max(dim=1).values
    including = float(torch.relu(slack.max(dim=1).values).square().mean())
    mistakes = [
        (right * len(labels), "Take the mean over samples, not the sum."),
        (plain, "Square the hinge of each sample."),
        (
            float(others.square().sum(dim=1).mean()),
            "Only the best rival counts, not the sum over all others.",
        ),
        (including, "The right class must not be among its own rivals."),
        (plain**2, "Square first, then take the mean."),
        (float(lead.square().mean()), "Beyond a lead of 1 the loss is zero; a square alone grows again."),
        (
            float(torch.relu(1 + zeroed - own).square().mean()),
            "A zero in place of the right class still takes part in the maximum, and may win it.",
        ),
        (
            float(others.square().sum(dim=1).mean()) / logits.shape[1],
            "That is the mean over all classes; only the best rival counts.",
        ),
    ]
    for wrong, advice in mistakes:
        if abs(value - wrong) <= 1e-5 * scale:
            return Outcome.wrong("the result", expected="a number", got=f"{value:g}", advice=advice)
    return Outcome.wrong("the result", expected="the mean squared hinge", got=f"{value:g}")


@exercise(
    "16.7",
    title="What you may claim",
    difficulty=1,
    minutes=3,
    hints=(
        "How many networks, seeds, data sets?",
        "Causes are found by comparing with something that lacks the cause.",
        "Say what moved, where, and stop there.",
    ),
    explanation="Other seeds, networks and images would widen the claim; a proof would close it.",
)
def may_claim(answer: Any) -> Outcome:
    """Judge the modest claim."""
    return expect_choice(
        answer,
        "b",
        "abc",
        name="the claim",
        mistakes={
            "a": "Compare with the network that was trained without the hinge.",
            "c": "Two losses with the same trend are not all losses (lesson 15).",
        },
    )
