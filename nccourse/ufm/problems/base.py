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
        """Riemannian gradients (B, P), tangent at the point."""

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
        """Return the points reached by tangent steps (B, P)."""

    def project(self, points: Array, vectors: Array) -> Array:
        """Return the tangent part of vectors (B, P)."""

    def take(self, index: NDArray[np.intp]) -> Self:
        """Return the landscape of the chosen problems alone."""


class UFM(ABC):
    """One unconstrained feature model: minimise an objective over W, H and b."""

    num_classes: int
    dim: int
    loss: str
    bias: bool

    @property
    @abstractmethod
    def counts(self) -> tuple[int, ...]:
        """Samples of each class."""

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

    @abstractmethod
    def landscape(self, batch: Sequence[Self]) -> Landscape:
        """Return the landscape of a batch of problems of this shape."""

    @abstractmethod
    def random_state(self, rng: np.random.Generator) -> State:
        """Return a random feasible state, the same for every problem of this shape."""

    def warm_state(self, rng: np.random.Generator) -> State:
        """Return a random feasible state whose features suit its weights, where that is easily had."""
        return self.random_state(rng)

    @abstractmethod
    def observables(self, state: State) -> dict[str, float]:
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
        """Class of each sample (N,)."""
        return np.repeat(np.arange(self.num_classes), self.counts)
