"""Many runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from nccourse import data
from nccourse.data import ImageData
from nccourse.errors import InputTypeError
from nccourse.training.batch import Batch
from nccourse.training.batch_file import BatchFile, run_name
from nccourse.training.checkpoint import checkpoint_path
from nccourse.training.config import TrainConfig
from nccourse.training.grouping import can_join, grouped
from nccourse.training.randomness import own_generator
from nccourse.training.result import TrainResult, result_of
from nccourse.training.sets import DataSets, choose
from nccourse.training.setup import resolve_device
from nccourse.training.trainer import prepare

OnResult = Callable[[TrainResult], None]


def sweep(
    configs: Iterable[TrainConfig],
    *,
    checkpoint_folder: str | Path | None = None,
    on_result: OnResult | None = None,
    progress: bool = True,
    ray: str | None = None,
) -> list[TrainResult]:
    """Train every config, reading each data set once.

    MLPs of one architecture on the same data, with linear or cosine heads, are trained together as one batch
    of models, which is several times faster and comes to the same results but for rounding; they may differ
    in loss, scale, bias options, rates, schedule and seed. All others are trained one after another, with
    the same results as :func:`train`.

    Args:
        configs: what to run; equal ones are run once.
        checkpoint_folder: where the runs keep their checkpoints; the same call then goes on where it was
            stopped, even by a kill, and runs no finished config again. None saves nothing.
        on_result: called with each result as soon as its run has ended (not with interrupted ones).
        progress: show a progress bar over the epochs of all runs.
        ray: spread the runs over a Ray cluster: its address, or "auto" for the one that is running, else one
            started on this machine. Needs the extra ``ray``; a ``checkpoint_folder`` must then be one that
            all machines see. None runs here.

    Returns:
        One result a config, in the same order; after Ctrl-C those begun so far, the last ones "interrupted".

    Raises:
        InputTypeError: something in ``configs`` is not a TrainConfig.
        InputValueError: there is no cluster at ``ray``, or Ray is not installed.
        NCCourseError: whatever :func:`train` raises.

    >>> small = TrainConfig(epochs=1, model_options={"widths": (16,)}, device="cpu")
    >>> [result.status for result in sweep([small], progress=False)]
    ['completed']
    """
    configs = _checked(configs)
    folder = None if checkpoint_folder is None else Path(checkpoint_folder).expanduser()
    different = list({config.key: config for config in configs}.values())
    report = on_result or _ignore
    total = sum(config.epochs for config in different)
    with tqdm(total=total, desc="sweep", unit="epoch", disable=not progress) as bar:
        if ray is None:
            results = run_here(different, folder, report, bar.update)
        else:
            from nccourse.training.cluster import run_on_cluster

            results = run_on_cluster(different, folder, report, bar.update, address=ray)
    return [results[config.key] for config in configs if config.key in results]


def run_here(
    configs: Sequence[TrainConfig], folder: Path | None, on_result: OnResult, on_epochs: Callable[[int], Any]
) -> dict[str, TrainResult]:
    """Run different configs in this process and return the results by key; fewer after Ctrl-C."""
    library = _Library()
    results: dict[str, TrainResult] = {}
    for group in grouped(configs, folder):
        ended = _run_group(group, library.sets(group[0]), folder, on_result, on_epochs)
        results |= {result.config.key: result for result in ended}
        if any(result.status == "interrupted" for result in ended):
            break
    return results


def _run_group(
    group: list[TrainConfig],
    sets: DataSets,
    folder: Path | None,
    on_result: OnResult,
    on_epochs: Callable[[int], Any],
) -> list[TrainResult]:
    device = resolve_device(group[0].device)
    with own_generator(device):
        if len(group) > 1 or _was_in_a_batch(group[0], sets, folder):
            return Batch(group, sets, device, folder).carry_out(on_epochs, on_result)
        (config,) = group
        run = prepare(config, sets, device, checkpoint_path(folder, config))
        on_epochs(run.progress.epoch)
        run.carry_out(on_epoch=lambda state: on_epochs(1))
    result = result_of(config, run.recorder.model, run.progress)
    if result.status != "interrupted":
        on_result(result)
    return [result]


def _was_in_a_batch(config: TrainConfig, sets: DataSets, folder: Path | None) -> bool:
    """Tell whether a batch that was stopped has this run's state."""
    path = checkpoint_path(folder, config)
    if path is None or path.exists() or not can_join(config):
        return False
    return BatchFile(folder, [run_name(config, sets.train)]).find() is not None


class _Library:
    """Read each data set once, and choose from it once."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[ImageData, ImageData]] = {}
        self._chosen: dict[str, DataSets] = {}

    def sets(self, config: TrainConfig) -> DataSets:
        name = config.data
        if name not in self._read:
            self._read[name] = data.load(name), data.load(name, train=False)
        choice = json.dumps([name, dict(config.data_options)], sort_keys=True)
        if choice not in self._chosen:
            self._chosen[choice] = choose(*self._read[name], config.data_options)
        return self._chosen[choice]


def _ignore(result: TrainResult) -> None:
    """Take a result nobody asked for."""


def _checked(configs: Iterable[TrainConfig]) -> list[TrainConfig]:
    if isinstance(configs, TrainConfig) or not isinstance(configs, Iterable):
        raise InputTypeError("configs", expected="a sequence of TrainConfig", got=type(configs).__name__)
    configs = list(configs)
    for index, config in enumerate(configs):
        if not isinstance(config, TrainConfig):
            raise InputTypeError(f"configs[{index}]", expected="a TrainConfig", got=type(config).__name__)
    return configs
