"""Measure a network on the sets of its run, and keep what pictures need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from nccourse.data import DeviceBatches, ImageData
from nccourse.models import Head, Network
from nccourse.training import measures
from nccourse.training.config import TrainConfig
from nccourse.training.measures import MEASURES, Row
from nccourse.training.sets import DataSets, first_of_each_class
from nccourse.training.setup import Criterion

# Without gradients to keep, larger batches than in training pay.
_BATCH = 1024


@dataclass(frozen=True)
class Snapshot:
    """Keep what a picture of one epoch needs, as float32 on the CPU.

    Args:
        epoch: 0 before training.
        class_means: (K, d) of the measured training samples; nan for a class without any.
        test_class_means: (K, d) of the test set; nan for a class without samples, or without a test set.
        W: (K, d).
        b: (K,).
        features: (M, d) of the first ``config.snapshots`` training samples of each class.
        labels: (M,) int64.
    """

    epoch: int
    class_means: Tensor
    test_class_means: Tensor
    W: Tensor
    b: Tensor
    features: Tensor
    labels: Tensor


class MeasuredSets:
    """Hold on the device the sets a network is measured on.

    Args:
        sets: of the run; all are normalised as the training set is.
        config: of the run.
        device: where they live.
    """

    def __init__(self, sets: DataSets, config: TrainConfig, device: torch.device) -> None:
        train = sets.train
        self.class_counts = train.class_counts
        measured = train
        if config.measured_per_class is not None:
            measured = train.select(first_of_each_class(train.labels, config.measured_per_class))

        def on_device(part: ImageData) -> DeviceBatches:
            return DeviceBatches(part, _BATCH, device=device, mean=train.mean, std=train.std)

        self.train = on_device(measured)
        self.test = None if sets.test is None else on_device(sets.test)
        self.validation = None if sets.validation is None else on_device(sets.validation)


class Features(NamedTuple):
    """The (N, d) features of each measured set, None where there is no such set."""

    train: Tensor
    test: Tensor | None
    validation: Tensor | None


@torch.no_grad()
def collect_features(model: Network, batches: DeviceBatches) -> Tensor:
    """Return the (N, d) features of a whole set in its own order, with the network in evaluation mode."""
    training = model.training
    model.eval()
    features = torch.cat([model.features(images) for images, _ in batches.in_order(_BATCH)])
    model.train(training)
    return features


def collect(model: Network, sets: MeasuredSets) -> Features:
    """Return the features of every measured set."""
    test = None if sets.test is None else collect_features(model, sets.test)
    validation = None if sets.validation is None else collect_features(model, sets.validation)
    return Features(collect_features(model, sets.train), test, validation)


@torch.no_grad()
def all_finite(features: Features, head: Head) -> bool:
    """Tell whether all logits are finite; they are not where a feature, a weight or a bias is not."""
    parts = [part for part in features if part is not None]
    return all(bool(torch.isfinite(part @ head.W.T - head.b).all()) for part in parts)


@torch.no_grad()
def measure(
    features: Features, sets: MeasuredSets, head: Head, criterion: Criterion, config: TrainConfig
) -> Row:
    """Return the measures of one epoch, nan where there is no such set."""
    labels = sets.train.labels
    row = {
        **dict.fromkeys(MEASURES, math.nan),
        "loss": float(criterion(features.train, labels, head)),
        **measures.of_training_set(features.train, labels, head, config, sets.class_counts),
    }
    if sets.test is not None and features.test is not None:
        row.update(measures.of_test_set(features.test, sets.test.labels, head))
    if sets.validation is not None and features.validation is not None:
        row.update(measures.of_validation_set(features.validation, sets.validation.labels, head))
    return row


@torch.no_grad()
def take_snapshot(epoch: int, features: Features, sets: MeasuredSets, head: Head, per_class: int) -> Snapshot:
    """Return the class means, the classifier and the features of the first samples of each class."""
    W, labels = head.W, sets.train.labels
    means = _class_means(features.train, labels, len(W))
    test_means = torch.full_like(means, math.nan)
    if sets.test is not None and features.test is not None:
        test_means = _class_means(features.test, sets.test.labels, len(W))
    # One class after the other.
    chosen = torch.cat([torch.nonzero(labels == k).flatten()[:per_class] for k in range(len(W))])
    parts = (means, test_means, W, head.b, features.train[chosen], labels[chosen])
    return Snapshot(epoch, *(part.detach().to("cpu", copy=True) for part in parts))


def _class_means(features: Tensor, labels: Tensor, num_classes: int) -> Tensor:
    sums = features.new_zeros(num_classes, features.shape[1]).index_add_(0, labels, features)
    return sums / torch.bincount(labels, minlength=num_classes)[:, None]
