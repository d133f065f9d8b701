"""A network trained batch by batch, whose loss, scale and learning rate may change on the way."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from nccourse import metrics
from nccourse.data import DeviceBatches
from nccourse.errors import InputValueError
from nccourse.models import CosineHead, Network
from nccourse.plots.arrays import Array
from nccourse.training.config import TrainConfig
from nccourse.training.randomness import own_generator, seed_generator
from nccourse.training.recording import MeasuredSets, collect, measure, take_snapshot
from nccourse.training.sets import DataSets, load_sets
from nccourse.training.setup import build_criterion, build_model, build_optimizer, check_last_batch
from nccourse.training.step import Step

DATA = {"digits, 8×8": "digits", "5,000 of MNIST, 28×28": "mnist5k"}
_CPU = torch.device("cpu")
_ALL_CLASSES = 10
_MEASURED, _DOTS = 100, 20  # samples a class that are measured and shown


@dataclass(frozen=True)
class Recipe:
    """What may change while a network trains.

    Args:
        loss: "ce" or "bce".
        scale: γ.
        learning_rate: of SGD with momentum 0.9.
    """

    loss: str
    scale: float
    learning_rate: float


@dataclass(frozen=True)
class Frame:
    """A network as it was at one moment.

    Args:
        epoch: with a fraction if an epoch was left early.
        row: its measures, as in :class:`nccourse.training.TrainResult`.
        positive: cosines of features with their own class's weight, (M,).
        negative: cosines with the others', (M, K-1).
        bias: b, (K,).
        means: class means of the features, (K, d).
        weights: rows of length γ, (K, d).
        features: a few of each class, (m, d).
        labels: their classes, (m,).
    """

    epoch: float
    row: dict[str, Any]
    positive: Array
    negative: Array
    bias: Array
    means: Array
    weights: Array
    features: Array
    labels: np.ndarray[Any, np.dtype[np.int64]]


class LiveNetwork:
    """An MLP with a cosine head in training on the CPU.

    Args:
        data: "digits" or "mnist5k".
        num_classes: K: the images of the first K classes.
        recipe: to begin with.
        seed: of the weights and of the order of the images.

    Raises:
        InputTypeError, InputValueError: a value no run can have.
    """

    def __init__(self, data: str, num_classes: int, recipe: Recipe, *, seed: int = 0) -> None:
        self._config = _config(data, num_classes, recipe, seed)
        sets = _sets(data, num_classes)
        with own_generator(_CPU):
            seed_generator(seed, epoch=0)
            self.model: Network = build_model(self._config, sets.train)
        check_last_batch(self.model, len(sets.train), self._config.batch_size)
        self._measured = MeasuredSets(sets, self._config, _CPU)
        self._batches = DeviceBatches(sets.train, self._config.batch_size, seed=seed)
        self._optimizer = build_optimizer(self._config, self.model)
        self._ahead: Iterator[tuple[Tensor, Tensor]] = iter(())
        self._steps, self._seconds = 0, 0.0
        self.rows: list[dict[str, Any]] = []
        self.recipe = recipe
        self._adopt(recipe)
        self.frame = self._measure()

    @property
    def epoch(self) -> float:
        """Epochs trained so far, with a fraction within one."""
        return self._steps / len(self._batches)

    @property
    def between_epochs(self) -> bool:
        """Whether no epoch is under way."""
        return self._steps % len(self._batches) == 0

    def step(self, recipe: Recipe) -> None:
        """Train on one batch by ``recipe``, and measure at the end of an epoch.

        Raises:
            InputValueError: the loss is no longer finite.
        """
        start = time.perf_counter()
        if recipe != self.recipe:
            self._adopt(recipe)
        if self.between_epochs:
            self._ahead = self._batches.shuffled(self._steps // len(self._batches) + 1)
        self.model.train()
        loss = float(self._step(*next(self._ahead)))
        self._steps += 1
        self._seconds += time.perf_counter() - start
        if not math.isfinite(loss):
            below = f"one below {recipe.learning_rate:.3g}, after a reset"
            expected = "one at which the loss stays finite"
            raise InputValueError("learning rate", expected=expected, got=f"a loss of {loss}", advice=below)
        if self.between_epochs:
            self.frame = self._measure()

    def settle(self) -> None:
        """Measure the network as it is, if it has been trained since it was last measured."""
        if self.frame.epoch != self.epoch:
            self.frame = self._measure()

    def _adopt(self, recipe: Recipe) -> None:
        config = self._config = _with(self._config, recipe)
        self.recipe = recipe
        cast(CosineHead, self.model.head).scale = recipe.scale
        for group in self._optimizer.param_groups:
            group["lr"] = recipe.learning_rate
        self._criterion = build_criterion(config)
        self._step = Step(config, self.model, self._criterion, self._optimizer, torch.float32)

    @torch.no_grad()
    def _measure(self) -> Frame:
        head = self.model.head
        features = collect(self.model, self._measured)
        snapshot = take_snapshot(0, features, self._measured, head, _DOTS)
        made_with = dataclasses.asdict(self.recipe) | {"trained_with": self.recipe.loss}
        measures = measure(features, self._measured, head, self._criterion, self._config)
        row = {"epoch": self.epoch, **made_with, **measures, "learning_rate": self.recipe.learning_rate}
        row["seconds"] = self._seconds
        self.rows.append(row)
        self.model.eval()
        W = head.W / self.recipe.scale
        positive, negative = metrics.decision_scores(features.train, self._measured.train.labels, W)
        # Copies: the network goes on changing its own.
        return Frame(
            epoch=self.epoch,
            row=row,
            positive=_copy(positive),
            negative=_copy(negative),
            bias=_copy(head.b),
            means=_copy(snapshot.class_means),
            weights=_copy(head.W),
            features=_copy(snapshot.features),
            labels=snapshot.labels.numpy(),
        )


def _copy(part: Tensor) -> Array:
    copied: Array = part.detach().double().numpy().copy()
    return copied


@lru_cache(maxsize=4)
def _sets(data: str, num_classes: int) -> DataSets:
    return load_sets(_config(data, num_classes, Recipe("ce", 1.0, 1.0), 0))


def _config(data: str, num_classes: int, recipe: Recipe, seed: int) -> TrainConfig:
    return TrainConfig(
        model="mlp",
        data=data,
        # Without ReLU the features can centre at 0, as those of the unconstrained model do.
        model_options={"final_relu": False},
        data_options={"known": list(range(num_classes))} if num_classes < _ALL_CLASSES else {},
        head="cosine",
        loss=recipe.loss,
        scale=recipe.scale,
        learning_rate=recipe.learning_rate,
        lambda_b=0.0,  # b is to go where theory has it
        schedule="constant",
        measured_per_class=_MEASURED,
        seed=seed,
        device="cpu",
    )


def _with(config: TrainConfig, recipe: Recipe) -> TrainConfig:
    return dataclasses.replace(config, **dataclasses.asdict(recipe))
