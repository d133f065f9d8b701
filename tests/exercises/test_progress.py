"""Solved exercises are remembered on this machine, and only by a learner's own right answer."""

import json
import os

import pytest

from nccourse import exercises
from nccourse.exercises import learner, progress


def test_a_right_answer_is_remembered_with_its_day():
    exercises.check("97.1", 4)
    assert list(exercises.solved()) == ["97.1"]
    assert len(exercises.solved()["97.1"]) == len("2026-03-14")


@pytest.mark.parametrize(("exercise_id", "answer"), [("97.1", 5), ("97.1", ...), ("97.2", 1), ("97.9", 4)])
def test_anything_else_is_not(exercise_id, answer):
    exercises.check(exercise_id, answer)
    assert exercises.solved() == {}


def test_a_strict_run_is_no_learner(monkeypatch):
    monkeypatch.setenv(learner.STRICT, "1")
    exercises.check("97.1", 4)
    assert exercises.solved() == {}


def test_solving_again_keeps_the_first_day():
    path = exercises.progress_file()
    path.write_text(json.dumps({"solved": {"97.1": "2020-01-01"}}))
    exercises.check("97.1", 4)
    assert exercises.solved() == {"97.1": "2020-01-01"}


def test_what_was_solved_before_is_kept():
    for key in ("97.3", "97.1", "02.1"):
        progress.remember(key)
    assert set(exercises.solved()) == {"97.1", "97.3", "02.1"}
    assert os.listdir(exercises.progress_file().parent) == [exercises.progress_file().name]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"solved": 3}', "\x00"])
def test_a_damaged_file_counts_as_empty(content):
    exercises.progress_file().write_text(content)
    assert exercises.solved() == {}
    exercises.check("97.1", 4)
    assert list(exercises.solved()) == ["97.1"]


def test_a_place_that_cannot_be_written_disturbs_nobody(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv(progress.PROGRESS, str(tmp_path / "file" / "progress.json"))
    exercises.check("97.1", 4)
    assert capsys.readouterr().out.startswith("Right")
    assert exercises.solved() == {}


def test_forgetting_starts_anew():
    exercises.check("97.1", 4)
    exercises.forget()
    assert exercises.solved() == {}
    exercises.forget()


def test_without_a_choice_it_is_the_users_own_directory(monkeypatch):
    monkeypatch.delenv(progress.PROGRESS)
    assert exercises.progress_file().name == "progress.json"
    assert "nccourse" in exercises.progress_file().parts
