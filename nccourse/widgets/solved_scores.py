"""Unconstrained feature models solved for the γ explorer, and the theory they should meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nccourse import ufm
from nccourse.plots.arrays import Array
from nccourse.theory import normalized
from nccourse.theory.normalized_offset import offset_without_bias

SAMPLES_PER_CLASS = 5
LOW_OCTAVE, HIGH_OCTAVE = -3.375, 6.0
SCALES: Array = np.exp2(np.linspace(LOW_OCTAVE, HIGH_OCTAVE, 151))


@dataclass(frozen=True)
class Setting:
    """One position of the controls.

    Args:
        num_classes: K.
        scale: γ.
        loss: "ce" or "bce".
        bias: whether b is trained; else it is 0.
    """

    num_classes: int
    scale: float
    loss: str
    bias: bool


@dataclass(frozen=True)
class SolvedScores:
    """Scores without bias, γ w·h, of a model before and after it was solved.

    Args:
        positive: of the right class, (N,).
        negative: of the others, (N, K-1).
        start_positive: of the right class at random unit vectors, (N,).
        start_negative: of the others at random unit vectors, (N, K-1).
        bias: b, (K,).
        objective: the loss reached, in nats.
        gap: distance to the closed-form minimum, None where there is none.
    """

    positive: Array
    negative: Array
    start_positive: Array
    start_negative: Array
    bias: Array
    objective: float
    gap: float | None


@dataclass(frozen=True)
class Theory:
    """What theory says of a setting, over scales.

    Args:
        positive: score of the right class at the minimum.
        negative: score of the others at the minimum.
        bias: b*, nan where the bias is free or fixed.
        minimum: of the loss, in nats.
    """

    positive: Array
    negative: Array
    bias: Array
    minimum: Array


@lru_cache(maxsize=256)
def solve_scores(setting: Setting) -> SolvedScores:
    """Solve the model with all N features free, d = K and five samples a class."""
    K, scale = setting.num_classes, setting.scale
    problem = ufm.NormalizedUFM(K, SAMPLES_PER_CLASS, K, scale, setting.loss, bias=setting.bias)
    solution = ufm.solve(problem, method="full")
    labels = solution.labels.numpy()
    generator = np.random.default_rng(0)
    H, W = (_unit(generator.normal(size=shape)) for shape in (solution.H.shape, solution.W.shape))
    return SolvedScores(
        *_scores(scale * solution.H.numpy() @ solution.W.numpy().T, labels),
        *_scores(scale * H @ W.T, labels),
        solution.b.numpy(),
        solution.objective,
        solution.gap,
    )


def theory_at(setting: Setting, scales: Array) -> Theory:
    """Return the closed forms of a setting over ``scales`` (T,), whatever its own scale is."""
    K, unknown = setting.num_classes, np.full_like(scales, np.nan)
    positive, negative = (np.asarray(score) for score in normalized.unbiased_scores(K, scales))
    if setting.loss == "ce":
        return Theory(positive, negative, unknown, np.asarray(normalized.ce_minimum(K, scales)))
    if not setting.bias:
        lean = np.asarray(offset_without_bias(K, scales))
        minimum = np.asarray(normalized.bce_minimum_without_bias(K, scales))
        return Theory(scales * (1 - 2 * lean), -scales * (1 + (K - 2) * lean) / (K - 1), unknown, minimum)
    minimum, bias = normalized.bce_minimum(K, scales), normalized.bce_bias(K, scales)
    return Theory(positive, negative, np.asarray(bias), np.asarray(minimum))


def _scores(logits: Array, labels: np.ndarray) -> tuple[Array, Array]:
    own = labels[:, None] == np.arange(logits.shape[1])
    return logits[own], logits[~own].reshape(len(logits), -1)


def _unit(vectors: Array) -> Array:
    lengths: Array = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths
