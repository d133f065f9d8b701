"""What solving gives back, and what certifies it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from nccourse.ufm.problems import State
from nccourse.ufm.problems.base import Array
from nccourse.ufm.recording import Recorder


@dataclass(frozen=True, eq=False)
class Solution:
    """A solved unconstrained feature model.

    Attributes:
        W: weights (K, d), CPU float64, as all tensors here.
        H: features (N, d), classes contiguous.
        b: bias (K,), subtracted in the logits; zeros for a model without one.
        labels: class of each feature (N,), int64.
        objective: value reached.
        gap: objective less the closed-form minimum; None where no closed form is known. Rounding can leave it
            slightly negative.
        gradient_norm: Euclidean norm of the gradient of the problem at (W, H, b), tangent to its spheres and
            without what pushes against a boundary: 0 exactly where the first-order (KKT) conditions hold.
        seconds: wall time of the batch the problem was solved in.
        status: "converged" (gap <= tolerance * min(1, minimum), or <= tolerance for a minimum of 0; without
            a closed form, no decrease is left that float64 could show or, for gradient descent, the gradient
            is no longer than tolerance),
            "max_steps", or "stalled" (no further progress in float64, without the certificate).
        steps: gradient steps, or trust-region steps from the start that led here.
        starts: number of starts tried.
        history: name -> values along the trajectory, one entry per recorded step, as asked for by ``record``.
    """

    W: Tensor
    H: Tensor
    b: Tensor
    labels: Tensor
    objective: float
    gap: float | None
    gradient_norm: float
    seconds: float
    status: str
    steps: int
    starts: int
    history: dict[str, NDArray[np.generic]] = field(repr=False, default_factory=dict)

    def __repr__(self) -> str:
        gap = "no closed form" if self.gap is None else f"gap {self.gap:.2g}"
        return (
            f"Solution({self.status}: objective {self.objective:.9g}, {gap}, "
            f"gradient {self.gradient_norm:.2g}, {self.steps} steps, {self.seconds:.3g} s)"
        )


@dataclass(frozen=True)
class Outcome:
    """Where a method left one problem.

    Attributes:
        state: the state reached.
        objective: there.
        settled: whether the method's own test held.
        steps: taken from the start that led here.
        starts: number of starts tried.
        recorder: of the trajectory from the start that led here.
    """

    state: State
    objective: float
    settled: bool
    steps: int
    starts: int
    recorder: Recorder


def certified(objective: Array, minimum: Array, tolerance: float) -> NDArray[np.bool_]:
    """Tell where objective - minimum <= tolerance * min(1, minimum); nowhere where the minimum is nan.

    Relative for small minima: at γ = 64 all states that separate the classes are within 1e-10 of the minimum.
    Absolute where it is 0.
    """
    return np.asarray(objective - minimum <= _allowed(minimum, tolerance))


def certifying(minimum: Array, tolerance: float) -> Array:
    """Return the largest objectives that are certified, nan where the minimum is."""
    return minimum + _allowed(minimum, tolerance)


def _allowed(minimum: Array, tolerance: float) -> Array:
    return tolerance * np.where(minimum == 0.0, 1.0, np.minimum(1.0, minimum))
