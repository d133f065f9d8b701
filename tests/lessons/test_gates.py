"""Every lesson is in step with its master and has what a lesson has to have."""

import nbformat
import pytest

from nccourse.exercises import all_exercises
from nccourse.lessonbuild import differences, find_master, lessons, lint, orphans, stale_solutions


def test_generated_files_are_what_the_master_generates(lesson, course):
    assert differences(lesson, course) == []


def test_nothing_generated_is_left_over(course):
    assert orphans(course) == []
    assert stale_solutions(course) == []


def test_lints_find_nothing(lesson, course):
    errors = [str(problem) for problem in lint(lesson, course=course) if problem.is_error]
    assert errors == []


def test_prerequisites_come_earlier(course):
    known: list[str] = []
    for one in lessons(course):
        missing = [name for name in one.prerequisites if name[:2].isdigit() and name not in known]
        assert missing == [], f"{one.source.name}: prerequisites must name earlier lessons"
        known.append(one.name)


def test_every_defined_exercise_stands_in_a_lesson(course):
    checked = {
        key
        for one in lessons(course)
        for cell in find_master(one.name, course).code_cells
        for key in cell.checks
    }
    assert set(all_exercises()) == checked


def test_a_solution_says_right_to_every_exercise(lesson, course):
    notebook = nbformat.read(find_master(lesson, course).lesson.solution, as_version=4)
    for cell in notebook.cells:
        if "exercise" in cell.metadata.get("tags", ()):
            shown = [output.data.get("text/plain", "") for output in cell.outputs if "data" in output]
            assert any(text.startswith("Right: exercise") for text in shown), cell.source


@pytest.mark.parametrize("key", ["execution", "papermill", "widgets"])
def test_solutions_hold_no_trace_of_the_machine(lesson, course, key):
    notebook = nbformat.read(find_master(lesson, course).lesson.solution, as_version=4)
    assert key not in notebook.metadata
    assert all(key not in cell.metadata for cell in notebook.cells)
