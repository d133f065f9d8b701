"""Train a network and measure its collapse on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from tqdm import tqdm

from nccourse.data import DeviceBatches, ImageData
from nccourse.errors import InputTypeError
from nccourse.models import Network
from nccourse.training.checkpoint import Checkpoint
from nccourse.training.config import TrainConfig
from nccourse.training.measures import Row
from nccourse.training.progress import Progress
from nccourse.training.randomness import own_generator, seed_generator
from nccourse.training.recorder import Recorder
from nccourse.training.recording import MeasuredSets
from nccourse.training.result import TrainResult, result_of
from nccourse.training.run import Run
from nccourse.training.sets import DataSets, load_sets
from nccourse.training.setup import (
    build_augmentation,
    build_criterion,
    build_model,
    build_optimizer,
    check_last_batch,
    resolve_device,
    resolve_precision,
)
from nccourse.training.step import Step


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
        train_set: images to train on, as they are; None loads what ``config.data`` and
            ``config.data_options`` name.
        test_set: images to test on; None loads them likewise where ``train_set`` is None too, else the
            measures of a test set are nan.
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
    sets = _sets(config, train_set, test_set)
    device = resolve_device(config.device)
    with own_generator(device):
        run = prepare(config, sets, device, checkpoint_path, on_record)
        state = run.progress
        with tqdm(total=config.epochs, initial=state.epoch, desc=_title(config), disable=not progress) as bar:

            def show(state: Progress) -> None:
                bar.update()
                bar.set_postfix_str(_figures(state.rows[-1]), refresh=False)

            run.carry_out(on_epoch=show)
    return result_of(config, run.recorder.model, state)


def prepare(
    config: TrainConfig,
    sets: DataSets,
    device: torch.device,
    checkpoint_path: str | Path | None = None,
    on_record: Callable[[Row, Network], None] | None = None,
) -> Run:
    """Return a run at its start, or where its checkpoint has it."""
    precision = resolve_precision(config.precision, device)
    model = initial_model(config, sets, device)
    optimizer, criterion = build_optimizer(config, model), build_criterion(config)
    checkpoint = Checkpoint(checkpoint_path, config, sets.train)
    progress = checkpoint.restore(model, optimizer)
    return Run(
        recorder=Recorder(config, model, criterion, MeasuredSets(sets, config, device), progress, on_record),
        optimizer=optimizer,
        step=Step(config, model, criterion, optimizer, precision),
        batches=DeviceBatches(sets.train, config.batch_size, device=device, seed=config.seed),
        augmentation=build_augmentation(config, sets.train),
        checkpoint=checkpoint,
    )


def initial_model(config: TrainConfig, sets: DataSets, device: torch.device) -> Network:
    """Return the network a run begins with, on the device."""
    seed_generator(config.seed, epoch=0)
    model = build_model(config, sets.train).to(device)
    check_last_batch(model, len(sets.train), config.batch_size)
    return model


def _sets(config: TrainConfig, train_set: ImageData | None, test_set: ImageData | None) -> DataSets:
    if not isinstance(config, TrainConfig):
        raise InputTypeError("config", expected="a TrainConfig", got=type(config).__name__)
    for name, given in (("train_set", train_set), ("test_set", test_set)):
        if not isinstance(given, (ImageData, type(None))):
            raise InputTypeError(name, expected="ImageData or None", got=type(given).__name__)
    if train_set is not None:
        return DataSets(train_set, test_set)
    sets = load_sets(config)
    return sets if test_set is None else sets._replace(test=test_set)


def _title(config: TrainConfig) -> str:
    return f"{config.model} on {Path(config.data).stem}, {config.loss}"


def _figures(row: Row) -> str:
    return f"accuracy {row['train_accuracy']:.3f}, nc1 {row['nc1']:.3g}"
