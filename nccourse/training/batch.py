"""Runs of one architecture trained together as one batch of models."""

from __future__ import annotations

import copy
import itertools
import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from nccourse import losses
from nccourse.data import DeviceBatches
from nccourse.training.batch_file import BatchFile, run_name
from nccourse.training.checkpoint import Checkpoint, checkpoint_path
from nccourse.training.config import TrainConfig
from nccourse.training.progress import Progress
from nccourse.training.recorder import Recorder
from nccourse.training.recording import MeasuredSets
from nccourse.training.result import TrainResult, result_of
from nccourse.training.sets import DataSets
from nccourse.training.setup import build_criterion, learning_rate, parameter_decay
from nccourse.training.stack import Stack
from nccourse.training.stacked_optimizers import StackedAdamW, StackedOptimizer, StackedSGD, clip
from nccourse.training.trainer import initial_model


@dataclass
class Member:
    """One run of a batch.

    Args:
        recorder: measures it; has its config, network and progress.
        checkpoint: where it is saved once it has ended.
    """

    recorder: Recorder
    checkpoint: Checkpoint

    @property
    def config(self) -> TrainConfig:
        """What is run."""
        return self.recorder.config

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self.recorder.progress

    def result(self) -> TrainResult:
        """Return what the run has come to."""
        return result_of(self.config, self.recorder.model, self.progress)


