"""Exercises that check themselves in the notebook: ``check``, staged ``hint``, ``solution`` on request.

The rest is for authors: a file ``lesson_NN.py`` turns functions into exercises with :func:`exercise`, and the
``expect_*`` comparisons make outcomes that say what is wrong without giving the answer away.
"""

from nccourse.exercises.array import expect_array
from nccourse.exercises.choice import expect_choice
from nccourse.exercises.exercise import Exercise, exercise
from nccourse.exercises.expression import expect_expression
from nccourse.exercises.function import agrees_with, call, expect_function
from nccourse.exercises.learner import check, evaluate, hint, solution
from nccourse.exercises.number import expect_number
from nccourse.exercises.outcome import Outcome, Verdict
from nccourse.exercises.progress import forget, progress_file, solved
from nccourse.exercises.registry import all_exercises, find, of_lesson

__all__ = [
    "Exercise",
    "Outcome",
    "Verdict",
    "agrees_with",
    "all_exercises",
    "call",
    "check",
    "evaluate",
    "exercise",
    "expect_array",
    "expect_choice",
    "expect_expression",
    "expect_function",
    "expect_number",
    "find",
    "forget",
    "hint",
    "of_lesson",
    "progress_file",
    "solution",
    "solved",
]
