"""Many runs, one after another."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tqdm import tqdm

from nccourse.data import ImageData, load
from nccourse.errors import InputTypeError
from nccourse.training.config import TrainConfig
from nccourse.training.result import TrainResult
from nccourse.training.sets import choose
from nccourse.training.trainer import train


def sweep(
    configs: Iterable[TrainConfig], *, checkpoint_folder: str | Path | None = None, progress: bool = True
) -> list[TrainResult]:
    """Train every config, reading each data set once.

    Args:
        configs: what to run, in this order.
        checkpoint_folder: where each run keeps its checkpoint; the same call then goes on where it was
            stopped, and runs no finished config again. None saves nothing.
        progress: show a progress bar over the runs.

    Returns:
        One result a config, in the same order; after Ctrl-C those begun so far, the last one "interrupted".

    Raises:
        InputTypeError: something in ``configs`` is not a TrainConfig.
        NCCourseError: whatever :func:`train` raises.

    >>> small = TrainConfig(epochs=1, model_options={"widths": (16,)}, device="cpu")
    >>> [result.status for result in sweep([small], progress=False)]
    ['completed']
    """
    configs = _checked(configs)
    loaded: dict[str, tuple[ImageData, ImageData]] = {}
    results: list[TrainResult] = []
    for config in tqdm(configs, desc="sweep", disable=not progress):
        if config.data not in loaded:
            loaded[config.data] = (load(config.data), load(config.data, train=False))
        sets = choose(*loaded[config.data], config.data_options)
        path = None if checkpoint_folder is None else Path(checkpoint_folder) / f"{config.key}.pt"
        results.append(
            train(config, train_set=sets.train, test_set=sets.test, checkpoint_path=path, progress=False)
        )
        if results[-1].status == "interrupted":
            break
    return results


def _checked(configs: Iterable[TrainConfig]) -> list[TrainConfig]:
    if isinstance(configs, TrainConfig) or not isinstance(configs, Iterable):
        raise InputTypeError("configs", expected="a sequence of TrainConfig", got=type(configs).__name__)
    configs = list(configs)
    for index, config in enumerate(configs):
        if not isinstance(config, TrainConfig):
            raise InputTypeError(f"configs[{index}]", expected="a TrainConfig", got=type(config).__name__)
    return configs
