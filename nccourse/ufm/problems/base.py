"""The form of every problem: what a solver may ask of it, and nothing about how it is solved.

A :class:`UFM` is one problem with its numbers. A :class:`Landscape` is a batch of problems of one shape as a
function on points: rows of a float64 array (B, P), each a whole state (W, H, b) laid out flat. Solvers see
landscapes alone, so a new problem brings its own geometry (spheres, free vectors, ...) and no new solver.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class State(NamedTuple):
    """Weights (..., K, d), features (..., N, d) with the classes contiguous, and bias (..., K)."""

    W: Array
    H: Array
    b: Array


class Point(Protocol):
    """A landscape at one point for each of B problems."""

    @property
    def objective(self) -> Array:
        """Values (B,)."""

    @property
    def gradient(self) -> Array:
        """Gradients (B, P), tangent to spheres; at a boundary they may point outward, see ``project``."""

    def hessian_product(self, direction: Array) -> Array:
        """Return the Riemannian Hessians times tangent directions (B, P)."""


class Landscape(Protocol):
    """B problems of one shape, as functions of points (B, P)."""

    @property
    def metric(self) -> Array:
        """Natural length of each coordinate (B, P): curvatures of order one in these units."""

    @property
    def minimum(self) -> Array:
        """Closed-form minima (B,), nan where none is known."""

    def pack(self, state: State) -> Array:
        """Lay states (B, ...) out as points (B, P)."""

    def unpack(self, points: Array) -> State:
        """Return points as states; views where possible."""

    def evaluate(self, points: Array) -> Point:
        """Return objective and derivatives at points (B, P)."""

    def retract(self, points: Array, steps: Array) -> Array:
        """Return the points reached by steps (B, P), brought back to the constraints."""

    def project(self, points: Array, vectors: Array) -> Array:
        """Return of vectors v (B, P) what a small step -v keeps: tangent to spheres, not out of a boundary.

        Of a gradient this is what vanishes at a minimum.
        """

    def take(self, index: NDArray[np.intp]) -> Self:
        """Return the landscape of the chosen problems alone."""


class UFM(ABC):
    """One unconstrained feature model: minimise an objective over W, H and b.

    Attributes:
        num_classes: K.
        counts: samples of each class.
        dim: feature dimension d.
        loss: name of the loss.
        bias: whether b is trained.
    """

    num_classes: int
    counts: tuple[int, ...]
    dim: int
    loss: str
    bias: bool

    @property
    @abstractmethod
    def minimum(self) -> float | None:
        """The closed-form minimum, None where no theorem gives one."""

    @property
    @abstractmethod
    def shape(self) -> tuple[object, ...]:
        """What problems must share to be solved as one batch."""

    @property
    @abstractmethod
    def step_size(self) -> float:
        """A step for gradient descent that is stable from random starts."""

    @property
    def starts(self) -> int:
        """Random starts to try at most: one is enough once it reaches the closed form."""
        return 8

    @property
    def features_per_class(self) -> tuple[int, ...]:
        """Free features of each class: one a sample, unless one stands for all samples of its class."""
        return self.counts

    @abstractmethod
    def landscape(self, batch: Sequence[Self]) -> Landscape:
        """Return the landscape of a batch of problems of this shape, in the coordinates of its dynamics."""

    def smooth_landscape(self, batch: Sequence[Self]) -> Landscape:
        """Return a landscape with the same minimizers and no inequality constraints, for Newton steps."""
        return self.landscape(batch)

    @abstractmethod
    def random_state(self, rng: np.random.Generator) -> State:
        """Return a random feasible state, the same for every problem of this shape."""

    def warm_state(self, rng: np.random.Generator) -> State:
        """Return a random feasible state whose features suit its weights, where that is easily had."""
        return self.random_state(rng)

    def later_state(self, rng: np.random.Generator, attempt: int) -> State | None:
        """Return a start for attempt 1, 2, ... where chance alone would miss basins, else None."""
        return None

    def admit(self, state: State) -> None:
        """Accept a given start, whose shapes and numbers are right.

        Raises:
            InputValueError: it is not feasible.
        """
        return  # what is not constrained is feasible

    @abstractmethod
    def observables(self, state: State) -> dict[str, float | Array]:
        """Return what to watch along a trajectory besides objective, gap and gradient."""

    def reduced(self) -> Self:
        """Return a smaller problem with the same minimum, whose states :meth:`lift` to states of this one."""
        return self

    def lift(self, state: State, rng: np.random.Generator) -> State:
        """Return a state of this problem with the objective ``state`` has in the reduced one."""
        return state

    def continuation(self) -> tuple[Self, ...]:
        """Return problems of this shape to solve one from the other's solution, this one last."""
        return (self,)

    @property
    def labels(self) -> NDArray[np.int64]:
        """Class of each feature (N,)."""
        return np.repeat(np.arange(self.num_classes), self.features_per_class)

    @property
    def multiplicity(self) -> Array:
        """Samples each feature stands for (N,)."""
        shares = np.array(self.counts) / np.array(self.features_per_class)
        return np.repeat(shares, self.features_per_class)
