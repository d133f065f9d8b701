"""Compare a number."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from typing import Any

from nccourse.exercises.answers import another, describe
from nccourse.exercises.outcome import Outcome

Mistakes = Iterable[tuple[Any, str]]


def expect_number(
    answer: Any,
    exact: Any,
    *,
    name: str = "the answer",
    tolerance: float = 1e-9,
    kind: str = "a number",
    mistakes: Mistakes = (),
) -> Outcome:
    """Accept a number with ``|answer - exact| <= tolerance |exact|`` (absolute where ``exact`` is 0).

    Args:
        answer: int, float, fraction, sympy number, or a one-element array or tensor.
        exact: the true value, of any of these types.
        name: the quantity, e.g. ``"the cosine"``.
        tolerance: relative.
        kind: what is expected, in words that do not give it away.
        mistakes: pairs (value of a likely mistake, nan included; the sentence that helps whoever made it).

    Returns:
        Right, or wrong with the reason.

    >>> expect_number(0.25, -0.5, name="the cosine", mistakes=[(0.25, "Mind K - 1.")]).reason
    'the cosine: expected another number, got 0.25. Mind K - 1.'
    """
    value = as_number(answer)
    if value is None:
        return Outcome.wrong(name, expected=kind, got=describe(answer))
    if _close(value, exact, tolerance):
        return Outcome.right()
    advice = next((text for wrong, text in mistakes if _close(value, wrong, tolerance)), "")
    shown = answer if hasattr(answer, "free_symbols") else value
    expected = another(kind) if math.isfinite(value) else kind
    return Outcome.wrong(name, expected=expected, got=describe(shown), advice=advice)


def as_number(answer: Any) -> float | None:
    """Return the answer as a float, or None where it is not one real number."""
    if hasattr(answer, "free_symbols"):
        return float(answer) if answer.is_number and answer.is_extended_real else None
    if getattr(answer, "size", None) is not None and hasattr(answer, "item"):
        try:
            answer = answer.item()
        except (ValueError, RuntimeError):
            return None
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real):
        return None
    try:
        return float(answer)
    except OverflowError:
        return None


def _close(value: float, exact: Any, tolerance: float) -> bool:
    target = float(exact)
    if math.isnan(target):
        return math.isnan(value)
    return math.isfinite(value) and abs(value - target) <= tolerance * (abs(target) or 1.0)
