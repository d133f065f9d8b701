"""Solve unconstrained feature models: one call for one problem or a sweep, fast or step by step."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, overload

import numpy as np
import torch

from nccourse.errors import InputTypeError, InputValueError
from nccourse.ufm.methods import descent, newton
from nccourse.ufm.options import Options, checked
from nccourse.ufm.problems import UFM
from nccourse.ufm.problems.base import Array
from nccourse.ufm.solution import Outcome, Solution, certified
from nccourse.ufm.starts import given_states, stacked


@overload
def solve(
    problem: UFM,
    *,
    method: str = ...,
    tolerance: float = ...,
    max_steps: int | None = ...,
    step_size: float | None = ...,
    momentum: float = ...,
    start: Any = ...,
    seed: int = ...,
    record: int | Sequence[int] | None = ...,
) -> Solution: ...
@overload
def solve(
    problem: Sequence[UFM],
    *,
    method: str = ...,
    tolerance: float = ...,
    max_steps: int | None = ...,
    step_size: float | None = ...,
    momentum: float = ...,
    start: Any = ...,
    seed: int = ...,
    record: int | Sequence[int] | None = ...,
) -> list[Solution]: ...
def solve(
    problem: UFM | Sequence[UFM],
    *,
    method: str = "auto",
    tolerance: float = 1e-10,
    max_steps: int | None = None,
    step_size: float | None = None,
    momentum: float = 0.0,
    start: Any = None,
    seed: int = 0,
    record: int | Sequence[int] | None = None,
) -> Solution | list[Solution]:
    """Minimise an unconstrained feature model, or a list of them.

    The minimum is never assumed: the solver moves W, H and b by derivatives of the objective alone, and the
    closed form, where a theorem gives one, only certifies where it ended.

    Args:
        problem: a problem, or a list; those of one shape are solved as one batch.
        method: "auto" solves the problem's exact reduction (for :class:`NormalizedUFM` one sample a class and
            at most K+1 dimensions), "full" the problem itself, all N features free; both by a trust-region
            Newton method, through an easier scale first where the problem names one. "gradient_descent" steps
            v <- momentum v + grad f, x <- R(x - step_size v), where R brings rows back to unit length: the
            dynamics of paper A, Eq. (204), on the spheres that equation leaves out.
        tolerance: converged means gap <= tolerance * min(1, minimum); without a closed form
            gradient descent stops at a gradient no longer than this, Newton steps where float64 ends.
        max_steps: per start; None means 500 Newton steps or 20,000 gradient steps.
        step_size: of gradient descent, one for W, H and b; None asks the problem.
        momentum: of gradient descent, in [0, 1).
        start: a Solution, a triple (W, H, b), or for a list of problems a list of these; None draws at random
            from ``seed``. From a given start every method works on the problem itself.
        seed: of the random starts; problems of one shape start alike.
        record: keep the trajectory: every ``record``-th step and the last, or the steps listed; with "auto"
            and "full" of Newton steps. Costs the memory of (W, H, b) at each kept step.

    Returns:
        A :class:`Solution`, or a list of them in the order of the problems. Its ``history`` has step,
        objective, gap, gradient_norm, W (T, K, d), H (T, N, d), b (T, K) and what the problem adds; for
        :class:`NormalizedUFM` positive_mean, positive_std, negative_mean, negative_std of the scores without
        bias, and deviation, the largest distance of a cosine from its value at collapse.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: an argument outside its domain, or one of another method.

    O(K² d) per Hessian product with "auto", O(N K d) with "full" and per gradient step; 50 to 150 products
    in all.

    >>> from nccourse.ufm import NormalizedUFM, solve
    >>> solution = solve(NormalizedUFM(10, 20, 16, scale=8.0, loss="bce"))
    >>> solution.status, round(solution.b.mean().item(), 6)
    ('converged', 4.669825)
    """
    problems = _listed(problem)
    options = checked(method, tolerance, max_steps, step_size, momentum, seed, record)
    starts = None if start is None else given_states(start, problems)
    minimise = descent if method == "gradient_descent" else newton
    solutions: dict[int, Solution] = {}
    for members in _batches(problems):
        begun = time.perf_counter()
        batch = [problems[i] for i in members]
        outcomes = minimise(batch, None if starts is None else [starts[i] for i in members], options)
        solutions |= zip(members, _solutions(batch, outcomes, options, begun), strict=True)
    return solutions[0] if isinstance(problem, UFM) else [solutions[i] for i in range(len(problems))]


def _listed(problem: Any) -> list[UFM]:
    problems = [problem] if isinstance(problem, UFM) else problem
    expected = "a problem such as NormalizedUFM(...), or a list of problems"
    if not isinstance(problems, list | tuple):
        raise InputTypeError("problem", expected=expected, got=type(problem).__name__)
    if not problems:
        raise InputValueError("problem", expected=expected, got="an empty list")
    for one in problems:
        if not isinstance(one, UFM):
            raise InputTypeError("problem", expected=expected, got=f"a list with {type(one).__name__}")
    return list(problems)


def _batches(problems: Sequence[UFM]) -> list[list[int]]:
    """Group by shape, and within a shape by loss, so that each loss is one slice of the batch."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, problem in enumerate(problems):
        groups[problem.shape].append(i)
    return [sorted(members, key=lambda i: problems[i].loss) for members in groups.values()]


def _solutions(
    batch: Sequence[UFM], outcomes: Sequence[Outcome], options: Options, begun: float
) -> list[Solution]:
    landscape = batch[0].landscape(batch)
    points = landscape.pack(stacked([outcome.state for outcome in outcomes]))
    point = landscape.evaluate(points)
    norms = _norms(landscape.project(points, point.gradient))
    seconds = time.perf_counter() - begun
    return [
        _solution(problem, outcome, float(point.objective[i]), float(norms[i]), seconds, options)
        for i, (problem, outcome) in enumerate(zip(batch, outcomes, strict=True))
    ]


def _norms(gradients: Array) -> Array:
    """Return Euclidean norms of rows, also where squares would underflow."""
    largest = np.abs(gradients).max(axis=1)
    scaled = gradients / np.where(largest > 0.0, largest, 1.0)[:, None]
    norms: Array = largest * np.linalg.norm(scaled, axis=1)
    return norms


def _solution(
    problem: UFM, outcome: Outcome, objective: float, gradient_norm: float, seconds: float, options: Options
) -> Solution:
    minimum = problem.minimum
    reached = outcome.settled
    if minimum is not None:
        reached = bool(certified(np.array(objective), np.array(minimum), options.tolerance))
    unfinished = "max_steps" if outcome.steps >= options.max_steps else "stalled"
    W, H, b = (torch.from_numpy(np.ascontiguousarray(array)) for array in outcome.state)
    return Solution(
        W,
        H,
        b,
        labels=torch.from_numpy(problem.labels),
        objective=objective,
        gap=None if minimum is None else objective - minimum,
        gradient_norm=gradient_norm,
        seconds=seconds,
        status="converged" if reached else unfinished,
        steps=outcome.steps,
        starts=outcome.starts,
        history=outcome.recorder.history(),
    )
