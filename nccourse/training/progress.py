"""How far a run has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nccourse.training.measures import Row
from nccourse.training.recording import Snapshot


@dataclass
class Progress:
    """Collect what a run has produced so far, all of it saved in a checkpoint.

    Args:
        epoch: the last finished one; 0 before training.
        status: "running", or how the run ended.
        message: why it ended so, "" where there is nothing to say.
        seconds: spent so far, earlier sessions included.
        rows: the measures recorded so far.
        snapshots: those taken so far.
    """

    epoch: int = 0
    status: str = "running"
    message: str = ""
    seconds: float = 0.0
    rows: list[Row] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether there is more to do."""
        return self.status == "running"

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint holds of it: plain values and tensors."""
        return {**vars(self), "snapshots": [vars(snapshot) for snapshot in self.snapshots]}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Progress:
        """Return the progress whose :meth:`state` this is."""
        snapshots = [Snapshot(**snapshot) for snapshot in state["snapshots"]]
        return cls(**{**state, "rows": list(state["rows"]), "snapshots": snapshots})

    def interrupt(self) -> None:
        """Note that the run was stopped from the keyboard."""
        self.status = "interrupted"
        self.message = f"stopped from the keyboard after epoch {self.epoch}"
