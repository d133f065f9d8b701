"""The images a run sees: those its config chooses of a data set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nccourse import data
from nccourse.checks import integer
from nccourse.data import ImageData
from nccourse.training.config import TrainConfig


class DataSets(NamedTuple):
    """What a run trains on, and what it is tested and validated on, where there is such a set."""

    train: ImageData
    test: ImageData | None = None
    validation: ImageData | None = None


def load_sets(config: TrainConfig) -> DataSets:
    """Return the sets that ``config.data`` and ``config.data_options`` name.

    Raises:
        MissingDataError: the data set is not on this machine.
        InputTypeError, InputValueError: an option the data set cannot satisfy.
    """
    return choose(data.load(config.data), data.load(config.data, train=False), config.data_options)


def choose(train: ImageData, test: ImageData, options: Mapping[str, Any]) -> DataSets:
    """Return the parts of a training and a test set that ``data_options`` describes."""
    seed = integer("data_options seed", options.get("seed", 0), minimum=0)
    validation = None
    if "known" in options:
        known = options["known"]
        train, test = (_known_classes(part, known, seed) for part in (train, test))
    if "validation" in options:
        held_back, kept = data.stratified_split(train.labels, options["validation"], seed=seed)
        validation, train = train.select(held_back), train.select(kept)
    indices = _sized(train, options, seed)
    if indices is not None:
        train = train.select(indices)
    if "test_per_class" in options:
        counts = [options["test_per_class"]] * test.num_classes
        test = test.select(data.with_counts(test.labels, counts, seed=seed))
    return DataSets(train, test, validation)


def first_of_each_class(labels: Tensor, number: int) -> Tensor:
    """Return the ascending indices of the first ``number`` samples of each class."""
    members = [torch.nonzero(labels == k).flatten()[:number] for k in range(int(labels.max()) + 1)]
    return torch.cat(members).sort().values


def _sized(train: ImageData, options: Mapping[str, Any], seed: int) -> Tensor | None:
    labels = train.labels
    if "per_class" in options:
        return data.with_counts(labels, [options["per_class"]] * train.num_classes, seed=seed)
    if "first_per_class" in options:
        most, number = int(train.class_counts.min()), options["first_per_class"]
        return first_of_each_class(labels, integer("first_per_class", number, minimum=1, maximum=most))
    if "counts" in options:
        return data.with_counts(labels, options["counts"], seed=seed)
    if "ratio" in options:
        return data.long_tailed(labels, options["ratio"], seed=seed)
    if "step" in options:
        minority = {name: options[name] for name in ("minority",) if name in options}
        return data.step_imbalance(labels, options["step"], **minority, seed=seed)
    return None


def _known_classes(part: ImageData, known: Any, seed: int) -> ImageData:
    chosen = part.select(data.open_set_split(part.labels, known, seed=seed).known)
    classes, numbered_anew = chosen.labels.unique(return_inverse=True)
    names = tuple(part.class_names[k] for k in classes.tolist())
    return ImageData(chosen.images, numbered_anew, names)
