"""A Riemannian trust-region Newton method for a batch of landscapes, minimising the log of the objective.

The logarithm has the same minimizers, and at large scales, where objectives span thirty decades, it alone has
curvature everywhere. Each step minimises the second-order model within a ball, by conjugate gradients that
need Hessian products only; near a symmetric minimum the Hessian has few different eigenvalues, so a handful
of products gives the Newton step. Directions of negative curvature are followed: no strict saddle holds it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nccourse.ufm.problems.base import Array, Landscape, Point
from nccourse.ufm.solution import certified

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
Observer = Callable[[NDArray[np.intp], Counts, Array], None]

LOOSEST, TIGHTEST = 0.3, 1e-2  # residual at which conjugate gradients stop, relative to the gradient
PRODUCTS = 60  # Hessian products a step
UNDERFLOW = 1e-290  # objectives below leave no room for their derivatives
RESOLUTION = 1e-14  # of log objectives, relative
LEVEL = 1e-3  # radius, relative, within which curvature that float64 cannot show is none


class Travel(NamedTuple):
    """Where a batch ended.

    Attributes:
        points: final points (B, P).
        steps: steps taken in all (B,).
        settled: whether the last step was a full Newton step too short to matter.
    """

    points: Array
    steps: Counts
    settled: Flags


def trust_region(
    landscape: Landscape,
    points: Array,
    *,
    tolerance: float,
    steps: Counts,
    max_steps: int,
    observe: Observer,
) -> Travel:
    """Minimise until the Newton step is negligible, the radius vanishes or the steps are used up.

    Args:
        landscape: B problems.
        points: starts (B, P).
        tolerance: for the certificate; the last Newton step must then be shorter than its square root.
            Without a closed form that would prove nothing, as soft directions come last: steps go on while
            the model promises a decrease.
        steps: steps taken before (B,).
        max_steps: of each problem, those before included.
        observe: called with the problems' numbers, their steps taken and their points, at the start and after
            every step.
    """
    result = Travel(points.copy(), steps.copy(), np.zeros(len(points), bool))
    index = np.arange(len(points))
    walk = _Walk(landscape, points, steps, tolerance, max_steps)
    observe(index, steps, points)
    while index.size:
        finished = walk.step()
        observe(index, walk.steps, walk.points)
        if finished.any():
            for target, value in zip(result, (walk.points, walk.steps, walk.settled), strict=True):
                target[index] = value
            index = index[~finished]
            walk.keep(~finished)
    return result


class _Walk:
    """The problems still under way."""

    def __init__(
        self, landscape: Landscape, points: Array, steps: Counts, tolerance: float, max_steps: int
    ) -> None:
        self.landscape, self.points, self.steps = landscape, points, steps
        self.settled = np.zeros(len(points), bool)
        self._tolerance, self._max_steps = tolerance, max_steps
        self._model = _LogModel(landscape, points)
        scaled = points / landscape.metric
        self._largest = np.sqrt(np.maximum(1.0, _dot(scaled, scaled)))
        self._radius = 0.25 * self._largest
        self._first_slope = np.maximum(self._model.slope, 1e-300)

    def step(self) -> Flags:
        """Take one step in every problem and return which are finished."""
        model, landscape = self._model, self.landscape
        at_bottom = model.objective < UNDERFLOW
        forcing = np.minimum(np.maximum(model.slope / self._first_slope, TIGHTEST), LOOSEST)
        step, decrease, interior = conjugate_gradients(model.product, model.gradient, self._radius, forcing)
        reached = landscape.retract(self.points, landscape.metric * step)
        trial = _LogModel(landscape, reached)
        gain, length = model.value - trial.value, np.sqrt(_dot(step, step))
        noise = RESOLUTION * np.maximum(1.0, np.abs(model.value))
        negligible = decrease <= noise
        quality = np.where(negligible, 1.0, gain / np.maximum(decrease, noise))
        accepted = np.where(negligible, interior & (gain >= -noise), quality > 0.1) & ~at_bottom
        self._resize(quality, length, interior)
        self._move(accepted, reached, trial)
        self.steps = self.steps + ~at_bottom
        left = np.maximum(forcing * length, length**2)  # what an inexact Newton step leaves to go
        close = accepted & self._low_enough() & (left <= np.sqrt(self._tolerance))
        flat = negligible & (self._radius >= LEVEL * self._largest)
        self.settled = at_bottom | ((negligible | close) & interior) | flat
        stuck = self._radius < 1e-12 * self._largest
        return np.asarray(self.settled | negligible | stuck | (self.steps >= self._max_steps))

    def keep(self, going: Flags) -> None:
        """Drop finished problems."""
        if not going.any():
            return
        self.landscape = self.landscape.take(np.flatnonzero(going))
        for name in ("points", "steps", "settled", "_largest", "_radius", "_first_slope"):
            setattr(self, name, getattr(self, name)[going])
        self._model = _LogModel(self.landscape, self.points)

    def _low_enough(self) -> Flags:
        minimum = self.landscape.minimum
        return certified(self._model.objective, minimum, self._tolerance)

    def _resize(self, quality: Array, length: Array, interior: Flags) -> None:
        wider = np.where(
            (quality > 0.75) & ~interior, np.minimum(2.0 * self._radius, self._largest), self._radius
        )
        self._radius = np.where(quality < 0.25, 0.25 * np.minimum(self._radius, length), wider)

    def _move(self, accepted: Flags, reached: Array, trial: _LogModel) -> None:
        if accepted.all():
            self.points, self._model = reached, trial
        elif accepted.any():
            self.points = np.where(accepted[:, None], reached, self.points)
            self._model = _LogModel(self.landscape, self.points)


class _LogModel:
    """Value, gradient and Hessian of log f at a point, in the landscape's metric."""

    def __init__(self, landscape: Landscape, points: Array) -> None:
        self._point: Point = landscape.evaluate(points)
        self.objective = self._point.objective
        bounded = np.maximum(self.objective, UNDERFLOW)
        self.value = np.log(bounded)
        self._metric, self._weight = landscape.metric, landscape.metric / bounded[:, None]
        self.gradient = self._weight * self._point.gradient
        self.slope = np.sqrt(_dot(self.gradient, self.gradient))

    def product(self, direction: Array) -> Array:
        curved = self._weight * self._point.hessian_product(self._metric * direction)
        return curved - _dot(self.gradient, direction)[:, None] * self.gradient


