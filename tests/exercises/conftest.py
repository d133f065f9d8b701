"""Exercises of a lesson that only the tests have."""

import sys
from types import ModuleType

import pytest

from nccourse import exercises
from nccourse.exercises import exercise, expect_number

HINTS = ("Count <both>.", "On `fingers`.", "Both hands.")


@exercise("97.1", title="Sum", difficulty=1, minutes=1, hints=HINTS, explanation="Two pairs make four.")
def total(answer):
    return expect_number(answer, 4, name="the sum")


@exercise("97.2", title="Broken", difficulty=5, minutes=2, hints=HINTS)
def broken(answer):
    raise KeyError("our own mistake")


@exercise("97.3", title="Function", difficulty=2, minutes=2, hints=HINTS)
def function(answer):
    return expect_number(exercises.call(answer, 2), 4)


@pytest.fixture(autouse=True)
def lesson_97(monkeypatch, tmp_path):
    module = ModuleType("nccourse.exercises.lesson_97")
    module.total, module.broken, module.function = total, broken, function
    (tmp_path / "lesson_97.py").touch()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(exercises, "__path__", [*exercises.__path__, str(tmp_path)])
    return module


@pytest.fixture(autouse=True)
def own_progress(monkeypatch, tmp_path):
    folder = tmp_path / "progress"
    folder.mkdir()
    monkeypatch.setenv("NCCOURSE_PROGRESS", str(folder / "progress.json"))
