"""What a learner calls in a notebook: ``check``, ``hint``, ``solution``; and ``evaluate`` for tests."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from nccourse.errors import NCCourseError
from nccourse.exercises import registry
from nccourse.exercises.answers import is_stub
from nccourse.exercises.display import Card, hint_card, outcome_card, show, solution_card
from nccourse.exercises.outcome import DecidedError, Outcome
from nccourse.exercises.progress import remember
from nccourse.exercises.solutions import reference_solution

STRICT = "NCCOURSE_STRICT"

_hints_shown: Counter[str] = Counter()


class UnsolvedExerciseError(NCCourseError):
    """A strict run met an exercise whose answer is not right."""


def evaluate(exercise_id: str, answer: Any = ...) -> Outcome:
    """Judge an answer without showing anything.

    Args:
        exercise_id: e.g. ``"02.1"``.
        answer: whatever the exercise asks for; ``...`` is the untouched stub.

    Returns:
        The outcome: right, wrong, not attempted or error.

    Raises:
        InputValueError: no such exercise.
    """
    exercise = registry.find(exercise_id)
    if is_stub(answer):
        return Outcome.not_attempted()
    try:
        return exercise.checker(answer)
    except DecidedError as decided:
        return decided.outcome


def check(exercise_id: str, answer: Any = ...) -> None:
    """Judge an answer and show the outcome; never raise, except under ``NCCOURSE_STRICT=1`` unless right.

    A right answer is remembered (see ``nccourse progress``), except in a strict run, which is no learner's.

    Args:
        exercise_id: e.g. ``"02.1"``.
        answer: whatever the exercise asks for.

    Raises:
        UnsolvedExerciseError: only in a strict run, with the reason.
    """
    try:
        outcome = evaluate(exercise_id, answer)
        card = outcome_card(registry.find(exercise_id), outcome)
    except NCCourseError as mistake:
        outcome, card = None, Card("This cannot be checked", str(mistake))
    except Exception as fault:
        outcome, card = None, _fault_card(exercise_id, fault)
    show(card)
    strict = os.environ.get(STRICT) == "1"
    if outcome and not strict:
        remember(exercise_id)
    if not outcome and strict:
        raise UnsolvedExerciseError(f"exercise {exercise_id}", expected="a right answer", got=card.text)


def hint(exercise_id: str) -> None:
    """Show the next hint; after the last one, show it again."""
    try:
        exercise = registry.find(exercise_id)
    except NCCourseError as mistake:
        show(Card("No hint", str(mistake)))
        return
    _hints_shown[exercise_id] = min(_hints_shown[exercise_id] + 1, len(exercise.hints))
    show(hint_card(exercise, _hints_shown[exercise_id]))


def solution(exercise_id: str) -> None:
    """Show the reference solution, folded away in a notebook until opened."""
    try:
        exercise = registry.find(exercise_id)
    except NCCourseError as mistake:
        show(Card("No solution", str(mistake)))
        return
    show(solution_card(exercise, reference_solution(exercise_id)))


def _fault_card(exercise_id: str, fault: Exception) -> Card:
    cause = f"{type(fault).__name__}: {fault}"
    text = f"That is our fault, not yours, and your answer may be right. Please report it: {cause}"
    return Card(f"The checker of exercise {exercise_id} failed", text)
