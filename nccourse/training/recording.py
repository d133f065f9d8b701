"""What is measured at a recorded epoch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from nccourse import metrics
from nccourse.data import DeviceBatches
from nccourse.models import Network
from nccourse.training.setup import Criterion

Row = dict[str, float]
"""One row of TrainResult.metrics."""

# Without gradients to keep, larger batches than in training pay.
_BATCH = 1024

MEASURES = (
    "loss",
    "train_accuracy",
    "test_accuracy",
    "nc1",
    "nc2",
    "nc3",
    "nc4",
    "compactness",
    "separability",
    "learning_rate",
    "seconds",
)


@dataclass(frozen=True)
class Snapshot:
    """Keep what a picture of one epoch needs, as float32 on the CPU.

    Args:
        epoch: 0 before training.
        class_means: (K, d) over the whole training set; nan for a class without samples.
        W: (K, d).
        b: (K,).
        features: (M, d) of the first ``config.snapshots`` training samples of each class.
        labels: (M,) int64.
    """

    epoch: int
    class_means: Tensor
    W: Tensor
    b: Tensor
    features: Tensor
    labels: Tensor


@torch.no_grad()
def collect_features(model: Network, batches: DeviceBatches) -> Tensor:
    """Return the (N, d) features of a whole set in its own order, with the network in evaluation mode."""
    training = model.training
    model.eval()
    features = torch.cat([model.features(images) for images, _ in batches.in_order(_BATCH)])
    model.train(training)
    return features


@torch.no_grad()
def measure(
    model: Network, criterion: Criterion, features: Tensor, batches: DeviceBatches, test: DeviceBatches | None
) -> Row:
    """Return the measures of one epoch: loss and collapse on the training features, accuracy on both sets."""
    W, b, labels = model.head.W, model.head.b, batches.labels
    if features.device.type == "mps":  # which has no float64
        features, W, b, labels = features.cpu(), W.cpu(), b.cpu(), labels.cpu()
    collapse = metrics.neural_collapse(features, labels, W, b=b)
    return {
        "loss": float(criterion(features.to(model.head.b.device), batches.labels, model.head)),
        "train_accuracy": metrics.accuracy(features @ W.T - b, labels),
        "test_accuracy": _test_accuracy(model, test),
        "nc1": collapse.nc1,
        "nc2": collapse.nc2,
        "nc3": collapse.nc3,
        "nc4": collapse.nc4,
        "compactness": metrics.compactness(features, labels),
        "separability": metrics.separability(features, labels),
    }


@torch.no_grad()
def distance_from_etf(features: Tensor, labels: Tensor, W: Tensor) -> float:
    """Return the largest |cos(h_i, w_j) - t|, t = 1 for the own class, else -1/(K-1) (paper A, Eq. 217)."""
    cosines = functional.normalize(features) @ functional.normalize(W).T
    num_classes = len(W)
    target = functional.one_hot(labels, num_classes) * (num_classes / (num_classes - 1)) - 1 / (
        num_classes - 1
    )
    return float((cosines - target).abs().max())


@torch.no_grad()
def take_snapshot(epoch: int, model: Network, features: Tensor, labels: Tensor, per_class: int) -> Snapshot:
    """Return the class means, the classifier and the features of the first samples of each class."""
    W, b = model.head.W, model.head.b
    sums = torch.zeros_like(W).index_add_(0, labels, features)
    means = sums / torch.bincount(labels, minlength=len(W))[:, None]
    members = [torch.nonzero(labels == k).flatten()[:per_class] for k in range(len(W))]
    chosen = torch.cat(members)
    parts = (means, W, b, features[chosen], labels[chosen])
    return Snapshot(epoch, *(part.detach().to("cpu", copy=True) for part in parts))


def _test_accuracy(model: Network, test: DeviceBatches | None) -> float:
    if test is None:
        return float("nan")
    logits = collect_features(model, test) @ model.head.W.T - model.head.b
    return metrics.accuracy(logits, test.labels)
