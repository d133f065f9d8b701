"""What the site says about a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """A lesson on the site; texts may hold ``$...$``.

    Args:
        name: e.g. ``"02_simplex_etf"``; the page is ``02_simplex_etf.html``.
        title: in a few words.
        notebook: the executed notebook; it need not exist.
        objectives: what a learner will be able to do.
        minutes: a learner's time.
        theorems: what is covered, e.g. ``("C Theorem 1",)``.
        prerequisites: what should be known before.
        part: the heading of the contents that it stands under; lessons without one come first.
    """

    name: str
    title: str
    notebook: Path
    objectives: tuple[str, ...] = ()
    minutes: int | None = None
    theorems: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    part: str = ""

    @property
    def number(self) -> str:
        """The digits the name begins with; empty for a playground."""
        first = self.name.partition("_")[0]
        return first if first.isdigit() else ""

    @property
    def heading(self) -> str:
        """Number, where there is one, and title."""
        return f"{self.number} {self.title}".strip()

    @property
    def promise(self) -> str:
        """The objectives as a sentence; empty without any."""
        text = "; ".join(self.objectives)
        return f"{text[:1].upper()}{text[1:]}." if text else ""

    @property
    def page(self) -> str:
        """File name of the lesson's page."""
        return f"{self.name}.html"
