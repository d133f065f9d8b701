"""Errors that explain themselves: what is wrong, what was expected, what came, what to try."""

from __future__ import annotations


class NCCourseError(Exception):
    """Report a problem nccourse found in what it was given.

    The message reads "what: expected ..., got ...; try ...", leaving out the parts not given.

    Args:
        what: the argument or thing at fault, e.g. ``"labels"``.
        expected: what it should have been.
        got: what it was.
        advice: what to try next.

    >>> raise InputValueError("num_classes", expected="an integer >= 2", got="1", advice="two classes")
    Traceback (most recent call last):
    nccourse.errors.InputValueError: num_classes: expected an integer >= 2, got 1; try two classes
    """

    def __init__(self, what: str, *, expected: str = "", got: str = "", advice: str = "") -> None:
        self.what, self.expected, self.got, self.advice = what, expected, got, advice
        found = ", ".join(
            part for part in (f"expected {expected}" if expected else "", f"got {got}" if got else "") if part
        )
        message = f"{what}: {found}" if found else what
        super().__init__(f"{message}; try {advice}" if advice else message)

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments are lost by Exception's own pickling, which worker processes rely on.
        return _rebuild, (type(self), self.what, self.expected, self.got, self.advice)


class InputValueError(NCCourseError, ValueError):
    """An argument has the right type but a value outside its domain."""


class InputTypeError(NCCourseError, TypeError):
    """An argument has the wrong type."""


class MissingDataError(NCCourseError, FileNotFoundError):
    """A data set or recorded result is not on this machine."""


def _rebuild(kind: type[NCCourseError], what: str, expected: str, got: str, advice: str) -> NCCourseError:
    return kind(what, expected=expected, got=got, advice=advice)
