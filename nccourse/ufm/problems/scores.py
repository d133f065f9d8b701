"""Statistics of decision scores along a trajectory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nccourse.ufm.problems.base import Array


def own_scores(num_classes: int, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which scores (N, K) are those of the right class."""
    return np.equal(labels[:, None], np.arange(num_classes))


def statistics(scores: Array, own: NDArray[np.bool_]) -> dict[str, float | Array]:
    """Return mean and standard deviation of the scores of the right classes and of the others."""
    positive, negative = scores[own], scores[~own]
    return {
        "positive_mean": positive.mean(),
        "positive_std": positive.std(),
        "negative_mean": negative.mean(),
        "negative_std": negative.std(),
    }