def conjugate_gradients(
    product: Callable[[Array], Array], gradient: Array, radius: Array, forcing: Array
) -> tuple[Array, Array, Flags]:
    """Minimise the models g·p + p·Hp/2 within balls, stopping early (Steihaug and Toint).

    Args:
        product: p -> Hp for a batch (B, P).
        gradient: g (B, P).
        radius: of the balls (B,).
        forcing: residual at which to stop, relative to g (B,).

    Returns:
        The steps p (B, P), the decrease of the models (B,), and where p is an approximate Newton step inside
        its ball rather than a step to the boundary, which negative curvature asks for as well.
    """
    step, residual, direction = np.zeros_like(gradient), gradient, -gradient
    square, bound = _dot(gradient, gradient), radius**2
    target, live = forcing**2 * square, square > 0.0
    interior = ~live
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # none passes ``inside``
        for _ in range(PRODUCTS):
            if not np.count_nonzero(live):
                break
            curved = product(direction)
            curvature = _dot(direction, curved)
            length = square / curvature
            reached = step + length[:, None] * direction
            # Curvature so small that the step overflows, to infinity or nan, leaves the ball as well.
            inside = live & (curvature > 0.0) & (_dot(reached, reached) < bound)
            if np.count_nonzero(inside) < len(live):
                edge = np.where(live, _to_boundary(step, direction, radius), 0.0)
                length = np.where(inside, length, edge)
                reached = step + length[:, None] * direction
            step, residual = reached, residual + length[:, None] * curved
            before, square = square, _dot(residual, residual)
            live = inside & (square > target)
            interior |= inside & ~live
            onward = square / before
            if np.count_nonzero(live) < len(live):
                onward = np.where(live, onward, 0.0)
            direction = onward[:, None] * direction - residual
    return step, -0.5 * _dot(step, gradient + residual), interior  # residual = g + Hp


def _to_boundary(step: Array, direction: Array, radius: Array) -> Array:
    """Return t >= 0 with |step + t direction| = radius."""
    along, room = _dot(step, direction), np.maximum(radius**2 - _dot(step, step), 0.0)
    # step·direction >= 0 in conjugate gradients, so this form of the root does not cancel.
    root = np.sqrt(along * along + _dot(direction, direction) * room)
    return np.asarray(room / (along + root))


def _dot(left: Array, right: Array) -> Array:
    products: Array = np.vecdot(left, right)
    return products
