"""What a training run returns."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nccourse.models import Network
from nccourse.training.config import TrainConfig
from nccourse.training.recording import Snapshot


@dataclass(frozen=True, eq=False, repr=False)
class TrainResult:
    """Hold what a run measured and the network it ended with.

    Args:
        metrics: a DataFrame, one row per recorded epoch; columns epoch, loss (mean over the training set,
            without weight decay), train_accuracy, test_accuracy (nan without a test set), nc1, nc2, nc3, nc4,
            compactness, separability (of the training features), learning_rate, seconds since the start.
            A diverged run ends in a row that has only its epoch and loss.
        model: the network, in evaluation mode, on the device it was trained on.
        config: what was run.
        seconds: wall time, measuring included, over all sessions of a resumed run.
        status: "completed" all epochs; "converged" within ``stop_tolerance``; "interrupted" from the
            keyboard; or "diverged" to a loss that is not finite.
        message: why the run ended early, and what to try; "" else.
        snapshots: one per recorded epoch where ``config.snapshots`` asks for them.
    """

    metrics: pd.DataFrame
    model: Network
    config: TrainConfig
    seconds: float
    status: str
    message: str
    snapshots: tuple[Snapshot, ...]

    def __repr__(self) -> str:
        last = self.metrics.iloc[-1] if len(self.metrics) else None
        reached = "" if last is None else f" at epoch {last.epoch:.0f}, nc1 {last.nc1:.3g}"
        why = f"; {self.message}" if self.message else ""
        return f"TrainResult({self.status}{reached}, {self.seconds:.1f} s{why})"
