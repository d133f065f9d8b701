"""Run cells that train networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nccourse import data
from nccourse.experiments.cell import Cell
from nccourse.experiments.provenance import device_name
from nccourse.experiments.study import Options, Outcome
from nccourse.training import TrainConfig, TrainResult, sweep
from nccourse.training.checkpoint import checkpoint_path, remove

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
        configs = [TrainConfig(**cell.setting, seed=cell.seed) for cell in cells]
        by_key: dict[str, list[Cell]] = {}
        for cell, config in zip(cells, configs, strict=True):
            by_key.setdefault(config.key, []).append(cell)
        checksums = _Checksums()

        def report(result: TrainResult) -> None:
            for cell in by_key[result.config.key]:
                on_outcome(cell, self._outcome(result, checksums[result.config.data]))
            state = checkpoint_path(options.checkpoints, result.config)
            if state is not None:
                # What is recorded needs no state any more, and that of a large network is large.
                remove(state)

        results = sweep(
            configs,
            checkpoint_folder=options.checkpoints,
            on_result=report,
            progress=options.progress,
            ray=options.ray,
        )
        if len(results) < len(configs) or any(result.status == "interrupted" for result in results):
            raise KeyboardInterrupt

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


class _Checksums(dict[str, str]):
    """The checksum of each training set by its name, computed once."""

    def __missing__(self, name: str) -> str:
        self[name] = data.load(name).checksum
        return self[name]
