"""Paper D's model: features as a ReLU leaves them, not negative, and classes of any size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.theory import imbalanced as theory
from nccourse.ufm.problems.base import Array, State
from nccourse.ufm.problems.class_sizes import class_sizes
from nccourse.ufm.problems.decay_landscape import DecayLandscape, DecayUFM
from nccourse.ufm.problems.nonnegative_landscape import NonnegativeLandscape, SquaredLandscape
from nccourse.ufm.problems.scores import own_scores, statistics

SPILL, LENGTH = 0.05, 1.5  # of features off their axes, relative; of all rows, in balanced units


@dataclass(frozen=True)
class NonnegativeUFM(DecayUFM):
    """State UFM+: minimise (1/N) Σ CE(W h) + λ_W/2 |W|² + λ_H/2 |H|² over W and H >= 0, without bias.

    ``minimum`` is its value for d >= K, where the features of different classes are orthogonal and small
    classes may collapse to 0; with fewer dimensions no theorem gives it and it is None. A class that dies
    too early makes a local minimum, so :func:`nccourse.ufm.solve` starts anew until the closed form is
    reached; without one the best of all starts counts.

    Args:
        counts: n_k, in any sequence, samples of each class, at least two classes of at least one.
        dim: feature dimension d, at least 1.
        lambda_W: weight decay, > 0.
        lambda_H: feature decay, > 0.

    Raises:
        InputValueError: an argument outside its domain.
        InputTypeError: an argument of the wrong type.

    Source: paper D, Eq. (4).

    >>> round(NonnegativeUFM((100, 100, 1), 4, 1e-2, 1e-2).minimum, 9)
    0.562867384
    """

    counts: tuple[int, ...]
    dim: int
    lambda_W: float
    lambda_H: float

    def __post_init__(self) -> None:
        counts = class_sizes(self.counts)
        checked = {
            "counts": counts,
            "num_classes": len(counts),
            "dim": checks.integer("dim", self.dim, minimum=1),
            "lambda_W": checks.real("lambda_W", self.lambda_W, above=0.0),
            "lambda_H": checks.real("lambda_H", self.lambda_H, above=0.0),
        }
        fixed = {"loss": "ce", "loss_params": {}, "bias": False, "lambda_b": 0.0}
        for name, value in (checked | fixed).items():
            object.__setattr__(self, name, value)

    @cached_property
    def minimum(self) -> float | None:
        """The closed-form minimum, None for d < K."""
        if self.dim < self.num_classes:
            return None
        return theory.minimizer(self.counts, self.lambda_W, self.lambda_H).objective

    @property
    def shape(self) -> tuple[object, ...]:
        """Decays may differ within a batch, sizes of the classes and d may not."""
        return type(self), self.features_per_class, self.dim

    @property
    def starts(self) -> int:
        """More than elsewhere, since classes may die."""
        return 32

    @property
    def step_size(self) -> float:
        """1 / (a bound on the curvature at states no larger than the random ones and the minimizer)."""
        n, N = np.array(self.counts), sum(self.counts)
        best = theory.minimizer(self.counts, self.lambda_W, self.lambda_H)
        W = max(2.0 * (1.0 + self.num_classes / self.dim), np.square(best.weight_norms).max() * 2.0)
        H = max(n.max(), (n * best.feature_norms**2).max())
        decay = max(self.lambda_W, self.lambda_H)
        return float(1.0 / (decay + 0.5 * (W + H) / N + math.sqrt(n.max()) / N))

    def landscape(self, batch: Sequence[NonnegativeUFM]) -> DecayLandscape:
        """Return the landscape over H >= 0 of a batch of problems of this shape."""
        return NonnegativeLandscape(batch)

    def smooth_landscape(self, batch: Sequence[NonnegativeUFM]) -> DecayLandscape:
        """Return the landscape over V, H = V²."""
        return SquaredLandscape(batch)

    def random_state(self, rng: np.random.Generator) -> State:
        """Return independent normal entries of variance 1/d, without their sign for H."""
        K, N = self.num_classes, len(self.labels)
        rows = rng.standard_normal((K + N, self.dim)) / math.sqrt(self.dim)
        return State(rows[:K], np.abs(rows[K:]), np.zeros(K))

    def later_state(self, rng: np.random.Generator, attempt: int) -> State:
        """Return features near axes shared out among the classes at random, and weights along them.

        The two decays agree for each class, so that small classes do not start at a disadvantage.
        """
        K, d, labels = self.num_classes, self.dim, self.labels
        owner = np.empty(d, np.intp)
        owner[rng.permutation(d)] = np.arange(d) % K if d >= K else rng.permutation(K)[:d]
        spread = np.abs(rng.standard_normal((K, d)))
        H = np.where(owner == np.arange(K)[:, None], spread, SPILL * spread)
        H /= np.linalg.norm(H, axis=1, keepdims=True)
        balance = (np.array(self.counts) * self.lambda_H / self.lambda_W)[:, None] ** 0.25
        W = (H - H.mean(axis=0)) * balance
        return State(LENGTH * W, LENGTH * (H / balance)[labels], np.zeros(K))

    def admit(self, state: State) -> None:
        """Accept features that are not negative."""
        if (state.H < 0.0).any():
            raise InputValueError("start H", expected="values >= 0", got=str(state.H.min()))

    def observables(self, state: State) -> dict[str, float | Array]:
        """Return statistics of the scores, and ``feature_norms`` and ``weight_norms`` of each class (K,)."""
        norms = np.linalg.norm(state.H, axis=1)
        totals = np.bincount(self.labels, weights=norms * self.multiplicity)
        return statistics(state.H @ state.W.T, own_scores(self.num_classes, self.labels)) | {
            "feature_norms": totals / np.array(self.counts),
            "weight_norms": np.linalg.norm(state.W, axis=1),
        }

    def reduced(self) -> NonnegativeUFM:
        """Return the problem with one feature a class, which counts for all its samples.

        Given W all samples of a class have the same problem, strictly convex over h >= 0 by its decay, so at
        every critical point they coincide. The dimension stays: nonnegative vectors cannot be rotated into
        fewer coordinates.
        """
        return _OneFeatureAClass(self.counts, self.dim, self.lambda_W, self.lambda_H)

    def lift(self, state: State, rng: np.random.Generator) -> State:
        """Repeat each feature for the samples of its class."""
        return state._replace(H=np.repeat(state.H, self.counts, axis=0))


@dataclass(frozen=True)
class _OneFeatureAClass(NonnegativeUFM):
    """The same with one feature for all samples of a class."""

    @property
    def features_per_class(self) -> tuple[int, ...]:
        """1 each."""
        return (1,) * self.num_classes
