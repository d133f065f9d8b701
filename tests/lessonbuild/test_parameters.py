"""The parameters cell and what may be put in its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.errors import InputTypeError, InputValueError
from nccourse.lessonbuild import LessonError
from nccourse.lessonbuild.parameters import read_parameters, validate

SCALARS = st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
DEFAULTS = {"size": 2, "scale": 1.5, "label": "toy", "fast": True}


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["size", "K", "a_b"]), SCALARS, max_size=4))
def test_literals_are_read_back(parameters):
    source = "\n".join(f"{name} = {value!r}  # why" for name, value in parameters.items())
    assert read_parameters(source) == parameters


@pytest.mark.parametrize(
    "statement",
    [
        "x = [1]",
        "x = None",
        "x = 2 * 3",
        "x = y",
        "import sys",
        "a = b = 1",
        "a, b = 1, 2",
        "x: int",
        "f(x=1)",
    ],
)
def test_anything_else_is_refused_with_its_line(statement):
    with pytest.raises(LessonError, match="parameters cell: expected name = a literal") as caught:
        read_parameters(f"ok = 1\n{statement}", line=10)
    assert caught.value.line == 12


def test_a_typing_error_is_named_with_its_line():
    with pytest.raises(LessonError, match="parameters cell: invalid syntax") as caught:
        read_parameters("ok = 1\nx = = 2", line=10)
    assert caught.value.line == 12


@pytest.mark.parametrize("given_value", [{}, {"size": 3}, {"scale": 2.5, "fast": False}, {"scale": 2}])
def test_known_parameters_pass(given_value):
    assert validate(given_value, DEFAULTS) == given_value


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("sise", 3, InputValueError, "parameter: expected one of size, scale, label, fast, got 'sise'"),
        ("size", 3.5, InputTypeError, "parameter size: expected int, got 3.5"),
        ("size", True, InputTypeError, "parameter size: expected int, got True"),
        ("fast", 1, InputTypeError, "parameter fast: expected bool, got 1"),
        ("label", None, InputTypeError, "parameter label: expected str, got None"),
        ("scale", "1", InputTypeError, "parameter scale: expected float, got '1'"),
    ],
)
def test_a_wrong_parameter_is_an_error(name, value, error, message):
    with pytest.raises(error) as caught:
        validate({name: value}, DEFAULTS)
    assert str(caught.value) == message


def test_a_lesson_without_parameters_says_so():
    with pytest.raises(InputValueError, match="this lesson has no parameters"):
        validate({"size": 1}, {})
