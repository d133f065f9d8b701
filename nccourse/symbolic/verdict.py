"""How a step was checked, and the error raised when it is false."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from nccourse.errors import NCCourseError


class Verdict(StrEnum):
    """The method by which a claim was checked, strongest first.

    >>> print(Verdict.PROVED)
    proved symbolically
    >>> print(Verdict.weakest([Verdict.PROVED, Verdict.POINTS, Verdict.CASES]))
    holds at random rational points, 50 digits
    """

    PROVED = "proved symbolically"
    REFUTED = "refuted by a counterexample"
    CASES = "proved for small K"
    POINTS = "holds at random rational points, 50 digits"
    UNCHECKED = "not machine-checked"
    UNAVAILABLE = "text not available"

    @classmethod
    def weakest(cls, verdicts: Iterable[Verdict]) -> Verdict:
        """Return the weakest of ``verdicts``, ``PROVED`` when there is none."""
        order = list(cls)
        return max(verdicts, key=order.index, default=cls.PROVED)

    def at_most(self, limit: Verdict) -> Verdict:
        """Return the weaker of this verdict and ``limit``."""
        return Verdict.weakest([self, limit])


class FalseStatementError(NCCourseError, AssertionError):
    """A claimed identity, inequality or limit is false; ``point`` is a counterexample.

    Args:
        what: the claim.
        point: value of each symbol at which it fails; empty when it fails without any symbol.
        expected: the claimed value.
        got: the value found.
    """

    def __init__(self, what: str, *, point: Mapping[Any, Any] | None = None, expected: str, got: str) -> None:
        self.point = dict(point or {})
        where = ", ".join(f"{symbol} = {value}" for symbol, value in self.point.items())
        super().__init__(f"{what} is false{f' at {where}' if where else ''}", expected=expected, got=got)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.what, self.point, self.expected, self.got)


class UndecidedError(NCCourseError):
    """Nothing contradicts the claim, but the method asked for could not establish it."""


def _rebuild(what: str, point: dict[Any, Any], expected: str, got: str) -> FalseStatementError:
    error = FalseStatementError.__new__(FalseStatementError)
    NCCourseError.__init__(error, what, expected=expected, got=got)
    error.point = point
    return error
