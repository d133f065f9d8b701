"""``nccourse progress`` tells what was solved, and forgets on request."""

import pytest

from nccourse import exercises
from nccourse.cli import main


@pytest.fixture(autouse=True)
def own_progress(monkeypatch, tmp_path):
    monkeypatch.setenv("NCCOURSE_PROGRESS", str(tmp_path / "progress.json"))


def test_every_lesson_has_a_line_and_the_sum_is_right(capsys):
    first = list(exercises.of_lesson("02"))[:2]
    for key in first:
        exercises.progress.remember(key)
    assert main(["progress"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (line,) = (one for one in lines if one.startswith("02_"))
    assert f" 2 of {len(exercises.of_lesson('02')):>2}  ●●○" in line
    assert lines[-1] == f"2 of {len(exercises.all_exercises())} exercises solved"


def test_one_lesson_lists_its_exercises(capsys):
    exercises.progress.remember("02.1")
    assert main(["progress", "02"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(exercises.of_lesson("02"))
    assert lines[0].startswith("● 02.1")
    assert lines[1].startswith("○ 02.2")


def test_an_unknown_lesson_is_a_clear_error(capsys):
    assert main(["progress", "77"]) == 2
    assert "77" in capsys.readouterr().err


def test_reset_forgets(capsys):
    exercises.progress.remember("02.1")
    assert main(["progress", "--reset"]) == 0
    assert exercises.solved() == {}
