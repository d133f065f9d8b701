"""Reference solutions, as package data generated from the lessons' masters."""

from __future__ import annotations

import json
from importlib.resources import files


def reference_solution(exercise_id: str) -> str | None:
    """Return the code of the reference solution, or None where none is packaged."""
    path = files("nccourse.exercises") / "solutions.json"
    if not path.is_file():
        return None
    solutions: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return solutions.get(exercise_id)
