"""One run in motion."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from nccourse.data import Augmentation, DeviceBatches
from nccourse.training.checkpoint import Checkpoint
from nccourse.training.progress import Progress
from nccourse.training.randomness import seed_generator
from nccourse.training.recorder import Recorder
from nccourse.training.setup import learning_rate
from nccourse.training.step import Step


@dataclass
class Run:
    """Hold what a run works with.

    Args:
        recorder: measures it; has its config, network and progress.
        optimizer: over the network's parameters.
        step: trains on one batch.
        batches: the training set on the device.
        augmentation: of the training images, if any.
        checkpoint: where its state is saved.
    """

    recorder: Recorder
    optimizer: torch.optim.Optimizer
    step: Step
    batches: DeviceBatches
    augmentation: Augmentation | None
    checkpoint: Checkpoint
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = time.perf_counter() - self.progress.seconds

    @property
    def progress(self) -> Progress:
        """How far the run has come."""
        return self.recorder.progress

    def carry_out(self, on_epoch: Callable[[Progress], None]) -> None:
        """Train to the end, or until Ctrl-C, saving after every epoch; a finished run stays as it is."""
        try:
            if not self.progress.rows:
                self.recorder.record(epoch=0)
            while self.progress.running:
                self.step_epoch()
                self.checkpoint.save(self.progress, self.recorder.model, self.optimizer)
                on_epoch(self.progress)
        except KeyboardInterrupt:
            self.progress.interrupt()

    def step_epoch(self) -> None:
        """Train for one epoch, measure it if it is to be recorded, and note how the run stands."""
        epoch = self.progress.epoch + 1
        loss = self._train_epoch(epoch)
        self._read_clock()
        self.recorder.close_epoch(epoch, loss)
        self._read_clock()

    def _train_epoch(self, epoch: int) -> float:
        config = self.recorder.config
        seed_generator(config.seed, epoch)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(config, epoch)
        self.recorder.model.train()
        total = torch.zeros((), device=self.batches.labels.device)
        for images, labels in self.batches.shuffled(epoch):
            batch = (images, labels) if self.augmentation is None else self.augmentation(images, labels)
            total += self.step(*batch)
        # The only wait for the device in an epoch.
        return float(total) / len(self.batches)

    def _read_clock(self) -> None:
        self.progress.seconds = time.perf_counter() - self._started
