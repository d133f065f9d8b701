"""Paper E's model: the classifier is fixed, the features are free within balls, classes have any size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.theory import normalized
from nccourse.ufm.problems.base import UFM, Array, State
from nccourse.ufm.problems.class_sizes import class_sizes
from nccourse.ufm.problems.fixed_landscape import BallLandscape
from nccourse.ufm.problems.fixed_sphere import SphereLandscape
from nccourse.ufm.problems.scores import own_scores, statistics

ETF_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class FixedClassifierUFM(UFM):
    """State the decoupled layer-peeled model: minimise (1/N) Σ L(W h) over |h| <= sqrt(E_H), W given.

    The problem is convex, so one start is enough, and every sample has its own. ``minimum`` is 0 for dot
    regression, whatever the classifier; for CE it is log(1 + (K-1) e^(-|w| r K/(K-1))), r = sqrt(E_H), where
    the classifier is a simplex ETF of rows |w|. In both cases h = r w/|w|, whatever the counts. CE with
    another classifier has no closed form, and None; the gradient norm certifies it.

    There is no bias. Gradient descent steps h <- P(h - (step_size/N) dL/dh), P onto the ball: at step size
    γ N paper E's projected gradient with learning rate γ, for dot regression by default γ = sqrt(E_H/E_W).

    Args:
        counts: n_k, in any sequence, samples of each class, at least two classes of at least one.
        classifier: W (K, d), finite; rows not zero. A tensor or an array, kept as float64.
        feature_norm: r = sqrt(E_H) > 0.
        loss: "ce", or "dr" for (w_y h - |w_y| r)² / (2 |w_y| r).

    Raises:
        InputValueError: an argument outside its domain, or of the wrong shape.
        InputTypeError: an argument of the wrong type.

    Source: paper E, Eqs. (5) and (14).

    >>> from nccourse import geometry
    >>> round(FixedClassifierUFM((100, 10, 1), geometry.simplex_etf(3), feature_norm=2.0).minimum, 9)
    0.094922956
    """

    counts: tuple[int, ...]
    classifier: Array
    feature_norm: float
    loss: str = "ce"
    num_classes: int = field(init=False, repr=False)
    dim: int = field(init=False, repr=False)
    bias: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        counts = class_sizes(self.counts)
        classifier = _weights(self.classifier, len(counts))
        checked = {
            "counts": counts,
            "classifier": classifier,
            "feature_norm": checks.real("feature_norm", self.feature_norm, above=0.0),
            "loss": checks.choice("loss", self.loss, ("ce", "dr")),
            "num_classes": len(counts),
            "dim": classifier.shape[1],
            "bias": False,
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @cached_property
    def minimum(self) -> float | None:
        """The closed-form minimum, None for CE with a classifier that is no simplex ETF."""
        if self.loss == "dr":
            return 0.0
        K, W = self.num_classes, self.classifier
        square = np.vecdot(W, W).mean()
        etf = square * K / (K - 1) * (np.eye(K) - 1.0 / K)
        if np.abs(W @ W.T - etf).max() > ETF_ROUNDING * square:
            return None
        return float(normalized.ce_minimum(K, np.sqrt(square) * self.feature_norm))

    @property
    def shape(self) -> tuple[object, ...]:
        """Weights and radii may differ within a batch, sizes of the classes, d and the loss may not."""
        return type(self), self.features_per_class, self.dim, self.loss

    @property
    def starts(self) -> int:
        """1: the problem is convex."""
        return 1

    @property
    def step_size(self) -> float:
        """N / (the largest curvature of a sample's loss by its feature)."""
        if self.loss == "dr":
            curvature = np.linalg.norm(self.classifier, axis=1).max() / self.feature_norm
        else:
            curvature = 0.5 * np.linalg.norm(self.classifier, 2) ** 2
        return float(sum(self.counts) / curvature)

    def landscape(self, batch: Sequence[FixedClassifierUFM]) -> BallLandscape:
        """Return the landscape over balls of a batch of problems of this shape."""
        return BallLandscape(batch)

    def smooth_landscape(self, batch: Sequence[FixedClassifierUFM]) -> SphereLandscape:
        """Return the landscape over spheres of one more dimension, of geometric means."""
        return SphereLandscape(batch)

    def random_state(self, rng: np.random.Generator) -> State:
        """Return features inside their balls: the first d coordinates of uniform unit vectors in R^(d+1)."""
        rows = rng.standard_normal((len(self.labels), self.dim + 1))
        rows *= self.feature_norm / np.linalg.norm(rows, axis=1, keepdims=True)
        return State(self.classifier.copy(), rows[:, :-1], np.zeros(self.num_classes))

    def admit(self, state: State) -> None:
        """Accept features in their balls, with this classifier and without bias."""
        if not np.allclose(state.W, self.classifier, rtol=1e-12, atol=0.0):
            raise InputValueError("start W", expected="the classifier of the problem", got="other weights")
        longest = np.linalg.norm(state.H, axis=1).max()
        if longest > self.feature_norm * (1.0 + 1e-9):
            raise InputValueError(
                "start H", expected=f"rows of length <= {self.feature_norm}", got=str(longest)
            )

    def observables(self, state: State) -> dict[str, float | Array]:
        """Return statistics of the scores, and by class (K,) the mean |h| and the mean cosine to w_y.

        A feature of length 0 has cosine 0.
        """
        counts, labels, weights = np.array(self.counts), self.labels, self.multiplicity
        length = np.linalg.norm(state.H, axis=1)
        product = np.vecdot(state.H, state.W[labels])
        scale = length * np.linalg.norm(state.W, axis=1)[labels]
        cosine = np.divide(product, scale, out=np.zeros_like(product), where=scale > 0.0)
        return statistics(state.H @ state.W.T, own_scores(self.num_classes, labels)) | {
            "feature_norms": np.bincount(labels, weights * length) / counts,
            "cosines": np.bincount(labels, weights * cosine) / counts,
        }

    def reduced(self) -> FixedClassifierUFM:
        """Return the problem with one feature a class, in the span of the weights, at most K dimensions.

        All samples of a class have the same problem, and logits do not see what sticks out of the span, which
        only makes features longer.
        """
        return _OneFeatureAClass(self.counts, self._coordinates()[1], self.feature_norm, self.loss)

    def lift(self, state: State, rng: np.random.Generator) -> State:
        """Bring features back from the span of the weights, one for each sample."""
        H = np.repeat(state.H @ self._coordinates()[0], self.counts, axis=0)
        return State(self.classifier.copy(), H, state.b)

    def continuation(self) -> tuple[FixedClassifierUFM, ...]:
        """For CE solve first in small balls, then in larger ones by factors of at most 3.

        In large ones samples far from their class have a gradient that hardly turns, and others hardly any.
        """
        if self.loss == "dr":
            return (self,)
        score = np.linalg.norm(self.classifier, axis=1).max() * self.feature_norm
        stages = max(0, math.ceil(math.log(score / (math.log(self.num_classes) + 4.0), 3.0)))
        return (*(self._with_norm(self.feature_norm / 3.0**i) for i in range(stages, 0, -1)), self)

    def _with_norm(self, feature_norm: float) -> FixedClassifierUFM:
        return type(self)(self.counts, self.classifier, feature_norm, self.loss)

    def _coordinates(self) -> tuple[Array, Array]:
        """Return orthonormal rows (m, d), and the weights by them (K, m)."""
        if self.dim <= self.num_classes:
            return np.eye(self.dim), self.classifier
        frame, weights = np.linalg.qr(self.classifier.T)
        return frame.T, weights.T


@dataclass(frozen=True, eq=False)
class _OneFeatureAClass(FixedClassifierUFM):
    """The same with one feature for all samples of a class."""

    @property
    def features_per_class(self) -> tuple[int, ...]:
        """1 each."""
        return (1,) * self.num_classes


def _weights(classifier: Any, num_classes: int) -> Array:
    if not isinstance(classifier, torch.Tensor | np.ndarray):
        raise InputTypeError("classifier", expected="a tensor or an array", got=type(classifier).__name__)
    given = classifier.detach().cpu().numpy() if isinstance(classifier, torch.Tensor) else classifier
    if given.dtype.kind not in "fiu":
        raise InputTypeError("classifier", expected="real numbers", got=f"dtype {given.dtype}")
    if given.ndim != 2 or len(given) != num_classes or given.shape[1] < 1:
        raise InputValueError(
            "classifier", expected=f"shape ({num_classes}, d), a row a class", got=f"shape {given.shape}"
        )
    if not np.isfinite(given).all():
        raise InputValueError("classifier", expected="finite values", got="NaN or infinity")
    weights = given.astype(np.float64)
    if not np.linalg.norm(weights, axis=1).all():
        raise InputValueError("classifier", expected="rows that are not zero", got="a zero row")
    weights.flags.writeable = False
    return weights
