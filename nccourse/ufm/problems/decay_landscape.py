"""Models with weight decay as functions of free W, H and b: objective, gradient and Hessian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nccourse.ufm.problems.base import UFM, Array, State
from nccourse.ufm.problems.logit_losses import LogitTerms, mixed, own_entries, runs


class DecayUFM(UFM):
    """A problem with decay."""

    lambda_W: float
    lambda_H: float
    lambda_b: float
    loss_params: Mapping[str, Any]


class DecayLandscape:
    """(1/N) Σ m_i L(W h_i - b) + λ_W/2 |W|² + λ_H/2 Σ m_i |h_i|² + λ_b/2 |b|² for B problems, N = Σ m_i.

    Points are the entries of W, then of H, then b. One evaluation costs O(N d K) per problem, one Hessian
    product twice that.
    """

    def __init__(self, batch: Sequence[DecayUFM]) -> None:
        first = batch[0]
        self._batch = tuple(batch)
        self._own = own_entries(first.labels)
        self._sizes = first.num_classes, len(first.labels), first.dim
        self._bias = first.bias
        self._losses = runs([(problem.loss, problem.loss_params) for problem in batch])
        shares = np.stack([problem.multiplicity for problem in batch])
        self._shares = (shares / shares.sum(axis=1, keepdims=True))[..., None]
        self._decay = self._laid_out(
            [[p.lambda_W for p in batch], [p.lambda_H for p in batch], [p.lambda_b for p in batch]],
            [p.multiplicity for p in batch],
        )

    @cached_property
    def minimum(self) -> Array:
        """Closed-form minima (B,), nan where none is known."""
        return np.array([np.nan if p.minimum is None else p.minimum for p in self._batch])

    @cached_property
    def metric(self) -> Array:
        """1 / sqrt(decay); for b the loss's own curvature counts as well, it need not decay."""
        curvature = self._decay.copy()
        if self._bias:
            curvature[:, -self._sizes[0] :] += [[_bias_curvature(p)] for p in self._batch]
        return np.asarray(curvature**-0.5)

    def pack(self, state: State) -> Array:
        """Lay states out as points."""
        parts = [state.W, state.H, state.b] if self._bias else [state.W, state.H]
        return np.concatenate([part.reshape(len(part), -1) for part in parts], axis=1)

    def unpack(self, points: Array) -> State:
        """Return points as states, without copying but for the b = 0 of a model without bias."""
        K, N, d = self._sizes
        W, H = points[:, : K * d], points[:, K * d : (K + N) * d]
        b = points[:, (K + N) * d :] if self._bias else np.zeros((len(points), K))
        return State(W.reshape(-1, K, d), H.reshape(-1, N, d), b)

    def evaluate(self, points: Array) -> DecayPoint:
        """Return objective and derivatives at points (B, P)."""
        return DecayPoint(self, points)

    def retract(self, points: Array, steps: Array) -> Array:
        """Step: nothing is constrained."""
        return np.asarray(points + steps)

    def project(self, points: Array, vectors: Array) -> Array:
        """Keep everything: nothing is constrained."""
        return vectors

    def take(self, index: NDArray[np.intp]) -> Self:
        """Return the landscape of the chosen problems alone."""
        return type(self)([self._batch[i] for i in index])

    def _laid_out(self, decays: Sequence[Sequence[float]], multiplicity: Sequence[Array]) -> Array:
        """Return the decay of every coordinate (B, P)."""
        K, _, d = self._sizes
        on_W, on_H, on_b = (np.array(decay)[:, None] for decay in decays)
        features = np.repeat(on_H * np.stack(multiplicity), d, axis=1)
        parts = [np.repeat(on_W, K * d, axis=1), features, np.repeat(on_b, K * self._bias, axis=1)]
        return np.concatenate(parts, axis=1)

    def _terms(self, logits: Array) -> LogitTerms:
        return mixed(self._losses, logits, self._own)


class DecayPoint:
    """A landscape with decay at one point for each problem."""

    def __init__(self, landscape: DecayLandscape, points: Array) -> None:
        self._landscape = landscape
        self._weights, self._features, b = landscape.unpack(points)
        self._terms = landscape._terms(self._features @ self._weights.mT - b[:, None])
        pull = landscape._decay * points
        losses = np.vecdot(self._terms.value, landscape._shares[..., 0])
        self.objective: Array = losses + 0.5 * np.vecdot(pull, points)
        self._slope = landscape._shares * self._terms.gradient
        self.gradient: Array = pull + self._by_points(self._slope)

    def hessian_product(self, direction: Array) -> Array:
        """Return the Hessians times directions (B, P)."""
        landscape = self._landscape
        dW, dH, db = landscape.unpack(direction)
        change = dH @ self._weights.mT
        change += self._features @ dW.mT
        change -= db[:, None]
        product = self._by_points(landscape._shares * self._terms.product(change))
        along_W, along_H, _ = landscape.unpack(product)
        along_W += self._slope.mT @ dH
        along_H += self._slope @ dW
        product += landscape._decay * direction
        return product

    def _by_points(self, slope: Array) -> Array:
        """Return what a slope (B, N, K) by the logits is by the points."""
        b = -slope.sum(axis=1)
        return self._landscape.pack(State(slope.mT @ self._features, slope @ self._weights, b))


def _bias_curvature(problem: DecayUFM) -> float:
    """Return about how much the loss curves in b at its minimum; softmax probabilities there are near c."""
    if problem.loss == "mse":
        return 2.0
    c = np.sqrt(problem.multiplicity.mean() * problem.lambda_W * problem.lambda_H)
    return float(min(c, 1.0 / problem.num_classes))
