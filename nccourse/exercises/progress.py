"""Which exercises a learner has solved, kept in one small file on their own machine.

Nothing leaves the machine: the file holds ids of exercises and the days they were solved, no answers.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import platformdirs

PROGRESS = "NCCOURSE_PROGRESS"


def progress_file() -> Path:
    """Return where progress is kept: ``NCCOURSE_PROGRESS`` if set, else in the user's data directory."""
    chosen = os.environ.get(PROGRESS)
    if chosen:
        return Path(chosen).expanduser()
    return Path(platformdirs.user_data_dir("nccourse")) / "progress.json"


def solved() -> dict[str, str]:
    """Return the exercises solved so far: id -> the day, e.g. ``{"02.1": "2026-03-14"}``.

    A file that is missing or unreadable counts as empty.
    """
    try:
        content = json.loads(progress_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    entries = content.get("solved", {}) if isinstance(content, dict) else {}
    return {str(key): str(day) for key, day in entries.items()} if isinstance(entries, dict) else {}


def remember(exercise_id: str) -> None:
    """Note that an exercise was solved today, unless it was before.

    A folder that cannot be written to is no reason to disturb a learner: then nothing is kept.
    """
    known = solved()
    if exercise_id in known:
        return
    _write({**known, exercise_id: date.today().isoformat()})


def forget() -> None:
    """Start anew: delete what was kept."""
    progress_file().unlink(missing_ok=True)


def _write(entries: dict[str, str]) -> None:
    path = progress_file()
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    text = json.dumps({"solved": dict(sorted(entries.items()))}, indent=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text + "\n", encoding="utf-8")
        os.replace(unfinished, path)
    except OSError:
        return
