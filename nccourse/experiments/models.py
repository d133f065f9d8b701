"""Run cells that solve unconstrained feature models, all of a grid as one batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nccourse import ufm
from nccourse.experiments.cell import Cell
from nccourse.experiments.provenance import device_name
from nccourse.experiments.study import Options, Outcome


@dataclass(frozen=True)
class Models:
    """Solve a model for each cell; what has the same solver options and seed is one batch.

    A setting is {"problem": keyword arguments of ``problem``, "solve": those of :func:`nccourse.ufm.solve`}.

    Args:
        problem: class of the model, e.g. :class:`nccourse.ufm.RegularizedUFM`.
        measure: the solution -> what is recorded of it.
    """

    problem: Callable[..., Any]
    measure: Callable[[ufm.Solution], Mapping[str, Any]]

    def run(
        self, cells: Sequence[Cell], on_outcome: Callable[[Cell, Outcome], None], options: Options
    ) -> None:
        """Solve the cells' models."""
        batches: dict[tuple[str, int], list[Cell]] = {}
        for cell in cells:
            batches.setdefault((repr(cell.setting.get("solve", {})), cell.seed), []).append(cell)
        for batch in batches.values():
            self._solve(batch, on_outcome)

    def _solve(self, cells: Sequence[Cell], on_outcome: Callable[[Cell, Outcome], None]) -> None:
        started = time.perf_counter()
        problems = [self.problem(**cell.setting["problem"]) for cell in cells]
        solutions = ufm.solve(problems, seed=cells[0].seed, **cells[0].setting.get("solve", {}))
        seconds = (time.perf_counter() - started) / len(cells)
        for cell, solution in zip(cells, solutions, strict=True):
            config = {"model": type(problems[0]).__name__, **cell.setting, "seed": cell.seed}
            metrics = {**self.measure(solution), "solver": solution.status}
            on_outcome(cell, Outcome(metrics, config, device_name("cpu"), seconds))
