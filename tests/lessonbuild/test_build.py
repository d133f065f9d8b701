"""Building, running and checking, with kernels."""

import json

import nbformat
import pytest

from nccourse.errors import InputTypeError, InputValueError
from nccourse.lessonbuild import build, check, differences, execute, orphans, parameters_of, stale_solutions
from nccourse.lessonbuild.outputs import WIDGET, carry, clean


@pytest.fixture(scope="module")
def built(tmp_path_factory, make_toy):
    """A lesson built once, to be read only."""
    toy = make_toy(tmp_path_factory.mktemp("built"))
    with pytest.MonkeyPatch.context() as patch:
        toy.define(patch)
        (result,) = build(course=toy.course)
    assert result.passed, result
    return result


def text_of(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_a_build_is_in_sync_and_a_second_changes_nothing(toy):
    (built,) = build(course=toy.course)
    assert built.passed
    assert len(built.changed) == 3
    assert differences("99", toy.course) == orphans(toy.course) == stale_solutions(toy.course) == []
    (again,) = build(["99"], course=toy.course)
    assert (again.changed, again.run) == ((), None)
    assert json.loads(toy.course.solutions_json.read_text()) == {"99.1": "answer = 1 + 1"}
    solution = nbformat.read(built.lesson.solution, as_version=4)
    assert text_of(solution.cells[-2]) == "toy 3.0\n"
    assert set(solution.metadata) == {"kernelspec", "language_info", "nccourse"}
    assert solution.metadata.language_info == {"name": "python"}

    # Prose moves the outputs along without a run; only a change of code costs one.
    toy.write(
        ("# Two.", "# Two.\n\n# %% [markdown]\n# More."),
        ("## Question\n", "## Question\n\n# %% [markdown]\n"),
    )
    assert any("cells instead of" in text for text in differences("99", toy.course))
    (moved,) = build(["99"], course=toy.course)
    assert moved.run is None
    assert differences("99", toy.course) == []
    carried = nbformat.read(moved.lesson.solution, as_version=4)
    assert [text_of(cell) for cell in carried.cells if "print" in cell.source] == ["toy 3.0\n"]

    # An edit of a generated file is seen.
    for path, old, new in [
        (moved.lesson.notebook, "your sum", "any sum"),
        (moved.lesson.solution, "nbval-check-output", "nbval-skip"),
        (toy.course.solutions_json, "1 + 1", "2"),
    ]:
        good = path.read_text()
        path.write_text(good.replace(old, new))
        (found,) = differences("99", toy.course)
        assert path.name in found
        assert "run `nccourse build 99`" in found
        path.write_text(good)

    toy.course.lessons.joinpath("98_gone.ipynb").touch()
    toy.course.solutions_json.write_text('{"98.1": "", "99.1": "answer = 1 + 1"}')
    assert [path.name for path in orphans(toy.course)] == ["98_gone.ipynb"]
    assert stale_solutions(toy.course) == ["98.1"]


@pytest.mark.parametrize(
    ("change", "error", "line"),
    [
        (("answer = 1 + 1", "answer = 0\nfor _ in [1]:\n    answer / 0"), "ZeroDivisionError", "answer / 0"),
        (("answer = 1 + 1", "answer = 3"), "UnsolvedExerciseError: exercise 99.1", "exercises.check"),
    ],
)
def test_a_failing_solution_names_the_line_and_is_not_written(toy, change, error, line):
    toy.write(change)
    (result,) = build(course=toy.course)
    assert not result.passed
    assert not result.lesson.solution.exists()
    file, number = result.run.source.split(":")
    assert file == "99_toy.py"
    assert line in toy.master.read_text().splitlines()[int(number) - 1]
    assert error in str(result.run)
    assert result.run.source in str(result)
    assert "lessons/99_toy.ipynb is missing" not in "".join(differences("99", toy.course))


def test_check_reports_both_runs_and_the_lints(toy):
    toy.write(("print(label", "after = answer * 2\nprint(label"), ("# Two.", "# Two, or 2.000."))
    report = check("99", course=toy.course)
    assert report.build.run.passed
    assert not report.unsolved.passed
    assert not report.passed
    text = str(report)
    assert "number '2.000' typed in prose" in text
    assert "TypeError: unsupported operand" in text
    assert text.endswith("99_toy: FAILED")
    number = int(report.unsolved.source.split(":")[1])
    assert "after = answer" in toy.master.read_text().splitlines()[number - 1]


def test_execute_injects_parameters_and_reports_progress(built, tmp_path):
    path = built.lesson.notebook
    assert parameters_of(path) == {"size": 2, "scale": 1.5, "label": "toy"}
    seen = []
    output = tmp_path / "out" / "run.ipynb"
    run = execute(
        path,
        {"size": 4, "label": "it's"},
        output=output,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert run.passed
    assert run.seconds > 0
    assert seen == [(done, 5) for done in range(6)]
    assert text_of(nbformat.read(output, as_version=4).cells[-2]) == "it's 6.0\n"
    # Unsolved, the check says so and the run goes on.
    assert "Not attempted: exercise 99.1" in output.read_text()


def test_a_stuck_cell_ends_with_its_time_and_is_named(built, tmp_path):
    notebook = nbformat.read(built.lesson.notebook, as_version=4)
    for cell in notebook.cells[:-2]:
        if cell.cell_type == "code":
            cell.source = "pass"  # nothing else shall come near the limit on a busy machine
    notebook.cells[-2].source = "import time\ntime.sleep(60)"
    nbformat.write(notebook, tmp_path / "stuck.ipynb")
    run = execute(tmp_path / "stuck.ipynb", timeout=2)
    assert "CellTimeoutError" in run.error
    assert run.failing_cell == len(notebook.cells) - 2


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"sise": 1}, InputValueError, "parameter: expected one of size, scale, label, got 'sise'"),
        ({"size": "1"}, InputTypeError, "parameter size: expected int, got '1'"),
    ],
)
def test_a_misspelt_parameter_is_an_error_before_anything_runs(built, parameters, error, message):
    with pytest.raises(error) as caught:
        execute(built.lesson.notebook, parameters)
    assert str(caught.value) == message


