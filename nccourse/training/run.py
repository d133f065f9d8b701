"""One run in motion: an epoch of training, and the measuring of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from nccourse.data import Augmentation, DeviceBatches
from nccourse.models import Network
from nccourse.training.config import TrainConfig
from nccourse.training.measures import MEASURES, Row, distance_from_etf
from nccourse.training.progress import Progress
from nccourse.training.randomness import seed_generator
from nccourse.training.recording import MeasuredSets, collect, measure, take_snapshot
from nccourse.training.setup import Criterion, learning_rate
from nccourse.training.step import Step


@dataclass
class Run:
    """Hold what a run works with.

    Args:
        config: what to run.
        model: the network.
        criterion: the loss.
        optimizer: over the network's parameters.
        step: trains on one batch.
        batches: the training set on the device.
        augmentation: of the training images, if any.
        measured: the sets it is measured on.
        progress: how far the run has come; updated as it goes.
        on_record: called with each new row and the network.
    """

    config: TrainConfig
    model: Network
    criterion: Criterion
    optimizer: torch.optim.Optimizer
    step: Step
    batches: DeviceBatches
    augmentation: Augmentation | None
    measured: MeasuredSets
    progress: Progress
    on_record: Callable[[Row, Network], None] | None = None
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = time.perf_counter() - self.progress.seconds

    def step_epoch(self) -> None:
        """Train for one epoch, measure it if it is to be recorded, and note how the run stands."""
        epoch = self.progress.epoch + 1
        loss = self._train_epoch(epoch)
        if not math.isfinite(loss):
            self._diverge(epoch, loss)
        elif epoch in self.config.recorded_epochs:
            self.record(epoch)
        if epoch == self.config.epochs and self.progress.running:
            self.progress.status = "completed"
        self.progress.epoch = epoch
        self.progress.seconds = time.perf_counter() - self._started

    def record(self, epoch: int) -> None:
        """Measure the network as it is after ``epoch``, and see whether it has converged or diverged."""
        config, labels, head = self.config, self.measured.train.labels, self.model.head
        features = collect(self.model, self.measured)
        if not bool(torch.isfinite(features.train).all()):
            self._diverge(epoch, math.nan)
            return
        self._append(epoch, measure(features, self.measured, head, self.criterion, config))
        if config.snapshots:
            snapshot = take_snapshot(epoch, features, self.measured, head, config.snapshots)
            self.progress.snapshots.append(snapshot)
        if config.stop_tolerance is not None:
            distance = distance_from_etf(features.train, labels, head.W)
            if distance <= config.stop_tolerance:
                self.progress.status = "converged"

    def _train_epoch(self, epoch: int) -> float:
        seed_generator(self.config.seed, epoch)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.config, epoch)
        self.model.train()
        total = torch.zeros((), device=self.batches.labels.device)
        for images, labels in self.batches.shuffled(epoch):
            batch = (images, labels) if self.augmentation is None else self.augmentation(images, labels)
            total += self.step(*batch)
        # The only wait for the device in an epoch.
        return float(total) / len(self.batches)

    def _append(self, epoch: int, measures: Row) -> None:
        row: Row = {"epoch": epoch, **dict.fromkeys(MEASURES, math.nan), **measures}
        row["learning_rate"] = learning_rate(self.config, max(epoch, 1))
        row["seconds"] = time.perf_counter() - self._started
        self.progress.rows.append(row)
        if self.on_record is not None:
            self.on_record(row, self.model)

    def _diverge(self, epoch: int, loss: float) -> None:
        self._append(epoch, {"loss": loss})
        self.progress.status = "diverged"
        below = f"{self.config.learning_rate:g}"
        self.progress.message = f"the loss became {loss} in epoch {epoch}; try a learning_rate below {below}"
