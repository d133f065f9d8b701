"""A lesson as its master's header describes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nccourse.errors import NCCourseError
from nccourse.lessonbuild.course import Course

NAME = re.compile(r"(\d\d_)?[a-z][a-z0-9_]*")
PROFILES = ("ci", "laptop", "gpu")


class LessonError(NCCourseError, ValueError):
    """A master that cannot be built; ``what`` names the file and ``line`` the place in it."""

    def __init__(
        self, what: str, *, line: int = 1, expected: str = "", got: str = "", advice: str = ""
    ) -> None:
        super().__init__(what, expected=expected, got=got, advice=advice)
        self.line = line


@dataclass(frozen=True)
class Demand:
    """What running the lesson at one profile takes, in words: ``"12 s"``, ``"1 GB"``."""

    time: str
    memory: str


@dataclass(frozen=True)
class Lesson:
    """A lesson: the header of its master, and its three files.

    One whose name has no number is a playground: without exercises, and of any length.
    """

    name: str
    title: str
    objectives: tuple[str, ...]
    prerequisites: tuple[str, ...]
    minutes: int
    profiles: Mapping[str, Demand]
    papers: tuple[str, ...]
    theorems: tuple[str, ...]
    source: Path
    notebook: Path
    solution: Path

    @property
    def number(self) -> str:
        """Two digits, e.g. ``"02"``; empty for a playground."""
        return "" if self.is_playground else self.name[:2]

    @property
    def is_playground(self) -> bool:
        """Whether it stands beside the numbered lessons: a notebook to play in, without exercises."""
        return not self.name[:2].isdigit()


def parse_lesson(source: Path, header: Any, course: Course) -> Lesson:
    """Return the lesson that ``header``, the mapping under ``nccourse`` in the master's head, describes.

    Raises:
        LessonError: a key missing, unknown, or of the wrong kind.
    """
    fields = _Header(source.name, header)
    name = source.stem
    return Lesson(
        name=name,
        title=fields.text("title"),
        objectives=fields.texts("objectives", minimum=2),
        prerequisites=fields.texts("prerequisites"),
        minutes=fields.minutes(),
        profiles=fields.profiles(),
        papers=fields.texts("papers"),
        theorems=fields.texts("theorems"),
        source=source,
        notebook=course.lessons / f"{name}.ipynb",
        solution=course.solutions / f"{name}.ipynb",
    )


class _Header:
    """Read typed values from the header, naming the file and key where one is wrong."""

    keys = frozenset({"title", "objectives", "prerequisites", "minutes", "profiles", "papers", "theorems"})

    def __init__(self, file: str, header: Any) -> None:
        self.file = file
        if not isinstance(header, dict) or set(header) != self.keys:
            found = sorted(map(str, header)) if isinstance(header, dict) else header
            raise LessonError(
                f"{file}: header", expected=f"nccourse: with {', '.join(sorted(self.keys))}", got=str(found)
            )
        self.header = header

    def text(self, key: str) -> str:
        value = self.header[key]
        if not isinstance(value, str) or not value.strip():
            raise self._error(key, "words")
        return value.strip()

    def texts(self, key: str, *, minimum: int = 0) -> tuple[str, ...]:
        value = self.header[key]
        strings = isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
        if not strings or len(value) < minimum:
            raise self._error(key, f"a list of at least {minimum} texts (quote numbers)")
        return tuple(value)

    def minutes(self) -> int:
        value = self.header["minutes"]
        if not isinstance(value, int) or value < 1:
            raise self._error("minutes", "an integer >= 1")
        return value

    def profiles(self) -> dict[str, Demand]:
        value = self.header["profiles"]
        if not isinstance(value, dict) or tuple(value) != PROFILES:
            raise self._error("profiles", f"{', '.join(PROFILES)}, each {{time: 12 s, memory: 1 GB}}")
        return {profile: self._demand(demand) for profile, demand in value.items()}

    def _demand(self, demand: Any) -> Demand:
        complete = isinstance(demand, dict) and set(demand) == {"time", "memory"}
        if not complete or not all(isinstance(part, str) for part in demand.values()):
            raise self._error("profiles", "{time: 12 s, memory: 1 GB} for each")
        return Demand(**demand)

    def _error(self, key: str, expected: str) -> LessonError:
        return LessonError(f"{self.file}: header: {key}", expected=expected, got=repr(self.header[key])[:60])
