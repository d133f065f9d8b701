"""Solution and stub in one cell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nccourse.lessonbuild import LessonError
from nccourse.lessonbuild.regions import has_region, resolve

NESTED = """\
def f(x):
    # begin solution
    y = x
    return y
    # stub
    # return ...

    # # think of x
    # end solution


check(f)""".splitlines()

CODE = st.lists(st.sampled_from(["a = 1", "    b = 2", "# why", ""]), max_size=4)


def numbered(lines):
    return list(enumerate(lines, start=10))


def texts(lines, variant):
    return [text for _, text in resolve(numbered(lines), variant)]


def test_each_variant_keeps_its_side_and_indentation():
    assert texts(NESTED, "solution") == ["def f(x):", "    y = x", "    return y", "", "", "check(f)"]
    stub = ["def f(x):", "    return ...", "", "    # think of x", "", "", "check(f)"]
    assert texts(NESTED, "lesson") == stub


@settings(max_examples=50, deadline=None)
@given(before=CODE, solution=CODE, stub=CODE, after=CODE)
def test_variants_are_the_two_readings_of_the_cell(before, solution, stub, after):
    comments = [f"# {text}" for text in stub]
    lines = [*before, "# begin solution", *solution, "# stub", *comments, "# end solution", *after]
    for variant, inner in (("solution", solution), ("lesson", stub)):
        assert "\n".join(texts(lines, variant)) == "\n".join([*before, *inner, *after]).strip("\n")


@settings(max_examples=50, deadline=None)
@given(CODE)
def test_a_cell_without_markers_reads_the_same_twice(lines):
    assert texts(lines, "solution") == texts(lines, "lesson")
    assert not has_region(numbered(lines))


def test_lines_keep_their_number_in_the_master():
    for number, text in resolve(numbered(NESTED), "solution"):
        assert NESTED[number - 10] == text


@pytest.mark.parametrize(
    ("lines", "line", "expected"),
    [
        (["# stub"], 10, "# begin solution"),
        (["x = 1", "# end solution"], 11, "# begin solution"),
        (["# begin solution", "# end solution"], 11, "# stub"),
        (["# begin solution", "# begin solution"], 11, "# stub"),
        (["# begin solution", "x = 1"], 11, "# stub"),
        (["# begin solution", "# stub", "# x", "y"], 13, "a comment"),
        (["# begin solution", "# stub", "# x"], 12, "# end solution"),
    ],
)
def test_wrong_markers_are_named_with_their_line(lines, line, expected):
    with pytest.raises(LessonError, match=expected) as caught:
        resolve(numbered(lines), "lesson")
    assert caught.value.line == line
