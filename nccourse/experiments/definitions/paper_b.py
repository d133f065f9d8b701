"""What paper B's experiments share: decays, learning rates, networks, and how ours are laid beside its own.

No experiment is defined here; other files of this folder share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from nccourse.experiments.cell import Grid
from nccourse.experiments.rows import Rows
from nccourse.theory import regularized
from nccourse.theory.regularized import RegularizedMinimizer

NUM_CLASSES = 10
LOSSES = ("ce", "bce")
BATCH_SIZE = 128
DECAY = 5e-4
EFFECTIVE_SAMPLES = BATCH_SIZE / NUM_CLASSES
"""Samples per class of a model whose feature decay is summed over a batch instead of the training set."""

DECAYED: dict[str, Any] = {
    "weight_decay": 0.0,
    "lambda_W": DECAY,
    "lambda_H": BATCH_SIZE * DECAY,
    "lambda_b": DECAY,
}
"""λ_W = λ_H = λ_b = 5e-4 as Table 1 bears it out: |H|² of a batch, not of the training set. An inference."""

_SCHEDULES = {"sgd": "step", "adamw": "cosine"}
_STANDS_FOR = {"mlp": "resnet18", "digits": "cifar10", "mnist5k": "cifar10"}


def minimum(loss: str, lambda_b: float = DECAY) -> RegularizedMinimizer:
    """Return the minimizer of the unconstrained model with these decays.

    >>> round(minimum("bce").positive_score, 2), round(minimum("bce").bias, 2)
    (7.81, 3.58)
    """
    return regularized.minimizer(loss, NUM_CLASSES, EFFECTIVE_SAMPLES, DECAY, DECAY, lambda_b)


@dataclass(frozen=True)
class Setup:
    """Name networks and the learning rates of the optimizers they are trained with.

    Args:
        about: in words.
        options: name of a network, as in :func:`nccourse.models.build` -> its options.
        sgd: learning rate of SGD.
        adamw: learning rate of AdamW.
        augmentations: name, as in the paper's tables -> ``augmentation`` of the TrainConfig.
        decays: optimizer -> ``weight_decay``, where it is not the same for both.
    """

    about: str
    options: Mapping[str, Mapping[str, Any]]
    sgd: float
    adamw: float
    augmentations: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    decays: Mapping[str, float] = field(default_factory=dict)

    def grid(
        self, epochs: int, axes: Mapping[str, Sequence[Any]], *, schedule: str = "reduced", **more: Any
    ) -> Grid:
        """Return a grid over ``axes``, fields of a TrainConfig or some of these coordinates.

        Those are "augmentation" as the paper names it; "features", "relu" after a last ReLU or "free";
        "initial_mean" of the biases.
        """
        base = {"batch_size": BATCH_SIZE, "epochs": epochs, **more}
        return Grid(base, axes, self.fields, schedule, f"{self.about}, {epochs} epochs")

    def fields(self, coordinates: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of a TrainConfig that coordinates stand for."""
        optimizer = coordinates["optimizer"]
        options = dict(self.options[coordinates["model"]])
        if "features" in coordinates:
            options["final_relu"] = coordinates.pop("features") == "relu"
        if "initial_mean" in coordinates:
            options["bias_mean"] = coordinates.pop("initial_mean")
        if "augmentation" in coordinates:
            coordinates["augmentation"] = self.augmentations[coordinates["augmentation"]]
        if optimizer in self.decays:
            coordinates["weight_decay"] = self.decays[optimizer]
        rate = self.sgd if optimizer == "sgd" else self.adamw
        chosen = {"learning_rate": rate, "schedule": _SCHEDULES[optimizer], "model_options": options}
        return {**coordinates, **chosen}


_CROP, _MIX = ["crop"], ["mixup", "cutmix"]
# A mirrored digit is another sign.
_OF_DIGITS = {"da1": _CROP, "da1+da2": [*_CROP, *_MIX]}
_OF_PHOTOGRAPHS = {"da1": [*_CROP, "flip"], "da1+da2": [*_CROP, "flip", *_MIX]}
_DECAYS = {"sgd": DECAY, "adamw": 0.05}
_CIFAR = {"stem": "cifar", "final_relu": True}

MLP_DIGITS = Setup("an MLP of width 64 on the 8x8 digits", {"mlp": {"widths": [64, 64]}}, 0.1, 0.01)
MLP_MNIST = Setup("an MLP of width 128 on 4,000 images of MNIST", {"mlp": {"widths": [128, 128]}}, 0.1, 0.01)
PAPER = Setup(
    "as in the paper, but AdamW's decay is not part of the loss",
    dict.fromkeys(("resnet18", "resnet50", "densenet121"), _CIFAR),
    0.01,
    0.001,
)

AUGMENTED_DIGITS = replace(MLP_DIGITS, augmentations=_OF_DIGITS, decays=_DECAYS)
AUGMENTED_MNIST = replace(MLP_MNIST, augmentations=_OF_DIGITS, decays=_DECAYS)
AUGMENTED_PAPER = replace(PAPER, about="as in the paper", augmentations=_OF_PHOTOGRAPHS, decays=_DECAYS)


def beside_resnet18(rows: Rows, records: pd.DataFrame) -> pd.DataFrame:
    """Lay what an MLP did on digits beside the paper's ResNet18 on CIFAR-10, under its own name."""
    table = rows(records.replace({"model": _STANDS_FOR, "data": _STANDS_FOR}))
    for column in ("model", "data"):
        if column in table and records[column].iloc[0] in _STANDS_FOR:
            table[column] = records[column].iloc[0]
    return table
