"""What is measured of features and classifier at a recorded epoch."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from nccourse import metrics
from nccourse.models import Head
from nccourse.training.config import TrainConfig

Row = dict[str, float]
"""One row of TrainResult.metrics."""

MEASURES = (
    "loss",
    "train_accuracy",
    "test_accuracy",
    "validation_accuracy",
    "unbiased_accuracy",
    "uniform_accuracy",
    "test_uniform_accuracy",
    "nc1",
    "nc2",
    "nc3",
    "nc4",
    "imbalanced_nc2",
    "imbalanced_nc3",
    "compactness",
    "separability",
    "test_compactness",
    "test_separability",
    "positive_mean",
    "positive_sd",
    "negative_mean",
    "negative_sd",
    "bias_mean",
    "bias_sd",
    "weight_norm",
    "feature_norm",
    "learning_rate",
    "seconds",
)


@torch.no_grad()
def of_training_set(
    features: Tensor, labels: Tensor, head: Head, config: TrainConfig, class_counts: Tensor
) -> Row:
    """Return the measures of training features (N, d); ``class_counts`` (K,) are those of the whole set."""
    W, b, features, labels = _measurable(head.W, head.b, features, labels)
    collapse = metrics.neural_collapse(features, labels, W, b=b)
    logits = features @ W.T - b
    return {
        "train_accuracy": metrics.accuracy(logits, labels),
        "unbiased_accuracy": metrics.unbiased_accuracy(logits, labels, b),
        "uniform_accuracy": metrics.uniform_accuracy(logits, labels),
        "nc1": collapse.nc1,
        "nc2": collapse.nc2,
        "nc3": collapse.nc3,
        "nc4": collapse.nc4,
        **_imbalanced(features, labels, W, config, class_counts),
        "compactness": metrics.compactness(features, labels),
        "separability": metrics.separability(features, labels),
        **_scores(features, labels, W),
        "bias_mean": float(b.double().mean()),
        "bias_sd": float(b.double().std(correction=0)),
        "weight_norm": float(W.norm(dim=1).mean()),
        "feature_norm": float(features.norm(dim=1).mean()),
    }


@torch.no_grad()
def of_test_set(features: Tensor, labels: Tensor, head: Head) -> Row:
    """Return the measures of test features (N, d); properties of classes are nan where one is empty."""
    W, b, features, labels = _measurable(head.W, head.b, features, labels)
    logits = features @ W.T - b
    row = {
        "test_accuracy": metrics.accuracy(logits, labels),
        "test_uniform_accuracy": metrics.uniform_accuracy(logits, labels),
    }
    if bool(torch.bincount(labels, minlength=len(W)).all()):
        row["test_compactness"] = metrics.compactness(features, labels)
        row["test_separability"] = metrics.separability(features, labels)
    return row


@torch.no_grad()
def of_validation_set(features: Tensor, labels: Tensor, head: Head) -> Row:
    """Return the accuracy on validation features (N, d)."""
    W, b, features, labels = _measurable(head.W, head.b, features, labels)
    return {"validation_accuracy": metrics.accuracy(features @ W.T - b, labels)}


@torch.no_grad()
def distance_from_etf(features: Tensor, labels: Tensor, W: Tensor) -> float:
    """Return the largest |cos(h_i, w_j) - t|, t = 1 for the own class, else -1/(K-1) (paper A, Eq. 217)."""
    cosines = functional.normalize(features) @ functional.normalize(W).T
    others = -1 / (len(W) - 1)
    target = functional.one_hot(labels, len(W)) * (1 - others) + others
    return float((cosines - target).abs().max())


def _measurable(*parts: Tensor) -> tuple[Tensor, ...]:
    """Return the tensors where there is float64, which is not on MPS."""
    return tuple(part.cpu() for part in parts) if parts[0].device.type == "mps" else parts


def _imbalanced(
    features: Tensor, labels: Tensor, W: Tensor, config: TrainConfig, class_counts: Tensor
) -> Row:
    """Return paper D's measures, which are defined for cross-entropy with both decays."""
    if config.loss != "ce" or not config.lambda_W or not config.lambda_H:
        return {"imbalanced_nc2": math.nan, "imbalanced_nc3": math.nan}
    # The mean over N samples here is a sum in the paper.
    decay = config.lambda_H / int(class_counts.sum())
    values = metrics.imbalanced_collapse(features, labels, W, config.lambda_W, decay, counts=class_counts)
    return {"imbalanced_nc2": values.nc2, "imbalanced_nc3": values.nc3}


def _scores(features: Tensor, labels: Tensor, W: Tensor) -> Row:
    """Return mean and standard deviation of the scores w_k.h_i, without bias, of own and other classes."""
    row = {}
    for name, scores in zip(
        ("positive", "negative"), metrics.decision_scores(features, labels, W), strict=True
    ):
        row[f"{name}_mean"] = float(scores.double().mean())
        row[f"{name}_sd"] = float(scores.double().std(correction=0))
    return row
