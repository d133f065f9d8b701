"""Features before a fixed classifier as points of spheres, where nothing but length is constrained."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from nccourse.ufm.problems.base import Array, State
from nccourse.ufm.problems.fixed_landscape import BallLandscape, flat

LEAST_SLACK = 1e-4
SMALLEST = 1e-300


class SphereLandscape(BallLandscape):
    """Geometric means of the samples' losses, with h = r times the first d coordinates of a unit vector.

    The minimizers are those of the sum, since each sample has a feature of its own; but a sum hides samples
    whose losses are small. Dot regression, which may be 0, gets its value at h = 0 added. Nor does the
    further coordinate add a minimum: where it is 0 the feature is on its sphere, and the curvature by that
    coordinate is the multiplier of |h| <= r, which must not be negative; elsewhere the gradient vanishes only
    where that by h does; and each loss is convex in h.
    """

    @cached_property
    def minimum(self) -> Array:
        """Closed-form minima (B,), nan where none is known; for an ETF all samples have the same."""
        return np.exp(np.log(self.level).mean(axis=1)) if self._loss == "dr" else super().minimum

    @property
    def level(self) -> Array:
        """What is added to the losses of the samples (B, N)."""
        return 0.5 * self._targets if self._loss == "dr" else np.zeros_like(self._targets)

    @property
    def metric(self) -> Array:
        """1."""
        return np.ones((len(self._batch), self._shares.shape[1] * (self._weights.shape[2] + 1)))

    def pack(self, state: State) -> Array:
        """Lay features out as unit vectors; those on their sphere a little inside, where they can leave."""
        inner = state.H / self._radius
        slack = np.sqrt(np.maximum(1.0 - np.vecdot(inner, inner), LEAST_SLACK**2))
        return flat(_unit(np.concatenate([inner, slack[..., None]], axis=-1)))

    def unpack(self, points: Array) -> State:
        """Return points as states."""
        B, K, _ = self._weights.shape
        return State(self._weights, self._radius * self.rows(points)[..., :-1], np.zeros((B, K)))

    def evaluate(self, points: Array) -> SpherePoint:  # type: ignore[override]
        """Return objective and derivatives at points (B, P)."""
        return SpherePoint(self, points)

    def retract(self, points: Array, steps: Array) -> Array:
        """Step, then bring every row back to unit length."""
        return flat(_unit(self.rows(points + steps)))

    def project(self, points: Array, vectors: Array) -> Array:
        """Take from every row its part along the unit vector it stands on."""
        return flat(_tangent(self.rows(points), self.rows(vectors)))

    def rows(self, points: Array) -> Array:
        """Return points (B, P) as unit vectors (B, N, d+1), a view."""
        return points.reshape(len(points), -1, self._weights.shape[2] + 1)


class SpherePoint:
    """The unit vectors of each problem."""

    def __init__(self, landscape: SphereLandscape, points: Array) -> None:
        self._landscape, self._rows = landscape, landscape.rows(points)
        self._samples = landscape.samples(landscape.unpack(points).H)
        losses = np.maximum(self._samples.value + landscape.level, SMALLEST)
        self.objective: Array = np.exp(np.log(losses).mean(axis=1))
        self._relative = self._samples.gradient / losses[..., None]
        self._share = (self.objective[:, None] / (losses.shape[1] * losses))[..., None]
        euclidean = self._lifted(self._share * self._samples.gradient)
        self._radial = np.vecdot(euclidean, self._rows)[..., None]
        self.gradient: Array = flat(_tangent(self._rows, euclidean))

    def hessian_product(self, direction: Array) -> Array:
        """Return the Riemannian Hessians times tangent directions (B, P)."""
        landscape = self._landscape
        change = landscape.unpack(direction).H
        growth = np.vecdot(self._relative, change)  # of each loss, relative
        growth = (growth.mean(axis=1, keepdims=True) - growth)[..., None]
        curved = self._share * (self._samples.product(change) + growth * self._samples.gradient)
        product = self._lifted(curved) - self._radial * landscape.rows(direction)
        return flat(_tangent(self._rows, product))

    def _lifted(self, by_features: Array) -> Array:
        lifted = np.zeros_like(self._rows)
        lifted[..., :-1] = self._landscape._radius * by_features
        return lifted


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


def _tangent(base: Array, rows: Array) -> Array:
    return np.asarray(rows - np.vecdot(rows, base)[..., None] * base)
