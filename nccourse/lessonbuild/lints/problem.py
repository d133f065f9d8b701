"""A finding of a lint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """What is wrong in a master, where, and what to do about it.

    >>> print(Problem("02_simplex_etf.py", 17, "cell of 21 lines", "move code into nccourse"))
    02_simplex_etf.py:17: error: cell of 21 lines; move code into nccourse
    """

    file: str
    line: int
    message: str
    advice: str
    severity: Severity = "error"

    @property
    def is_error(self) -> bool:
        """Whether it fails the gate."""
        return self.severity == "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message}; {self.advice}"


Finding = tuple[int, str, str, Severity]
