"""Compare an array."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nccourse.exercises.answers import describe
from nccourse.exercises.outcome import Outcome


def expect_array(
    answer: Any, expected: Any, *, name: str = "the answer", tolerance: float = 1e-8, kind: str = ""
) -> Outcome:
    """Accept an array of the same shape with ``max|answer - expected| <= tolerance max(1, max|expected|)``.

    Args:
        answer: tensor, array, nested list or sympy matrix of numbers.
        expected: the true values, of any of these types.
        name: the quantity.
        tolerance: relative to the largest entry.
        kind: what is expected; default is an array of the right shape.

    Returns:
        Right, or wrong saying which entries differ, not by how much.

    >>> expect_array([[1.0, 0.0]], [[1.0, 2.0]], name="the frame").reason
    'the frame: expected an array of shape (1, 2), got one where 1 of 2 entries is wrong, first at [0, 1]'
    """
    target = _numeric(expected)
    if target is None:
        raise TypeError(f"the expected value is not an array of numbers: {describe(expected)}")
    kind = kind or f"an array of shape {target.shape}"
    values = _numeric(answer)
    if values is None:
        return Outcome.wrong(name, expected=kind, got=describe(answer))
    if values.shape != target.shape:
        return Outcome.wrong(name, expected=kind, got=f"shape {values.shape}")
    # A NaN compares as not close, so it counts as wrong.
    wrong = ~(np.abs(values - target) <= tolerance * max(1.0, float(np.abs(target).max(initial=0.0))))
    return Outcome.wrong(name, expected=kind, got=_wrong_entries(wrong)) if wrong.any() else Outcome.right()


def _numeric(value: Any) -> NDArray[np.float64] | None:
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "tolist") and not hasattr(value, "dtype"):
        value = value.tolist()
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return None


def _wrong_entries(wrong: NDArray[np.bool_]) -> str:
    first = [int(index) for index in np.argwhere(wrong)[0]]
    verb = "is" if wrong.sum() == 1 else "are"
    return f"one where {wrong.sum()} of {wrong.size} entries {verb} wrong, first at {first}"
