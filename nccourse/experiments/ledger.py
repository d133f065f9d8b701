"""Finished cells on disk: one JSON file each, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from nccourse.errors import InputValueError
from nccourse.experiments import record
from nccourse.experiments.record import Record

RESULTS = "NCCOURSE_RESULTS"


def results_folder() -> Path:
    """Return where results lie: $NCCOURSE_RESULTS, else results/ of this clone or the working folder."""
    named = os.environ.get(RESULTS)
    if named:
        return Path(named).expanduser()
    clone = Path(__file__).resolve().parents[2]
    return (clone if (clone / "pyproject.toml").is_file() else Path()) / "results"


class Ledger:
    """Read and write the records below a folder: FOLDER/STUDY/PROFILE/KEY.json.

    Args:
        folder: need not exist yet; None is :func:`results_folder`.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = results_folder() if folder is None else Path(folder).expanduser()

    def read(self, study: str, profile: str) -> dict[str, Record]:
        """Return the records of a study at a profile by their cell's key.

        Raises:
            InputValueError: a file there is not a record.
        """
        found = (self.folder / study / profile).glob("*.json")
        return {path.stem: read_record(path) for path in sorted(found)}

    def write(self, entry: Record) -> Path:
        """Add a record, or replace the one of the same cell; return its path."""
        entry = record.check(entry)
        path: Path = self.folder / entry["experiment"] / entry["profile"] / f"{entry['key']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        unfinished.write_text(json.dumps(entry, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        os.replace(unfinished, path)
        return path

    def checkpoints(self, study: str, profile: str) -> Path:
        """Return where unfinished cells keep their state."""
        return self.folder / "checkpoints" / study / profile

    def __iter__(self) -> Iterator[Path]:
        return iter(sorted(self.folder.glob("*/*/*.json")))


def read_record(path: Path) -> Record:
    """Return the record in a file.

    Raises:
        InputValueError: the file is not a record.
    """
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=10_000)
def _read(path: Path, changed: int) -> Record:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        advice = "deleting it; its cell is then run again"
        raise InputValueError(str(path), expected="a JSON file", got=str(error), advice=advice) from error
    return record.check(content, name=str(path))
