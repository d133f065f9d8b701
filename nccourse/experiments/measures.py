"""What of a trained network is recorded, beyond the columns of its metrics."""

from __future__ import annotations

import math
from typing import Any

import torch

from nccourse import metrics
from nccourse.data import DeviceBatches, load
from nccourse.experiments.networks import final_row
from nccourse.training import TrainResult
from nccourse.training.recording import collect_features

THRESHOLDS = {
    "accuracy": ("train_accuracy", 0.9975),
    "compactness": ("compactness", 0.9975),
    "separability": ("separability", 0.5525),
}
"""Paper A's Figs. 14 and 15: quantity -> column of the metrics and the value to reach."""


def scores_and_biases(result: TrainResult) -> dict[str, Any]:
    """Return the last row and what paper A's tables say of the training set.

    Added: "unbiased_accuracy", "uniform_accuracy" (fractions); "positive_mean", "positive_sd",
    "negative_mean", "negative_sd" of the scores without bias; "bias_mean", "bias_sd" over the classes.
    """
    model = result.model
    train_set = load(result.config.data)
    batches = DeviceBatches(train_set, 1024, device=model.head.b.device)
    with torch.no_grad():
        features = collect_features(model, batches).cpu()
        W, b, labels = (part.detach().cpu() for part in (model.head.W, model.head.b, batches.labels))
    logits = features @ W.T - b
    positive, negative = metrics.decision_scores(features, labels, W)
    return {
        **final_row(result),
        "unbiased_accuracy": metrics.unbiased_accuracy(logits, labels, b),
        "uniform_accuracy": metrics.uniform_accuracy(logits, labels),
        **{f"{name}_mean": float(values.mean()) for name, values in _named(positive, negative, b)},
        **{f"{name}_sd": float(values.std(correction=0)) for name, values in _named(positive, negative, b)},
    }


def epochs_to_thresholds(result: TrainResult) -> dict[str, float]:
    """Return the first recorded epoch at each of paper A's thresholds, nan where it is never reached.

    Named "epochs_to_accuracy", "epochs_to_compactness", "epochs_to_separability".
    """
    reached = {}
    for quantity, (column, threshold) in THRESHOLDS.items():
        epochs = result.metrics.epoch[result.metrics[column] >= threshold]
        reached[f"epochs_to_{quantity}"] = float(epochs.min()) if len(epochs) else math.nan
    return reached


def _named(positive: torch.Tensor, negative: torch.Tensor, b: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    return [("positive", positive), ("negative", negative), ("bias", b)]
