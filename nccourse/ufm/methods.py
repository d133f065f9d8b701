"""The methods of ``solve``: how starts, easier problems and smaller problems are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nccourse.ufm.gradient_descent import gradient_descent
from nccourse.ufm.options import Options
from nccourse.ufm.problems import UFM, Landscape, State
from nccourse.ufm.recording import Recorder
from nccourse.ufm.solution import Outcome, certified
from nccourse.ufm.starts import random_states, stacked
from nccourse.ufm.trust_region import Counts, Flags, Observer, trust_region


@dataclass(frozen=True)
class _Task:
    """A problem, the problems to solve in turn for it, and how a state of those becomes one of it."""

    problem: UFM
    path: tuple[UFM, ...]
    lift: Callable[[State], State]

    @classmethod
    def direct(cls, problem: UFM) -> _Task:
        return cls(problem, (problem,), lambda state: state)

    @classmethod
    def full(cls, problem: UFM) -> _Task:
        return cls(problem, problem.continuation(), lambda state: state)

    @classmethod
    def reduced(cls, problem: UFM, seed: int) -> _Task:
        frame_seed = (seed, problem.starts)  # attempts are numbered below
        return cls(
            problem,
            problem.reduced().continuation(),
            lambda state: problem.lift(state, np.random.default_rng(frame_seed)),
        )


def newton(problems: Sequence[UFM], starts: Sequence[State] | None, options: Options) -> list[Outcome]:
    """Minimise by trust regions: the problem as it is ("full"), or its reduced form ("auto").

    From a given start there is one attempt, at the problem as it is, without continuation. Random starts are
    repeated while the outcome is above the closed form; where there is none, the best of all starts counts.
    """
    if starts is not None:
        return _attempt([_Task.direct(problem) for problem in problems], stacked(starts), options)
    reduce = options.method == "auto"
    tasks = [_Task.reduced(p, options.seed) if reduce else _Task.full(p) for p in problems]
    best: dict[int, Outcome] = {}
    pending = list(range(len(tasks)))
    for attempt in range(max(problem.starts for problem in problems)):
        chosen = [tasks[i] for i in pending]
        states = random_states([task.path[0] for task in chosen], options.seed, attempt, warm=reduce)
        for i, found in zip(pending, _attempt(chosen, states, options), strict=True):
            known = best.get(i, found)
            best[i] = replace(found if found.objective <= known.objective else known, starts=attempt + 1)
        pending = [i for i in pending if _worth_another(problems[i], best[i], options)]
        if not pending:
            break
    return [best[i] for i in range(len(tasks))]


def descent(problems: Sequence[UFM], starts: Sequence[State] | None, options: Options) -> list[Outcome]:
    """Follow gradient descent on the problem as it is, from one start."""
    tasks = [_Task.direct(problem) for problem in problems]
    states = random_states(problems, options.seed, 0) if starts is None else stacked(starts)
    landscape = problems[0].landscape(problems)
    recorders = [Recorder(problem, options.record) for problem in problems]
    travel = gradient_descent(
        landscape,
        landscape.pack(states),
        step_size=np.array([options.step_size or problem.step_size for problem in problems]),
        momentum=options.momentum,
        tolerance=options.tolerance,
        max_steps=options.max_steps,
        observe=_observer(landscape, tasks, recorders),
    )
    objective = landscape.evaluate(travel.points).objective
    found = landscape.unpack(travel.points)
    return _outcomes(tasks, found, objective, travel.settled, travel.steps, recorders)


def _attempt(tasks: Sequence[_Task], states: State, options: Options) -> list[Outcome]:
    """Go through the paths of all tasks from one start each, the first problems together, then the second."""
    final = tasks[0].path[-1].smooth_landscape([task.path[-1] for task in tasks])
    points = final.pack(states)
    steps, settled = np.zeros(len(tasks), np.int64), np.zeros(len(tasks), bool)
    recorders = [Recorder(task.problem, options.record) for task in tasks]
    for stage in range(max(len(task.path) for task in tasks)):
        unspent = steps < options.max_steps
        members = [i for i, task in enumerate(tasks) if stage < len(task.path) and unspent[i]]
        if not members:
            break
        models = [tasks[i].path[stage] for i in members]
        landscape = models[0].smooth_landscape(models)
        points[members], steps[members], settled[members] = trust_region(
            landscape,
            landscape.pack(landscape.unpack(points[members])),
            tolerance=options.tolerance,
            steps=steps[members],
            max_steps=options.max_steps,
            observe=_observer(landscape, [tasks[i] for i in members], [recorders[i] for i in members]),
        )
    objective = final.evaluate(points).objective
    return _outcomes(tasks, final.unpack(points), objective, settled, steps, recorders)


def _outcomes(
    tasks: Sequence[_Task],
    states: State,
    objective: NDArray[np.float64],
    settled: Flags,
    steps: Counts,
    recorders: Sequence[Recorder],
) -> list[Outcome]:
    outcomes = []
    for i, (task, recorder) in enumerate(zip(tasks, recorders, strict=True)):
        state = task.lift(State(*(array[i] for array in states)))
        recorder.offer(int(steps[i]), state, last=True)
        outcomes.append(Outcome(state, float(objective[i]), bool(settled[i]), int(steps[i]), 1, recorder))
    return outcomes


def _observer(landscape: Landscape, tasks: Sequence[_Task], recorders: Sequence[Recorder]) -> Observer:
    """Return a function that offers the states a recorder wants, lifted to its problem."""

    def observe(index: NDArray[np.intp], steps: Counts, points: NDArray[np.float64]) -> None:
        for row, (i, step) in enumerate(zip(index, steps, strict=True)):
            if recorders[i].wants(int(step)):
                state = landscape.unpack(points[row : row + 1])
                recorders[i].offer(int(step), tasks[i].lift(State(*(array[0] for array in state))))

    return observe


def _worth_another(problem: UFM, found: Outcome, options: Options) -> bool:
    if found.starts >= problem.starts:
        return False
    if problem.minimum is None:
        return True
    reached = certified(np.array(found.objective), np.array(problem.minimum), options.tolerance)
    return not reached and found.steps < options.max_steps
