"""A study that costs nothing, and small copies of the real ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nccourse.experiments.cell import Grid
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Outcome, Study
from nccourse.experiments.verdict import Verdict

GRID = Grid({"epochs": 3}, {"loss": ("ce", "bce"), "scale": (1.0, 8.0)}, about="nothing at all")


class Counting:
    """Run nothing, remember which cells were asked for, and stop before the cells named."""

    def __init__(self) -> None:
        self.ran: list[Any] = []
        self.stop_before: int | None = None

    def run(self, cells, on_outcome, options) -> None:
        self.options = options
        for cell in cells:
            if len(self.ran) == self.stop_before:
                raise KeyboardInterrupt
            self.ran.append(cell)
            metrics = {"compactness": cell.setting["scale"] + cell.seed, "worst": float("nan")}
            on_outcome(cell, Outcome(metrics, {**cell.setting, "seed": cell.seed}, "none", 0.0))


@pytest.fixture
def runner():
    return Counting()


@pytest.fixture
def study(runner):
    short = GRID.changed({"epochs": 1}, schedule="short")
    grids = {"ci": GRID, "gpu": (GRID.changed(schedule="full"), short)}
    return Study("A.table5", runner, grids, absent={"laptop": "it costs nothing anyway"})


@pytest.fixture
def experiment(study):
    return Experiment(
        id="A.table5",
        kind="run",
        title="Nothing",
        claim="Scales are compact.",
        study=study,
        rows=Rows(("loss", "scale"), {"compactness": "compactness"}, "A.table5", {"optimizer": "sgd"}),
        verdict=lambda records: Verdict(bool((records.compactness > 0).all()), f"{len(records)} cells"),
    )


def shortened(study: Study) -> Study:
    """Return the study at ci with two epochs for what is trained."""
    grid = study.grid("ci")
    if "epochs" not in grid.base:
        return study

    def adapt(coordinates):
        fields = dict(coordinates) if grid.adapt is None else grid.adapt(coordinates)
        return None if fields is None else {**fields, "epochs": min(2, fields.get("epochs", 2)), "record": 1}

    return replace(study, grids={"ci": replace(grid, adapt=adapt)})
