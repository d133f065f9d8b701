"""Models with decay and features H >= 0: as they are, and in coordinates without the constraint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nccourse.ufm.problems.base import Array, State
from nccourse.ufm.problems.decay_landscape import DecayLandscape, DecayPoint, DecayUFM

LEAST_FEATURE, NEGLIGIBLE = 1e-10, 1e-9


class NonnegativeLandscape(DecayLandscape):
    """The same objective over H >= 0; leaving steps end at the nearest feasible point."""

    def retract(self, points: Array, steps: Array) -> Array:
        """Step, then bring negative features to 0."""
        reached = points + steps
        H = self.unpack(reached).H
        np.maximum(H, 0.0, out=H)
        return reached

    def project(self, points: Array, vectors: Array) -> Array:
        """Drop from v where -v would make a feature negative."""
        kept = vectors.copy()
        H, v = self.unpack(points).H, self.unpack(kept).H
        v[(H <= 0.0) & (v > 0.0)] = 0.0
        return kept


class SquaredLandscape(DecayLandscape):
    """The same objective as a function of W and V, H = V²: nothing is constrained any more.

    No minimum is lost or won. Where V = 0 the gradient by V vanishes, but the curvature is twice the gradient
    by H: negative, so that V moves on, unless the conditions for a minimum over H >= 0 hold.
    """

    def __init__(self, batch: Sequence[DecayUFM]) -> None:
        super().__init__(batch)
        self._free = DecayLandscape(batch)
        # Features at the minimum are about as long as this, and H changes by 2V for a unit of V.
        length = [np.sqrt(np.sqrt(p.lambda_W / (p.lambda_H * p.multiplicity))) for p in batch]
        K, N, d = self._sizes
        self._stretch = np.ones_like(self._free.metric)
        self._stretch[:, K * d : (K + N) * d] = np.repeat(2.0 * np.sqrt(np.stack(length) / d), d, axis=1)

    @property
    def metric(self) -> Array:
        """As without the constraint, in units of V."""
        return np.asarray(self._free.metric / self._stretch)

    def pack(self, state: State) -> Array:
        """Lay states out as points; zeros a little above, where they can leave."""
        return super().pack(state._replace(H=np.sqrt(np.maximum(state.H, LEAST_FEATURE))))

    def unpack(self, points: Array) -> State:
        """Return points as states; what is left of features on their way to 0 is none."""
        state = super().unpack(points)
        H = state.H**2
        H[NEGLIGIBLE * H.max(axis=(1, 2), keepdims=True) > H] = 0.0
        return state._replace(H=H)

    def evaluate(self, points: Array) -> SquaredPoint:  # type: ignore[override]
        """Return objective and derivatives at points (B, P)."""
        return SquaredPoint(self, points)


class SquaredPoint:
    """A squared landscape at one point for each problem: the chain rule on the unconstrained one."""

    def __init__(self, landscape: SquaredLandscape, points: Array) -> None:
        free = landscape._free
        K, N, d = landscape._sizes
        self._squared = slice(K * d, (K + N) * d)
        self._factor = np.ones_like(points)
        self._factor[:, self._squared] = 2.0 * points[:, self._squared]
        squares = points.copy()
        squares[:, self._squared] **= 2
        self._point = DecayPoint(free, squares)
        self.objective: Array = self._point.objective
        self.gradient: Array = self._factor * self._point.gradient

    def hessian_product(self, direction: Array) -> Array:
        """Return the Hessians times directions (B, P)."""
        product = self._factor * self._point.hessian_product(self._factor * direction)
        V = self._squared
        product[:, V] += 2.0 * self._point.gradient[:, V] * direction[:, V]
        return product
