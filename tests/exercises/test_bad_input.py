"""What a definition of an exercise refuses."""

import pytest

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.exercises import Exercise, Outcome, evaluate, find, of_lesson

GOOD = {
    "id": "97.1",
    "title": "Sum",
    "difficulty": 1,
    "minutes": 1,
    "hints": ("a", "b", "c"),
    "checker": lambda answer: Outcome.right(),
}


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("id", "2.1", InputValueError),
        ("id", "02.0", InputValueError),
        ("id", 2.1, InputValueError),
        ("title", " ", InputValueError),
        ("title", None, InputValueError),
        ("difficulty", 0, InputValueError),
        ("difficulty", 6, InputValueError),
        ("difficulty", 1.5, InputTypeError),
        ("minutes", 0, InputValueError),
        ("minutes", "5", InputTypeError),
        ("hints", ("a", "b"), InputValueError),
        ("hints", "one hint, its comma forgotten", InputValueError),
        ("checker", 4, InputTypeError),
    ],
)
def test_a_wrong_field_is_named(field, value, error):
    with pytest.raises(error, match=f"^{field}: expected .+, got .+"):
        Exercise(**{**GOOD, field: value})


@pytest.mark.parametrize("call", [find, evaluate])
@pytest.mark.parametrize("exercise_id", ["97.4", "96.1", "", "x", None, 97.1])
def test_an_unknown_exercise_is_refused(call, exercise_id):
    with pytest.raises(NCCourseError, match=r"^exercise: expected one of .+, got"):
        call(exercise_id)


def test_a_lesson_without_exercises_has_none():
    assert of_lesson("96") == {}


@pytest.mark.parametrize(("other", "message"), [("97.1", "every exercise id once"), ("96.1", "ids 97.k")])
def test_a_lesson_refuses_repeated_and_foreign_ids(lesson_97, other, message):
    lesson_97.another = Exercise(**{**GOOD, "id": other})
    with pytest.raises(InputValueError, match=message):
        of_lesson("97")


def test_exercises_come_in_order_of_their_number(lesson_97):
    lesson_97.tenth = Exercise(**{**GOOD, "id": "97.10"})
    assert list(of_lesson("97")) == ["97.1", "97.2", "97.3", "97.10"]


def test_summary_introduces_the_exercise():
    assert find("97.3").summary == "Exercise 97.3 · Function (difficulty 2 of 5, 2 minutes)"
    assert find("97.1").summary.endswith("1 minute)")
