"""Trajectories: which steps to keep, and what is kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nccourse import checks
from nccourse.errors import InputTypeError
from nccourse.ufm.problems import UFM, Landscape, State
from nccourse.ufm.problems.base import Array


def recording(record: Any) -> int | frozenset[int] | None:
    """Return ``record`` as None, an interval or a set of step numbers.

    Raises:
        InputTypeError: not None, an integer or a sequence of integers.
        InputValueError: an interval below 1 or a step below 0.
    """
    if record is None:
        return None
    if isinstance(record, Sequence | np.ndarray) and not isinstance(record, str):
        return frozenset(checks.integer("record", step, minimum=0) for step in record)
    if isinstance(record, bool | str | float):
        expected = "None, an interval or a sequence of step numbers"
        raise InputTypeError("record", expected=expected, got=f"{type(record).__name__} {record!r}")
    return checks.integer("record", record, minimum=1)


class Recorder:
    """Keep chosen states of one problem's trajectory, with what is worth watching at them.

    An interval keeps every so-manieth step, from 0, and the last; a set keeps just its members.
    """

    def __init__(self, problem: UFM, record: int | frozenset[int] | None) -> None:
        self._problem, self._record = problem, record
        self._steps: list[int] = []
        self._states: list[State] = []

    def wants(self, step: int) -> bool:
        """Tell whether a state at this step is to be offered."""
        if self._record is None or (self._steps and step <= self._steps[-1]):
            return False
        return step % self._record == 0 if isinstance(self._record, int) else step in self._record

    def offer(self, step: int, state: State, *, last: bool = False) -> None:
        """Keep a copy of the state if its step is wanted."""
        new = not self._steps or step > self._steps[-1]
        if self.wants(step) or (last and new and isinstance(self._record, int)):
            self._steps.append(step)
            self._states.append(State(*(array.copy() for array in state)))

    def history(self) -> dict[str, NDArray[Any]]:
        """Return name -> values over the kept steps; empty if nothing was asked for."""
        if self._record is None:
            return {}
        landscape = self._problem.landscape([self._problem])
        rows = [self._measure(landscape, state) for state in self._states]
        history: dict[str, NDArray[Any]] = {"step": np.array(self._steps, np.int64)}
        history |= {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else {})}
        if rows:
            history |= {
                name: np.stack([getattr(state, name) for state in self._states]) for name in State._fields
            }
        return history

    def _measure(self, landscape: Landscape, state: State) -> dict[str, float | Array]:
        points = landscape.pack(State(*(array[None] for array in state)))
        point = landscape.evaluate(points)
        objective, minimum = float(point.objective[0]), self._problem.minimum
        return {
            "objective": objective,
            "gap": float("nan") if minimum is None else objective - minimum,
            "gradient_norm": float(np.linalg.norm(landscape.project(points, point.gradient))),
        } | self._problem.observables(state)