def notebook_with(*outputs):
    cell = nbformat.v4.new_code_cell("f()", execution_count=1, outputs=list(outputs))
    return nbformat.v4.new_notebook(cells=[cell])


def display(**data):
    return nbformat.v4.new_output(
        "display_data", {key.replace("_", "/"): value for key, value in data.items()}
    )


def test_what_needs_a_kernel_is_dropped_and_pictures_stay(built):
    live = nbformat.v4.new_output("display_data", {WIDGET: {"model_id": "1"}, "text/plain": "Viewer"})
    with_still = nbformat.v4.new_output("display_data", {WIDGET: {"model_id": "1"}, "image/png": "aGk="})
    bar = nbformat.v4.new_output("stream", name="stderr", text="100%|####|")
    warning = nbformat.v4.new_output("stream", name="stderr", text="UserWarning: old")
    notebook = notebook_with(live, with_still, bar, warning, display(text_plain="3"))
    clean(notebook, built.lesson)
    kept = notebook.cells[0].outputs
    assert [output.get("data", output.get("text")) for output in kept] == [
        {"image/png": "aGk="},
        "UserWarning: old",
        {"text/plain": "3"},
    ]


def test_outputs_are_carried_only_to_the_same_code():
    executed = notebook_with(display(text_plain="3"))
    same, other = notebook_with(), notebook_with()
    other.cells[0].source = "g()"
    assert carry(executed, same)
    assert same.cells[0].outputs == executed.cells[0].outputs
    assert not carry(executed, other)
    executed.cells[0].execution_count = None
    assert not carry(executed, same)
