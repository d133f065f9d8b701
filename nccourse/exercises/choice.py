"""Compare a choice among named options."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from nccourse.exercises.answers import describe
from nccourse.exercises.outcome import Outcome


def expect_choice(
    answer: Any,
    correct: str,
    options: Collection[str],
    *,
    name: str = "the answer",
    mistakes: Mapping[str, str] | None = None,
) -> Outcome:
    """Accept the correct option, in any case and with any surrounding space.

    Args:
        answer: a string.
        correct: the right option, one of ``options``.
        options: all of them.
        name: the quantity.
        mistakes: option -> the sentence that helps whoever chose it.

    >>> expect_choice("B", "a", "abc", mistakes={"b": "That holds for K = 2 only."}).reason
    "the answer: expected another option, got 'b'. That holds for K = 2 only."
    """
    chosen = _match(answer, options)
    if chosen is None:
        kind = "one of " + ", ".join(map(repr, options))
        return Outcome.wrong(name, expected=kind, got=describe(answer))
    if chosen == correct:
        return Outcome.right()
    advice = (mistakes or {}).get(chosen, "")
    return Outcome.wrong(name, expected="another option", got=repr(chosen), advice=advice)


def _match(answer: Any, options: Collection[str]) -> str | None:
    if not isinstance(answer, str):
        return None
    wanted = answer.strip().casefold()
    return next((option for option in options if option.casefold() == wanted), None)
