"""Every lesson runs from top to bottom unsolved, as a learner first meets it."""

from nccourse.lessonbuild import execute, find_master

LIMIT_SECONDS = 300


def test_runs_unsolved_and_says_so(lesson, course):
    master = find_master(lesson, course)
    run = execute(master.lesson.notebook, timeout=LIMIT_SECONDS)
    assert run.passed, str(run)
    for cell in run.notebook.cells:
        if "exercise" in cell.metadata.get("tags", ()):
            shown = [output.data.get("text/plain", "") for output in cell.outputs if "data" in output]
            assert any(text.startswith("Not attempted: exercise") for text in shown), cell.source
