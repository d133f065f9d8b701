"""Run cells that train networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from nccourse import data
from nccourse.experiments.cell import Cell
from nccourse.experiments.provenance import device_name
from nccourse.experiments.study import Options, Outcome
from nccourse.training import TrainConfig, TrainResult, sweep

Measure = Callable[[TrainResult], Mapping[str, Any]]
"""What of a finished run is recorded."""

_LEFT_OUT = ("learning_rate", "seconds")
# "loss" is a coordinate of most grids: which loss.
_RENAMED = {"loss": "train_loss"}


def final_row(result: TrainResult) -> dict[str, Any]:
    """Return the last row of the metrics, "epoch" among them, without learning rate and time.

    Its "loss" is called "train_loss", because "loss" says which loss was trained.
    """
    last = result.metrics.iloc[-1].rename(_RENAMED)
    return {str(name): value for name, value in last.items() if name not in _LEFT_OUT}


def curves(*names: str) -> Measure:
    """Return a measure: the last row, and under "curves" the named columns at every recorded epoch.

    ``curves("nc1", "nc2")`` gives {"curves": {"epoch": [...], "nc1": [...], "nc2": [...]}}.
    """

    def measure(result: TrainResult) -> dict[str, Any]:
        table = result.metrics
        return {**final_row(result), "curves": {name: table[name].tolist() for name in ("epoch", *names)}}

    return measure


@dataclass(frozen=True)
class Networks:
    """Train a network for each cell, whose setting is the fields of a TrainConfig but the seed.

    Args:
        measure: the run -> what is recorded of it.
    """

    measure: Measure = final_row

    def run(
        self, cells: Sequence[Cell], on_outcome: Callable[[Cell, Outcome], None], options: Options
    ) -> None:
        """Train the cells' networks; raise KeyboardInterrupt after Ctrl-C."""
        checksums: dict[str, str] = {}
        for cell in tqdm(cells, desc="cells", disable=not options.progress):
            config = TrainConfig(**cell.setting, seed=cell.seed)
            (result,) = sweep([config], checkpoint_folder=options.checkpoints, progress=False)
            if result.status == "interrupted":
                raise KeyboardInterrupt
            if config.data not in checksums:
                checksums[config.data] = data.load(config.data).checksum
            on_outcome(cell, self._outcome(result, checksums[config.data]))

    def _outcome(self, result: TrainResult, checksum: str) -> Outcome:
        config = result.config
        return Outcome(
            metrics=self.measure(result),
            config=config.to_dict(),
            device=device_name(next(result.model.parameters()).device.type),
            seconds=result.seconds,
            status=result.status,
            data={"name": config.data, "checksum": checksum},
        )
