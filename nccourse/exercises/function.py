"""Try a function that the learner wrote on many inputs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from nccourse.exercises.answers import describe, is_stub
from nccourse.exercises.array import expect_array
from nccourse.exercises.number import expect_number
from nccourse.exercises.outcome import DecidedError, Outcome

Law = Callable[..., Outcome]


def call(function: Any, *arguments: Any) -> Any:
    """Call the learner's function on copies of the arguments and return its result.

    Raises:
        DecidedError: it raised (outcome error), or returned ``...`` (not attempted); ``evaluate`` turns
            this into the outcome, so a checker need not catch it.
    """
    copies = copy.deepcopy(arguments)
    try:
        result = function(*copies)
    except Exception as exception:
        raise DecidedError(Outcome.error(exception)) from exception
    if is_stub(result):
        raise DecidedError(Outcome.not_attempted("the function still returns ..."))
    return result


def expect_function(
    answer: Any, inputs: Iterable[Any], law: Law, *, name: str = "the answer", kind: str = "a function"
) -> Outcome:
    """Accept a function whose result satisfies ``law`` on every input.

    Args:
        answer: the learner's function.
        inputs: argument tuples; anything else is a single argument.
        law: ``law(result, *arguments) -> Outcome``, e.g. :func:`agrees_with`.
        name: the function's name in the reason.
        kind: what is expected.

    Returns:
        Right, or the first outcome that is not, with the input at which it came.

    >>> expect_function(lambda x: x + x, range(5), agrees_with(lambda x: x * x), name="square").reason
    'square(1): expected another number, got 2'
    """
    if not callable(answer):
        return Outcome.wrong(name, expected=kind, got=describe(answer))
    for given in inputs:
        arguments = given if isinstance(given, tuple) else (given,)
        outcome = law(call(answer, *arguments), *arguments)
        if not outcome:
            place = f"{name}({', '.join(map(describe, arguments))})"
            return replace(outcome, reason=outcome.reason.replace("the result", place, 1))
    return Outcome.right()


def agrees_with(reference: Callable[..., Any], *, tolerance: float = 1e-8) -> Law:
    """Return the law "the result equals that of ``reference``", for numbers and for arrays."""

    def law(result: Any, *arguments: Any) -> Outcome:
        expected = reference(*copy.deepcopy(arguments))
        if getattr(expected, "shape", ()) or isinstance(expected, list | tuple):
            return expect_array(result, expected, name="the result", tolerance=tolerance)
        return expect_number(result, expected, name="the result", tolerance=tolerance)

    return law
