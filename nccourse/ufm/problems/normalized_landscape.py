"""Normalized models as functions on products of spheres: objective, gradient and Hessian."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nccourse.ufm.problems.base import Array, State
from nccourse.ufm.problems.logit_losses import LogitTerms, mixed, own_entries, runs

if TYPE_CHECKING:
    from nccourse.ufm.problems.normalized import NormalizedUFM


class NormalizedLandscape:
    """B normalized models that share K, n, d; points are the rows of W, then of H, then b.

    One evaluation costs O(N d K) per problem, one Hessian product twice that.
    """

    def __init__(self, batch: Sequence[NormalizedUFM]) -> None:
        self._batch = tuple(batch)
        self._classes, self._samples = batch[0].num_classes, batch[0].samples_per_class
        self._dim, self._bias = batch[0].dim, batch[0].bias
        self._own = own_entries(batch[0].labels)
        self._rows = self._classes * (1 + self._samples)
        self._scale: Array = np.array([problem.scale for problem in batch])[:, None, None]
        self._losses = runs([(problem.loss, {}) for problem in batch])

    @cached_property
    def minimum(self) -> Array:
        """Closed-form minima (B,), nan where none is known."""
        return np.array([np.nan if p.minimum is None else p.minimum for p in self._batch])

    @cached_property
    def metric(self) -> Array:
        """1 for W, sqrt(n) for H, n of which make a class, max(1, γ) for b, which grows with the scores."""
        sizes = [self._classes * self._dim, self._classes * self._samples * self._dim]
        sizes += [self._classes] * self._bias
        lengths = [np.ones(len(self._batch)), np.full(len(self._batch), self._samples**0.5)]
        lengths += [np.maximum(1.0, self._scale[:, 0, 0])] * self._bias
        return np.repeat(np.stack(lengths, axis=1), sizes, axis=1)

    def pack(self, state: State) -> Array:
        """Lay states out as points, rows brought to unit length."""
        rows = np.concatenate([state.W, state.H], axis=-2)
        rows = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
        flat = rows.reshape(len(rows), -1)
        return np.concatenate([flat, state.b], axis=1) if self._bias else flat

    def unpack(self, points: Array) -> State:
        """Return points as states, without copying but for the b = 0 of a model without bias."""
        rows = self._vectors(points)
        b = points[:, self._rows * self._dim :] if self._bias else np.zeros((len(points), self._classes))
        return State(rows[:, : self._classes], rows[:, self._classes :], b)

    def evaluate(self, points: Array) -> NormalizedPoint:
        """Return objective and derivatives at points (B, P)."""
        return NormalizedPoint(self, points)

    def retract(self, points: Array, steps: Array) -> Array:
        """Step, then bring every row back to unit length."""
        reached = points + steps
        rows = self._vectors(reached)
        rows /= np.sqrt(_row_dot(rows, rows))
        return reached

    def project(self, points: Array, vectors: Array) -> Array:
        """Take from every row its part along the unit vector it stands on."""
        tangent = vectors.copy()
        rows, base = self._vectors(tangent), self._vectors(points)
        rows -= _row_dot(rows, base) * base
        return tangent

    def take(self, index: NDArray[np.intp]) -> NormalizedLandscape:
        """Return the landscape of the chosen problems alone."""
        return NormalizedLandscape([self._batch[i] for i in index])

    def _vectors(self, points: Array) -> Array:
        return points[:, : self._rows * self._dim].reshape(len(points), self._rows, self._dim)

    def _offset(self, points: Array) -> Array | float:
        return points[:, None, self._rows * self._dim :] if self._bias else 0.0

    def _terms(self, logits: Array) -> LogitTerms:
        return mixed(self._losses, logits, self._own)


class NormalizedPoint:
    """A normalized landscape at one point for each problem."""

    def __init__(self, landscape: NormalizedLandscape, points: Array) -> None:
        self._landscape, self._base = landscape, landscape._vectors(points)
        W, H, b = landscape.unpack(points)
        self._samples = H.shape[1]
        self._weights, self._features = landscape._scale * W, landscape._scale * H  # γW, γH
        self._terms = landscape._terms(self._features @ W.mT - b[:, None])
        self.objective: Array = self._terms.value.sum(axis=1) / self._samples
        slope = self._terms.gradient / self._samples
        self._force = landscape._scale * slope
        self.gradient: Array = np.empty_like(points)
        rows = self._fill(self.gradient, slope)
        self._radial = _row_dot(rows, self._base)
        rows -= self._radial * self._base

    def hessian_product(self, direction: Array) -> Array:
        """Return the Riemannian Hessians times tangent directions (B, P)."""
        landscape, K = self._landscape, self._weights.shape[1]
        turn, db = landscape._vectors(direction), landscape._offset(direction)
        dW, dH = turn[:, :K], turn[:, K:]
        change = dH @ self._weights.mT
        change += self._features @ dW.mT
        change -= db
        change = self._terms.product(change)
        change /= self._samples
        product = np.empty_like(direction)
        rows = self._fill(product, change)
        rows[:, :K] += self._force.mT @ dH
        rows[:, K:] += self._force @ dW
        rows -= self._radial * turn
        rows -= _row_dot(rows, self._base) * self._base
        return product

    def _fill(self, points: Array, slope: Array) -> Array:
        """Write what a slope (B, N, K) by the logits is by W, H and b, and return the rows of W and H."""
        rows, K = self._landscape._vectors(points), slope.shape[2]
        np.matmul(slope.mT, self._features, out=rows[:, :K])
        np.matmul(slope, self._weights, out=rows[:, K:])
        if self._landscape._bias:
            np.negative(slope.sum(axis=1), out=points[:, -K:])
        return rows


def _row_dot(left: Array, right: Array) -> Array:
    products: Array = np.vecdot(left, right)
    return products[..., None]
