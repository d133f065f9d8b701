"""Paper A's model: unit weights and unit features, logits γ w·h - b, no weight decay."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.theory import normalized as theory
from nccourse.theory.normalized_offset import offset_without_bias
from nccourse.ufm.problems.base import UFM, Array, State
from nccourse.ufm.problems.normalized_landscape import NormalizedLandscape
from nccourse.ufm.problems.scores import own_scores, statistics

_PUSHES = 8  # from a random start to a warm one; each costs less than a Hessian product


@dataclass(frozen=True)
class NormalizedUFM(UFM):
    """State the normalized model: minimise (1/N) Σ L(γ W h - b) over unit w_k, unit h_i and b in R^K.

    At the minimum every feature is its class's weight and the weights are a simplex ETF, for any d >= K-1;
    ``minimum`` is its value. Where theory has no value it is None: d < K-1 in general. Without a bias (b = 0)
    CE has the same minimum, BCE a larger one in general, at weights and features that lean apart, which takes
    d >= K; see :mod:`nccourse.theory.normalized_offset`.

    Args:
        num_classes: K, at least 2.
        samples_per_class: n, at least 1; N = nK.
        dim: feature dimension d, at least 1.
        scale: γ > 0.
        loss: "ce" or "bce" (summed over classes).
        bias: whether b is trained; else it is 0.

    Raises:
        InputValueError: an argument outside its domain.
        InputTypeError: an argument of the wrong type.

    Source: paper A, Eq. (6).

    >>> round(NormalizedUFM(10, 100, 16, scale=8.0).minimum, 12)
    0.001240445613
    """

    num_classes: int
    samples_per_class: int
    dim: int
    scale: float
    loss: str = "ce"
    bias: bool = field(default=True, kw_only=True)
    counts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.bias, bool):
            raise InputTypeError("bias", expected="a bool", got=type(self.bias).__name__)
        checked = {
            "num_classes": checks.integer("num_classes", self.num_classes, minimum=2),
            "samples_per_class": checks.integer("samples_per_class", self.samples_per_class, minimum=1),
            "dim": checks.integer("dim", self.dim, minimum=1),
            "scale": checks.real("scale", self.scale, above=0.0),
            "loss": checks.choice("loss", self.loss, ("ce", "bce")),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "counts", (self.samples_per_class,) * self.num_classes)

    @cached_property
    def minimum(self) -> float | None:
        """The closed-form minimum, None where no theorem gives one."""
        K, γ = self.num_classes, self.scale
        if self.loss == "bce" and not self.bias:
            room = {0.0: K - 1, 1.0: 1}.get(offset_without_bias(K, γ), K)
            return theory.bce_minimum_without_bias(K, γ) if self.dim >= room else None
        if self.dim < K - 1:
            return None
        return theory.ce_minimum(K, γ) if self.loss == "ce" else theory.bce_minimum(K, γ)

    @property
    def shape(self) -> tuple[object, ...]:
        """Scale and loss may differ within a batch, all else may not."""
        return type(self), self.num_classes, self.samples_per_class, self.dim, self.bias

    @property
    def step_size(self) -> float:
        """1 / (1/2 + 2γ/m + γ²/2m), m = min(K, d), about half the inverse curvature at random states.

        From random starts the objective then falls at every step; that is measured, not proved.
        """
        m, γ = min(self.num_classes, self.dim), self.scale
        return 1.0 / (0.5 + 2.0 * γ / m + γ**2 / (2.0 * m))

    def landscape(self, batch: Sequence[NormalizedUFM]) -> NormalizedLandscape:
        """Return the landscape of a batch of problems of this shape."""
        return NormalizedLandscape(batch)

    def random_state(self, rng: np.random.Generator) -> State:
        """Return independent uniform unit vectors, and b = 0."""
        K, N = self.num_classes, sum(self.counts)
        if self.dim == 1:  # the sphere is two points and nothing on it can move: sides taken in turn
            sides = rng.permutation(np.where(np.arange(K) % 2, 1.0, -1.0))[:, None]
            return State(sides, np.repeat(sides, self.samples_per_class, axis=0), np.zeros(K))
        rows = rng.standard_normal((K + N, self.dim))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return State(rows[:K], rows[K:], np.zeros(K))

    def warm_state(self, rng: np.random.Generator) -> State:
        """Return weights and features that have pushed each other apart from random places, and b = 0.

        Where a class's feature is its weight, -∂CE/∂h_k points along w_k - Σ_{j≠k} q_kj w_j, with q the
        softmax of γ w_k·w_j over the others. Features are put there and then weights at the features, a few
        times; but once for BCE without bias, whose minimum leans away from where that leads.
        """
        W, H, b = self.random_state(rng)
        if self.dim == 1:
            return State(W, H, b)
        H = W
        for _ in range(_PUSHES if self.bias or self.loss == "ce" else 1):
            W, H = H, _pushed_apart(H, self.scale)
        return State(W, np.repeat(H, self.samples_per_class, axis=0), b)

    def admit(self, state: State) -> None:
        """Accept rows of any length but zero: they are brought to length 1."""
        for name, rows in (("start W", state.W), ("start H", state.H)):
            if not np.linalg.norm(rows, axis=1).all():
                raise InputValueError(name, expected="rows that are not zero", got="a zero row")

    def observables(self, state: State) -> dict[str, float | Array]:
        """Return mean and standard deviation of the unbiased scores and their distance from collapse.

        ``deviation`` is the t of criterion (217): the largest distance of a cosine w·h from 1 (right class)
        or from -1/(K-1) (the others).
        """
        own, cosines = own_scores(self.num_classes, self.labels), state.H @ state.W.T
        collapsed = np.where(own, 1.0, -1.0 / (self.num_classes - 1))
        return statistics(self.scale * cosines, own) | {"deviation": np.abs(cosines - collapsed).max()}

    def reduced(self) -> NormalizedUFM:
        """Return the problem with one sample a class and d <= K+1, which has the same minimum.

        Given W and b every sample of a class has the same problem, so one solution serves all. And logits see
        of a feature only its part in the span of W, at most K dimensions: what sticks out may point into one
        further direction, the same for all.
        """
        return replace(self, samples_per_class=1, dim=min(self.dim, self.num_classes + 1))

    def lift(self, state: State, rng: np.random.Generator) -> State:
        """Repeat each feature for the samples of its class, and rotate all vectors into R^d at random."""
        W, H, b = state
        if self.dim > W.shape[1]:
            frame = np.linalg.qr(rng.standard_normal((self.dim, W.shape[1])))[0].T
            W, H = W @ frame, H @ frame
        return State(W, np.repeat(H, self.samples_per_class, axis=0), b)

    def continuation(self) -> tuple[NormalizedUFM, ...]:
        """Solve first at the nearest scale where the landscape is well conditioned, 1 to 4 above log K.

        Far above, all but the closest classes are invisible; far below, the angles between classes are.
        """
        clear = min(max(self.scale, math.log(self.num_classes) + 1.0), math.log(self.num_classes) + 4.0)
        return (self,) if clear == self.scale else (replace(self, scale=clear), self)


def _pushed_apart(W: Array, scale: float) -> Array:
    """Return unit vectors along w_k - Σ_{j≠k} q_kj w_j."""
    scores = scale * W @ W.T
    np.fill_diagonal(scores, -np.inf)
    q = np.exp(scores - scores.max(axis=1, keepdims=True))
    rows = W - q @ W / q.sum(axis=1, keepdims=True)
    unit: Array = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
