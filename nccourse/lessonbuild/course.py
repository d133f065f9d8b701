"""Where the course lies on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from nccourse.errors import MissingDataError

HOME = "NCCOURSE_HOME"


@dataclass(frozen=True)
class Course:
    """The course's folders, all below ``root``."""

    root: Path

    @property
    def source(self) -> Path:
        """The masters."""
        return self.root / "lessons" / "source"

    @property
    def lessons(self) -> Path:
        """The notebooks a learner opens."""
        return self.root / "lessons"

    @property
    def solutions(self) -> Path:
        """The executed notebooks."""
        return self.root / "solutions"

    @property
    def solutions_json(self) -> Path:
        """The reference solutions that ``exercises.solution`` shows."""
        return self.root / "nccourse" / "exercises" / "solutions.json"


def find_course(start: str | Path | None = None) -> Course:
    """Return the course around ``start``.

    Args:
        start: a folder in the course; None means ``NCCOURSE_HOME`` if set, else the working directory.

    Raises:
        MissingDataError: neither it nor a folder above it holds ``lessons/source``.
    """
    begin = Path(start or os.environ.get(HOME) or ".").resolve()
    for folder in (begin, *begin.parents):
        if (folder / "lessons" / "source").is_dir():
            return Course(folder)
    raise MissingDataError(
        "course", expected="a folder that holds lessons/source", got=str(begin), advice=f"setting {HOME}"
    )
