"""Train a network and measure its collapse on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from nccourse.data import DeviceBatches, ImageData, load
from nccourse.errors import InputTypeError
from nccourse.models import Network
from nccourse.training.checkpoint import Checkpoint
from nccourse.training.config import TrainConfig
from nccourse.training.randomness import own_generator, seed_generator
from nccourse.training.recording import MEASURES, Row
from nccourse.training.result import TrainResult
from nccourse.training.run import Run
from nccourse.training.setup import (
    build_criterion,
    build_model,
    build_optimizer,
    check_last_batch,
    resolve_device,
)


def train(
    config: TrainConfig,
    *,
    train_set: ImageData | None = None,
    test_set: ImageData | None = None,
    checkpoint_path: str | Path | None = None,
    on_record: Callable[[Row, Network], None] | None = None,
    progress: bool = True,
) -> TrainResult:
    """Train a network and measure its collapse on the way.

    Ctrl-C ends the run with what was recorded so far. With a checkpoint path the state is saved after every
    epoch, and the same call goes on from there, with bitwise the same numbers on a CPU; a finished run is
    returned at once. The global random state is left as it was.

    Args:
        config: what to run.
        train_set: images to train on, e.g. a long-tailed choice; None loads ``config.data``.
        test_set: images to test on; None loads ``config.data``'s where ``train_set`` is None too, else
            test_accuracy is nan.
        checkpoint_path: a file to save to and go on from; None saves nothing.
        on_record: called with each new row of the metrics and the network, for live pictures.
        progress: show a progress bar.

    Returns:
        The measures, the network, and how the run ended.

    Raises:
        InputTypeError, InputValueError: options the network or loss does not take, a device this machine
            lacks, a checkpoint of another run.
        MissingDataError: ``config.data`` is not on this machine.

    Cost: a recorded epoch adds one forward pass through both sets and O(N d K) for the measures.

    >>> config = TrainConfig(epochs=2, model_options={"widths": (16,)}, device="cpu")
    >>> result = train(config, progress=False)
    >>> result.status, result.metrics.epoch.tolist()
    ('completed', [0, 1, 2])
    """
    train_set, test_set = _sets(config, train_set, test_set)
    device = resolve_device(config.device)
    batches = DeviceBatches(train_set, config.batch_size, device=device, seed=config.seed)
    test = None
    if test_set is not None:
        test = DeviceBatches(
            test_set, config.batch_size, device=device, mean=train_set.mean, std=train_set.std
        )

    with own_generator(device):
        seed_generator(config.seed, epoch=0)
        model = build_model(config, train_set).to(device)
        check_last_batch(model, len(train_set), config.batch_size)
        optimizer = build_optimizer(config, model)
        checkpoint = Checkpoint(checkpoint_path, config, train_set)
        state = checkpoint.restore(model, optimizer)
        run = Run(config, model, build_criterion(config), optimizer, batches, test, state, on_record)
        try:
            with tqdm(
                total=config.epochs, initial=state.epoch, desc=_title(config), disable=not progress
            ) as bar:
                if not state.rows:
                    run.record(epoch=0)
                while state.running:
                    run.step_epoch()
                    checkpoint.save(state, model, optimizer)
                    bar.update()
                    bar.set_postfix_str(_figures(state.rows[-1]), refresh=False)
        except KeyboardInterrupt:
            state.status, state.message = (
                "interrupted",
                f"stopped from the keyboard after epoch {state.epoch}",
            )

    return TrainResult(
        metrics=pd.DataFrame(state.rows, columns=["epoch", *MEASURES]),
        model=model.eval(),
        config=config,
        seconds=state.seconds,
        status=state.status,
        message=state.message,
        snapshots=tuple(state.snapshots),
    )


def _sets(
    config: TrainConfig, train_set: ImageData | None, test_set: ImageData | None
) -> tuple[ImageData, ImageData | None]:
    if not isinstance(config, TrainConfig):
        raise InputTypeError("config", expected="a TrainConfig", got=type(config).__name__)
    for name, given in (("train_set", train_set), ("test_set", test_set)):
        if not isinstance(given, (ImageData, type(None))):
            raise InputTypeError(name, expected="ImageData or None", got=type(given).__name__)
    if train_set is not None:
        return train_set, test_set
    return load(config.data), test_set or load(config.data, train=False)


def _title(config: TrainConfig) -> str:
    return f"{config.model} on {Path(config.data).stem}, {config.loss}"


def _figures(row: Row) -> str:
    return f"accuracy {row['train_accuracy']:.3f}, nc1 {row['nc1']:.3g}"
