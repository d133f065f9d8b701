"""An exercise: its description, its hints and the function that judges an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.exercises.outcome import Outcome

Checker = Callable[[Any], Outcome]

MINIMUM_HINTS = 3


@dataclass(frozen=True)
class Exercise:
    """Describe an exercise of a lesson.

    Args:
        id: lesson and number, e.g. ``"02.1"``.
        title: a few words.
        difficulty: 1 (read off) to 5 (a small proof).
        minutes: time a learner needs, >= 1.
        hints: at least three, each going one step further than the one before.
        checker: answer -> :class:`~nccourse.exercises.Outcome`.
        explanation: shown with a right answer: why it is so.

    Raises:
        InputValueError: a field outside its domain.
    """

    id: str
    title: str
    difficulty: int
    minutes: int
    hints: tuple[str, ...]
    checker: Checker
    explanation: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not re.fullmatch(r"\d\d\.[1-9]\d?", self.id):
            raise InputValueError("id", expected="lesson and number such as '02.1'", got=repr(self.id))
        if not isinstance(self.title, str) or not self.title.strip():
            raise InputValueError("title", expected="a few words", got=repr(self.title))
        checks.integer("difficulty", self.difficulty, minimum=1, maximum=5)
        checks.integer("minutes", self.minutes, minimum=1)
        # A string is a sequence too: one hint in parentheses without a comma would become one per letter.
        if not isinstance(self.hints, tuple) or len(self.hints) < MINIMUM_HINTS:
            raise InputValueError(
                "hints", expected=f"a tuple of at least {MINIMUM_HINTS} hints", got=repr(self.hints)[:40]
            )
        if not callable(self.checker):
            raise InputTypeError("checker", expected="a function of the answer", got=repr(self.checker)[:40])

    @property
    def summary(self) -> str:
        """The line that introduces the exercise in its lesson."""
        unit = "minute" if self.minutes == 1 else "minutes"
        return f"Exercise {self.id} · {self.title} (difficulty {self.difficulty} of 5, {self.minutes} {unit})"


def exercise(
    exercise_id: str,
    *,
    title: str,
    difficulty: int,
    minutes: int,
    hints: tuple[str, ...],
    explanation: str = "",
) -> Callable[[Checker], Exercise]:
    """Turn the checker it decorates into an :class:`Exercise`; see there for the arguments.

    >>> from nccourse.exercises import expect_number
    >>> @exercise("98.1", title="Sum", difficulty=1, minutes=1, hints=("Count", "on", "fingers"))
    ... def two_and_two(answer):
    ...     return expect_number(answer, 4, name="the sum")
    >>> two_and_two.checker(5).reason
    'the sum: expected another number, got 5'
    """

    def decorate(checker: Checker) -> Exercise:
        return Exercise(exercise_id, title, difficulty, minutes, hints, checker, explanation)

    return decorate
