"""Hints begin with a capital and end with a point; symbols and code keep their case."""

import pytest

from nccourse.exercises import Outcome
from nccourse.exercises.display import hint_card
from nccourse.exercises.exercise import Exercise


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("count the pairs", "Count the pairs. That"),
        ("a pair, then?", "A pair, then? That"),
        ("e^u = 2", "e^u = 2. That"),
        ("n_B <= N", "n_B <= N. That"),
        ("math.cos(x)", "math.cos(x). That"),
        ("d/dx log x (see above.)", "d/dx log x (see above.) That"),
        ("y = f(x)", "y = f(x). That"),
    ],
)
def test_a_hint_reads_as_a_sentence_and_a_formula_as_a_formula(hint, shown):
    exercise = Exercise("97.1", "Sum", 1, 1, (hint, hint, hint), lambda answer: Outcome.right())
    assert hint_card(exercise, 3).text.startswith(shown)
