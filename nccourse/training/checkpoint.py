"""A run on disk: written whole or not at all, read back without executing anything."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from nccourse.data import ImageData
from nccourse.errors import InputValueError
from nccourse.models import Network
from nccourse.training.config import TrainConfig
from nccourse.training.progress import Progress


def checkpoint_path(folder: Path | None, config: TrainConfig) -> Path | None:
    """Return where a sweep keeps the checkpoint of a run."""
    return None if folder is None else folder / f"{config.key}.pt"


def write_whole(state: dict[str, Any], path: Path) -> None:
    """Replace a file; a kill at any moment leaves the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, _unfinished(path))
    os.replace(_unfinished(path), path)


def remove(path: Path) -> None:
    """Delete a file, and what a kill may have left of a new one, if they are there."""
    path.unlink(missing_ok=True)
    _unfinished(path).unlink(missing_ok=True)


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + ".part")


class UnreadableError(Exception):
    """A file is not what :func:`write_whole` writes."""


def read_whole(path: Path, *keys: str) -> dict[str, Any]:
    """Return the state in a file, which must have these keys.

    Raises:
        FileNotFoundError: there is no file.
        UnreadableError: it holds something else.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        missing = [key for key in keys if key not in state]
    except OSError:
        raise
    # Any bytes at all may stand in the file, and the reader stumbles over them in as many ways.
    except Exception as error:
        raise UnreadableError(type(error).__name__) from error
    if missing:
        raise UnreadableError(f"no {', '.join(missing)}")
    return state


class Checkpoint:
    """Save and restore one run.

    Args:
        path: of the file; None saves nothing.
        config: of the run.
        train_set: the images it trains on.
    """

    def __init__(self, path: str | Path | None, config: TrainConfig, train_set: ImageData) -> None:
        self.path = None if path is None else Path(path).expanduser()
        self._identity: dict[str, Any] = {}
        if path is not None:
            self._identity = {**config.to_dict(), "training data": train_set.checksum}

    def save(self, progress: Progress, model: Network, optimizer: torch.optim.Optimizer | None) -> None:
        """Replace the file by the present state; a run that has ended needs no optimizer."""
        if self.path is None:
            return
        state = {
            "identity": self._identity,
            "progress": progress.state(),
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict() if optimizer and progress.running else None,
        }
        write_whole(state, self.path)

    def restore(self, model: Network, optimizer: torch.optim.Optimizer) -> Progress:
        """Bring model and optimizer to the saved state, if there is one, and say how far it had come.

        Raises:
            InputValueError: the file is not a checkpoint, or one of another run.
        """
        if self.path is None or not self.path.exists():
            return Progress()
        state = self._read(self.path)
        model.load_state_dict(state["model"])
        if state["optimizer"] is not None:
            optimizer.load_state_dict(state["optimizer"])
        return Progress.from_state(state["progress"])

    def _read(self, path: Path) -> dict[str, Any]:
        expected, advice = "a checkpoint of this run", "another path, or deleting the file"
        try:
            state = read_whole(path, "identity", "progress", "model", "optimizer")
        except UnreadableError as error:
            reason = f"{path}, which cannot be read as one ({error})"
            raise InputValueError("checkpoint_path", expected=expected, got=reason, advice=advice) from error
        saved = state["identity"]
        differing = [name for name, value in self._identity.items() if saved.get(name) != value]
        if differing:
            told = [f"{name} {saved.get(name)!r} in place of {self._identity[name]!r}" for name in differing]
            reason = f"{path}, written with {', '.join(told)}"
            raise InputValueError("checkpoint_path", expected=expected, got=reason, advice=advice)
        return state
