"""What happens at the end of an epoch: measure, keep, and see whether the run has ended."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from nccourse.models import Network
from nccourse.training.config import TrainConfig
from nccourse.training.measures import MEASURES, Row, distance_from_etf
from nccourse.training.progress import Progress
from nccourse.training.recording import MeasuredSets, all_finite, collect, measure, take_snapshot
from nccourse.training.setup import Criterion, learning_rate


@dataclass
class Recorder:
    """Record one run, whoever trains it.

    Args:
        config: of the run.
        model: the network.
        criterion: the loss.
        measured: the sets it is measured on.
        progress: how far the run has come; updated here, but for ``seconds``.
        on_record: called with each new row and the network.
    """

    config: TrainConfig
    model: Network
    criterion: Criterion
    measured: MeasuredSets
    progress: Progress
    on_record: Callable[[Row, Network], None] | None = None

    def close_epoch(self, epoch: int, loss: float) -> None:
        """Note that an epoch is over, with its mean loss; measure if it is to be recorded."""
        if not math.isfinite(loss):
            self._diverge(epoch, loss)
        elif epoch in self.config.recorded_epochs:
            self.record(epoch)
        if epoch == self.config.epochs and self.progress.running:
            self.progress.status = "completed"
        self.progress.epoch = epoch

    def record(self, epoch: int) -> None:
        """Measure the network as it is after ``epoch``, and see whether it has converged or diverged."""
        config, head = self.config, self.model.head
        features = collect(self.model, self.measured)
        if not all_finite(features, head):
            self._diverge(epoch, math.nan)
            return
        self._append(epoch, measure(features, self.measured, head, self.criterion, config))
        if config.snapshots:
            snapshot = take_snapshot(epoch, features, self.measured, head, config.snapshots)
            self.progress.snapshots.append(snapshot)
        if config.stop_tolerance is not None:
            distance = distance_from_etf(features.train, self.measured.train.labels, head.W)
            if distance <= config.stop_tolerance:
                self.progress.status = "converged"

    def _append(self, epoch: int, measures: Row) -> None:
        row: Row = {"epoch": epoch, **dict.fromkeys(MEASURES, math.nan), **measures}
        row["learning_rate"] = learning_rate(self.config, max(epoch, 1))
        row["seconds"] = self.progress.seconds
        self.progress.rows.append(row)
        if self.on_record is not None:
            self.on_record(row, self.model)

    def _diverge(self, epoch: int, loss: float) -> None:
        self._append(epoch, {"loss": loss})
        self.progress.status = "diverged"
        below = f"{self.config.learning_rate:g}"
        self.progress.message = f"the loss became {loss} in epoch {epoch}; try a learning_rate below {below}"
