"""Paper A's Table 2: CE and BCE trained on long tails, tested on balanced sets."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nccourse.experiments.cell import Grid
from nccourse.experiments.definitions.loss_gaps import bce_is_higher, loss_gaps
from nccourse.experiments.definitions.paper_a import LOSSES
from nccourse.experiments.definitions.stand_ins import beside
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

SCALE = 32.0
KEYS = ("data", "loss", "ratio")
_STANDS_FOR = {"data": {"digits": "cifar10", "mnist5k": "cifar10"}}


def _fields(coordinates: dict[str, Any]) -> dict[str, Any]:
    ratio = coordinates.pop("ratio")
    return {**coordinates, "data_options": {"ratio": ratio}}


def _grid(about: str, epochs: int, data: tuple[str, ...], ratios: tuple[int, ...], **base: Any) -> Grid:
    fixed = {"head": "cosine", "scale": SCALE, "optimizer": "sgd", "epochs": epochs, "record": epochs, **base}
    axes = {"data": data, "ratio": ratios, "loss": LOSSES}
    return Grid(fixed, axes, _fields, about=f"{about}, {epochs} epochs")


def _mlp(width: int) -> dict[str, Any]:
    return {"model": "mlp", "model_options": {"widths": [width, width]}, "learning_rate": 0.1}


# What the paper leaves to Alshammari et al. (2022): an inference.
_RESNET32 = {
    "model": "resnet32",
    "learning_rate": 0.01,
    "weight_decay": 5e-3,
    "batch_size": 64,
    "augmentation": ["crop", "flip"],
}

STUDY = Study(
    "A.table2",
    Networks(),
    {
        "ci": _grid(
            "an MLP of width 64 on long tails of the 8x8 digits", 60, ("digits",), (10, 50), **_mlp(64)
        ),
        "laptop": _grid(
            "an MLP of width 128 on long tails of 4,000 images of MNIST",
            100,
            ("mnist5k",),
            (10, 50, 100),
            weight_decay=5e-4,
            **_mlp(128),
        ),
        "gpu": _grid(
            "ResNet32 on CIFAR10-LT and CIFAR100-LT", 200, ("cifar10", "cifar100"), (10, 50, 100), **_RESNET32
        ).changed(schedule="full"),
    },
)


def better_on_tails(records: pd.DataFrame) -> Verdict:
    """Compare the test accuracies of BCE and CE on each set and ratio."""
    return bce_is_higher(loss_gaps(records, "test_accuracy", ["data", "ratio"], ["seed"]), "test accuracy")


register(
    Experiment(
        id="A.table2",
        kind="run",
        title="Long-tailed recognition with CE and BCE",
        claim="Trained on long tails, BCE is more accurate on balanced test sets than CE, at every ratio.",
        study=STUDY,
        rows=lambda records: beside(
            Rows(KEYS, {"accuracy": "test_accuracy"}, "A.table2", factors={"accuracy": 100.0}),
            records,
            _STANDS_FOR,
        ),
        verdict=better_on_tails,
    )
)
