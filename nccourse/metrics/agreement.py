"""NC4: where the classifier and the nearest class mean decide differently.

Both are linear rules, argmax_k(v_k.h - a_k), and at collapse nearly every sample lies closer to its class
mean than the nearest boundary of either rule does; then the class mean's decision is the sample's, and only
its distance is computed. The others are scored in the precision of the features, and where the two best
scores are too close to be told apart in it, in float64 from the definition.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from nccourse.metrics.moments import ClassMoments, Residuals, rounded_means


class LinearRule:
    """The decision argmax_k(v_k.h - a_k), ties to the lowest index, prepared for samples near known centres.

    Args:
        V: (K, d) float64.
        a: (K,) float64.
        origin: (d,) float64, subtracted from h before v_k is applied.
        centres: (K, d), the points the residuals are taken from; their dtype is the working precision.
        definition: decides (n, d) float64 rows without any of this, for those that are close to a tie.
    """

    def __init__(
        self, V: Tensor, a: Tensor, origin: Tensor, centres: Tensor, definition: Callable[[Tensor], Tensor]
    ) -> None:
        scores = (centres.cpu().double() - origin) @ V.T - a
        best = scores.max(1)
        margins = best.values[:, None] - scores
        self.decisions = best.indices.to(centres.device)
        self.radii = _distance_to_boundary(V, margins, best.indices).to(centres.device)
        # A vector common to all v_k, or a number common to all scores, decides nothing but costs digits.
        relative = V - V.mean(0)
        # As unit vectors, so that scores are lengths and stay in the range of float32.
        longest = float(torch.linalg.vector_norm(relative, dim=1).max()) or 1.0
        self._relative = relative.div(longest).to(centres)
        self._at_centres = margins.T.div(-longest).to(centres)
        self._error = 4 * torch.finfo(centres.dtype).eps * math.sqrt(V.shape[1])
        self._definition = definition

    def decide(self, block: Residuals, lengths: Tensor) -> Tensor:
        """Return the decision (n,) for each row of the block, given the lengths of its differences."""
        scores = self._at_centres.index_select(1, block.labels).addmm_(self._relative, block.differences.T)
        best, decisions = scores.max(0)
        unclear = (scores >= best - 2 * self._error * lengths).sum(0) > 1
        if bool(unclear.any()):
            decisions[unclear] = self._definition(block.rows[unclear].double())
        return decisions


def classifier_rule(W: Tensor, b: Tensor, centres: Tensor) -> LinearRule:
    """Return the rule argmax_k(w_k.h - b_k)."""
    weights, biases = W.to(centres.device), b.to(centres.device)
    origin = W.new_zeros(W.shape[1])
    return LinearRule(W, b, origin, centres, lambda rows: (rows @ weights.T - biases).argmax(1))


def nearest_mean_rule(moments: ClassMoments, centres: Tensor) -> LinearRule:
    """Return the rule argmin_k |h - mean_k|."""
    origin = moments.global_mean(weighted=True)
    centred = moments.means - origin
    means = moments.means.to(centres.device)

    def nearest(rows: Tensor) -> Tensor:
        return torch.cdist(rows, means, compute_mode="donot_use_mm_for_euclid_dist").argmin(1)

    return LinearRule(centred, centred.square().sum(1) / 2, origin, centres, nearest)


def _distance_to_boundary(V: Tensor, margins: Tensor, decisions: Tensor) -> Tensor:
    """Return, a little less than, how far each centre can move before its decision changes."""
    squares = V.square().sum(1)
    sums = squares[decisions, None] + squares
    # The slack keeps the cancellation in |v_j - v_k|^2 from making a boundary look farther than it is.
    gaps = (sums - 2 * V[decisions] @ V.T).clamp_min(0).add(1e-12 * sums).sqrt()
    distances = torch.where(margins > 0, margins / gaps, torch.zeros_like(margins))
    distances.scatter_(1, decisions[:, None], math.inf)
    return 0.999 * distances.amin(1)


class Disagreement:
    """Count the samples that argmax_k(w_k.h - b_k) and argmin_k |h - mean_k| decide differently."""

    def __init__(self, moments: ClassMoments, W: Tensor, b: Tensor | None, features: Tensor) -> None:
        centres = rounded_means(moments, features)
        classifier = classifier_rule(W, W.new_zeros(len(W)) if b is None else b, centres)
        nearest = nearest_mean_rule(moments, centres)
        self._rules = classifier, nearest
        self._radii = torch.minimum(classifier.radii, nearest.radii)
        self._differ = classifier.decisions != nearest.decisions
        self._count = 0
        self._samples = len(features)

    def add(self, block: Residuals) -> None:
        """Take one more block of residuals from the rounded class means."""
        # In float64, because squares of small floats vanish and everything would look close.
        lengths = torch.linalg.vector_norm(block.differences, dim=1, dtype=torch.float64)
        inside = lengths < self._radii[block.labels]
        self._count += int((self._differ[block.labels] & inside).sum())
        if not bool(inside.any()):
            self._count_one_by_one(block, lengths)
        elif not bool(inside.all()):
            self._count_one_by_one(Residuals(*(part[~inside] for part in block)), lengths[~inside])

    def _count_one_by_one(self, block: Residuals, lengths: Tensor) -> None:
        classifier, nearest = (rule.decide(block, lengths) for rule in self._rules)
        self._count += int((classifier != nearest).sum())

    def fraction(self) -> float:
        """Return the count divided by N."""
        return self._count / self._samples
