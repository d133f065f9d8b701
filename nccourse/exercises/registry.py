"""Find exercises: those of lesson NN are the ``Exercise`` objects in ``lesson_NN.py`` beside this file."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType

from nccourse.errors import InputValueError
from nccourse.exercises.exercise import Exercise


def find(exercise_id: str) -> Exercise:
    """Return the exercise with this id, e.g. ``"02.1"``.

    Raises:
        InputValueError: no such exercise; the message lists those of the lesson.
    """
    lesson = str(exercise_id).partition(".")[0]
    known = of_lesson(lesson)
    if exercise_id not in known:
        listed = ", ".join(known) or f"a lesson among {', '.join(_numbers())}"
        raise InputValueError("exercise", expected=f"one of {listed}", got=repr(exercise_id))
    return known[exercise_id]


def of_lesson(number: str) -> dict[str, Exercise]:
    """Return the exercises of a lesson, e.g. ``"02"``, by id in order; empty where it has none.

    Raises:
        InputValueError: two exercises share an id, or one carries another lesson's number.
    """
    if number not in _numbers():
        return {}
    return _collect(number, import_module(f"{__package__}.lesson_{number}"))


def all_exercises() -> dict[str, Exercise]:
    """Return every exercise of the course by id, in order."""
    return {key: value for number in _numbers() for key, value in of_lesson(number).items()}


def _numbers() -> list[str]:
    package = import_module(__package__)
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(name.removeprefix("lesson_") for name in names if name.startswith("lesson_"))


@cache
def _collect(number: str, module: ModuleType) -> dict[str, Exercise]:
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    by_id = {one.id: one for one in sorted(found, key=lambda one: int(one.id.partition(".")[2]))}
    if len(by_id) < len(found):
        raise InputValueError(f"lesson_{number}.py", expected="every exercise id once", got="one repeated")
    strangers = [key for key in by_id if not key.startswith(f"{number}.")]
    if strangers:
        raise InputValueError(f"lesson_{number}.py", expected=f"ids {number}.k", got=", ".join(strangers))
    return by_id
