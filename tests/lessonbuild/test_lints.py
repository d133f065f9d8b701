"""Each lint, on a lesson that lacks one thing; the untouched toy has nothing to complain of."""

import nbformat
import pytest

from nccourse.lessonbuild import find_master, lessons, lint
from nccourse.lessonbuild.notebooks import generate

CELL = "\n# %%\n"
WORDS = "# %% [markdown]\n" + "# word word word word word word word word word word\n" * 400
LONG = "\n".join(f"x{i} = {i}  # comment" for i in range(21))
EXERCISE = 'exercises.check("99.1", answer)'


def with_cell(text, marker="# %%"):
    return ("# %% [markdown]\n# ## Recap", f"{marker}\n{text}\n\n# %% [markdown]\n# ## Recap")


def prose(text):
    return ("# Two.\n", f"# Two.\n# {text}\n")


def test_the_toy_is_clean(toy):
    assert lint("99", course=toy.course) == []


@pytest.mark.parametrize(
    ("change", "message", "place"),
    [
        ((' tags=["parameters"]', ""), "0 cells tagged parameters", None),
        (with_cell("y = 1", '# %% tags=["parameters"]'), "2 cells tagged parameters", "y = 1"),
        (
            ("# %% [markdown]\n# ## Question", "# %%\nz = 1\n\n# %% [markdown]\n# ## Question"),
            "tagged",
            "size",
        ),
        (("size = 2", "size = [2]"), "expected name = a literal", "size = [2]"),
        (("# %% [markdown]\n# ## Recap", CELL * 60 + "# %% [markdown]\n# ## Recap"), "68 cells", None),
        (("# %% [markdown]\n# ## Recap", WORDS + "\n# %% [markdown]\n# ## Recap"), "words, not", None),
        (with_cell(LONG), "code cell of 21 lines", "x0 = "),
        (("## Recap", "## Summary"), "no section Recap", None),
        (("## References", "## Sources"), "no section References", None),
        (("## Question", "## Recap"), "section Exercises after Recap", "## Exercises"),
        (prose("The accuracy is 98.31 there."), "number '98.31'", "98.31"),
        (prose("The accuracy is 98 % there."), "number '98 %'", "98 %"),
        (prose(r"The accuracy is $98\%$ there."), r"number '98\\%'", "98"),
        (prose("The loss is 3.2e-05 there."), "number '3.2e-05'", "3.2e-05"),
        (with_cell("y = 0.5", '# %% tags=["derivation"]'), "float 0.5 in a derivation", "y = 0.5"),
        (with_cell("y = float(3)", '# %% tags=["derivation"]'), "float float(3)", "y = float"),
        (with_cell("y = sp.Float(3)", '# %% tags=["derivation"]'), "float sp.Float(3)", "y = sp"),
        (("{{exercise 99.1}}", "Sum"), "exercise 99.1 is not introduced", EXERCISE),
        ((EXERCISE, EXERCISE.replace("99.1", "99.2")), "exercise 99.2 is not defined", "99.2"),
        ((EXERCISE, EXERCISE.replace("99.1", "99.2")), "exercise 99.1 is not in the lesson", None),
        ((EXERCISE, ""), "no exercise", None),
        ((EXERCISE, ""), "half an exercise cell", "begin solution"),
        ((' tags=["exercise"]', ""), "half an exercise cell", "begin solution"),
        (with_cell("1 +", '# %% tags=["derivation"]'), "invalid syntax", None),
        (("# stub\n", ""), "exercise marker", "end solution"),
        (("title: A toy", "title: 3"), "header: title", None),
    ],
)
def test_what_is_missing_is_found_at_its_line(toy, change, message, place):
    toy.write(change)
    problems = [problem for problem in lint("99", course=toy.course) if message in problem.message]
    assert problems
    assert all(problem.is_error and problem.advice for problem in problems)
    if place is not None:
        lines = toy.master.read_text().splitlines()
        # The marker's line stands for its cell.
        near = "\n".join(lines[problems[0].line - 1 : problems[0].line + 8])
        assert place in near


@pytest.mark.parametrize(
    "text",
    [
        "A setting, `0.001`, in code.",
        "A half is 0.5 and K is 10.",
        "[Link](https://doi.org/10.1109/1.23) and {{exercise 99.1}}",
        "Eq. (6.1.12), lesson 02, version 1.2.3, 1,200 words.",
        "$\\gamma = 2$, $n_k^{0.5}$, H2e5 a2e5",
    ],
)
def test_prose_may_hold_settings_links_and_references(toy, text):
    toy.write(prose(text))
    assert lint("99", course=toy.course) == []


