"""What a checker says about an answer."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Verdict(Enum):
    """The four things an answer can be; the value is the title a learner reads."""

    RIGHT = "Right"
    WRONG = "Not yet"
    NOT_ATTEMPTED = "Not attempted"
    ERROR = "Your code raised an error"


@dataclass(frozen=True)
class Outcome:
    """A verdict and its reason. True only when right, so checkers chain comparisons with ``and``.

    >>> bool(Outcome.right() and Outcome.wrong("the cosine", expected="a number", got="'a'"))
    False
    """

    verdict: Verdict
    reason: str = ""

    def __bool__(self) -> bool:
        return self.verdict is Verdict.RIGHT

    @classmethod
    def right(cls, reason: str = "") -> Outcome:
        """Accept the answer."""
        return cls(Verdict.RIGHT, reason)

    @classmethod
    def wrong(cls, quantity: str, *, expected: str, got: str, advice: str = "") -> Outcome:
        """Refuse the answer, naming the quantity, the *kind* of thing expected, and what came.

        Args:
            quantity: what was asked for, e.g. ``"the cosine"``.
            expected: the kind of value, never the value: ``"a negative number"``.
            got: the learner's value, shortened.
            advice: a sentence on this particular mistake.

        >>> Outcome.wrong("the cosine", expected="a number", got="0.5").reason
        'the cosine: expected a number, got 0.5'
        """
        reason = f"{quantity}: expected {expected}, got {got}"
        return cls(Verdict.WRONG, f"{reason}. {advice}" if advice else reason)

    @classmethod
    def not_attempted(cls, reason: str = "replace the ... by your answer") -> Outcome:
        """Say that the stub stands untouched."""
        return cls(Verdict.NOT_ATTEMPTED, reason)

    @classmethod
    def error(cls, exception: BaseException) -> Outcome:
        """Report, in one line, an exception that the learner's code raised, and where."""
        text = " ".join(str(exception).split())
        kind = type(exception).__name__
        return cls(Verdict.ERROR, f"{kind}: {text}{_place(exception)}" if text else kind + _place(exception))


class DecidedError(Exception):
    """Carry an outcome out of a checker that cannot go on, e.g. because the answer's code raised."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


def _place(exception: BaseException) -> str:
    here = Path(__file__).parent
    frames = [
        frame
        for frame in traceback.extract_tb(exception.__traceback__)
        if Path(frame.filename).parent != here
    ]
    if not frames:
        return ""
    # The learner's file is the first one entered; deeper frames of other files are libraries it called.
    own = [frame for frame in frames if frame.filename == frames[0].filename]
    return f" (in {own[-1].name}, line {own[-1].lineno} of its cell)"
