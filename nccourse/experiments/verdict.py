"""What a run says about a claim."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Say whether a claim holds in a run, and why.

    Args:
        holds: None where this run cannot tell.
        reason: the numbers that decide, or what is missing to decide.

    >>> print(Verdict(True, "b rises from 2.20 to 2.99"))
    holds: b rises from 2.20 to 2.99
    >>> print(Verdict(None, "two epochs collapse nothing"))
    not testable at this scale: two epochs collapse nothing
    """

    holds: bool | None
    reason: str

    @property
    def word(self) -> str:
        """Return "holds", "does not hold" or "not testable at this scale"."""
        if self.holds is None:
            return "not testable at this scale"
        return "holds" if self.holds else "does not hold"

    def __str__(self) -> str:
        return f"{self.word}: {self.reason}"
