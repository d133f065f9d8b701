"""Look at an answer: is it still the stub, and how to quote it in one line."""

from __future__ import annotations

import numbers
from typing import Any

LONGEST_QUOTE = 60


def is_stub(answer: Any) -> bool:
    """Return whether the answer is ``...``, or a tuple, list or dict that still holds one."""
    if isinstance(answer, dict):
        return any(map(is_stub, answer.values()))
    if isinstance(answer, list | tuple):
        return any(map(is_stub, answer))
    return answer is Ellipsis


def another(kind: str) -> str:
    """Say what is expected of an answer that is of the right kind and wrong.

    >>> another("a number"), another("an expression in K")
    ('another number', 'another expression in K')
    """
    article, _, rest = kind.partition(" ")
    return f"another {rest if article in ('a', 'an') else kind}"


def describe(answer: Any) -> str:
    """Quote an answer in a few words: numbers shortened, arrays by shape, the rest by type and value.

    >>> describe(1 / 3), describe(None), describe([1, 2])
    ('0.333333', 'None (is a return missing?)', 'list [1, 2]')
    """
    if answer is None:
        return "None (is a return missing?)"
    if isinstance(answer, bool):
        return f"bool {answer}"
    if isinstance(answer, numbers.Integral):
        return str(answer) if abs(answer) < 10**LONGEST_QUOTE else "an integer of very many digits"
    if isinstance(answer, numbers.Real):
        return f"{float(answer):.6g}"
    if callable(answer) and hasattr(answer, "__name__"):
        return f"the function {answer.__name__}"
    if getattr(answer, "shape", ()) and hasattr(answer, "dtype"):
        return f"an array of shape {tuple(answer.shape)}"
    return _quote(answer)


def _quote(answer: Any) -> str:
    # A sympy expression or a 0-d tensor reads best by itself; a string or a list needs its type.
    text = repr(answer) if isinstance(answer, str | list | tuple | dict | set) else str(answer)
    text = " ".join(text.split())
    short = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 3] + "..."
    own = hasattr(answer, "free_symbols") or hasattr(answer, "item")
    return short if own else f"{type(answer).__name__} {short}"
