"""Features before a fixed classifier, as functions on balls and, with one more coordinate, on spheres."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from nccourse.ufm.problems.base import Array, State
from nccourse.ufm.problems.logit_losses import LogitTerms, cross_entropy, dot_regression, own_entries

if TYPE_CHECKING:
    from nccourse.ufm.problems.fixed_classifier import FixedClassifierUFM

ON_SPHERE = 1e-12  # relative distance at which a feature counts as on its sphere


class BallLandscape:
    """(1/N) Σ m_i L(W h_i) over |h_i| <= r for B problems with one loss; points are the entries of H.

    One evaluation costs O(N d K) per problem, one Hessian product twice that.
    """

    def __init__(self, batch: Sequence[FixedClassifierUFM]) -> None:
        self._batch = tuple(batch)
        self._weights = np.stack([problem.classifier for problem in batch])
        self._radius = np.array([problem.feature_norm for problem in batch])[:, None, None]
        shares = np.stack([problem.multiplicity for problem in batch])
        self._shares = shares / shares.sum(axis=1, keepdims=True)
        self._own = own_entries(batch[0].labels)
        self._targets = np.linalg.norm(self._weights, axis=2)[:, batch[0].labels] * self._radius[..., 0]
        self._loss = batch[0].loss

    @cached_property
    def minimum(self) -> Array:
        """Closed-form minima (B,), nan where none is known."""
        return np.array([np.nan if p.minimum is None else p.minimum for p in self._batch])

    @property
    def metric(self) -> Array:
        """The radius."""
        return np.full((len(self._batch), self._shares.shape[1] * self._weights.shape[2]), self._radius[:, 0])

    def pack(self, state: State) -> Array:
        """Lay features out as points; the weights are fixed and there is no bias."""
        return state.H.reshape(len(state.H), -1).copy()

    def unpack(self, points: Array) -> State:
        """Return points as states."""
        B, K, d = self._weights.shape
        return State(self._weights, points.reshape(B, -1, d), np.zeros((B, K)))

    def evaluate(self, points: Array) -> BallPoint:
        """Return objective and derivatives at points (B, P)."""
        return BallPoint(self, points)

    def retract(self, points: Array, steps: Array) -> Array:
        """Step, then bring features outside their ball to its nearest point."""
        H = self.unpack(points + steps).H
        length = np.linalg.norm(H, axis=-1, keepdims=True)
        return flat(H * (self._radius / np.maximum(length, self._radius)))

    def project(self, points: Array, vectors: Array) -> Array:
        """Drop from v on a sphere what would make -v leave the ball."""
        H, v = self.unpack(points).H, self.unpack(vectors).H
        unit = H / self._radius
        outward = np.vecdot(v, unit)[..., None]
        leaving = (np.vecdot(unit, unit)[..., None] >= 1.0 - ON_SPHERE) & (outward < 0.0)
        return flat(v - np.where(leaving, outward, 0.0) * unit)

    def take(self, index: NDArray[np.intp]) -> Self:
        """Return the landscape of the chosen problems alone."""
        return type(self)([self._batch[i] for i in index])

    def samples(self, H: Array) -> Samples:
        """Return each sample's loss and its derivatives at features (B, N, d)."""
        logits = H @ self._weights.mT
        if self._loss == "dr":
            return Samples(dot_regression(logits, self._own, targets=self._targets), self._weights)
        return Samples(cross_entropy(logits, self._own), self._weights)


class Samples:
    """Losses (B, N), each a function of its own feature, and their derivatives by it."""

    def __init__(self, terms: LogitTerms, weights: Array) -> None:
        self._terms, self._weights = terms, weights
        self.value = terms.value
        self.gradient: Array = terms.gradient @ weights

    def product(self, change: Array) -> Array:
        """Return each Hessian times a change of the feature."""
        return self._terms.product(change @ self._weights.mT) @ self._weights


class BallPoint:
    """The features of each problem."""

    def __init__(self, landscape: BallLandscape, points: Array) -> None:
        self._landscape = landscape
        self._samples = landscape.samples(landscape.unpack(points).H)
        self.objective: Array = np.vecdot(self._samples.value, landscape._shares)
        self.gradient: Array = flat(landscape._shares[..., None] * self._samples.gradient)

    def hessian_product(self, direction: Array) -> Array:
        """Return the Hessians times directions (B, P)."""
        landscape = self._landscape
        product = self._samples.product(landscape.unpack(direction).H)
        return flat(landscape._shares[..., None] * product)


def flat(rows: Array) -> Array:
    """Lay rows (B, N, d) out as points (B, P)."""
    return rows.reshape(len(rows), -1)
