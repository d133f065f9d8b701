"""Arrays and choices."""

import numpy as np
import pytest
import sympy as sp
import torch

from nccourse.exercises import expect_array, expect_choice

FRAME = [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(
    "answer",
    [FRAME, np.eye(2), torch.eye(2), torch.eye(2, requires_grad=True), sp.eye(2), ((1, 0), (0, 1))],
    ids=lambda answer: type(answer).__name__,
)
def test_every_array_type_is_accepted(answer):
    assert expect_array(answer, torch.eye(2))


@pytest.mark.parametrize(
    ("answer", "phrase"),
    [
        (np.eye(3), "expected an array of shape (2, 2), got shape (3, 3)"),
        (1.0, "got shape ()"),
        ([[1.0, 0.0], [0.0, float("nan")]], "1 of 4 entries is wrong, first at [1, 1]"),
        (np.ones((2, 2)), "2 of 4 entries are wrong, first at [0, 1]"),
        ("frame", "got str 'frame'"),
        ([[1.0], [0.0, 1.0]], "got list"),
        (sp.Matrix([[sp.Symbol("x"), 0], [0, 1]]), "expected an array"),
    ],
    ids=str,
)
def test_wrong_arrays_say_where_not_by_how_much(answer, phrase):
    outcome = expect_array(answer, np.eye(2), name="the frame")
    assert not outcome
    assert outcome.reason.startswith("the frame: ")
    assert phrase in outcome.reason


def test_tolerance_is_relative_to_the_largest_entry():
    large = np.array([1e6, 0.0])
    assert expect_array(large + 1e-3, large)
    assert not expect_array(large + 1e-1, large)


def test_a_checker_with_no_array_to_compare_is_a_bug():
    with pytest.raises(TypeError, match="expected value"):
        expect_array([1.0], "not numbers")


@pytest.mark.parametrize("answer", ["a", " A "])
def test_a_choice_ignores_case_and_space(answer):
    assert expect_choice(answer, "a", ("a", "b"))


@pytest.mark.parametrize(
    ("answer", "phrase"),
    [
        ("b", "expected another option, got 'b'. Only for K = 2."),
        ("c", "expected one of 'a', 'b', got str 'c'"),
        (1, "expected one of 'a', 'b', got 1"),
        (None, "return missing"),
    ],
    ids=str,
)
def test_a_wrong_choice_says_why(answer, phrase):
    outcome = expect_choice(answer, "a", ("a", "b"), name="your pick", mistakes={"b": "Only for K = 2."})
    assert not outcome
    assert outcome.reason.startswith("your pick: expected ")
    assert phrase in outcome.reason
