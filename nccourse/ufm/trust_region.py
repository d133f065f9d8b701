"""A Riemannian trust-region Newton method for a batch of landscapes, minimising the log of the objective.

The logarithm has the same minimizers, and at large scales, where objectives span thirty decades, it alone has
curvature everywhere. Each step minimises the second-order model within a ball, by conjugate gradients that
need Hessian products only; near a symmetric minimum the Hessian has few different eigenvalues, so a handful
of products gives the Newton step. Directions of negative curvature are followed: no strict saddle holds it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nccourse.ufm.problems.base import Array, Landscape, Point
from nccourse.ufm.solution import certifying

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
        self._ceiling = certifying(landscape.minimum, tolerance)
        self._near, self._max_steps = math.sqrt(tolerance), max_steps
        self._model = _LogModel(landscape, points)
        scaled = points / landscape.metric
        self._largest = np.sqrt(np.maximum(1.0, _dot(scaled, scaled)))
        self._radius = 0.25 * self._largest
        self._first_slope = np.maximum(self._model.slope, 1e-300)

    def step(self) -> Flags:
        """Take one step in every problem and return which are finished."""
        model, landscape = self._model, self.landscape
        forcing = np.minimum(np.maximum(model.slope / self._first_slope, TIGHTEST), LOOSEST)
        step, decrease, interior = self._newton_step(forcing)
        reached = landscape.retract(self.points, landscape.metric * step)
        trial = _LogModel(landscape, reached)
        columns = (
            *(model.objective, model.value, trial.value, decrease, np.sqrt(_dot(step, step)), interior),
            *(forcing, trial.objective <= self._ceiling, self._radius, self._largest),
        )
        rows = zip(*(column.tolist() for column in columns), strict=True)
        verdicts = [_Trial(*row).verdict(self._near) for row in rows]
        accepted, taken, self.settled, finished, self._radius = map(np.array, zip(*verdicts, strict=True))
        self._move(accepted, reached, trial)
        self.steps = self.steps + taken
        return np.asarray(finished | (self.steps >= self._max_steps))

    def keep(self, going: Flags) -> None:
        """Drop finished problems."""
        if not going.any():
            return
        self.landscape = self.landscape.take(np.flatnonzero(going))
        for name in ("points", "steps", "settled", "_ceiling", "_largest", "_radius", "_first_slope"):
            setattr(self, name, getattr(self, name)[going])
        self._model = _LogModel(self.landscape, self.points)

    def _newton_step(self, forcing: Array) -> tuple[Array, Array, Flags]:
        model, radius = self._model, self._radius
        if len(radius) > 1:
            return conjugate_gradients(model.product, model.gradient, radius, forcing)
        # A vector and scalars: numpy is twice as quick with these as with arrays of one.
        step, decrease, interior = conjugate_gradients(
            lambda direction: model.product(direction[None])[0], model.gradient[0], radius[0], forcing[0]
        )
        return step[None], np.array([decrease]), np.array([interior])

    def _move(self, accepted: Flags, reached: Array, trial: _LogModel) -> None:
        if accepted.all():
            self.points, self._model = reached, trial
        elif accepted.any():
            self.points = np.where(accepted[:, None], reached, self.points)
            self._model = _LogModel(self.landscape, self.points)


class _Verdict(NamedTuple):
    """What becomes of one problem: plain numbers, which Python handles faster than numpy short arrays."""

    accepted: bool
    taken: bool
    settled: bool
    finished: bool
    radius: float


class _Trial(NamedTuple):
    """A step tried in one problem: log objectives before and after, and what the model promised."""

    objective: float
    before: float
    after: float
    decrease: float
    length: float
    interior: bool
    forcing: float
    certified: bool
    radius: float
    largest: float

    def verdict(self, near: float) -> _Verdict:
        """Judge the step; a Newton step that leaves less than ``near`` to go is the last."""
        if self.objective < UNDERFLOW:
            return _Verdict(False, False, True, True, self.radius)
        noise = RESOLUTION * max(1.0, abs(self.before))
        gain, negligible = self.before - self.after, self.decrease <= noise
        quality = 1.0 if negligible else gain / self.decrease
        accepted = self.interior and gain >= -noise if negligible else quality > 0.1
        radius = self._resized(quality)
        left = max(self.forcing * self.length, self.length**2)  # what an inexact Newton step leaves to go
        close = accepted and self.certified and left <= near
        flat = negligible and radius >= LEVEL * self.largest
        settled = ((negligible or close) and self.interior) or flat
        stuck = radius < 1e-12 * self.largest
        return _Verdict(accepted, True, settled, settled or negligible or stuck, radius)

    def _resized(self, quality: float) -> float:
        if not quality >= 0.25:
            return 0.25 * min(self.radius, self.length)
        if quality > 0.75 and not self.interior:
            return min(2.0 * self.radius, self.largest)
        return self.radius


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
        curved = self._point.hessian_product(self._metric * direction)
        curved *= self._weight
        curved -= _dot(self.gradient, direction)[:, None] * self.gradient
        return curved


def conjugate_gradients(
    product: Callable[[Array], Array], gradient: Array, radius: Array, forcing: Array
) -> tuple[Array, Array, Flags]:
    """Minimise the models g·p + p·Hp/2 within balls, stopping early (Steihaug and Toint).

    Args:
        product: p -> Hp for a batch (B, P), or for one problem (P,); then B below is left out as well.
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
    interior, size = ~live, np.size(live)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # none passes ``inside``
        for _ in range(PRODUCTS):
            if not np.count_nonzero(live):
                break
            curved = product(direction)
            curvature = _dot(direction, curved)
            length = square / curvature
            reached = step + length[..., None] * direction
            # Curvature so small that the step overflows, to infinity or nan, leaves the ball as well.
            inside = live & (curvature > 0.0) & (_dot(reached, reached) < bound)
            if np.count_nonzero(inside) < size:
                edge = np.where(live, _to_boundary(step, direction, radius), 0.0)
                length = np.where(inside, length, edge)
                reached = step + length[..., None] * direction
            step, residual = reached, residual + length[..., None] * curved
            before, square = square, _dot(residual, residual)
            live = inside & (square > target)
            interior = interior | (inside & ~live)
            onward = square / before
            if np.count_nonzero(live) < size:
                onward = np.where(live, onward, 0.0)
            direction = onward[..., None] * direction
            direction -= residual
    return step, -0.5 * _dot(step, gradient + residual), interior  # residual = g + Hp


def _to_boundary(step: Array, direction: Array, radius: Array) -> Array:
    """Return t >= 0 with |step + t direction| = radius."""
    along, room = _dot(step, direction), np.maximum(radius**2 - _dot(step, step), 0.0)
    # step·direction >= 0 in conjugate gradients, so this form of the root does not cancel.
    root = np.sqrt(along * along + _dot(direction, direction) * room)
    return np.asarray(room / (along + root))


def _dot(left: Array, right: Array) -> Array:
    products: Array = left.dot(right) if left.ndim == 1 else np.vecdot(left, right)
    return products
