"""What of a trained network is recorded, beyond the last row of its metrics."""

from __future__ import annotations

import math

from nccourse.training import TrainResult

THRESHOLDS = {
    "accuracy": ("train_accuracy", 0.9975),
    "compactness": ("compactness", 0.9975),
    "separability": ("separability", 0.5525),
}
"""Paper A's Figs. 14 and 15: quantity -> column of the metrics and the value to reach."""


def epochs_to_thresholds(result: TrainResult) -> dict[str, float]:
    """Return the first recorded epoch at each of paper A's thresholds, nan where it is never reached.

    Named "epochs_to_accuracy", "epochs_to_compactness", "epochs_to_separability".
    """
    reached = {}
    for quantity, (column, threshold) in THRESHOLDS.items():
        epochs = result.metrics.epoch[result.metrics[column] >= threshold]
        reached[f"epochs_to_{quantity}"] = float(epochs.min()) if len(epochs) else math.nan
    return reached


def epochs_to_criterion(result: TrainResult) -> dict[str, float]:
    """Return "epochs_to_criterion", the epoch at which the run converged (A 217), nan where it did not."""
    converged = result.status == "converged"
    return {"epochs_to_criterion": float(result.metrics.epoch.iloc[-1]) if converged else math.nan}