class Batch:
    """Train runs that :func:`nccourse.training.grouping.can_join` lets go together.

    Each has its own initial weights, order of samples, loss, learning rate and decay, as it would alone, so
    it comes to the same result but for rounding. It leaves the batch when it ends. A second of the batch
    counts as 1/M second of each of its M runs.

    Args:
        configs: of the runs.
        sets: they all are trained and measured on.
        device: where.
        folder: of the checkpoints, or None.
    """

    def __init__(
        self, configs: Sequence[TrainConfig], sets: DataSets, device: torch.device, folder: Path | None
    ) -> None:
        configs = sorted(configs, key=lambda config: config.seed)
        measured = MeasuredSets(sets, configs[0], device)
        self.members = [
            Member(
                Recorder(
                    config, initial_model(config, sets, device), build_criterion(config), measured, Progress()
                ),
                Checkpoint(checkpoint_path(folder, config), config, sets.train),
            )
            for config in configs
        ]
        self._batches = DeviceBatches(sets.train, configs[0].batch_size, device=device)
        self._device = device
        self._train_set = sets.train
        self.stack = Stack([member.recorder.model for member in self.members])
        self.optimizer = self._build_optimizer()
        self._file = BatchFile(folder, self._names())
        self._restore()
        self._arrange()

    def carry_out(
        self, on_epoch: Callable[[int], None], on_result: Callable[[TrainResult], None]
    ) -> list[TrainResult]:
        """Train to the end, or until Ctrl-C, saving after every epoch.

        Args:
            on_epoch: called after each epoch with the number of runs it was one of.
            on_result: called with each run when it has ended.

        Returns:
            The runs, in any order.
        """
        ended: list[Member] = []
        try:
            if not self.members[0].progress.rows:
                for member in self.members:
                    member.recorder.record(epoch=0)
                ended += self._let_go(on_result)
            while self.members:
                count = len(self.members)
                self.step_epoch()
                on_epoch(count)
                ended += self._let_go(on_result)
        except KeyboardInterrupt:
            for member in self.members:
                member.progress.interrupt()
        return [member.result() for member in ended + self.members]

    def step_epoch(self) -> None:
        """Train all runs for one epoch and measure those that are to be recorded."""
        started = time.perf_counter()
        epoch = self.members[0].progress.epoch + 1
        means = self._train_epoch(epoch)
        for member, loss in zip(self.members, means, strict=True):
            started = self._share_time(started)
            member.recorder.close_epoch(epoch, loss)
        self._share_time(started)

    def _train_epoch(self, epoch: int) -> list[float]:
        rates = self._vector(learning_rate(member.config, epoch) for member in self.members)
        total = torch.zeros(len(self.members), device=self._device)
        orders = [batches.shuffled(epoch) for batches in self._streams]
        for parts in zip(*orders, strict=True):
            total += self._step([images for images, _ in parts], [labels for _, labels in parts], rates)
        means: list[float] = (total / len(self._batches)).tolist()
        return means

    def _step(self, images: list[Tensor], labels: list[Tensor], rates: Tensor) -> Tensor:
        """Update all runs by one batch each and return their losses (M,)."""
        features = self.stack.features(images, self._sizes)
        targets = torch.stack(labels)[self._stream_of]
        values = self._losses(self.stack.logits(features), targets)
        if self._decays_features:
            values = values + self._feature_decay / 2 * features.square().sum(1).mean(1)
        parameters = self.stack.parameters()
        gradients = list(torch.autograd.grad(values.sum(), parameters))
        if "head.b" in self.stack.trained:
            gradients[self.stack.trained.index("head.b")] *= self.stack.learns_bias[:, None]
        if self._clips:
            gradients = clip(gradients, self._bounds)
        self.optimizer.step(parameters, gradients, rates)
        return values.detach()

    def _losses(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean loss (M,) of logits (M, B, K) and targets (M, B)."""
        values = logits.new_empty(len(logits))
        for config, members in self._by_loss:
            rows, kinds = logits[members].flatten(0, 1), targets[members].flatten()
            each = losses.get(config.loss)(rows, kinds, reduction="none", **config.loss_options)
            values = values.index_put((members,), each.view(len(members), -1).mean(1))
        return values

    def _let_go(self, on_result: Callable[[TrainResult], None]) -> list[Member]:
        """Save the state; save, report and return the runs that have ended, and go on without them."""
        ended = [member for member in self.members if not member.progress.running]
        # First what has ended: then a kill between the two leaves every run in one of the files.
        for member in ended:
            member.checkpoint.save(member.progress, member.recorder.model, None)
        if ended:
            staying = [index for index, member in enumerate(self.members) if member.progress.running]
            self.stack.keep(staying)
            self.optimizer.keep(torch.tensor(staying, dtype=torch.long, device=self._device))
            self.members = [self.members[index] for index in staying]
            self._arrange()
        self._save()
        for member in ended:
            on_result(member.result())
        return ended

    def _arrange(self) -> None:
        """Prepare what depends on which runs are in the batch."""
        configs = [member.config for member in self.members]
        seeds = [list(group) for _, group in itertools.groupby(config.seed for config in configs)]
        self._sizes = [len(group) for group in seeds]
        self._streams = [self._shuffling(group[0]) for group in seeds]
        streams = torch.arange(len(seeds), device=self._device)
        self._stream_of = streams.repeat_interleave(
            torch.tensor(self._sizes, dtype=torch.long, device=self._device)
        )
        by_loss: dict[str, list[int]] = {}
        for index, config in enumerate(configs):
            name = json.dumps([config.loss, dict(config.loss_options)], sort_keys=True)
            by_loss.setdefault(name, []).append(index)
        self._by_loss = [
            (configs[indices[0]], torch.tensor(indices, device=self._device)) for indices in by_loss.values()
        ]
        self._feature_decay = self._vector(config.lambda_H for config in configs)
        self._decays_features = any(config.lambda_H for config in configs)
        self._bounds = self._vector(config.clip_norm or math.inf for config in configs)
        self._clips = any(config.clip_norm for config in configs)

    def _shuffling(self, seed: int) -> DeviceBatches:
        """Return the training set in the order of another seed, sharing its images."""
        batches = copy.copy(self._batches)
        batches.seed = seed
        return batches

    def _build_optimizer(self) -> StackedOptimizer:
        configs = [member.config for member in self.members]
        decays = [
            self._vector(parameter_decay(config, name) for config in configs) for name in self.stack.trained
        ]
        parameters = self.stack.parameters()
        if configs[0].optimizer == "sgd":
            momentum = self._vector(config.momentum for config in configs)
            return StackedSGD(parameters, decays, momentum)
        return StackedAdamW(parameters, decays)

    def _share_time(self, since: float) -> float:
        """Share the time since then among the runs; return the present."""
        now = time.perf_counter()
        for member in self.members:
            member.progress.seconds += (now - since) / len(self.members)
        return now

    def _save(self) -> None:
        self._file.save(
            self._names(),
            {
                "progress": [member.progress.state() for member in self.members],
                "tensors": self.stack.tensors,
                "steps": self.optimizer.steps,
                "optimizer": self.optimizer.state,
            },
        )

    def _restore(self) -> None:
        found = self._file.find()
        if found is None:
            return
        state, rows = found
        index = torch.tensor(rows)
        for member, row in zip(self.members, rows, strict=True):
            member.recorder.progress = Progress.from_state(state["progress"][row])
        self.stack.load({name: tensor[index] for name, tensor in state["tensors"].items()})
        slots = state["optimizer"].items()
        chosen = {name: [tensor[index] for tensor in slot] for name, slot in slots}
        self.optimizer.load(state["steps"], chosen)

    def _names(self) -> list[str]:
        return [run_name(member.config, self._train_set) for member in self.members]

    def _vector(self, values: Iterable[float]) -> Tensor:
        return torch.tensor(list(values), device=self._device)
