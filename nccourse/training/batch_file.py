"""The unfinished runs of a batch on disk."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from nccourse.training.checkpoint import write_whole


class BatchFile:
    """Save the state of a batch, and find that of one whose runs include those asked for.

    Args:
        folder: of the sweep's checkpoints; None saves nothing.
        names: of the runs, each with its training data.
    """

    def __init__(self, folder: Path | None, names: Sequence[str]) -> None:
        self._folder, self._names = folder, list(names)
        digest = hashlib.sha256("\n".join(self._names).encode()).hexdigest()[:16]
        self._path = None if folder is None else folder / f"batch-{digest}.pt"

    def save(self, names: Sequence[str], state: dict[str, Any]) -> None:
        """Replace the file by the state of the runs that go on; delete it where none does."""
        if self._path is None:
            return
        if names:
            write_whole({"names": list(names), **state}, self._path)
        else:
            self._path.unlink(missing_ok=True)

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


def _read(path: Path) -> dict[str, Any] | None:
    """Return what a batch file holds, None where there is none (any more), or it is not one."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        return state if "names" in state else None
    except (FileNotFoundError, pickle.UnpicklingError, RuntimeError, EOFError, TypeError):
        return None