@pytest.mark.parametrize("tag", ["theory-number", "paper-number"])
def test_a_quoted_number_needs_its_tag(toy, tag):
    toy.write(with_cell("# The root is 0.203188.", f'# %% [markdown] tags=["{tag}"]'))
    assert lint("99", course=toy.course) == []


def test_just_outside_a_bound_is_a_warning(toy):
    toy.write(with_cell("\n".join(f"x{i} = {i}" for i in range(17))))
    (problem,) = lint("99", course=toy.course)
    assert problem.severity == "warning"
    assert str(problem).startswith("99_toy.py:")


def test_only_short_lessons_may_be_short(toy):
    toy.write(("minutes: 5", "minutes: 30"))
    messages = [problem.message for problem in lint("99", course=toy.course)]
    assert any("cells, not 25 to 45" in message for message in messages)
    assert any("words, not 1200 to 2500" in message for message in messages)


PNG = {"image/png": "aGk="}
WIDGET = "# %%\nwidgets.viewer(3)"


@pytest.mark.parametrize(
    ("data", "metadata", "source", "message"),
    [
        (PNG, {}, "show()", "picture without alt text"),
        (PNG, {"image/png": {"alt": ""}}, "show()", "picture without alt text"),
        ({"text/html": "<p><img src='x'></p>"}, {}, "show()", "picture without alt text"),
        ({"text/html": "<img src='x' alt=''>"}, {}, "show()", "picture without alt text"),
        ({"text/plain": "viewer"}, {}, "widgets.viewer(3)", "widget without a static picture"),
        ({"text/plain": "x" * (1 << 20)}, {}, "show()", "solution of 1.0 MiB"),
        (PNG, {"image/png": {"alt": "A line."}}, "show()", None),
        (PNG, {"alt": "A line."}, "widgets.viewer(3)", None),
        ({"text/html": '<img src="x" alt="A line.">'}, {}, "show()", None),
    ],
)
def test_outputs_are_described(toy, data, metadata, source, message):
    toy.write(with_cell(source))
    master = find_master("99", toy.course)
    solution = generate(master, "solution")
    (cell,) = (cell for cell in solution.cells if cell.source == source)
    cell.outputs = [nbformat.v4.new_output("display_data", data, metadata=metadata)]
    master.lesson.solution.parent.mkdir()
    nbformat.write(solution, master.lesson.solution)
    found = [problem.message for problem in lint("99", course=toy.course)]
    assert found == ([message] if message else [])


def test_a_warning_in_the_output_is_found(toy):
    master = find_master("99", toy.course)
    solution = generate(master, "solution")
    stream = nbformat.v4.new_output("stream", name="stderr", text="UserWarning: old\n  f()\n")
    solution.cells[-2].outputs = [stream]
    master.lesson.solution.parent.mkdir()
    nbformat.write(solution, master.lesson.solution)
    (problem,) = lint("99", course=toy.course)
    assert problem.message == "warning in the output: UserWarning: old"
    assert problem.line == master.cells[-2].line


PLAYGROUND = '# %% [markdown]\n# Play.\n\n# %% tags=["parameters"]\nsize = 2\n'


def test_a_lesson_without_a_number_is_a_playground(toy):
    header = toy.master.read_text(encoding="utf-8").partition("# %%")[0]
    master = toy.course.source / "sandbox.py"
    master.write_text(header.replace("minutes: 5", "minutes: 60") + PLAYGROUND, encoding="utf-8")
    assert lint("sandbox", course=toy.course) == []
    lesson = find_master("sandbox", toy.course).lesson
    assert (lesson.number, lesson.is_playground) == ("", True)
    opening = generate(find_master("sandbox", toy.course), "lesson").cells[0].source
    assert opening.startswith("# A toy\n")
    assert "60 minutes. Running" in opening
    assert [one.name for one in lessons(toy.course)] == ["99_toy", "sandbox"]


def test_a_playground_has_no_exercises(toy):
    text = toy.master.read_text(encoding="utf-8")
    (toy.course.source / "sandbox.py").write_text(text, encoding="utf-8")
    found = [problem.message for problem in lint("sandbox", course=toy.course)]
    assert found == ["exercise in a playground"]
