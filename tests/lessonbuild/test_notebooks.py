"""What a master generates, without running it."""

import nbformat
import pytest

from nccourse.lessonbuild import LessonError, find_master
from nccourse.lessonbuild.notebooks import cell_id, generate, reference_solutions


def sources(toy, variant):
    return [cell.source for cell in generate(find_master("99", toy.course), variant).cells]


def test_the_opening_shows_the_header(toy):
    opening = sources(toy, "lesson")[0]
    for shown in (
        "# 99 · A toy",
        "- add two numbers",
        "[98_before](98_before.ipynb); sums",
        "5 minutes",
        "| `gpu` | 1 s | 1 GB |",
        "A Theorem 1",
        "[Glossary](../GLOSSARY.md), [Notation](../NOTATION.md), [Bibliography](../BIBLIOGRAPHY.md)",
    ):
        assert shown in opening


def test_variants_differ_in_the_exercise_cell_alone(toy):
    lesson, solution = sources(toy, "lesson"), sources(toy, "solution")
    differing = [pair for pair in zip(lesson, solution, strict=True) if pair[0] != pair[1]]
    check = 'exercises.check("99.1", answer)'
    assert differing == [(f"answer = ...  # your sum\n{check}", f"answer = 1 + 1\n{check}")]


def test_an_exercise_is_introduced_by_its_definition(toy):
    assert "### Exercise 99.1 · Sum (difficulty 1 of 5, 1 minute)" in "\n".join(sources(toy, "lesson"))


def test_generating_twice_gives_the_same(toy):
    master = find_master("99", toy.course)
    assert nbformat.writes(generate(master, "lesson")) == nbformat.writes(generate(master, "lesson"))


def test_ids_depend_on_lesson_and_position_alone(toy):
    before = [cell.id for cell in generate(find_master("99", toy.course), "lesson").cells]
    toy.write(("answer = 1 + 1", "answer = 2"))
    after = [cell.id for cell in generate(find_master("99", toy.course), "solution").cells]
    assert before == after == [cell_id("99_toy", position) for position in range(8)]
    assert len(set(before)) == 8
    assert cell_id("98_toy", 0) != cell_id("99_toy", 0)


def test_solutions_leave_out_the_check(toy):
    assert reference_solutions(find_master("99", toy.course)) == {"99.1": "answer = 1 + 1"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{{exercise 99.1}}", "{{exercise 99.2}}", "{{exercise 99.2}}: expected one of 99.1, got '99.2'"),
        (
            "# %% [markdown]\n# ## Recap",
            "# %% [raw]\n# ## Recap",
            "cell: expected code or markdown, got 'raw'",
        ),
        ("# stub\n", "", "exercise marker: expected '# stub', got '# end solution'"),
    ],
)
def test_what_cannot_be_generated_is_named(toy, old, new, message):
    toy.write((old, new))
    with pytest.raises(LessonError) as caught:
        sources(toy, "lesson")
    assert str(caught.value).replace("got raw", "got 'raw'") == message
    assert caught.value.line > 1
