"""Gradient descent as the papers run it: one step size for W, H and b, optionally with momentum."""

from __future__ import annotations

import numpy as np

from nccourse.ufm.problems.base import Array, Landscape
from nccourse.ufm.solution import certified
from nccourse.ufm.trust_region import Flags, Observer, Travel

MOTIONLESS = 1e-16  # no coordinate moves by more: lost in rounding beside coordinates of order one


def gradient_descent(
    landscape: Landscape,
    points: Array,
    *,
    step_size: Array,
    momentum: float,
    tolerance: float,
    max_steps: int,
    observe: Observer,
) -> Travel:
    """Follow v <- momentum v + grad f, x <- R(x - step_size v) until certified, motionless or out of steps.

    R brings back to the constraints: on spheres, where grad is tangent, x <- (x - ηv)/|x - ηv| row by row; in
    balls and where x >= 0 the nearest feasible point. Of v only what can still move x is kept. With momentum
    0 this is projected gradient descent.

    Args:
        landscape: B problems.
        points: starts (B, P).
        step_size: η of each problem (B,).
        momentum: in [0, 1).
        tolerance: stop at gap <= tolerance * min(1, minimum); without a closed form, at |grad| <= tolerance,
            grad without what pushes against a boundary.
        max_steps: of each problem.
        observe: called at every point visited with the problems' numbers, steps taken and points.
    """
    result = Travel(points.copy(), np.zeros(len(points), np.int64), np.zeros(len(points), bool))
    index, velocity, rate = np.arange(len(points)), np.zeros_like(points), step_size[:, None]
    minimum, still = landscape.minimum, np.zeros(len(points), bool)
    for step in range(max_steps + 1):
        point = landscape.evaluate(points)
        observe(index, np.full(len(index), step), points)
        settled = _settled(point.objective, landscape.project(points, point.gradient), minimum, tolerance)
        going = ~(settled | still)
        if step == max_steps or not going.all():
            result.points[index], result.steps[index], result.settled[index] = points, step, settled
            if step == max_steps or not going.any():
                break
            landscape, gradient = landscape.take(np.flatnonzero(going)), point.gradient[going]
            index, minimum, rate = index[going], minimum[going], rate[going]
            points, velocity = points[going], velocity[going]
        else:
            gradient = point.gradient
        velocity = momentum * velocity + gradient
        moved = landscape.retract(points, -rate * velocity)
        still = np.abs(moved - points).max(axis=1) < MOTIONLESS
        velocity = landscape.project(moved, velocity)
        points = moved
    return result


def _settled(objective: Array, gradient: Array, minimum: Array, tolerance: float) -> Flags:
    known = certified(objective, minimum, tolerance)
    flat = np.einsum("bp,bp->b", gradient, gradient) <= tolerance**2
    return np.where(np.isnan(minimum), flat, known)
