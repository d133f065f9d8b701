"""The unfinished runs of a batch on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nccourse.data import ImageData
from nccourse.training.checkpoint import UnreadableError, read_whole, remove, write_whole
from nccourse.training.config import TrainConfig


def run_name(config: TrainConfig, train_set: ImageData) -> str:
    """Return what tells a run in a batch file from all others: its config and its training data."""
    return f"{config.key} on {train_set.checksum}"


class BatchFile:
    """Save the state of a batch, and find that of one whose runs include those asked for.

    Args:
        folder: of the sweep's checkpoints; None saves nothing.
        names: of the runs, as :func:`run_name` makes them.
    """

    def __init__(self, folder: Path | None, names: Sequence[str]) -> None:
        self._folder, self._names = folder, list(names)
        digest = hashlib.sha256("\n".join(self._names).encode()).hexdigest()[:16]
        self._path = None if folder is None else folder / f"batch-{digest}.pt"

    def save(self, names: Sequence[str], state: dict[str, Any]) -> None:
        """Replace the file by the state of the runs that go on; where none does, tidy up."""
        if self._folder is None or self._path is None:
            return
        if names:
            write_whole({"names": list(names), **state}, self._path)
        else:
            self._tidy(self._folder)

    def find(self) -> tuple[dict[str, Any], list[int]] | None:
        """Return a saved state and where in it the runs are, in order; None without one that has them all.

        The file of the same runs comes first, then any other: a run that was stored elsewhere in the
        meantime is not asked for again.
        """
        if self._folder is None or self._path is None:
            return None
        others = sorted(path for path in self._folder.glob("batch-*.pt") if path != self._path)
        for path in (self._path, *others):
            state = _read(path)
            if state is not None and set(self._names) <= set(state["names"]):
                return state, [state["names"].index(name) for name in self._names]
        return None

    def _tidy(self, folder: Path) -> None:
        """Delete the batch files all of whose runs have ended."""
        for path in folder.glob("batch-*.pt"):
            state = _read(path)
            names = state["names"] if state else []
            if path == self._path or all((folder / f"{name.split()[0]}.pt").exists() for name in names):
                remove(path)


def _read(path: Path) -> dict[str, Any] | None:
    """Return what a batch file holds, None where there is none (any more), or it is not one."""
    try:
        return read_whole(path, "names", "progress", "tensors", "steps", "optimizer")
    except (FileNotFoundError, UnreadableError):
        return None
