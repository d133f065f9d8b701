"""Functions that a learner wrote, tried on many inputs."""

import pytest
import torch

from nccourse.exercises import Outcome, Verdict, agrees_with, call, expect_function, expect_number
from nccourse.exercises.outcome import DecidedError


def double(x):
    return 2 * x


def raises_inside(x):
    values = [x]
    return values[1]


def raises_in_a_library(x):
    return torch.ones(2) @ torch.ones(x + 3)


def test_a_right_function_is_right():
    assert expect_function(lambda x: x + x, range(5), agrees_with(double))


def test_the_first_input_that_fails_is_named():
    outcome = expect_function(lambda x: x * x, [0, 3], agrees_with(double), name="double")
    assert outcome.reason == "double(3): expected another number, got 9"


def test_array_results_and_several_arguments():
    def scaled(x, factor):
        return factor * x

    inputs = [(torch.ones(3), 2.0), (torch.ones(2, 2), 0.5)]
    assert expect_function(lambda x, factor: x * factor, inputs, agrees_with(scaled))
    outcome = expect_function(lambda x, factor: x, inputs, agrees_with(scaled), name="scaled")
    assert outcome.reason.startswith("scaled(an array of shape (3,), 2): expected an array of shape (3,)")


def test_a_law_of_ones_own():
    def is_even(result, x):
        return Outcome.right() if result % 2 == 0 else Outcome.wrong("the result", expected="even", got="odd")

    assert expect_function(double, range(5), is_even)
    assert expect_function(lambda x: x, range(5), is_even, name="f").reason == "f(1): expected even, got odd"


def test_what_cannot_be_called_is_named():
    assert "expected a function, got 3" in expect_function(3, [1], agrees_with(double)).reason


@pytest.mark.parametrize(
    ("function", "phrase"),
    [
        (raises_inside, "IndexError: list index out of range (in raises_inside, line"),
        (raises_in_a_library, "(in raises_in_a_library, line"),
        (lambda: 1, "TypeError: "),
    ],
    ids=["inside", "library", "signature"],
)
def test_an_exception_is_the_learners_in_one_line(function, phrase):
    with pytest.raises(DecidedError) as caught:
        expect_function(function, [1], agrees_with(double))
    assert caught.value.outcome.verdict is Verdict.ERROR
    assert phrase in caught.value.outcome.reason
    assert "\n" not in caught.value.outcome.reason


def test_an_untouched_function_is_not_attempted():
    with pytest.raises(DecidedError) as caught:
        call(lambda x: ..., 1)
    assert caught.value.outcome.verdict is Verdict.NOT_ATTEMPTED


def test_a_function_cannot_change_the_inputs_of_the_checker():
    features = torch.ones(3)
    call(lambda x: x.zero_(), features)
    assert features.sum() == 3


def test_comparisons_chain_with_and():
    wrong = expect_number(1, 2)
    assert (wrong and expect_number(3, 3)) is wrong
    assert bool(expect_number(3, 3) and expect_number(4, 4))
