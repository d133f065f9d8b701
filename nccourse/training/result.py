"""What a training run returns."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nccourse.models import Network
from nccourse.training.config import TrainConfig
from nccourse.training.measures import MEASURES
from nccourse.training.progress import Progress
from nccourse.training.recording import Snapshot


@dataclass(frozen=True, eq=False, repr=False)
class TrainResult:
    """Hold what a run measured and the network it ended with.

    Args:
        metrics: a DataFrame, one row per recorded epoch, described below.
        model: the network, in evaluation mode, on the device it was trained on.
        config: what was run.
        seconds: wall time, measuring included, over all sessions of a resumed run.
        status: "completed" all epochs; "converged" within ``stop_tolerance``; "interrupted" from the
            keyboard; or "diverged" to a loss that is not finite.
        message: why the run ended early, and what to try; "" else.
        snapshots: one per recorded epoch where ``config.snapshots`` asks for them.

    The columns of ``metrics``, of the training set (as far as it is measured) unless they say otherwise, nan
    where there is no test or validation set, accuracies as fractions:

    - epoch; learning_rate, its last one; seconds since the start;
    - loss, the mean without weight and feature decay;
    - train_accuracy, test_accuracy, validation_accuracy; unbiased_accuracy, without b; uniform_accuracy and
      test_uniform_accuracy, of one threshold for all;
    - nc1, nc2, nc3, nc4 as in :func:`nccourse.metrics.neural_collapse`; imbalanced_nc2 and imbalanced_nc3 as
      in :func:`nccourse.metrics.imbalanced_collapse`, for cross-entropy with λ_W, λ_H > 0 (λ_H/N there);
    - compactness and separability of the features, test_compactness and test_separability;
    - positive_mean, positive_sd, negative_mean, negative_sd: of the scores w_k.h, without b, of the own class
      and of the others, over all samples;
    - bias_mean, bias_sd over the classes; weight_norm and feature_norm, the means of |w_k| and |h|.

    A diverged run ends in a row that has only its epoch, loss, learning rate and time.
    """

    metrics: pd.DataFrame
    model: Network
    config: TrainConfig
    seconds: float
    status: str
    message: str
    snapshots: tuple[Snapshot, ...]

    def __repr__(self) -> str:
        last = self.metrics.iloc[-1] if len(self.metrics) else None
        reached = "" if last is None else f" at epoch {last.epoch:.0f}, nc1 {last.nc1:.3g}"
        why = f"; {self.message}" if self.message else ""
        return f"TrainResult({self.status}{reached}, {self.seconds:.1f} s{why})"


def result_of(config: TrainConfig, model: Network, state: Progress) -> TrainResult:
    """Return what a run has come to."""
    return TrainResult(
        metrics=pd.DataFrame(state.rows, columns=["epoch", *MEASURES]),
        model=model.eval(),
        config=config,
        seconds=state.seconds,
        status=state.status,
        message=state.message,
        snapshots=tuple(state.snapshots),
    )
